//! Counting what was done, and `summary.json`.
//!
//! The keys are stable, and nothing in the file depends on time, threads or machine:
//!
//! ```json
//! {
//!   "generator": "cleancopy 0.1.0",
//!   "documents": 6,
//!   "by_status": {"ok": 4, "unchanged": 1, "empty": 0, "not_article": 0, "suspect": 0, "over_limit": 0, "error": 1},
//!   "characters": {"in": 10310, "body": 9011},
//!   "segments": {"kept": 80, "removed": 19},
//!   "removed": {
//!     "count": 19, "characters": 1210,
//!     "by_kind": {"ad": {"count": 9, "characters": 117}},
//!     "by_rule": {"ad.marker.en": {"count": 9, "characters": 117}}
//!   },
//!   "errors": {"count": 1, "first": [{"source": "dump.jsonl", "id": "dump.jsonl#3", "record": 3, "byte": 812, "error": "..."}]},
//!   "skipped_records": {"request": 12, "revisit": 1},
//!   "skipped_files": {"count": 1, "first": ["raw/logo.png"]}
//! }
//! ```

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::input::{Origin, Skipped};
use crate::{Kind, Record, Status};

/// How many errors are named; the others are counted, and all stand in the output.
const NAMED: usize = 100;

/// What our `summary.json` begins with: so a folder is known to be ours.
const GENERATOR: &str = concat!("cleancopy ", env!("CARGO_PKG_VERSION"));

/// How many, and how many characters (Unicode scalar values) together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// How many.
    pub count: u64,
    /// Their characters.
    pub characters: u64,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.count += other.count;
        self.characters += other.characters;
    }
}

/// A document that could not be read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fault {
    /// Its file.
    pub source: String,
    /// Its id.
    pub id: String,
    /// Its number in the file, if it is a record.
    pub record: Option<u64>,
    /// Its first byte in the file, if it is a record and that is known.
    pub byte: Option<u64>,
    /// What is wrong.
    pub error: String,
}

/// The counts of a run, or of a part of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Summary {
    /// All documents.
    pub documents: u64,
    by_status: [u64; Status::ALL.len()],
    /// Characters of all source texts.
    pub characters_in: u64,
    /// Characters of all bodies.
    pub characters_body: u64,
    segments_kept: u64,
    segments_removed: u64,
    by_kind: [Count; Kind::ALL.len()],
    by_rule: HashMap<String, Count>,
    /// Documents that could not be read; of a whole run only the first.
    pub faults: Vec<Fault>,
    /// Records of archives that are no documents: what they are, and how many.
    pub skipped_records: BTreeMap<String, u64>,
    /// Files that were passed over.
    #[serde(skip)]
    pub skipped: Skipped,
}

impl Summary {
    /// Counts a record that was found there.
    pub fn add(&mut self, record: &Record, origin: &Origin) {
        self.documents += 1;
        self.by_status[record.status as usize] += 1;
        self.characters_in += record.stats.chars_in as u64;
        self.characters_body += record.stats.chars_body as u64;
        self.segments_kept += record.stats.segments_kept as u64;
        self.segments_removed += record.stats.segments_removed as u64;
        for cut in &record.removed {
            let count = Count { count: 1, characters: cut.text.chars().count() as u64 };
            self.by_kind[cut.kind as usize].add(count);
            match self.by_rule.get_mut(cut.rule.as_str()) {
                Some(sum) => sum.add(count),
                None => _ = self.by_rule.insert(cut.rule.to_string(), count),
            }
        }
        if record.status == Status::Error {
            self.faults.push(Fault {
                source: record.source.clone(),
                id: record.id.clone(),
                record: origin.record,
                byte: origin.byte,
                error: record.error.clone().unwrap_or_default(),
            });
        }
    }

