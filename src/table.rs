//! Tables in memory: the rows of Arrow batches in, rows of records out, without any file.
//!
//! A row is read as a row of a Parquet file is, by the same names of columns, and what comes of it is what
//! `cleancopy clean` writes into a Parquet file, but for the columns that are not used: here they stand beside the
//! others, with the names and types they had.
//!
//! | column | type |
//! |---|---|
//! | `id`, `source`, `status`, `body` | string |
//! | `url`, `title`, `byline`, `date`, `lang`, `error` | string or null |
//! | `removed` | list of {`start` int64, `end` int64, `kind` string, `rule` string, `confidence` double, `text` string, `body_at` int64 or null} |
//! | `stats` | {`chars_in`, `chars_body`, `segments_kept`, `segments_removed` int64, `encoding`, `text_from` string or null} |
//! | `text` | string or null; only where the source text was asked for |
//! | all columns but those of the id, of the address, and of the page or text that is looked at first | as they came |
//!
//! A column that stays and has the name of one of the first is called `input_` and its name: a `title` that serves as
//! evidence stays as `input_title`.
//!
//! ```
//! use std::ops::ControlFlow;
//! use std::sync::Arc;
//!
//! use arrow_array::{ArrayRef, RecordBatch, StringArray};
//! use cleancopy::input::Fields;
//! use cleancopy::table::Table;
//! use cleancopy::{Batch, Cleaner, Config};
//!
//! let texts: ArrayRef = Arc::new(StringArray::from(vec!["A bird was hired.\nAdvertisement\nIt flew away."]));
//! let batch = RecordBatch::try_from_iter([("text", texts)]).unwrap();
//! let cleaner = Cleaner::new(Config::default())?;
//! let table = Table::new(&batch.schema(), &Fields::default())?;
//! table.clean(&cleaner, [batch], &Batch::default(), |cleaned| {
//!     assert_eq!((cleaned.num_rows(), cleaned.schema()), (1, Arc::clone(table.schema())));
//!     ControlFlow::Continue(())
//! })?;
//! # Ok::<(), cleancopy::Error>(())
//! ```

use std::convert::Infallible;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, StructArray};
use arrow_cast::cast;
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef};

use crate::batch::clean_or_say;
use crate::input::{Fields, ROWS_OF_BATCH, always_used, document_of_row, has_content, has_named, needed, share};
use crate::output::{Columns, ExtraColumn};
use crate::{Batch, Cleaner, Document, Error, Record};

/// What a column is called that stays and has a name which is taken begins with this.
const RENAMED: &str = "input_";

/// A batch of records is handed on when it has so many rows, or where the batch that they are of ends.
const ROWS: usize = 8192;

/// How tables of one schema are cleaned.
#[derive(Clone, Debug)]
pub struct Table {
    input: SchemaRef,
    fields: Fields,
    source: Arc<str>,
    first: u64,
    emit_text: bool,
    /// The columns that documents are made of.
    read: Vec<usize>,
    /// The columns that stay.
    kept: Vec<usize>,
    records: Columns,
    schema: SchemaRef,
}

impl Table {
    /// For tables of this schema. `fields` says which columns hold what.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no column of pages or texts, or none of a name that `fields` was given.
    pub fn new(schema: &SchemaRef, fields: &Fields) -> Result<Self, Error> {
        let columns = schema.fields();
        has_content(columns, fields).and_then(|()| has_named(columns, fields)).map_err(Error::Usage)?;
        let used = always_used(columns, fields);
        let kept = (0..columns.len()).filter(|at| !used.contains(at)).collect();
        let table = Self {
            input: Arc::clone(schema),
            fields: fields.clone(),
            source: "table".into(),
            first: 1,
            emit_text: false,
            read: needed(columns, fields),
            kept,
            records: records(false),
            schema: Arc::clone(schema),
        };
        Ok(table.with_text(false))
    }

