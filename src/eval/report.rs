//! The figures, and how they are written for programs.

use std::collections::HashSet;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::bootstrap::{Units, interval};
use super::metric::{BINS, Metric, bins};
use super::read::{Preds, Truth};
use super::{Both, By, Ids, Scored, Sums, Task};
use crate::{Batch, Error, Kind};

/// All figures. Serialized, it is one object. At its top stand the figures of all documents, by the names of
/// [`Metric::name`], after `pages` or `docs` (how many documents) and before `kinds` and `reliability`; what is
/// not measured is not there. Then:
///
/// - `intervals`: name to `[low, high]`, the middle 95 % of the bootstrap; those of kinds as `ad.recall`.
/// - `bootstrap`: `resamples`, `seed`, and `units`, what was drawn: hosts, and documents of unknown address.
/// - `compare`, with a second prediction: name to the fields of [`Comparison`].
/// - `by` and `groups`, with groups: a list of objects as this one, each with its `group`; null is not known.
/// - `input`: the counts of [`Coverage`]; `compared_input`: the same of the second prediction.
/// - `without_reference`: see [`Scores`]; only where it is not 0.
#[derive(Debug)]
pub struct Report {
    /// What was scored.
    pub task: Task,
    /// Over all documents.
    pub total: Scores,
    /// What the groups are by.
    pub by: Option<By>,
    /// Each group by itself, the largest first.
    pub groups: Vec<Group>,
    /// How the intervals were made.
    pub bootstrap: Bootstrap,
    /// How truth and predictions go together.
    pub coverage: Coverage,
    /// The same of the predictions compared with.
    pub compared: Option<Coverage>,
}

/// The figures of one group.
#[derive(Debug)]
pub struct Group {
    /// What its documents have in common; `None` are those of which it is not known.
    pub name: Option<String>,
    /// The figures.
    pub scores: Scores,
}

/// How intervals are made.
#[derive(Clone, Copy, Debug)]
pub struct Bootstrap {
    /// How many resamples; 0 is none.
    pub resamples: usize,
    /// The seed.
    pub seed: u64,
}

/// How truth and predictions go together.
#[derive(Debug)]
pub struct Coverage {
    /// Documents that are scored and not in the predictions; they count as empty.
    pub missing: Ids,
    /// Predictions for documents that the truth does not have.
    pub unknown: Ids,
    /// Predictions of an id that has several; the last counts.
    pub duplicates: Ids,
    /// Documents of the truth with the id of an earlier one; each counts.
    pub duplicate_truths: Ids,
}

impl Coverage {
    pub(super) fn new(scored: &[Truth], known: &HashSet<String>, preds: &Preds) -> Self {
        let ids = || scored.iter().map(|truth| truth.id.as_str());
        let mut unknown: Vec<_> = preds.ids().filter(|id| !known.contains(*id)).collect();
        unknown.sort_unstable();
        let mut met = HashSet::new();
        Self {
            missing: Ids::of(ids().filter(|id| preds.get(id).is_none())),
            unknown: Ids::of(unknown),
            duplicates: preds.duplicates.clone(),
            duplicate_truths: Ids::of(ids().filter(|id| !met.insert(*id))),
        }
    }
}

/// The figures of some documents.
#[derive(Debug)]
pub struct Scores {
    task: Task,
    /// How many documents.
    pub documents: usize,
    /// How many of them have no reference text, though others do; they count as wrong in `token_f1` and `exact`.
    pub without_reference: usize,
    /// What the bootstrap draws: hosts, and documents of unknown address.
    pub units: usize,
    /// All that was measured, those of kinds last.
    pub estimates: Vec<Estimate>,
    /// Of labelled lines, how many have each kind, the commonest first.
    pub kinds: Vec<KindScores>,
    /// Of labelled lines, those removed by the confidence of their removals.
    pub reliability: Vec<Bin>,
}

/// One figure.
#[derive(Debug)]
pub struct Estimate {
    /// What it is of.
    pub metric: Metric,
    /// The figure. Only a kind's precision may be none: nothing was removed under its name.
    pub value: Option<f64>,
    /// Its 95 % interval.
    pub interval: Option<[f64; 2]>,
    /// How it compares.
    pub comparison: Option<Comparison>,
}

/// A figure beside that of another prediction.
#[derive(Debug, serde::Serialize)]
pub struct Comparison {
    /// The other's figure.
    pub other: f64,
    /// By how much the first is above it. Whether that is better depends on the metric.
    pub difference: f64,
    /// The 95 % interval of the difference.
    pub interval: Option<[f64; 2]>,
    /// The share of resamples in which the difference is above zero.
    pub above_zero: Option<f64>,
    /// Documents that are better in the first.
    pub better: usize,
    /// Documents that are worse.
    pub worse: usize,
    /// Documents that are equal. Where a document has nothing to measure, it is none of the three; nothing is
    /// counted of `ece`, which means little in one document.
    pub equal: usize,
}