    /// Counts records that were passed over.
    pub fn skip<'w>(&mut self, skipped: impl IntoIterator<Item = (&'w String, &'w u64)>) {
        for (what, count) in skipped {
            *self.skipped_records.entry(what.clone()).or_default() += count;
        }
    }

    /// Adds the counts of a later part of the run, and as many of its faults as there is room for.
    pub fn merge(&mut self, part: &Self) {
        self.documents += part.documents;
        for (sum, count) in self.by_status.iter_mut().zip(part.by_status) {
            *sum += count;
        }
        self.characters_in += part.characters_in;
        self.characters_body += part.characters_body;
        self.segments_kept += part.segments_kept;
        self.segments_removed += part.segments_removed;
        for (sum, count) in self.by_kind.iter_mut().zip(part.by_kind) {
            sum.add(count);
        }
        for (rule, count) in &part.by_rule {
            match self.by_rule.get_mut(rule) {
                Some(sum) => sum.add(*count),
                None => _ = self.by_rule.insert(rule.clone(), *count),
            }
        }
        self.skip(&part.skipped_records);
        let room = NAMED.saturating_sub(self.faults.len());
        self.faults.extend(part.faults.iter().take(room).cloned());
    }

    /// How many documents ended so.
    #[must_use]
    pub fn status(&self, status: Status) -> u64 {
        self.by_status[status as usize]
    }

    /// The kinds that were cut, in the order of [`Kind::ALL`].
    pub fn kinds(&self) -> impl Iterator<Item = (Kind, Count)> + '_ {
        Kind::ALL.into_iter().map(|kind| (kind, self.by_kind[kind as usize])).filter(|(_, c)| c.count > 0)
    }

    /// The rules that cut, most cuts first.
    #[must_use]
    pub fn rules(&self) -> Vec<(&str, Count)> {
        let mut rules: Vec<_> = self.by_rule.iter().map(|(rule, c)| (rule.as_str(), *c)).collect();
        rules.sort_by(|a, b| b.1.count.cmp(&a.1.count).then(a.0.cmp(b.0)));
        rules
    }

    /// All cuts.
    #[must_use]
    pub fn removed(&self) -> Count {
        let mut sum = Count::default();
        self.by_kind.iter().for_each(|count| sum.add(*count));
        sum
    }

    /// `summary.json`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let removed = self.removed();
        let file = SummaryFile {
            generator: GENERATOR,
            documents: self.documents,
            by_status: Status::ALL.iter().map(|s| (s.name(), self.status(*s))).collect::<Ordered<_>>(),
            characters: Characters { r#in: self.characters_in, body: self.characters_body },
            segments: Segments { kept: self.segments_kept, removed: self.segments_removed },
            removed: Removed {
                count: removed.count,
                characters: removed.characters,
                by_kind: self.kinds().map(|(kind, count)| (kind.name(), count)).collect::<Ordered<_>>(),
                by_rule: self.by_rule.iter().map(|(rule, count)| (rule.as_str(), *count)).collect(),
            },
            errors: First { count: self.status(Status::Error), first: &self.faults },
            skipped_records: &self.skipped_records,
            skipped_files: First { count: self.skipped.count, first: &self.skipped.first },
        };
        let mut json = serde_json::to_string_pretty(&file).unwrap_or_default();
        json.push('\n');
        json
    }
}

/// Whether the text of a `summary.json` is ours, of whatever version.
pub(super) fn is_ours(json: &str) -> bool {
    #[derive(Deserialize)]
    struct Head {
        generator: String,
    }
    serde_json::from_str::<Head>(json).is_ok_and(|head| head.generator.starts_with("cleancopy "))
}

#[derive(Serialize)]
struct SummaryFile<'s> {
    generator: &'static str,
    documents: u64,
    by_status: Ordered<u64>,
    characters: Characters,
    segments: Segments,
    removed: Removed<'s>,
    errors: First<'s, Fault>,
    skipped_records: &'s BTreeMap<String, u64>,
    skipped_files: First<'s, String>,
}

#[derive(Serialize)]
struct Characters {
    r#in: u64,
    body: u64,
}

#[derive(Serialize)]
struct Segments {
    kept: u64,
    removed: u64,
}

#[derive(Serialize)]
struct Removed<'s> {
    count: u64,
    characters: u64,
    by_kind: Ordered<Count>,
    by_rule: BTreeMap<&'s str, Count>,
}

#[derive(Serialize)]
struct First<'s, T> {
    count: u64,
    first: &'s [T],
}

/// An object whose keys keep the order of the contract.
struct Ordered<T>(Vec<(&'static str, T)>);

impl<T> FromIterator<(&'static str, T)> for Ordered<T> {
    fn from_iter<I: IntoIterator<Item = (&'static str, T)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl<T: Serialize> Serialize for Ordered<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}
