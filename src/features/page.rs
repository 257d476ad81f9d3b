//! Where a segment of a page stands among its elements.

use super::{Block, WIDTH_OF_TEXT, centred, columns, distance, scale, share};
use crate::detect::{Page, View};
use crate::html::names::Tag;
use crate::segment::{Area, Nature, Segment, Structure};

/// The columns that this module adds to a row.
pub(super) const WIDTH: usize = PLACED.len() + MARKS + AROUND.len();
/// One column for each mark.
const MARKS: usize = 32;

pub(super) fn names() -> impl Iterator<Item = String> {
    let marks = (0..MARKS).map(|bit| format!("mark{bit}"));
    let around = AROUND.iter().map(|tags| format!("in_{}", tags[0].name()));
    PLACED.iter().map(|name| (*name).to_owned()).chain(marks).chain(around)
}

/// Elements that it matters to be in.
const AROUND: &[&[Tag]] = &[
    &[Tag::Article],
    &[Tag::Main],
    &[Tag::Section],
    &[Tag::Header, Tag::Hgroup],
    &[Tag::Footer],
    &[Tag::Aside],
    &[Tag::Nav, Tag::Menu],
    &[Tag::Form, Tag::Fieldset],
    &[Tag::Table],
    &[Tag::Ul, Tag::Ol],
    &[Tag::Dl],
    &[Tag::Figure, Tag::Figcaption],
    &[Tag::Blockquote],
    &[Tag::Details],
    &[Tag::A],
    &[Tag::Small],
];

/// One segment and the elements around it.
struct Placed<'s> {
    at: usize,
    all: &'s Areas<'s>,
    /// The areas around it, the innermost first.
    chain: [usize; 4],
}

columns! {
    PLACED, placed(s: Placed<'_>) {
        "tag": tag(s.all.structure.places[s.at].tag),
        "heading": heading(s.all.structure.places[s.at].tag),
        "linked": (s.all.structure.places[s.at].linked * 64.0) as u8,
        "linked-1": s.all.linked_of(s.at, -1),
        "linked+1": s.all.linked_of(s.at, 1),
        "tag-1": s.all.tag_of(s.at, -1),
        "tag+1": s.all.tag_of(s.at, 1),
        "area_tag": tag(s.all.area(s.chain[0]).tag),
        "area_linked": s.all.linked(s.chain[0]),
        "area_words": scale(s.all.words(s.chain[0])),
        "area_prose": share(s.all.prose(s.chain[0]), s.all.words(s.chain[0])),
        "area_segments": scale(s.all.area(s.chain[0]).segments.len() as u32),
        "parent_tag": tag(s.all.area(s.chain[1]).tag),
        "parent_linked": s.all.linked(s.chain[1]),
        "parent_words": scale(s.all.words(s.chain[1])),
        "parent_prose": share(s.all.prose(s.chain[1]), s.all.words(s.chain[1])),
        "parent_segments": scale(s.all.area(s.chain[1]).segments.len() as u32),
        "beyond_linked": s.all.linked(s.chain[2]),
        "beyond_words": scale(s.all.words(s.chain[2])),
        "beyond_prose": share(s.all.prose(s.chain[2]), s.all.words(s.chain[2])),
        "beyond_segments": scale(s.all.area(s.chain[2]).segments.len() as u32),
        "far_linked": s.all.linked(s.chain[3]),
        "far_words": scale(s.all.words(s.chain[3])),
        "depth": scale(s.all.chains[s.chain[0]].depth),
        "of_page": share(s.all.prose(s.chain[1]), s.all.prose(0)),
        "names": centred(s.all.chains[s.chain[0]].own / 4),
        "names_around": centred(s.all.chains[s.chain[1]].own / 4),
        "names_beyond": centred(s.all.chains[s.chain[2]].own / 4),
        "names_sum": centred(s.all.chains[s.chain[0]].sum / 8),
        "names_most": centred(s.all.chains[s.chain[0]].most / 4),
        "names_least": centred(s.all.chains[s.chain[0]].least / 4),
        "in_article": u8::from(s.all.page.article.contains(&s.at)),
        "worth": centred(s.all.page.worth(s.at) as i32),
        "is_prose": u8::from(s.all.page.is_prose),
        "reading": scale(s.all.page.reading() as u32),
        "article_segments": scale(s.all.page.article.len() as u32),
        "lead": u8::from(s.all.page.is_lead(s.all.segments, s.at)),
        "nature": match s.all.structure.nature { Nature::Unknown => 0, Nature::Article => 1, Nature::Thread => 2 },
        "to_h1": s.all.first_h1.map_or(0, |h1| distance(h1, s.at)),
    }
}

/// What is known of an area from those around it.
#[derive(Clone, Copy, Default)]
struct Chain {
    depth: u32,
    /// The weight of its own names; of all around it as well: their sum, the largest, the least.
    own: i32,
    sum: i32,
    most: i32,
    least: i32,
    /// Which of [`AROUND`] it is in.
    inside: u16,
}

/// The elements of a page.
pub(super) struct Areas<'s> {
    structure: &'s Structure,
    page: &'s Page<'s>,
    segments: &'s [Segment],
    chains: Vec<Chain>,
    /// Words, words of running text, and words inside of links, before each segment, and of all.
    sums: Vec<[u32; 3]>,
    first_h1: Option<usize>,
}

