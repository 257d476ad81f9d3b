//! ROUGE-LSum: how much of the reference's lines, word by word in order, stands in the body's lines.
//!
//! For each line of the reference, the longest common subsequence (LCS) with every line of the body is
//! taken; the words of the line that are in any of them are its hits (the *union* LCS of Lin 2004). A word
//! counts no more often than either text has it, as in ROUGE 1.5.5. Of several equally long subsequences
//! the one is taken that a walk back through the table of lengths finds when it prefers a match, then the
//! step to a shorter reference, so that figures agree with the `rouge-score` package, given the same words.
//!
//! The table of lengths is never made. Neighbours in a column differ by 0 or 1, so a column is a row of
//! bits, and the next one follows from it with a few operations on 64 words at a time (Hyyrö 2004). The walk
//! needs no more than those bits.

use super::words::Words;

/// How many 64-bit words of columns are held at a time (32 MB): texts of one endless line are gone through
/// in blocks.
const HELD: usize = 4 << 20;

/// The F1 of precision and recall. Two texts without words are alike.
pub(super) fn lsum_f1(pred: &Words, truth: &Words, vocabulary: usize) -> f64 {
    lsum_f1_in(pred, truth, vocabulary, HELD)
}

#[expect(clippy::cast_precision_loss, reason = "counts of words")]
fn lsum_f1_in(pred: &Words, truth: &Words, vocabulary: usize, held: usize) -> f64 {
    let words = pred.numbers.len() + truth.numbers.len();
    if words == 0 {
        return 1.0;
    }
    let mut left_in_pred = counts(pred, vocabulary);
    let mut left_in_truth = counts(truth, vocabulary);
    let mut scratch = Scratch { last: vec![NONE; vocabulary], held, ..Scratch::default() };
    let mut hits = 0;
    for line in truth.lines() {
        scratch.begin(line);
        pred.lines().for_each(|other| scratch.mark_common(line.len(), other));
        for (at, &word) in line.iter().enumerate() {
            let word = word as usize;
            if scratch.hits[at] && left_in_pred[word] > 0 && left_in_truth[word] > 0 {
                left_in_pred[word] -= 1;
                left_in_truth[word] -= 1;
                hits += 1;
            }
        }
        scratch.end(line);
    }
    // 2PR/(P+R) with P = hits/pred and R = hits/truth.
    2.0 * f64::from(hits) / words as f64
}

fn counts(words: &Words, vocabulary: usize) -> Vec<u32> {
    let mut counts = vec![0; vocabulary];
    words.numbers.iter().for_each(|word| counts[*word as usize] += 1);
    counts
}

const NONE: u32 = u32::MAX;

/// A word of the body's line that the reference's line has, too.
#[derive(Clone, Copy)]
struct Step {
    /// Its last place in the line.
    last: u32,
    /// Words follow it that the reference's line does not have.
    gap: bool,
}

#[derive(Default)]
struct Scratch {
    /// For each word of the vocabulary its last place in the line, if it has one.
    last: Vec<u32>,
    /// For each place of the line the one before it that has the same word, if there is one.
    before: Vec<u32>,
    /// Which places of the line are in some LCS.
    hits: Vec<bool>,
    /// The bits of a word's places. A table of all words would be quadratic in the length of a line.
    mask: Vec<u64>,
    steps: Vec<Step>,
    /// Columns of a block: a bit is 0 where the length grows.
    columns: Vec<u64>,
    /// The column before each block.
    starts: Vec<u64>,
    held: usize,
}

impl Scratch {
    /// Takes a line of the reference.
    fn begin(&mut self, line: &[u32]) {
        self.mask.clear();
        self.mask.resize(line.len().div_ceil(64), 0);
        self.hits.clear();
        self.hits.resize(line.len(), false);
        self.before.clear();
        for (&word, place) in line.iter().zip(0..) {
            self.before.push(std::mem::replace(&mut self.last[word as usize], place));
        }
    }

    fn end(&mut self, line: &[u32]) {
        line.iter().for_each(|word| self.last[*word as usize] = NONE);
    }

