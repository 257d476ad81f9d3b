//! Records to columns: what a Parquet file holds of each record.
//!
//! | column | type |
//! |---|---|
//! | `id` | string |
//! | `source` | string |
//! | `url`, `title`, `byline`, `date`, `lang` | string or null |
//! | `status` | string |
//! | `error` | string or null |
//! | `body` | string |
//! | `removed` | list of {`start` int64, `end` int64, `kind` string, `rule` string, `confidence` double, `text` string, `body_at` int64 or null} |
//! | `stats` | {`chars_in`, `chars_body`, `segments_kept`, `segments_removed` int64, `encoding`, `text_from` string or null} |
//! | `text` | string or null; only where the source text was asked for |
//! | `extra` | a string that holds a JSON object, or null; or columns of the input with the types they had there |
//!
//! The names and their order are those of the JSON records.

use std::io;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, ListArray, RecordBatch, StringArray, StructArray};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};

use crate::Record;
use crate::record::{RemovedSpan, Stats};

/// How many bytes of strings a column of one batch can hold: its offsets have 32 bits.
const COLUMN: usize = i32::MAX as usize;

/// What the column `extra` is.
#[derive(Clone, Debug)]
pub(crate) enum ExtraColumn {
    /// The JSON of [`Record::extra`], as a string.
    Json,
    /// A struct of these fields, as they come from a Parquet input. Where there are none, there is
    /// no column.
    Typed(Fields),
}

/// The columns of a run's output.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    schema: SchemaRef,
    emit_text: bool,
    extra: ExtraColumn,
}

impl Columns {
    /// The columns for records with or without their source text.
    pub(crate) fn new(emit_text: bool, extra: ExtraColumn) -> Self {
        let known = |name: &str| Field::new(name, DataType::Utf8, false);
        let perhaps = |name: &str| Field::new(name, DataType::Utf8, true);
        let mut fields = vec![known("id"), known("source")];
        fields.extend(["url", "title", "byline", "date", "lang"].map(perhaps));
        fields.extend([known("status"), perhaps("error"), known("body")]);
        let removed = Field::new(ELEMENT, DataType::Struct(removed_fields()), false);
        fields.push(Field::new("removed", DataType::List(Arc::new(removed)), false));
        fields.push(Field::new("stats", DataType::Struct(stats_fields()), false));
        if emit_text {
            fields.push(perhaps("text"));
        }
        match &extra {
            ExtraColumn::Json => fields.push(perhaps("extra")),
            ExtraColumn::Typed(typed) if typed.is_empty() => {}
            ExtraColumn::Typed(typed) => fields.push(Field::new("extra", DataType::Struct(typed.clone()), true)),
        }
        Self { schema: Arc::new(Schema::new(fields)), emit_text, extra }
    }

    /// Names and types of the columns.
    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The records as batches, in their order: one, or more where their strings are too much for
    /// one. `extra` holds a row for each record and is looked at only where the column is typed;
    /// without it the rows are null there.
    ///
    /// # Errors
    /// When a single record has more text than a column can hold (2 GB), or `extra` is of other
    /// types or another length.
    pub(crate) fn batches(&self, records: &[Record], extra: Option<&StructArray>) -> io::Result<Vec<RecordBatch>> {
        if let Some(extra) = extra.filter(|extra| extra.len() != records.len()) {
            return Err(io::Error::other(format!("{} rows of extra for {} records", extra.len(), records.len())));
        }
        let mut batches = Vec::with_capacity(1);
        let mut rest = 0..records.len();
        while !rest.is_empty() {
            let rows = records[rest.clone()].iter();
            let mut filled = 0;
            let fitting = rows
                .take_while(|record| {
                    filled += strings(record);
                    filled <= COLUMN
                })
                .count();
            let rows = rest.start..rest.start + fitting.max(1);
            let extra = extra.map(|extra| extra.slice(rows.start, rows.len()));
            batches.push(self.batch(&records[rows.clone()], extra)?);
            rest.start = rows.end;
        }
        Ok(batches)
    }

    fn batch(&self, records: &[Record], extra: Option<StructArray>) -> io::Result<RecordBatch> {
        if let [record] = records
            && strings(record) > COLUMN
        {
            return Err(io::Error::other(format!("the record `{}` is too large for Parquet", record.id)));
        }
        let known = |of: fn(&Record) -> &str| column(StringArray::from_iter_values(records.iter().map(of)));
        let perhaps = |of: fn(&Record) -> Option<&str>| column(records.iter().map(of).collect::<StringArray>());
        let mut columns = vec![
            known(|record| &record.id),
            known(|record| &record.source),
            perhaps(|record| record.url.as_deref()),
            perhaps(|record| record.title.as_deref()),
            perhaps(|record| record.byline.as_deref()),
            perhaps(|record| record.date.as_deref()),
            perhaps(|record| record.lang.as_deref()),
            known(|record| record.status.name()),
            perhaps(|record| record.error.as_deref()),
            known(|record| &record.body),
            column(removed(records)?),
            column(stats(records)?),
        ];
        if self.emit_text {
            columns.push(perhaps(|record| record.text.as_deref()));
        }
        match &self.extra {
            ExtraColumn::Json => {
                let json = records.iter().map(extra_json).collect::<Result<StringArray, _>>()?;
                columns.push(column(json));
            }
            ExtraColumn::Typed(fields) if fields.is_empty() => {}
            ExtraColumn::Typed(fields) => {
                let nulls = || StructArray::new_null(fields.clone(), records.len());
                columns.push(column(extra.unwrap_or_else(nulls)));
            }
        }
        RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(io::Error::other)
    }
}

