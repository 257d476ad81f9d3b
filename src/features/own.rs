//! The segment itself.

use std::ops::ControlFlow;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::around::NEAR;
use super::hashed::{self, PLAIN, hash};
use super::words::words_of;
use super::{Said, centred, columns, running, scale, share};
use crate::Kind;
use crate::detect::View;
use crate::text::{EndMark, Shape};

/// What is known of one segment.
struct Own<'a> {
    shape: &'a Shape,
    said: Said,
    /// How sure the rules alone are, in hundredths.
    surety: u8,
    signs: Signs,
    words: (i32, i32),
    /// How often the line stands in the document.
    often: u8,
    /// Shares of its words that the document's running text has as well, and has often.
    known: (u8, u8),
    /// Shares of its words that the title has, and of the title's words that it has.
    title: (u8, u8),
    after_gap: bool,
    joined: bool,
}

columns! {
    /// The columns of the segment itself.
    OWN, own(s: &Own<'_>) {
        "words": scale(s.shape.words),
        "chars": scale(s.shape.chars),
        "word_length": (s.shape.chars * 4 / s.shape.words.max(1)).min(120) as u8,
        "capitalised": share(s.shape.capitalised, s.shape.capitalised + s.shape.lower),
        "upper": share(s.shape.upper, s.shape.letters),
        "digits": share(s.shape.digits, s.shape.chars),
        "letters": share(s.shape.letters, s.shape.chars),
        "commas": share(s.shape.commas * 4, s.shape.words),
        "sentences": scale(s.shape.sentences),
        "unspaced": share(s.shape.unspaced, s.shape.letters),
        "end": end(s.shape),
        "first": first(s.shape.first),
        "last": last(s.shape.last),
        "running": running(s.shape),
        "said": s.said.sure,
        "said_kind": s.said.kind.map_or(0, |kind| kind as u8 + 1),
        "said_by_place": u8::from(s.said.guesses),
        "rules": s.surety,
        "word_weights": centred(s.words.0 / 4),
        "word_most": centred(s.words.1),
        "often": s.often,
        "known": s.known.0,
        "known_often": s.known.1,
        "of_title": s.title.0,
        "title_of": s.title.1,
        "colons": s.signs.count(Signs::COLONS, 8),
        "bars": s.signs.count(Signs::BARS, 8),
        "at": s.signs.count(Signs::AT, 4),
        "slashes": s.signs.count(Signs::SLASHES, 8),
        "brackets": s.signs.count(Signs::BRACKETS, 8),
        "quotes": s.signs.count(Signs::QUOTES, 8),
        "numbers": s.signs.count(Signs::NUMBERS, 12),
        "dashes": s.signs.count(Signs::DASHES, 8),
        "odd": s.signs.count(Signs::ODD, 16),
        "after_gap": u8::from(s.after_gap),
        "joined": u8::from(s.joined),
    }
}

/// How often signs stand in both halves of a segment, at its ends if it is long. Each number of a half has
/// seven bits, so that one addition counts any sign.
#[derive(Clone, Copy, Default)]
struct Signs([u64; 2]);

/// So many bytes from either end are looked at.
const LOOK: usize = 96;

impl Signs {
    const COLONS: u32 = 0;
    const BARS: u32 = 7;
    const AT: u32 = 14;
    const SLASHES: u32 = 21;
    const BRACKETS: u32 = 28;
    const QUOTES: u32 = 35;
    const NUMBERS: u32 = 42;
    const DASHES: u32 = 49;
    const ODD: u32 = 56;

    /// What each byte adds.
    const OF_BYTE: [u64; 256] = {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < table.len() {
            table[byte] = match byte as u8 {
                b'a'..=b'z' | b' ' | 0x80.. | b',' | b'.' | b'\'' | b')' | b']' => 0,
                b':' => 1 << Self::COLONS,
                b'|' | b'>' | b'*' => 1 << Self::BARS,
                b'@' => 1 << Self::AT,
                b'/' | b'\\' => 1 << Self::SLASHES,
                b'(' | b'[' | b'{' => 1 << Self::BRACKETS,
                b'"' => 1 << Self::QUOTES,
                b'#' => 1 << Self::NUMBERS,
                b'-' => 1 << Self::DASHES,
                _ => 1 << Self::ODD,
            };
            byte += 1;
        }
        table
    };

    fn of(folded: &[u8]) -> Self {
        let half = LOOK.min(folded.len() / 2);
        let rest = LOOK.min(folded.len() - half);
        let halves = [&folded[..half], &folded[folded.len() - rest..]];
        Self(halves.map(|half| half.iter().map(|byte| Self::OF_BYTE[usize::from(*byte)]).sum()))
    }

