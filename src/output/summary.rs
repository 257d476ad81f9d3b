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
//!   "removed_share": [1, 2, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
//!   "most_cut": [{"id": "raw/heron.txt", "source": "raw/heron.txt", "url": null, "share": 0.24, "characters": 412}],
//!   "by_lang": {"de": {"documents": 1, "characters_in": 1620, "cuts": 4, "characters_cut": 305}},
//!   "by_site": {"courier.example": {"documents": 2, "characters_in": 4120, "cuts": 9, "characters_cut": 711}},
//!   "documents_of_other_sites": 0,
//!   "errors": {"count": 1, "first": [{"source": "dump.jsonl", "id": "dump.jsonl#3", "record": 3, "byte": 812, "error": "..."}]},
//!   "skipped_records": {"request": 12, "revisit": 1},
//!   "skipped_files": {"count": 1, "first": ["raw/logo.png"]}
//! }
//! ```
//!
//! `removed_share` counts documents by the share of their characters that was cut, in steps of five per cent;
//! `most_cut` names the five with the largest share. Both are of the documents that were cleaned (`ok`, `unchanged`).
//! `by_lang` and `by_site` go by the language and the host of the address, where these are known; what is not, and
//! what comes after the first 100 languages and 1,000 sites, is in no row (of sites, `documents_of_other_sites` counts
//! it). How long a run took is said at its end and stands in no file, so that the same input gives the same bytes.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::input::Skipped;
use crate::sites::site_of;
use crate::text::language;
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

/// The documents of a site or a language together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// How many.
    pub documents: u64,
    /// Characters of their source texts.
    pub characters_in: u64,
    /// How often was cut.
    pub cuts: u64,
    /// Characters of these cuts.
    pub characters_cut: u64,
}

impl Totals {
    fn add(&mut self, other: Self) {
        self.documents += other.documents;
        add(&mut self.characters_in, other.characters_in);
        self.cuts += other.cuts;
        self.characters_cut += other.characters_cut;
    }
}

/// Adds what a record says, which may be anything if it was not written by this program.
fn add(sum: &mut u64, more: u64) {
    *sum = sum.saturating_add(more);
}

/// Adds to the totals of a name, unless there are so many other names already. Whether it was added.
fn tally(tallies: &mut BTreeMap<String, Totals>, most: usize, name: &str, tally: Totals) -> bool {
    if let Some(sum) = tallies.get_mut(name) {
        sum.add(tally);
    } else if tallies.len() < most {
        tallies.insert(name.to_owned(), tally);
    } else {
        return false;
    }
    true
}

/// So many sites and languages are counted by name.
const SITES: usize = 1000;
const LANGS: usize = 100;

/// A document of which much was cut.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MostCut {
    /// Its id.
    pub id: String,
    /// Its file.
    pub source: String,
    /// Its address.
    pub url: Option<String>,
    /// The share of its characters that was cut, from 0 to 1.
    pub share: f64,
    /// How many characters that is.
    pub characters: u64,
}

/// So many of them are kept, for the report.
const OUTLIERS: usize = 20;
/// So many of the documents most cut are named in `summary.json` and at the end of a run.
pub const MOST_CUT: usize = 5;
/// Steps in which documents are counted by the share that was cut.
const STEPS: usize = 20;

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
    by_share: [u64; STEPS],
    most_cut: Vec<MostCut>,
    by_lang: BTreeMap<String, Totals>,
    by_site: BTreeMap<String, Totals>,
    documents_of_other_sites: u64,
    /// Documents that could not be read; of a whole run only the first.
    pub faults: Vec<Fault>,
    /// Records of archives that are no documents: what they are, and how many.
    pub skipped_records: BTreeMap<String, u64>,
    /// Files that were passed over.
    #[serde(skip)]
    pub skipped: Skipped,
}

