//! The paragraph about the author that begins with the author's name.

use rustc_hash::FxHashSet;

use super::{Finding, Signal, View};
use crate::Kind;
use crate::text::fold;

pub(super) const SIGNALS: &[&Signal] = &[&NAMED];

static NAMED: Signal = Signal {
    id: "bio.named",
    kind: Kind::Bio,
    about: "a late paragraph that begins with the name in the byline",
    guesses: false,
};

/// Only the last so many segments can hold it, beside what stands behind the article.
const LATE: usize = 4;

pub(super) fn detect(view: &View<'_>, findings: &mut Vec<Finding>) {
    let names = names(view);
    if names.is_empty() {
        return;
    }
    for at in view.layout.end.saturating_sub(LATE).max(view.layout.start + 2)..view.len() {
        let shape = view.shape(at);
        if shape.words < 7 || !shape.is_sentence() {
            continue;
        }
        let line = view.folded(at).trim_start_matches(|c: char| !c.is_alphanumeric());
        // Where the second and the third word end; a name has as many.
        let ends = line.match_indices(' ').map(|(end, _)| end).skip(1).take(2);
        if ends.into_iter().any(|end| names.contains(line[..end].trim_end_matches(','))) {
            findings.push(Finding::whole(at, &NAMED, 0.93));
        }
    }
}

/// The names in the byline, folded: what the record says, and the capitalised words of the lines
/// that the rules call a byline.
fn names(view: &View<'_>) -> FxHashSet<String> {
    let lines = (0..view.len()).filter(|at| view.named(*at, 0.8) == Some(Kind::Byline)).map(|at| view.text(at));
    let mut names = FxHashSet::default();
    for line in lines.chain(view.hints.byline.as_deref()) {
        let mut run: Vec<&str> = Vec::new();
        for word in line.split_whitespace().chain(["|"]) {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            if bare.starts_with(char::is_uppercase) && bare.chars().any(char::is_lowercase) {
                run.push(bare);
                if word.ends_with([',', ';', '|']) {
                    take(&mut run, &mut names);
                }
            } else {
                take(&mut run, &mut names);
            }
        }
    }
    names
}

fn take(run: &mut Vec<&str>, names: &mut FxHashSet<String>) {
    // "By Jane Roe": a word before the name may have a capital too.
    for skip in 0..run.len() {
        let rest = &run[skip..];
        if (2..=3).contains(&rest.len()) {
            let mut name = String::new();
            fold(&rest.join(" "), &mut name);
            names.insert(name);
        }
    }
    run.clear();
}
