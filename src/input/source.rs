//! Opening a file of records, at its beginning or where an earlier run has left it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use super::archive::Archive;
use super::chunk::{Items, Place, Reading};
use super::csv::{Csv, Dialect};
use super::cursor::Within;
use super::format::{self, Format};
use super::jsonl::Jsonl;
use super::lines::LinesCursor;
use super::parquet::ParquetCursor;
use super::stream::{self, Bytes};
use super::table::Table;
use super::tar::Tar;
use super::window::WarcCursor;

/// How much of a file is looked at to tell its format and its delimiter.
pub(super) const SNIFFED: u64 = 64 << 10;

/// The most archives within each other that are read. Each holds its own decompressor and calls the next.
const DEEPEST: u32 = 8;

/// A temporary file may be so many times as large as a document: what is in one is read in pieces, but a disk is soon
/// full of what a small file decompresses to.
const COPIED: u64 = 64;

/// The documents of one file, some at a time.
pub(super) trait Source: Send {
    /// The next ones; `None` at the end.
    fn next(&mut self) -> Option<Box<dyn Items>>;
    /// Where the next ones begin: opened there, the source goes on exactly as this one does.
    fn within(&self) -> Within;
    /// Whether there are none any more, as far as is known without reading on.
    fn is_done(&self) -> bool;
    /// Records that were passed over since this was last asked: what they are, and how many.
    fn skipped(&mut self) -> BTreeMap<String, u64> {
        BTreeMap::new()
    }
}

/// A file that can be opened more than once, or a stream that cannot.
pub(super) enum From<'p> {
    Path(&'p Path),
    Stream(Bytes),
}

/// What the opening of every file has in common.
#[derive(Clone, Debug)]
pub(super) struct Opening {
    pub(super) reading: Reading,
    pub(super) delimiter: Option<u8>,
    /// How many archives the file is in.
    pub(super) depth: u32,
}

impl Opening {
    /// The opening of what is in an archive.
    fn inside(&self) -> Self {
        Self { depth: self.depth + 1, ..self.clone() }
    }

    /// The most bytes of a temporary file.
    pub(super) fn most_copied(&self) -> u64 {
        COPIED.saturating_mul(self.reading.limit)
    }

    /// Opens a file of records; `at` is where to begin, if not at the beginning.
    pub(super) fn open(
        &self,
        place: Place,
        from: From<'_>,
        format: Format,
        at: Option<&Within>,
    ) -> io::Result<Box<dyn Source>> {
        let mut from = from;
        let head = self.head(&mut from)?;
        // What is no text by its first bytes is not read as such, whatever its name.
        let format = match format {
            // Nor are records of JSON rows of anything.
            Format::Csv if format::by_content(&head, (head.len() as u64) < SNIFFED) == Ok(Format::Jsonl) => {
                Format::Jsonl
            }
            format => format::by_magic(&head).unwrap_or(format),
        };
        Ok(match (format, at) {
            (Format::Jsonl, at) => {
                let start = lines_at(at).unwrap_or(LinesCursor::start(1));
                Box::new(Jsonl::new(place, self.bytes(from, start.offset)?, start, self.reading.limit))
            }
            (Format::Csv, at) => {
                let dialect = Dialect::new(&head, self.delimiter);
                match lines_at(at) {
                    None => Box::new(Csv::new(place, self.bytes(from, 0)?, dialect, self.reading.limit)),
                    Some(start) => {
                        // A stream gives its header only once, with all up to where it goes on.
                        let (first, rest): (Bytes, Bytes) = match from {
                            From::Path(path) => (self.bytes(From::Path(path), 0)?, self.bytes(from, start.offset)?),
                            From::Stream(mut stream) => {
                                let first = stream::peek(&mut stream, start.offset)?;
                                (Box::new(io::Cursor::new(first)), stream)
                            }
                        };
                        Box::new(Csv::resume(place, first, rest, dialect, start, self.reading.limit))
                    }
                }
            }
            (Format::Parquet, at) => {
                let cursor = match at {
                    Some(Within::Parquet(cursor)) => *cursor,
                    _ => ParquetCursor::default(),
                };
                Box::new(Table::new(place, self.seekable(from)?, &self.reading, cursor)?)
            }
            (Format::Warc, at) => {
                let (cursor, number) = match at {
                    Some(Within::Warc { cursor, number }) => (*cursor, *number),
                    _ => (WarcCursor::default(), 1),
                };
                let limit = self.reading.limit;
                Box::new(Archive::new(place, self.packed(from, cursor.offset)?, cursor, number, limit))
            }
            (Format::Tar, _) if self.depth >= DEEPEST => {
                return Err(io::Error::other(format!(
                    "a tar archive within {DEEPEST} others; unpack the outer ones first"
                )));
            }
            (Format::Tar, Some(Within::Tar { offset, entry })) => {
                let stream = self.bytes(from, *offset)?;
                Box::new(Tar::new(place, stream, self.inside(), *offset, entry.as_deref().cloned()))
            }
            (Format::Tar, _) => Box::new(Tar::new(place, self.bytes(from, 0)?, self.inside(), 0, None)),
            (Format::Text | Format::Html, _) => return Err(io::Error::other("a text is no file of records")),
        })
    }

