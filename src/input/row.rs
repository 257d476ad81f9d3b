//! One row of a Parquet file to one document, by the rules of records.

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, Fields as Columns};
use serde_json::value::RawValue;

use super::cell::{self, Cell, cell};
use super::fields::{Candidates, Fields};
use super::record::{Blank, Fielded, Part, content, fields_there, hints_by, no_content, without};
use super::{charset, text};
use crate::document::{Content, Document, Hints};

/// Reads the row at `index` of a batch. `number` counts rows from 1 over the file and makes the id of a row
/// that has none; with `wants_extra` the columns that are not used go along as JSON.
pub(crate) fn document(
    batch: &RecordBatch,
    index: usize,
    fields: &Fields,
    source: &str,
    number: u64,
    wants_extra: bool,
) -> Document {
    let mut row = Row { batch, index, taken: Vec::new(), encoding: None };
    // It may be the field of the id or the address, which are taken out; it stays where it is.
    let site = row.first(fields.site()).and_then(|path| as_id(row.cell(&path)));
    let id = row.take_by(fields.id(), as_id);
    let url = row.take_by(fields.url(), |cell| as_string(cell).filter(|url| !url.trim().is_empty()));
    let hints = Hints { site, ..hints_by(|name| row.hint(name)) };
    let content =
        content(&mut row, fields).unwrap_or_else(|reason| Content::Unreadable(format!("row {number}: {reason}")));
    Document {
        id: id.unwrap_or_else(|| format!("{source}#{number}")),
        source: source.to_owned(),
        url,
        hints,
        content,
        encoding: row.encoding,
        extra: if wants_extra { row.extra() } else { Vec::new() },
    }
}

/// Whether there is a column of pages or of texts, whatever it holds; else what is missing.
pub(crate) fn has_content(columns: &Columns, fields: &Fields) -> Result<(), String> {
    let is_there = [fields.html(), fields.text()].into_iter().any(|names| !locate(columns, names).is_empty());
    let there = || columns.iter().map(|column| column.name().as_str()).collect::<Vec<_>>();
    if is_there { Ok(()) } else { Err(no_content(fields, &there())) }
}

/// Whether there are all columns that the user named; else which is missing.
pub(crate) fn has_named(columns: &Columns, fields: &Fields) -> Result<(), String> {
    for names in [fields.text(), fields.html(), fields.id(), fields.url(), fields.site()] {
        if let Candidates::Given(path) = names
            && locate(columns, names).is_empty()
        {
            let there: Vec<_> = columns.iter().map(|column| column.name().as_str()).collect();
            return Err(format!("no field `{path}`; {}", fields_there(&there)));
        }
    }
    Ok(())
}

/// Where a column is: its number at the top, and the numbers of the fields inside.
pub(super) type Path = Vec<usize>;

/// The paths of all names that there are, in their order. A name that the user gave may be nested, but a
/// column that has it as it stands goes before.
pub(super) fn locate(columns: &Columns, names: Candidates<'_>) -> Vec<Path> {
    // Of columns of one name the last counts, as of keys in JSON.
    let top = |name: &str| columns.iter().rposition(|column| column.name() == name);
    match names {
        Candidates::Usual(names) => names.iter().filter_map(|name| Some(vec![top(name)?])).collect(),
        Candidates::Given(path) => nested(columns, path).into_iter().collect(),
    }
}

fn nested(columns: &Columns, path: &str) -> Option<Path> {
    let top = |name: &str| columns.iter().rposition(|column| column.name() == name);
    if let Some(at) = top(path) {
        return Some(vec![at]);
    }
    let (outer, rest) = path.split_once('.')?;
    let at = top(outer)?;
    let DataType::Struct(inner) = columns[at].data_type() else { return None };
    let mut path = nested(inner, rest)?;
    path.insert(0, at);
    Some(path)
}

/// A row that fields are taken out of.
struct Row<'b> {
    batch: &'b RecordBatch,
    index: usize,
    taken: Vec<Path>,
    /// That of the page or text, where it was bytes.
    encoding: Option<&'static str>,
}

impl<'b> Row<'b> {
    /// The first of the names that the row still has.
    fn first(&self, names: Candidates<'_>) -> Option<Path> {
        let paths = locate(self.batch.schema_ref().fields(), names);
        paths.into_iter().find(|path| !self.taken.contains(path))
    }

