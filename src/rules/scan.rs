//! Finds thousands of literals in one pass over folded text: in ASCII, at the beginnings of words
//! and marks only.
//!
//! An Aho-Corasick automaton over all of them has a table far beyond the caches and was the
//! dearest part of a whole run. Literals of rules begin where a word or a mark begins, so it is
//! enough to look there: sieves over the first two and the first four bytes reject most words at
//! once, and comparing eight bytes as one number settles most of the rest.

use crate::text::{lower_in, lower_run};

/// Literals, ready to be found.
#[derive(Debug)]
pub(super) struct Literals {
    /// Those of one byte, by that byte.
    single: Table,
    /// A bit for each ASCII byte that is such.
    singles: u128,
    /// Those of two and three bytes, by their first two.
    brief: Table,
    /// The hashes of their first two bytes.
    brief_beginnings: Sieve,
    /// Those of four to seven bytes, by their first four.
    four: Table,
    four_beginnings: Sieve,
    /// The others, by their first eight.
    eight: Table,
    eight_beginnings: Sieve,
    /// The hashes of the first four bytes of these two.
    long_beginnings: Sieve,
    literals: Vec<Box<str>>,
}

/// A set of hashes, some sixteen bits for each: small enough for those in use to stay in the
/// innermost cache together.
#[derive(Debug)]
struct Sieve {
    bits: Box<[u64]>,
    shift: u32,
}

impl Sieve {
    fn new(hashes: &[u16]) -> Self {
        let size = (hashes.len() * 16).next_power_of_two().clamp(64, 1 << 16);
        let mut sieve = Self { bits: vec![0; size / 64].into(), shift: 16 - size.ilog2() };
        for hash in hashes {
            let bit = hash >> sieve.shift;
            sieve.bits[usize::from(bit >> 6)] |= 1 << (bit & 63);
        }
        sieve
    }

    #[inline]
    fn holds(&self, hash: u16) -> bool {
        let bit = hash >> self.shift;
        self.bits[usize::from(bit >> 6)] & 1 << (bit & 63) != 0
    }
}

/// Literals by the hash of their beginning.
#[derive(Debug)]
struct Table {
    /// For each bucket of hashes, where its entries begin.
    starts: Box<[u32]>,
    shift: u32,
    entries: Box<[Entry]>,
}

/// One literal: the first eight bytes of a text that it matches, and which of them count.
#[derive(Clone, Copy, Debug)]
struct Entry {
    value: u64,
    mask: u64,
    number: u32,
}

impl Table {
    fn new(mut hashed: Vec<(u16, Entry)>) -> Self {
        hashed.sort_by_key(|(hash, entry)| (*hash, entry.number));
        // About one entry a bucket: comparing it costs less than another cache line.
        let size = hashed.len().next_power_of_two().clamp(2, 1 << 16);
        let shift = 16 - size.ilog2();
        let mut starts = vec![0u32; size + 1];
        for (hash, _) in &hashed {
            starts[usize::from(hash >> shift) + 1] += 1;
        }
        for n in 1..starts.len() {
            starts[n] += starts[n - 1];
        }
        let entries = hashed.into_iter().map(|(_, entry)| entry).collect();
        Self { starts: starts.into(), shift, entries }
    }

    /// The literals whose first eight bytes fit `head`, which has this hash.
    #[inline]
    fn get(&self, hash: u16, head: u64) -> impl Iterator<Item = u32> {
        let bucket = usize::from(hash >> self.shift);
        let entries = &self.entries[self.starts[bucket] as usize..self.starts[bucket + 1] as usize];
        entries.iter().filter(move |e| head & e.mask == e.value).map(|e| e.number)
    }
}

/// The eight bytes of a text from `at` on as a number; bytes beyond its end are zero, which no
/// literal holds.
#[inline]
fn head(bytes: &[u8], at: usize) -> u64 {
    if let Some(eight) = bytes[at..].first_chunk() {
        return u64::from_le_bytes(*eight);
    }
    let missing = at + 8 - bytes.len();
    if let Some(eight) = bytes.last_chunk() {
        return u64::from_le_bytes(*eight) >> (missing * 8);
    }
    let mut eight = [0; 8];
    eight[..8 - missing].copy_from_slice(&bytes[at..]);
    u64::from_le_bytes(eight)
}

fn hash_single(head: u64) -> u16 {
    (head as u16) << 8
}

