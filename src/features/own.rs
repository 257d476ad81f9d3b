//! The segment itself.

use rustc_hash::FxHashMap;

use super::{Said, centred, columns, scale, share};
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
        "running": u8::from(s.shape.is_sentence()) + 2 * u8::from(s.shape.is_prose()),
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
        "colons": s.signs.colons.min(8),
        "bars": s.signs.bars.min(8),
        "at": s.signs.at.min(4),
        "slashes": s.signs.slashes.min(8),
        "brackets": s.signs.brackets.min(8),
        "quotes": s.signs.quotes.min(8),
        "numbers": s.signs.numbers.min(12),
        "dashes": s.signs.dashes.min(8),
        "odd": s.signs.odd.min(16),
        "after_gap": u8::from(s.after_gap),
        "joined": u8::from(s.joined),
    }
}

/// Signs of a segment, counted at both its ends if it is long.
#[derive(Clone, Copy, Default)]
struct Signs {
    colons: u8,
    bars: u8,
    at: u8,
    slashes: u8,
    brackets: u8,
    quotes: u8,
    numbers: u8,
    dashes: u8,
    odd: u8,
}

/// So many bytes from either end are looked at.
const LOOK: usize = 96;

fn signs(folded: &[u8]) -> Signs {
    let mut signs = Signs::default();
    let mut count = |bytes: &[u8]| {
        for byte in bytes {
            let sign = match byte {
                b'a'..=b'z' | b' ' | 0x80.. => continue,
                b':' => &mut signs.colons,
                b'|' | b'>' | b'*' => &mut signs.bars,
                b'@' => &mut signs.at,
                b'/' | b'\\' => &mut signs.slashes,
                b'(' | b'[' | b'{' => &mut signs.brackets,
                b'"' => &mut signs.quotes,
                b'#' => &mut signs.numbers,
                b'-' => &mut signs.dashes,
                b',' | b'.' | b'\'' | b')' | b']' => continue,
                _ => &mut signs.odd,
            };
            *sign = sign.saturating_add(1);
        }
    };
    if folded.len() <= 2 * LOOK {
        count(folded);
    } else {
        count(&folded[..LOOK]);
        count(&folded[folded.len() - LOOK..]);
    }
    signs
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

/// The rows of all segments.
pub(super) fn of_all(view: &View<'_>, said: &[Said], words: &[(i32, i32)]) -> Vec<[u8; OWN.len()]> {
    let vocabulary = Vocabulary::new(view, said);
    let title = Title::new(view, said);
    let often = often(view);
    (0..view.len())
        .map(|at| {
            let segment = view.segment(at);
            let is_settled = view.is_settled(at);
            own(&Own {
                shape: &segment.shape,
                said: said[at],
                surety: (view.surety(at) * 100.0) as u8,
                signs: if is_settled { Signs::default() } else { signs(view.folded(at).as_bytes()) },
                words: words[at],
                often: often[at],
                known: if is_settled { (0, 0) } else { vocabulary.known(view, at) },
                title: if is_settled { (0, 0) } else { title.shared(view.folded(at)) },
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
    let mut counts: FxHashMap<&str, u8> = FxHashMap::default();
    let is_short = |at: &usize| view.shape(*at).words <= LONGEST;
    for at in (0..view.len()).filter(is_short) {
        let count = counts.entry(view.folded(at)).or_default();
        *count = count.saturating_add(1);
    }
    (0..view.len())
        .map(|at| if is_short(&at) { counts.get(view.folded(at)).copied().unwrap_or(1) } else { 1 })
        .collect()
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '#').filter(|word| word.len() > 1)
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
                let count = &mut counts[Self::slot(word)];
                *count = count.saturating_add(1);
                seen += 1;
            }
        }
        Self { counts, counted }
    }

    fn slot(word: &str) -> usize {
        let hash = super::hashed::hash(7, word.as_bytes());
        (hash ^ hash >> 13) as usize % SLOTS
    }

    /// The shares of a segment's words that other running text has, and has often.
    fn known(&self, view: &View<'_>, at: usize) -> (u8, u8) {
        let own = u8::from(self.counted[at]);
        let (mut all, mut known, mut often) = (0, 0, 0);
        for word in words_of(view.folded(at)).take(OF_ONE) {
            let count = self.counts[Self::slot(word)].saturating_sub(own);
            all += 1;
            known += u32::from(count > 0);
            often += u32::from(count >= FREQUENT);
        }
        (share(known, all), share(often, all))
    }
}

/// The words of the title.
struct Title {
    slots: Vec<u32>,
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
        let mut slots: Vec<u32> =
            words_of(&folded).take(30).map(|word| super::hashed::hash(3, word.as_bytes())).collect();
        slots.sort_unstable();
        slots.dedup();
        Self { slots }
    }

    fn shared(&self, folded: &str) -> (u8, u8) {
        if self.slots.is_empty() {
            return (0, 0);
        }
        let (mut all, mut shared) = (0, 0);
        for word in words_of(folded).take(OF_ONE) {
            all += 1;
            shared += u32::from(self.slots.binary_search(&super::hashed::hash(3, word.as_bytes())).is_ok());
        }
        (share(shared, all), share(shared, self.slots.len() as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_counted_at_both_ends_of_a_long_line() {
        let short = signs(b"photo: # | (ap) / me@x");
        assert_eq!(
            (short.colons, short.numbers, short.bars, short.brackets, short.slashes, short.at),
            (1, 1, 1, 1, 1, 1)
        );
        let long = format!(": {}:{} |", "a".repeat(LOOK), "a".repeat(LOOK));
        let long = signs(long.as_bytes());
        assert_eq!((long.colons, long.bars), (1, 1), "what is in the middle is not looked at");
    }

    #[test]
    fn first_and_last_characters_fall_into_classes_in_any_script() {
        assert_eq!((first('A'), first('a'), first('Ж'), first('新'), first('7'), first('•')), (4, 5, 4, 6, 2, 3));
        assert_eq!((last('.'), last('。'), last('?'), last('”'), last('x'), last('7')), (7, 7, 6, 8, 4, 2));
    }
}
