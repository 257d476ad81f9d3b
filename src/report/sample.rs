//! Which documents and cuts of a run are shown.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::excerpt::{NAME, Shown, clip, clip_start, is_within};
use crate::record::RemovedSpan;
use crate::restore::{Piece, pieces};
use crate::text::hash::{START, fnv};
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
    /// Documents of the least hashes, these first.
    drawn: Vec<(u64, Arc<Shown>)>,
    /// The most doubtful cuts, these first.
    doubtful: Vec<Example>,
    /// The most doubtful cut of each rule.
    by_rule: BTreeMap<String, Example>,
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
    /// Takes from a record what it has to show. Of one from which its text cannot be had, that is nothing.
    pub fn add(&mut self, record: &Record) {
        let number = self.documents;
        self.documents += 1;
        let Ok(pieces) = pieces(record) else {
            self.unknown += 1;
            return;
        };
        let shown = Arc::new(Shown::of(record, &pieces, number));
        self.draw(fnv(fnv(START, record.source.as_bytes()), record.id.as_bytes()), &shown);
        self.cover(&shown);
        for (at, piece) in pieces.iter().enumerate() {
            if let Piece::Cut(cut) = piece {
                let doubt = Doubt { confidence: sure(cut), characters: cut.text.chars().count() };
                self.add_example(doubt, &cut.rule, &cut.text, || example(cut, doubt, record, &pieces, at, number));
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
            if self.would_draw(*hash, shown.cost) {
                self.draw(*hash, &renumbered(shown));
            }
        }
        for shown in &part.cover {
            if self.is_new(shown) {
                self.cover(&renumbered(shown));
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

    fn would_draw(&self, hash: u64, cost: usize) -> bool {
        let taken: usize = self.drawn.iter().take_while(|(other, _)| *other <= hash).map(|(_, shown)| shown.cost).sum();
        taken + cost <= DRAWN
    }

    fn draw(&mut self, hash: u64, shown: &Arc<Shown>) {
        if !self.would_draw(hash, shown.cost) {
            return;
        }
        let place = self.drawn.partition_point(|(other, _)| *other <= hash);
        self.drawn.insert(place, (hash, Arc::clone(shown)));
        let mut taken = 0;
        self.drawn.retain(|(_, shown)| {
            taken += shown.cost;
            taken <= DRAWN
        });
    }

    /// Whether a document shows what is not shown often enough.
    fn is_new(&self, shown: &Shown) -> bool {
        let seen = &self.seen;
        seen.statuses[shown.status as usize] < OF_STATUS
            || shown.shown_cuts().any(|cut| seen.kinds[cut.kind as usize] < OF_KIND)
            || self.cost + shown.cost <= COVER
                && (shown.shown_cuts().any(|cut| !seen.rules.contains(&cut.rule))
                    || shown.lang.as_ref().is_some_and(|lang| !seen.langs.contains(lang)))
    }

    fn cover(&mut self, shown: &Arc<Shown>) {
        if !self.is_new(shown) {
            return;
        }
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