    /// The value at a path; what is inside of nothing is nothing.
    fn cell(&self, path: &[usize]) -> Cell<'b> {
        let Some((&top, inside)) = path.split_first() else { return Cell::Null };
        let mut array: &'b dyn Array = self.batch.column(top);
        for &at in inside {
            if array.is_null(self.index) {
                return Cell::Null;
            }
            array = array.as_struct().column(at);
        }
        cell(array, self.index)
    }

    fn take_by(&mut self, names: Candidates<'_>, read: fn(Cell<'_>) -> Option<String>) -> Option<String> {
        let path = self.first(names)?;
        let value = read(self.cell(&path))?;
        self.taken.push(path);
        Some(value)
    }

    /// A string or a time at the top that says something of the article.
    fn hint(&self, name: &str) -> Option<String> {
        match self.cell(&self.first(Candidates::Given(name)).filter(|path| path.len() == 1)?) {
            Cell::Time(time) => Some(time),
            other => as_string(other),
        }
    }

    /// The columns that were not taken, as JSON.
    fn extra(&self) -> Vec<(String, Box<RawValue>)> {
        let columns = self.batch.schema_ref().fields().iter().zip(self.batch.columns()).enumerate();
        let left = columns.filter(|(at, _)| !self.taken.iter().any(|path| path[..] == [*at]));
        let json = left.filter_map(|(at, (field, array))| {
            let mut json = cell::json(field, array, self.index)?;
            for path in self.taken.iter().filter(|path| path[0] == at) {
                json = without(json, &dotted(field.data_type(), &path[1..]));
            }
            Some((field.name().clone(), json))
        });
        json.collect()
    }
}

/// The names along a path into a struct.
fn dotted(data_type: &DataType, path: &[usize]) -> String {
    match (data_type, path.split_first()) {
        (DataType::Struct(fields), Some((&at, []))) => fields[at].name().clone(),
        (DataType::Struct(fields), Some((&at, rest))) => {
            format!("{}.{}", fields[at].name(), dotted(fields[at].data_type(), rest))
        }
        _ => String::new(),
    }
}

impl Fielded for Row<'_> {
    fn take(&mut self, names: Candidates<'_>, part: Part, blank: Blank) -> Option<String> {
        let path = self.first(names)?;
        let (string, encoding) = match self.cell(&path) {
            Cell::Text(text) if blank == Blank::Refused && text.trim().is_empty() => return None,
            Cell::Text(text) => (text.into_owned(), None),
            Cell::Bytes(bytes) => {
                let (text, encoding) = decode(bytes.into_owned(), part).ok()?;
                (text, Some(encoding))
            }
            _ => return None,
        };
        if blank == Blank::Refused && string.trim().is_empty() {
            return None;
        }
        self.encoding = encoding;
        self.taken.push(path);
        Some(string)
    }

    fn names(&self) -> Vec<&str> {
        self.batch.schema_ref().fields().iter().map(|field| field.name().as_str()).collect()
    }

    fn problem(&self, names: Candidates<'_>, part: Part) -> Option<(String, String)> {
        let path = self.first(names)?;
        let name = match names {
            Candidates::Given(given) => given.to_owned(),
            Candidates::Usual(_) => self.batch.schema_ref().field(path[0]).name().clone(),
        };
        let problem = match self.cell(&path) {
            Cell::Null => "is null".to_owned(),
            Cell::Text(_) => "cannot be decoded".to_owned(),
            Cell::Bytes(bytes) => match decode(bytes.into_owned(), part) {
                Err(what) => format!("is not HTML: looks like {what}"),
                Ok(_) => "cannot be decoded".to_owned(),
            },
            Cell::Number(_) => "is a number, not a string".to_owned(),
            Cell::Time(_) => "is a date or time, not a string".to_owned(),
            Cell::Other(what) => format!("is {what}, not a string"),
        };
        Some((name, problem))
    }
}

/// Bytes as a page or a text, with the encoding's name; or what they are instead of a page.
fn decode(bytes: Vec<u8>, part: Part) -> Result<(String, &'static str), &'static str> {
    match part {
        Part::Page => charset::decode(bytes, None),
        Part::Text => Ok(text::decode(bytes)),
    }
}

/// A string, or bytes that are one beyond doubt.
fn as_string(cell: Cell<'_>) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(text.into_owned()),
        Cell::Bytes(bytes) => String::from_utf8(bytes.into_owned()).ok(),
        _ => None,
    }
}

/// A string that is not empty, or a number.
fn as_id(cell: Cell<'_>) -> Option<String> {
    match cell {
        Cell::Number(number) => Some(number),
        other => as_string(other).filter(|id| !id.is_empty()),
    }
}
