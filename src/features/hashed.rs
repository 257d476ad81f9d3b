//! Words as numbers: hashed into buckets, each of which has a learned weight.
//!
//! Of a short line every word counts, of a long one the words at its ends; how long the line is, and
//! whether a word is its first or last, is part of the hash. In scripts without spaces pairs of
//! characters stand for words.

use std::ops::ControlFlow;

use super::words::{Words, words_of};
use crate::detect::View;
use crate::text::is_unspaced;

/// Buckets for words.
pub(crate) const WORD_BUCKETS: usize = 1 << 15;
/// Buckets for names of elements.
pub(crate) const NAME_BUCKETS: usize = 1 << 13;

/// Lines of more words are only looked at from both ends.
const WHOLE: u32 = 16;
/// So many words from each end.
const ENDS: usize = 3;

/// FNV-1a, 32 bits: short, and the same everywhere.
pub(crate) fn hash(seed: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(seed ^ BASIS, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(PRIME))
}

const BASIS: u32 = 0x811c_9dc5;
const PRIME: u32 = 0x0100_0193;

/// The seed of the hashes of words that are compared with words of the same document.
pub(super) const PLAIN: u32 = 7;

fn bucket(hash: u32, buckets: usize) -> u16 {
    // The low bits of this hash are the weakest.
    ((hash ^ hash >> 15) as usize % buckets) as u16
}

/// The bucket of a name.
pub(crate) fn name(seed: u32, word: &str) -> u16 {
    bucket(hash(seed, word.as_bytes()), NAME_BUCKETS)
}

/// Hashes a word with two seeds at once; and whether an apostrophe is in it.
fn hash_twice(seeds: [u32; 2], bytes: &[u8]) -> ([u32; 2], bool) {
    let (mut hashes, mut parted) = (seeds.map(|seed| seed ^ BASIS), false);
    for byte in bytes {
        hashes = hashes.map(|hash| (hash ^ u32::from(*byte)).wrapping_mul(PRIME));
        parted |= *byte == b'\'';
    }
    (hashes, parted)
}

/// Gives each bucket of the words of a segment to `each`.
pub(crate) fn word_buckets(view: &View<'_>, at: usize, each: impl FnMut(u16)) {
    buckets_and_words(view, at, each, |_| {});
}

/// The same; of a short line it gives the hashes of all words to `also`, and says so.
fn buckets_and_words(view: &View<'_>, at: usize, mut each: impl FnMut(u16), mut also: impl FnMut(u32)) -> bool {
    let (shape, folded) = (view.shape(at), view.folded(at));
    let length: u32 = match shape.words {
        0..=2 => 1,
        3..=5 => 2,
        6..=WHOLE => 3,
        _ => 4,
    };
    let mut add = |word: &[u8], edge: u32| each(bucket(hash(length << 4 | edge, word), WORD_BUCKETS));
    if shape.unspaced * 2 > shape.letters {
        pairs(folded, shape.words > WHOLE, &mut add);
        return false;
    }
    let mut words = Words::<true>::of(folded);
    if shape.words > WHOLE {
        let is_sign = |c: char| !c.is_alphanumeric() && c != '#' && c != '\'';
        let mut backwards = folded.rsplit(is_sign).filter(|word| !word.is_empty());
        for n in 0..ENDS {
            let (Some(first), Some(last)) = (words.next(), backwards.next()) else { break };
            add(first, if n == 0 { 1 } else { 3 });
            add(last.as_bytes(), if n == 0 { 2 } else { 4 });
        }
        return false;
    }
    let at_edge = |word: &[u8], edge: u32| bucket(hash(length << 4 | edge, word), WORD_BUCKETS);
    let mut last = None;
    for word in words {
        let ([with_length, plain], is_parted) = hash_twice([length << 4, PLAIN], word);
        each(bucket(with_length, WORD_BUCKETS));
        if is_parted {
            let parts = word.split(|byte| *byte == b'\'').filter(|part| part.len() > 1);
            parts.for_each(|part| also(hash(PLAIN, part)));
        } else if word.len() > 1 {
            also(plain);
        }
        if last.is_none() {
            each(at_edge(word, 1));
        }
        last = Some(word);
    }
    if let Some(word) = last {
        each(at_edge(word, 2));
    }
    true
}

/// The same of a script without spaces.
fn pairs(folded: &str, ends_only: bool, add: &mut impl FnMut(&[u8], u32)) {
    /// Pairs at either end of a long line.
    const AT_ENDS: usize = 6;
    let starts: Vec<usize> =
        folded.char_indices().filter(|(_, c)| c.is_alphanumeric() || is_unspaced(*c)).map(|(at, _)| at).collect();
    let count = starts.len().saturating_sub(1);
    for (n, pair) in starts.windows(2).enumerate() {
        let end = pair[1] + folded[pair[1]..].chars().next().map_or(0, char::len_utf8);
        if !ends_only || n < AT_ENDS || n + AT_ENDS >= count {
            add(&folded.as_bytes()[pair[0]..end], 0);
        }
        if n == 0 {
            add(&folded.as_bytes()[pair[0]..end], 1);
        }
        if n + 1 == count {
            add(&folded.as_bytes()[pair[0]..end], 2);
        }
    }
}

/// The sum of the weights of a segment's words, and the largest; nothing if there are no weights. The
/// hashes of its words, as [`words_of`] gives them, go to `each` until it has enough, if there is one.
pub(super) fn words(
    view: &View<'_>,
    at: usize,
    weights: &[i8],
    mut each: Option<impl FnMut(u32) -> ControlFlow<()>>,
) -> (i32, i32) {
    let (mut sum, mut most) = (0, None);
    let mut given = false;
    if !weights.is_empty() {
        let weigh = |bucket: u16| {
            let weight = i32::from(weights[usize::from(bucket)]);
            sum += weight;
            most = most.max(Some(weight));
        };
        given = match &mut each {
            Some(each) => buckets_and_words(view, at, weigh, |hash| {
                let _ = each(hash);
            }),
            None => buckets_and_words(view, at, weigh, |_| {}),
        };
    }
    if let (Some(each), false) = (&mut each, given) {
        let _ = words_of(view.folded(at)).try_for_each(|word| each(hash(PLAIN, word)));
    }
    (sum, most.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_that_training_knows() {
        // FNV-1a of "a" and of "foobar", as its authors give them.
        assert_eq!((hash(0, b"a"), hash(0, b"foobar")), (0xe40c_292c, 0xbf9c_f968));
        assert_ne!(name(1, "nav"), name(3, "nav"), "a tag is not a class of the same name");
    }

    #[test]
    fn two_hashes_at_once_are_those_of_each() {
        for word in ["", "a", "don't", "straße"] {
            let bytes = word.as_bytes();
            assert_eq!(hash_twice([3, PLAIN], bytes), ([hash(3, bytes), hash(PLAIN, bytes)], word.contains('\'')));
        }
    }

    #[test]
    fn pairs_of_characters_stand_for_words() {
        let mut found = Vec::new();
        pairs("新华社 。", false, &mut |pair, edge| found.push((String::from_utf8_lossy(pair).into_owned(), edge)));
        let expected = [("新华", 0), ("新华", 1), ("华社", 0), ("华社", 2)].map(|(pair, edge)| (pair.to_owned(), edge));
        assert_eq!(found, expected);
        let mut count = 0;
        pairs(&"新".repeat(400), true, &mut |_, _| count += 1);
        assert_eq!(count, 14, "of a long line the ends");
    }
}
