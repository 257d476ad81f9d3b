//! Where the article stands in a page.
//!
//! Each segment is worth something to the article or counts against it: by its text, and by what
//! the names of the elements around it say. The element whose segments have the highest sum holds
//! the article, and within it the stretch of the highest sum is the article. A name is only
//! believed of elements that hold a small part of the page's running text: many a page has its
//! whole article in a `form`, or in an element that is named after its tags.

use std::ops::Range;

use crate::html::marks::Marks;
use crate::html::names::Tag;
use crate::segment::{Area, Place, Segment, Structure};
use crate::text::EndMark;

/// A page, judged as to where its article is.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    structure: &'a Structure,
    /// For each segment, the believed marks of the areas around it.
    marks: Vec<Marks>,
    /// What each segment is worth.
    worth: Vec<f32>,
    /// The area that holds the article, and its segments.
    pub(crate) container: Option<(u32, Range<usize>)>,
    /// The article: a stretch of the container.
    pub(crate) article: Range<usize>,
    /// What the article is worth.
    pub(crate) score: f32,
}

/// Marks of what is no article, if its text reads like one.
const FOREIGN: Marks = Marks::NAV
    .or(Marks::FOOTER)
    .or(Marks::ASIDE)
    .or(Marks::RELATED)
    .or(Marks::SHARE)
    .or(Marks::COMMENT)
    .or(Marks::AD)
    .or(Marks::PROMO)
    .or(Marks::BIO)
    .or(Marks::LEGAL)
    .or(Marks::FORM)
    .or(Marks::LAYER)
    .or(Marks::PAGER)
    .or(Marks::CRUMBS)
    .or(Marks::CONTENTS);

/// Marks of small things that stand in and around an article.
const NOTES: Marks = Marks::CAPTION
    .or(Marks::CREDIT)
    .or(Marks::BYLINE)
    .or(Marks::DATE)
    .or(Marks::TAGS)
    .or(Marks::TITLE)
    .or(Marks::META)
    .or(Marks::BUTTON)
    .or(Marks::COUNTER)
    .or(Marks::CONTACT);

/// Areas with more than this share of the page's running text are not what a name says of them.
const BELIEVED: f32 = 0.4;
/// The same for names that hardly ever are given to articles.
const STRONGLY_BELIEVED: f32 = 0.8;
const STRONG: Marks = Marks::COMMENT.or(Marks::FOOTER).or(Marks::LAYER).or(Marks::LEGAL);

/// A long paragraph counts no more than this many words.
const MOST_WORDS: u32 = 60;

/// What the text alone is worth.
fn text_worth(segment: &Segment, place: &Place, junk: f32) -> f32 {
    let shape = &segment.shape;
    if junk >= 0.85 {
        return -4.0;
    }
    let words = shape.words.min(MOST_WORDS) as f32;
    if shape.is_prose() || shape.is_sentence() {
        let linked = (place.linked - 0.1).max(0.0);
        let worth = words * (1.0 - 2.0 * linked);
        return if junk >= 0.6 { worth.min(0.0) } else { worth };
    }
    if place.linked > 0.5 {
        return -3.0;
    }
    match place.tag {
        Tag::Pre => words * 0.5,
        Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6 => 0.0,
        Tag::Li | Tag::Dd | Tag::Tr | Tag::Td | Tag::Th | Tag::Dt => {
            if shape.words >= 5 {
                words * 0.3
            } else {
                -0.5
            }
        }
        _ if shape.end == EndMark::Colon => 0.0,
        Tag::P if shape.words >= 5 => words * 0.3,
        _ => match shape.words {
            0 | 1 => -2.0,
            2..=4 => -1.5,
            5..=9 => -0.5,
            _ => words * 0.2,
        },
    }
}

impl<'a> Page<'a> {
    /// Judges a page. `junk` holds, for each segment, how sure the rules are of it.
    pub(super) fn new(structure: &'a Structure, segments: &[Segment], junk: &[f32]) -> Self {
        let count = segments.len();
        let base: Vec<f32> =
            segments.iter().zip(&structure.places).zip(junk).map(|((s, p), j)| text_worth(s, p, *j)).collect();
        let running = sums(base.iter().map(|w| w.max(0.0)));
        let all = running[count].max(1.0);
        let held = |area: &Area| (running[area.segments.end] - running[area.segments.start]) / all;
        let mut believed: Vec<Marks> = Vec::with_capacity(structure.areas.len());
        for (at, area) in structure.areas.iter().enumerate() {
            let share = held(area);
            let mut own = area.marks.without(Marks::BODY.or(Marks::ARTICLE).or(Marks::MAIN));
            if share > BELIEVED {
                own = if share > STRONGLY_BELIEVED { Marks::NONE } else { own.only(STRONG) };
            }
            let above = if at == 0 { Marks::NONE } else { believed[area.parent as usize] };
            believed.push(above.or(own));
        }
        let marks: Vec<Marks> = structure
            .places
            .iter()
            .map(|place| believed.get(place.area as usize).copied().unwrap_or_default())
            .collect();
        let worth: Vec<f32> = base
            .iter()
            .zip(&marks)
            .map(|(base, marks)| {
                if marks.any(FOREIGN) {
                    -2.0 - base.max(0.0) * 0.5
                } else if marks.any(NOTES) {
                    base.min(0.0)
                } else {
                    *base
                }
            })
            .collect();
        let mut page = Self { structure, marks, worth, container: None, article: 0..0, score: 0.0 };
        page.find();
        page
    }

    fn find(&mut self) {
        let sums = sums(self.worth.iter().copied());
        let mut best: Option<(f32, u32)> = None;
        for (at, area) in self.structure.areas.iter().enumerate() {
            let sum = sums[area.segments.end] - sums[area.segments.start];
            // Of two that hold the same, the inner one.
            if sum > 0.0 && best.is_none_or(|(most, _)| sum >= most) {
                best = Some((sum, at as u32));
            }
        }
        let Some((_, container)) = best else { return };
        let range = self.structure.areas[container as usize].segments.clone();
        let (mut sum, mut start) = (0.0, range.start);
        for at in range.clone() {
            if sum <= 0.0 {
                (sum, start) = (0.0, at);
            }
            sum += self.worth[at];
            if sum > self.score {
                (self.score, self.article) = (sum, start..at + 1);
            }
        }
        self.container = Some((container, range));
    }

    /// The believed marks around a segment.
    pub(crate) fn marks(&self, segment: usize) -> Marks {
        self.marks[segment]
    }

    /// Where a segment stands.
    pub(crate) fn place(&self, segment: usize) -> &'a Place {
        &self.structure.places[segment]
    }
}

/// Sums of all values before each, and of all.
fn sums(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut sum = 0.0;
    let mut sums = vec![0.0];
    sums.extend(values.map(|value| {
        sum += value;
        sum
    }));
    sums
}
