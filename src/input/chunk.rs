//! The unit of work: documents that are read but not yet parsed.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use super::fields::Fields;
use super::format::Format;
use super::lines::LineChunk;
use super::stream::{self, Meter};
use super::{charset, record, text};
use crate::document::{Content, Document};

/// The most that is read of one text or page. Beyond it a file is damaged, or a bomb.
const LARGEST: u64 = 1 << 30;

/// Where documents come from, and where their bodies go in a folder.
#[derive(Clone, Debug)]
pub struct Place {
    /// The path as the user gave it.
    pub source: Arc<str>,
    /// The path below the folder that holds all inputs, for an output that mirrors them.
    pub mirror: Arc<str>,
}

/// Some documents in their order, read but not yet parsed: parsing is the worker's part.
#[derive(Debug)]
pub struct Chunk {
    content: Parts,
    fields: Arc<Fields>,
    meter: Meter,
}

#[derive(Debug)]
enum Parts {
    /// Records of one file, and perhaps what is wrong with it after them.
    Lines(Place, LineChunk),
    /// Texts and pages, not yet opened: opening, reading and decoding are work like any other.
    Files(Vec<DocumentFile>),
    /// A text or page that came from a stream.
    Stream(Place, Format, Result<Vec<u8>, String>),
    /// A file or folder that cannot be read.
    Broken(Place, String),
}

/// A file that is one document, to be read.
#[derive(Debug)]
pub(super) struct DocumentFile {
    pub(super) place: Place,
    pub(super) path: PathBuf,
    /// Text or HTML.
    pub(super) format: Format,
    /// Its size on disk.
    pub(super) bytes: u64,
}

impl Chunk {
    pub(super) fn lines(place: Place, lines: LineChunk, fields: &Arc<Fields>) -> Self {
        Self::new(Parts::Lines(place, lines), fields, &Meter::default())
    }

    pub(super) fn files(files: Vec<DocumentFile>, fields: &Arc<Fields>, meter: &Meter) -> Self {
        Self::new(Parts::Files(files), fields, meter)
    }

    /// Reads a stream to its end as one document.
    pub(super) fn stream(place: Place, format: Format, stream: impl Read, fields: &Arc<Fields>) -> Self {
        Self::new(Parts::Stream(place, format, read_all(stream)), fields, &Meter::default())
    }

    pub(super) fn broken(place: Place, reason: String, fields: &Arc<Fields>) -> Self {
        Self::new(Parts::Broken(place, reason), fields, &Meter::default())
    }

    fn new(content: Parts, fields: &Arc<Fields>, meter: &Meter) -> Self {
        Self { content, fields: Arc::clone(fields), meter: meter.clone() }
    }

    /// How many documents there are; never none.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a chunk is never empty")]
    pub fn len(&self) -> usize {
        match &self.content {
            Parts::Lines(_, chunk) => chunk.lines.len() + usize::from(chunk.damage.is_some()),
            Parts::Files(files) => files.len(),
            Parts::Stream(..) | Parts::Broken(..) => 1,
        }
    }

    /// About how many bytes of memory its documents take, to bound what is under way.
    #[must_use]
    pub fn weight(&self) -> usize {
        match &self.content {
            Parts::Lines(_, chunk) => chunk.bytes.len(),
            Parts::Files(files) => files.iter().map(|file| usize::try_from(file.bytes).unwrap_or(usize::MAX)).sum(),
            Parts::Stream(_, _, bytes) => bytes.as_ref().map_or(0, Vec::len),
            Parts::Broken(..) => 0,
        }
    }

    /// Where a document comes from.
    #[must_use]
    pub fn place(&self, index: usize) -> &Place {
        match &self.content {
            Parts::Lines(place, _) | Parts::Stream(place, ..) | Parts::Broken(place, _) => place,
            Parts::Files(files) => &files[index].place,
        }
    }

    /// Where a record begins in its (decompressed) file: line from 1, and byte.
    #[must_use]
    pub fn position(&self, index: usize) -> Option<(u64, u64)> {
        let Parts::Lines(_, chunk) = &self.content else { return None };
        let line = chunk.lines.get(index)?;
        Some((line.number, chunk.offset + line.span.start as u64))
    }

    /// The number of a record in its file, from 1; `None` for a file that is one document.
    #[must_use]
    pub fn record_number(&self, index: usize) -> Option<u64> {
        let Parts::Lines(_, chunk) = &self.content else { return None };
        Some(chunk.first_record + index as u64)
    }

    /// Parses a document.
    #[must_use]
    pub fn document(&self, index: usize) -> Document {
        match &self.content {
            Parts::Lines(place, chunk) => {
                let number = chunk.first_record + index as u64;
                let Some(line) = chunk.lines.get(index) else {
                    let reason = chunk.damage.clone().unwrap_or_default();
                    return unreadable(place, format!("{}#{number}", place.source), reason);
                };
                let bytes = &chunk.bytes[line.span.clone()];
                let mut document = record::document(bytes, &self.fields, &place.source, number);
                if let Content::Unreadable(reason) = &mut document.content {
                    let byte = chunk.offset + line.span.start as u64;
                    *reason = format!("line {}, byte {byte}: {reason}", line.number);
                }
                document
            }
            Parts::Files(files) => {
                let DocumentFile { place, path, format, .. } = &files[index];
                let read = stream::open(path, &self.meter).map_err(|error| error.to_string());
                match read.and_then(read_all) {
                    Ok(bytes) => decoded(place, *format, bytes),
                    Err(reason) => unreadable_file(place, &reason),
                }
            }
            Parts::Stream(place, format, Ok(bytes)) => decoded(place, *format, bytes.clone()),
            Parts::Stream(place, _, Err(reason)) | Parts::Broken(place, reason) => unreadable_file(place, reason),
        }
    }
}

fn read_all(stream: impl Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    stream.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("larger than {LARGEST} bytes"));
    }
    Ok(bytes)
}

/// A document of its own from its bytes.
fn decoded(place: &Place, format: Format, bytes: Vec<u8>) -> Document {
    let (content, encoding) = match format {
        Format::Html => match charset::decode(bytes, None) {
            Ok((html, encoding)) => (Content::Html(html), encoding),
            Err(what) => {
                let reason = format!("{} is not HTML: looks like {what}", place.source);
                return unreadable(place, place.source.to_string(), reason);
            }
        },
        _ => {
            let (text, encoding) = text::decode(bytes);
            (Content::Text(text), encoding)
        }
    };
    Document {
        id: place.source.to_string(),
        source: place.source.to_string(),
        content,
        encoding: Some(encoding),
        ..Document::default()
    }
}

fn unreadable_file(place: &Place, reason: &str) -> Document {
    unreadable(place, place.source.to_string(), format!("cannot read {}: {reason}", place.source))
}

fn unreadable(place: &Place, id: String, reason: String) -> Document {
    Document { id, source: place.source.to_string(), content: Content::Unreadable(reason), ..Document::default() }
}
