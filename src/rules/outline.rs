//! What a text must have for a pattern to match, read off the pattern itself.
//!
//! The rules say which literals lead to a pattern, but those are often words of any text: "for",
//! "by". To run a pattern means to wait for its states, which are out of the caches, and the first
//! time to compile it; to look at the text's first and last letters, and for a literal that no match
//! can be without, costs a tenth of that and settles most trials.

use std::ops::RangeInclusive;

use aho_corasick::packed::{Config, Searcher};
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// More literals than this take longer to be found than they spare.
const MOST: usize = 32;
/// So likely, as [`chance`] puts it, literals are not worth looking for: one of a single byte, eight
/// of two.
const LIKELY: f32 = 0.125;

/// The outline of a pattern.
#[derive(Debug)]
pub(super) struct Outline {
    /// The lengths, in bytes, of its matches.
    lengths: RangeInclusive<usize>,
    /// How a text with a match begins and ends.
    begins: Pairs,
    ends: Pairs,
    /// Finds one of the literals that every match has.
    needed: Option<Searcher>,
}

/// How a text begins and ends, for [`Outline::fits`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Edges {
    begin: [u8; 2],
    end: [u8; 2],
}

impl Edges {
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let first = bytes.iter().position(|b| is_word(*b)).unwrap_or(bytes.len());
        let at = |n: usize| bytes.get(n).copied().unwrap_or(0);
        Self {
            begin: [at(first), at(first + 1)],
            end: [at(bytes.len().wrapping_sub(2)), at(bytes.len().wrapping_sub(1))],
        }
    }
}

/// Patterns skip what is no word before they begin.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b'_')
}

/// A set of pairs of bytes, by their hashes.
#[derive(Debug)]
struct Pairs([u64; 4]);

impl Pairs {
    const ALL: Self = Self([u64::MAX; 4]);

    fn bit([a, b]: [u8; 2]) -> (usize, u64) {
        let hash = u16::from_le_bytes([a, b]).wrapping_mul(0x9e37) >> 8;
        (usize::from(hash >> 6), 1 << (hash & 63))
    }

    fn add(&mut self, pair: [u8; 2]) {
        let (word, bit) = Self::bit(pair);
        self.0[word] |= bit;
    }

    fn has(&self, pair: [u8; 2]) -> bool {
        let (word, bit) = Self::bit(pair);
        self.0[word] & bit != 0
    }
}

impl Outline {
    /// Of a pattern that is only tried on texts with one of the literals `known`, if there are any.
    pub(super) fn new(pattern: &Hir, known: &[String]) -> Self {
        let properties = pattern.properties();
        let parts = match pattern.kind() {
            HirKind::Concat(parts) => parts.as_slice(),
            _ => &[],
        };
        Self {
            lengths: properties.minimum_len().unwrap_or(0)..=properties.maximum_len().unwrap_or(usize::MAX),
            begins: begins(parts).unwrap_or(Pairs::ALL),
            ends: ends(parts).unwrap_or(Pairs::ALL),
            needed: rarest(pattern, known).and_then(Set::searcher),
        }
    }

    /// Of a pattern that may match anything.
    pub(super) fn unknown() -> Self {
        Self { lengths: 0..=usize::MAX, begins: Pairs::ALL, ends: Pairs::ALL, needed: None }
    }

    /// Whether a text could hold a match; `whole` if that has to be all of it.
    pub(super) fn fits(&self, text: &str, edges: Edges, whole: bool) -> bool {
        self.begins.has(edges.begin)
            && self.ends.has(edges.end)
            && (!whole || self.lengths.contains(&text.len()))
            && self.needed.as_ref().is_none_or(|needed| needed.find(text).is_some())
    }
}

/// The first two bytes, from its first word, of a text that a pattern of these parts matches.
fn begins(parts: &[Hir]) -> Option<Pairs> {
    let (first, rest) = parts.split_first()?;
    let skipped = rest.iter().take_while(|part| is_between_words(part)).count();
    let literals = literals(&rest[skipped..], ExtractKind::Prefix)?;
    let is_start = *first.kind() == HirKind::Look(Look::Start);
    let mut pairs = Pairs([0; 4]);
    for literal in &literals {
        match literal[..] {
            [a, b, ..] if is_word(a) => pairs.add([a, b]),
            [a] if is_word(a) => (0..=u8::MAX).for_each(|b| pairs.add([a, b])),
            _ => return None,
        }
    }
    is_start.then_some(pairs)
}

/// The last two bytes of a text that a pattern of these parts matches.
fn ends(parts: &[Hir]) -> Option<Pairs> {
    let (last, rest) = parts.split_last()?;
    if *last.kind() != HirKind::Look(Look::End) {
        return None;
    }
    let mut pairs = Pairs([0; 4]);
    for literal in &literals(rest, ExtractKind::Suffix)? {
        match literal[..] {
            [.., a, b] => pairs.add([a, b]),
            [b] => (0..=u8::MAX).for_each(|a| pairs.add([a, b])),
            [] => return None,
        }
    }
    Some(pairs)
}