    fn count(self, sign: u32, most: u8) -> u8 {
        let [first, second] = self.0.map(|half| (half >> sign & 127) as u8);
        (first + second).min(most)
    }
}

fn end(shape: &Shape) -> u8 {
    match shape.end {
        EndMark::None => 0,
        EndMark::Colon => 1,
        EndMark::Open => 2,
        EndMark::Ellipsis => 3,
        EndMark::Sentence => 4,
    }
}

fn first(c: char) -> u8 {
    match c {
        _ if c.is_numeric() => 2,
        _ if c.is_uppercase() => 4,
        _ if c.is_lowercase() => 5,
        _ if c.is_alphabetic() => 6,
        '"' | '“' | '„' | '«' | '»' | '‘' | '\'' | '「' | '『' => 7,
        '(' | '[' | '{' | '（' | '【' => 1,
        '-' | '–' | '—' | '•' | '·' | '*' | '●' | '▪' | '■' => 3,
        _ => 0,
    }
}

fn last(c: char) -> u8 {
    match c {
        _ if c.is_numeric() => 2,
        _ if c.is_alphabetic() => 4,
        '.' | '。' | '।' | '۔' => 7,
        '?' | '？' | '؟' => 6,
        '!' | '！' => 5,
        '"' | '”' | '“' | '»' | '«' | '’' | '\'' | '」' | '』' => 8,
        ')' | ']' | '}' | '）' | '】' => 3,
        ':' | '：' => 1,
        _ => 0,
    }
}

/// The columns of all segments. Of those that are not judged only what their neighbours see is right.
pub(super) fn of_all(view: &View<'_>, said: &[Said], judged: &[u32], weights: &[i8]) -> Vec<[u8; OWN.len()]> {
    let vocabulary = Vocabulary::new(view, said);
    let title = Title::new(view, said);
    let often = often(view);
    // The next segment that is judged, and the one before it.
    let mut next = judged.iter().map(|at| *at as usize).peekable();
    let mut before = None;
    (0..view.len())
        .map(|at| {
            let segment = view.segment(at);
            let is_judged = next.next_if_eq(&at).is_some();
            if is_judged {
                before = Some(at);
            }
            let is_near = |other: usize| other.abs_diff(at) <= NEAR;
            let is_seen = before.is_some_and(is_near) || next.peek().copied().is_some_and(is_near);
            let mut known = Known { vocabulary: &vocabulary, title: &title, at, counts: [0; 4] };
            let words = match (is_judged, is_seen && !view.is_settled(at)) {
                (true, _) => hashed::words(view, at, weights, Some(|hash| known.add(hash))),
                (_, true) => hashed::words(view, at, weights, NO_ONE),
                _ => (0, 0),
            };
            own(&Own {
                shape: &segment.shape,
                said: said[at],
                surety: (view.surety(at) * 100.0) as u8,
                signs: if is_judged { Signs::of(view.folded(at).as_bytes()) } else { Signs::default() },
                words,
                often: often[at],
                known: known.shares(),
                title: known.shares_of_title(),
                after_gap: segment.after_gap,
                joined: segment.joined,
            })
        })
        .collect()
}

/// How often each short line stands in the document.
fn often(view: &View<'_>) -> Vec<u8> {
    /// Longer lines hardly recur.
    const LONGEST: u32 = 12;
    // Of each line the first segment that it is; there the count of it is kept.
    let mut firsts: FxHashMap<&str, u32> = FxHashMap::with_capacity_and_hasher(view.len(), FxBuildHasher);
    let mut counts = vec![1u8; view.len()];
    let mut again = Vec::new();
    for at in (0..view.len()).filter(|at| view.shape(*at).words <= LONGEST) {
        let first = *firsts.entry(view.folded(at)).or_insert(at as u32) as usize;
        if first != at {
            counts[first] = counts[first].saturating_add(1);
            again.push((at, first));
        }
    }
    for (at, first) in again {
        counts[at] = counts[first];
    }
    counts
}

/// The words of the running text: what the article is about, and the small words of its language,
/// whichever it is.
struct Vocabulary {
    counts: Vec<u8>,
    /// For each segment, whether its own words are among them.
    counted: Vec<bool>,
}

/// Buckets of the vocabulary.
const SLOTS: usize = 1 << 12;
/// Words of running text that are looked at.
const SAMPLE: usize = 800;
/// Of a segment so many.
const OF_ONE: usize = 24;
/// A word this frequent is rather one of the language than of the subject.
const FREQUENT: u8 = 4;

