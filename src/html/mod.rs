//! Pages: from HTML to a tree, and from the tree to what a reader sees.

pub(crate) mod layout;
pub(crate) mod marks;
pub(crate) mod names;
mod sink;
mod skim;
mod strip;
pub(crate) mod tree;

pub(crate) use strip::strip_tags;

pub(crate) fn parse(html: &str) -> Option<tree::Tree> {
    sink::parse(&skim::skim(html).html)
}
pub(crate) fn skim_len(html: &str) -> usize {
    skim::skim(html).html.len()
}