    /// The first bytes of a file, decompressed.
    fn head(&self, from: &mut From<'_>) -> io::Result<Vec<u8>> {
        match from {
            From::Path(path) => {
                let head = stream::decompress(File::open(path)?, &stream::Meter::default());
                // Damage in the first bytes is said when they are read.
                Ok(head.and_then(|mut head| stream::peek(&mut head, SNIFFED)).unwrap_or_default())
            }
            From::Stream(stream) => {
                let head = stream::peek(stream, SNIFFED)?;
                let rest = std::mem::replace(stream, Box::new(io::empty()));
                *stream = Box::new(io::Cursor::new(head.clone()).chain(rest));
                Ok(head)
            }
        }
    }

    /// A file that can be read at any place. What comes as a stream, or is compressed as a whole, is copied to a
    /// temporary file.
    fn seekable(&self, from: From<'_>) -> io::Result<File> {
        let mut stream = match from {
            From::Path(path) => {
                let mut file = File::open(path)?;
                let head = stream::peek(&mut file, stream::MAGIC)?;
                file.rewind()?;
                if stream::compression(&head).is_none() {
                    self.reading.meter.add(file.metadata()?.len());
                    return Ok(file);
                }
                stream::decompress(file, &self.reading.meter)?
            }
            From::Stream(stream) => stream,
        };
        stream::spooled(&mut stream, self.most_copied())
    }

    /// The bytes from `offset` on with gzip, if it is that, still on them.
    fn packed(&self, from: From<'_>, offset: u64) -> io::Result<Bytes> {
        if let From::Path(path) = from {
            let mut file = File::open(path)?;
            let head = stream::peek(&mut file, stream::MAGIC)?;
            if stream::compression(&head) == Some(stream::Compression::Gzip) {
                return self.seek(file, offset);
            }
        }
        self.bytes(from, offset)
    }

    fn seek(&self, mut file: File, offset: u64) -> io::Result<Bytes> {
        file.seek(io::SeekFrom::Start(offset))?;
        self.reading.meter.add(offset);
        Ok(Box::new(stream::metered(file, &self.reading.meter)))
    }

    /// The decompressed bytes from `offset` on.
    fn bytes(&self, from: From<'_>, offset: u64) -> io::Result<Bytes> {
        let mut stream = match from {
            From::Path(path) => {
                let mut file = File::open(path)?;
                let head = stream::peek(&mut file, stream::MAGIC)?;
                if stream::compression(&head).is_none() {
                    return self.seek(file, offset);
                }
                file.rewind()?;
                stream::decompress(file, &self.reading.meter)?
            }
            From::Stream(stream) => stream,
        };
        stream::skip(&mut stream, offset)?;
        Ok(stream)
    }
}

fn lines_at(at: Option<&Within>) -> Option<LinesCursor> {
    match at {
        Some(Within::Lines(at)) => Some(*at),
        _ => None,
    }
}
