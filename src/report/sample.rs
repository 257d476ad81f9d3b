//! Which documents and cuts of a run are shown.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};

use super::excerpt::{NAME, Shown, clip, clip_start, is_within};
use crate::record::RemovedSpan;
use crate::restore::{Piece, pieces};
use crate::text::hash::{START, fnv};
use crate::text::language;
use crate::{Kind, Record, Status};

/// So many documents are shown of every status, and of every kind that is cut, whatever that takes.
const OF_STATUS: u32 = 6;
const OF_KIND: u32 = 4;
/// Documents that show a rule or a language for the first time are taken in until all of these take so many bytes.
const COVER: usize = 1_500_000;
/// Documents that are drawn at random take so many.
const DRAWN: usize = 700_000;
/// So many of the cuts of which the judge is least sure are shown.
const DOUBTFUL: usize = 100;
/// So many rules are shown.
const RULES: usize = 1_500;
/// Of an example so many bytes are shown, and of what stands before and after it.
const EXAMPLE: usize = 400;
const CONTEXT: usize = 90;

/// Examples of what a run did: documents, and cuts. Their number is bounded. What is in it depends on the records, their
/// order, and the parts in which they come alone.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Sample {
    /// Documents of the run so far.
    documents: u64,
    /// Of these, those of which the text is not known.
    unknown: u64,
    /// Documents that show what no other shows, in order.
    cover: Vec<Arc<Shown>>,
    seen: Seen,
    cost: usize,
    /// There was a document that showed a new rule or language, and no room for it. No other is taken for that.
    is_full: bool,
    /// Documents of the least hashes, these first, and what they cost.
    drawn: Vec<(u64, Arc<Shown>)>,
    cost_drawn: usize,
    /// The least hash for which there was no room.
    refused: Option<u64>,
    /// The most doubtful cuts, these first.
    doubtful: Vec<Example>,
    /// The most doubtful cut of each rule.
    by_rule: BTreeMap<String, Example>,
}

/// The sample of a run that several workers look at while one merges what they find.
#[derive(Clone, Debug, Default)]
pub struct Shared(Arc<RwLock<Sample>>);

impl Shared {
    /// Takes from a record what it has to show beyond what is here, into the part of one worker. What has been merged by
    /// then makes no difference to what is shown in the end.
    pub fn add(&self, part: &mut Sample, record: &Record) {
        part.add(record, &self.0.read().unwrap_or_else(PoisonError::into_inner));
    }

    /// Adds what the next part of the run has to show.
    pub fn merge(&self, part: &Sample) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).merge(part);
    }

    /// What is here now.
    #[must_use]
    pub fn get(&self) -> Sample {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Goes on from what an earlier run has left.
    pub fn set(&self, sample: Sample) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = sample;
    }
}

/// How often the documents that are shown show what.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Seen {
    statuses: [u32; Status::ALL.len()],
    kinds: [u32; Kind::ALL.len()],
    rules: BTreeSet<String>,
    langs: BTreeSet<String>,
}

/// A cut, with what stood around it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Example {
    /// Which document of the run it is of, from 0.
    pub(super) number: u64,
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) rule: String,
    pub(super) confidence: f64,
    /// Whether it is a part of a line, and the rest of the line is kept.
    pub(super) within: bool,
    /// Characters of the whole cut.
    pub(super) characters: usize,
    pub(super) before: Vec<Around>,
    pub(super) text: String,
    pub(super) after: Vec<Around>,
}

/// What stands around a cut.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Around {
    /// Whether it was cut as well.
    pub(super) cut: bool,
    pub(super) text: String,
}

/// How doubtful a cut is. The less sure comes first; of two that are as sure, the larger, which costs more if it is wrong.
#[derive(Clone, Copy)]
struct Doubt {
    confidence: f64,
    characters: usize,
}

impl Doubt {
    fn order(self, other: Self) -> Ordering {
        self.confidence.total_cmp(&other.confidence).then(other.characters.cmp(&self.characters))
    }
}