impl Vocabulary {
    fn new(view: &View<'_>, said: &[Said]) -> Self {
        let (mut counts, mut counted) = (vec![0u8; SLOTS], vec![false; view.len()]);
        let mut seen = 0;
        let all = if view.layout.has_article() { view.layout.start..view.layout.end } else { 0..view.len() };
        for at in all {
            if seen >= SAMPLE {
                break;
            }
            if !view.shape(at).is_prose() || said[at].sure >= 70 {
                continue;
            }
            counted[at] = true;
            for word in words_of(view.folded(at)).take(SAMPLE - seen) {
                let count = &mut counts[slot(hash(PLAIN, word))];
                *count = count.saturating_add(1);
                seen += 1;
            }
        }
        Self { counts, counted }
    }
}

/// What of a segment's words is known.
struct Known<'v> {
    vocabulary: &'v Vocabulary,
    title: &'v Title,
    at: usize,
    /// Words, those that other running text has, those that it has often, and those that the title has.
    counts: [u32; 4],
}

impl Known<'_> {
    /// Adds a word; breaks if it was one too many.
    fn add(&mut self, hash: u32) -> ControlFlow<()> {
        if self.counts[0] as usize >= OF_ONE {
            return ControlFlow::Break(());
        }
        let own = u8::from(self.vocabulary.counted[self.at]);
        let count = self.vocabulary.counts[slot(hash)].saturating_sub(own);
        self.counts[0] += 1;
        self.counts[1] += u32::from(count > 0);
        self.counts[2] += u32::from(count >= FREQUENT);
        self.counts[3] += u32::from(self.title.has(hash));
        ControlFlow::Continue(())
    }

    /// The shares that other running text has, and has often.
    fn shares(&self) -> (u8, u8) {
        let [all, known, often, _] = self.counts;
        (share(known, all), share(often, all))
    }

    /// The share that the title has, and the share of the title that it is.
    fn shares_of_title(&self) -> (u8, u8) {
        let [all, .., of_title] = self.counts;
        (share(of_title, all), share(of_title, self.title.hashes.len() as u32))
    }
}

/// Nobody wants the hashes of a segment's words.
const NO_ONE: Option<fn(u32) -> ControlFlow<()>> = None;

fn slot(hash: u32) -> usize {
    (hash ^ hash >> 13) as usize % SLOTS
}

/// The words of the title.
struct Title {
    /// Their hashes, sorted.
    hashes: Vec<u32>,
    /// A bit for each of the last six bits that the hashes have: most words are told from them by it.
    sieve: u64,
}

impl Title {
    fn new(view: &View<'_>, said: &[Said]) -> Self {
        let mut folded = String::new();
        match view.hints.title.as_deref() {
            Some(title) => crate::text::fold(title, &mut folded),
            None => {
                let is_title = |at: &usize| said[*at].kind == Some(Kind::Title) && said[*at].sure >= 70;
                let title = (0..view.len()).filter(is_title).max_by_key(|at| said[*at].sure);
                folded.push_str(title.map_or("", |at| view.folded(at)));
            }
        }
        let mut hashes: Vec<u32> = words_of(&folded).take(30).map(|word| hash(PLAIN, word)).collect();
        hashes.sort_unstable();
        hashes.dedup();
        let sieve = hashes.iter().fold(0, |sieve, hash| sieve | 1 << (hash % u64::BITS));
        Self { hashes, sieve }
    }

    fn has(&self, hash: u32) -> bool {
        self.sieve >> (hash % u64::BITS) & 1 == 1 && self.hashes.binary_search(&hash).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_counted_at_both_ends_of_a_long_line() {
        let short = Signs::of(b"photo: # | (ap) / me@x");
        let found = [Signs::COLONS, Signs::NUMBERS, Signs::BARS, Signs::BRACKETS, Signs::SLASHES, Signs::AT];
        assert_eq!(found.map(|sign| short.count(sign, 8)), [1; 6]);
        assert_eq!([Signs::QUOTES, Signs::DASHES, Signs::ODD].map(|sign| short.count(sign, 8)), [0; 3]);
        let long = format!(": {}:{} |", "a".repeat(LOOK), "a".repeat(LOOK));
        let long = Signs::of(long.as_bytes());
        let found = [long.count(Signs::COLONS, 8), long.count(Signs::BARS, 8)];
        assert_eq!(found, [1, 1], "what is in the middle is not looked at");
        let full = Signs::of("%".repeat(3 * LOOK).as_bytes());
        assert_eq!((full.count(Signs::ODD, 255), full.count(Signs::DASHES, 255)), (192, 0), "none overflows");
    }

    #[test]
    fn first_and_last_characters_fall_into_classes_in_any_script() {
        assert_eq!((first('A'), first('a'), first('Ж'), first('新'), first('7'), first('•')), (4, 5, 4, 6, 2, 3));
        assert_eq!((last('.'), last('。'), last('?'), last('”'), last('x'), last('7')), (7, 7, 6, 8, 4, 2));
    }
}