/// With one of which all that these parts match begins or ends.
fn literals(parts: &[Hir], kind: ExtractKind) -> Option<Vec<Vec<u8>>> {
    let mut extractor = Extractor::new();
    extractor.kind(kind).limit_literal_len(2).limit_class(40).limit_total(1000);
    let literals = extractor.extract(&Hir::concat(parts.to_vec()));
    Some(literals.literals()?.iter().map(|literal| literal.as_bytes().to_vec()).collect())
}

/// Whether it matches only what [`Edges`] skips.
fn is_between_words(part: &Hir) -> bool {
    let HirKind::Repetition(repetition) = part.kind() else { return false };
    let skips = |start: u32, end: u32| !(start..=end.min(0x7f)).any(|c| is_word(c as u8));
    match repetition.sub.kind() {
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().all(|range| skips(range.start().into(), range.end().into()))
        }
        HirKind::Class(Class::Unicode(class)) => {
            class.iter().all(|range| skips(range.start().into(), range.end().into()))
        }
        _ => false,
    }
}

/// Literals, and the chance that a text holds one of them.
struct Set {
    literals: Vec<Box<[u8]>>,
    chance: f32,
}

impl Set {
    fn searcher(self) -> Option<Searcher> {
        if self.chance >= LIKELY {
            return None;
        }
        Config::new().only_teddy(true).builder().extend(self.literals).build()
    }
}

/// The literals, one of which is in every match of `pattern`, that a text is least likely to hold.
fn rarest(pattern: &Hir, known: &[String]) -> Option<Set> {
    match pattern.kind() {
        HirKind::Literal(literal) => Some(Set { chance: chance(&literal.0, known), literals: vec![literal.0.clone()] }),
        HirKind::Capture(capture) => rarest(&capture.sub, known),
        HirKind::Repetition(repetition) if repetition.min > 0 => rarest(&repetition.sub, known),
        HirKind::Concat(parts) => {
            parts.iter().filter_map(|part| rarest(part, known)).min_by(|a, b| a.chance.total_cmp(&b.chance))
        }
        HirKind::Alternation(ways) => {
            let mut all = Set { literals: Vec::new(), chance: 0.0 };
            for way in ways {
                let set = rarest(way, known)?;
                all.literals.extend(set.literals);
                all.chance += set.chance;
            }
            all.literals.sort_unstable();
            all.literals.dedup();
            (all.literals.len() <= MOST).then_some(all)
        }
        _ => None,
    }
}

/// About how likely a text is to hold a literal. One that is known to be there, or is but the end of
/// one, says nothing.
fn chance(literal: &[u8], known: &[String]) -> f32 {
    let literal = literal.trim_ascii();
    let rest = known.iter().map(|known| known.trim().as_bytes()).filter_map(|known| {
        let is_known = memchr::memmem::find(known, literal).is_some();
        let goes_on = memchr::memmem::find(literal, known).is_some();
        (is_known || goes_on).then(|| literal.len().saturating_sub(known.len()))
    });
    0.125f32.powi(rest.min().unwrap_or(literal.len()) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(pattern: &str) -> Hir {
        regex_syntax::parse(pattern).expect("a pattern")
    }

    #[test]
    fn the_rarest_literals_are_looked_for() {
        let literals = |pattern: &str, known: &str| -> Option<Vec<String>> {
            let set = rarest(&parse(pattern), &[known.to_owned()]).filter(|set| set.chance < LIKELY)?;
            Some(set.literals.iter().map(|literal| String::from_utf8_lossy(literal).into_owned()).collect())
        };
        let some = |literals: &[&str]| Some(literals.iter().map(|l| l.to_string()).collect());
        assert_eq!(literals(r"^\w+ for (?:the )?\w+ (?:times|post)$", "for "), some(&["post", "times"]));
        assert_eq!(literals(r"^(?:seen|(?:in the )?press)?$", "x"), None);
        assert_eq!(literals(r"^(?:more from .+|latest .+)$", "latest"), None);
        assert_eq!(literals(r"^(?:photos?: .+)+$", "x"), some(&["photo"]));
        assert_eq!(literals(r"^by .{2,}$", "by"), None);
    }

    #[test]
    fn edges_are_told_from_the_pattern() {
        let fits = |pattern: &str, text: &str| {
            let outline = Outline::new(&parse(pattern), &["o".to_owned()]);
            outline.fits(text, Edges::of(text), false)
        };
        let pattern = r"^[^\w#]*(?:(?:the )?latest|#) .+ (?:news|posts?)[.!]?$";
        for text in ["» the latest o news", "latest o post!", "# o posts"] {
            assert!(fits(pattern, text), "{text}");
        }
        for text in ["a latest o news", "latest o views", "", "–"] {
            assert!(!fits(pattern, text), "{text}");
        }
        // Nothing can be told of these.
        assert!(fits(r"^\W*(?:\(c\)|by) o", "a (c) o"));
        assert!(fits(r"^by o|o$", "a o"));
    }
}
