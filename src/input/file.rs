//! Files that are one document each: texts and pages.

use std::io::Read;
use std::path::PathBuf;

use super::chunk::{Items, Origin, Place, Reading, unreadable};
use super::cursor::Mark;
use super::format::Format;
use super::{charset, stream, text};
use crate::document::{Content, Document};

/// A file that is one document, to be read: opening, reading and decoding are work like any other.
#[derive(Debug)]
pub(super) struct DocumentFile {
    pub(super) place: Place,
    pub(super) path: PathBuf,
    /// Text or HTML.
    pub(super) format: Format,
    /// Its size on disk.
    pub(super) bytes: u64,
    pub(super) mark: Mark,
}

impl Items for Vec<DocumentFile> {
    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn weight(&self) -> usize {
        self.iter().map(|file| usize::try_from(file.bytes).unwrap_or(usize::MAX)).sum()
    }

    fn origin(&self, index: usize) -> Origin {
        Origin::file(&self[index].place)
    }

    fn document(&self, index: usize, reading: &Reading) -> Result<Document, String> {
        let DocumentFile { place, path, format, bytes, .. } = &self[index];
        // What is not compressed has the size it has; a cap is for what a small file may grow to.
        let limit = reading.limit.max(*bytes);
        let read = stream::open(path, &reading.meter).map_err(|error| error.to_string());
        Ok(match read.and_then(|stream| read_all(stream, limit)) {
            Ok(bytes) => decoded(place, *format, bytes),
            Err(reason) => unreadable_file(place, &reason),
        })
    }
}

/// Texts and pages whose bytes are there: from a stream, or an archive.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) place: Place,
    pub(super) format: Format,
    /// The bytes, or why there are none.
    pub(super) bytes: Result<Vec<u8>, String>,
}

impl Items for Vec<Loaded> {
    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn weight(&self) -> usize {
        self.iter().map(|loaded| loaded.bytes.as_ref().map_or(0, Vec::len)).sum()
    }

    fn origin(&self, index: usize) -> Origin {
        Origin::file(&self[index].place)
    }

    fn document(&self, index: usize, _: &Reading) -> Result<Document, String> {
        let Loaded { place, format, bytes } = &self[index];
        Ok(match bytes {
            Ok(bytes) => decoded(place, *format, bytes.clone()),
            Err(reason) => unreadable_file(place, reason),
        })
    }
}

/// A file or folder that cannot be read, and why.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) place: Place,
    /// Where it begins in the decompressed file, if that is known.
    pub(super) byte: Option<u64>,
    pub(super) reason: String,
}

impl Items for Broken {
    fn len(&self) -> usize {
        1
    }

    fn weight(&self) -> usize {
        0
    }

    fn origin(&self, _: usize) -> Origin {
        Origin { byte: self.byte, ..Origin::file(&self.place) }
    }

    fn document(&self, _: usize, _: &Reading) -> Result<Document, String> {
        Ok(unreadable_file(&self.place, &self.reason))
    }
}

/// Reads a stream to its end, or says that there are more than `limit` bytes.
pub(super) fn read_all(stream: impl Read, limit: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    stream.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > limit {
        return Err(too_large(limit));
    }
    Ok(bytes)
}

/// Of a document that would take more than `limit` bytes.
pub(super) fn too_large(limit: u64) -> String {
    format!("decompresses to more than {limit} bytes; --max-doc-bytes raises the cap")
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
            if let Some(what) = text::is_none(&bytes) {
                let reason = format!("{} is not text: looks like {what}", place.source);
                return unreadable(place, place.source.to_string(), reason);
            }
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
