//! Tar archives of documents and of files of records.
//!
//! The `tar` crate reads one entry at a time; between entries the stream is ours, so that an archive can be entered
//! at any of them, and left behind a damaged one.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Seek};
use std::path::Path;

use super::chunk::{Items, Place};
use super::cursor::Within;
use super::file::{Broken, Loaded, read_all};
use super::format::{self, Format, Named};
use super::lines::CHUNK;
use super::mirror;
use super::source::{From, Opening, Source};
use super::stream::{self, Bytes};

/// Every header and every entry begins at a multiple of this.
const BLOCK: u64 = 512;

/// At most this many documents are handed on together.
const TOGETHER: usize = 32;

/// The documents of one archive.
pub(super) struct Tar {
    place: Place,
    stream: Counted,
    opening: Opening,
    /// Where the entry begins that is looked at next, or whose records are being read.
    offset: u64,
    /// An entry that holds records.
    entry: Option<Box<dyn Source>>,
    /// Where to begin in the first entry.
    start: Option<Within>,
    /// What comes after the documents that wait to be handed on.
    after: Option<Entry>,
    skipped: BTreeMap<String, u64>,
    done: bool,
}

/// What an entry turned out to be.
enum Entry {
    Document(Loaded),
    Records(Box<dyn Source>),
    Broken(Broken),
    /// Not for us, and what it is.
    Foreign(&'static str),
}

impl Tar {
    /// Reads a stream that begins at byte `offset` of the archive; `start` is where in its first entry.
    pub(super) fn new(place: Place, stream: Bytes, opening: Opening, offset: u64, start: Option<Within>) -> Self {
        let stream = Counted { stream, at: offset };
        Self { place, stream, opening, offset, entry: None, start, after: None, skipped: BTreeMap::new(), done: false }
    }

    /// The next entry, and where it begins; `None` at the end of the archive.
    fn entry(&mut self) -> Option<Entry> {
        let begins = self.stream.at;
        let read = self.read_entry();
        let padding = self.stream.at.next_multiple_of(BLOCK) - self.stream.at;
        // The last entry may lack it.
        let _ = stream::skip(&mut self.stream, padding);
        match read {
            Ok(entry) => entry,
            Err(error) => {
                let found = self.resynchronise();
                let then = if found { "reading goes on at the next entry found" } else { "no entry is found after it" };
                self.done = !found;
                Some(Entry::Broken(Broken {
                    place: self.place.clone(),
                    reason: format!("byte {begins} of the archive is damaged: {error}; {then}"),
                }))
            }
        }
    }

    fn read_entry(&mut self) -> io::Result<Option<Entry>> {
        let mut archive = ::tar::Archive::new(&mut self.stream);
        let Some(entry) = archive.entries()?.next() else { return Ok(None) };
        let mut entry = entry?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let skip = |mut entry: ::tar::Entry<'_, _>, name| {
            io::copy(&mut entry, &mut io::sink())?;
            Ok(Some(Entry::Foreign(name)))
        };
        if !entry.header().entry_type().is_file() {
            return skip(entry, "tar entry, no file");
        }
        let hidden = Path::new(&name).file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        let format = match format::by_name(Path::new(&name)) {
            Named::Known(format) if !hidden => format,
            _ => return skip(entry, "tar entry, of no format that is read"),
        };
        let place = Place {
            source: format!("{}/{name}", self.place.source).into(),
            mirror: format!("{}/{}", self.place.mirror, mirror::below(Path::new(""), Path::new(&name))).into(),
        };
        let size = entry.size();
        if matches!(format, Format::Text | Format::Html) {
            let limit = self.opening.reading.limit;
            if size > limit.max(1 << 30) {
                let reason = format!("{size} bytes in the archive, more than can be held");
                io::copy(&mut entry, &mut io::sink())?;
                return Ok(Some(Entry::Broken(Broken { place, reason })));
            }
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            if (bytes.len() as u64) < size {
                return Err(io::Error::other(format!("{name} ends after {} of {size} bytes", bytes.len())));
            }
            let bytes = match stream::compression(&bytes) {
                None => Ok(bytes),
                Some(_) => stream::decompress(Cursor::new(bytes), &stream::Meter::default())
                    .map_err(|error| error.to_string())
                    .and_then(|stream| read_all(stream, limit)),
            };
            return Ok(Some(Entry::Document(Loaded { place, format, bytes })));
        }
        // Records are read a piece at a time, and the archive must not wait for them.
        let mut file = tempfile::tempfile()?;
        let copied = io::copy(&mut entry, &mut file)?;
        if copied < size {
            return Err(io::Error::other(format!("{name} ends after {copied} of {size} bytes")));
        }
        file.rewind()?;
        let opened = stream::decompress(file, &stream::Meter::default()).and_then(|stream| {
            self.opening.open(place.clone(), From::Stream(stream), format, self.start.take().as_ref())
        });
        Ok(Some(match opened {
            Ok(source) => Entry::Records(source),
            Err(error) => Entry::Broken(Broken { place, reason: error.to_string() }),
        }))
    }

