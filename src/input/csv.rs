//! Files of rows with a header: CSV, TSV and their relatives.

use std::borrow::Cow;
use std::sync::Arc;

use memchr::memchr;

use super::chunk::{Items, Place};
use super::cursor::Within;
use super::fields::Fields;
use super::jsonl::{Parse, Records};
use super::lines::{LineChunk, Lines, LinesCursor, Mark, Split};
use super::source::Source;
use super::stream::Bytes;
use super::{record, text};
use crate::document::{Content, Document};

/// What a file of rows looks like.
#[derive(Clone, Debug)]
pub(super) struct Dialect {
    delimiter: u8,
    terminator: u8,
}

impl Dialect {
    /// By the user's word, else by the first line, which is `head` or begins it: of comma, tabulator, semicolon and bar
    /// the one that is there most often outside of quotation marks; of several, the first.
    pub(super) fn new(head: &[u8], given: Option<u8>) -> Self {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let mut quoted = false;
        let bare: Vec<u8> = head
            .iter()
            .copied()
            .filter(|byte| {
                quoted ^= *byte == b'"';
                !quoted
            })
            .collect();
        let end = bare.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(bare.len());
        let terminator = match bare.get(end..) {
            Some([b'\r', next, ..]) if *next != b'\n' => b'\r',
            _ => b'\n',
        };
        let counted = |delimiter: u8| bare[..end].iter().filter(|byte| **byte == delimiter).count();
        let likeliest = || {
            let all = [b',', b'\t', b';', b'|'].map(|delimiter| (counted(delimiter), delimiter));
            all.into_iter().rev().max_by_key(|(count, _)| *count).map_or(b',', |(_, delimiter)| delimiter)
        };
        Self { delimiter: given.unwrap_or_else(likeliest), terminator }
    }

    pub(super) fn split(&self) -> Split {
        Split::Rows { delimiter: self.delimiter, terminator: self.terminator }
    }

    /// The fields of one row, as they are when its quotation marks are taken off.
    fn fields(&self, row: &[u8]) -> Vec<String> {
        let row = match std::str::from_utf8(row) {
            Ok(row) => Cow::Borrowed(row),
            // One guess for all fields, which have little to go by each.
            Err(error) => Cow::Owned(text::decode_other(row, error.valid_up_to()).0),
        };
        let row = row.trim_end_matches('\r');
        let mut fields = Vec::new();
        let mut at = 0;
        loop {
            let rest = &row[at..];
            let (field, length) = match self.closing(rest) {
                Some((mark, end)) => (rest[1..mark].replace("\"\"", "\""), end),
                None => {
                    let end = memchr(self.delimiter, rest.as_bytes()).unwrap_or(rest.len());
                    (rest[..end].to_owned(), end)
                }
            };
            fields.push(field);
            at += length;
            if at >= row.len() {
                return fields;
            }
            at += 1;
        }
    }

    /// If a field begins here that is quoted: where its closing mark is, and the delimiter after it. Of rows that were told
    /// apart by [`Lines`], which see.
    fn closing(&self, row: &str) -> Option<(usize, usize)> {
        let bytes = row.as_bytes();
        let mut from = 1;
        while bytes.first() == Some(&b'"') {
            let mark = from + memchr(b'"', bytes.get(from..)?)?;
            match Mark::at(bytes, mark, self.delimiter, self.terminator, true) {
                Mark::Closing(end) => return Some((mark, end)),
                Mark::Doubled => from = mark + 2,
                Mark::Misplaced | Mark::Unknown if self.delimiter == b'\t' => return None,
                Mark::Misplaced | Mark::Unknown => from = mark + 1,
            }
        }
        None
    }
}

/// The rows of one file.
pub(super) struct Csv {
    place: Place,
    lines: Lines,
    shape: Arc<Shape>,
    /// Rows that came in one chunk with the header.
    first: Option<LineChunk>,
}

/// What all rows of a file have in common.
#[derive(Debug)]
struct Shape {
    dialect: Dialect,
    header: Vec<String>,
}

impl Csv {
    /// Reads a file from its beginning.
    pub(super) fn new(place: Place, stream: Bytes, dialect: Dialect, longest: u64) -> Self {
        // The header counts as record 0.
        let mut lines = Lines::from(stream, dialect.split(), LinesCursor::start(0), longest);
        let mut first = lines.next_chunk();
        let mut header = Vec::new();
        if let Some(chunk) = first.as_mut().filter(|chunk| !chunk.lines.is_empty()) {
            let line = chunk.lines.remove(0);
            header = dialect.fields(&chunk.bytes[line.span]);
            chunk.first_record += 1;
        }
        Self {
            place,
            lines,
            shape: Arc::new(Shape { dialect, header }),
            first: first.filter(|chunk| !chunk.lines.is_empty() || chunk.damage.is_some()),
        }
    }

