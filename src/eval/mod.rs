//! How good a cleaning is, against references: `cleancopy eval`.
//!
//! ```text
//! truth ┐
//! pred  ┼> [read] -> [score], one document at a time -> [metric] sums -> [bootstrap] -> [report]
//! dump  ┘
//! ```
//!
//! A truth is of *pages* (a reference body, snippets that must stay or go) or of *lines* (each line of a
//! dump labelled body, junk or skip, some with their kind); its fields tell which.
//!
//! - [`Metric`] lists what is measured. Words are what Python's `\w+` finds, so figures can be compared with
//!   those of scorers written in it.
//! - `rouge` is ROUGE-LSum, `words` all that is simpler.
//! - `bootstrap` says how far a figure is chance.
//!
//! A document that the predictions lack counts as empty: who gives up on a page does not get a better score.

mod bootstrap;
mod metric;
mod read;
mod report;
mod rouge;
mod score;
mod words;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::text::language;
use crate::{Batch, Error};

pub use metric::Metric;
pub use report::{Bin, Bootstrap, Comparison, Coverage, Estimate, Group, KindScores, Report, Scores};

use metric::Sums;
use read::{Dumped, Pred, Preds, Truth};

/// What the truth is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Pages with a reference body or snippets.
    Pages,
    /// Dumps with labelled lines.
    Lines,
}

/// What documents are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum By {
    /// The `type` that the truth gives.
    Type,
    /// The language that truth, dump or prediction give (the first of them that does), without its region.
    Lang,
    /// The host of the address that truth, dump or prediction give, without `www.`.
    Host,
    /// The status of the prediction; `missing` where there is none.
    Status,
}

impl By {
    /// The name that stands in the output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Lang => "lang",
            Self::Host => "host",
            Self::Status => "status",
        }
    }
}

/// What to evaluate, and how.
#[derive(Clone, Debug)]
pub struct Evaluation {
    truth: PathBuf,
    pred: PathBuf,
    dump: Option<PathBuf>,
    compare: Option<PathBuf>,
    page_type: Option<String>,
    with_title: bool,
    by: Option<By>,
    resamples: usize,
    seed: u64,
    batch: Batch,
}

impl Evaluation {
    /// Scores the predictions of one file against the truths of another: JSONL, compressed or not.
    #[must_use]
    pub fn new(truth: impl Into<PathBuf>, pred: impl Into<PathBuf>) -> Self {
        Self {
            truth: truth.into(),
            pred: pred.into(),
            dump: None,
            compare: None,
            page_type: None,
            with_title: false,
            by: None,
            resamples: 1000,
            seed: 1,
            batch: Batch::default(),
        }
    }

    /// The dump that was cleaned, for the texts of labelled lines. Default: the `text` of the predictions.
    #[must_use]
    pub fn with_dump(mut self, dump: impl Into<PathBuf>) -> Self {
        self.dump = Some(dump.into());
        self
    }

    /// Compares with these other predictions, document by document. Default: with none.
    #[must_use]
    pub fn with_compare(mut self, other: impl Into<PathBuf>) -> Self {
        self.compare = Some(other.into());
        self
    }

    /// Scores only the documents of this type. Default: all.
    #[must_use]
    pub fn with_type(mut self, page_type: impl Into<String>) -> Self {
        self.page_type = Some(page_type.into());
        self
    }

    /// Whether to put the title in front of the body, for references that have it. Default: no.
    #[must_use]
    pub fn with_title(mut self, with_title: bool) -> Self {
        self.with_title = with_title;
        self
    }

    /// Scores each group by itself, too. Default: no groups.
    #[must_use]
    pub fn with_by(mut self, by: By) -> Self {
        self.by = Some(by);
        self
    }

    /// Resamples of the bootstrap; 0 is none. Default: 1,000.
    #[must_use]
    pub fn with_resamples(mut self, resamples: usize) -> Self {
        self.resamples = resamples;
        self
    }

