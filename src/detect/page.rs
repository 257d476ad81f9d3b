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
use crate::segment::{Area, Nature, Place, Segment, Segments, Structure};
use crate::text::EndMark;

/// A page, judged as to where its article is.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    structure: &'a Structure,
    /// For each segment, the believed marks of the areas around it.
    marks: Vec<Marks>,
    /// What each segment is worth.
    worth: Vec<f32>,
    /// The article; empty if nothing is worth to be one.
    pub(crate) article: Range<usize>,
    /// Where a second article begins.
    second: Option<usize>,
    /// What the article is worth.
    score: f32,
    /// What its running text is worth.
    reading: f32,
    /// Whether it is running text; if not, it is a list of things or a page of small parts.
    pub(crate) is_prose: bool,
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
    .or(Marks::TEASER)
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

/// The share of the page's running text up to which all areas with a mark, taken together, are
/// believed to be what it says.
const BELIEVED: &[(Marks, f32)] = &[
    (Marks::FOOTER, 0.85),
    (Marks::LAYER.or(Marks::LEGAL), 0.7),
    (Marks::RELATED.or(Marks::TEASER), 0.6),
    (Marks::NAV.or(Marks::ASIDE).or(Marks::SHARE).or(Marks::BIO), 0.5),
    (Marks::AD.or(Marks::PROMO).or(Marks::FORM).or(Marks::TAGS).or(Marks::CAPTION), 0.4),
    (Marks::PAGER.or(Marks::CRUMBS).or(Marks::CONTENTS).or(Marks::TITLE).or(Marks::META), 0.3),
    (Marks::BUTTON.or(Marks::COUNTER).or(Marks::CONTACT).or(Marks::CREDIT).or(Marks::BYLINE).or(Marks::DATE), 0.25),
];
/// A part of the page with more running text than this may be a part of the article though it stands
/// apart.
const STRONG_BRANCH: f32 = 150.0;
/// Segments this near to the article may still turn out to be of it.
const NEAR: usize = 5;
/// The share of the running text from which on an element is the page itself.
const NEARLY_ALL: f32 = 0.95;
/// Small things hold no more than this many words of running text.
const SMALL: f32 = 80.0;

/// Names of lists of links: they are not believed of text.
const LISTS: Marks = Marks::CONTENTS.or(Marks::PAGER).or(Marks::CRUMBS);
/// The share of the running text up to which comments are comments, of a page that says nothing.
const MOST_COMMENTS: f32 = 0.85;
/// What foreign segments in a row count against an article at most, in words.
const MOST_FOREIGN: f32 = 20.0;
/// From so many words of running text on, a page is an article; below, a page of small parts.
const PROSE: f32 = 200.0;
/// The innermost element with this share of the article's running text is its core.
const CORE: f32 = 0.7;

/// A long paragraph counts no more than this many words.
const MOST_WORDS: u32 = 60;

/// What the text alone is worth.
fn text_worth(segment: &Segment, place: &Place, junk: f32) -> f32 {
    let shape = &segment.shape;
    if junk >= 0.85 {
        return -4.0;
    }
    let words = shape.words.min(MOST_WORDS) as f32;
    let is_running = shape.is_prose() || shape.is_sentence();
    if is_running {
        let linked = (place.linked - 0.15).max(0.0);
        let block = match place.tag {
            Tag::P | Tag::Li | Tag::Blockquote | Tag::Pre | Tag::Dd => 1.0,
            _ if shape.words >= 20 => 0.6,
            _ => 0.4,
        };
        let worth = words * block * (1.0 - 2.0 * linked);
        return if junk >= 0.6 { worth.min(0.0) } else { worth };
    }
    if place.linked > 0.5 {
        return match place.tag {
            Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6 => -1.5,
            Tag::P => -2.0,
            _ => -3.0,
        };
    }
    match (place.tag, shape.words) {
        (Tag::Pre, _) => words * 0.5,
        (Tag::Button, _) => -3.0,
        (Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6, 0 | 1) => 0.0,
        (Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6, _) => 0.7,
        (Tag::Li, 0 | 1) => -1.0,
        (Tag::Li, 2..=4) => 0.5,
        (Tag::Li, _) => words * 0.8,
        (Tag::Tr, 2..) => words * 0.4,
        (Tag::Td | Tag::Th | Tag::Dd | Tag::Dt, 5..) => words * 0.3,
        (Tag::Td | Tag::Th | Tag::Dd | Tag::Dt, _) => -0.5,
        (Tag::P, 5..) => words * 0.4,
        (Tag::P, 2..=4) => 0.0,
        (Tag::P, _) => -0.5,
        _ if shape.end == EndMark::Colon => 0.0,
        (_, 0 | 1) => -2.0,
        (_, 2..=4) => -1.5,
        (_, 5..=9) => -1.0,
        _ => -0.5,
    }
}

