//! What stands around a segment: its neighbours, and its place in the document.

use super::own::OWN;
use super::{Block, PROSE, SENTENCE, columns, distance, scale, share};
use crate::detect::View;
use crate::segment::Segment;

/// Of each neighbour these columns are seen.
const SEEN: &[&str] =
    &["words", "end", "first", "running", "capitalised", "said", "said_kind", "rules", "word_weights", "digits"];
/// The neighbours that are seen.
const OFFSETS: &[isize] = &[-3, -2, -1, 1, 2, 3];
/// No neighbour further than this is seen.
pub(super) const NEAR: usize = 3;

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
    before: &'s Before,
    all: &'s Surroundings<'s>,
}

columns! {
    PLACE, place(s: Place<'_>) {
        "from_start": scale(s.at as u32),
        "from_end": scale((s.all.len - s.at) as u32),
        "relative": share(s.at as u32, s.all.len as u32),
        "to_article": distance(s.at, s.all.article.0),
        "to_article_end": distance(s.at, s.all.article.1),
        "since_prose": scale(s.before.since_prose),
        "until_prose": scale(s.all.until[s.at].0),
        "prose_words_before": share(s.before.prose_words, s.all.whole.prose_words),
        "prose_before": scale(s.before.prose),
        "prose_behind": scale(s.all.whole.prose - s.all.before[s.at + 1].prose),
        "segments": s.all.of_whole[0],
        "all_prose_words": s.all.of_whole[1],
        "share_prose": s.all.of_whole[2],
        "share_sure": s.all.of_whole[3],
        "share_ended": s.all.of_whole[4],
        "mean_words": s.all.of_whole[5],
        "said_before": s.all.said_around(s.at, -8, -1),
        "said_behind": s.all.said_around(s.at, 1, 8),
        "gap_behind": u8::from(s.all.segments.get(s.at + 1).is_none_or(|next| next.after_gap)),
        "share_gaps": s.all.of_whole[6],
        "since_sure": scale(s.before.since_sure),
        "until_sure": scale(s.all.until[s.at].1),
    }
}

/// What stands before a segment.
#[derive(Clone, Copy)]
struct Before {
    /// Words of running text, and paragraphs of it.
    prose_words: u32,
    prose: u32,
    /// The sum of how sure rules and detectors are.
    said: u32,
    /// How many segments stand between it and the last one of running text, and the last sure one.
    since_prose: u32,
    since_sure: u32,
}

/// A document, as its segments see it around them.
pub(super) struct Surroundings<'s> {
    segments: &'s [Segment],
    own: Vec<[u8; OWN.len()]>,
    len: usize,
    /// First segment of the article, and one past its last.
    article: (usize, usize),
    /// For each segment, and for the end of the document.
    before: Vec<Before>,
    /// The last of them.
    whole: Before,
    /// How many segments stand between one and the next of running text, and the next sure one.
    until: Vec<(u32, u32)>,
    /// Columns that are the same in all rows.
    of_whole: [u8; 7],
}

/// Rules and detectors this sure, in hundredths, are a landmark.
const SURE: u8 = 85;
/// What stands for the way to a landmark that is not there, but for the segments before the end.
const FAR: u32 = 1000;

impl<'s> Surroundings<'s> {
    pub(super) fn new(view: &View<'s>, own: Vec<[u8; OWN.len()]>, running: &[u8]) -> Self {
        let len = view.len();
        let segments = view.segments();
        let said = |at: usize| own[at][const { position("said") }];
        let is_prose = |at: usize| running[at] & PROSE > 0;
        let is_sure = |at: usize| said(at) >= SURE;
        let (mut gaps, mut words, mut sure, mut ended) = (0, 0u32, 0, 0);
        let mut whole = Before { prose_words: 0, prose: 0, said: 0, since_prose: FAR, since_sure: FAR };
        let mut before = Vec::with_capacity(len + 1);
        for (at, segment) in segments.iter().enumerate() {
            before.push(whole);
            let (is_prose, is_sure) = (is_prose(at), is_sure(at));
            if is_prose && !is_sure {
                whole.prose_words += segment.shape.words.min(200);
                whole.prose += 1;
            }
            whole.said += u32::from(said(at));
            whole.since_prose = if is_prose { 0 } else { whole.since_prose + 1 };
            whole.since_sure = if is_sure { 0 } else { whole.since_sure + 1 };
            gaps += u32::from(segment.after_gap);
            words = words.saturating_add(segment.shape.words);
            sure += u32::from(is_sure);
            ended += u32::from(running[at] & SENTENCE);
        }
        before.push(whole);
        let mut until = vec![(0, 0); len];
        let (mut until_prose, mut until_sure) = (FAR, FAR);
        for at in (0..len).rev() {
            until[at] = (until_prose, until_sure);
            until_prose = if is_prose(at) { 0 } else { until_prose + 1 };
            until_sure = if is_sure(at) { 0 } else { until_sure + 1 };
        }
        let count = len as u32;
        let of_whole = [
            scale(count),
            scale(whole.prose_words),
            share(whole.prose, count),
            share(sure, count),
            share(ended, count),
            scale(words / count.max(1)),
            share(gaps, count),
        ];
        let article = (view.layout.start, view.layout.end);
        Self { segments, own, len, article, before, whole, until, of_whole }
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
        let place = place(Place { at, before: &self.before[at], all: self });
        block.put(lane, OWN.len() + OFFSETS.len() * SEEN.len(), &place);
    }

    /// How sure rules and detectors are of the segments around one, in the mean.
    fn said_around(&self, at: usize, from: isize, to: isize) -> u8 {
        let start = at.saturating_add_signed(from).min(self.len);
        let end = at.saturating_add_signed(to + 1).min(self.len);
        let said = || self.before[end].said - self.before[start].said;
        if start >= end { NOBODY } else { (said() / (end - start) as u32) as u8 }
    }
}