    /// The seed of the bootstrap. Default: 1.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The threads to work on. The figures do not depend on them. Default: all cores.
    #[must_use]
    pub fn with_batch(mut self, batch: Batch) -> Self {
        self.batch = batch;
        self
    }

    /// Reads the files and scores.
    ///
    /// # Errors
    /// [`Error::Io`] for a file that cannot be read, [`Error::Usage`] for one that is not what it should be,
    /// with its place, and where truth, dump and flags do not go together.
    pub fn run(&self) -> Result<Report, Error> {
        let (mut truths, task) = read::read_truths(&self.truth, &self.batch)?;
        if task == Task::Lines && self.with_title {
            let what = "a title in front of the body is for pages; this truth labels lines";
            return Err(Error::Usage(format!("{}: {what}", self.truth.display())));
        }
        let preds = Preds::read(&self.pred, self.with_title, &self.batch)?;
        let others = match &self.compare {
            Some(path) => Some(Preds::read(path, self.with_title, &self.batch)?),
            None => None,
        };
        // A page is scored by its body alone.
        let dump = match &self.dump {
            Some(path) if task == Task::Lines => Some(read::read_dump(path)?),
            _ => None,
        };
        let known: HashSet<String> = truths.iter().map(|truth| truth.id.clone()).collect();
        if let Some(wanted) = &self.page_type {
            truths.retain(|truth| truth.page_type.as_ref() == Some(wanted));
            if truths.is_empty() {
                let path = self.truth.display();
                return Err(Error::Usage(format!("{path}: no document of the type `{wanted}` in it")));
            }
        }
        let coverage = Coverage::new(&truths, &known, &preds);
        let compared = others.as_ref().map(|others| Coverage::new(&truths, &known, others));
        let work = Work { task, preds: &preds, others: others.as_ref(), dump: dump.as_ref(), by: self.by };
        let documents = self.score(truths, &work)?;
        if let Some(by) = self.by
            && documents.iter().all(|document| document.group.is_none())
        {
            let by = by.name();
            return Err(Error::Usage(format!("--by {by}: no document says its {by}")));
        }
        self.report(task, &documents, coverage, compared)
    }

    /// Scores every document, on all threads.
    fn score(&self, truths: Vec<Truth>, work: &Work<'_>) -> Result<Vec<Scored>, Error> {
        let mut documents = Vec::with_capacity(truths.len());
        let mut failure = None;
        self.batch.run(
            truths.into_iter(),
            |_| 1,
            |_, truth| work.score(&truth).map_err(|what| format!("document `{}`: {what}", truth.id)),
            |scored| match scored {
                Ok(scored) => {
                    documents.push(scored);
                    ControlFlow::Continue(())
                }
                Err(what) => {
                    failure = Some(Error::Usage(format!("{}: {what}", self.truth.display())));
                    ControlFlow::Break(())
                }
            },
        )?;
        failure.map_or(Ok(documents), Err)
    }

    fn report(
        &self,
        task: Task,
        documents: &[Scored],
        coverage: Coverage,
        compared: Option<Coverage>,
    ) -> Result<Report, Error> {
        let bootstrap = Bootstrap { resamples: self.resamples, seed: self.seed };
        let scores = |documents: &[&Scored]| Scores::new(task, documents, bootstrap, &self.batch);
        let total = scores(&documents.iter().collect::<Vec<_>>())?;
        let mut groups = Vec::new();
        if self.by.is_some() {
            let mut by_name: BTreeMap<Option<&str>, Vec<&Scored>> = BTreeMap::new();
            for document in documents {
                by_name.entry(document.group.as_deref()).or_default().push(document);
            }
            for (name, documents) in by_name {
                groups.push(Group { name: name.map(str::to_owned), scores: scores(&documents)? });
            }
            // The largest first; what is in no group last.
            groups.sort_by_key(|group| (group.name.is_none(), std::cmp::Reverse(group.scores.documents)));
        }
        Ok(Report { task, total, by: self.by, groups, bootstrap, coverage, compared })
    }
}

