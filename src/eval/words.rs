//! Texts as words: what counts as one, and how many two texts share.
//!
//! A word is what Python's `\w+` finds: a run of letters (`L*`), numbers (`N*`) and underscores. Rust's
//! `\w` also takes combining marks, which would make other words of Thai, Hindi or decomposed accents,
//! and so figures that cannot be compared.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashMap;

static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[\p{L}\p{N}_]+").expect("the pattern is sound"));

/// How many words a shingle has.
const SHINGLE: usize = 4;

/// How many words a text has.
pub(super) fn count(text: &str) -> usize {
    WORD.find_iter(text).count()
}

/// The words of a text as numbers, with the ends of its lines.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) numbers: Vec<u32>,
    /// For each line of the text that has words, where they end in `numbers`.
    ends: Vec<usize>,
}

impl Words {
    /// The words of each line that has any.
    pub(super) fn lines(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.numbers[start..*end])
    }
}

/// Numbers for words: the same word, the same number, from 0.
#[derive(Debug, Default)]
pub(super) struct Vocabulary<'t>(FxHashMap<&'t str, u32>);

impl<'t> Vocabulary<'t> {
    pub(super) fn words(&mut self, text: &'t str) -> Words {
        let mut words = Words::default();
        for line in text.split('\n') {
            let before = words.numbers.len();
            for word in WORD.find_iter(line) {
                let next = u32::try_from(self.0.len()).expect("fewer words than bytes in memory");
                words.numbers.push(*self.0.entry(word.as_str()).or_insert(next));
            }
            if words.numbers.len() > before {
                words.ends.push(words.numbers.len());
            }
        }
        words
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// How many words both have, as multisets.
pub(super) fn shared_words(a: &Words, b: &Words) -> usize {
    shared(a.numbers.clone(), b.numbers.clone())
}

/// The runs of four words, each as one number; of a text of fewer words the one run there is.
fn shingles(words: &[u32]) -> Vec<u128> {
    let join = |run: &[u32]| {
        // No word has the number that fills up: a short run is like no other.
        let filled = run.iter().copied().chain(std::iter::repeat(u32::MAX)).take(SHINGLE);
        filled.fold(0, |all, word| all << 32 | u128::from(word))
    };
    if words.is_empty() {
        return Vec::new();
    }
    if words.len() < SHINGLE { vec![join(words)] } else { words.windows(SHINGLE).map(join).collect() }
}

/// Precision and recall of runs of four words; `None` where there are no runs to take a share of.
/// Two texts without words are alike.
pub(super) fn shingle_shares(pred: &Words, truth: &Words) -> (Option<f64>, Option<f64>) {
    let (pred, truth) = (shingles(&pred.numbers), shingles(&truth.numbers));
    if pred.is_empty() && truth.is_empty() {
        return (Some(1.0), Some(1.0));
    }
    let (in_pred, in_truth) = (pred.len(), truth.len());
    let both = shared(pred, truth);
    (super::share(both, in_pred), super::share(both, in_truth))
}

/// How many elements both have, as multisets.
fn shared<T: Ord>(mut a: Vec<T>, mut b: Vec<T>) -> usize {
    a.sort_unstable();
    b.sort_unstable();
    let (mut i, mut j, mut both) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, both) = (i + 1, j + 1, both + 1),
        }
    }
    both
}

/// The text with every run of white space as one space, and none at its ends. Python's white space:
/// with the four separators of ASCII, which Unicode does not count.
pub(super) fn squeeze(text: &str) -> Cow<'_, str> {
    let is_space = |c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c);
    let mut words = text.split(is_space).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    words.fold(Cow::Borrowed(first), |all, word| {
        let mut all = all.into_owned();
        all.push(' ');
        all.push_str(word);
        Cow::Owned(all)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        WORD.find_iter(text).map(|word| word.as_str()).collect()
    }

    #[test]
    fn words_are_those_of_python() {
        // As `re.findall(r"\w+", text)` gives them.
        assert_eq!(found("don't_stop ½ x²"), ["don", "t_stop", "½", "x²"]);
        assert_eq!(found("cafe\u{301} हिन्दी"), ["cafe", "ह", "न", "द"]);
        assert_eq!(found("Ⓐ Ⅳ 〇 ٣ 你好"), ["Ⅳ", "〇", "٣", "你好"]);
        assert_eq!(found("a\u{200b}b\u{ad}c"), ["a", "b", "c"]);
        assert_eq!(found(&"İΣΑΣ".to_lowercase()), ["i", "σας"]);
    }

    #[test]
    fn white_space_is_that_of_python() {
        assert_eq!(squeeze(" a \n\t b\u{a0}\u{1c}c\u{85}"), "a b c");
        assert_eq!(squeeze(" a\u{200b} "), "a\u{200b}");
        assert_eq!(squeeze(" \n"), "");
    }

    #[test]
    fn shingles_are_counted_as_often_as_they_stand() {
        let shares = |pred: &'static str, truth: &'static str| {
            let mut vocabulary = Vocabulary::default();
            let (pred, truth) = (vocabulary.words(pred), vocabulary.words(truth));
            shingle_shares(&pred, &truth)
        };
        assert_eq!(shares("", ""), (Some(1.0), Some(1.0)));
        assert_eq!(shares("", "a"), (None, Some(0.0)));
        assert_eq!(shares("a b", ""), (Some(0.0), None));
        assert_eq!(shares("a b", "a b"), (Some(1.0), Some(1.0)));
        assert_eq!(shares("a b", "a b c"), (Some(0.0), Some(0.0)), "short runs are whole texts");
        // a b c d, b c d e; of which the truth has the first twice.
        assert_eq!(shares("a b c d e", "a b c d a b c d"), (Some(0.5), Some(0.2)));
        assert_eq!(shares("A b c d", "a b c d"), (Some(0.0), Some(0.0)), "capitals count");
    }

    #[test]
    fn lines_without_words_are_none() {
        let mut vocabulary = Vocabulary::default();
        let words = vocabulary.words("a b\n\n--\nb c\n");
        assert_eq!(words.lines().collect::<Vec<_>>(), [&[0, 1][..], &[1, 2]]);
    }
}
