//! Files of JSON records, one a line.

use std::fmt;

use super::chunk::{Items, Origin, Place, Reading, unreadable};
use super::cursor::Within;
use super::fields::Fields;
use super::lines::{LineChunk, Lines, LinesCursor, Split, UNCLOSED};
use super::record;
use super::source::Source;
use super::stream::Bytes;
use crate::document::{Content, Document};

/// The records of one file.
pub(super) struct Jsonl {
    place: Place,
    lines: Lines,
}

impl Jsonl {
    /// Reads a stream that begins at `start` in its file. A line of more than `longest` bytes is passed over.
    pub(super) fn new(place: Place, stream: Bytes, start: LinesCursor, longest: u64) -> Self {
        Self { place, lines: Lines::from(stream, Split::Lines, start, longest) }
    }
}

impl Source for Jsonl {
    fn next(&mut self) -> Option<Box<dyn Items>> {
        let lines = self.lines.next_chunk()?;
        Some(Box::new(Records { place: self.place.clone(), lines, parse: Json }))
    }

    fn within(&self) -> Within {
        Within::Lines(self.lines.next_at())
    }

    fn is_done(&self) -> bool {
        self.lines.is_done()
    }
}

/// How one line becomes a document.
pub(super) trait Parse: fmt::Debug + Send + Sync {
    /// Parses a record of the file `source`, of which it is the `number`-th.
    fn parse(&self, record: &[u8], fields: &Fields, source: &str, number: u64) -> Document;
}

#[derive(Debug)]
struct Json;

impl Parse for Json {
    fn parse(&self, record: &[u8], fields: &Fields, source: &str, number: u64) -> Document {
        record::document(record, fields, source, number)
    }
}

/// Records that are lines.
#[derive(Debug)]
pub(super) struct Records<P> {
    pub(super) place: Place,
    pub(super) lines: LineChunk,
    pub(super) parse: P,
}

impl<P: Parse> Items for Records<P> {
    fn len(&self) -> usize {
        self.lines.lines.len() + usize::from(self.lines.damage.is_some())
    }

    fn weight(&self) -> usize {
        self.lines.bytes.len()
    }

    fn origin(&self, index: usize) -> Origin {
        let byte = self.lines.lines.get(index).map_or(self.lines.bytes.len(), |line| line.span.start);
        Origin {
            place: self.place.clone(),
            record: Some(self.lines.first_record + index as u64),
            byte: Some(self.lines.offset + byte as u64),
        }
    }

    fn document(&self, index: usize, reading: &Reading) -> Result<Document, String> {
        let Self { place, lines, parse } = self;
        let number = lines.first_record + index as u64;
        let Some(line) = lines.lines.get(index) else {
            let reason = lines.damage.clone().unwrap_or_default();
            return Ok(unreadable(place, format!("{}#{number}", place.source), reason));
        };
        if line.is_lost {
            let byte = lines.offset + line.span.start as u64;
            let reason = format!("line {}, byte {byte}: {UNCLOSED}", line.number);
            return Ok(unreadable(place, format!("{}#{number}", place.source), reason));
        }
        let mut document = parse.parse(&lines.bytes[line.span.clone()], &reading.fields, &place.source, number);
        if let Content::Unreadable(reason) = &mut document.content {
            let byte = lines.offset + line.span.start as u64;
            *reason = format!("line {}, byte {byte}: {reason}", line.number);
        }
        Ok(document)
    }
}