/// For each segment, what the names of the elements around it say, as far as they are believed.
/// `base` is what the text alone is worth.
fn believed_marks(structure: &Structure, segments: &[Segment], base: &[f32]) -> Vec<Marks> {
    let running = sums(base.iter().map(|w| w.max(0.0)));
    let all = running[base.len()].max(1.0);
    let held = |area: &Area| running[area.segments.end] - running[area.segments.start];
    // What holds nearly all of the page is named for something in it.
    let is_page = |area: &Area| held(area) > NEARLY_ALL * all;
    let inherited = |own: &dyn Fn(&Area) -> Marks| {
        let mut marks: Vec<Marks> = Vec::with_capacity(structure.areas.len());
        for (at, area) in structure.areas.iter().enumerate() {
            let above = if at == 0 { Marks::NONE } else { marks[area.parent as usize] };
            marks.push(above.or(if is_page(area) { Marks::NONE } else { own(area) }));
        }
        marks
    };
    let said = inherited(&|area| area.marks);
    let words_of = |mark: Marks| -> f32 {
        let of_mark = structure.places.iter().zip(base).filter(|(place, _)| said[place.area as usize].any(mark));
        of_mark.map(|(_, worth)| worth.max(0.0)).sum()
    };
    // Comments may be longer than all the rest.
    let comments = words_of(Marks::COMMENT);
    let without_comments = if comments < MOST_COMMENTS * all { all - comments } else { all };
    let most_comments = match structure.nature {
        Nature::Article => 0.98,
        // What readers write is its text.
        Nature::Thread => 0.0,
        Nature::Unknown => MOST_COMMENTS,
    };
    let mut unbelieved = if comments > most_comments * all { Marks::COMMENT } else { Marks::NONE };
    for (marks, most) in BELIEVED {
        for mark in marks.each() {
            // A short article may stand among many others.
            let is_short = structure.nature == Nature::Article && mark == Marks::RELATED;
            if words_of(mark) > if is_short { 0.75 } else { *most } * without_comments {
                unbelieved = unbelieved.or(mark);
            }
        }
    }
    let believed = inherited(&|area| {
        let own = area.marks.without(unbelieved);
        if held(area) > SMALL { own.without(NOTES) } else { own }
    });
    let of_segment = |(place, segment): (&Place, &Segment)| {
        let marks = believed.get(place.area as usize).copied().unwrap_or_default();
        // Lists of links, or what little text they have.
        if place.linked < 0.5 && segment.shape.words > 6 { marks.without(LISTS) } else { marks }
    };
    structure.places.iter().zip(segments).map(of_segment).collect()
}

/// What each segment is worth to an article of running text.
fn worth(marks: &[Marks], base: &[f32]) -> Vec<f32> {
    // Foreign text is cut by its name, so however much of it there is, it says little of what stands
    // around it.
    let mut run = 0.0;
    let of_segment = |(base, marks): (&f32, &Marks)| {
        if !marks.any(FOREIGN) {
            run = 0.0;
            return if marks.any(NOTES) { base.min(0.0) } else { *base };
        }
        let worth = (-2.0 - base.max(0.0) * 0.5).max(-MOST_FOREIGN - run).min(0.0);
        run += worth;
        worth
    };
    base.iter().zip(marks).map(of_segment).collect()
}

/// The same for a page that has little running text: then its small parts are the text.
fn worth_of_parts(structure: &Structure, segments: &[Segment], marks: &[Marks]) -> Vec<f32> {
    let parts = segments.iter().zip(marks).zip(&structure.places);
    parts
        .map(|((segment, marks), place)| {
            let words = segment.shape.words.min(MOST_WORDS) as f32;
            if marks.any(FOREIGN) {
                -1.0 - words * 0.2
            } else if marks.any(NOTES) {
                0.0
            } else if place.linked > 0.5 {
                words * 0.3 - 0.5
            } else {
                words
            }
        })
        .collect()
}

impl<'a> Page<'a> {
    /// Judges a page. `junk` holds, for each segment, how sure the rules are of it.
    pub(super) fn new(structure: &'a Structure, segments: &[Segment], junk: &[f32]) -> Self {
        let base: Vec<f32> =
            segments.iter().zip(&structure.places).zip(junk).map(|((s, p), j)| text_worth(s, p, *j)).collect();
        let marks = believed_marks(structure, segments, &base);
        let worth = worth(&marks, &base);
        let mut page =
            Self { structure, marks, worth, article: 0..0, second: None, score: 0.0, reading: 0.0, is_prose: true };
        page.find();
        page.reading = page.score;
        if page.score < PROSE {
            page.worth = worth_of_parts(structure, segments, &page.marks);
            page.score = 0.0;
            page.find();
            page.is_prose = false;
        }
        if structure.nature == Nature::Article && page.is_prose {
            page.end_at_the_second();
        }
        page
    }

