//! A page as a tree: nodes in one list, linked by indices, text in one string.

use std::ops::Range;

use super::names::{AttrName, Tag};

/// Index of a node. The document is 0.
pub(crate) type NodeId = u32;
/// No node.
pub(crate) const NONE: NodeId = u32::MAX;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The document, or the contents of a template: never shown as such.
    Root,
    /// An element; `start..start + len` are its attributes.
    Element(Tag),
    /// Text; `start..start + len` are its bytes in [`Tree::text`].
    Text,
    /// A comment, or something else that is not shown.
    Nothing,
}

/// A node and its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(super) start: u32,
    pub(super) len: u32,
    pub(crate) parent: NodeId,
    pub(crate) first: NodeId,
    pub(crate) last: NodeId,
    pub(crate) prev: NodeId,
    pub(crate) next: NodeId,
}

impl Node {
    pub(super) const fn new(kind: Kind, start: u32, len: u32) -> Self {
        Self { kind, start, len, parent: NONE, first: NONE, last: NONE, prev: NONE, next: NONE }
    }

    /// The element's tag; `None` for everything else.
    pub(crate) const fn tag(&self) -> Option<Tag> {
        match self.kind {
            Kind::Element(tag) => Some(tag),
            _ => None,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Attr {
    pub(super) name: AttrName,
    pub(super) value: Range<u32>,
}

/// A parsed page.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
    pub(super) attrs: Vec<Attr>,
    pub(super) values: String,
    pub(super) text: String,
    /// Elements that the user's rules name, each with the number of the rule: sorted by the number,
    /// then by their order in the page.
    pub(crate) selected: Vec<(u32, NodeId)>,
}

/// One step of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Into a node.
    Enter(NodeId),
    /// Out of it, after all that is inside.
    Leave(NodeId),
}

impl Tree {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        let mut tree = Self {
            nodes: Vec::with_capacity(bytes / 24 + 16),
            attrs: Vec::with_capacity(bytes / 48 + 16),
            values: String::with_capacity(bytes / 4),
            text: String::with_capacity(bytes / 3),
            selected: Vec::new(),
        };
        tree.nodes.push(Node::new(Kind::Root, 0, 0));
        tree
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// The element's tag; `None` for everything else.
    pub(crate) fn tag(&self, id: NodeId) -> Option<Tag> {
        self.node(id).tag()
    }

    /// The text of a text node, empty for other nodes.
    pub(crate) fn text(&self, id: NodeId) -> &str {
        match self.node(id) {
            Node { kind: Kind::Text, start, len, .. } => &self.text[*start as usize..(start + len) as usize],
            _ => "",
        }
    }

    /// The attributes of an element.
    pub(crate) fn attrs(&self, id: NodeId) -> impl Iterator<Item = (AttrName, &str)> {
        let node = self.node(id);
        let range = if matches!(node.kind, Kind::Element(_)) { node.start..node.start + node.len } else { 0..0 };
        self.attrs[range.start as usize..range.end as usize]
            .iter()
            .map(|a| (a.name, &self.values[a.value.start as usize..a.value.end as usize]))
    }

    /// The value of one attribute.
    pub(crate) fn attr(&self, id: NodeId, name: AttrName) -> Option<&str> {
        self.attrs(id).find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    /// The parent, if there is one.
    pub(crate) fn parent(&self, id: NodeId) -> Option<NodeId> {
        Some(self.node(id).parent).filter(|p| *p != NONE)
    }

    /// The children in order.
    pub(crate) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let mut at = self.node(id).first;
        std::iter::from_fn(move || {
            (at != NONE).then(|| {
                let child = at;
                at = self.node(child).next;
                child
            })
        })
    }

