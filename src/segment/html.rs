//! Pages: each block of the visible text is a segment, with its place in the page.

use std::ops::Range;

use super::selected::{Selected, selected};
use super::{Segment, Segments, is_too_costly};
use crate::html::layout;
use crate::html::marks::{Marks, Reader};
use crate::html::names::Tag;
use crate::html::tree::Tree;
use crate::text::{Shape, fold};

/// The structure of a page, as far as it shows text.
#[derive(Debug)]
pub(crate) struct Structure {
    /// For each segment, its place.
    pub(crate) places: Vec<Place>,
    /// The areas, each behind the one around it; the first is the page.
    pub(crate) areas: Vec<Area>,
    /// Buckets of the names of the areas' elements.
    pub(crate) names: Vec<u16>,
    /// What the page is, as far as it says.
    pub(crate) nature: Nature,
    /// What the elements show that rules name.
    pub(crate) selected: Vec<Selected>,
}

/// What a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nature {
    /// It says of itself that it is an article.
    Article,
    /// It is a thread of a forum, or a question with its answers: what readers write is its text.
    Thread,
    /// It says nothing.
    Unknown,
}

/// Where a segment stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// The innermost area that holds all of it.
    pub(crate) area: u32,
    /// The share of it that is inside of links, from 0 to 1.
    pub(crate) linked: f32,
    /// The nearest block around it.
    pub(crate) tag: Tag,
}

/// An element that shows text.
#[derive(Clone, Debug)]
pub(crate) struct Area {
    /// The area around it; the page is its own.
    pub(crate) parent: u32,
    pub(crate) tag: Tag,
    /// What its names say.
    pub(crate) marks: Marks,
    /// Where in [`Structure::names`] the buckets of its names are.
    pub(crate) names: Range<u32>,
    /// The segments that begin in it.
    pub(crate) segments: Range<usize>,
}

/// Lays out a page and cuts it into segments; returns its text as well. With `hidden`, what is
/// hidden by an attribute is shown too.
pub(crate) fn segment_page(tree: &Tree, hidden: bool, nature: Nature) -> (String, Segments) {
    let layout::Page { text, blocks, areas: laid } = layout::lay_out(tree, hidden);
    if is_too_costly(&text) {
        return (text, Segments::default());
    }
    let mut reader = Reader::default();
    let mut names = Vec::new();
    let areas: Vec<Area> = laid
        .iter()
        .map(|area| {
            let start = names.len() as u32;
            let marks = reader.read(tree, area.node, &mut names);
            let names = start..names.len() as u32;
            Area { parent: area.parent, tag: area.tag, marks, names, segments: area.blocks.clone() }
        })
        .collect();
    let around = around(&areas);
    let mut list = Vec::with_capacity(blocks.len());
    let mut places = Vec::with_capacity(blocks.len());
    let mut folded = String::with_capacity(text.len());
    for block in blocks {
        let line = &text[block.span.clone()];
        let start = folded.len();
        fold(line, &mut folded);
        let end = folded.len();
        folded.push('\n');
        let share = |part: u32| (part as f32 / line.len() as f32).min(1.0);
        let tag = around.get(block.area as usize).copied().unwrap_or(Tag::Body);
        places.push(Place { area: block.area, linked: share(block.linked), tag });
        list.push(Segment {
            shape: Shape::of(line),
            span: block.span,
            folded: start..end,
            after_gap: false,
            wrapped: false,
            joined: block.joined,
        });
    }
    let selected = selected(tree, &laid, &list, &text);
    (
        text,
        Segments {
            list,
            folded,
            page: Some(Structure { places, areas, names, nature, selected }),
            settled: Vec::new(),
        },
    )
}

/// For each area, the tag of the nearest block around it, itself included.
fn around(areas: &[Area]) -> Vec<Tag> {
    let mut around: Vec<Tag> = Vec::with_capacity(areas.len());
    for (at, Area { parent, tag, .. }) in areas.iter().enumerate() {
        let is_nearest = layout::is_block(*tag) || *parent as usize == at;
        around.push(if is_nearest { *tag } else { around[*parent as usize] });
    }
    around
}
