//! One document scored: its body against the reference, its snippets, its lines.

use super::metric::{Metric, Sums};
use super::read::{Label, Pred, Reference, Removed, Truth};
use super::words::{self, Vocabulary, Words, squeeze};
use super::{Task, rouge, share};
use crate::Kind;

/// A page: reference and snippets.
pub(super) fn page(truth: &Truth, pred: Option<&Pred>) -> Sums {
    let mut sums = Sums::new(Task::Pages);
    let body = pred.and_then(|pred| pred.body.as_deref()).unwrap_or_default();
    match &truth.reference {
        Some(reference) => against_reference(&mut sums, body, reference, true),
        // The mean is over all pages, as if these were wrong.
        None => [Metric::TokenF1, Metric::Exact].into_iter().for_each(|metric| sums.count(metric, 0.0, 1.0)),
    }
    snippets(&mut sums, body, truth);
    sums
}

/// A text of labelled lines. `text` is the source text.
///
/// # Errors
/// Says in words why labels and text do not belong together.
pub(super) fn lines(truth: &Truth, pred: Option<&Pred>, text: &str) -> Result<Sums, String> {
    let mut sums = Sums::new(Task::Lines);
    let labels = truth.labels.as_deref().unwrap_or_default();
    let count = text.split('\n').count();
    if count != labels.len() {
        return Err(format!("{} labels for a text of {count} lines", labels.len()));
    }
    if !truth.kinds.is_empty() && truth.kinds.len() != count {
        return Err(format!("{} kinds for a text of {count} lines", truth.kinds.len()));
    }
    if let Some(reference) = &truth.reference {
        let body = pred.and_then(|pred| pred.body.as_deref()).unwrap_or_default();
        against_reference(&mut sums, body, reference, false);
    }
    let removed = pred.and_then(|pred| pred.removed.as_deref()).unwrap_or_default();
    let covers = Covers::new(text, removed);
    // Kinds are given for a sample of the junk lines: a body line cut by mistake counts by that share.
    let junk = labels.iter().filter(|label| **label == Label::Junk).count();
    let sampled = truth.kinds.iter().flatten().count() as f64 / junk.max(1) as f64;
    let mut at = 0;
    for (number, line) in text.split('\n').enumerate() {
        let label = labels[number];
        let kind = truth.kinds.get(number).copied().flatten().map(coarse);
        let cover = covers.of_line(at, line);
        at += line.len() + 1;
        let words = words::count(line) as f64;
        match label {
            Label::Body => sums.count(Metric::BodyLoss, words * cover.share(), words),
            Label::Junk => {
                let kept = if cover.is_removed() { 0.0 } else { 1.0 };
                sums.count(Metric::JunkLeft, kept, 1.0);
                sums.count(Metric::JunkWords, kept * words, words);
            }
            Label::Skip => {}
        }
        let named = cover.named().map(coarse);
        if let Some(kind) = kind {
            sums.count(Metric::Recall(kind), if named.is_some() { 1.0 } else { 0.0 }, 1.0);
            sums.count(Metric::Named(kind), if named == Some(kind) { 1.0 } else { 0.0 }, 1.0);
            if let Some(named) = named {
                sums.count(Metric::Precision(named), if named == kind { 1.0 } else { 0.0 }, 1.0);
            }
        } else if let (Label::Body, Some(named)) = (label, named) {
            sums.count(Metric::Precision(named), 0.0, sampled);
        }
        if let (Label::Body | Label::Junk, Some(confidence)) = (label, cover.confidence()) {
            sums.removal(confidence, label == Label::Junk);
        }
    }
    Ok(sums)
}

fn against_reference(sums: &mut Sums, body: &str, reference: &Reference, is_page: bool) {
    let (full, need) = match reference {
        Reference::Text(text) => (text.clone(), None),
        Reference::Paragraphs(all) => {
            let bare = |paragraph: &'_ String| paragraph.strip_prefix('[')?.strip_suffix(']').map(str::to_owned);
            let full: Vec<_> = all.iter().map(|p| bare(p).unwrap_or_else(|| p.clone())).collect();
            let need: Vec<_> = all.iter().filter(|p| bare(p).is_none()).map(String::as_str).collect();
            (full.join("\n"), Some(need.join("\n")))
        }
    };
    let lower = body.to_lowercase();
    let lower_full = full.to_lowercase();
    let lower_need = need.as_deref().map(str::to_lowercase);
    let mut vocabulary = Vocabulary::default();
    let pred = vocabulary.words(&lower);
    let mut best = (vocabulary.words(&lower_full), full.as_str());
    let mut f1 = token_f1(&pred, &best.0);
    // Of the two readings of optional paragraphs the one that the body comes closer to.
    if let (Some(lower), Some(need)) = (&lower_need, &need) {
        let words = vocabulary.words(lower);
        let other = token_f1(&pred, &words);
        if other > f1 {
            (f1, best) = (other, (words, need.as_str()));
        }
    }
    sums.mean(Metric::RougeLsumF1, Some(rouge::lsum_f1(&pred, &best.0, vocabulary.len())));

    // Runs of words, unlike single words, have their capitals.
    let mut vocabulary = Vocabulary::default();
    let (pred, truth) = (vocabulary.words(body), vocabulary.words(best.1));
    let (p, r) = words::shingle_shares(&pred, &truth);
    sums.mean(Metric::ShingleP, p);
    sums.mean(Metric::ShingleR, r);
    if is_page {
        sums.mean(Metric::TokenF1, Some(f1));
        sums.mean(Metric::Exact, Some(if pred.numbers == truth.numbers { 1.0 } else { 0.0 }));
    }
}

