//! A Parquet file, read batch by batch.
//!
//! One row group follows the other, and of each only as many rows are decoded at a time as make about 256 KB,
//! so that a worker has its share and memory stays bounded. Where a row group is damaged, the rest of it is
//! lost and said to be, and reading goes on with the next. A [`ParquetCursor`] says where a batch begins; from
//! there on the batches are the same, whoever reads them.
//!
//! Strings and bytes at the top are read as views, that is as places in the pages they stand in. A long value
//! that a file holds once and names in a thousand rows is then in memory once, too.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StructArray};
use arrow_cast::cast;
use arrow_schema::{ArrowError, Fields as Columns};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReader};
use serde::{Deserialize, Serialize};

use super::columns::{always_used, load, needed};
use super::depth;
use super::fields::Fields;
use super::pages::Pages;
use super::row;
use crate::batch::guarded;
use crate::document::Document;

/// About how many bytes of content a batch holds.
const BATCH: usize = 256 << 10;

/// The most rows of a batch.
pub(crate) const ROWS: usize = 1024;

/// What becomes of the columns that are not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unused {
    /// They are not even read.
    Skipped,
    /// They go along as JSON, in [`Document::extra`].
    Json,
    /// They go along as they are, by [`ParquetBatch::extra`].
    Typed,
}

/// An open Parquet file, and which of its columns is what.
pub(super) struct ParquetInput {
    file: File,
    metadata: ArrowReaderMetadata,
    projection: ProjectionMask,
    plan: Arc<Plan>,
    /// The cap for rows, and for pages that are not large in the file.
    most: u64,
}

/// What batches need to know of their file.
#[derive(Debug)]
struct Plan {
    fields: Fields,
    unused: Unused,
    /// The columns that are read, by their names and the types they have in the file, or in Arrow's
    /// memory where the file says so.
    columns: Columns,
    /// Which of these go along as they are.
    extra: Vec<usize>,
}

impl ParquetInput {
    /// Looks at a file's footer.
    ///
    /// # Errors
    /// In words that fit behind "cannot read FILE: ", when it is no Parquet file, or damaged, or encrypted.
    pub(super) fn open(file: File, fields: &Fields, unused: Unused) -> Result<Self, String> {
        check(&file)?;
        let loaded = unless_it_panics(|| load(&file, fields).map_err(|error| words(&error)));
        let metadata = loaded.map_err(|what| damaged(&what))?;
        let all = metadata.1.fields();
        let read: Vec<usize> = match unused {
            Unused::Skipped => needed(all, fields),
            Unused::Json | Unused::Typed => (0..all.len()).collect(),
        };
        let columns: Columns = read.iter().map(|&at| Arc::clone(&all[at])).collect();
        let projection = ProjectionMask::roots(metadata.0.parquet_schema(), read);
        let extra = match unused {
            Unused::Typed => {
                let used = always_used(&columns, fields);
                (0..columns.len()).filter(|at| !used.contains(at)).collect()
            }
            Unused::Skipped | Unused::Json => Vec::new(),
        };
        let plan = Arc::new(Plan { fields: fields.clone(), unused, columns, extra });
        Ok(Self { file, metadata: metadata.0, projection, plan, most: u64::MAX })
    }

    /// Lets no row be read of more bytes, nor a page that is more without being large in the file, too.
    pub(super) fn with_most(mut self, most: u64) -> Self {
        self.most = most;
        self
    }

    /// The columns that [`ParquetBatch::extra`] holds, with the types they have in the file.
    ///
    /// These are all but those of the id, of the address, and of the page or text that is looked at first.
    /// A column that is used only for rows which lack those, and one out of which a nested field is
    /// taken, goes along whole.
    pub(super) fn extra_fields(&self) -> Columns {
        self.plan.extra_fields()
    }

    /// The rows from `cursor` on.
    pub(super) fn rows(self, cursor: ParquetCursor) -> ParquetRows {
        ParquetRows { input: self, cursor, group: None }
    }
}

impl Plan {
    fn extra_fields(&self) -> Columns {
        self.extra.iter().map(|&at| Arc::clone(&self.columns[at])).collect()
    }
}

/// Calls what reads a file. Some damages make the decoders panic instead of complaining: column chunks of
/// negative length, dictionaries that are not there, lengths that overflow. That is damage like any other.
fn unless_it_panics<T>(read: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    guarded(read).unwrap_or_else(|panic| Err(format!("it cannot be decoded ({panic})")))
}