/// The figures of one kind.
#[derive(Debug)]
pub struct KindScores {
    /// The kind; credits are among captions.
    pub kind: Kind,
    /// Lines of it.
    pub lines: usize,
    /// Share removed at all.
    pub recall: f64,
    /// Share removed under its name.
    pub named: f64,
    /// Of the lines removed under its name, the share that are of it; over lines with a kind by hand, and
    /// body lines weighed by the share of junk lines that have one.
    pub precision: Option<f64>,
}

/// Removed lines of about one confidence. A line is removed if half of its bytes are; its confidence is that
/// of the removal that took most of it.
#[derive(Debug, serde::Serialize)]
pub struct Bin {
    /// The least confidence.
    pub from: f64,
    /// The next bin's least confidence, or 1.
    pub to: f64,
    /// How many labelled lines.
    pub lines: usize,
    /// Their mean confidence.
    pub confidence: Option<f64>,
    /// The share of them that is junk. In a perfect judge the two are equal.
    pub junk: Option<f64>,
}

/// Differences that come from adding in another order are none.
const SAME: f64 = 1e-12;

impl Scores {
    pub(super) fn new(task: Task, documents: &[&Scored], how: Bootstrap, batch: &Batch) -> Result<Self, Error> {
        let mut sums = Both { pred: Sums::new(task), other: None };
        sums.other = documents.iter().any(|document| document.sums.other.is_some()).then(|| Sums::new(task));
        documents.iter().for_each(|document| sums.add(&document.sums));
        let with_reference = documents.iter().filter(|document| document.has_reference).count();
        let metrics = measured(task, &sums.pred, with_reference > 0);
        let units = Units::new(documents);
        let resampled = units.resample(&metrics, how.resamples, how.seed, batch)?;
        let estimates = metrics.iter().zip(resampled).map(|(&metric, resampled)| {
            let value = value(metric, &sums.pred);
            let other = sums.other.as_ref().and_then(|other| self::value(metric, other));
            let comparison = value.zip(other).map(|(value, other)| {
                let (better, worse, equal) = outcomes(metric, documents);
                let above = resampled.differences.iter().filter(|difference| **difference > SAME).count();
                Comparison {
                    other,
                    difference: value - other,
                    interval: interval(&resampled.differences),
                    above_zero: super::share(above, resampled.differences.len()),
                    better,
                    worse,
                    equal,
                }
            });
            Estimate { metric, value, interval: interval(&resampled.values), comparison }
        });
        let estimates = estimates.collect();
        Ok(Self {
            task,
            documents: documents.len(),
            without_reference: if with_reference > 0 { documents.len() - with_reference } else { 0 },
            units: units.len(),
            estimates,
            kinds: kinds(task, &sums.pred),
            reliability: reliability(&sums.pred),
        })
    }

    /// The estimate of a metric, if it was measured.
    #[must_use]
    pub fn get(&self, metric: Metric) -> Option<&Estimate> {
        self.estimates.iter().find(|estimate| estimate.metric == metric)
    }
}

/// What can be measured.
fn measured(task: Task, sums: &Sums, has_reference: bool) -> Vec<Metric> {
    let has_snippets = sums.under(Metric::SnippetRecall) + sums.under(Metric::SnippetLeak) > 0.0;
    let mut metrics = Metric::all(task);
    metrics.retain(|metric| match metric.kind() {
        Some(kind) => sums.under(Metric::Recall(kind)) > 0.0,
        None => (has_reference || !metric.needs_reference()) && (has_snippets || !metric.needs_snippets()),
    });
    metrics
}

/// The figure of all documents. A share of nothing is 0, but for a kind's precision and where nothing is
/// there to be calibrated.
fn value(metric: Metric, sums: &Sums) -> Option<f64> {
    let has_none = metric.kind().is_some() || metric == Metric::Ece;
    metric.of(sums).or((!has_none).then_some(0.0))
}