fn hash_brief(head: u64) -> u16 {
    (((head & 0xffff) as u32).wrapping_mul(0x9e37_79b1) >> 16) as u16
}

fn hash_four(head: u64) -> u16 {
    ((head as u32).wrapping_mul(0x9e37_79b1) >> 16) as u16
}

fn hash_eight(head: u64) -> u16 {
    (head.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as u16
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
        let literals: Vec<Box<str>> = literals.map(Into::into).collect();
        let (mut single, mut brief, mut four, mut eight) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut singles = 0u128;
        let mut long = Vec::new();
        for (number, literal) in literals.iter().enumerate() {
            let value = head(literal.as_bytes(), 0);
            let mask = if literal.len() >= 8 { u64::MAX } else { (1 << (literal.len() * 8)) - 1 };
            let entry = Entry { value, mask, number: number as u32 };
            match literal.len() {
                0 | 1 => {
                    singles |= 1 << (value & 0x7f);
                    single.push((hash_single(value), entry));
                }
                2 | 3 => brief.push((hash_brief(value), entry)),
                4..8 => four.push((hash_four(value), entry)),
                _ => eight.push((hash_eight(value), entry)),
            }
            if literal.len() >= 4 {
                long.push(hash_four(value));
            }
        }
        let hashes = |hashed: &[(u16, Entry)]| hashed.iter().map(|(hash, _)| *hash).collect::<Vec<_>>();
        Self {
            singles,
            single: Table::new(single),
            brief_beginnings: Sieve::new(&hashes(&brief)),
            four_beginnings: Sieve::new(&hashes(&four)),
            eight_beginnings: Sieve::new(&hashes(&eight)),
            long_beginnings: Sieve::new(&long),
            brief: Table::new(brief),
            four: Table::new(four),
            eight: Table::new(eight),
            literals,
        }
    }

    /// Calls `found` with the number and the place of each literal in `text`.
    pub(super) fn find(&self, text: &str, mut found: impl FnMut(usize, usize)) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let begin = at;
            let class = CLASS[usize::from(bytes[at])];
            if matches!(class, Class::Space | Class::Continuation) {
                at += 1;
                continue;
            }
            let head = head(bytes, at);
            if self.may_begin(head) {
                self.find_at(head, bytes, at, &mut found);
            }
            if class == Class::Word {
                at += lower_in(head).max(1);
                if at == begin + 8 {
                    at += lower_run(&bytes[at..]);
                }
                // What most often follows.
                at += usize::from(bytes.get(at) == Some(&b' '));
                continue;
            }
            at += 1;
            // Other scripts write articles and prepositions as one with their word, or
            // put no space between words at all: look at every letter. What follows in
            // ASCII still belongs to the word.
            if class == Class::Lead {
                while at < bytes.len() && CLASS[usize::from(bytes[at])] == Class::Continuation {
                    at += 1;
                }
                at += lower_run(&bytes[at..]);
            }
        }
    }

    /// Whether a literal may begin with `head`: of most words this is all that is looked at.
    #[inline]
    fn may_begin(&self, head: u64) -> bool {
        self.brief_beginnings.holds(hash_brief(head))
            || self.long_beginnings.holds(hash_four(head))
            || self.has_single(head)
    }

    #[inline]
    fn has_single(&self, head: u64) -> bool {
        head & 0x80 == 0 && self.singles >> (head & 0x7f) & 1 == 1
    }

    fn find_at(&self, head: u64, bytes: &[u8], at: usize, found: &mut impl FnMut(usize, usize)) {
        if self.has_single(head) {
            self.single.get(hash_single(head), head).for_each(|number| found(number as usize, at));
        }
        let hash = hash_brief(head);
        if self.brief_beginnings.holds(hash) {
            self.brief.get(hash, head).for_each(|number| found(number as usize, at));
        }
        let hash = hash_four(head);
        if !self.long_beginnings.holds(hash) {
            return;
        }
        if self.four_beginnings.holds(hash) {
            self.four.get(hash, head).for_each(|number| found(number as usize, at));
        }
        let hash = hash_eight(head);
        if self.eight_beginnings.holds(hash) {
            for number in self.eight.get(hash, head) {
                if bytes[at + 8..].starts_with(&self.literals[number as usize].as_bytes()[8..]) {
                    found(number as usize, at);
                }
            }
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