/// A complaint without the names of the layers that it has come through.
fn words(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    let mut words = &*text;
    while let Some((layer, rest)) = words.split_once(": ") {
        match layer {
            "Parquet argument error" | "Parquet error" | "Arrow" | "External" | "Io error" => words = rest,
            _ => break,
        }
    }
    words.to_owned()
}

/// Tells what is no Parquet file from what is a damaged one, and looks over the footer before it is decoded.
fn check(mut file: &File) -> Result<(), String> {
    let failed = |error: std::io::Error| error.to_string();
    let len = file.metadata().map_err(failed)?.len();
    let mut read = |at: u64, bytes: &mut [u8]| {
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(bytes)
    };
    let (mut head, mut tail) = ([0; 4], [0; 8]);
    if len >= (head.len() + tail.len()) as u64 {
        read(0, &mut head).map_err(failed)?;
        read(len - 8, &mut tail).map_err(failed)?;
    }
    let [a, b, c, d, end @ ..] = tail;
    match (&head, &end) {
        (b"PAR1", b"PAR1") => {}
        (b"PARE", _) | (_, b"PARE") => return Err("the Parquet file is encrypted".to_owned()),
        (b"PAR1", _) => return Err("the Parquet file is cut off: its footer is missing".to_owned()),
        _ => return Err("not a Parquet file".to_owned()),
    }
    let footer = u32::from_le_bytes([a, b, c, d]);
    let Some(at) = (len - 8).checked_sub(u64::from(footer)) else {
        return Err(damaged("it would be longer than the file"));
    };
    let mut bytes = vec![0; usize::try_from(footer).map_err(|error| error.to_string())?];
    read(at, &mut bytes).map_err(failed)?;
    depth::check(&bytes)
}

fn damaged(what: &str) -> String {
    format!("the footer of the Parquet file is damaged: {what}")
}

/// Where a batch begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ParquetCursor {
    /// The row group, from 0.
    pub(super) row_group: usize,
    /// The row in it, from 0.
    pub(super) row: u64,
    /// How many rows of the file are before it.
    pub(super) number: u64,
}

/// The rows of a file, batch by batch.
pub(super) struct ParquetRows {
    input: ParquetInput,
    cursor: ParquetCursor,
    group: Option<Group>,
}

/// A row group that is being read.
struct Group {
    reader: ParquetRecordBatchReader,
    /// What was decoded last, and its first row.
    decoded: Option<(RecordBatch, u64)>,
    /// The row that is decoded next.
    next: u64,
}

/// What there is next in a file.
pub(super) enum ParquetItem {
    /// Some rows.
    Rows(ParquetBatch),
    /// Rows that cannot be read.
    Damage(ParquetDamage),
}

/// Rows that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ParquetDamage {
    /// The number of the first of them, from 1 over the file.
    pub(super) number: u64,
    /// How many they are, by what the footer says.
    pub(super) lost: u64,
    /// What is wrong, and where.
    pub(super) reason: String,
}

impl ParquetRows {
    /// Where the next item begins.
    pub(super) fn cursor(&self) -> ParquetCursor {
        self.cursor
    }

    /// How many rows the row group at the cursor has; `None` behind the last.
    fn rows_in_group(&self) -> Option<u64> {
        let group = self.input.metadata.metadata().row_groups().get(self.cursor.row_group)?;
        Some(u64::try_from(group.num_rows()).unwrap_or(0))
    }

    fn next_group(&mut self, rows: u64) {
        let number = self.cursor.number.saturating_add(rows.saturating_sub(self.cursor.row));
        self.cursor = ParquetCursor { row_group: self.cursor.row_group + 1, row: 0, number };
        self.group = None;
    }

    /// How many rows are decoded at a time: about as many as make a batch.
    fn step(&self) -> usize {
        let group = self.input.metadata.metadata().row_group(self.cursor.row_group);
        let columns = group.columns().iter().enumerate();
        let bytes = columns.filter(|(at, _)| self.input.projection.leaf_included(*at)).map(|(_, column)| {
            // A value that is held once and named often is short only in the file.
            column.uncompressed_size().max(column.unencoded_byte_array_data_bytes().unwrap_or(0)).max(0)
        });
        let bytes = bytes.fold(0_i64, i64::saturating_add).max(1).unsigned_abs();
        let rows = u64::try_from(group.num_rows()).unwrap_or(0);
        let step = u128::from(rows) * BATCH as u128 / u128::from(bytes);
        usize::try_from(step).unwrap_or(ROWS).clamp(1, ROWS)
    }

