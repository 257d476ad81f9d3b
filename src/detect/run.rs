//! Long runs of short lines inside the article: menus, filters, score widgets.

use super::{Finding, Signal, View};
use crate::Kind;

pub(super) const SIGNALS: &[&Signal] = &[&RUN];

static RUN: Signal = Signal {
    id: "nav.run",
    kind: Kind::Nav,
    about: "a line of one or two words in a long run of short lines",
    guesses: true,
};

/// From this many lines on, a run of short lines is more likely a widget than a list.
const LONG: usize = 24;
/// From this many on it almost surely is.
const VERY_LONG: usize = 50;

pub(super) fn detect(view: &View<'_>, findings: &mut Vec<Finding>) {
    // In a page the elements tell a menu from a list.
    if view.page.is_some() {
        return;
    }
    let is_short = |at: usize| {
        let shape = view.shape(at);
        shape.words < 12 && !shape.is_sentence()
    };
    let mut at = view.layout.start;
    while at < view.layout.end {
        let start = at;
        while at < view.layout.end && is_short(at) {
            at += 1;
        }
        let length = at - start;
        if length >= LONG {
            for line in start..at {
                let confidence = match view.shape(line).words {
                    0 | 1 if length >= VERY_LONG => 0.92,
                    0 | 1 => 0.82,
                    2..=4 if length >= VERY_LONG => 0.78,
                    _ => continue,
                };
                findings.push(Finding::whole(line, &RUN, confidence));
            }
        }
        at += 1;
    }
}