/// How many documents are better, worse and equal in the prediction.
fn outcomes(metric: Metric, documents: &[&Scored]) -> (usize, usize, usize) {
    let (mut better, mut worse, mut equal) = (0, 0, 0);
    if metric == Metric::Ece {
        return (better, worse, equal);
    }
    for document in documents.iter().filter(|document| document.has_reference || !metric.needs_reference()) {
        let Some(difference) = document.sums.difference(metric) else { continue };
        let gain = if metric.is_loss() { -difference } else { difference };
        if gain > SAME {
            better += 1;
        } else if gain < -SAME {
            worse += 1;
        } else {
            equal += 1;
        }
    }
    (better, worse, equal)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of lines")]
fn kinds(task: Task, sums: &Sums) -> Vec<KindScores> {
    if task == Task::Pages {
        return Vec::new();
    }
    let scores = Kind::ALL.into_iter().filter_map(|kind| {
        Some(KindScores {
            kind,
            lines: sums.under(Metric::Recall(kind)) as usize,
            recall: Metric::Recall(kind).of(sums)?,
            named: Metric::Named(kind).of(sums)?,
            precision: Metric::Precision(kind).of(sums),
        })
    });
    let mut scores: Vec<_> = scores.collect();
    scores.sort_by_key(|scores| std::cmp::Reverse(scores.lines));
    scores
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of lines")]
fn reliability(sums: &Sums) -> Vec<Bin> {
    let ends = BINS.into_iter().skip(1).chain([1.0]);
    let scores = bins(sums).zip(BINS.into_iter().zip(ends)).map(|(bin, (from, to))| {
        let mean = |sum: f64| (bin.count > 0.0).then(|| sum / bin.count);
        Bin { from, to, lines: bin.count as usize, confidence: mean(bin.confidence), junk: mean(bin.junk) }
    });
    scores.collect()
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.total.entries(&mut map, self.bootstrap)?;
        if let Some(by) = self.by {
            map.serialize_entry("by", by.name())?;
            let groups: Vec<_> = self.groups.iter().map(|group| GroupEntry(group, self.bootstrap)).collect();
            map.serialize_entry("groups", &groups)?;
        }
        map.serialize_entry("input", &self.coverage)?;
        if let Some(compared) = &self.compared {
            map.serialize_entry("compared_input", compared)?;
        }
        map.end()
    }
}

struct GroupEntry<'g>(&'g Group, Bootstrap);

impl Serialize for GroupEntry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("group", &self.0.name)?;
        self.0.scores.entries(&mut map, self.1)?;
        map.end()
    }
}

impl Scores {
    fn entries<M: SerializeMap>(&self, map: &mut M, how: Bootstrap) -> Result<(), M::Error> {
        map.serialize_entry(if self.task == Task::Pages { "pages" } else { "docs" }, &self.documents)?;
        for estimate in self.estimates.iter().filter(|estimate| estimate.metric.kind().is_none()) {
            map.serialize_entry(&*estimate.metric.name(), &estimate.value)?;
        }
        if self.task == Task::Lines {
            map.serialize_entry("kinds", &Object(self.kinds.iter().map(|scores| (scores.kind.name(), scores))))?;
            map.serialize_entry("reliability", &self.reliability)?;
        }
        if self.without_reference > 0 {
            map.serialize_entry("without_reference", &self.without_reference)?;
        }
        let named = |estimate: &Estimate| estimate.metric.name();
        if how.resamples > 0 {
            let intervals = self.estimates.iter().filter_map(|e| Some((named(e), e.interval?)));
            map.serialize_entry("intervals", &Object(intervals))?;
            map.serialize_entry("bootstrap", &BootstrapEntry { how, units: self.units })?;
        }
        if self.estimates.iter().any(|estimate| estimate.comparison.is_some()) {
            let comparisons = self.estimates.iter().filter_map(|e| Some((named(e), e.comparison.as_ref()?)));
            map.serialize_entry("compare", &Object(comparisons))?;
        }
        Ok(())
    }
}

/// An object of these pairs, in their order.
struct Object<I>(I);

impl<K: Serialize, V: Serialize, I: Iterator<Item = (K, V)> + Clone> Serialize for Object<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.clone())
    }
}

struct BootstrapEntry {
    how: Bootstrap,
    units: usize,
}

impl Serialize for BootstrapEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("resamples", &self.how.resamples)?;
        map.serialize_entry("seed", &self.how.seed)?;
        map.serialize_entry("units", &self.units)?;
        map.end()
    }
}

impl Serialize for KindScores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("n", &self.lines)?;
        map.serialize_entry("recall", &self.recall)?;
        map.serialize_entry("named", &self.named)?;
        map.serialize_entry("precision", &self.precision)?;
        map.end()
    }
}

impl Serialize for Coverage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        for (name, ids) in [
            ("missing", &self.missing),
            ("unknown", &self.unknown),
            ("duplicates", &self.duplicates),
            ("duplicate_truths", &self.duplicate_truths),
        ] {
            map.serialize_entry(name, &ids.count)?;
        }
        map.end()
    }
}
