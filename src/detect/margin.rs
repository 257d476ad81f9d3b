//! Short lines before and behind the article.
//!
//! What they are is told by their company. Beyond a line that a rule is sure of, short lines are
//! nearly all boilerplate; between such a line and the article they may still be its standfirst
//! or its last list; and a document in which no rule finds anything has no margins at all.

use super::{Finding, Signal, View, Voice};
use crate::Kind;
use crate::text::EndMark;

pub(super) const SIGNALS: &[&Signal] = &[&HEAD, &TAIL, &TEASER];

static HEAD: Signal =
    Signal { id: "nav.head", kind: Kind::Nav, about: "a short line before the article", guesses: true };
static TAIL: Signal =
    Signal { id: "nav.tail", kind: Kind::Nav, about: "a short line behind the article", guesses: true };
static TEASER: Signal = Signal {
    id: "related.tail",
    kind: Kind::Related,
    about: "a line like a headline or a teaser behind the article",
    guesses: true,
};

/// Beyond this many segments from the article, the article may have been found wrongly: tables
/// and directories have no running text.
const NEAR: usize = 30;
/// A finding this sure shows where boilerplate begins.
const SURE: f32 = 0.85;

pub(super) fn detect(view: &View<'_>, findings: &mut Vec<Finding>) {
    let layout = view.layout;
    // In a page the elements tell what is outside.
    if !layout.has_article() || view.page.is_some() {
        return;
    }
    let mut sure = vec![false; view.len()];
    for finding in findings.iter().filter(|f| f.part.is_none() && f.confidence >= SURE) {
        sure[finding.segment] |= !matches!(finding.voice, Voice::Signal(signal) if signal.guesses);
    }
    let last_sure = (0..layout.start).rev().find(|at| sure[*at]);
    for at in 0..layout.start {
        let beyond = last_sure.is_some_and(|last| at < last);
        let confidence = head(view, at, beyond, last_sure.is_some(), layout.start - at <= NEAR);
        findings.push(Finding::whole(at, &HEAD, confidence));
    }
    let first_sure = (layout.end..view.len()).find(|at| sure[*at]);
    for at in layout.end..view.len() {
        let (signal, confidence) = match first_sure {
            Some(first) if at >= first => behind(view, at, at - layout.end < NEAR),
            Some(_) => (&TAIL, before_the_first(view, at)),
            None => (&TAIL, 0.55),
        };
        findings.push(Finding::whole(at, signal, confidence));
    }
}

/// How likely a line before the article is boilerplate.
fn head(view: &View<'_>, at: usize, beyond: bool, company: bool, near: bool) -> f32 {
    let shape = view.shape(at);
    match shape.words {
        // A numbered line or a list under its heading is the article's.
        2.. if is_numbered(view.text(at)) => 0.3,
        2.. if shape.first.is_ascii_digit() => 0.6,
        // So is what stands directly above it and does not stand alone: "Method".
        0..=4 if shape.end == EndMark::Colon || is_beside_list(view, at) || at + 1 == view.layout.start => 0.6,
        // The first entry of a live blog.
        1 if view.folded(at) == "#:#"
            && (at + 1..view.len().min(at + 3)).any(|next| view.shape(next).is_sentence()) =>
        {
            0.3
        }
        0 | 1 if beyond => 0.92,
        0 | 1 if company => 0.86,
        // "Serves 8", "Prep 20 min".
        2..=4 if shape.digits > 0 && near && !view.folded(at).contains("#:#") => 0.6,
        2..=4 if beyond => 0.82,
        0..=4 => 0.6,
        _ if shape.is_sentence() || shape.end == EndMark::Colon => 0.3,
        _ if beyond && (near || shape.words >= 8) => 0.6,
        _ => 0.4,
    }
}

/// The same for a line behind the article and behind the first sure line there.
fn behind(view: &View<'_>, at: usize, near: bool) -> (&'static Signal, f32) {
    let shape = view.shape(at);
    match shape.words {
        2.. if is_numbered(view.text(at)) => (&TAIL, 0.6),
        // Speech.
        _ if shape.end == EndMark::Sentence && view.text(at).starts_with(['"', '“', '„', '«', '-', '–', '—', '「']) => {
            (&TAIL, 0.6)
        }
        0 | 1 => (&TAIL, 0.94),
        2..=4 => (&TAIL, if near { 0.9 } else { 0.84 }),
        _ if shape.is_prose() => (&TEASER, if near { 0.65 } else { 0.5 }),
        _ if shape.is_sentence() => (&TEASER, if near { 0.75 } else { 0.65 }),
        5..=7 => (&TEASER, if near { 0.78 } else { 0.5 }),
        8..=11 => (&TEASER, if near { 0.84 } else { 0.7 }),
        // Long lines without an end mark are as often an entry of a list.
        _ => (&TEASER, 0.66),
    }
}

/// The same for a line between the article and the first sure line behind it.
fn before_the_first(view: &View<'_>, at: usize) -> f32 {
    let shape = view.shape(at);
    // Scores, times and "Referee: N. N." are the article's last table.
    let is_row = shape.digits > 0 || view.text(at).contains([':', '：']);
    match shape.words {
        2..=4 if is_row || is_beside_list(view, at) => 0.5,
        0 | 1 if shape.end == EndMark::None => 0.8,
        2..=4 if shape.end == EndMark::None && shape.capital_share() > 0.7 => 0.68,
        0..=4 => 0.6,
        _ => 0.45,
    }
}

/// Whether a line is next to a quantity ("500 g of flour"): part of a list, or its heading.
fn is_beside_list(view: &View<'_>, at: usize) -> bool {
    let is_quantity = |at: usize| {
        let shape = view.shape(at);
        shape.first.is_numeric() && (2..=12).contains(&shape.words) && view.surety(at) < 0.6
    };
    at > 0 && is_quantity(at - 1) || at + 1 < view.len() && is_quantity(at + 1)
}

/// "3. Mix the flour", "3) Mix the flour".
fn is_numbered(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_numeric());
    rest.len() < text.len() && rest.starts_with(['.', ')']) && rest[1..].starts_with(char::is_whitespace)
}
