//! Lines that recur within one document, and lines that no one can see.

use rustc_hash::FxHashMap;

use super::{Finding, Signal, View};
use crate::Kind;

pub(super) const SIGNALS: &[&Signal] = &[&REPEAT, &ECHO, &INVISIBLE, &SYMBOLS];

static REPEAT: Signal = Signal {
    id: "other.repeat",
    kind: Kind::Other,
    about: "a label of one to four words that stands many times in the document",
    guesses: true,
};

static ECHO: Signal = Signal {
    id: "other.echo",
    kind: Kind::Other,
    about: "a short line that stands again within three lines: the label of a link and its text",
    guesses: true,
};

static INVISIBLE: Signal =
    Signal { id: "other.invisible", kind: Kind::Other, about: "a line of zero-width characters alone", guesses: false };

static SYMBOLS: Signal =
    Signal { id: "nav.symbols", kind: Kind::Nav, about: "a line without a letter or a digit", guesses: false };

/// A label that stands this often is furniture; fewer may be a refrain or a recurring sub-heading.
const OFTEN: usize = 6;

pub(super) fn detect(view: &View<'_>, findings: &mut Vec<Finding>) {
    for at in 0..view.len() {
        // All that shows folds to something.
        if view.folded(at).is_empty() {
            findings.push(Finding::whole(at, &INVISIBLE, 0.99));
        } else if !view.folded(at).contains(|c: char| c.is_alphanumeric() || c == '#') {
            findings.push(Finding::whole(at, &SYMBOLS, 0.95));
        }
    }
    for at in 0..view.len() {
        let words = view.shape(at).words;
        let reach = match words {
            2..=4 => 3,
            5..=11 => 1,
            _ => continue,
        };
        // Not the folded text: in that, all dates are the same.
        let again = |other: usize| view.text(other) == view.text(at);
        let before = (at.saturating_sub(reach)..at).any(again);
        if before || (at + 1..(at + 1 + reach).min(view.len())).any(again) {
            findings.push(Finding::whole(at, &ECHO, if words <= 4 { 0.84 } else { 0.74 }));
        }
    }
    if view.len() < OFTEN * 2 {
        return;
    }
    let mut places: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for at in 0..view.len() {
        if view.shape(at).words <= 4 {
            places.entry(view.text(at)).or_default().push(at);
        }
    }
    for at in places.into_values().filter(|p| p.len() >= OFTEN).flatten() {
        findings.push(Finding::whole(at, &REPEAT, 0.6));
    }
}
