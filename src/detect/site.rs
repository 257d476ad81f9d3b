//! Lines that recur across the documents of a site, by a table that was learned from its dump.

use super::{Finding, Signal, View};
use crate::Kind;
use crate::sites::{Recurrence, counted};

pub(super) const SIGNALS: &[&Signal] = &[&LINE];

/// That a line recurs does not tell what it is: others name it.
pub(crate) static LINE: Signal = Signal {
    id: "site.line",
    kind: Kind::Other,
    about: "a line that recurs across the documents of its site, by a table of --site-lines; its kind is that of others",
    guesses: true,
};

pub(super) fn detect(view: &View<'_>, findings: &mut Vec<Finding>) {
    let Some(lines) = view.site else { return };
    for at in 0..view.len() {
        if view.is_settled(at) {
            continue;
        }
        let line = counted(view.shape(at), view.folded(at));
        if let Some(recurrence) = line.and_then(|line| lines.get(&line)) {
            findings.push(Finding::whole(at, &LINE, confidence(recurrence)));
        }
    }
}

/// How sure a line that recurs this often is no body, if nothing else is known of it.
fn confidence(recurrence: Recurrence) -> f32 {
    // With few documents a high share may be chance: as if four more were known that do not have it.
    let documents = recurrence.with as f32 / recurrence.share.max(1e-6);
    let share = recurrence.with as f32 / (documents + 4.0);
    0.5 + 0.45 * share.clamp(0.0, 1.0).sqrt()
}
