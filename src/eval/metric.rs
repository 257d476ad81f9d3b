//! What is measured, and how the figure of many documents comes from those of each.
//!
//! Every figure is a ratio of two sums over documents, or follows from such ratios. So a document is scored
//! once, and the thousand resamples of the bootstrap only add.

use std::borrow::Cow;

use super::Task;
use crate::Kind;

/// One figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Metric {
    /// Pages: mean F1 of lower-cased words as multisets.
    TokenF1,
    /// F1 of mean precision and mean recall of runs of four words.
    ShingleF1,
    /// The mean precision of it.
    ShingleP,
    /// The mean recall of it.
    ShingleR,
    /// Pages: the share whose words are exactly those of the reference.
    Exact,
    /// Mean F1 of ROUGE-LSum over lower-cased words.
    RougeLsumF1,
    /// Pages: F1 of snippets: kept is right, left in is wrong.
    SnippetF1,
    /// Pages: share of the snippets that must stay which stayed.
    SnippetRecall,
    /// Pages: share of the snippets that must go which stayed.
    SnippetLeak,
    /// Lines: share of body words removed.
    BodyLoss,
    /// Lines: share of junk lines kept.
    JunkLeft,
    /// Lines: share of junk words kept.
    JunkWords,
    /// Lines: expected calibration error of the removals' confidences.
    Ece,
    /// Lines: share of the lines of a kind that were removed at all.
    Recall(Kind),
    /// Lines: share of the lines of a kind that were removed under its name.
    Named(Kind),
    /// Lines: share of the lines removed under a kind's name that are of it.
    Precision(Kind),
}

/// The lower bounds of the bins of confidence; the last bin ends at 1.
pub(super) const BINS: [f64; 7] = [0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

/// Where the sums of kinds begin, and those of bins.
const KINDS: usize = 6;
const CONFIDENCE: usize = KINDS + 3 * Kind::ALL.len();

impl Metric {
    const PAGES: [Self; 9] = [
        Self::TokenF1,
        Self::ShingleF1,
        Self::ShingleP,
        Self::ShingleR,
        Self::Exact,
        Self::RougeLsumF1,
        Self::SnippetF1,
        Self::SnippetRecall,
        Self::SnippetLeak,
    ];
    const LINES: [Self; 8] = [
        Self::ShingleF1,
        Self::ShingleP,
        Self::ShingleR,
        Self::RougeLsumF1,
        Self::BodyLoss,
        Self::JunkLeft,
        Self::JunkWords,
        Self::Ece,
    ];

    /// All that is measured in a task.
    pub(super) fn all(task: Task) -> Vec<Self> {
        match task {
            Task::Pages => Self::PAGES.to_vec(),
            Task::Lines => {
                let kinds = Kind::ALL.into_iter().flat_map(|k| [Self::Recall(k), Self::Named(k), Self::Precision(k)]);
                Self::LINES.into_iter().chain(kinds).collect()
            }
        }
    }

    /// The name that stands in the output; of a kind as in `ad.recall`.
    #[must_use]
    pub fn name(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::TokenF1 => "token_f1",
            Self::ShingleF1 => "shingle_f1",
            Self::ShingleP => "shingle_p",
            Self::ShingleR => "shingle_r",
            Self::Exact => "exact",
            Self::RougeLsumF1 => "rouge_lsum_f1",
            Self::SnippetF1 => "snippet_f1",
            Self::SnippetRecall => "snippet_recall",
            Self::SnippetLeak => "snippet_leak",
            Self::BodyLoss => "body_loss",
            Self::JunkLeft => "junk_left",
            Self::JunkWords => "junk_words",
            Self::Ece => "ece",
            Self::Recall(kind) => return Cow::Owned(format!("{kind}.recall")),
            Self::Named(kind) => return Cow::Owned(format!("{kind}.named")),
            Self::Precision(kind) => return Cow::Owned(format!("{kind}.precision")),
        })
    }

    /// The kind whose lines are measured.
    #[must_use]
    pub fn kind(self) -> Option<Kind> {
        match self {
            Self::Recall(kind) | Self::Named(kind) | Self::Precision(kind) => Some(kind),
            _ => None,
        }
    }

    /// Whether less is better.
    #[must_use]
    pub fn is_loss(self) -> bool {
        matches!(self, Self::SnippetLeak | Self::BodyLoss | Self::JunkLeft | Self::JunkWords | Self::Ece)
    }

    /// Whether it compares with a reference text.
    pub(super) fn needs_reference(self) -> bool {
        use Metric::{Exact, RougeLsumF1, ShingleF1, ShingleP, ShingleR, TokenF1};
        matches!(self, TokenF1 | ShingleF1 | ShingleP | ShingleR | Exact | RougeLsumF1)
    }

    /// Whether it looks for snippets.
    pub(super) fn needs_snippets(self) -> bool {
        matches!(self, Self::SnippetF1 | Self::SnippetRecall | Self::SnippetLeak)
    }

    /// Which ratio it is. The two tasks use the same places, for they never meet.
    fn place(self) -> Option<usize> {
        Some(match self {
            Self::ShingleP => 0,
            Self::ShingleR => 1,
            Self::RougeLsumF1 => 2,
            Self::TokenF1 | Self::BodyLoss => 3,
            Self::Exact | Self::JunkLeft => 4,
            Self::SnippetF1 | Self::JunkWords => 5,
            Self::SnippetRecall => 6,
            Self::SnippetLeak => 7,
            Self::Recall(kind) => KINDS + 3 * kind as usize,
            Self::Named(kind) => KINDS + 3 * kind as usize + 1,
            Self::Precision(kind) => KINDS + 3 * kind as usize + 2,
            Self::ShingleF1 | Self::Ece => return None,
        })
    }

    /// The figure, where there is anything that it is a share of.
    pub(super) fn of(self, sums: &Sums) -> Option<f64> {
        match self {
            Self::ShingleF1 => {
                let (p, r) = (Self::ShingleP.of(sums), Self::ShingleR.of(sums));
                let some = p.is_some() || r.is_some();
                let (p, r) = (p.unwrap_or(0.0), r.unwrap_or(0.0));
                some.then(|| if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 })
            }
            Self::Ece => {
                let all: f64 = bins(sums).map(|bin| bin.count).sum();
                let off: f64 = bins(sums).map(|bin| (bin.confidence - bin.junk).abs()).sum();
                (all > 0.0).then(|| off / all)
            }
            _ => sums.0[self.place()?].value(),
        }
    }
}