/// What Parquet calls the elements of a list.
const ELEMENT: &str = "element";

fn column(array: impl Array + 'static) -> ArrayRef {
    Arc::new(array)
}

/// The most bytes that one of the record's longer strings, or the strings of its cuts, take; others
/// are far from the limit.
fn strings(record: &Record) -> usize {
    let removed = record.removed.iter().map(|span| span.text.len().max(span.rule.len())).sum();
    let extra = record.extra.iter().map(|(key, value)| 6 * key.len() + 2 + value.get().len() + 2).sum();
    let single = [&record.title, &record.byline, &record.date, &record.url, &record.error, &record.text];
    let single = single.into_iter().flatten().map(String::len);
    single.chain([record.id.len(), record.body.len(), removed, extra]).max().unwrap_or(0)
}

/// The fields of one cut.
fn removed_fields() -> Fields {
    Fields::from(vec![
        Field::new("start", DataType::Int64, false),
        Field::new("end", DataType::Int64, false),
        Field::new("kind", DataType::Utf8, false),
        Field::new("rule", DataType::Utf8, false),
        Field::new("confidence", DataType::Float64, false),
        Field::new("text", DataType::Utf8, false),
        Field::new("body_at", DataType::Int64, true),
    ])
}

/// The cuts of all records, a list for each.
fn removed(records: &[Record]) -> io::Result<ListArray> {
    let spans = || records.iter().flat_map(|record| &record.removed);
    let number = |of: fn(&RemovedSpan) -> usize| column(spans().map(|span| int64(of(span))).collect::<Int64Array>());
    let string = |of: fn(&RemovedSpan) -> &str| column(StringArray::from_iter_values(spans().map(of)));
    let columns = vec![
        number(|span| span.start),
        number(|span| span.end),
        string(|span| span.kind.name()),
        string(|span| &span.rule),
        column(Float64Array::from_iter_values(spans().map(|span| span.confidence))),
        string(|span| &span.text),
        column(spans().map(|span| span.body_at.and_then(int64)).collect::<Int64Array>()),
    ];
    let values = StructArray::try_new(removed_fields(), columns, None).map_err(io::Error::other)?;
    let element = Field::new(ELEMENT, DataType::Struct(removed_fields()), false);
    let lengths = OffsetBuffer::from_lengths(records.iter().map(|record| record.removed.len()));
    ListArray::try_new(Arc::new(element), lengths, Arc::new(values), None).map_err(io::Error::other)
}

/// The fields of the counts.
fn stats_fields() -> Fields {
    let count = |name: &str| Field::new(name, DataType::Int64, false);
    let mut fields = ["chars_in", "chars_body", "segments_kept", "segments_removed"].map(count).to_vec();
    fields.extend(["encoding", "text_from"].map(|name| Field::new(name, DataType::Utf8, true)));
    Fields::from(fields)
}

/// The counts of all records.
fn stats(records: &[Record]) -> io::Result<StructArray> {
    let count =
        |of: fn(&Stats) -> usize| column(records.iter().map(|record| int64(of(&record.stats))).collect::<Int64Array>());
    let string = |of: fn(&Stats) -> Option<&str>| {
        column(records.iter().map(|record| of(&record.stats)).collect::<StringArray>())
    };
    let columns = vec![
        count(|stats| stats.chars_in),
        count(|stats| stats.chars_body),
        count(|stats| stats.segments_kept),
        count(|stats| stats.segments_removed),
        string(|stats| stats.encoding.as_deref()),
        string(|stats| stats.text_from.as_deref()),
    ];
    StructArray::try_new(stats_fields(), columns, None).map_err(io::Error::other)
}

/// A count or a place in a text; no text is so long that it would not fit.
fn int64(number: usize) -> Option<i64> {
    i64::try_from(number).ok()
}

/// The fields that pass through as one JSON object, each value as it came; `None` if there are none.
fn extra_json(record: &Record) -> io::Result<Option<String>> {
    if record.extra.is_empty() {
        return Ok(None);
    }
    let mut json = String::from("{");
    for (number, (key, value)) in record.extra.iter().enumerate() {
        if number > 0 {
            json.push(',');
        }
        json.push_str(&serde_json::to_string(key)?);
        json.push(':');
        json.push_str(value.get());
    }
    json.push('}');
    Ok(Some(json))
}

