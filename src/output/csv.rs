//! Records as rows of CSV: the fields that are flat, as RFC 4180 writes them.

use csv::WriterBuilder;

use crate::Record;

/// The columns. What is null is empty.
const COLUMNS: [&str; 10] = ["id", "source", "url", "title", "byline", "date", "lang", "status", "error", "body"];

/// The row of the names of the columns; with `emit_text` the source text is the last.
pub(super) fn header(emit_text: bool) -> Vec<u8> {
    let mut out = Vec::new();
    row(&mut out, COLUMNS.into_iter().chain(emit_text.then_some("text")));
    out
}

/// Appends the row of a record.
pub(super) fn write(out: &mut Vec<u8>, record: &Record, emit_text: bool) {
    let Record { id, source, url, title, byline, date, lang, status, error, body, text, .. } = record;
    let optional = [url, title, byline, date, lang].map(|field| field.as_deref().unwrap_or_default());
    let fields = [id.as_str(), source].into_iter().chain(optional);
    let fields = fields.chain([status.name(), error.as_deref().unwrap_or_default(), body]);
    row(out, fields.chain(emit_text.then(|| text.as_deref().unwrap_or_default())));
}

fn row<'f>(out: &mut Vec<u8>, fields: impl Iterator<Item = &'f str>) {
    let mut writer = WriterBuilder::new().from_writer(out);
    // Writing to memory does not fail.
    let _ = writer.write_record(fields);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cleaner, Config, Document};

    #[test]
    fn rows_are_read_back_as_they_were() {
        let cleaner = Cleaner::new(Config::default()).expect("built-in rules");
        let texts = ["a, b", "\"q\"", " two\n\nlines\r\nand \r more ", "n\0l", "", "ü;\t|"];
        let mut out = header(true);
        for text in texts {
            let document = Document { id: text.into(), url: Some("u,\"\n".into()), ..Document::default() };
            let mut record = cleaner.clean_document(document, true);
            (record.body, record.text) = (text.to_owned(), Some(text.to_owned()));
            write(&mut out, &record, true);
        }
        let mut reader = csv::Reader::from_reader(&*out);
        assert_eq!(reader.headers().expect("a header").iter().next_back(), Some("text"));
        let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
        assert_eq!(rows.len(), texts.len());
        for (row, text) in rows.iter().zip(texts) {
            assert_eq!((&row[0], &row[2], &row[3], &row[9], &row[10]), (text, "u,\"\n", "", text, text));
        }
    }
}
