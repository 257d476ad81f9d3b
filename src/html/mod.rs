//! Pages: from HTML to a tree, and from the tree to what a reader sees.

pub(crate) mod layout;
pub(crate) mod marks;
pub(crate) mod names;
pub(crate) mod reference;
mod sink;
mod skim;
mod strip;
pub(crate) mod tree;

pub(crate) use strip::strip_tags;

use names::Tag;
use tree::{Kind, Tree};

/// Parses a page. `None` if its tree would be too large.
pub(crate) fn parse(html: &str) -> Option<Tree> {
    sink::parse(&skim::skim(html).html)
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

pub(crate) fn skim_len(html: &str) -> usize {
    skim::skim(html).html.len()
}