    /// The rows from the cursor on, as far as they are decoded; never none.
    fn decoded(&mut self) -> Result<RecordBatch, String> {
        let (step, row) = (self.step(), self.cursor.row);
        let group = match &mut self.group {
            Some(group) => group,
            none => {
                // Always decoded in the same steps, wherever in the row group one begins.
                let next = row - row % step as u64;
                let file = self.input.file.try_clone().map_err(|error| error.to_string())?;
                let pages = Pages { file, most: self.input.most };
                let metadata = self.input.metadata.clone();
                let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(pages, metadata)
                    .with_row_groups(vec![self.cursor.row_group])
                    .with_projection(self.input.projection.clone())
                    .with_batch_size(step)
                    .with_offset(usize::try_from(next).unwrap_or(usize::MAX))
                    .build()
                    .map_err(|error| words(&error))?;
                none.insert(Group { reader, decoded: None, next })
            }
        };
        let is_used_up = |(batch, first): &(RecordBatch, u64)| first + batch.num_rows() as u64 <= row;
        if group.decoded.as_ref().is_none_or(is_used_up) {
            let batch = match group.reader.next() {
                Some(batch) => batch.map_err(|error| words(&error))?,
                None => return Err("there are fewer rows than the footer says".to_owned()),
            };
            let first = group.next;
            group.next += batch.num_rows() as u64;
            group.decoded = Some((batch, first));
        }
        match &group.decoded {
            Some(decoded @ (batch, first)) if !is_used_up(decoded) => {
                let skipped = usize::try_from(row - first).unwrap_or(usize::MAX).min(batch.num_rows());
                Ok(batch.slice(skipped, batch.num_rows() - skipped))
            }
            _ => Err("there are fewer rows than the footer says".to_owned()),
        }
    }
}

impl Iterator for ParquetRows {
    type Item = ParquetItem;

    fn next(&mut self) -> Option<ParquetItem> {
        let rows = loop {
            let rows = self.rows_in_group()?;
            if self.cursor.row < rows {
                break rows;
            }
            self.next_group(rows);
        };
        let ParquetCursor { row_group, row, number } = self.cursor;
        let plan = Arc::clone(&self.input.plan);
        let share = unless_it_panics(|| {
            let decoded = self.decoded()?;
            let (len, weight) = share(&decoded);
            Ok((decoded.slice(0, len), weight))
        });
        match share {
            Ok((batch, weight)) => {
                self.cursor.row += batch.num_rows() as u64;
                self.cursor.number += batch.num_rows() as u64;
                // A row above the cap is above a share of work, too, and so alone.
                let most = self.input.most;
                if batch.num_rows() == 1 && weight as u64 > most {
                    let reason = format!("{weight} bytes, more than {most}; --max-doc-bytes raises the cap");
                    return Some(ParquetItem::Damage(ParquetDamage { number: number + 1, lost: 1, reason }));
                }
                Some(ParquetItem::Rows(ParquetBatch { batch, number, weight, plan }))
            }
            Err(reason) => {
                let lost = rows - row;
                let reason = format!("row group {row_group} cannot be read on: {reason}");
                self.next_group(rows);
                Some(ParquetItem::Damage(ParquetDamage { number: number + 1, lost, reason }))
            }
        }
    }
}

/// How many rows of a batch are one share of work, at least one; and about how many bytes they have.
pub(crate) fn share(batch: &RecordBatch) -> (usize, usize) {
    let rows = batch.num_rows();
    let mut each = vec![0; rows];
    for column in batch.columns() {
        let add = |(sum, len): (&mut usize, u32)| *sum += len as usize;
        if let Some(strings) = column.as_string_view_opt() {
            each.iter_mut().zip(strings.lengths()).for_each(add);
        } else if let Some(strings) = column.as_binary_view_opt() {
            each.iter_mut().zip(strings.lengths()).for_each(add);
        } else if let Some(strings) = column.as_string_opt::<i32>() {
            each.iter_mut().zip(strings.offsets().lengths()).for_each(|(sum, len)| *sum += len);
        } else if let Some(strings) = column.as_string_opt::<i64>() {
            each.iter_mut().zip(strings.offsets().lengths()).for_each(|(sum, len)| *sum += len);
        } else if let Some(strings) = column.as_binary_opt::<i32>() {
            each.iter_mut().zip(strings.offsets().lengths()).for_each(|(sum, len)| *sum += len);
        } else if let Some(strings) = column.as_binary_opt::<i64>() {
            each.iter_mut().zip(strings.offsets().lengths()).for_each(|(sum, len)| *sum += len);
        } else {
            let bytes = column.to_data().get_slice_memory_size().unwrap_or(0);
            each.iter_mut().for_each(|sum| *sum += bytes / rows);
        }
    }
    let mut weight = 0;
    for (row, bytes) in each.into_iter().enumerate() {
        if row > 0 && weight + bytes > BATCH {
            return (row, weight);
        }
        weight += bytes;
    }
    (rows, weight)
}

