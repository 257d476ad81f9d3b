//! The inputs, one chunk after the other.

use std::collections::{BTreeMap, VecDeque};
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use super::chunk::{Chunk, Items, Place};
use super::cursor::{Cursor, Mark};
use super::file::{Broken, DocumentFile, Loaded, read_all};
use super::format::Format;
use super::lines::CHUNK;
use super::mirror;
use super::plan::{Entry, Inputs, format_in_folder};
use super::source::{From, Source};
use super::walk::{self, Met};
use crate::{Document, Error};

/// At most this many files in a chunk: opening a file costs about as much as cleaning one.
const FILES: usize = 32;

/// How many skipped files are named.
const NAMED: usize = 20;

/// Files met in folders that are of no format we read.
#[derive(Clone, Debug, Default)]
pub struct Skipped {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Vec<String>,
}

/// The chunks of all inputs, in order.
pub struct Chunks {
    inputs: Inputs,
    entries: VecDeque<Entry>,
    walk: Option<Box<dyn Iterator<Item = Met> + Send>>,
    /// The file of records that is being read.
    source: Option<Box<dyn Source>>,
    /// Texts and pages that wait for their chunk to be full.
    files: Vec<DocumentFile>,
    /// A chunk that must come after those.
    after: Option<Box<dyn Items>>,
    /// The files met so far.
    mark: Mark,
    /// Where an earlier run has left off, until it is reached.
    start: Option<Cursor>,
    skipped: Skipped,
}

impl std::fmt::Debug for Chunks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chunks").field("entries", &self.entries).finish_non_exhaustive()
    }
}

impl Chunks {
    pub(super) fn new(mut inputs: Inputs) -> Self {
        Self {
            entries: std::mem::take(&mut inputs.entries).into(),
            inputs,
            walk: None,
            source: None,
            files: Vec::new(),
            after: None,
            mark: Mark::default(),
            start: None,
            skipped: Skipped::default(),
        }
    }

    /// Goes to where an earlier run has left off. Files that it has done are looked at, but not read.
    ///
    /// # Errors
    /// [`Error::Usage`] if the files up to there are not the same as they were then, by name, size and time of change.
    pub fn resume(&mut self, cursor: &Cursor) -> Result<(), Error> {
        let last = cursor.files + u64::from(cursor.within.is_some());
        self.start = Some(cursor.clone());
        while self.mark.files < last && self.advance() {}
        self.start = None;
        if self.mark != (Mark { files: last, seen: cursor.seen }) {
            return Err(Error::Usage(
                "cannot resume: the inputs that were read already have changed since; run without --resume to begin \
                 again"
                    .to_owned(),
            ));
        }
        Ok(())
    }

    /// Files skipped so far.
    #[must_use]
    pub fn skipped(&self) -> &Skipped {
        &self.skipped
    }

    /// Takes the next file, folder or stream. `false` when there is none.
    fn advance(&mut self) -> bool {
        if let Some(walk) = &mut self.walk {
            match walk.next() {
                Some(met) => self.meet(met),
                None => self.walk = None,
            }
            return true;
        }
        match self.entries.pop_front() {
            None => return false,
            Some(Entry::Folder(path)) => {
                self.walk = Some(Box::new(walk::walk(&path, &self.inputs.exclude)));
            }
            Some(Entry::File(path, format, metadata)) => self.file(path, format, &metadata),
            Some(Entry::Stream { place, format, head, stream }) => {
                self.mark = self.mark.and_bytes(&[place.source.as_bytes(), &head].concat());
                if self.is_done_already() {
                    return true;
                }
                match format {
                    Format::Text | Format::Html => {
                        let bytes = read_all(stream, self.inputs.opening.reading.limit);
                        self.after = Some(Box::new(vec![Loaded { place, format, bytes }]));
                    }
                    records => self.open(place, From::Stream(stream), records),
                }
            }
        }
        true
    }

    fn meet(&mut self, met: Met) {
        match met {
            Met::File(path, metadata) => match format_in_folder(&path, self.inputs.from) {
                Some(format) => self.file(path, format, &metadata),
                None => self.skip(&path),
            },
            Met::Odd(path) => self.skip(&path),
            Met::Unreadable(path, reason) => {
                self.mark = self.mark.and(&path, None);
                if !self.is_done_already() {
                    self.after = Some(Box::new(Broken { place: self.place(&path), byte: None, reason }));
                }
            }
        }
    }

