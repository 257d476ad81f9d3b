//! Pages: from HTML to a tree, and from the tree to what a reader sees.

mod clues;
mod entities;
mod flow;
mod fragment;
mod json;
mod json_ld;
pub(crate) mod layout;
pub(crate) mod marks;
mod metadata;
pub(crate) mod names;
pub(crate) mod reference;
mod repair;
mod script;
mod sink;
mod state;
mod strip;
mod title;
mod tokens;
pub(crate) mod tree;

pub(crate) use clues::{metadata, text_in_scripts};
pub(crate) use metadata::Metadata;
pub(crate) use strip::strip_tags;

use scraper::Selector;

use names::Tag;
use tree::{Kind, Tree};

/// A page that was parsed.
#[derive(Debug)]
pub(crate) struct Parsed<'h> {
    html: &'h str,
    pub(crate) tree: Tree,
    scripts: Vec<tokens::Script>,
}

impl Parsed<'_> {
    /// The insides of the page's scripts, and whether each is JSON-LD.
    fn scripts(&self) -> impl Iterator<Item = (&str, bool)> {
        self.scripts.iter().map(|script| (&self.html[script.inside.clone()], script.is_json_ld))
    }
}

/// Parses a page. `None` if its tree would be too large.
pub(crate) fn parse(html: &str) -> Option<Parsed<'_>> {
    let (tree, scripts) = sink::parse(html);
    Some(Parsed { html, tree: tree?, scripts })
}

/// Parses a page whose elements selectors name, each of which has the number of its rule. `None` if
/// its tree would be too large.
pub(crate) fn parse_with(html: &str, selectors: &[(u32, &Selector)]) -> Option<Tree> {
    if selectors.is_empty() { parse(html).map(|page| page.tree) } else { reference::select(html, selectors) }
}

/// What a page shows only to readers without scripts or frames, as HTML.
pub(crate) fn without_scripts(tree: &Tree) -> String {
    let mut html = String::new();
    for (id, node) in tree.nodes.iter().enumerate() {
        if matches!(node.kind, Kind::Element(Tag::Noscript | Tag::Noframes)) {
            for child in tree.children(id as u32) {
                html.push_str(tree.text(child));
                html.push('\n');
            }
        }
    }
    html
}