/// Some rows, decoded but not yet documents.
#[derive(Debug)]
pub(super) struct ParquetBatch {
    batch: RecordBatch,
    /// How many rows of the file are before it.
    number: u64,
    weight: usize,
    plan: Arc<Plan>,
}

impl ParquetBatch {
    /// How many rows there are; never none.
    pub(super) fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// About how many bytes its documents take.
    pub(super) fn weight(&self) -> usize {
        self.weight
    }

    /// The number of a row in the file, from 1.
    pub(super) fn number(&self, index: usize) -> u64 {
        self.number + index as u64 + 1
    }

    /// Makes a document of a row.
    pub(super) fn document(&self, index: usize, source: &str) -> Document {
        let wants_extra = self.plan.unused == Unused::Json;
        row::document(&self.batch, index, &self.plan.fields, source, self.number(index), wants_extra)
    }

    /// The columns that are not used, as they are; a row for each document.
    ///
    /// # Errors
    /// When a column cannot be given the type it has in the file.
    pub(super) fn extra(&self) -> Result<StructArray, ArrowError> {
        let fields = self.plan.extra_fields();
        let columns = self.plan.extra.iter().zip(&fields).map(|(&at, field)| {
            let column = self.batch.column(at);
            match column.data_type() == field.data_type() {
                true => Ok(ArrayRef::clone(column)),
                false => cast(column, field.data_type()),
            }
        });
        StructArray::try_new_with_length(fields.clone(), columns.collect::<Result<_, _>>()?, None, self.len())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use arrow_array::types::{Date32Type, Int32Type};
    use arrow_array::{BinaryArray, DictionaryArray, Int64Array, PrimitiveArray, StringArray};
    use arrow_schema::{DataType, Field};
    use parquet::arrow::ArrowWriter;
    use parquet::arrow::arrow_reader::ArrowReaderOptions;
    use parquet::basic::{Compression, ZstdLevel};
    use parquet::file::properties::{WriterProperties, WriterVersion};

    use super::*;
    use crate::document::Content;

    fn bytes(columns: Vec<(&str, ArrayRef)>, group: usize) -> Vec<u8> {
        let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, c)| (name, c, true)));
        let batch = batch.unwrap();
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(group))
            .set_compression(Compression::ZSTD(ZstdLevel::default()));
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties.build())).unwrap();
        writer.write(&batch).unwrap();
        writer.into_inner().unwrap()
    }

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn open(bytes: &[u8], fields: &Fields, unused: Unused) -> ParquetInput {
        ParquetInput::open(file(bytes), fields, unused).unwrap()
    }

    /// The documents of all batches, and what is damaged as documents of that reason.
    fn documents(bytes: &[u8], fields: &Fields, unused: Unused) -> Vec<Document> {
        let mut all = Vec::new();
        for item in open(bytes, fields, unused).rows(ParquetCursor::default()) {
            match item {
                ParquetItem::Rows(batch) => all.extend((0..batch.len()).map(|index| batch.document(index, "f"))),
                ParquetItem::Damage(damage) => panic!("{damage:?}"),
            }
        }
        all
    }

    fn shown(document: &Document) -> String {
        match &document.content {
            Content::Text(text) => format!("text {text}"),
            Content::Html(html) => format!("html {html}"),
            Content::Unreadable(reason) => reason.clone(),
        }
    }

    fn extra(document: &Document) -> Vec<(&str, &str)> {
        document.extra.iter().map(|(key, value)| (key.as_str(), value.get())).collect()
    }

    fn strings<const N: usize>(values: [Option<&str>; N]) -> ArrayRef {
        Arc::new(StringArray::from(values.to_vec()))
    }

    #[test]
    fn a_page_too_large_costs_its_row_group() {
        let long = "a".repeat(100_000);
        let bytes = bytes(vec![("text", strings([Some("a"), Some("b"), Some(&long), Some("c"), Some("d")]))], 2);
        let input = ParquetInput::open(file(&bytes), &Fields::default(), Unused::Json).unwrap().with_most(50_000);
        let told = |item: ParquetItem| match item {
            ParquetItem::Rows(batch) => (batch.len() as u64, String::new()),
            ParquetItem::Damage(damage) => (damage.lost, damage.reason),
        };
        let told: Vec<_> = input.rows(ParquetCursor::default()).map(told).collect();
        assert_eq!(told.iter().map(|(rows, _)| *rows).collect::<Vec<_>>(), [2, 2, 1]);
        assert!(told[1].1.contains("more than 50000; --max-doc-bytes raises the cap"), "{told:?}");
    }

    /// Words that can hardly be compressed.
    fn noise(words: usize, seed: &mut u32) -> String {
        let mut word = |_| {
            *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            format!("{seed:x} ")
        };
        (0..words).map(&mut word).collect()
    }

    #[test]
    fn a_page_that_is_large_in_the_file_is_read_and_a_row_above_the_cap_is_not() {
        let most = 2 * BATCH as u64;
        let seed = &mut 1;
        let mut texts: Vec<String> = (0..400).map(|_| noise(200, seed)).collect();
        texts[7] = noise(most as usize / 8, seed);
        assert!(texts[7].len() as u64 > most);
        let bytes = bytes(vec![("text", Arc::new(StringArray::from_iter_values(&texts)))], 400);
        let input = ParquetInput::open(file(&bytes), &Fields::default(), Unused::Json).unwrap().with_most(most);
        let (mut read, mut refused) = (0, Vec::new());
        for item in input.rows(ParquetCursor::default()) {
            match item {
                ParquetItem::Rows(batch) => read += batch.len(),
                ParquetItem::Damage(damage) => refused.push((damage.number, damage.lost, damage.reason)),
            }
        }
        let reason = format!("{} bytes, more than {most}; --max-doc-bytes raises the cap", texts[7].len());
        assert_eq!((read, refused), (399, vec![(8, 1, reason)]));
    }

    #[test]
    fn texts_of_every_type_are_texts() {
        let texts = strings([Some("caf\u{e9}"), None, Some(" "), Some("")]);
        for data_type in [
            DataType::Utf8,
            DataType::LargeUtf8,
            DataType::Utf8View,
            DataType::Binary,
            DataType::LargeBinary,
            DataType::BinaryView,
            DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8)),
            DataType::Dictionary(Box::new(DataType::UInt32), Box::new(DataType::LargeUtf8)),
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Binary)),
        ] {
            let column = cast(&texts, &data_type).unwrap();
            let nested = StructArray::from(vec![(
                Arc::new(Field::new("text", data_type.clone(), true)),
                ArrayRef::clone(&column),
            )]);
            let bytes = bytes(vec![("text", column), ("a", Arc::new(nested))], 3);
            for fields in [Fields::default(), Fields::default().with_text("a.text")] {
                for unused in [Unused::Skipped, Unused::Json, Unused::Typed] {
                    let documents = documents(&bytes, &fields, unused);
                    let texts: Vec<_> = documents.iter().map(shown).collect();
                    let is_nested = fields.text().each().count() == 1;
                    let name = if is_nested { "a.text" } else { "text" };
                    let null = format!("row 2: the text in `{name}` is null");
                    assert_eq!(texts, ["text caf\u{e9}", &null, "text  ", "text "], "{data_type} {unused:?}");
                    let ids: Vec<_> = documents.iter().map(|document| &*document.id).collect();
                    assert_eq!(ids, ["f#1", "f#2", "f#3", "f#4"]);
                    if is_nested && unused == Unused::Json {
                        assert_eq!(extra(&documents[0])[1], ("a", "{}"), "the nested text was taken out");
                    }
                }
            }
        }
    }

    #[test]
    fn pages_are_bytes_or_strings_and_give_way_to_texts() {
        let latin: &[u8] = b"<meta charset=iso-8859-1><p>caf\xe9";
        let pages = BinaryArray::from_opt_vec(vec![Some(latin), None, Some(b"%PDF-1.7 \0\0"), Some(b"%PDF-1.7 \0\0")]);
        let texts = strings([Some("a"), Some("b"), Some("c"), None]);
        let bytes = bytes(vec![("html", Arc::new(pages)), ("text", texts), ("raw_html", strings([None; 4]))], 100);
        let documents = documents(&bytes, &Fields::default(), Unused::Json);
        let found: Vec<_> = documents.iter().map(shown).collect();
        let null = "row 4: the text in `text` is null";
        assert_eq!(found, ["html <meta charset=iso-8859-1><p>caf\u{e9}", "text b", "text c", null]);
        assert_eq!(documents[0].encoding, Some("windows-1252"));
        assert_eq!(documents[1].encoding, None);
        assert_eq!(extra(&documents[0]), [("text", "\"a\""), ("raw_html", "null")]);
        assert_eq!(extra(&documents[1]), [("html", "null"), ("raw_html", "null")]);

        let page = Fields::default().with_html("html").with_text("none");
        let found = super::tests::documents(&bytes, &page, Unused::Skipped);
        assert!(shown(&found[3]).starts_with("row 4: the HTML in `html` is not HTML: looks like "), "{:?}", found[3]);
    }

    #[test]
    fn ids_addresses_and_hints() {
        let ids: ArrayRef = Arc::new(Int64Array::from(vec![Some(7), None]));
        let dates: ArrayRef = Arc::new(PrimitiveArray::<Date32Type>::from(vec![Some(19_000), None]));
        let bytes = bytes(
            vec![
                ("id", ids),
                ("url", strings([Some("https://x.org/"), None])),
                ("body", strings([Some("x"), Some("y")])),
                ("title", strings([Some("T"), None])),
                ("author", strings([None, None])),
                ("byline", strings([Some("B"), None])),
                ("date", dates),
                ("language", strings([Some("en"), None])),
                ("n", strings([Some("1"), None])),
            ],
            100,
        );
        for (unused, passing) in [(Unused::Skipped, 0), (Unused::Json, 6)] {
            let documents = documents(&bytes, &Fields::default(), unused);
            let [one, two] = &documents[..] else { panic!("two") };
            assert_eq!((&*one.id, one.url.as_deref()), ("7", Some("https://x.org/")));
            assert_eq!((one.hints.title.as_deref(), one.hints.byline.as_deref()), (Some("T"), Some("B")));
            assert_eq!((one.hints.date.as_deref(), one.hints.lang.as_deref()), (Some("2022-01-08"), Some("en")));
            assert_eq!((&*two.id, &two.url, &two.hints.title), ("f#2", &None, &None));
            assert_eq!(one.extra.len(), passing, "hints stay, and other columns");
        }
    }

    #[test]
    fn what_is_wrong_with_a_text_is_said_as_of_json() {
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1]));
        let dates: ArrayRef = Arc::new(PrimitiveArray::<Date32Type>::from(vec![1]));
        for (name, column, reason) in [
            ("text", ArrayRef::clone(&numbers), "row 1: the text in `text` is a number, not a string"),
            ("html", numbers, "row 1: the HTML in `html` is a number, not a string"),
            ("text", dates, "row 1: the text in `text` is a date or time, not a string"),
            (
                "x",
                strings([None]),
                "row 1: no text: none of the fields text, content, maintext, article, plain_text, body, html, raw_html; it has x",
            ),
        ] {
            let documents = documents(&bytes(vec![(name, column)], 9), &Fields::default(), Unused::Json);
            assert_eq!(documents.iter().map(shown).collect::<Vec<_>>(), [reason]);
        }
    }

    /// Three row groups of 1000, 1000 and 500 rows; the texts are of some 500 to 1500 bytes.
    fn large() -> Vec<u8> {
        let text = |n: u64| format!("{n} ").repeat(usize::try_from(200 + n * 7919 % 300).unwrap());
        let texts = StringArray::from_iter_values((1..=2500).map(text));
        let kinds: DictionaryArray<Int32Type> = (1..=2500).map(|n| ["a", "b", "c"][n % 3]).collect();
        bytes(vec![("text", Arc::new(texts)), ("kind", Arc::new(kinds))], 1000)
    }

    /// Every document in short, the cursors between the batches, and the damage.
    fn walk(bytes: &[u8], from: ParquetCursor) -> (Vec<String>, Vec<(ParquetCursor, usize)>, Vec<ParquetDamage>) {
        let mut rows = open(bytes, &Fields::default(), Unused::Json).rows(from);
        let (mut documents, mut cursors, mut damage) = (Vec::new(), vec![(rows.cursor(), 0)], Vec::new());
        while let Some(item) = rows.next() {
            match item {
                ParquetItem::Rows(batch) => {
                    assert!(batch.len() <= ROWS && batch.weight() <= BATCH);
                    documents.push(format!("batch of {} from {}", batch.len(), batch.number(0)));
                    documents.extend((0..batch.len()).map(|at| format!("{:?}", batch.document(at, "f"))));
                }
                ParquetItem::Damage(found) => damage.push(found),
            }
            cursors.push((rows.cursor(), documents.len()));
        }
        (documents, cursors, damage)
    }

    #[test]
    fn from_any_cursor_the_same_batches_follow() {
        let bytes = large();
        let (all, cursors, damage) = walk(&bytes, ParquetCursor::default());
        assert!(damage.is_empty());
        assert_eq!(all.iter().filter(|line| !line.starts_with("batch")).count(), 2500);
        assert!(cursors.len() > 8, "several batches in a row group");
        for (cursor, before) in cursors {
            let saved = serde_json::to_string(&cursor).unwrap();
            let (rest, ..) = walk(&bytes, serde_json::from_str(&saved).unwrap());
            assert!(rest == all[before..], "from {cursor:?}");
        }
    }

    #[test]
    fn a_damaged_row_group_leaves_the_others() {
        let mut bytes = large();
        let (whole, ..) = walk(&bytes, ParquetCursor::default());
        let group = ArrowReaderMetadata::load(&file(&bytes), ArrowReaderOptions::new()).unwrap();
        let (at, len) = group.metadata().row_group(1).column(0).byte_range();
        for byte in &mut bytes[usize::try_from(at + len / 2).unwrap()..][..64] {
            *byte ^= 0x55;
        }
        let (left, _, damage) = walk(&bytes, ParquetCursor::default());
        let [damage] = &damage[..] else { panic!("{damage:?}") };
        assert!(damage.reason.starts_with("row group 1 cannot be read on: "), "{}", damage.reason);
        assert_eq!(damage.number + damage.lost, 2001, "all to the end of the row group");
        let is_document = |line: &&String| !line.starts_with("batch");
        let whole: Vec<_> = whole.iter().filter(is_document).collect();
        let left: Vec<_> = left.iter().filter(is_document).collect();
        let read = usize::try_from(damage.number - 1).unwrap();
        assert!((1000..2000).contains(&read), "{read}");
        assert!(left[..read] == whole[..read] && left[read..] == whole[2000..], "the others are as they were");
    }

    #[test]
    fn a_value_held_once_is_in_memory_once() {
        let long = "x".repeat(BATCH / 4);
        let texts: DictionaryArray<Int32Type> = (0..500).map(|_| &*long).collect();
        for column in [cast(&texts, &DataType::Utf8View).unwrap(), Arc::new(texts)] {
            let bytes = bytes(vec![("text", column)], 5000);
            assert!(bytes.len() < 2 * BATCH, "the file holds it once");
            let rows = open(&bytes, &Fields::default(), Unused::Skipped).rows(ParquetCursor::default());
            for item in rows.take(5) {
                let ParquetItem::Rows(batch) = item else { panic!("no damage") };
                assert_eq!(batch.len(), 4);
                assert!(batch.batch.get_array_memory_size() < BATCH, "but one of four");
            }
        }
    }

    #[test]
    fn columns_pass_through_with_their_types() {
        let ids: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
        let kinds: ArrayRef = Arc::new(["k", "l"].into_iter().collect::<DictionaryArray<Int32Type>>());
        let blobs: ArrayRef = Arc::new(BinaryArray::from_vec(vec![b"\xff", b""]));
        let names = cast(&strings([Some("n"), None]), &DataType::LargeUtf8).unwrap();
        let columns = vec![
            ("id", ids),
            ("html", strings([Some("<p>a"), None])),
            ("text", strings([Some("t"), Some("u")])),
            ("kind", ArrayRef::clone(&kinds)),
            ("blob", ArrayRef::clone(&blobs)),
            ("name", ArrayRef::clone(&names)),
        ];
        let bytes = bytes(columns, 100);
        let input = open(&bytes, &Fields::default(), Unused::Typed);
        let fields = input.extra_fields();
        assert_eq!(fields.iter().map(|field| &**field.name()).collect::<Vec<_>>(), ["text", "kind", "blob", "name"]);
        let Some(ParquetItem::Rows(batch)) = input.rows(ParquetCursor::default()).next() else { panic!("rows") };
        let extra = batch.extra().unwrap();
        assert_eq!(extra.fields(), &fields);
        assert_eq!(extra.columns(), [strings([Some("t"), Some("u")]), kinds, blobs, names]);
        assert!(batch.document(0, "f").extra.is_empty(), "not twice");

        let only = super::tests::bytes(vec![("text", strings([Some("a")]))], 100);
        let input = open(&only, &Fields::default(), Unused::Typed);
        assert!(input.extra_fields().is_empty());
        let Some(ParquetItem::Rows(batch)) = input.rows(ParquetCursor::default()).next() else { panic!("rows") };
        assert_eq!(batch.extra().unwrap().len(), 1);
    }

    #[test]
    fn what_cannot_be_opened_says_why() {
        let good = bytes(vec![("text", strings([Some("a")]))], 100);
        let reason = |bytes: &[u8]| {
            let opened = ParquetInput::open(file(bytes), &Fields::default(), Unused::Json);
            opened.err().expect("it cannot be opened")
        };
        assert_eq!(reason(b""), "not a Parquet file");
        assert_eq!(reason(b"PAR1"), "not a Parquet file");
        assert_eq!(reason(b"{\"text\": \"this is JSON\"}"), "not a Parquet file");
        assert_eq!(reason(&good[..good.len() - 1]), "the Parquet file is cut off: its footer is missing");
        assert_eq!(reason(b"PARE........PARE"), "the Parquet file is encrypted");
        for (groups, found) in [(99, None), (100, Some(100)), (1_000_000, Some(100))] {
            let footer = depth::tests::footer(groups);
            let mut bytes =
                [b"PAR1", &footer[..], &u32::try_from(footer.len()).unwrap().to_le_bytes(), b"PAR1"].concat();
            let opened = ParquetInput::open(file(&bytes), &Fields::default(), Unused::Json).err();
            let wanted =
                found.map(|deepest| format!("the columns of the Parquet file are nested more than {deepest} deep"));
            assert_eq!(opened, wanted);
            let len = bytes.len();
            bytes[len - 5] = 0xff;
            assert_eq!(reason(&bytes), "the footer of the Parquet file is damaged: it would be longer than the file");
        }
        let mut bytes = good;
        let len = bytes.len();
        bytes[len - 30..len - 8].fill(0xff);
        assert!(reason(&bytes).starts_with("the footer of the Parquet file is damaged: "), "{}", reason(&bytes));
    }

    #[test]
    fn a_file_without_rows_has_none() {
        let empty: ArrayRef = Arc::new(StringArray::new_null(0));
        assert!(documents(&bytes(vec![("text", empty)], 100), &Fields::default(), Unused::Json).is_empty());
    }

    #[test]
    fn no_damage_is_a_crash_or_goes_unsaid() {
        let columns = || {
            let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 2, 3]));
            vec![("text", strings([Some("abc"), None, Some("defg"), Some("defg")])), ("n", numbers)]
        };
        let batch = RecordBatch::try_from_iter_with_nullable(columns().into_iter().map(|(n, c)| (n, c, true)));
        let batch = batch.unwrap();
        let delta = WriterProperties::builder()
            .set_writer_version(WriterVersion::PARQUET_2_0)
            .set_dictionary_enabled(false)
            .set_max_row_group_row_count(Some(2));
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(delta.build())).unwrap();
        writer.write(&batch).unwrap();
        for whole in [writer.into_inner().unwrap(), bytes(columns(), 2)] {
            let footer = u32::from_le_bytes(*whole[whole.len() - 8..].first_chunk().unwrap()) as usize;
            for at in 4..whole.len() - 8 {
                let mut bytes = whole.clone();
                bytes[at] ^= 0xff;
                let Ok(input) = ParquetInput::open(file(&bytes), &Fields::default(), Unused::Json) else {
                    assert!(at >= whole.len() - 8 - footer, "byte {at} is not of the footer");
                    continue;
                };
                let (mut read, mut lost) = (0, 0);
                for item in input.rows(ParquetCursor::default()).take(100) {
                    match item {
                        ParquetItem::Rows(batch) => {
                            for index in 0..batch.len() {
                                batch.document(index, "f");
                                read += 1;
                            }
                        }
                        ParquetItem::Damage(damage) => lost += damage.lost,
                    }
                }
                assert!(at >= whole.len() - 8 - footer || read + lost == 4, "byte {at}: {read} read, {lost} lost");
            }
        }
    }
}
