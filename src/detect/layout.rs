//! Where the article lies in a document.
//!
//! The article is the stretch of segments with the most running text and the least of anything
//! else: prose counts for it by its words, short lines and what the rules are sure of count
//! against it, and the stretch of the highest sum wins. Lines before and behind it are judged by
//! other measures than lines inside it: of the lines of two to four words, nine in ten behind the
//! article are boilerplate, but only half of those inside.

use crate::segment::Segment;
use crate::text::EndMark;

/// The landmarks of a document that detectors measure places from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Index of the first segment of the article.
    pub(crate) start: usize,
    /// Index one past its last segment; equal to `start` if there is no running text.
    pub(crate) end: usize,
}

/// A long paragraph counts no more than this many words: one pasted page must not outweigh all.
const MOST_WORDS: u32 = 60;
/// What a line of one word counts against the article, in words of prose.
const LONE_WORD: f32 = 4.0;
/// A line of two to four words.
const SHORT_LINE: f32 = 3.0;
/// Any other line that is no sentence.
const LINE: f32 = 1.5;
/// A segment that a rule is sure of.
const NAMED: f32 = 8.0;
/// The same if it is of a kind that interrupts articles and prose follows it.
const INTERRUPTION: f32 = 4.0;

/// A paragraph at an edge that a rule is this sure of is not the article's.
const KNOWN: f32 = 0.6;

fn worth(segment: &Segment, next: Option<&Segment>, junk: f32, interrupts: bool) -> f32 {
    let shape = &segment.shape;
    if junk >= 0.85 {
        let goes_on = next.is_some_and(|n| n.shape.is_sentence() || n.shape.is_prose());
        return if interrupts && goes_on { -INTERRUPTION } else { -NAMED };
    }
    if shape.is_prose() || shape.is_sentence() {
        let words = shape.words.min(MOST_WORDS) as f32;
        return if junk >= 0.6 { 0.0 } else { words };
    }
    match shape.words {
        _ if shape.end == EndMark::Colon => 0.0,
        0 | 1 => -LONE_WORD,
        2..=4 => -SHORT_LINE,
        _ => -LINE,
    }
}

impl Layout {
    /// Finds the landmarks. `junk` holds, for each segment, how sure the rules are of it, and
    /// `interrupts` whether it is of a kind that stands in the midst of articles.
    pub(crate) fn of(segments: &[Segment], junk: &[f32], interrupts: &[bool]) -> Self {
        let mut best = (0.0, 0, 0);
        let (mut sum, mut start) = (0.0, 0);
        for (at, segment) in segments.iter().enumerate() {
            if sum <= 0.0 {
                (sum, start) = (0.0, at);
            }
            sum += worth(segment, segments.get(at + 1), junk[at], interrupts[at]);
            if sum > best.0 {
                best = (sum, start, at + 1);
            }
        }
        Self { start: best.1, end: best.2 }
    }

    /// The same without the paragraphs at either end that rules know, those included that only
    /// count at an edge: a biography behind the article is running text as well. `junk` holds, for
    /// each segment, how sure any rule is of it.
    pub(crate) fn without_edges(mut self, segments: &[Segment], junk: &[f32]) -> Self {
        /// More than so many at one end are rather the article itself.
        const MOST: usize = 5;
        let is_running = |at: &usize| segments[*at].shape.is_sentence() || segments[*at].shape.is_prose();
        for _ in 0..MOST {
            match (self.start..self.end).rfind(is_running) {
                Some(last) if junk[last] >= KNOWN && (self.start..last).any(|at| is_running(&at)) => self.end = last,
                _ => break,
            }
        }
        for _ in 0..MOST {
            match (self.start..self.end).find(is_running) {
                Some(first) if junk[first] >= KNOWN && (first + 1..self.end).any(|at| is_running(&at)) => {
                    self.start = first + 1
                }
                _ => break,
            }
        }
        self
    }

    /// Whether there is any running text.
    pub(crate) fn has_article(&self) -> bool {
        self.start < self.end
    }

    /// Whether the segment stands before the article.
    pub(crate) fn is_head(&self, segment: usize) -> bool {
        self.has_article() && segment < self.start
    }

    /// Whether the segment stands behind the article.
    pub(crate) fn is_tail(&self, segment: usize) -> bool {
        self.has_article() && segment >= self.end
    }
}
