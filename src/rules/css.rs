//! Rules that name elements of a page by CSS selectors.

use scraper::Selector;
use scraper::error::SelectorErrorKind;

use super::matcher::{Compiled, Hit};
use crate::segment::Segments;

/// Reads a selector, or a list of them.
pub(super) fn parse(css: &str) -> Result<Selector, String> {
    Selector::parse(css).map_err(|error| {
        // The parser's own name for what it met says more than its excuse.
        let why = match &error {
            SelectorErrorKind::UnexpectedSelectorParseError(kind) => format!("{kind:?}"),
            other => other.to_string(),
        };
        format!("the selector `{css}` is not understood: {why}")
    })
}

/// What the elements that rules name show, segment by segment.
pub(super) fn hits(rules: &[Compiled], segments: &Segments, hits: &mut Vec<Hit>) {
    let Some(page) = &segments.page else { return };
    for shown in &page.selected {
        let rule = shown.rule as usize;
        if shown.part.is_some() || segments.list[shown.segment].shape.words <= rules[rule].max_words {
            hits.push(Hit { segment: shown.segment, rule, part: shown.part.clone() });
        }
    }
}
