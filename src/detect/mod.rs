//! Detectors: they judge, they never cut.
//!
//! Wording is the rules' business; a detector adds what a pattern cannot say: position in the
//! document, neighbours, repetition, shape. Each sees the whole document through a [`View`] and
//! returns [`Finding`]s; what becomes of them is decided in `judge`.

mod bio;
mod byline;
mod caption;
mod element;
mod layout;
mod margin;
mod other;
mod page;
mod run;
mod section;
mod site;
mod tags;
pub(crate) mod title;
mod view;

use std::ops::Range;

pub(crate) use layout::Layout;
pub(crate) use page::Page;
pub(crate) use site::LINE as SITE_LINE;
pub(crate) use view::View;

use crate::Kind;

/// What a code detector looks for, so that it can be listed beside the rules.
#[derive(Debug, PartialEq)]
pub(crate) struct Signal {
    pub(crate) id: &'static str,
    pub(crate) kind: Kind,
    /// One sentence: what it takes for what.
    pub(crate) about: &'static str,
    /// Whether it only knows that a line is not body, and its kind is a guess: any other voice
    /// names the line before it does.
    pub(crate) guesses: bool,
}

/// Who says so.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Voice {
    /// A rule, by its index in the matcher.
    Rule(usize),
    /// A detector.
    Signal(&'static Signal),
}

/// "This segment, or this part of it, is of this kind."
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) segment: usize,
    /// The bytes of the source it speaks of, if not the whole segment.
    pub(crate) part: Option<Range<usize>>,
    pub(crate) kind: Kind,
    pub(crate) voice: Voice,
    /// From 0 to 1, with no other evidence.
    pub(crate) confidence: f32,
}

impl Finding {
    fn whole(segment: usize, signal: &'static Signal, confidence: f32) -> Self {
        Self { segment, part: None, kind: signal.kind, voice: Voice::Signal(signal), confidence }
    }
}

/// A detector adds its findings to those of the rules.
type Detector = fn(&View<'_>, &mut Vec<Finding>);

/// All detectors. The last ones look at what those before them found.
const DETECTORS: &[Detector] = &[
    title::detect,
    byline::detect,
    tags::detect,
    caption::detect,
    bio::detect,
    section::detect,
    other::detect,
    run::detect,
    element::detect,
    margin::detect,
    site::detect,
];

/// Every signal of every detector, for listing.
pub(crate) fn signals() -> impl Iterator<Item = &'static Signal> {
    [
        title::SIGNALS,
        byline::SIGNALS,
        tags::SIGNALS,
        caption::SIGNALS,
        bio::SIGNALS,
        section::SIGNALS,
        other::SIGNALS,
        run::SIGNALS,
        element::SIGNALS,
        margin::SIGNALS,
        site::SIGNALS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// Everything that rules and detectors have to say of a document.
pub(crate) fn detect(view: &View<'_>) -> Vec<Finding> {
    let mut findings = view.wording.clone();
    for detector in DETECTORS {
        detector(view, &mut findings);
    }
    findings
}
