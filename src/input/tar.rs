//! Tar archives of documents and of files of records.
//!
//! The `tar` crate reads one entry at a time; between entries the stream is ours, so that an archive can be entered
//! at any of them, and left behind a damaged one.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};
use std::path::Path;

use super::chunk::{Items, Place};
use super::cursor::Within;
use super::file::{Broken, Loaded, read_all, too_large};
use super::format::{self, Format, Named};
use super::lines::CHUNK;
use super::mirror;
use super::source::{From, Opening, Source};
use super::stream::{self, Bytes};

/// Every header and every entry begins at a multiple of this.
const BLOCK: u64 = 512;

/// At most this many documents are handed on together.
const TOGETHER: usize = 32;

/// The longest name, or list of attributes, that goes before an entry. The longest path of a system has 4 KB.
const LONGEST_EXTENSION: u64 = 1 << 20;

/// How many of these may go before an entry: two names and a list. More are damage, which the `tar` crate finds.
const EXTENSIONS: usize = 4;

/// Where in a block that lists holes it is said that another such block follows.
const LISTED: usize = 504;

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
                let reason = format!("byte {begins} of the archive is damaged: {error}; {then}");
                Some(self.broken(begins, reason))
            }
        }
    }

    fn read_entry(&mut self) -> io::Result<Option<Entry>> {
        let begins = self.stream.at;
        let ahead = match self.headers()? {
            Headers::Read(ahead) => ahead,
            Headers::TooLong(size) => {
                let reason = format!(
                    "byte {begins} of the archive: a name or list of attributes of {size} bytes, more than \
                     {LONGEST_EXTENSION}, is passed over; the entry it belongs to is read without it"
                );
                return Ok(Some(self.broken(begins, reason)));
            }
            Headers::Sparse(name) if matches!(format::by_name(Path::new(&name)), Named::Known(_)) => {
                let reason = format!(
                    "byte {begins} of the archive: {name} is stored with holes, which are not read; pack it without --sparse"
                );
                return Ok(Some(self.broken(begins, reason)));
            }
            Headers::Sparse(_) => return Ok(Some(Entry::Foreign("tar entry, of no format that is read"))),
        };
        let mut archive = ::tar::Archive::new(Cursor::new(ahead).chain(&mut self.stream));
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
        let format = match format::by_name(Path::new(&name)) {
            _ if mirror::is_hidden(Path::new(&name)) => return skip(entry, "tar entry, hidden"),
            Named::Known(format) => format,
            _ => return skip(entry, "tar entry, of no format that is read"),
        };
        let place = Place {
            source: format!("{}/{name}", self.place.source).into(),
            mirror: mirror::inside(&self.place.mirror, &name, matches!(format, Format::Text | Format::Html)).into(),
        };
        let size = entry.size();
        let (limit, most_copied) = (self.opening.reading.limit, self.opening.most_copied());
        let broken = |place, reason| Ok(Some(Entry::Broken(Broken { place, byte: Some(begins), reason })));
        if matches!(format, Format::Text | Format::Html) {
            if size > limit {
                io::copy(&mut entry, &mut io::sink())?;
                return broken(place, too_large(limit));
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
        if size > most_copied {
            io::copy(&mut entry, &mut io::sink())?;
            return broken(place, stream::too_large_to_copy(most_copied).to_string());
        }
        let file = stream::spooled(&mut entry, most_copied)?;
        let copied = file.metadata()?.len();
        if copied < size {
            return Err(io::Error::other(format!("{name} ends after {copied} of {size} bytes")));
        }
        let opened = stream::decompress(file, &stream::Meter::default()).and_then(|stream| {
            self.opening.open(place.clone(), From::Stream(stream), format, self.start.take().as_ref())
        });
        Ok(Some(match opened {
            Ok(source) => Entry::Records(source),
            Err(error) => Entry::Broken(Broken { place, byte: Some(begins), reason: error.to_string() }),
        }))
    }

    /// The header of the next entry, and what goes before it: names and attributes that are too long for one. The `tar`
    /// crate would hold whatever size they say, and a list of holes however long it is.
    fn headers(&mut self) -> io::Result<Headers> {
        let mut ahead = Vec::new();
        for _ in 0..EXTENSIONS {
            let mut block = [0; BLOCK as usize];
            let read = stream::peek(&mut self.stream, BLOCK)?;
            ahead.extend_from_slice(&read);
            block[..read.len()].copy_from_slice(&read);
            if !is_header(&block) {
                break;
            }
            let header = ::tar::Header::from_byte_slice(&block);
            let kind = header.entry_type();
            if kind.is_gnu_longname() || kind.is_gnu_longlink() || kind.is_pax_local_extensions() {
                let size = header.entry_size()?;
                if size > LONGEST_EXTENSION {
                    stream::skip(&mut self.stream, size)?;
                    return Ok(Headers::TooLong(size));
                }
                let padded = size.next_multiple_of(BLOCK);
                ahead.extend(stream::peek(&mut self.stream, padded)?);
                continue;
            }
            if kind.is_gnu_sparse() {
                let mut is_extended = header.as_gnu().is_some_and(::tar::GnuHeader::is_extended);
                while is_extended {
                    let list = stream::peek(&mut self.stream, BLOCK)?;
                    // Whether another list follows is said in the last byte but seven.
                    is_extended = list.get(LISTED) == Some(&1);
                }
                stream::skip(&mut self.stream, header.entry_size()?)?;
                return Ok(Headers::Sparse(String::from_utf8_lossy(&header.path_bytes()).into_owned()));
            }
            break;
        }
        Ok(Headers::Read(ahead))
    }

    /// Something that cannot be read, at that byte of the archive.
    fn broken(&self, byte: u64, reason: String) -> Entry {
        Entry::Broken(Broken { place: self.place.clone(), byte: Some(byte), reason })
    }

    /// Goes to the next block that is a header, if there is one.
    fn resynchronise(&mut self) -> bool {
        let mut block = [0; BLOCK as usize];
        while self.stream.read_exact(&mut block).is_ok() {
            if is_header(&block) {
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
                let items = source.next();
                if items.is_none() || source.is_done() {
                    for (what, count) in source.skipped() {
                        *self.skipped.entry(what).or_default() += count;
                    }
                    self.entry = None;
                    self.offset = self.stream.at;
                }
                if items.is_some() {
                    return items;
                }
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

/// What goes before the data of an entry.
enum Headers {
    /// Its bytes.
    Read(Vec<u8>),
    /// Something that is too long to be held, of that size; it was passed over.
    TooLong(u64),
    /// A file of that name, stored without its holes; it was passed over.
    Sparse(String),
}

/// Whether a block is a header, of the kinds that have a magic number.
fn is_header(block: &[u8; BLOCK as usize]) -> bool {
    let header = ::tar::Header::from_byte_slice(block);
    let byte = |(at, byte): (usize, &u8)| match at {
        148..156 => u32::from(b' '),
        _ => u32::from(*byte),
    };
    let sum: u32 = block.iter().enumerate().map(byte).sum();
    (header.as_ustar().is_some() || header.as_gnu().is_some()) && header.cksum().is_ok_and(|cksum| cksum == sum)
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
