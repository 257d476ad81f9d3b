//! Records to CSV: the flat fields, a row a record, as RFC 4180 has it.
//!
//! A field is quoted where it must be: with a comma, a quote or a line break in it. What is unknown is an
//! empty field. What is not flat (`removed`, `stats`, `extra`) is left out.

use std::io;

use csv::{Terminator, WriterBuilder};

use crate::Record;

/// The columns, in their order.
const NAMES: [&str; 10] = ["id", "source", "url", "title", "byline", "date", "lang", "status", "error", "body"];

/// The column for the source text, where it was asked for.
const TEXT: &str = "text";

/// The first line, with the names of the columns.
///
/// # Errors
/// When the row cannot be written, which in memory it can.
pub(super) fn header(emit_text: bool) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    write_row(&mut out, NAMES.into_iter().chain(emit_text.then_some(TEXT)))?;
    Ok(out)
}

/// Appends a record to `out`.
///
/// # Errors
/// When the row cannot be written, which in memory it can.
pub(super) fn write(out: &mut Vec<u8>, record: &Record, emit_text: bool) -> io::Result<()> {
    let row: [&str; NAMES.len()] = [
        &record.id,
        &record.source,
        or_empty(&record.url),
        or_empty(&record.title),
        or_empty(&record.byline),
        or_empty(&record.date),
        or_empty(&record.lang),
        record.status.name(),
        or_empty(&record.error),
        &record.body,
    ];
    write_row(out, row.into_iter().chain(emit_text.then_some(or_empty(&record.text))))
}

fn or_empty(value: &Option<String>) -> &str {
    value.as_deref().unwrap_or_default()
}

fn write_row<'r>(out: &mut Vec<u8>, row: impl Iterator<Item = &'r str>) -> io::Result<()> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    writer.write_record(row)?;
    writer.flush()
}

#[cfg(test)]
mod tests {
    use super::super::columns::tests::record;
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let values =
            ["a,b", "\"quoted\" \"\"", "one\n\ntwo", "a\rb", "a\r\nb", "nul\0", "  blanks\t ", "\"", "", "é😀"];
        for emit_text in [false, true] {
            let mut bytes = header(emit_text).unwrap();
            let mut wanted = Vec::new();
            for (number, value) in values.into_iter().enumerate() {
                let mut record = record(number);
                record.id = value.to_owned();
                record.body = value.to_owned();
                record.text = Some(value.to_owned());
                write(&mut bytes, &record, emit_text).unwrap();
                let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(&record) else { panic!("an object") };
                let field = |name: &&str| fields.get(*name).and_then(|value| value.as_str()).unwrap_or("").to_owned();
                let names = NAMES.iter().chain(emit_text.then_some(&TEXT));
                wanted.push(names.map(field).collect::<Vec<_>>());
            }
            let mut reader = csv::Reader::from_reader(&bytes[..]);
            let names = reader.headers().unwrap().clone();
            assert_eq!(names.iter().take(NAMES.len()).collect::<Vec<_>>(), NAMES);
            assert_eq!(names.get(NAMES.len()), emit_text.then_some("text"));
            let read: Vec<Vec<String>> =
                reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
            assert_eq!(read, wanted);
        }
    }

    #[test]
    fn lines_end_as_the_standard_has_it() {
        assert_eq!(header(false).unwrap(), b"id,source,url,title,byline,date,lang,status,error,body\r\n");
    }
}