fn token_f1(pred: &Words, truth: &Words) -> f64 {
    let all = pred.numbers.len() + truth.numbers.len();
    // Two texts without words are alike.
    share(2 * words::shared_words(pred, truth), all).unwrap_or(1.0)
}

fn snippets(sums: &mut Sums, body: &str, truth: &Truth) {
    let flat = squeeze(body);
    let found = |snippets: &[String]| {
        let found = snippets.iter().filter(|snippet| flat.contains(&*squeeze(snippet))).count();
        (found as f64, (snippets.len() - found) as f64)
    };
    let (kept, lost) = found(truth.keep.as_deref().unwrap_or_default());
    let (leaked, gone) = found(truth.drop.as_deref().unwrap_or_default());
    sums.count(Metric::SnippetF1, 2.0 * kept, 2.0 * kept + leaked + lost);
    sums.count(Metric::SnippetRecall, kept, kept + lost);
    sums.count(Metric::SnippetLeak, leaked, leaked + gone);
}

/// A credit is a caption to those who label.
fn coarse(kind: Kind) -> Kind {
    if kind == Kind::Credit { Kind::Caption } else { kind }
}

/// Which removal covers each byte of a text; of two that overlap the later.
struct Covers<'r> {
    removed: &'r [Removed],
    /// One more than the removal's number; 0 is none.
    by_byte: Vec<u32>,
}

impl<'r> Covers<'r> {
    fn new(text: &str, removed: &'r [Removed]) -> Self {
        let mut by_byte = vec![0; text.len()];
        let place = |at: i64| usize::try_from(at.max(0)).unwrap_or(usize::MAX).min(text.len());
        for (cut, number) in removed.iter().zip(1..) {
            let (start, end) = (place(cut.start), place(cut.end));
            if start < end {
                by_byte[start..end].fill(number);
            }
        }
        Self { removed, by_byte }
    }

    /// What covers the visible bytes of the line that begins at `at`.
    fn of_line(&self, at: usize, line: &str) -> Cover<'r> {
        let mut cover = Cover { visible: 0, hits: 0, runs: Vec::new() };
        let mut current = 0;
        for (_, &number) in line.bytes().zip(&self.by_byte[at..]).filter(|(byte, _)| *byte > 32) {
            cover.visible += 1;
            if number == 0 {
                continue;
            }
            cover.hits += 1;
            if number != current {
                current = number;
                cover.runs.push((&self.removed[number as usize - 1], 0));
            }
            cover.runs.last_mut().into_iter().for_each(|(_, count)| *count += 1);
        }
        cover
    }
}

struct Cover<'r> {
    visible: usize,
    hits: usize,
    /// The removals in the order in which they come, with the bytes that each covers.
    runs: Vec<(&'r Removed, usize)>,
}

impl Cover<'_> {
    fn share(&self) -> f64 {
        share(self.hits, self.visible).unwrap_or(0.0)
    }

    /// At least half of it; what nobody sees counts as removed.
    fn is_removed(&self) -> bool {
        self.hits * 2 >= self.visible
    }

    /// The kind under which most of a removed line was cut; of equals the first.
    fn named(&self) -> Option<Kind> {
        let mut by_kind: Vec<(Kind, usize)> = Vec::new();
        for (cut, count) in self.runs.iter().filter(|_| self.is_removed()) {
            match by_kind.iter_mut().find(|(kind, _)| *kind == cut.kind) {
                Some((_, sum)) => *sum += count,
                None => by_kind.push((cut.kind, *count)),
            }
        }
        first_max(by_kind)
    }

    /// The confidence of the removal that cut most of a removed line.
    fn confidence(&self) -> Option<f64> {
        let cuts = self.runs.iter().filter(|_| self.is_removed());
        first_max(cuts.map(|(cut, count)| (*cut, *count)))?.confidence
    }
}

fn first_max<T>(counts: impl IntoIterator<Item = (T, usize)>) -> Option<T> {
    let best = counts.into_iter().reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.map(|(what, _)| what)
}
