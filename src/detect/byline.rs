//! Name and role lines near the headline.

use super::{Finding, Signal, View};
use crate::Kind;
use crate::text::{EndMark, Shape, fold};

pub(super) const SIGNALS: &[&Signal] = &[&NAME, &UNDER_TITLE, &GIVEN];

static NAME: Signal = Signal {
    id: "byline.name",
    kind: Kind::Byline,
    about: "a name beside a byline, a date or a reading time above the article",
    guesses: false,
};

static UNDER_TITLE: Signal = Signal {
    id: "byline.under_title",
    kind: Kind::Byline,
    about: "a lone name between the headline and the first paragraph",
    guesses: false,
};

static GIVEN: Signal = Signal {
    id: "byline.given",
    kind: Kind::Byline,
    about: "a short line with the author whom the record or the page names",
    guesses: false,
};

/// A line with the author's name holds so many more words at most: "By", a role, a place.
const ROLE: u32 = 6;

/// Lines at the head or the tail of the article that say who wrote it.
fn given(view: &View<'_>, findings: &mut Vec<Finding>) {
    let Some(author) = view.hints.byline.as_deref() else { return };
    let mut folded = String::new();
    fold(author.trim(), &mut folded);
    let words = folded.split_whitespace().count() as u32;
    if !(2..=8).contains(&words) {
        return;
    }
    let near = |at: usize| at < view.layout.start + 4 || at + 3 >= view.layout.end;
    for at in (0..view.len()).filter(|at| near(*at)) {
        let shape = view.shape(at);
        if shape.words <= words + ROLE && !shape.is_sentence() && view.folded(at).contains(&folded) {
            findings.push(Finding::whole(at, &GIVEN, if shape.words <= words + 1 { 0.93 } else { 0.85 }));
        }
    }
}

pub(super) fn detect(view: &View<'_>, findings: &mut Vec<Finding>) {
    let top = (view.layout.start + 2).min(view.len());
    for at in 0..top {
        if view.surety(at) >= 0.6 || !is_name(view.text(at), view.shape(at)) {
            continue;
        }
        let beside = |other: Option<usize>| {
            other
                .filter(|o| *o < view.len())
                .and_then(|o| view.named(o, 0.8))
                .is_some_and(|k| matches!(k, Kind::Byline | Kind::Date))
        };
        if beside(at.checked_sub(1)) || beside(Some(at + 1)) {
            findings.push(Finding::whole(at, &NAME, 0.85));
        }
    }
    under_title(view, findings);
    given(view, findings);
}

/// The name that stands under the headline, or under the standfirst.
fn under_title(view: &View<'_>, findings: &mut Vec<Finding>) {
    let title = |f: &&Finding| f.part.is_none() && f.kind == Kind::Title && f.confidence >= 0.7;
    let Some(title) = findings.iter().filter(title).map(|f| f.segment).max() else { return };
    let at = title + 1;
    let known = at < view.len() && view.surety(at) >= 0.6;
    if at + 1 >= view.len() || known || !is_name(view.text(at), view.shape(at)) || view.shape(at).words > 3 {
        return;
    }
    let next = view.shape(at + 1);
    if next.is_prose() || next.is_sentence() || view.surety(at + 1) >= 0.8 {
        findings.push(Finding::whole(at, &UNDER_TITLE, 0.74));
    }
}

/// Two to four words, each with a capital, and nothing but letters, points and hyphens.
pub(super) fn is_name(text: &str, shape: &Shape) -> bool {
    (2..=4).contains(&shape.words)
        && shape.lower == 0
        && shape.capitalised >= 2
        && shape.digits == 0
        && matches!(shape.end, EndMark::None)
        && text.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '-' | '\'' | '’' | '\u{a0}'))
}