    fn skip(&mut self, path: &Path) {
        self.skipped.count += 1;
        if self.skipped.first.len() < NAMED {
            self.skipped.first.push(path.to_string_lossy().into_owned());
        }
    }

    fn file(&mut self, path: PathBuf, format: Format, metadata: &Metadata) {
        self.mark = self.mark.and(&path, Some(metadata));
        if self.is_done_already() {
            self.inputs.opening.reading.meter.add(metadata.len());
            return;
        }
        let (place, bytes, mark) = (self.place(&path), metadata.len(), self.mark);
        match format {
            Format::Text | Format::Html => self.files.push(DocumentFile { place, path, format, bytes, mark }),
            records => self.open(place, From::Path(&path), records),
        }
    }

    fn open(&mut self, place: Place, from: From<'_>, format: Format) {
        let at = self.start.as_ref().and_then(|start| start.within.as_ref());
        match self.inputs.opening.open(place.clone(), from, format, at) {
            Ok(source) => self.source = Some(source),
            Err(error) => self.after = Some(Box::new(Broken { place, byte: None, reason: error.to_string() })),
        }
    }

    /// Whether an earlier run has done the file that was met last.
    fn is_done_already(&self) -> bool {
        self.start.as_ref().is_some_and(|start| self.mark.files <= start.files)
    }

    fn place(&self, path: &Path) -> Place {
        Place { source: path.to_string_lossy().into(), mirror: mirror::below(&self.inputs.common, path).into() }
    }

    fn files_are_full(&self) -> bool {
        self.files.len() >= FILES || self.files.iter().map(|file| file.bytes).sum::<u64>() >= CHUNK as u64
    }

    fn take_files(&mut self) -> Chunk {
        let files = std::mem::take(&mut self.files);
        let mark = files.last().map_or(self.mark, |file| file.mark);
        self.chunk(Box::new(files), mark)
    }

    /// Documents after which nothing up to `mark` is left to be read.
    fn chunk(&self, items: Box<dyn Items>, mark: Mark) -> Chunk {
        let after = Cursor { files: mark.files, within: None, seen: mark.seen };
        Chunk::new(items, &self.inputs.opening.reading, after, BTreeMap::new())
    }

    /// The next chunk of the file of records.
    fn records(&mut self) -> Option<Chunk> {
        let source = self.source.as_mut()?;
        let items = source.next();
        let skipped = source.skipped();
        let (mut files, mut within) = (self.mark.files, None);
        if items.is_none() || source.is_done() {
            self.source = None;
        } else {
            files -= 1;
            within = Some(source.within());
        }
        if items.is_none() && skipped.is_empty() {
            return None;
        }
        let after = Cursor { files, within, seen: self.mark.seen };
        let items = items.unwrap_or_else(|| Box::new(Vec::<Loaded>::new()));
        Some(Chunk::new(items, &self.inputs.opening.reading, after, skipped))
    }
}

impl Iterator for Chunks {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        loop {
            // Files that came first go first.
            let waiting = self.source.is_some() || self.after.is_some();
            if !self.files.is_empty() && (waiting || self.files_are_full()) {
                return Some(self.take_files());
            }
            if let Some(items) = self.after.take() {
                return Some(self.chunk(items, self.mark));
            }
            if self.source.is_some() {
                if let Some(chunk) = self.records() {
                    return Some(chunk);
                }
            } else if !self.advance() {
                return (!self.files.is_empty()).then(|| self.take_files());
            }
        }
    }
}

/// The documents of all inputs, in order.
#[derive(Debug)]
pub struct Documents {
    chunks: Chunks,
    current: Option<(Chunk, usize)>,
}

impl Documents {
    pub(super) fn new(chunks: Chunks) -> Self {
        Self { chunks, current: None }
    }
}

impl Iterator for Documents {
    type Item = Document;

    fn next(&mut self) -> Option<Document> {
        loop {
            if let Some((chunk, next)) = &mut self.current
                && *next < chunk.len()
            {
                *next += 1;
                match chunk.document(*next - 1) {
                    Ok(document) => return Some(document),
                    Err(_) => continue,
                }
            }
            self.current = Some((self.chunks.next()?, 0));
        }
    }
}
