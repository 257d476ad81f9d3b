//! The one place where findings become verdicts.
//!
//! Findings that agree make each other surer, neighbours pull short lines along, and the guards
//! hold back what would cost body text.

mod evidence;
mod guards;
mod nature;

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::detect::{Finding, Signal, View, Voice};
use crate::rules::Action;
use crate::text::EndMark;
use crate::{Config, Kind};
use evidence::Evidence;

pub(crate) use guards::Outcome;

/// Signals that only the judge gives.
pub(crate) const SIGNALS: &[&Signal] = BETWEEN;

/// A line between two of one kind is most likely of that kind, so there is one signal for each.
macro_rules! between {
    ($($name:ident $id:literal $kind:ident),* $(,)?) => {
        $(static $name: Signal = Signal { id: $id, kind: Kind::$kind, about: "a short line between lines that are cut", guesses: true };)*
        static BETWEEN: &[&Signal] = &[$(&$name),*];
    };
}

between! {
    AD "ad.between" Ad,
    CAPTION "caption.between" Caption,
    CREDIT "credit.between" Credit,
    SOURCE "source.between" Source,
    BIO "bio.between" Bio,
    BYLINE "byline.between" Byline,
    DATE "date.between" Date,
    TITLE "title.between" Title,
    SHARE "share.between" Share,
    PROMO "promo.between" Promo,
    RELATED "related.between" Related,
    TAGS "tags.between" Tags,
    NAV "nav.between" Nav,
    LEGAL "legal.between" Legal,
    COMMENT "comment.between" Comment,
    CONTACT "contact.between" Contact,
    OTHER "other.between" Other,
}

/// What is decided of one segment.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    /// How likely the segment is not body, from 0 to 1.
    pub(crate) confidence: f32,
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

/// Decides every segment, and what that makes of the document.
pub(crate) fn judge(view: &View<'_>, findings: &[Finding], config: &Config) -> (Vec<Verdict>, Outcome) {
    let threshold = config.mode().threshold().max(config.min_confidence());
    let mut evidence: Vec<Evidence> = vec![Evidence::default(); view.len()];
    for finding in findings.iter().filter(|f| f.part.is_none()) {
        evidence[finding.segment].add(finding, view.rules);
    }
    // A part that the user protects stays, and so does the segment around it.
    let mut protected: FxHashMap<usize, Vec<Range<usize>>> = FxHashMap::default();
    for finding in findings {
        let is_protecting = matches!(finding.voice, Voice::Rule(n) if view.rules[n].rule.action == Action::Protect);
        if let (true, Some(span)) = (is_protecting, &finding.part) {
            evidence[finding.segment].keep_whole();
            protected.entry(finding.segment).or_default().push(span.clone());
        }
    }
    guards::hold_back(view, &mut evidence);
    pull_along(view, &mut evidence);
    let mut verdicts: Vec<Verdict> = evidence
        .iter()
        .map(|e| {
            let confidence = e.confidence();
            let says = e.says();
            let cut = !e.is_kept_whole() && confidence >= threshold && says.is_some_and(|(kind, _)| config.cuts(kind));
            Verdict { confidence, says, cut, parts: Vec::new() }
        })
        .collect();
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

/// A short line between two that are cut is most likely of the same block.
fn pull_along(view: &View<'_>, evidence: &mut [Evidence]) {
    /// Neighbours this sure pull.
    const SURE: f32 = 0.9;
    /// Only lines up to so many words are pulled.
    const SHORT: u32 = 3;
    /// Between two ads stands what they sell: there a surety this small and a line this long do.
    const SURE_OF_ADS: f32 = 0.8;
    const WARES: u32 = 12;
    let before: Vec<(f32, Option<Kind>)> =
        evidence.iter().map(|e| (e.confidence(), e.says().map(|(kind, _)| kind))).collect();
    for at in 1..before.len().saturating_sub(1) {
        let ((above, kind), (below, same)) = (before[at - 1], before[at + 1]);
        let kind = kind.filter(|_| kind == same).unwrap_or(Kind::Other);
        let shape = view.shape(at);
        let (surety, longest) = if kind == Kind::Ad { (SURE_OF_ADS, WARES) } else { (SURE, SHORT) };
        if above.min(below) < surety || shape.words > longest || shape.words > SHORT && shape.end != EndMark::None {
            continue;
        }
        if let Some(signal) = BETWEEN.iter().find(|s| s.kind == kind) {
            evidence[at].add_guess(signal, if shape.words <= 1 { 0.82 } else { 0.72 });
        }
    }
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
