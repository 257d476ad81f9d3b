//! What stands around a segment: its neighbours, and its place in the document.

use super::own::OWN;
use super::{Block, columns, distance, scale, share};
use crate::detect::View;

/// Of each neighbour these columns are seen.
const SEEN: &[&str] =
    &["words", "end", "first", "running", "capitalised", "said", "said_kind", "rules", "word_weights", "digits"];
/// The neighbours that are seen.
const OFFSETS: &[isize] = &[-3, -2, -1, 1, 2, 3];

/// Where in a row of the segment itself the seen columns are.
const SEEN_AT: [usize; SEEN.len()] = {
    let mut places = [0; SEEN.len()];
    let mut n = 0;
    while n < SEEN.len() {
        places[n] = position(SEEN[n]);
        n += 1;
    }
    places
};

/// The place of a column of the segment itself; fails to compile if there is none.
const fn position(name: &str) -> usize {
    let mut at = 0;
    loop {
        if equal(OWN[at].as_bytes(), name.as_bytes()) {
            return at;
        }
        at += 1;
    }
}

const fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// What stands in the place of a neighbour that is not there.
const NOBODY: u8 = 255;

/// The columns that this module adds to a row.
pub(super) const WIDTH: usize = SEEN.len() * OFFSETS.len() + PLACE.len();

pub(super) fn names() -> impl Iterator<Item = String> {
    let of_neighbours = OFFSETS.iter().flat_map(|offset| SEEN.iter().map(move |name| format!("{name}{offset:+}")));
    of_neighbours.chain(PLACE.iter().map(|name| (*name).to_owned()))
}

/// The place of one segment in its document.
struct Place<'s> {
    at: usize,
    all: &'s Surroundings,
}

columns! {
    PLACE, place(s: Place<'_>) {
        "from_start": scale(s.at as u32),
        "from_end": scale((s.all.len - s.at) as u32),
        "relative": share(s.at as u32, s.all.len as u32),
        "to_article": distance(s.at, s.all.article.0),
        "to_article_end": distance(s.at, s.all.article.1),
        "since_prose": scale(s.all.since_prose[s.at]),
        "until_prose": scale(s.all.until_prose[s.at]),
        "prose_words_before": share(s.all.prose_words[s.at], s.all.prose_words[s.all.len]),
        "prose_before": scale(s.all.prose[s.at]),
        "prose_behind": scale(s.all.prose[s.all.len] - s.all.prose[s.at + 1]),
        "segments": scale(s.all.len as u32),
        "all_prose_words": scale(s.all.prose_words[s.all.len]),
        "share_prose": share(s.all.prose[s.all.len], s.all.len as u32),
        "share_sure": share(s.all.sure, s.all.len as u32),
        "share_ended": share(s.all.ended, s.all.len as u32),
        "mean_words": scale(s.all.words / s.all.len.max(1) as u32),
        "said_before": s.all.said_around(s.at, -8, -1),
        "said_behind": s.all.said_around(s.at, 1, 8),
        "gap_behind": u8::from(s.all.gaps.get(s.at + 1).copied().unwrap_or(true)),
        "share_gaps": share(s.all.gap_count, s.all.len as u32),
        "since_sure": scale(s.all.since_sure[s.at]),
        "until_sure": scale(s.all.until_sure[s.at]),
    }
}

/// A document, as its segments see it around them.
pub(super) struct Surroundings {
    own: Vec<[u8; OWN.len()]>,
    len: usize,
    /// First segment of the article, and one past its last.
    article: (usize, usize),
    since_prose: Vec<u32>,
    until_prose: Vec<u32>,
    since_sure: Vec<u32>,
    until_sure: Vec<u32>,
    /// Words of running text, and paragraphs of it, before each segment, and in all.
    prose_words: Vec<u32>,
    prose: Vec<u32>,
    /// Sums of how sure rules and detectors are, before each segment, and of all.
    said: Vec<u32>,
    gaps: Vec<bool>,
    gap_count: u32,
    words: u32,
    sure: u32,
    ended: u32,
}

/// Rules and detectors this sure, in hundredths, are a landmark.
const SURE: u8 = 85;

impl Surroundings {
    pub(super) fn new(view: &View<'_>, own: Vec<[u8; OWN.len()]>) -> Self {
        let len = view.len();
        let is_prose = |at: usize| view.shape(at).is_prose();
        let said = |at: usize| own[at][const { position("said") }];
        let is_sure = |at: usize| said(at) >= SURE;
        let sums = |of: &dyn Fn(usize) -> u32| {
            let mut sums = Vec::with_capacity(len + 1);
            let mut sum = 0;
            sums.push(sum);
            for at in 0..len {
                sum += of(at);
                sums.push(sum);
            }
            sums
        };
        let gaps: Vec<bool> = view.segments().iter().map(|s| s.after_gap).collect();
        Self {
            len,
            article: (view.layout.start, view.layout.end),
            since_prose: since(len, is_prose),
            until_prose: until(len, is_prose),
            since_sure: since(len, is_sure),
            until_sure: until(len, is_sure),
            prose_words: sums(&|at| if is_prose(at) && !is_sure(at) { view.shape(at).words.min(200) } else { 0 }),
            prose: sums(&|at| u32::from(is_prose(at) && !is_sure(at))),
            said: sums(&|at| u32::from(said(at))),
            gap_count: gaps.iter().filter(|gap| **gap).count() as u32,
            gaps,
            words: view.segments().iter().map(|s| s.shape.words).fold(0, u32::saturating_add),
            sure: (0..len).filter(|at| is_sure(*at)).count() as u32,
            ended: (0..len).filter(|at| view.shape(*at).is_sentence()).count() as u32,
            own,
        }
    }

    /// Puts a segment and what stands around it into its row.
    pub(super) fn put(&self, at: usize, lane: usize, block: &mut Block) {
        block.put(lane, 0, &self.own[at]);
        for (n, offset) in OFFSETS.iter().enumerate() {
            let seen = match at.checked_add_signed(*offset).and_then(|neighbour| self.own.get(neighbour)) {
                Some(own) => SEEN_AT.map(|column| own[column]),
                None => [NOBODY; SEEN.len()],
            };
            block.put(lane, OWN.len() + n * SEEN.len(), &seen);
        }
        block.put(lane, OWN.len() + OFFSETS.len() * SEEN.len(), &place(Place { at, all: self }));
    }

    /// How sure rules and detectors are of the segments around one, in the mean.
    fn said_around(&self, at: usize, from: isize, to: isize) -> u8 {
        let start = at.saturating_add_signed(from).min(self.len);
        let end = at.saturating_add_signed(to + 1).min(self.len);
        if start >= end { NOBODY } else { ((self.said[end] - self.said[start]) / (end - start) as u32) as u8 }
    }
}

/// For each segment, how many stand between it and the one before that is such.
fn since(len: usize, is_such: impl Fn(usize) -> bool) -> Vec<u32> {
    let mut since = 1000;
    let step = |at| {
        let before = since;
        since = if is_such(at) { 0 } else { since + 1 };
        before
    };
    (0..len).map(step).collect()
}

/// The same for the one behind it.
fn until(len: usize, is_such: impl Fn(usize) -> bool) -> Vec<u32> {
    let mut until = since(len, |at| is_such(len - 1 - at));
    until.reverse();
    until
}
