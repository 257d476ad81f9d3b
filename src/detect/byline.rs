//! Name and role lines near the headline.

use super::{Finding, Signal, View};
use crate::Kind;
use crate::text::{EndMark, Shape};

pub(super) const SIGNALS: &[&Signal] = &[&NAME];

static NAME: Signal = Signal { id: "byline.name", kind: Kind::Byline, about: "a name beside a byline, a date or a reading time above the article", guesses: false };

pub(super) fn detect(view: &View<'_>, findings: &mut Vec<Finding>) {
    let top = (view.layout.start + 2).min(view.len());
    for at in 0..top {
        if view.surety(at) >= 0.6 || !is_name(view.text(at), view.shape(at)) {
            continue;
        }
        let beside = |other: Option<usize>| {
            other.filter(|o| *o < view.len()).and_then(|o| view.named(o, 0.8)).is_some_and(|k| matches!(k, Kind::Byline | Kind::Date))
        };
        if beside(at.checked_sub(1)) || beside(Some(at + 1)) {
            findings.push(Finding::whole(at, &NAME, 0.85));
        }
    }
}

/// Two to four words, each with a capital, and nothing but letters, points and hyphens.
pub(super) fn is_name(text: &str, shape: &Shape) -> bool {
    (2..=4).contains(&shape.words)
        && shape.lower <= 1
        && shape.capitalised >= 2
        && shape.digits == 0
        && matches!(shape.end, EndMark::None)
        && text.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '-' | '\'' | '’' | '\u{a0}'))
}
