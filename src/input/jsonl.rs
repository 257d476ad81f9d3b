//! Files of JSON records, one a line.

use super::chunk::{Items, Origin, Place, Reading, unreadable};
use super::cursor::Within;
use super::lines::{LineChunk, Lines, Split};
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
    /// Reads a stream that begins at byte `offset` of its file, with that line and that record.
    pub(super) fn new(place: Place, stream: Bytes, (offset, line, record): (u64, u64, u64)) -> Self {
        Self { place, lines: Lines::from(stream, Split::Lines, offset, line, record) }
    }
}

impl Source for Jsonl {
    fn next(&mut self) -> Option<Box<dyn Items>> {
        let lines = self.lines.next_chunk()?;
        Some(Box::new(Records { place: self.place.clone(), lines }))
    }

    fn within(&self) -> Within {
        let (offset, line, record) = self.lines.next_at();
        Within::Lines { offset, line, record }
    }

    fn is_done(&self) -> bool {
        self.lines.is_done()
    }
}

#[derive(Debug)]
struct Records {
    place: Place,
    lines: LineChunk,
}

impl Items for Records {
    fn len(&self) -> usize {
        self.lines.len()
    }

    fn weight(&self) -> usize {
        self.lines.bytes.len()
    }

    fn origin(&self, index: usize) -> Origin {
        self.lines.origin(&self.place, index)
    }

    fn document(&self, index: usize, reading: &Reading) -> Result<Document, String> {
        Ok(self
            .lines
            .parse(&self.place, index, |line, source, number| record::document(line, &reading.fields, source, number)))
    }
}

impl LineChunk {
    /// How many records there are, with the damage after them.
    pub(super) fn len(&self) -> usize {
        self.lines.len() + usize::from(self.damage.is_some())
    }

    /// Where a record was found.
    pub(super) fn origin(&self, place: &Place, index: usize) -> Origin {
        let byte = self.lines.get(index).map_or(self.bytes.len(), |line| line.span.start);
        Origin {
            place: place.clone(),
            record: Some(self.first_record + index as u64),
            byte: Some(self.offset + byte as u64),
        }
    }

    /// Parses a record by `parse`, which gets its bytes, its file and its number; of what cannot be read the reason
    /// comes to say where it stands.
    pub(super) fn parse(
        &self,
        place: &Place,
        index: usize,
        parse: impl FnOnce(&[u8], &str, u64) -> Document,
    ) -> Document {
        let number = self.first_record + index as u64;
        let Some(line) = self.lines.get(index) else {
            let reason = self.damage.clone().unwrap_or_default();
            return unreadable(place, format!("{}#{number}", place.source), reason);
        };
        let mut document = parse(&self.bytes[line.span.clone()], &place.source, number);
        if let Content::Unreadable(reason) = &mut document.content {
            let byte = self.offset + line.span.start as u64;
            *reason = format!("line {}, byte {byte}: {reason}", line.number);
        }
        document
    }
}
