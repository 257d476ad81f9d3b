//! Lines that recur within one document, and lines that no one can see.

use rustc_hash::FxHashMap;

use super::{Finding, Signal, View};
use crate::Kind;

pub(super) const SIGNALS: &[&Signal] = &[&REPEAT, &ECHO, &DUPLICATE, &INVISIBLE, &SYMBOLS];

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

static DUPLICATE: Signal = Signal {
    id: "other.duplicate",
    kind: Kind::Other,
    about: "a part of a page that stands in it once before: the copy for another width of screen",
    guesses: false,
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
    if view.page.is_some() {
        duplicates(view, findings);
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

/// Paragraphs of the article that stand before in the same order, and what stands between them.
fn duplicates(view: &View<'_>, findings: &mut Vec<Finding>) {
    /// The words that a stretch must have to be no refrain.
    const LONG: u32 = 25;
    let article = view.layout.start..view.layout.end;
    let mut first: FxHashMap<&str, usize> = FxHashMap::default();
    let mut original = vec![usize::MAX; view.len()];
    for at in article.clone() {
        let before = *first.entry(view.text(at)).or_insert(at);
        // Of a line that stands often, the copy that goes on where the one before it stopped.
        let follows = at > 0 && original[at - 1] != usize::MAX && {
            let next = original[at - 1] + 1;
            next < at && view.text(next) == view.text(at)
        };
        original[at] = match (follows, before < at) {
            (true, _) => original[at - 1] + 1,
            (false, true) => before,
            (false, false) => usize::MAX,
        };
    }
    let mut at = article.start;
    while at < article.end {
        let start = at;
        let mut words = 0;
        while at < article.end && original[at] != usize::MAX && (at == start || original[at] == original[at - 1] + 1) {
            words += view.shape(at).words;
            at += 1;
        }
        if words >= LONG {
            findings.extend((start..at).map(|copy| Finding::whole(copy, &DUPLICATE, 0.92)));
        }
        at = at.max(start + 1);
    }
}