impl Example {
    fn doubt(&self) -> Doubt {
        Doubt { confidence: self.confidence, characters: self.characters }
    }
}

impl Sample {
    /// Takes from a record what it has to show beyond what is `known` of the run: what has been [merged](Self::merge) so
    /// far. That need not be up to date; what is merged later is looked at again. Of a record from which its text cannot be
    /// had, nothing is taken.
    pub fn add(&mut self, record: &Record, known: &Self) {
        let number = self.documents;
        self.documents += 1;
        let Ok(pieces) = pieces(record) else {
            self.unknown += 1;
            return;
        };
        let hash = fnv(fnv(START, record.source.as_bytes()), record.id.as_bytes());
        let is_drawn = known.would_draw(hash) && self.would_draw(hash);
        if is_drawn || known.may_be_new(record) && self.may_be_new(record) {
            let shown = Arc::new(Shown::of(record, &pieces, number));
            self.draw(hash, &shown);
            // Whether there is room is known when parts are merged.
            if known.is_new(&shown) && self.is_new(&shown) {
                self.cover(&shown);
            }
        }
        for (at, piece) in pieces.iter().enumerate() {
            if let Piece::Cut(cut) = piece {
                let doubt = Doubt { confidence: sure(cut), characters: cut.text.chars().count() };
                if known.is_doubtful(doubt, &cut.rule) {
                    self.add_example(doubt, &cut.rule, &cut.text, || example(cut, doubt, record, &pieces, at, number));
                }
            }
        }
    }

    /// Adds what a later part of the run has to show.
    pub fn merge(&mut self, part: &Self) {
        let first = self.documents;
        let renumbered = |shown: &Arc<Shown>| {
            if first == 0 {
                return Arc::clone(shown);
            }
            let mut shown = Shown::clone(shown);
            shown.number += first;
            Arc::new(shown)
        };
        self.documents += part.documents;
        self.unknown += part.unknown;
        for (hash, shown) in &part.drawn {
            if self.would_draw(*hash) {
                self.draw(*hash, &renumbered(shown));
            }
        }
        for shown in &part.cover {
            if self.is_short_of(shown) || self.is_new(shown) && self.cost + shown.cost <= COVER {
                self.cover(&renumbered(shown));
            } else if self.is_new(shown) {
                self.is_full = true;
            }
        }
        for example in part.doubtful.iter().chain(part.by_rule.values()) {
            let renumbered = || Example { number: example.number + first, ..example.clone() };
            self.add_example(example.doubt(), &example.rule, &example.text, renumbered);
        }
    }

    /// Documents of the run, and of how many the text is not known.
    pub(super) fn documents(&self) -> (u64, u64) {
        (self.documents, self.unknown)
    }

    /// Whether a document of the run is shown.
    pub(super) fn shows(&self, number: u64) -> bool {
        let all = self.cover.iter().chain(self.drawn.iter().map(|(_, shown)| shown));
        all.into_iter().any(|shown| shown.number == number)
    }

    /// The documents that are shown, in their order.
    pub(super) fn shown(&self) -> impl Iterator<Item = &Shown> {
        let all = self.cover.iter().chain(self.drawn.iter().map(|(_, shown)| shown));
        all.map(|shown| (shown.number, &**shown)).collect::<BTreeMap<_, _>>().into_values()
    }

    /// The most doubtful cuts, these first.
    pub(super) fn doubtful(&self) -> &[Example] {
        &self.doubtful
    }

    /// The most doubtful cut of a rule.
    pub(super) fn of_rule(&self, rule: &str) -> Option<&Example> {
        self.by_rule.get(clip(rule, NAME))
    }

    fn would_draw(&self, hash: u64) -> bool {
        self.refused.is_none_or(|refused| hash < refused)
    }

    /// Takes a document in, and the others of which the hash is larger out until there is room. What stays are the first
    /// of all documents by their hashes, however they come.
    fn draw(&mut self, hash: u64, shown: &Arc<Shown>) {
        if !self.would_draw(hash) {
            return;
        }
        let place = self.drawn.partition_point(|(other, _)| *other <= hash);
        self.drawn.insert(place, (hash, Arc::clone(shown)));
        self.cost_drawn += shown.cost;
        while self.cost_drawn > DRAWN
            && let Some((hash, shown)) = self.drawn.pop()
        {
            self.cost_drawn -= shown.cost;
            self.refused = Some(hash);
        }
    }