    /// Marks the LCS with a line of the body.
    fn mark_common(&mut self, len: usize, other: &[u32]) {
        self.steps.clear();
        for &word in other {
            match self.last[word as usize] {
                NONE => self.steps.last_mut().into_iter().for_each(|step| step.gap = true),
                last => self.steps.push(Step { last, gap: false }),
            }
        }
        let (steps, width) = (self.steps.len(), self.mask.len());
        let block = if steps * width <= self.held { steps } else { steps.isqrt() };
        if steps == 0 {
            return;
        }
        self.starts.clear();
        self.starts.resize(width, u64::MAX);
        let mut column = vec![u64::MAX; width];
        // The last block's end is the start of none.
        for at in 0..(steps - 1) / block * block {
            self.advance(&mut column, at);
            if (at + 1) % block == 0 {
                self.starts.extend_from_slice(&column);
            }
        }
        let mut place = len;
        for (number, first) in (0..steps).step_by(block).enumerate().rev() {
            column.copy_from_slice(&self.starts[number * width..][..width]);
            self.columns.clear();
            let last = steps.min(first + block);
            for at in first..last {
                self.advance(&mut column, at);
                self.columns.extend_from_slice(&column);
            }
            for at in (first..last).rev() {
                let (step, column) = (self.steps[at], &self.columns[(at - first) * width..][..width]);
                if step.gap {
                    place = last_bit(place, |word| !column[word]);
                }
                // The last place of the word, then the last where the length grows.
                let mut same = step.last;
                while same != NONE && same as usize >= place {
                    same = self.before[same as usize];
                }
                let same = if same == NONE { 0 } else { same as usize + 1 };
                place = same.max(last_bit(place, |word| !column[word]));
                if place == 0 {
                    return;
                }
                if place == same {
                    self.hits[place - 1] = true;
                    place -= 1;
                }
            }
        }
    }

    /// One column on, M being the places of the step's word: `V' = (V + (V & M)) | (V & !M)`.
    fn advance(&mut self, column: &mut [u64], step: usize) {
        self.each_place(step, |mask, bit| *mask |= bit);
        let mut carry = false;
        for (v, m) in column.iter_mut().zip(&self.mask) {
            let (sum, over) = v.overflowing_add(*v & m);
            let (sum, more) = sum.overflowing_add(u64::from(carry));
            carry = over || more;
            *v = sum | (*v & !m);
        }
        self.each_place(step, |mask, bit| *mask &= !bit);
    }

    fn each_place(&mut self, step: usize, what: impl Fn(&mut u64, u64)) {
        let mut place = self.steps[step].last;
        while place != NONE {
            what(&mut self.mask[place as usize / 64], 1 << (place % 64));
            place = self.before[place as usize];
        }
    }
}

