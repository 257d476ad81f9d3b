//! The same tree by another way: the one that `scraper` makes of a page, as ours.
//!
//! It is the reference that ours is held against, and what the users' CSS selectors, which
//! `scraper` understands, are matched on.

use html5ever::tree_builder::TreeSink;
use rustc_hash::FxHashMap;
use scraper::{Html, HtmlTreeSink, Selector};

use super::names::{AttrName, Tag};
use super::sink::{self, Watched};
use super::tokens::{self, Owner};
use super::tree::{Kind, Node, NodeId, Tree};

/// A node of `scraper`.
type Theirs = <HtmlTreeSink as TreeSink>::Handle;

/// Pairs of siblings up to which a selector may look back from each child of an element to all before
/// it: some half a second. Honest pages have a hundredth.
const MOST_PAIRS: u64 = 1 << 27;

impl Watched for HtmlTreeSink {
    // What a selector asks for may be any of them.
    const KEEPS_ALL: bool = true;

    fn list(&self, _: &[u8]) -> u32 {
        0
    }

    fn nodes(&self) -> usize {
        self.0.borrow().tree.values().len()
    }

    fn is_formatting(&self, handle: &Theirs) -> bool {
        let html = self.0.borrow();
        let element = html.tree.get(*handle).and_then(|node| node.value().as_element());
        element.is_some_and(|element| sink::is_formatting(&element.name.local))
    }
}

/// Parses a page and notes which of its elements the selectors name, each of which has the number of
/// its rule. `None` if the page is too large or too costly.
pub(crate) fn select(html: &str, selectors: &[(u32, &Selector)]) -> Option<Tree> {
    let html = tokens::build(html, HtmlTreeSink::new(Html::new_document())).0?;
    let (mut tree, ids) = translate(&html, tokens::kept);
    if pairs(&tree) > MOST_PAIRS && selectors.iter().any(|(_, selector)| looks_back(selector)) {
        return None;
    }
    for (rule, selector) in selectors {
        for element in html.select(selector) {
            let Some(id) = ids.get(&element.id()) else { continue };
            tree.selected.push((*rule, *id));
            // The layout knows the place of inline elements only if they have a name.
            if tree.attr(*id, AttrName::Rel).is_none() {
                tree.add_attr(*id, AttrName::Rel, "");
            }
        }
    }
    tree.selected.sort_unstable();
    Some(tree)
}

/// Whether a selector compares each element with all of its siblings.
fn looks_back(selector: &Selector) -> bool {
    use scraper::selector::ToCss;
    selector.to_css_string().contains('~')
}

/// Pairs of siblings.
fn pairs(tree: &Tree) -> u64 {
    let mut children = vec![0_u32; tree.nodes.len()];
    for node in tree.nodes.iter().filter(|node| node.tag().is_some()) {
        if let Some(count) = children.get_mut(node.parent as usize) {
            *count += 1;
        }
    }
    children.into_iter().map(|count| u64::from(count) * u64::from(count)).sum()
}

/// The tree of a page with all that our own parser leaves out: no first pass, no bounds, and
/// attributes at their full length.
pub(crate) fn parse(html: &str) -> Tree {
    translate(&Html::parse_document(html), |_, _, value| Some(value.len())).0
}

/// A tree of `scraper` as ours, and where each of its nodes went. `kept` says how much of an
/// attribute's value stays.
fn translate(html: &Html, kept: impl Fn(AttrName, Owner, &str) -> Option<usize>) -> (Tree, FxHashMap<Theirs, NodeId>) {
    let root = html.tree.root();
    let mut tree = Tree::with_capacity(0);
    let mut ids: FxHashMap<Theirs, NodeId> = FxHashMap::default();
    ids.insert(root.id(), 0);
    let (mut node, mut parent) = (root, 0);
    loop {
        // Down, to the side, or up until there is a side. The contents of a template are no children,
        // and nothing in a drawing is shown.
        let down = ids.get(&node.id()).filter(|id| tree.tag(**id) != Some(Tag::Foreign));
        let mut next = down.and_then(|_| node.first_child());
        if let (Some(id), Some(_)) = (down, next) {
            parent = *id;
        }
        while next.is_none() {
            if node.id() == root.id() {
                return (tree, ids);
            }
            next = node.next_sibling();
            if next.is_none() {
                let Some(up) = node.parent() else { return (tree, ids) };
                node = up;
                parent = tree.node(parent).parent;
            }
        }
        let Some(here) = next else { return (tree, ids) };
        node = here;
        let value = node.value();
        if let Some(text) = value.as_text() {
            tree.append_text(parent, text);
            continue;
        }
        // Comments are no nodes of ours: nothing that is shown depends on them.
        let Some(element) = value.as_element() else { continue };
        let start = tree.attrs.len() as u32;
        let owner = Owner::of(element.name.local.as_bytes());
        for (name, value) in &element.attrs {
            if let Some(name) = AttrName::from_bytes(name.local.as_bytes())
                && let Some(len) = kept(name, owner, value)
            {
                tree.push_attr(name, &value[..len]);
            }
        }
        let len = tree.attrs.len() as u32 - start;
        let id = tree.push(Node::new(Kind::Element(sink::tag_of(&element.name)), start, len));
        tree.append(parent, id);
        ids.insert(node.id(), id);
    }
}