    /// Whether a document may be [new](Self::is_new); it is not if the cut that makes it so is not among those that are
    /// shown of it.
    fn may_be_new(&self, record: &Record) -> bool {
        let seen = &self.seen;
        seen.statuses[record.status as usize] < OF_STATUS
            || record.removed.iter().any(|cut| {
                seen.kinds[cut.kind as usize] < OF_KIND || !self.is_full && !seen.rules.contains(clip(&cut.rule, NAME))
            })
            || !self.is_full
                && record.lang.as_deref().and_then(language).is_some_and(|lang| !seen.langs.contains(&lang))
    }

    /// Whether a document has a status or kind that is not shown often enough.
    fn is_short_of(&self, shown: &Shown) -> bool {
        self.seen.statuses[shown.status as usize] < OF_STATUS
            || shown.shown_cuts().any(|cut| self.seen.kinds[cut.kind as usize] < OF_KIND)
    }

    /// Whether a document shows what is not shown often enough.
    fn is_new(&self, shown: &Shown) -> bool {
        self.is_short_of(shown)
            || !self.is_full
                && (shown.shown_cuts().any(|cut| !self.seen.rules.contains(&cut.rule))
                    || shown.lang.as_ref().is_some_and(|lang| !self.seen.langs.contains(lang)))
    }

    fn cover(&mut self, shown: &Arc<Shown>) {
        let seen = &mut self.seen;
        seen.statuses[shown.status as usize] += 1;
        shown.shown_cuts().map(|cut| cut.kind as usize).collect::<BTreeSet<_>>().into_iter().for_each(|kind| {
            seen.kinds[kind] += 1;
        });
        seen.rules.extend(shown.shown_cuts().map(|cut| cut.rule.clone()));
        seen.langs.extend(shown.lang.clone());
        self.cost += shown.cost;
        self.cover.push(Arc::clone(shown));
    }

    /// Whether a cut is more doubtful than what is shown, or than what is of its rule.
    fn is_doubtful(&self, doubt: Doubt, rule: &str) -> bool {
        let is_before = |other: &Example| doubt.order(other.doubt()).is_lt();
        self.doubtful.len() < DOUBTFUL
            || self.doubtful.last().is_some_and(is_before)
            || self.by_rule.get(clip(rule, NAME)).is_none_or(is_before)
    }

    /// Adds a cut with this rule and text where it is more doubtful than what is there.
    fn add_example(&mut self, doubt: Doubt, rule: &str, text: &str, example: impl Fn() -> Example) {
        let (rule, text) = (clip(rule, NAME), clip(text, EXAMPLE));
        let place = self.doubtful.partition_point(|other| other.doubt().order(doubt).is_le());
        if place < DOUBTFUL {
            // The same text by the same rule says nothing new.
            let same = self.doubtful.iter().position(|other| other.text == text && other.rule == rule);
            if same.is_none_or(|same| same >= place) {
                same.map(|same| self.doubtful.remove(same));
                self.doubtful.insert(place, example());
                self.doubtful.truncate(DOUBTFUL);
            }
        }
        if let Some(known) = self.by_rule.get_mut(rule) {
            if doubt.order(known.doubt()).is_lt() {
                *known = example();
            }
        } else if self.by_rule.len() < RULES {
            self.by_rule.insert(rule.to_owned(), example());
        }
    }
}

/// How sure a record says that the judge was, from 0 to 1.
pub(super) fn sure(cut: &RemovedSpan) -> f64 {
    cut.confidence.clamp(0.0, 1.0)
}