    /// What the records have as `source`; the id of a row without one is `source#n`. Default: `table`.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Arc<str>>) -> Self {
        self.source = source.into();
        self
    }

    /// The number of the first row, for a table that is the continuation of another. Default: 1.
    #[must_use]
    pub fn with_first(mut self, number: u64) -> Self {
        self.first = number;
        self
    }

    /// Whether the records hold the source text. Default: they do not.
    #[must_use]
    pub fn with_text(mut self, emit_text: bool) -> Self {
        self.emit_text = emit_text;
        self.records = records(emit_text);
        self.schema = self.output();
        self
    }

    /// Names and types of the columns that come out.
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The columns of records, and beside them those that stay.
    fn output(&self) -> SchemaRef {
        let mut fields: Vec<FieldRef> = self.records.schema().fields().iter().cloned().collect();
        for &at in &self.kept {
            let field = &self.input.fields()[at];
            let is_taken = |name: &str| {
                let stays = |other: &usize| *other != at && self.input.field(*other).name() == name;
                fields.iter().any(|field| field.name() == name) || (name != field.name() && self.kept.iter().any(stays))
            };
            let mut name = field.name().clone();
            while is_taken(&name) {
                name.insert_str(0, RENAMED);
            }
            fields.push(Arc::new(field.as_ref().clone().with_name(name)));
        }
        // What the table says of itself as a whole (which column is an index, which are features) is no longer so.
        Arc::new(Schema::new(fields))
    }

    /// Cleans batches, which must be of the schema that this was made for, and hands on what comes out, in the order
    /// of the rows: for each batch one, or more where it is large. Rows are counted over all batches.
    ///
    /// # Errors
    /// [`Error::Usage`] if threads cannot be started, a batch is of other columns or not sound, or a record has more than
    /// 2 GB.
    pub fn clean(
        &self,
        cleaner: &Cleaner,
        batches: impl IntoIterator<Item = RecordBatch, IntoIter: Send>,
        threads: &Batch,
        mut each: impl FnMut(RecordBatch) -> ControlFlow<()> + Send,
    ) -> Result<(), Error> {
        let work = |_, piece: Piece| {
            let records = piece.rows.as_ref().map_err(ToString::to_string).map(|rows| {
                (0..rows.num_rows()).map(|row| self.record(cleaner, rows, row, piece.number + row as u64)).collect()
            });
            Done { records, whole: piece.whole, is_last: piece.is_last }
        };
        let mut waiting = Vec::new();
        let mut given = 0;
        let mut failure = None;
        let sink = |done: Done| {
            match done.records {
                Ok(records) => waiting.extend::<Vec<Record>>(records),
                Err(cause) => {
                    failure = Some(format!("cannot read the table: {cause}"));
                    return ControlFlow::Break(());
                }
            }
            if !done.is_last && waiting.len() < ROWS {
                return ControlFlow::Continue(());
            }
            let rows = given..given + waiting.len();
            given = if done.is_last { 0 } else { rows.end };
            match self.rows(&std::mem::take(&mut waiting), &done.whole.slice(rows.start, rows.len())) {
                Ok(batches) => batches.into_iter().try_for_each(&mut each),
                Err(cause) => {
                    failure = Some(format!("cannot make a table of the records: {cause}"));
                    ControlFlow::Break(())
                }
            }
        };
        threads.run(
            Pieces { batches: batches.into_iter(), read: &self.read, current: None, number: self.first },
            |piece| piece.weight,
            work,
            sink,
        )?;
        failure.map_or(Ok(()), |cause| Err(Error::Usage(cause)))
    }

    fn record(&self, cleaner: &Cleaner, rows: &RecordBatch, row: usize, number: u64) -> Record {
        let read = || Ok::<_, Infallible>(document_of_row(rows, row, &self.fields, &self.source, number, false));
        let identity = || Document {
            id: format!("{}#{number}", self.source),
            source: self.source.to_string(),
            ..Document::default()
        };
        clean_or_say(cleaner, read, identity, self.emit_text).unwrap_or_else(|no| match no {})
    }

    /// Records beside the columns that stay.
    fn rows(&self, records: &[Record], of: &RecordBatch) -> io::Result<Vec<RecordBatch>> {
        if records.is_empty() {
            return Ok(vec![RecordBatch::new_empty(Arc::clone(&self.schema))]);
        }
        let mut first = 0;
        let mut beside = |batch: RecordBatch| {
            let len = batch.num_rows();
            let mut columns = batch.columns().to_vec();
            // Were the batch of other columns, it would show in their types or in their number.
            columns.extend(self.kept.iter().filter_map(|&at| Some(of.columns().get(at)?.slice(first, len))));
            first += len;
            self.batch(columns, len)
        };
        self.records.batches(records, None)?.into_iter().map(&mut beside).collect()
    }

    fn batch(&self, columns: Vec<ArrayRef>, rows: usize) -> io::Result<RecordBatch> {
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options).map_err(io::Error::other)
    }
}