#[cfg(test)]
pub(super) mod tests {
    use arrow_array::cast::AsArray;
    use serde_json::value::RawValue;

    use super::*;

    /// A record with the `number` in most of its fields; of an even one the fields that may be null are.
    pub(in crate::output) fn record(number: usize) -> Record {
        let odd = number % 2 == 1;
        let json = serde_json::json!({
            "id": format!("n{number}"), "source": "dump.jsonl", "status": if odd { "ok" } else { "error" },
            "body": format!("Body {number}, \u{e9}\n\n\u{1f600}."),
            "url": odd.then(|| format!("https://x.org/{number}")), "title": odd.then_some("T"),
            "byline": odd.then_some("B"), "date": odd.then_some("D"), "lang": odd.then_some("en"),
            "error": (!odd).then_some("odd"), "text": odd.then(|| format!("Text {number}")),
            "removed": (0..number % 3).map(|at| serde_json::json!({
                "start": at, "end": at + 1, "kind": "ad", "rule": "ad.marker.en", "confidence": 0.5,
                "text": format!("cut {at}"), "body_at": (at == 0).then_some(number),
            })).collect::<Vec<_>>(),
            "stats": {"chars_in": number, "chars_body": 2, "segments_kept": 3, "segments_removed": 4,
                "encoding": odd.then_some("UTF-8"), "text_from": odd.then_some("json_ld")},
        });
        let mut record: Record = serde_json::from_value(json).unwrap();
        if odd {
            let raw = |json: &str| RawValue::from_string(json.to_owned()).unwrap();
            record.extra = vec![("k\"".to_owned(), raw("[1,  2.50]")), ("n".to_owned(), raw("null"))];
        }
        record
    }

    #[test]
    fn every_field_has_its_column() {
        let records: Vec<_> = (0..6).map(record).collect();
        let columns = Columns::new(true, ExtraColumn::Json);
        let [batch] = &columns.batches(&records, None).unwrap()[..] else { panic!("one batch") };
        let names: Vec<_> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
        let mut line = serde_json::to_value(&records[1]).unwrap();
        line["error"] = serde_json::Value::Null;
        let mut wanted: Vec<_> = line.as_object().unwrap().keys().cloned().collect();
        wanted.sort();
        let mut sorted = names;
        sorted.sort();
        assert_eq!(sorted, wanted, "the columns are the fields of a record");
        for (row, record) in records.iter().enumerate() {
            let string = |name: &str| {
                let column = batch.column_by_name(name).unwrap().as_string::<i32>();
                column.is_valid(row).then(|| column.value(row).to_owned())
            };
            assert_eq!(string("id").as_deref(), Some(&*record.id));
            assert_eq!(string("source").as_deref(), Some("dump.jsonl"));
            assert_eq!(string("status").as_deref(), Some(record.status.name()));
            assert_eq!(string("body").as_deref(), Some(&*record.body));
            for (name, value) in [
                ("url", &record.url),
                ("title", &record.title),
                ("byline", &record.byline),
                ("date", &record.date),
                ("lang", &record.lang),
                ("error", &record.error),
                ("text", &record.text),
            ] {
                assert_eq!(&string(name), value, "{name}");
            }
            let extra = (row % 2 == 1).then(|| r#"{"k\"":[1,  2.50],"n":null}"#.to_owned());
            assert_eq!(string("extra"), extra);
            let removed = batch.column_by_name("removed").unwrap().as_list::<i32>().value(row);
            assert_eq!(removed.len(), record.removed.len());
        }
    }

    #[test]
    fn typed_columns_pass_and_are_null_where_there_is_no_row() {
        let fields = Fields::from(vec![Field::new("n", DataType::Int64, true)]);
        let columns = Columns::new(false, ExtraColumn::Typed(fields.clone()));
        assert!(columns.schema().field_with_name("text").is_err());
        let records = [record(0), record(1)];
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![Some(7), None]));
        let extra = StructArray::new(fields, vec![numbers], None);
        let batches = columns.batches(&records, Some(&extra)).unwrap();
        assert_eq!(batches[0].column_by_name("extra").unwrap().as_struct(), &extra);
        let batches = columns.batches(&records, None).unwrap();
        assert_eq!(batches[0].column_by_name("extra").unwrap().null_count(), 2);
        let wrong = columns.batches(&records[..1], Some(&extra));
        assert_eq!(wrong.unwrap_err().to_string(), "2 rows of extra for 1 records");
        let none = Columns::new(false, ExtraColumn::Typed(Fields::empty()));
        assert!(none.schema().field_with_name("extra").is_err(), "Parquet knows no struct without fields");
        assert_eq!(none.batches(&records, None).unwrap()[0].num_rows(), 2);
    }
}
