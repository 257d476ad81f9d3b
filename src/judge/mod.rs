//! The one place where findings become verdicts.
//!
//! Findings that agree make each other surer, a learned model decides what no rule is sure of, and the
//! guards hold back what would cost body text.

mod evidence;
mod guards;
mod nature;
mod why;

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::detect::{Finding, SITE_LINE, Signal, View, Voice};
use crate::features::Said;
use crate::model::Opinion;
use crate::{Config, Kind};
use evidence::Evidence;

pub(crate) use guards::Outcome;
pub(crate) use why::why;
pub use why::{Spoke, Weight, Why};

/// Signals that only the judge gives.
pub(crate) const SIGNALS: &[&Signal] = BY_MODEL;

/// What the model cuts and no rule names, one signal for each kind it may call it.
macro_rules! by_model {
    ($($name:ident $id:literal $kind:ident),* $(,)?) => {
        $(static $name: Signal = Signal { id: $id, kind: Kind::$kind, about: "what the learned model takes for it", guesses: true };)*
        static BY_MODEL: &[&Signal] = &[$(&$name),*];
    };
}

by_model! {
    AD "ad.model" Ad,
    CAPTION "caption.model" Caption,
    CREDIT "credit.model" Credit,
    SOURCE "source.model" Source,
    BIO "bio.model" Bio,
    BYLINE "byline.model" Byline,
    DATE "date.model" Date,
    TITLE "title.model" Title,
    SHARE "share.model" Share,
    PROMO "promo.model" Promo,
    RELATED "related.model" Related,
    TAGS "tags.model" Tags,
    NAV "nav.model" Nav,
    LEGAL "legal.model" Legal,
    COMMENT "comment.model" Comment,
    CONTACT "contact.model" Contact,
    OTHER "other.model" Other,
}

/// What is decided of one segment.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    /// How likely the segment is not body, from 0 to 1.
    pub(crate) confidence: f32,
    /// How sure rules and detectors are of it, without the model.
    pub(crate) surety: f32,
    /// What it is and who says so; the strongest voice, if any spoke.
    pub(crate) says: Option<(Kind, Voice)>,
    /// Whether all of it is cut.
    pub(crate) cut: bool,
    /// Parts of it that are cut, sorted and disjoint; only if not all of it is.
    pub(crate) parts: Vec<Part>,
}

/// A part of a segment that is cut.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) span: Range<usize>,
    pub(crate) kind: Kind,
    pub(crate) voice: Voice,
    pub(crate) confidence: f32,
}

/// What rules and detectors say of every segment, joined, before anything holds them back.
pub(crate) fn said(view: &View<'_>, findings: &[Finding]) -> Vec<Said> {
    all_said(&evidence(view, findings))
}

fn evidence(view: &View<'_>, findings: &[Finding]) -> Vec<Evidence> {
    let mut evidence: Vec<Evidence> = vec![Evidence::default(); view.len()];
    for finding in findings.iter().filter(|f| f.part.is_none()) {
        evidence[finding.segment].add(finding, view.rules);
    }
    evidence
}

/// All that speaks for and against every segment, before anything is decided.
struct Weighed {
    /// What rules and detectors say, before the guards hold anything back.
    said: Vec<Said>,
    opinions: Vec<Option<Opinion>>,
    /// What rules and detectors say, held back by the guards.
    evidence: Vec<Evidence>,
    /// Parts of segments that the user protects.
    protected: FxHashMap<usize, Vec<Range<usize>>>,
    /// From here on a segment is cut.
    threshold: f32,
}

fn weigh(view: &View<'_>, findings: &[Finding], config: &Config) -> Weighed {
    let threshold = config.mode().threshold().max(config.min_confidence());
    let mut evidence = evidence(view, findings);
    // A part that the user protects stays, and so does the segment around it.
    let mut protected: FxHashMap<usize, Vec<Range<usize>>> = FxHashMap::default();
    for finding in findings {
        let is_protecting = matches!(finding.voice, Voice::Rule(n) if view.rules[n].protects());
        if let (true, Some(span)) = (is_protecting, &finding.part) {
            evidence[finding.segment].keep_whole();
            protected.entry(finding.segment).or_default().push(span.clone());
        }
    }
    let said = all_said(&evidence);
    let opinions = config.model().opinions(view, &said);
    guards::hold_back(view, &mut evidence);
    guards::leave_clean(view, &mut evidence);
    Weighed { said, opinions, evidence, protected, threshold }
}

