//! How far the reading has come, so that a run that was broken off can go on from there.

use std::fs::Metadata;
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::lines::LinesCursor;
use super::parquet::ParquetCursor;
use super::window::WarcCursor;
use crate::text::hash::{START, fnv};

/// A place between two chunks. Reading from it on gives exactly the chunks that would have followed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    /// The files that are done.
    pub(super) files: u64,
    /// How far the file after them is read; `None` if it is not begun.
    pub(super) within: Option<Within>,
    /// What the files up to here are: see [`Mark`].
    pub(super) seen: u64,
}

/// A place within a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Within {
    /// Lines, or rows of CSV.
    Lines(LinesCursor),
    /// An archive of web pages, and the number of the next page.
    Warc { cursor: WarcCursor, number: u64 },
    /// Rows of Parquet.
    Parquet(ParquetCursor),
    /// A tar archive: the byte of the decompressed file at which an entry begins, and how far that entry is read if it holds
    /// records.
    Tar { offset: u64, entry: Option<Box<Within>> },
}

/// How many files were met so far, and a hash of their names, sizes and times of change: a run must not
/// be resumed on other files than it was begun on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Mark {
    pub(super) files: u64,
    pub(super) seen: u64,
}

impl Mark {
    /// The mark after one more file.
    pub(super) fn and(self, path: &Path, metadata: Option<&Metadata>) -> Self {
        let changed = metadata.and_then(|m| m.modified().ok()).and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let size = metadata.map_or(0, Metadata::len);
        let parts = [size.to_le_bytes(), changed.map_or(0, |time| time.as_nanos() as u64).to_le_bytes()].concat();
        self.and_bytes(&[path.as_os_str().as_encoded_bytes(), &parts].concat())
    }

    /// The mark after a stream that began with these bytes.
    pub(super) fn and_bytes(self, bytes: &[u8]) -> Self {
        Self { files: self.files + 1, seen: fnv(self.seen ^ START, bytes) }
    }
}