    /// Goes to the next block that is a header, if there is one.
    fn resynchronise(&mut self) -> bool {
        let mut block = [0; BLOCK as usize];
        while self.stream.read_exact(&mut block).is_ok() {
            let header = ::tar::Header::from_byte_slice(&block);
            let sum: u32 = block
                .iter()
                .enumerate()
                .map(|(at, byte)| match at {
                    148..156 => u32::from(b' '),
                    _ => u32::from(*byte),
                })
                .sum();
            if (header.as_ustar().is_some() || header.as_gnu().is_some())
                && header.cksum().is_ok_and(|cksum| cksum == sum)
            {
                let rest = std::mem::replace(&mut self.stream.stream, Box::new(io::empty()));
                self.stream.stream = Box::new(Cursor::new(block).chain(rest));
                self.stream.at -= BLOCK;
                return true;
            }
        }
        false
    }
}

impl Source for Tar {
    fn next(&mut self) -> Option<Box<dyn Items>> {
        loop {
            if let Some(source) = &mut self.entry {
                if let Some(items) = source.next() {
                    if source.is_done() {
                        self.entry = None;
                        self.offset = self.stream.at;
                    }
                    return Some(items);
                }
                self.entry = None;
                self.offset = self.stream.at;
            }
            let mut documents: Vec<Loaded> = Vec::new();
            let mut bytes = 0;
            while documents.len() < TOGETHER && bytes < CHUNK {
                if self.after.is_none() && !self.done {
                    let begins = self.stream.at;
                    self.after = self.entry();
                    self.done |= self.after.is_none();
                    if matches!(self.after, Some(Entry::Records(_) | Entry::Broken(_))) && !documents.is_empty() {
                        // Goes alone, after these.
                        self.offset = begins;
                        break;
                    }
                }
                match self.after.take() {
                    Some(Entry::Document(loaded)) => {
                        bytes += loaded.bytes.as_ref().map_or(0, Vec::len);
                        documents.push(loaded);
                        self.offset = self.stream.at;
                    }
                    Some(Entry::Foreign(what)) => {
                        *self.skipped.entry(what.to_owned()).or_default() += 1;
                        self.offset = self.stream.at;
                    }
                    Some(Entry::Records(source)) => {
                        self.entry = Some(source);
                        break;
                    }
                    Some(Entry::Broken(broken)) => {
                        self.offset = self.stream.at;
                        return Some(Box::new(broken));
                    }
                    None => break,
                }
            }
            if !documents.is_empty() {
                return Some(Box::new(documents));
            }
            if self.entry.is_none() && self.done {
                return None;
            }
        }
    }

    fn within(&self) -> Within {
        Within::Tar { offset: self.offset, entry: self.entry.as_ref().map(|source| Box::new(source.within())) }
    }

    fn is_done(&self) -> bool {
        self.done && self.entry.is_none() && self.after.is_none()
    }

    fn skipped(&mut self) -> BTreeMap<String, u64> {
        let mut skipped = std::mem::take(&mut self.skipped);
        for (what, count) in self.entry.as_mut().map(|source| source.skipped()).unwrap_or_default() {
            *skipped.entry(what).or_default() += count;
        }
        skipped
    }
}

/// A stream that knows how far it is.
struct Counted {
    stream: Bytes,
    at: u64,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}