/// Decides every segment, and what that makes of the document.
pub(crate) fn judge(view: &View<'_>, findings: &[Finding], config: &Config) -> (Vec<Verdict>, Outcome) {
    let Weighed { opinions, evidence, protected, threshold, .. } = weigh(view, findings, config);
    let mut verdicts: Vec<Verdict> = evidence
        .iter()
        .zip(&opinions)
        .map(|(e, opinion)| {
            let (confidence, says) = join(e, *opinion, config.mode().sure());
            let cut = !e.is_kept_whole() && confidence >= threshold && says.is_some_and(|(kind, _)| config.cuts(kind));
            Verdict { confidence, surety: e.confidence(), says, cut, parts: Vec::new() }
        })
        .collect();
    guards::keep_company(view, &mut verdicts);
    guards::keep_headings(view, &mut verdicts);
    let is_protected = |segment: usize, span: &Range<usize>| {
        let mut kept = protected.get(&segment).into_iter().flatten();
        kept.any(|kept| kept.start < span.end && span.start < kept.end)
    };
    for finding in findings {
        let verdict = &mut verdicts[finding.segment];
        if let Some(span) = &finding.part
            && !verdict.cut
            && !is_protected(finding.segment, span)
            && !evidence[finding.segment].is_protected()
            && finding.confidence >= threshold
            && config.cuts(finding.kind)
        {
            let (span, kind, voice, confidence) = (span.clone(), finding.kind, finding.voice, finding.confidence);
            verdict.parts.push(Part { span, kind, voice, confidence });
        }
    }
    for verdict in &mut verdicts {
        put_users_first(&mut verdict.parts, view);
        disjoin(&mut verdict.parts, view.source);
    }
    let outcome = guards::outcome(view, &verdicts);
    (verdicts, outcome)
}

fn all_said(evidence: &[Evidence]) -> Vec<Said> {
    evidence.iter().map(Evidence::said).collect()
}

/// Below this the model names nothing, and below that it has nothing to say: no mode cuts there.
const NAMED: f32 = 0.65;
const SAID: f32 = 0.3;

/// What rules, the model and the table of its site make of a segment: rules that are sure stay so, the model decides
/// the rest, and the table makes that likelier.
fn join(evidence: &Evidence, opinion: Option<Opinion>, sure_rule: f32) -> (f32, Option<(Kind, Voice)>) {
    let surety = evidence.confidence();
    if evidence.is_decided() {
        return (surety, evidence.says());
    }
    let alone = match opinion.map(|opinion| f32::from(opinion.sure) / 100.0) {
        Some(sure) if evidence.is_sure(sure_rule) => surety.max(sure),
        Some(sure) => evidence.capped(sure),
        // Of what nobody has judged, nobody knows.
        None if evidence.by_site().is_some() && evidence.says().is_none() => 0.5,
        None => surety,
    };
    let confidence = evidence.with_site(alone);
    (confidence, name(evidence, opinion, alone, confidence))
}

/// Who names a segment, and what it is: a name by wording goes before one by the model, and what would hardly be cut
/// without the table of its site (`alone`) is the table's, by the kind that others would give it.
fn name(evidence: &Evidence, opinion: Option<Opinion>, alone: f32, confidence: f32) -> Option<(Kind, Voice)> {
    let says = evidence.says();
    let named = says.filter(|(_, voice)| !matches!(voice, Voice::Signal(signal) if signal.guesses));
    if named.is_none() && evidence.by_site().is_some() && alone < NAMED {
        let by_model = opinion.map(|opinion| opinion.kind).filter(|kind| *kind != Kind::Other);
        let kind = by_model.or(says.map(|(kind, _)| kind)).unwrap_or(Kind::Other);
        return Some((kind, Voice::Signal(&SITE_LINE)));
    }
    let Some(opinion) = opinion else { return says };
    // What it is hardly sure is junk at all, the model does not know the kind of.
    let kind = if confidence < NAMED { Kind::Other } else { opinion.kind };
    let by_model = || BY_MODEL.iter().find(|signal| signal.kind == kind && confidence >= SAID);
    named.or_else(|| by_model().map(|signal| (signal.kind, Voice::Signal(signal))))
}

/// Drops parts that overlap one of which the user speaks.
fn put_users_first(parts: &mut Vec<Part>, view: &View<'_>) {
    let is_users = |part: &Part| matches!(part.voice, Voice::Rule(n) if view.rules[n].is_users);
    if !parts.iter().any(is_users) {
        return;
    }
    let (mut users, ours): (Vec<Part>, Vec<Part>) = parts.drain(..).partition(is_users);
    disjoin(&mut users, view.source);
    let is_free = |part: &Part| {
        let next = users.partition_point(|u| u.span.end <= part.span.start);
        users.get(next).is_none_or(|u| u.span.start >= part.span.end)
    };
    parts.extend(ours.into_iter().filter(is_free));
    parts.append(&mut users);
}

/// Sorts parts, drops those that overlap an earlier, longer one, and joins neighbours of a kind.
fn disjoin(parts: &mut Vec<Part>, source: &str) {
    parts.sort_by_key(|p| (p.span.start, std::cmp::Reverse(p.span.end)));
    let mut end = 0;
    parts.retain(|p| {
        let fits = p.span.start >= end;
        if fits {
            end = p.span.end;
        }
        fits
    });
    parts.dedup_by(|next, part| {
        let joins = next.kind == part.kind && source[part.span.end..next.span.start].trim().is_empty();
        if joins {
            part.span.end = next.span.end;
        }
        joins
    });
}
