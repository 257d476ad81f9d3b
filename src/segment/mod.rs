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
}
