//! Finds thousands of literals in one pass over folded text: in ASCII, at the beginnings of words
//! and marks only.
//!
//! An Aho-Corasick automaton over all of them has a table far beyond the caches and was the
//! dearest part of a whole run. Literals of rules begin where a word or a mark begins, so it is
//! enough to look there: sieves over the first two, four and eight bytes reject most words at once,
//! and a hash finds the few literals worth comparing.

use rustc_hash::FxHashMap;

/// Literals, ready to be found.
#[derive(Debug)]
pub(super) struct Literals {
    /// Those of fewer than four bytes, by their first byte.
    brief: Vec<Vec<u32>>,
    /// One bit for each pair of bytes that a brief literal can begin with. The sieves fit the
    /// innermost cache together.
    brief_sieve: Sieve,
    /// The others, by their first four or eight bytes.
    four: FxHashMap<u32, Vec<u32>>,
    four_sieve: Sieve,
    eight: FxHashMap<u64, Vec<u32>>,
    eight_sieve: Sieve,
    literals: Vec<Box<str>>,
}

/// A set of numbers below 65,536.
#[derive(Debug)]
struct Sieve(Box<[u64; 1024]>);

impl Sieve {
    fn new() -> Self {
        Self(Box::new([0; 1024]))
    }

    fn insert(&mut self, n: u16) {
        self.0[usize::from(n >> 6)] |= 1 << (n & 63);
    }

    fn holds(&self, n: u16) -> bool {
        self.0[usize::from(n >> 6)] & 1 << (n & 63) != 0
    }
}

fn hash_four(key: u32) -> u16 {
    (key.wrapping_mul(0x9e37_79b1) >> 16) as u16
}

fn hash_eight(key: u64) -> u16 {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as u16
}

fn first_four(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|c| u32::from_le_bytes(*c))
}

fn first_eight(bytes: &[u8]) -> Option<u64> {
    bytes.first_chunk().map(|c| u64::from_le_bytes(*c))
}

/// What a byte is to the search for beginnings.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Word,
    Mark,
    Lead,
    Continuation,
}

const CLASS: [Class; 256] = {
    let mut table = [Class::Mark; 256];
    let mut b = 0;
    while b < 256 {
        table[b] = match b as u8 {
            b' ' => Class::Space,
            b'a'..=b'z' | b'#' => Class::Word,
            0x80..=0xbf => Class::Continuation,
            0xc0.. => Class::Lead,
            _ => Class::Mark,
        };
        b += 1;
    }
    table
};

impl Literals {
    /// Indexes `literals`, none of which is empty or begins with a space.
    pub(super) fn new<'l>(literals: impl Iterator<Item = &'l str>) -> Self {
        let mut all = Self {
            brief: vec![Vec::new(); 256],
            brief_sieve: Sieve::new(),
            four: FxHashMap::default(),
            four_sieve: Sieve::new(),
            eight: FxHashMap::default(),
            eight_sieve: Sieve::new(),
            literals: literals.map(Into::into).collect(),
        };
        for (n, literal) in all.literals.iter().enumerate() {
            let bytes = literal.as_bytes();
            if let Some(key) = first_eight(bytes) {
                all.eight.entry(key).or_default().push(n as u32);
                all.eight_sieve.insert(hash_eight(key));
            } else if let Some(key) = first_four(bytes) {
                all.four.entry(key).or_default().push(n as u32);
                all.four_sieve.insert(hash_four(key));
            } else {
                all.brief[usize::from(bytes[0])].push(n as u32);
                match bytes.get(1) {
                    Some(second) => all.brief_sieve.insert(u16::from_le_bytes([bytes[0], *second])),
                    None => (0..=255).for_each(|second| all.brief_sieve.insert(u16::from_le_bytes([bytes[0], second]))),
                }
            }
        }
        all
    }

    /// Calls `found` with the number and the place of each literal in `text`.
    pub(super) fn find(&self, text: &str, mut found: impl FnMut(usize, usize)) {
        let mut in_word = false;
        for (at, byte) in text.bytes().enumerate() {
            let was_in_word = in_word;
            match CLASS[usize::from(byte)] {
                Class::Word => {
                    in_word = true;
                    if was_in_word {
                        continue;
                    }
                }
                Class::Space => {
                    in_word = false;
                    continue;
                }
                Class::Mark => in_word = false,
                Class::Continuation => continue,
                // Other scripts write articles and prepositions as one with their word, or
                // put no space between words at all: look at every letter.
                Class::Lead => in_word = true,
            }
            self.find_at(&text.as_bytes()[at..], at, &mut found);
        }
    }

    #[inline]
    fn find_at(&self, rest: &[u8], at: usize, found: &mut impl FnMut(usize, usize)) {
        let mut compare = |candidates: Option<&Vec<u32>>| {
            for n in candidates.into_iter().flatten() {
                if rest.starts_with(self.literals[*n as usize].as_bytes()) {
                    found(*n as usize, at);
                }
            }
        };
        let pair = u16::from_le_bytes([rest[0], rest.get(1).copied().unwrap_or(0)]);
        if self.brief_sieve.holds(pair) {
            compare(self.brief.get(usize::from(rest[0])));
        }
        let Some(key) = first_four(rest) else { return };
        if self.four_sieve.holds(hash_four(key)) {
            compare(self.four.get(&key));
        }
        let Some(key) = first_eight(rest) else { return };
        if self.eight_sieve.holds(hash_eight(key)) {
            compare(self.eight.get(&key));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_found_where_words_begin() {
        let words = ["a", "by", "photo", "photograph by", "(afp", "广告", "фото:", "ad"];
        let literals = Literals::new(words.into_iter());
        let find = |text: &str| {
            let mut found = Vec::new();
            literals.find(text, |n, at| found.push((words[n], at)));
            found.sort_unstable();
            found
        };
        assert_eq!(find("photographs"), [("photo", 0)]);
        assert_eq!(find("a photograph by"), [("a", 0), ("by", 13), ("photo", 2), ("photograph by", 2)]);
        assert_eq!(find("telephoto"), []);
        assert_eq!(find("x(afp) ad"), [("(afp", 1), ("a", 2), ("a", 7), ("ad", 7)]);
        assert_eq!(find("这是广告。"), [("广告", 6)]);
        assert_eq!(find("телефото: фото:"), [("фото:", 8), ("фото:", 18)]);
    }
}