/// The columns of records alone.
fn records(emit_text: bool) -> Columns {
    Columns::new(emit_text, ExtraColumn::Typed(arrow_schema::Fields::empty()))
}

/// A share of the rows of a batch.
struct Piece {
    whole: RecordBatch,
    /// The columns that are looked into, of these rows; or why they cannot be.
    rows: Result<RecordBatch, ArrowError>,
    /// The number of the first row, counted over all batches.
    number: u64,
    weight: usize,
    is_last: bool,
}

/// What has become of one.
struct Done {
    records: Result<Vec<Record>, String>,
    whole: RecordBatch,
    is_last: bool,
}

/// Cuts batches into pieces.
struct Pieces<'t, B> {
    batches: B,
    read: &'t [usize],
    /// The batch in hand, the columns of it that are looked into, and how many of its rows are given out.
    current: Option<(RecordBatch, RecordBatch, usize)>,
    number: u64,
}

impl<B: Iterator<Item = RecordBatch>> Iterator for Pieces<'_, B> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let (whole, used, first) = match self.current.take() {
            Some(current) => current,
            None => {
                let whole = self.batches.next()?;
                match whole.project(self.read).and_then(sound) {
                    Ok(used) => (whole, used, 0),
                    Err(error) => {
                        return Some(Piece { whole, rows: Err(error), number: self.number, weight: 0, is_last: true });
                    }
                }
            }
        };
        let rows = used.slice(first, ROWS_OF_BATCH.min(used.num_rows() - first));
        let (len, weight) = if rows.num_rows() == 0 { (0, 0) } else { share(&rows) };
        let is_last = first + len == whole.num_rows();
        let number = self.number;
        self.number += len as u64;
        if !is_last {
            self.current = Some((whole.clone(), used, first + len));
        }
        Some(Piece { whole, rows: Ok(rows.slice(0, len)), number, weight, is_last })
    }
}

/// The batch with columns that may be looked into. What comes from elsewhere may call a string what is none; then it
/// is bytes, and what they are is found out row by row.
fn sound(batch: RecordBatch) -> Result<RecordBatch, ArrowError> {
    sound_struct(&batch.into()).map(|columns| RecordBatch::from(&columns))
}

fn sound_column(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let bytes = match column.data_type() {
        DataType::Utf8 => DataType::Binary,
        DataType::LargeUtf8 => DataType::LargeBinary,
        DataType::Utf8View => DataType::BinaryView,
        DataType::Struct(_) => return Ok(Arc::new(sound_struct(column.as_struct())?)),
        // Nobody reads what such a column holds.
        DataType::List(_)
        | DataType::LargeList(_)
        | DataType::FixedSizeList(..)
        | DataType::ListView(_)
        | DataType::LargeListView(_)
        | DataType::Map(..)
        | DataType::Union(..) => {
            column.to_data().validate()?;
            return Ok(Arc::clone(column));
        }
        DataType::Dictionary(..) if column.to_data().validate_full().is_err() => {
            let dictionary = column.as_any_dictionary();
            let column = dictionary.with_values(sound_column(dictionary.values())?);
            column.to_data().validate_full()?;
            return Ok(column);
        }
        _ => {
            column.to_data().validate_full()?;
            return Ok(Arc::clone(column));
        }
    };
    // The places are checked with the strings; where they are wrong, no bytes can be made of it.
    match column.to_data().validate_full() {
        Ok(()) => Ok(Arc::clone(column)),
        Err(_) => {
            let bytes = cast(column, &bytes)?;
            bytes.to_data().validate_full()?;
            Ok(bytes)
        }
    }
}

