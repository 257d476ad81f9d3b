//! Whether a file that stands under the output's name may be the whole output of the run that is to be resumed.
//!
//! A finished output has no mark beside it, so it is looked into: its form, and where its first record says that it is from.
//! An output of the same inputs by other flags cannot be told apart.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::csv;
use super::page::{Form, Layout};
use crate::Error;
use crate::input::decompressed;

/// The longest first record that is looked for.
const LONGEST: u64 = 1 << 30;

/// Whether the output at `path` is whole; `false` if there is none, or nothing in it, so that the run can begin.
///
/// # Errors
/// [`Error::Usage`] when there is something that this run would not write, or of which that cannot be told.
pub(super) fn is_whole(path: &Path, layout: &Layout, inputs: &[PathBuf]) -> Result<bool, Error> {
    if !path.is_file() {
        return Ok(false);
    }
    let refuse = |what: &str| {
        let path = path.display();
        Err(Error::Usage(format!("cannot resume: {path} is there, and {what}; run without --resume to replace it")))
    };
    let source = match layout.form {
        Form::Records => first_of_jsonl(path),
        Form::Csv => first_of_csv(path, layout.emit_text),
        Form::Parquet => first_of_parquet(path, layout),
        _ => return refuse("it cannot be told whether this command has made it"),
    };
    match source {
        Ok(First::Empty) => Ok(false),
        Ok(First::Header) => Ok(true),
        Ok(First::From(source)) if is_from(&source, inputs) => Ok(true),
        Ok(First::From(source)) => {
            refuse(&format!("its first record is of {source}, which is no input of this command"))
        }
        Err(_) => refuse("it is not what this command writes"),
    }
}

/// How an output begins.
enum First {
    /// There is nothing.
    Empty,
    /// There is no record.
    Header,
    /// The first record is of that file.
    From(String),
}

/// Whether a source is one of the inputs, or in one of them.
fn is_from(source: &str, inputs: &[PathBuf]) -> bool {
    inputs.iter().any(|input| {
        let input = input.to_string_lossy();
        let rest = source.strip_prefix(&*input);
        rest.is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('/') || input.ends_with(['/', '\\']) || rest.starts_with('\\')
        })
    })
}

fn first_of_jsonl(path: &Path) -> io::Result<First> {
    /// What all records have.
    #[derive(Deserialize)]
    struct Ours {
        source: String,
        #[serde(rename = "id")]
        _id: String,
        #[serde(rename = "status")]
        _status: String,
        #[serde(rename = "body")]
        _body: IgnoredAny,
        #[serde(rename = "removed")]
        _removed: Vec<IgnoredAny>,
        #[serde(rename = "stats")]
        _stats: IgnoredAny,
    }
    let reader = BufReader::new(decompressed(path)?.take(LONGEST));
    let mut records = serde_json::Deserializer::from_reader(reader).into_iter::<Ours>();
    match records.next() {
        None => Ok(First::Empty),
        Some(record) => Ok(First::From(record?.source)),
    }
}

fn first_of_csv(path: &Path, emit_text: bool) -> io::Result<First> {
    let mut file = decompressed(path)?.take(LONGEST);
    let header = csv::header(emit_text);
    let mut there = Vec::new();
    file.by_ref().take(header.len() as u64).read_to_end(&mut there)?;
    if there.is_empty() {
        return Ok(First::Empty);
    }
    if there != header {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut rows = ::csv::ReaderBuilder::new().has_headers(false).from_reader(file);
    match rows.records().next() {
        None => Ok(First::Header),
        Some(row) => Ok(First::From(row?.get(1).unwrap_or_default().to_owned())),
    }
}

fn first_of_parquet(path: &Path, layout: &Layout) -> io::Result<First> {
    let file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(First::Empty);
    }
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(io::Error::other)?;
    let columns = layout.columns();
    let names =
        |schema: &arrow_schema::Schema| schema.fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
    if names(reader.schema()) != names(columns.schema()) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let only = ProjectionMask::columns(reader.parquet_schema(), ["source"]);
    let mut rows = reader.with_projection(only).with_batch_size(1).build().map_err(io::Error::other)?;
    match rows.next() {
        None => Ok(First::Header),
        Some(batch) => {
            let batch = batch.map_err(io::Error::other)?;
            let source = batch.column(0).as_string_opt::<i32>().ok_or(io::ErrorKind::InvalidData)?;
            Ok(First::From(source.value(0).to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_an_input_or_in_one() {
        let inputs = ["in", "a.tar", "d/"].map(PathBuf::from);
        for source in ["in", "in/x.txt", "a.tar/b/c.txt", "d/x"] {
            assert!(is_from(source, &inputs), "{source}");
        }
        for source in ["inn/x.txt", "x", "a.tar2", ""] {
            assert!(!is_from(source, &inputs), "{source}");
        }
    }
}