    /// A look at a page before the rules: how much there is to read in it, in words of running text,
    /// and the segments whose verdict its structure settles, whatever their wording: those outside of
    /// the article that are named, or nothing but links. `None` of a plain text.
    pub(crate) fn first_look(segments: &Segments) -> Option<(f32, Vec<bool>)> {
        let structure = segments.page.as_ref()?;
        let page = Page::new(structure, &segments.list, &vec![0.0; segments.list.len()]);
        let near = page.article.start.saturating_sub(NEAR)..page.article.end + NEAR;
        // At the foot, and in layers, the wording tells rights from menus and adverts.
        let is_named = |marks: Marks| marks.any(FOREIGN) && !marks.any(Marks::FOOTER.or(Marks::LAYER));
        let is_settled =
            |at: usize| !near.contains(&at) && (is_named(page.marks[at]) || structure.places[at].linked > 0.8);
        Some((page.reading, (0..segments.list.len()).map(is_settled).collect()))
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
        // The innermost area that holds most of it: what stands outside must be better.
        let positive = self::sums(self.worth.iter().map(|w| w.max(0.0)));
        let held = |area: &Area| positive[area.segments.end] - positive[area.segments.start];
        let all = held(&self.structure.areas[container as usize]);
        let core = self.structure.areas.iter().rposition(|area| held(area) >= CORE * all);
        let core = core.map_or(range.clone(), |core| self.structure.areas[core].segments.clone());
        if self.is_prose {
            // The branches beside it.
            let holds = |area: &Area| area.segments.start <= core.start && core.end <= area.segments.end;
            let mut strong = vec![false; self.worth.len()];
            for (at, area) in self.structure.areas.iter().enumerate() {
                let parent = &self.structure.areas[area.parent as usize];
                if at > 0 && !holds(area) && holds(parent) && held(area) >= STRONG_BRANCH {
                    strong[area.segments.clone()].fill(true);
                }
            }
            for at in range.clone() {
                if !core.contains(&at) && !strong[at] {
                    let worth = &mut self.worth[at];
                    *worth = if *worth > 0.0 { *worth * 0.3 } else { *worth } - 1.0;
                }
            }
        }
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
    }

    /// Ends the article where a second one begins: at another main headline, with an article element or
    /// a byline of its own. Pages that go on for ever put one article below the other.
    fn end_at_the_second(&mut self) {
        /// Words of running text that a first article must have.
        const FIRST: f32 = 80.0;
        /// How far below its headline an article says who wrote it, and when.
        const NEAR: usize = 6;
        let about = Marks::BYLINE.or(Marks::DATE).or(Marks::META);
        let first = self.element_of(self.article.start);
        let mut passed = 0.0;
        for at in self.article.clone() {
            passed += self.worth[at].max(0.0);
            if passed < FIRST || self.structure.places[at].tag != Tag::H1 || self.marks[at].any(FOREIGN) {
                continue;
            }
            let own = self.element_of(at);
            let near = at + 1..(at + NEAR).min(self.article.end);
            if own.is_some() && own != first || near.clone().any(|at| self.marks[at].any(about)) {
                self.article.end = at;
                self.second = Some(at);
                return;
            }
        }
    }

    /// The innermost `article` element around a segment.
    fn element_of(&self, segment: usize) -> Option<u32> {
        let mut at = self.structure.places.get(segment)?.area;
        while let Some(Area { parent, tag, .. }) = self.structure.areas.get(at as usize) {
            if *tag == Tag::Article {
                return Some(at);
            }
            if *parent == at {
                break;
            }
            at = *parent;
        }
        None
    }

    /// Whether a segment outside of the article is its first paragraph nonetheless: running text
    /// between the headline and the article, which often has an element of its own.
    pub(crate) fn is_lead(&self, segments: &[Segment], at: usize) -> bool {
        /// How far above the article the headline may be.
        const FAR: usize = 40;
        let shape = &segments[at].shape;
        let marks = self.marks[at].without(Marks::TITLE.or(Marks::TEASER));
        at < self.article.start
            && at + FAR > self.article.start
            && self.is_prose
            && (shape.is_sentence() && shape.words >= 8 || shape.words >= 14)
            && self.structure.places[at].linked < 0.3
            && !marks.any(FOREIGN.or(NOTES))
            && (at.saturating_sub(FAR)..at).any(|above| self.structure.places[above].tag == Tag::H1)
    }

    /// Whether a segment stands in a second article, or behind it.
    pub(crate) fn is_of_second(&self, segment: usize) -> bool {
        self.second.is_some_and(|second| segment >= second)
    }

    /// The believed marks around a segment.
    pub(crate) fn marks(&self, segment: usize) -> Marks {
        self.marks[segment]
    }

    /// Where a section that a segment opens must end: at the next element that is named for
    /// something else, or after so many segments.
    pub(crate) fn section_end(&self, heading: usize, most: usize) -> usize {
        let others = FOREIGN.without(self.marks[heading]);
        let end = self.marks.len().min((heading + 1).saturating_add(most));
        (heading + 1..end).find(|at| self.marks[*at].any(others)).unwrap_or(end)
    }

    /// Its elements.
    pub(crate) fn structure(&self) -> &'a Structure {
        self.structure
    }

    /// What a segment is worth to the article.
    pub(crate) fn worth(&self, segment: usize) -> f32 {
        self.worth[segment]
    }

    /// What the article's running text is worth.
    pub(crate) fn reading(&self) -> f32 {
        self.reading
    }

    /// What the page is, as far as it says.
    pub(crate) fn nature(&self) -> Nature {
        self.structure.nature
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
