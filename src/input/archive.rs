//! Web archives (WARC): one document a response record of HTML.

use std::collections::BTreeMap;

use super::chunk::{Items, Origin, Place, Reading, unreadable};
use super::cursor::Within;
use super::lines::CHUNK;
use super::source::Source;
use super::stream::Bytes;
use super::warc::{Met, Warc, WarcRecord};
use super::window::WarcCursor;
use crate::document::Document;

/// The pages of one archive.
pub(super) struct Archive {
    place: Place,
    warc: Warc,
    /// The number of the next page or damage, from 1.
    next: u64,
    skipped: BTreeMap<String, u64>,
    done: bool,
}

impl Archive {
    /// Reads a stream, gzip still on it, that begins at byte `cursor.offset` of the archive, with that number.
    pub(super) fn new(place: Place, stream: Bytes, cursor: WarcCursor, number: u64, limit: u64) -> Self {
        let warc = Warc::new(stream, cursor, limit);
        Self { place, warc, next: number, skipped: BTreeMap::new(), done: false }
    }
}

impl Source for Archive {
    fn next(&mut self) -> Option<Box<dyn Items>> {
        let mut pages = Pages { place: self.place.clone(), first: self.next, items: Vec::new() };
        while !self.done && pages.weight() < CHUNK {
            match self.warc.next() {
                None => self.done = true,
                Some(Met::Skipped(what)) => *self.skipped.entry(what.to_owned()).or_default() += 1,
                Some(Met::Response(record)) => pages.items.push(Ok(record)),
                Some(Met::Damage { offset, reason }) => pages.items.push(Err((offset, reason))),
            }
        }
        self.next += pages.items.len() as u64;
        (!pages.items.is_empty()).then(|| Box::new(pages) as Box<dyn Items>)
    }

    fn within(&self) -> Within {
        Within::Warc { cursor: self.warc.cursor(), number: self.next }
    }

    fn is_done(&self) -> bool {
        self.done
    }

    fn skipped(&mut self) -> BTreeMap<String, u64> {
        std::mem::take(&mut self.skipped)
    }
}

/// Response records, and what was damaged between them.
#[derive(Debug)]
struct Pages {
    place: Place,
    first: u64,
    items: Vec<Result<WarcRecord, (u64, String)>>,
}

impl Items for Pages {
    fn len(&self) -> usize {
        self.items.len()
    }

    fn weight(&self) -> usize {
        self.items.iter().map(|item| item.as_ref().map_or(0, WarcRecord::weight)).sum()
    }

    fn origin(&self, index: usize) -> Origin {
        let byte = match &self.items[index] {
            Ok(record) => record.offset(),
            Err((offset, _)) => *offset,
        };
        Origin { place: self.place.clone(), record: Some(self.first + index as u64), byte: Some(byte) }
    }

    fn document(&self, index: usize, reading: &Reading) -> Result<Document, String> {
        let number = self.first + index as u64;
        match &self.items[index] {
            Ok(record) => record.document(&self.place.source, number, reading.limit),
            Err((offset, reason)) => {
                let id = format!("{}#{number}", self.place.source);
                Ok(unreadable(&self.place, id, format!("byte {offset}: {reason}")))
            }
        }
    }
}