/// A cut, which is the piece at `at`, and what stands around it.
fn example(cut: &RemovedSpan, doubt: Doubt, record: &Record, pieces: &[Piece<'_>], at: usize, number: u64) -> Example {
    let around = |pieces: &mut dyn Iterator<Item = &Piece<'_>>, clip: fn(&str, usize) -> &str| {
        let (mut around, mut room) = (Vec::new(), CONTEXT);
        for piece in pieces {
            let text = clip(piece.text(), room);
            around.push(Around { cut: matches!(piece, Piece::Cut(_)), text: text.to_owned() });
            room -= text.len();
            if text.len() < piece.text().len() {
                around.push(Around { cut: false, text: "…".to_owned() });
                break;
            }
        }
        around
    };
    let mut before = around(&mut pieces[..at].iter().rev(), clip_start);
    before.reverse();
    let after = around(&mut pieces[at + 1..].iter(), clip);
    Example {
        number,
        id: clip(&record.id, NAME).to_owned(),
        kind: cut.kind,
        rule: clip(&cut.rule, NAME).to_owned(),
        confidence: doubt.confidence,
        within: is_within(pieces, at),
        characters: doubt.characters,
        before,
        text: clip(&cut.text, EXAMPLE).to_owned(),
        after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records of many rules, kinds and lengths, some of which cannot be shown.
    fn records() -> Vec<Record> {
        let mut seed = 7_u64;
        let mut next = move |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let record = |number: usize| {
            let mut record = Record::unreadable(format!("{number}"), "dump".into(), String::new());
            record.status = Status::ALL[next(7) as usize];
            record.lang = Some(["de", "en", "fr"][next(3) as usize].into());
            let mut text = String::new();
            for _ in 0..next(9) {
                let cut = "junk ".repeat(1 + next(90) as usize);
                let (kind, rule) = (Kind::ALL[next(17) as usize], format!("ad.{}", next(3000)));
                let (start, confidence) = (text.len(), next(100) as f64 / 100.0);
                text += &cut;
                record.removed.push(RemovedSpan {
                    start,
                    end: text.len(),
                    kind,
                    rule,
                    confidence,
                    text: cut,
                    body_at: None,
                });
                text += &format!("\nBody {}.\n", "word ".repeat(next(400) as usize));
            }
            record.text = Some(text).filter(|_| next(50) > 0);
            record
        };
        (0..1500).map(record).collect()
    }

    /// The sample of a run in parts of this size, by workers that know of all parts but the last `behind`.
    fn sample(records: &[Record], size: usize, behind: usize) -> Sample {
        let mut states = vec![Sample::default()];
        for (number, records) in records.chunks(size).enumerate() {
            let mut part = Sample::default();
            records.iter().for_each(|record| part.add(record, &states[number.saturating_sub(behind)]));
            let mut whole = states[number].clone();
            whole.merge(&part);
            states.push(whole);
        }
        states.pop().expect("a state")
    }

    #[test]
    fn what_workers_know_makes_no_difference() {
        let records = records();
        let html = |sample: &Sample| crate::report::html(&crate::output::Summary::default(), sample);
        let whole = sample(&records, 100, 0);
        for behind in [1, 3, 100] {
            assert!(html(&sample(&records, 100, behind)) == html(&whole), "{behind} parts behind");
        }
        assert!(whole.refused.is_some() && whole.is_full, "there is more than is shown");
        assert!(whole.unknown > 0 && whole.doubtful.len() == DOUBTFUL);
        assert!(whole.seen.statuses.iter().all(|count| *count >= OF_STATUS), "{:?}", whole.seen.statuses);
        assert!(whole.seen.kinds.iter().all(|count| *count >= OF_KIND), "{:?}", whole.seen.kinds);
        assert!(whole.doubtful.is_sorted_by(|a, b| a.doubt().order(b.doubt()).is_le()));
        // What is drawn at random does not depend on the division either.
        let drawn = |sample: &Sample| sample.drawn.iter().map(|(hash, _)| *hash).collect::<Vec<_>>();
        assert_eq!(drawn(&sample(&records, 50, 0)), drawn(&whole));
        assert_eq!(drawn(&sample(&records, 1500, 0)), drawn(&whole));
        assert!(drawn(&whole).len() > 50);
    }
}