fn sound_struct(column: &StructArray) -> Result<StructArray, ArrowError> {
    let columns = column.columns().iter().map(sound_column).collect::<Result<Vec<_>, _>>()?;
    let fields = column.fields().iter().zip(&columns);
    let fields = fields.map(|(field, column)| Field::clone(field).with_data_type(column.data_type().clone()));
    StructArray::try_new_with_length(fields.collect(), columns, column.nulls().cloned(), column.len())
}

#[cfg(test)]
mod tests {
    use arrow_array::builder::StringBuilder;
    use arrow_array::types::Int8Type;
    use arrow_array::{BinaryArray, DictionaryArray, Int64Array, LargeStringArray, StringArray, StringViewArray};

    use super::*;
    use crate::Config;

    fn cleaned(batches: Vec<RecordBatch>, fields: &Fields, threads: usize) -> Result<Vec<RecordBatch>, Error> {
        let cleaner = Cleaner::new(Config::default())?;
        let table = Table::new(batches[0].schema_ref(), fields)?;
        let threads = Batch::default().with_threads(threads.try_into().expect("not zero"));
        let mut out = Vec::new();
        table.clean(&cleaner, batches, &threads, |batch| {
            assert_eq!(&batch.schema(), table.schema());
            out.push(batch);
            ControlFlow::Continue(())
        })?;
        Ok(out)
    }

    fn strings(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
        let column = batch.column_by_name(name).expect(name).as_string::<i32>();
        column.iter().map(|value| value.map(str::to_owned)).collect()
    }

    fn text(number: usize) -> String {
        format!("The bird of line {number} was hired.\nAdvertisement\nIt flew away at {number}, they say.")
    }

    #[test]
    fn columns_stand_beside_and_clashes_are_renamed() {
        let string = |text: &str| -> ArrayRef { Arc::new(StringArray::from(vec![text])) };
        let one: ArrayRef = Arc::new(Int64Array::from(vec![1]));
        let batch = RecordBatch::try_from_iter([
            ("input_title", string("other")),
            ("title", string("A headline of its own")),
            ("body", string("This is the text.")),
            ("id", string("7")),
            ("text", string("But this is the one that is named first.")),
            ("label", Arc::clone(&one)),
            ("status", one),
        ])
        .unwrap();
        let out = &cleaned(vec![batch.clone()], &Fields::default(), 1).unwrap()[0];
        let names: Vec<_> = out.schema().fields().iter().skip(12).map(|field| field.name().clone()).collect();
        assert_eq!(names, ["input_title", "input_input_title", "input_body", "label", "input_status"]);
        assert_eq!(strings(out, "id"), [Some("7".to_owned())]);
        assert_eq!(strings(out, "title"), [Some("A headline of its own".to_owned())]);
        assert_eq!(strings(out, "input_title"), [Some("other".to_owned())]);
        assert_eq!(out.column_by_name("label").unwrap().data_type(), &DataType::Int64);
        let named = Fields::default().with_text("body");
        let out = &cleaned(vec![batch], &named, 1).unwrap()[0];
        assert_eq!(strings(out, "body"), [Some("This is the text.".to_owned())]);
        assert!(out.column_by_name("input_body").is_none() && out.column_by_name("text").is_some());
    }

