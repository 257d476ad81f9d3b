//! The unit of work: documents that are read but not yet parsed.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use arrow_array::StructArray;

use super::cursor::Cursor;
use super::fields::Fields;
use super::stream::Meter;
use crate::document::{Content, Document};

/// Where documents come from, and where their bodies go in a folder.
#[derive(Clone, Debug)]
pub struct Place {
    /// The path as the user gave it.
    pub source: Arc<str>,
    /// The path below the folder that holds all inputs, for an output that mirrors them.
    pub mirror: Arc<str>,
}

/// Where one document was found.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Its file.
    pub place: Place,
    /// Its number in the file, from 1; `None` for a file that is one document.
    pub record: Option<u64>,
    /// Its first byte in the (decompressed) file, if it is a record and that is known.
    pub byte: Option<u64>,
}

impl Origin {
    /// Of a file that is one document, or that cannot be read at all.
    pub(super) fn file(place: &Place) -> Self {
        Self { place: place.clone(), record: None, byte: None }
    }
}

/// What every format needs to make documents.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub(super) fields: Arc<Fields>,
    pub(super) meter: Meter,
    /// The most that one document may decompress to.
    pub(super) limit: u64,
    /// What becomes of fields that are not used.
    pub(super) extra: Extra,
}

/// What becomes of fields that are not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extra {
    /// Nothing.
    None,
    /// They go along in [`Document::extra`].
    Json,
    /// They go along as columns, where they came so: in [`Chunk::extra`].
    Typed,
}

/// Documents of one format, read but not yet parsed: parsing is the worker's part.
pub(super) trait Items: fmt::Debug + Send + Sync {
    /// How many documents there are.
    fn len(&self) -> usize;
    /// About how many bytes of memory they take.
    fn weight(&self) -> usize;
    /// Where a document was found.
    fn origin(&self, index: usize) -> Origin;
    /// The fields that are not used, with a row for each document, where they go along as columns.
    fn extra(&self) -> Option<StructArray> {
        None
    }
    /// Parses a document; `Err` says what it is instead of one, as a name under which it is counted.
    fn document(&self, index: usize, reading: &Reading) -> Result<Document, String>;
}

/// Some documents in their order.
#[derive(Debug)]
pub struct Chunk {
    items: Box<dyn Items>,
    reading: Reading,
    after: Cursor,
    skipped: BTreeMap<String, u64>,
}

impl Chunk {
    pub(super) fn new(items: Box<dyn Items>, reading: &Reading, after: Cursor, skipped: BTreeMap<String, u64>) -> Self {
        Self { items, reading: reading.clone(), after, skipped }
    }

    /// How many documents there are, at the most: some may turn out to be none.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is no document: a chunk may hold only records that are passed over.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// About how many bytes of memory its documents take, to bound what is under way.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.items.weight()
    }

    /// Where a document was found.
    #[must_use]
    pub fn origin(&self, index: usize) -> Origin {
        self.items.origin(index)
    }

    /// Parses a document.
    ///
    /// # Errors
    /// What it is, if it is no document but a record to be passed over and counted.
    pub fn document(&self, index: usize) -> Result<Document, String> {
        self.items.document(index, &self.reading)
    }

    /// The fields that are not used, with a row for each document: only after
    /// [`Inputs::typed_extra`](super::Inputs::typed_extra), and not of rows that cannot be read.
    #[must_use]
    pub fn extra(&self) -> Option<StructArray> {
        self.items.extra().filter(|_| self.reading.extra == Extra::Typed)
    }

    /// Records that were passed over before they were parsed: what they are, and how many.
    #[must_use]
    pub fn skipped(&self) -> &BTreeMap<String, u64> {
        &self.skipped
    }

    /// Where reading goes on after this chunk.
    #[must_use]
    pub fn after(&self) -> &Cursor {
        &self.after
    }
}

/// A document that cannot be read.
pub(super) fn unreadable(place: &Place, id: String, reason: String) -> Document {
    Document { id, source: place.source.to_string(), content: Content::Unreadable(reason), ..Document::default() }
}
