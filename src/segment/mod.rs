//! Source text to segments: the pieces that are judged.

mod html;
mod selected;
mod text;

use std::ops::Range;

use crate::text::Shape;

pub(crate) use html::{Area, Nature, Place, Structure, segment_page};
pub(crate) use text::segment_text;

/// One piece of the source: a line, or a paragraph of hard-wrapped lines.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    /// Its bytes in the source text, without white space at either end. Never empty.
    pub(crate) span: Range<usize>,
    /// Its bytes in the folded text.
    pub(crate) folded: Range<usize>,
    /// Its shape.
    pub(crate) shape: Shape,
    /// Whether a blank line stands before it.
    pub(crate) after_gap: bool,
    /// Whether it was put together from several wrapped lines.
    pub(crate) wrapped: bool,
    /// Whether only a line break within a paragraph parts it from the segment before.
    pub(crate) joined: bool,
}

/// A document cut into segments, with its folded text.
#[derive(Debug, Default)]
pub(crate) struct Segments {
    /// In the order of the source.
    pub(crate) list: Vec<Segment>,
    /// The folded text of all segments, each followed by a line feed.
    pub(crate) folded: String,
    /// Of a page: where in it each segment stands.
    pub(crate) page: Option<Structure>,
    /// Of a page: the segments whose verdict its structure settles; empty if none are.
    pub(crate) settled: Vec<bool>,
}

/// The most lines of a document that is cleaned. Each costs about a kilobyte while it is judged, so
/// this bounds the memory of a document to some 200 MB; no article has a hundredth of it.
const MOST_LINES: usize = 200_000;
/// The longest line, in bytes, of a document that is cleaned. What can be found in one line is
/// bounded by nothing else.
const LONGEST_LINE: usize = 2 << 20;

/// Whether a text has more lines, or a longer one, than the budget of a document allows.
pub(crate) fn is_too_costly(text: &str) -> bool {
    if text.len() <= MOST_LINES.min(LONGEST_LINE) {
        return false;
    }
    let mut lines = 0;
    let mut start = 0;
    for end in memchr::memchr2_iter(b'\n', b'\r', text.as_bytes()) {
        lines += 1;
        if lines > MOST_LINES || end - start > LONGEST_LINE {
            return true;
        }
        start = end + 1;
    }
    text.len() - start > LONGEST_LINE
}
