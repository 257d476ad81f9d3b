//! The inputs, one chunk after the other.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use super::chunk::{Chunk, DocumentFile, Place};
use super::format::Format;
use super::lines::{CHUNK, Lines};
use super::plan::{Entry, Inputs, format_in_folder};
use super::walk::{self, Met};
use super::{mirror, stream};
use crate::Document;

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
    lines: Option<(Place, Lines)>,
    /// Texts and pages that wait for their chunk to be full.
    files: Vec<DocumentFile>,
    /// A chunk that must come after those.
    after: Option<Chunk>,
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
            lines: None,
            files: Vec::new(),
            after: None,
            skipped: Skipped::default(),
        }
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
            Some(Entry::File(path, format, bytes)) => self.file(path, format, bytes),
            Some(Entry::Stream(place, Format::Jsonl, stream)) => {
                self.lines = Some((place, Lines::new(stream)));
            }
            Some(Entry::Stream(place, format, stream)) => {
                self.after = Some(Chunk::stream(place, format, stream, &self.inputs.fields));
            }
        }
        true
    }

    fn meet(&mut self, met: Met) {
        match met {
            Met::File(path, bytes) => match format_in_folder(&path, self.inputs.from) {
                Some(format) => self.file(path, format, bytes),
                None => self.skip(&path),
            },
            Met::Odd(path) => self.skip(&path),
            Met::Unreadable(path, reason) => {
                let place = self.place(&path);
                self.after = Some(Chunk::broken(place, reason, &self.inputs.fields));
            }
        }
    }

    fn skip(&mut self, path: &Path) {
        self.skipped.count += 1;
        if self.skipped.first.len() < NAMED {
            self.skipped.first.push(path.to_string_lossy().into_owned());
        }
    }

    fn file(&mut self, path: PathBuf, format: Format, bytes: u64) {
        let place = self.place(&path);
        match format {
            Format::Text | Format::Html => self.files.push(DocumentFile { place, path, format, bytes }),
            Format::Jsonl => match stream::open(&path, &self.inputs.meter) {
                Ok(stream) => self.lines = Some((place, Lines::new(stream))),
                Err(error) => {
                    self.after = Some(Chunk::broken(place, error.to_string(), &self.inputs.fields));
                }
            },
        }
    }

    fn place(&self, path: &Path) -> Place {
        Place { source: path.to_string_lossy().into(), mirror: mirror::below(&self.inputs.common, path).into() }
    }

    fn files_are_full(&self) -> bool {
        self.files.len() >= FILES || self.files.iter().map(|file| file.bytes).sum::<u64>() >= CHUNK as u64
    }

    fn take_files(&mut self) -> Chunk {
        let files = std::mem::take(&mut self.files);
        Chunk::files(files, &self.inputs.fields, &self.inputs.meter)
    }
}

impl Iterator for Chunks {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        loop {
            // Files that came first go first.
            let waiting = self.lines.is_some() || self.after.is_some();
            if !self.files.is_empty() && (waiting || self.files_are_full()) {
                return Some(self.take_files());
            }
            if let Some(chunk) = self.after.take() {
                return Some(chunk);
            }
            if let Some((place, lines)) = &mut self.lines {
                match lines.next_chunk() {
                    Some(lines) => {
                        return Some(Chunk::lines(place.clone(), lines, &self.inputs.fields));
                    }
                    None => self.lines = None,
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
                return Some(chunk.document(*next - 1));
            }
            self.current = Some((self.chunks.next()?, 0));
        }
    }
}
