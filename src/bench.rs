//! The stages of cleaning one by one, for the benches. Not part of the library's interface.

use std::fmt::Write as _;

use crate::detect::{self, Finding, View};
use crate::document::Hints;
use crate::html::{self, layout, marks::Reader, tree::Tree};
use crate::judge;
use crate::rules::{Matcher, RuleFile};
use crate::segment::{self, Segments};
use crate::{Config, Error};

static NO_HINTS: Hints = Hints { title: None, byline: None, date: None, lang: None, site: None };

/// The built-in rules, compiled.
#[derive(Debug)]
pub struct Rules(Matcher);

impl Rules {
    /// Compiles them.
    ///
    /// # Errors
    /// [`Error::Rules`] when a rule does not compile.
    pub fn built_in() -> Result<Self, Error> {
        let files = RuleFile::built_in()?;
        Matcher::new(files.iter().map(|file| (file, false))).map(Self)
    }
}

/// A text in its segments.
#[derive(Debug)]
pub struct Segmented(Segments);

/// What was found in a text.
pub struct Detected<'a> {
    view: View<'a>,
    findings: Vec<Finding>,
}

/// The first stage: a text into segments.
#[must_use]
pub fn segment(text: &str) -> Segmented {
    Segmented(segment::segment_text(text))
}

/// The second: rules and detectors on the segments.
#[must_use]
pub fn detect<'a>(rules: &'a Rules, text: &'a str, segmented: &'a Segmented) -> Detected<'a> {
    let hits = rules.0.hits(text, &segmented.0, None);
    let view = View::new(text, &segmented.0, hits, rules.0.rules(), &NO_HINTS, None);
    let findings = detect::detect(&view);
    Detected { view, findings }
}

/// The third: findings into verdicts; returns how many segments are cut whole.
#[must_use]
pub fn judge(detected: &Detected<'_>, config: &Config) -> usize {
    let (verdicts, _) = judge::judge(&detected.view, &detected.findings, config);
    verdicts.iter().filter(|verdict| verdict.cut).count()
}

/// Development: the blocks of a page, by our parser and by the reference, each with its place.
/// `None` if ours gives the page up.
#[must_use]
pub fn blocks_by_both(html: &str) -> Option<[Vec<(String, String)>; 2]> {
    let blocks = |tree: &Tree| {
        let page = layout::lay_out(tree, false);
        let mut reader = Reader::default();
        let list = page.blocks.iter().map(|block| {
            let mut place = format!("{} {}", block.joined, block.linked);
            let mut at = block.area;
            loop {
                let area = &page.areas[at as usize];
                let _ = write!(place, " {}{:?}", area.tag.name(), reader.read(tree, area.node, &mut Vec::new()));
                if area.parent == at {
                    break (page.text[block.span.clone()].to_owned(), place);
                }
                at = area.parent;
            }
        });
        list.collect::<Vec<_>>()
    };
    Some([blocks(&html::parse(html)?.tree), blocks(&html::reference::parse(html))])
}

/// A parsed page.
#[derive(Debug)]
pub struct Parsed(Tree);

/// Of a page, the first stage: from HTML to a tree. `None` if it would be too large.
#[must_use]
pub fn parse(html: &str) -> Option<Parsed> {
    html::parse(html).map(|page| Parsed(page.tree))
}

/// The second: its text, and segments.
#[must_use]
pub fn segment_page(parsed: &Parsed) -> (String, Segmented) {
    let (text, segments) = segment::segment_page(&parsed.0, false, segment::Nature::Unknown);
    (text, Segmented(segments))
}
