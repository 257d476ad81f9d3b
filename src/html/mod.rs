//! Pages: from HTML to a tree, and from the tree to what a reader sees.
//!
//! `tokens` reads the page, html5ever's tree builder makes of the tokens a `tree` through `sink`,
//! `layout` lays out what is seen of it, and `marks` reads what the names of its elements say. What
//! the page says of itself is in `meta`. `reference` builds the same tree in another way, to be held
//! against and for CSS selectors; `strip` is for pages that are too costly for all of that.

mod entities;
pub(crate) mod layout;
pub(crate) mod marks;
mod meta;
pub(crate) mod names;
pub(crate) mod reference;
mod sink;
mod strip;
mod tokens;
pub(crate) mod tree;

pub(crate) use meta::{Metadata, metadata, text_in_scripts};
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