impl<'s> Areas<'s> {
    pub(super) fn new(view: &'s View<'_>, page: &'s Page<'s>, weights: &[i8]) -> Self {
        let structure = page.structure();
        let mut chains: Vec<Chain> = Vec::with_capacity(structure.areas.len());
        for (at, area) in structure.areas.iter().enumerate() {
            let above = if at == 0 { Chain::default() } else { chains[area.parent as usize] };
            let names = &structure.names[area.names.start as usize..area.names.end as usize];
            let own: i32 = names.iter().map(|name| weights.get(usize::from(*name)).map_or(0, |w| i32::from(*w))).sum();
            let inside = AROUND.iter().position(|tags| tags.contains(&area.tag)).map_or(0, |n| 1 << n);
            chains.push(Chain {
                depth: above.depth + 1,
                own,
                sum: above.sum.saturating_add(own),
                most: above.most.max(own),
                least: above.least.min(own),
                inside: above.inside | inside,
            });
        }
        let mut sums = Vec::with_capacity(view.len() + 1);
        let mut sum = [0u32; 3];
        sums.push(sum);
        for (place, segment) in structure.places.iter().zip(view.segments()) {
            let words = segment.shape.words.min(10_000);
            sum[0] = sum[0].saturating_add(words);
            sum[1] = sum[1].saturating_add(if segment.shape.is_prose() { words } else { 0 });
            sum[2] = sum[2].saturating_add((words as f32 * place.linked) as u32);
            sums.push(sum);
        }
        let first_h1 = structure.places.iter().position(|place| place.tag == Tag::H1);
        Self { structure, page, segments: view.segments(), chains, sums, first_h1 }
    }

    /// Puts where a segment stands into its row.
    pub(super) fn put(&self, at: usize, lane: usize, block: &mut Block) {
        let mut chain = [self.structure.places[at].area as usize; 4];
        for level in 1..chain.len() {
            chain[level] = self.area(chain[level - 1]).parent as usize;
        }
        let (marks, inside) = (self.page.marks(at), self.chains[chain[0]].inside);
        let marks: [u8; MARKS] = std::array::from_fn(|bit| u8::from(marks.has(bit)));
        let inside: [u8; AROUND.len()] = std::array::from_fn(|n| u8::from(inside >> n & 1 == 1));
        block.put(lane, WIDTH_OF_TEXT, &placed(Placed { at, all: self, chain }));
        block.put(lane, WIDTH_OF_TEXT + PLACED.len(), &marks);
        block.put(lane, WIDTH_OF_TEXT + PLACED.len() + MARKS, &inside);
    }

    fn area(&self, at: usize) -> &'s Area {
        &self.structure.areas[at]
    }

    fn sum(&self, area: usize, which: usize) -> u32 {
        let range = &self.area(area).segments;
        self.sums[range.end][which] - self.sums[range.start][which]
    }

    fn words(&self, area: usize) -> u32 {
        self.sum(area, 0)
    }

    fn prose(&self, area: usize) -> u32 {
        self.sum(area, 1)
    }

    fn linked(&self, area: usize) -> u8 {
        share(self.sum(area, 2), self.words(area))
    }

    fn linked_of(&self, at: usize, offset: isize) -> u8 {
        let neighbour = at.checked_add_signed(offset).and_then(|at| self.structure.places.get(at));
        neighbour.map_or(255, |place| (place.linked * 64.0) as u8)
    }

    fn tag_of(&self, at: usize, offset: isize) -> u8 {
        let neighbour = at.checked_add_signed(offset).and_then(|at| self.structure.places.get(at));
        neighbour.map_or(255, |place| tag(place.tag))
    }
}

fn heading(of: Tag) -> u8 {
    match of {
        Tag::H1 => 1,
        Tag::H2 => 2,
        Tag::H3 => 3,
        Tag::H4 => 4,
        Tag::H5 => 5,
        Tag::H6 => 6,
        _ => 0,
    }
}

/// An element as a number: those most like running text first.
fn tag(of: Tag) -> u8 {
    match of {
        Tag::P => 0,
        Tag::Blockquote => 1,
        Tag::Pre | Tag::Code => 2,
        Tag::Li => 3,
        Tag::Dd => 4,
        Tag::Dt => 5,
        Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6 => 6,
        Tag::Strong | Tag::B | Tag::Em | Tag::I => 7,
        Tag::Td | Tag::Th | Tag::Tr => 8,
        Tag::Table | Tag::Tbody | Tag::Thead | Tag::Tfoot | Tag::Caption => 9,
        Tag::Ul | Tag::Ol | Tag::Dl => 10,
        Tag::Article | Tag::Main => 11,
        Tag::Section => 12,
        Tag::Div => 13,
        Tag::Span => 14,
        Tag::Figcaption | Tag::Figure => 15,
        Tag::Header | Tag::Hgroup => 16,
        Tag::A => 17,
        Tag::Time | Tag::Small | Tag::Cite | Tag::Address => 18,
        Tag::Aside => 19,
        Tag::Form | Tag::Fieldset | Tag::Label | Tag::Legend | Tag::Button => 20,
        Tag::Nav | Tag::Menu => 21,
        Tag::Footer => 22,
        Tag::Body | Tag::Html => 23,
        _ => 24,
    }
}