/// The last place, from 1, at or before `place` whose bit is set; 0 if there is none.
fn last_bit(place: usize, word: impl Fn(usize) -> u64) -> usize {
    let mut end = place;
    while end > 0 {
        let at = (end - 1) / 64;
        let bits = word(at) & (u64::MAX >> (63 - (end - 1) % 64));
        if bits != 0 {
            return at * 64 + 64 - bits.leading_zeros() as usize;
        }
        end = at * 64;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::super::words::Vocabulary;
    use super::*;

    fn f1(pred: &str, truth: &str) -> f64 {
        f1_in(pred, truth, HELD)
    }

    fn f1_in(pred: &str, truth: &str, held: usize) -> f64 {
        let mut vocabulary = Vocabulary::default();
        let (pred, truth) = (vocabulary.words(pred), vocabulary.words(truth));
        lsum_f1_in(&pred, &truth, vocabulary.len(), held)
    }

    fn same(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn worked_by_hand() {
        for (pred, truth, f1_wanted) in [
            ("", "", 1.0),
            ("a", "", 0.0),
            ("", "a", 0.0),
            ("a b c", "a b c", 1.0),
            // Lin 2004: w1 w2 w3 w4 w5 against (w1 w2 w6 w7 w8, w1 w3 w8 w9 w5): the union is w1 w2 w3 w5.
            ("w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", "w1 w2 w3 w4 w5", 2.0 * 4.0 / 15.0),
            // Order counts within a line: of `a b c` only two are in order.
            ("c a b", "a b c", 4.0 / 6.0),
            // It does not across lines.
            ("c d\na b", "a b\nc d", 1.0),
            // A word counts as often as both have it.
            ("a", "a\na\na", 2.0 / 4.0),
            ("a a a", "a", 2.0 / 4.0),
            // A line that was broken in two: each half is in order, the union has all.
            ("a b\nc d", "a b c d", 1.0),
            // Of `a x a` the LCS with `a q` is the first `a`, with `a` the last: the union has both,
            // but the body only has two of them.
            ("a q\na", "a x a", 2.0 * 2.0 / 6.0),
        ] {
            assert!(same(f1(pred, truth), f1_wanted), "{pred:?} against {truth:?}: {}", f1(pred, truth));
        }
    }

    /// The definition, with the table of lengths.
    fn by_table(pred: &Words, truth: &Words, vocabulary: usize) -> f64 {
        let (mut left_in_pred, mut left_in_truth) = (counts(pred, vocabulary), counts(truth, vocabulary));
        let mut hits = 0;
        for line in truth.lines() {
            let mut union = vec![false; line.len()];
            for other in pred.lines() {
                let mut t = vec![vec![0; other.len() + 1]; line.len() + 1];
                for i in 1..=line.len() {
                    for j in 1..=other.len() {
                        t[i][j] = match line[i - 1] == other[j - 1] {
                            true => t[i - 1][j - 1] + 1,
                            false => t[i - 1][j].max(t[i][j - 1]),
                        };
                    }
                }
                let (mut i, mut j) = (line.len(), other.len());
                while i > 0 && j > 0 {
                    if line[i - 1] == other[j - 1] {
                        union[i - 1] = true;
                        (i, j) = (i - 1, j - 1);
                    } else if t[i][j - 1] > t[i - 1][j] {
                        j -= 1;
                    } else {
                        i -= 1;
                    }
                }
            }
            for (&word, _) in line.iter().zip(&union).filter(|(_, hit)| **hit) {
                let word = word as usize;
                if left_in_pred[word] > 0 && left_in_truth[word] > 0 {
                    left_in_pred[word] -= 1;
                    left_in_truth[word] -= 1;
                    hits += 1;
                }
            }
        }
        2.0 * f64::from(hits) / (pred.numbers.len() + truth.numbers.len()).max(1) as f64
    }

    #[test]
    fn as_the_table_of_lengths_says() {
        let mut random = super::super::bootstrap::Random::new(7, 0);
        // Few words, so that there are many ways; many words and long lines, so that a carry goes far.
        let sizes = [(2, 9), (3, 70), (8, 9), (8, 200), (40, 200), (300, 400)];
        for round in 0..360 {
            let (words, longest) = sizes[round % sizes.len()];
            let mut text = || {
                let lines = 1 + random.below(4);
                let mut text = String::new();
                for _ in 0..lines {
                    for _ in 0..random.below(longest) {
                        text += &format!("w{} ", random.below(words));
                    }
                    text.push('\n');
                }
                text
            };
            let (pred, truth) = (text() + "w0", text() + "unseen");
            let mut vocabulary = Vocabulary::default();
            let (p, t) = (vocabulary.words(&pred), vocabulary.words(&truth));
            let wanted = by_table(&p, &t, vocabulary.len());
            for held in [HELD, 16, 0] {
                let got = lsum_f1_in(&p, &t, vocabulary.len(), held);
                assert!(same(got, wanted), "{got} is not {wanted}\n{pred}\n{truth}");
            }
        }
    }

    #[test]
    fn one_endless_line_is_bounded_in_memory_and_time() {
        let long = |step: usize| -> String { (0..60_000).map(|n| format!("w{} ", n * step % 5003)).collect() };
        let (pred, truth) = (long(1), long(7));
        let f1 = f1(&pred, &truth);
        assert!(f1 > 0.05 && f1 < 0.9, "{f1}");
    }
}
