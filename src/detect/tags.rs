//! Breadcrumbs: the path to the article through its site.

use super::{Finding, Signal, View};
use crate::Kind;
use crate::text::EndMark;

pub(super) const SIGNALS: &[&Signal] = &[&CRUMBS];

static CRUMBS: Signal = Signal {
    id: "tags.crumbs",
    kind: Kind::Tags,
    about: "a path of short names with separators above the article",
    guesses: false,
};

/// The longest name in a path, in words.
const LONGEST: usize = 5;
/// Breadcrumbs stand among the first so many segments, or before the article.
const FIRST: usize = 4;

pub(super) fn detect(view: &View<'_>, findings: &mut Vec<Finding>) {
    for at in 0..view.len().min(view.layout.start.max(FIRST)) {
        let shape = view.shape(at);
        if shape.words <= 16 && shape.digits == 0 && shape.end == EndMark::None && is_path(view.text(at)) {
            findings.push(Finding::whole(at, &CRUMBS, 0.93));
        }
    }
}

/// "Home > News > Local", "News / Region / Town". A slash or a bar must stand between spaces.
fn is_path(text: &str) -> bool {
    let arrows = text.split(['>', '»', '›', '→']).map(str::trim);
    let slashes = text.split(" / ").flat_map(|t| t.split(" | ")).map(str::trim);
    let is_name = |name: &&str| !name.is_empty() && name.split_whitespace().count() <= LONGEST;
    let counts = |names: Vec<&str>, least: usize| names.len() >= least && names.iter().all(is_name);
    counts(arrows.collect(), 2) || counts(slashes.collect(), 3)
}
