//! What the learned judge sees of a segment: small numbers, each from 0 to 255.
//!
//! A row is the segment itself ([`own`]), its place in the document, the same of its neighbours
//! ([`around`]) and, of a page, its place among the elements ([`page`]). Nothing in it is a word of a
//! language: wording comes in by what the rules found and by two tables of learned weights over hashed
//! words and hashed names of elements ([`hashed`]).
//!
//! Everything is rounded to a small integer.

mod around;
mod block;
pub(crate) mod hashed;
mod own;
mod page;
mod words;

use crate::Kind;
use crate::detect::View;
use crate::text::Shape;
pub(crate) use block::{Block, LANES};

/// What rules and detectors say of a segment, joined.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Said {
    /// How sure they are that it is not body, in hundredths.
    pub(crate) sure: u8,
    /// What they call it.
    pub(crate) kind: Option<Kind>,
    /// Whether the kind is only guessed by the place.
    pub(crate) guesses: bool,
}

/// The weights that words and names have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weights<'m> {
    /// By bucket of a word.
    pub(crate) words: &'m [i8],
    /// By bucket of a name of an element.
    pub(crate) names: &'m [i8],
}

/// The rows of a document, one for each segment that is to be judged.
#[derive(Debug)]
pub(crate) struct Rows {
    /// The segments, in order.
    pub(crate) segments: Vec<u32>,
    /// The values, row by row.
    pub(crate) values: Vec<u8>,
}

/// The columns that texts have, and pages have first.
pub(crate) const WIDTH_OF_TEXT: usize = own::OWN.len() + around::WIDTH;

/// The names of the columns of a text, or of a page, in order.
pub(crate) fn names(of_page: bool) -> Vec<String> {
    let mut names: Vec<String> = own::OWN.iter().map(|name| (*name).to_owned()).collect();
    names.extend(around::names());
    if of_page {
        names.extend(page::names());
    }
    names
}

/// A document, of which rows can be had.
pub(crate) struct Features<'v> {
    judged: Vec<u32>,
    around: around::Surroundings<'v>,
    page: Option<page::Areas<'v>>,
}

impl<'v> Features<'v> {
    pub(crate) fn new(view: &'v View<'v>, said: &'v [Said], weights: Weights<'_>) -> Self {
        let running: Vec<u8> = view.segments().iter().map(|segment| running(&segment.shape)).collect();
        let is_judged = |at: &usize| !view.is_settled(*at) && !is_clear(view, said, &running, *at);
        let judged: Vec<u32> = (0..view.len()).filter(is_judged).map(|at| at as u32).collect();
        let own = own::of_all(view, said, &judged, weights.words);
        Self {
            judged,
            around: around::Surroundings::new(view, own, &running),
            page: view.page.as_ref().map(|page| page::Areas::new(view, page, weights.names)),
        }
    }

    /// The segments that are to be judged, in order.
    pub(crate) fn judged(&self) -> &[u32] {
        &self.judged
    }

    /// How many columns a row has.
    pub(crate) fn width(&self) -> usize {
        WIDTH_OF_TEXT + if self.page.is_some() { page::WIDTH } else { 0 }
    }

    /// Fills a block with the rows of these segments, [`LANES`] at most.
    pub(crate) fn fill(&self, segments: &[u32], block: &mut Block) {
        for (lane, at) in segments.iter().map(|at| *at as usize).enumerate() {
            self.around.put(at, lane, block);
            if let Some(page) = &self.page {
                page.put(at, lane, block);
            }
        }
    }

    /// All rows.
    pub(crate) fn rows(&self) -> Rows {
        let mut block = Block::new(self.width());
        let mut values = Vec::with_capacity(self.judged.len() * self.width());
        for segments in self.judged.chunks(LANES) {
            self.fill(segments, &mut block);
            (0..segments.len()).for_each(|lane| values.extend(block.row(lane)));
        }
        Rows { segments: self.judged.clone(), values }
    }
}

/// Whether a paragraph of a text is body beyond doubt: running text beside running text, within the
/// article, of which nobody says anything. A quarter of all lines, with three fifths of the words; of the
/// junk lines that the judge would cut, fewer than one in a thousand are among them, so it is not asked.
fn is_clear(view: &View<'_>, said: &[Said], running: &[u8], at: usize) -> bool {
    /// More than this, in hundredths, is said of it.
    const SUSPECT: u8 = 30;
    let is_running = |at: usize| running.get(at).is_some_and(|running| *running > 0);
    view.page.is_none()
        && said[at].sure <= SUSPECT
        && (view.layout.start..view.layout.end).contains(&at)
        && running[at] & PROSE > 0
        && (at > 0 && is_running(at - 1) || is_running(at + 1))
}

/// Whether a segment is a sentence, and whether it is running text.
fn running(shape: &Shape) -> u8 {
    SENTENCE * u8::from(shape.is_sentence()) + PROSE * u8::from(shape.is_prose())
}

const SENTENCE: u8 = 1;
const PROSE: u8 = 2;

/// A count as a small number: exact below eight, then four steps to each doubling.
pub(crate) fn scale(count: u32) -> u8 {
    if count < 8 {
        return count as u8;
    }
    let exponent = 31 - count.leading_zeros();
    let step = count >> (exponent - 2) & 3;
    (8 + (exponent - 3) * 4 + step).min(127) as u8
}

/// How far one index is from another, with its sign: 128 is nothing.
pub(crate) fn distance(from: usize, to: usize) -> u8 {
    if from <= to { 128 + scale((to - from) as u32) } else { 128 - scale((from - to) as u32) }
}

/// A share, in 64ths.
pub(crate) fn share(part: u32, whole: u32) -> u8 {
    match part.checked_mul(64) {
        // Most shares are none at all.
        _ if part == 0 || whole == 0 => 0,
        Some(parts) => (parts / whole).min(64) as u8,
        None => (u64::from(part) * 64 / u64::from(whole)).min(64) as u8,
    }
}

/// A value around zero: 128 is zero.
pub(crate) fn centred(value: i32) -> u8 {
    (value + 128).clamp(0, 255) as u8
}

/// Defines columns: their names, and the function that fills them.
macro_rules! columns {
    ($(#[$about:meta])* $names:ident, $fill:ident($with:ident: $type:ty) { $($name:literal: $value:expr,)* }) => {
        $(#[$about])*
        pub(super) const $names: &[&str] = &[$($name,)*];

        fn $fill($with: $type) -> [u8; $names.len()] {
            [$($value,)*]
        }
    };
}
pub(crate) use columns;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_grows_and_stays_small() {
        assert!((0..4096).map(scale).is_sorted());
        assert!((0..32).map(|bit| scale(1 << bit)).chain([scale(u32::MAX)]).all(|scaled| scaled <= 127));
        assert_eq!((scale(7), scale(8), scale(9), scale(10), scale(16)), (7, 8, 8, 9, 12));
        assert_eq!((distance(3, 3), distance(5, 3), distance(3, 5)), (128, 126, 130));
        assert_eq!((share(1, 2), share(5, 0), share(9, 9)), (32, 0, 64));
        assert_eq!((share(u32::MAX / 2, u32::MAX), share(u32::MAX, 1), share(0, 3)), (31, 64, 0));
    }
}