impl Summary {
    /// Counts a record. If it could not be read, `number` is where in its file it stands, from 1, and `byte` where it
    /// begins, as far as that is known.
    pub fn add(&mut self, record: &Record, number: Option<u64>, byte: Option<u64>) {
        self.documents += 1;
        self.by_status[record.status as usize] += 1;
        add(&mut self.characters_in, record.stats.chars_in as u64);
        add(&mut self.characters_body, record.stats.chars_body as u64);
        add(&mut self.segments_kept, record.stats.segments_kept as u64);
        add(&mut self.segments_removed, record.stats.segments_removed as u64);
        let mut all = Totals { documents: 1, characters_in: record.stats.chars_in as u64, ..Totals::default() };
        for cut in &record.removed {
            let count = Count { count: 1, characters: cut.text.chars().count() as u64 };
            self.by_kind[cut.kind as usize].add(count);
            all.cuts += 1;
            all.characters_cut += count.characters;
            match self.by_rule.get_mut(cut.rule.as_str()) {
                Some(sum) => sum.add(count),
                None => _ = self.by_rule.insert(cut.rule.to_string(), count),
            }
        }
        if let Some(lang) = record.lang.as_deref().and_then(language) {
            tally(&mut self.by_lang, LANGS, &lang, all);
        }
        if let Some(site) = site_of(None, record.url.as_deref()) {
            self.documents_of_other_sites += u64::from(!tally(&mut self.by_site, SITES, &site, all));
        }
        if matches!(record.status, Status::Ok | Status::Unchanged) && all.characters_in > 0 {
            self.add_share(record, all);
        }
        if record.status == Status::Error {
            self.faults.push(Fault {
                source: record.source.clone(),
                id: record.id.clone(),
                record: number,
                byte,
                error: record.error.clone().unwrap_or_default(),
            });
        }
    }

    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share")]
    fn add_share(&mut self, record: &Record, all: Totals) {
        let share = (all.characters_cut as f64 / all.characters_in as f64).min(1.0);
        self.by_share[((share * STEPS as f64) as usize).min(STEPS - 1)] += 1;
        // As decimal digits, for it is written out.
        let share = (share * 1e4).round() / 1e4;
        if all.cuts > 0 {
            self.add_most_cut(share, all.characters_cut, || MostCut {
                id: record.id.clone(),
                source: record.source.clone(),
                url: record.url.clone(),
                share,
                characters: all.characters_cut,
            });
        }
    }

    /// Adds a document where it has its place among those most cut; of equals the one that came first stands first.
    fn add_most_cut(&mut self, share: f64, characters: u64, document: impl FnOnce() -> MostCut) {
        let place = self.most_cut.partition_point(|other| (other.share, other.characters) >= (share, characters));
        if place < OUTLIERS {
            self.most_cut.insert(place, document());
            self.most_cut.truncate(OUTLIERS);
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
        add(&mut self.characters_in, part.characters_in);
        add(&mut self.characters_body, part.characters_body);
        add(&mut self.segments_kept, part.segments_kept);
        add(&mut self.segments_removed, part.segments_removed);
        for (sum, count) in self.by_kind.iter_mut().zip(part.by_kind) {
            sum.add(count);
        }
        for (rule, count) in &part.by_rule {
            match self.by_rule.get_mut(rule) {
                Some(sum) => sum.add(*count),
                None => _ = self.by_rule.insert(rule.clone(), *count),
            }
        }
        for (sum, count) in self.by_share.iter_mut().zip(part.by_share) {
            *sum += count;
        }
        for document in &part.most_cut {
            self.add_most_cut(document.share, document.characters, || document.clone());
        }
        for (lang, of) in &part.by_lang {
            tally(&mut self.by_lang, LANGS, lang, *of);
        }
        self.documents_of_other_sites += part.documents_of_other_sites;
        for (site, of) in &part.by_site {
            if !tally(&mut self.by_site, SITES, site, *of) {
                self.documents_of_other_sites += of.documents;
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

    /// Documents by the share of their characters that was cut, in steps of equal size.
    pub(crate) fn shares(&self) -> &[u64] {
        &self.by_share
    }

    /// The documents with the largest share cut, that one first; twenty at the most.
    #[must_use]
    pub fn most_cut(&self) -> &[MostCut] {
        &self.most_cut
    }

    /// Languages that documents say they are in.
    pub(crate) fn langs(&self) -> &BTreeMap<String, Totals> {
        &self.by_lang
    }

    /// Hosts of the documents' addresses.
    pub(crate) fn sites(&self) -> &BTreeMap<String, Totals> {
        &self.by_site
    }

    /// Segments that were kept, and that were removed.
    pub(crate) fn segments(&self) -> (u64, u64) {
        (self.segments_kept, self.segments_removed)
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
            removed_share: &self.by_share,
            most_cut: &self.most_cut[..self.most_cut.len().min(MOST_CUT)],
            by_lang: &self.by_lang,
            by_site: &self.by_site,
            documents_of_other_sites: self.documents_of_other_sites,
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
    removed_share: &'s [u64],
    most_cut: &'s [MostCut],
    by_lang: &'s BTreeMap<String, Totals>,
    by_site: &'s BTreeMap<String, Totals>,
    documents_of_other_sites: u64,
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