/// Two sums.
#[derive(Clone, Copy, Debug, Default)]
struct Ratio {
    over: f64,
    under: f64,
}

impl Ratio {
    fn value(self) -> Option<f64> {
        (self.under > 0.0).then(|| self.over / self.under)
    }
}

/// What is added up of one document, and of many.
#[derive(Clone, Debug)]
pub(super) struct Sums(Vec<Ratio>);

/// The sums of one bin of confidence.
pub(super) struct BinSums {
    pub(super) count: f64,
    pub(super) confidence: f64,
    pub(super) junk: f64,
}

impl Sums {
    pub(super) fn new(task: Task) -> Self {
        let len = if task == Task::Pages { 8 } else { CONFIDENCE + 2 * BINS.len() };
        Self(vec![Ratio::default(); len])
    }

    /// `over` of `under`, as in 3 of 4 words. Only for metrics that are one ratio.
    pub(super) fn count(&mut self, metric: Metric, over: f64, under: f64) {
        if let Some(place) = metric.place() {
            self.0[place].over += over;
            self.0[place].under += under;
        }
    }

    /// A share of one document, for a mean over documents; `None` is left out of the mean.
    pub(super) fn mean(&mut self, metric: Metric, share: Option<f64>) {
        if let Some(share) = share {
            self.count(metric, share, 1.0);
        }
    }

    /// A removed line with the confidence of its removal, and whether it is junk.
    pub(super) fn removal(&mut self, confidence: f64, is_junk: bool) {
        let bin = BINS.iter().rposition(|from| confidence >= *from).unwrap_or(0);
        for (part, over) in [confidence, f64::from(u8::from(is_junk))].into_iter().enumerate() {
            let ratio = &mut self.0[CONFIDENCE + 2 * bin + part];
            ratio.over += over;
            ratio.under += 1.0;
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (sum, part) in self.0.iter_mut().zip(&other.0) {
            sum.over += part.over;
            sum.under += part.under;
        }
    }

    /// What the metric is a share of.
    pub(super) fn under(&self, metric: Metric) -> f64 {
        metric.place().map_or(0.0, |place| self.0[place].under)
    }
}

/// The bins of confidence, lowest first.
pub(super) fn bins(sums: &Sums) -> impl Iterator<Item = BinSums> + '_ {
    let pairs = sums.0.get(CONFIDENCE..).unwrap_or_default().chunks_exact(2);
    pairs.map(|pair| BinSums { count: pair[0].under, confidence: pair[0].over, junk: pair[1].over })
}
