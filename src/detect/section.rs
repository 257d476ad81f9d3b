//! Headings that open a section of their kind: "Related articles", "About the author", "Leave a
//! reply". Which headings do is said by the rules (`opens`).

use std::ops::Range;

use super::{Finding, Signal, View, Voice};
use crate::Kind;
use crate::rules::Opens;
use crate::text::EndMark;

pub(super) const SIGNALS: &[&Signal] = SECTIONS;

/// A section has no name of its own beyond its kind, so there is one signal for each.
macro_rules! sections {
    ($($name:ident $id:literal $kind:ident),* $(,)?) => {
        $(static $name: Signal = Signal { id: $id, kind: Kind::$kind, about: "stands under a heading of this kind", guesses: false };)*
        static SECTIONS: &[&Signal] = &[$(&$name),*];
    };
}

sections! {
    AD "ad.section" Ad,
    CAPTION "caption.section" Caption,
    SOURCE "source.section" Source,
    BIO "bio.section" Bio,
    BYLINE "byline.section" Byline,
    SHARE "share.section" Share,
    PROMO "promo.section" Promo,
    RELATED "related.section" Related,
    TAGS "tags.section" Tags,
    NAV "nav.section" Nav,
    LEGAL "legal.section" Legal,
    COMMENT "comment.section" Comment,
    CONTACT "contact.section" Contact,
    OTHER "other.section" Other,
}

/// The longest line, in words, that belongs to a section of short lines.
const SHORT: u32 = 20;
/// How many lines such a section has at most.
const MOST_LINES: usize = 25;
/// How many lines a paragraph may have with the names above it.
const PARAGRAPH: usize = 3;
/// A heading that opens all the rest must stand behind this share of the article's segments.
const REST_AFTER: f32 = 0.4;

pub(super) fn detect(view: &View<'_>, findings: &mut Vec<Finding>) {
    let late = late(view);
    let mut rest_is_open = false;
    // Headings within such lines open nothing more.
    let mut covered = 0;
    for heading in &view.wording {
        let Voice::Rule(n) = heading.voice else { continue };
        let Some(opens) = view.rules[n].rule.opens else { continue };
        let Some(signal) = SECTIONS.iter().find(|s| s.kind == heading.kind) else { continue };
        if heading.part.is_some() {
            continue;
        }
        let next = heading.segment + 1;
        // No further than each needs: any line may be a heading.
        let section = |most: usize| {
            let end = (next + most).min(view.len());
            next..view.page.as_ref().map_or(end, |page| page.section_end(heading.segment, most))
        };
        match opens {
            Opens::Lines if heading.segment < covered => {}
            Opens::Lines => covered = lines(view, section(MOST_LINES), signal, heading.confidence, findings),
            Opens::Paragraph => paragraph(view, section(PARAGRAPH), late, signal, heading.confidence, findings),
            Opens::Rest => {
                let layout = view.layout;
                let article = layout.end - layout.start;
                let passed = heading.segment.saturating_sub(layout.start);
                // The first such heading has opened all that a later one could.
                if !rest_is_open && layout.has_article() && passed as f32 >= article as f32 * REST_AFTER {
                    rest_is_open = true;
                    let confidence = heading.confidence.min(0.93);
                    findings.extend(section(view.len()).map(|at| Finding::whole(at, signal, confidence)));
                }
            }
        }
    }
}

/// The short lines that follow, until prose, a sub-heading's colon or a line of another kind. Returns
/// where they end.
fn lines(
    view: &View<'_>,
    within: Range<usize>,
    signal: &'static Signal,
    confidence: f32,
    findings: &mut Vec<Finding>,
) -> usize {
    let next = within.start;
    let run = within
        .take_while(|at| {
            let shape = view.shape(*at);
            shape.words <= SHORT
                && !shape.is_prose()
                && shape.end != EndMark::Colon
                && view.named(*at, 0.9).is_none_or(|k| k == signal.kind)
        })
        .count();
    for (n, at) in (next..next + run).enumerate() {
        let shape = view.shape(at);
        // A lone short line between prose is likely the article's next sub-heading.
        let closing = at + 1 < view.len() && view.shape(at + 1).is_prose() && n + 1 == run;
        let base = if shape.is_sentence() { 0.72 } else { 0.86 };
        let base = if closing && n > 0 && shape.words <= 8 { 0.6 } else { base };
        findings.push(Finding::whole(at, signal, f32::min(base, confidence)));
    }
    next + run
}

/// The next paragraph, and a name line before it.
fn paragraph(
    view: &View<'_>,
    within: Range<usize>,
    late: usize,
    signal: &'static Signal,
    confidence: f32,
    findings: &mut Vec<Finding>,
) {
    for at in within {
        let shape = view.shape(at);
        if view.named(at, 0.9).is_some_and(|k| k != signal.kind) {
            return;
        }
        let prose = shape.is_prose() || shape.is_sentence();
        if prose
            && at < view.layout.end.saturating_sub(1)
            && view.layout.has_article()
            && at + 1 < view.len()
            && at < late
        {
            return;
        }
        findings.push(Finding::whole(at, signal, f32::min(if prose { 0.9 } else { 0.8 }, confidence)));
        if prose {
            return;
        }
    }
}

/// The first segment behind which no more than a little of the article follows.
fn late(view: &View<'_>) -> usize {
    let mut prose = (view.layout.start..view.layout.end).rev().filter(|at| view.shape(*at).is_prose());
    prose.nth(2).unwrap_or(0)
}