    /// What follows a step in document order, `None` behind the document. To pass over what is
    /// inside of a node, go on from its `Leave`.
    pub(crate) fn after(&self, step: Step) -> Option<Step> {
        match step {
            Step::Enter(id) if self.node(id).first != NONE => Some(Step::Enter(self.node(id).first)),
            Step::Enter(id) => Some(Step::Leave(id)),
            Step::Leave(id) => {
                let node = self.node(id);
                if node.next != NONE {
                    Some(Step::Enter(node.next))
                } else if node.parent != NONE {
                    Some(Step::Leave(node.parent))
                } else {
                    None
                }
            }
        }
    }

    /// Takes a node out of its place, with all that is inside.
    pub(super) fn detach(&mut self, id: NodeId) {
        let Node { parent, prev, next, .. } = self.nodes[id as usize];
        if prev != NONE {
            self.nodes[prev as usize].next = next;
        } else if parent != NONE {
            self.nodes[parent as usize].first = next;
        }
        if next != NONE {
            self.nodes[next as usize].prev = prev;
        } else if parent != NONE {
            self.nodes[parent as usize].last = prev;
        }
        let node = &mut self.nodes[id as usize];
        (node.parent, node.prev, node.next) = (NONE, NONE, NONE);
    }

    /// Puts a node behind the last child of `parent`.
    pub(super) fn append(&mut self, parent: NodeId, id: NodeId) {
        self.detach(id);
        let last = self.nodes[parent as usize].last;
        let node = &mut self.nodes[id as usize];
        (node.parent, node.prev) = (parent, last);
        if last == NONE {
            self.nodes[parent as usize].first = id;
        } else {
            self.nodes[last as usize].next = id;
        }
        self.nodes[parent as usize].last = id;
    }

    /// Puts a node before `sibling`, which has a parent.
    pub(super) fn insert_before(&mut self, sibling: NodeId, id: NodeId) {
        self.detach(id);
        let Node { parent, prev, .. } = self.nodes[sibling as usize];
        let node = &mut self.nodes[id as usize];
        (node.parent, node.prev, node.next) = (parent, prev, sibling);
        self.nodes[sibling as usize].prev = id;
        if prev == NONE {
            self.nodes[parent as usize].first = id;
        } else {
            self.nodes[prev as usize].next = id;
        }
    }

    pub(super) fn push(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        (self.nodes.len() - 1) as NodeId
    }

    /// Adds text behind the last child of `parent`, to that child if it is the text added last.
    pub(super) fn append_text(&mut self, parent: NodeId, text: &str) {
        let last = self.nodes[parent as usize].last;
        let start = self.text.len() as u32;
        self.text.push_str(text);
        if last != NONE
            && let Node { kind: Kind::Text, start: from, len, .. } = &mut self.nodes[last as usize]
            && *from + *len == start
        {
            *len += text.len() as u32;
            return;
        }
        let id = self.push(Node::new(Kind::Text, start, text.len() as u32));
        self.append(parent, id);
    }

    /// Gives an element one more attribute. Its list, which is in one piece, begins anew.
    pub(super) fn add_attr(&mut self, id: NodeId, name: AttrName, value: &str) {
        let Node { start, len, .. } = self.nodes[id as usize];
        self.attrs.extend_from_within(start as usize..(start + len) as usize);
        self.push_attr(name, value);
        let node = &mut self.nodes[id as usize];
        (node.start, node.len) = (self.attrs.len() as u32 - len - 1, len + 1);
    }

    /// Gives an element one of the attributes of the tree, if it has none of that name.
    pub(super) fn add_attr_if_missing(&mut self, id: NodeId, attr: u32) {
        let attr = self.attrs[attr as usize].clone();
        if self.attr(id, attr.name).is_none() {
            let Node { start, len, .. } = self.nodes[id as usize];
            self.attrs.extend_from_within(start as usize..(start + len) as usize);
            self.attrs.push(attr);
            let node = &mut self.nodes[id as usize];
            (node.start, node.len) = (self.attrs.len() as u32 - len - 1, len + 1);
        }
    }

    pub(super) fn push_attr(&mut self, name: AttrName, value: &str) {
        let start = self.values.len() as u32;
        self.values.push_str(value);
        self.attrs.push(Attr { name, value: start..self.values.len() as u32 });
    }
}