    /// Goes on at `at` on a stream that begins there; `start` is the
    /// file from its beginning, for the header.
    pub(super) fn resume(
        place: Place,
        start: Bytes,
        stream: Bytes,
        dialect: Dialect,
        at: LinesCursor,
        longest: u64,
    ) -> Self {
        let head = Self::new(place, start, dialect, longest);
        let lines = Lines::from(stream, head.shape.dialect.split(), at, longest);
        Self { lines, first: None, ..head }
    }
}

impl Source for Csv {
    fn next(&mut self) -> Option<Box<dyn Items>> {
        let lines = self.first.take().or_else(|| self.lines.next_chunk())?;
        Some(Box::new(Records { place: self.place.clone(), lines, parse: Arc::clone(&self.shape) }))
    }

    fn within(&self) -> Within {
        Within::Lines(self.lines.next_at())
    }

    fn is_done(&self) -> bool {
        self.first.is_none() && self.lines.is_done()
    }
}

impl Parse for Arc<Shape> {
    fn parse(&self, row: &[u8], fields: &Fields, source: &str, number: u64) -> Document {
        let Shape { dialect, header } = &**self;
        let mut values = dialect.fields(row);
        // A delimiter too many at the end of every row is common.
        while values.len() > header.len() && values.last().is_some_and(String::is_empty) {
            values.pop();
        }
        if values.len() > header.len() {
            let reason = format!("{} fields where the header has {}", values.len(), header.len());
            let (id, source) = (format!("{source}#{number}"), source.to_owned());
            return Document { id, source, content: Content::Unreadable(reason), ..Document::default() };
        }
        record::from_strings(header.iter().zip(&values), fields, source, number)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::input::chunk::Reading;

    fn read(bytes: &[u8]) -> Vec<Document> {
        let place = Place { source: "d.csv".into(), mirror: "d.csv".into() };
        let mut csv = Csv::new(place, Box::new(Cursor::new(bytes.to_vec())), Dialect::new(bytes, None), 1 << 20);
        let reading = Reading {
            fields: Fields::default().into(),
            meter: super::super::Meter::default(),
            limit: 1 << 20,
            extra: super::super::chunk::Extra::Json,
        };
        let mut all = Vec::new();
        while let Some(rows) = csv.next() {
            all.extend((0..rows.len()).filter_map(|index| rows.document(index, &reading).ok()));
        }
        all
    }

    fn told(document: &Document) -> (String, String) {
        let content = match &document.content {
            Content::Text(text) => text.clone(),
            other => format!("{other:?}"),
        };
        (document.id.clone(), content)
    }

    #[test]
    fn every_delimiter_is_found() {
        for delimiter in [",", "\t", ";", "|"] {
            for (mark, line) in [("", "\n"), ("\u{feff}", "\r\n"), ("", "\r")] {
                let rows = [["id", "text", "n"], ["1", "\"a, b; c | d\t\"\"e\"\"\"", "7"], ["2", "\"f\n\ng\"", ""]];
                let file = mark.to_owned() + &rows.map(|row| row.join(delimiter)).join(line);
                let documents = read(file.as_bytes());
                let wanted = [("1".to_owned(), "a, b; c | d\t\"e\"".to_owned()), ("2".to_owned(), "f\n\ng".to_owned())];
                assert_eq!(documents.iter().map(told).collect::<Vec<_>>(), wanted, "{delimiter:?} {line:?}");
                assert_eq!(documents[0].extra[0].1.get(), "\"7\"");
            }
        }
    }

    #[test]
    fn rows_of_another_length_than_the_header() {
        let documents = read(b"id,text,n\n1,a\n2,b,x,,\n3,c,x,y\n4\n");
        let told: Vec<_> = documents.iter().map(told).collect();
        assert_eq!(told[0], ("1".to_owned(), "a".to_owned()));
        assert_eq!(told[1], ("2".to_owned(), "b".to_owned()));
        assert!(told[2].1.contains("line 4, byte 22: 4 fields where the header has 3"), "{told:?}");
        assert!(told[3].1.contains("no text"), "{told:?}");
    }

    #[test]
    fn marks_are_taken_off_or_are_text() {
        let rows = |bytes: &[u8]| read(bytes).iter().map(|document| told(document).1).collect::<Vec<_>>();
        assert_eq!(
            rows(b"id,text,n\n1,\"a\"b\"c\",7\n2,\"\"\"q\"\"\" ,\r\r\n3,x \"y\",\n"),
            ["a\"b\"c", "\"q\"", "x \"y\""]
        );
        assert_eq!(
            rows(b"id\ttext\n1\t\"A,\" he said\n2\t\"b\"\n3\t\"c\n4\t\"d\n\ne\""),
            ["\"A,\" he said", "b", "\"c", "d\n\ne"]
        );
    }

    #[test]
    fn other_encodings_than_utf8() {
        let documents = read(b"id,text\n1,caf\xe9 cr\xe8me d\xe9j\xe0 vu\n");
        assert_eq!(told(&documents[0]).1, "café crème déjà vu");
    }
}