    #[test]
    fn rows_are_those_of_the_batches_for_any_number_of_threads() {
        let lens = [3, 0, ROWS + 5, 1];
        let mut number = 0;
        let batches: Vec<RecordBatch> = lens
            .map(|len| {
                let numbers = number as i64..(number + len) as i64;
                let texts: ArrayRef = Arc::new(StringArray::from_iter_values((number..number + len).map(text)));
                let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(numbers));
                number += len;
                RecordBatch::try_from_iter([("n", numbers), ("text", texts)]).unwrap()
            })
            .to_vec();
        let one = cleaned(batches.clone(), &Fields::default(), 1).unwrap();
        assert_eq!(one, cleaned(batches, &Fields::default(), 3).unwrap());
        let out: Vec<usize> = one.iter().map(RecordBatch::num_rows).collect();
        assert_eq!(out.iter().sum::<usize>(), number);
        assert!(out.iter().all(|rows| *rows < ROWS + ROWS_OF_BATCH), "{out:?}");
        let mut at = 0;
        for batch in &one {
            let numbers = batch.column_by_name("n").unwrap().as_primitive::<arrow_array::types::Int64Type>();
            for (row, (id, body)) in strings(batch, "id").into_iter().zip(strings(batch, "body")).enumerate() {
                assert_eq!(id, Some(format!("table#{}", at + 1)));
                assert_eq!(numbers.value(row), at as i64);
                assert!(body.unwrap().starts_with(&format!("The bird of line {at} was hired.\n\nIt flew")));
                at += 1;
            }
        }
    }

    #[test]
    fn strings_of_every_type_are_texts_and_a_bad_one_is_a_record() {
        let texts = [Some(text(1)), None, Some(String::new())];
        let mut builder = StringBuilder::new();
        texts.iter().for_each(|text| builder.append_option(text.as_deref()));
        let strings_of: [ArrayRef; 5] = [
            Arc::new(builder.finish()),
            Arc::new(LargeStringArray::from(texts.to_vec())),
            Arc::new(texts.iter().map(Option::as_deref).collect::<StringViewArray>()),
            Arc::new(texts.iter().map(Option::as_deref).collect::<DictionaryArray<Int8Type>>()),
            Arc::new(BinaryArray::from(
                texts.iter().map(|text| text.as_deref().map(str::as_bytes)).collect::<Vec<_>>(),
            )),
        ];
        for column in strings_of {
            let what = column.data_type().clone();
            let batch = RecordBatch::try_from_iter([("content", column)]).unwrap();
            let out = &cleaned(vec![batch], &Fields::default(), 2).unwrap()[0];
            let status: Vec<_> = strings(out, "status").into_iter().flatten().collect();
            assert_eq!(status, ["ok", "error", "empty"], "{what}");
            let error = strings(out, "error")[1].clone().unwrap();
            assert_eq!(error, "row 2: the text in `content` is null", "{what}");
        }
    }

    #[test]
    fn a_table_without_texts_is_refused() {
        let one: ArrayRef = Arc::new(Int64Array::from(vec![1]));
        let batch = RecordBatch::try_from_iter([("n", one)]).unwrap();
        let error = cleaned(vec![batch.clone()], &Fields::default(), 1).unwrap_err().to_string();
        assert!(error.starts_with("no text: none of the fields text, content"), "{error}");
        let error = cleaned(vec![batch], &Fields::default().with_html("page"), 1).unwrap_err().to_string();
        assert!(error.starts_with("no field `page`, and no text"), "{error}");
    }

    #[test]
    fn a_table_without_a_column_that_is_named_is_refused() {
        let texts: ArrayRef = Arc::new(StringArray::from(vec!["Well."]));
        let batch = RecordBatch::try_from_iter([("text", texts)]).unwrap();
        let named = [Fields::with_html, Fields::with_id, Fields::with_url, Fields::with_site, Fields::with_text];
        for with in named {
            let error = cleaned(vec![batch.clone()], &with(Fields::default(), "pgae"), 1).unwrap_err().to_string();
            assert!(error.starts_with("no field `pgae`") && error.ends_with("; it has text"), "{error}");
            assert!(cleaned(vec![batch.clone()], &with(Fields::default(), "text"), 1).is_ok());
        }
    }
}
