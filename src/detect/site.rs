//! Lines that recur across the documents of a site, by a table that was learned from its dump.

use rustc_hash::FxHashMap;

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
    let known = |at: usize| lines.get(&counted(view.shape(at), view.folded(at))?);
    let known: Vec<_> = (0..view.len()).filter_map(|at| Some((at, known(at)?))).collect();
    let mut times: FxHashMap<&str, usize> = FxHashMap::default();
    for (at, _) in &known {
        *times.entry(view.folded(*at)).or_default() += 1;
    }
    for (at, recurrence) in known {
        // What the structure of a page settles needs no more evidence.
        if !view.is_settled(at) && times[view.folded(at)] < OFTEN {
            findings.push(Finding::whole(at, &LINE, confidence(recurrence)));
        }
    }
}

/// A line that stands so often in one document is as likely a part of what the site writes about ("Pros", "Cons",
/// "Price") as of its frame: of labelled recurring lines in articles, half of these are body, of all others one in
/// a hundred.
const OFTEN: usize = 5;

/// The most that recurrence says, in log-odds (.88): by it alone no line goes that is body by all other signs.
const MOST: f32 = 2.0;
/// In so many documents a line says half of what it says in very many: in three of three a fourth of [`MOST`], which
/// is somewhat less than what such lines were worth beside the model; `train/MODEL.md` has the figures.
const HALF: f32 = 9.0;

/// How sure a line that recurs this often is no body, if nothing else is known of it.
fn confidence(recurrence: Recurrence) -> f32 {
    let with = recurrence.with as f32;
    let odds = MOST * recurrence.share.sqrt() * with / (with + HALF);
    1.0 / (1.0 + (-odds).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_documents_and_a_higher_share_make_surer() {
        let sure = |with, share| confidence(Recurrence { with, share });
        assert!([3, 8, 50, 5000].map(|with| sure(with, 0.5)).is_sorted());
        assert!([0.0, 0.05, 0.5, 1.0].map(|share| sure(20, share)).is_sorted());
        assert!(sure(3, 0.05) > 0.5 && sure(3, 1.0) < 0.65 && sure(u32::MAX, 1.0) < 0.89);
    }
}