/// What every document is scored with.
struct Work<'e> {
    task: Task,
    preds: &'e Preds,
    others: Option<&'e Preds>,
    dump: Option<&'e HashMap<String, Dumped>>,
    by: Option<By>,
}

impl Work<'_> {
    fn score(&self, truth: &Truth) -> Result<Scored, String> {
        let pred = self.preds.get(&truth.id);
        let other = self.others.and_then(|others| others.get(&truth.id));
        let dumped = self.dump.and_then(|dump| dump.get(&truth.id));
        let sums = match self.task {
            Task::Pages => {
                Both { pred: score::page(truth, pred), other: self.others.map(|_| score::page(truth, other)) }
            }
            Task::Lines => {
                let text = self.text(dumped, [pred, other])?;
                let other = self.others.map(|_| score::lines(truth, other, text)).transpose()?;
                Both { pred: score::lines(truth, pred, text)?, other }
            }
        };
        let url = truth.url.as_deref().or_else(|| dumped?.url.as_deref()).or_else(|| pred?.url.as_deref());
        let host = url.and_then(host);
        let lang = || truth.lang.as_deref().or_else(|| dumped?.lang.as_deref()).or_else(|| pred?.lang.as_deref());
        let group = self.by.and_then(|by| match by {
            By::Type => truth.page_type.clone(),
            By::Lang => lang().and_then(language),
            By::Host => host.clone(),
            By::Status => pred.map_or_else(|| Some("missing".to_owned()), |pred| pred.status.clone()),
        });
        Ok(Scored { host, group, has_reference: truth.reference.is_some(), sums })
    }

    /// The source text of labelled lines.
    fn text<'t>(&self, dumped: Option<&'t Dumped>, preds: [Option<&'t Pred>; 2]) -> Result<&'t str, String> {
        if let Some(Ok(text)) = dumped.map(|dumped| &dumped.text) {
            return Ok(text);
        }
        if let Some(text) = preds.into_iter().flatten().find_map(|pred| pred.text.as_deref()) {
            return Ok(text);
        }
        Err(match dumped.map(|dumped| &dumped.text) {
            Some(Err(reason)) => format!("no text in the dump: {reason}"),
            _ if self.dump.is_some() => "it is not in the dump".to_owned(),
            _ => "its text is not known; give --dump, or predictions written with --emit-text".to_owned(),
        })
    }
}

/// One document, scored.
struct Scored {
    host: Option<String>,
    group: Option<String>,
    has_reference: bool,
    sums: Both,
}

/// The sums of the prediction, and of the one that it is compared with.
#[derive(Clone)]
struct Both {
    pred: Sums,
    other: Option<Sums>,
}

impl Both {
    fn add(&mut self, more: &Self) {
        self.pred.add(&more.pred);
        if let (Some(sums), Some(more)) = (&mut self.other, &more.other) {
            sums.add(more);
        }
    }

    /// By how much the prediction's figure is above the other's.
    fn difference(&self, metric: Metric) -> Option<f64> {
        Some(metric.of(&self.pred)? - metric.of(self.other.as_ref()?)?)
    }
}

/// Ids that something is to be said of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    /// How many.
    pub count: usize,
    /// The first few of them.
    pub first: Vec<String>,
}

impl Ids {
    fn note(&mut self, id: &str) {
        self.count += 1;
        if self.first.len() < 3 {
            self.first.push(id.to_owned());
        }
    }

    fn of<'i>(ids: impl IntoIterator<Item = &'i str>) -> Self {
        let mut all = Self::default();
        ids.into_iter().for_each(|id| all.note(id));
        all
    }
}

/// `part` of `whole`, if there is anything.
fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The host of an address, in lower case and without `www.`.
fn host(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    (!host.is_empty()).then(|| host.to_owned())
}
