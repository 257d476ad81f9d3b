//! html5ever builds the tree: its tree builder, our arena.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::Range;
use std::rc::Rc;
use std::sync::LazyLock;

use html5ever::interface::{ElementFlags, ExpandedName, NodeOrText, QuirksMode, Tracer, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag as TagToken, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, LocalName, Namespace, QualName, local_name, ns};
use rustc_hash::FxHashMap;

use super::names::{AttrName, Tag};
use super::tokens::{self, LIST, NO_TEXT, Script};
use super::tree::{Kind, Node, NodeId, Tree};

/// Elements nested deeper than this lose their tags; browsers draw the line at the same depth.
const MOST_OPEN: usize = 512;
/// Formatting elements (`b`, `a`, ...) that are open or wait to be opened again. Each paragraph
/// opens all that wait, so without a bound their number is squared.
const MOST_FORMATTING: usize = 48;
/// Nodes of a page. The largest honest pages have a tenth.
const MOST_NODES: usize = 1_500_000;
/// Steps up the open elements, at most: for a tag the tree builder may look at each of them. Each
/// takes some nanoseconds; a hundred thousand tags forty elements deep take four million.
const MOST_STEPS: usize = 100_000_000;
/// Tags after which the steps are counted.
const ROUND: usize = 256;
/// Parses a page; returns its scripts as well. The tree is `None` if it would be too large.
pub(super) fn parse(html: &str) -> (Option<Tree>, Vec<Script>) {
    let tree = RefCell::new(Tree::with_capacity(html.len() / 4));
    tokens::build(html, Sink { tree, lists: RefCell::default(), contents: RefCell::default() })
}

/// A sink that the guard can watch.
pub(super) trait Watched: TreeSink {
    /// Whether elements are to have all of their attributes.
    const KEEPS_ALL: bool;
    /// How many nodes it holds.
    fn nodes(&self) -> usize;
    /// Whether this is a formatting element. The document is none.
    fn is_formatting(&self, handle: &Self::Handle) -> bool;
    /// The number of a list of attributes, for elements to refer to.
    fn list(&self, key: &[u8]) -> u32;
}

/// A node as the tree builder holds it: with its name, which it asks for all the time.
#[derive(Clone)]
pub(super) struct Handle {
    id: NodeId,
    name: Name,
}

/// An element's name without counting references, where it is one of HTML.
#[derive(Clone)]
enum Name {
    Known(&'static QualName),
    Other(Rc<QualName>),
}

impl Name {
    fn of(name: QualName) -> (Self, Tag) {
        static KNOWN: LazyLock<FxHashMap<LocalName, (QualName, Tag)>> = LazyLock::new(|| {
            let name = |tag: &str| QualName::new(None, ns!(html), LocalName::from(tag));
            Tag::NAMED.iter().map(|(tag, number)| (LocalName::from(*tag), (name(tag), *number))).collect()
        });
        match KNOWN.get(&name.local) {
            Some((known, tag)) if name.ns == ns!(html) => (Self::Known(known), *tag),
            _ => {
                let tag = tag_of(&name);
                (Self::Other(Rc::new(name)), tag)
            }
        }
    }

    fn get(&self) -> &QualName {
        match self {
            Self::Known(name) => name,
            Self::Other(name) => name,
        }
    }
}

/// What an element of this name is to us.
pub(super) fn tag_of(name: &QualName) -> Tag {
    if name.ns != ns!(html) {
        // Formulas are text; what they are annotated with is their source.
        let is_text = name.ns == ns!(mathml) && !name.local.starts_with("annotation");
        return if is_text { Tag::Unknown } else { Tag::Foreign };
    }
    match Tag::from_name(&name.local) {
        Tag::Unknown if name.local.contains('-') => Tag::Custom,
        tag => tag,
    }
}

struct Sink {
    tree: RefCell<Tree>,
    lists: RefCell<Lists>,
    /// The contents of each template.
    contents: RefCell<FxHashMap<NodeId, NodeId>>,
}

/// Lists of attributes, each once.
#[derive(Default)]
struct Lists {
    /// The attributes of the tree that each list has.
    lists: Vec<Range<u32>>,
    /// The number of each list by its key.
    numbers: FxHashMap<Box<[u8]>, u32>,
}

impl Sink {
    fn handle(id: NodeId) -> Handle {
        static NO_NAME: LazyLock<QualName> =
            LazyLock::new(|| QualName::new(None, Namespace::default(), LocalName::default()));
        Handle { id, name: Name::Known(&NO_NAME) }
    }

    /// The first attribute of a tag in the tree, and how many there are: those of the list that it
    /// refers to.
    fn attributes(&self, attrs: &[Attribute]) -> (u32, u32) {
        let number = attrs.iter().find(|attr| &*attr.name.local == LIST).and_then(|attr| attr.value.parse().ok());
        let lists = self.lists.borrow();
        let list = number.and_then(|number: usize| lists.lists.get(number));
        list.map_or((0, 0), |list| (list.start, list.end - list.start))
    }
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Tree;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Tree {
        self.tree.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Self::handle(0)
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> ExpandedName<'a> {
        target.name.get().expanded()
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> Handle {
        let (name, tag) = Name::of(name);
        let (start, len) = self.attributes(&attrs);
        let tree = &mut *self.tree.borrow_mut();
        let id = tree.push(Node::new(Kind::Element(tag), start, len));
        if flags.template {
            let contents = tree.push(Node::new(Kind::Root, 0, 0));
            self.contents.borrow_mut().insert(id, contents);
        }
        Handle { id, name }
    }

    fn create_comment(&self, _: StrTendril) -> Handle {
        Self::handle(self.tree.borrow_mut().push(Node::new(Kind::Nothing, 0, 0)))
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle {
        Self::handle(self.tree.borrow_mut().push(Node::new(Kind::Nothing, 0, 0)))
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        let tree = &mut *self.tree.borrow_mut();
        match child {
            NodeOrText::AppendNode(node) => tree.append(parent.id, node.id),
            NodeOrText::AppendText(text) => tree.append_text(parent.id, &text),
        }
    }

    fn append_based_on_parent_node(&self, element: &Handle, prev_element: &Handle, child: NodeOrText<Handle>) {
        if self.tree.borrow().parent(element.id).is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(prev_element, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Handle) -> Handle {
        Self::handle(self.contents.borrow().get(&target.id).copied().unwrap_or(target.id))
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.id == y.id
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, new_node: NodeOrText<Handle>) {
        let tree = &mut *self.tree.borrow_mut();
        let id = match new_node {
            NodeOrText::AppendNode(node) => node.id,
            NodeOrText::AppendText(text) => {
                let prev = tree.node(sibling.id).prev;
                let start = tree.text.len() as u32;
                if prev != super::tree::NONE
                    && let Node { kind: Kind::Text, start: from, len, .. } = &mut tree.nodes[prev as usize]
                    && *from + *len == start
                {
                    *len += text.len() as u32;
                    tree.text.push_str(&text);
                    return;
                }
                tree.text.push_str(&text);
                tree.push(Node::new(Kind::Text, start, text.len() as u32))
            }
        };
        tree.insert_before(sibling.id, id);
    }

    fn add_attrs_if_missing(&self, target: &Handle, attrs: Vec<Attribute>) {
        let (start, len) = self.attributes(&attrs);
        let tree = &mut *self.tree.borrow_mut();
        for at in start..start + len {
            tree.add_attr_if_missing(target.id, at);
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.tree.borrow_mut().detach(target.id);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        let tree = &mut *self.tree.borrow_mut();
        let mut child = tree.node(node.id).first;
        while child != super::tree::NONE {
            let next = tree.node(child).next;
            tree.append(new_parent.id, child);
            child = next;
        }
    }
}

impl Watched for Sink {
    const KEEPS_ALL: bool = false;

    fn list(&self, key: &[u8]) -> u32 {
        let lists = &mut *self.lists.borrow_mut();
        if let Some(number) = lists.numbers.get(key) {
            return *number;
        }
        let tree = &mut *self.tree.borrow_mut();
        let start = tree.attrs.len() as u32;
        for entry in key.split(|b| *b == NO_TEXT) {
            if let Some((number, value)) = entry.split_first()
                && let Some(name) = AttrName::from_number(*number)
            {
                tree.push_attr(name, std::str::from_utf8(value).unwrap_or_default());
            }
        }
        lists.lists.push(start..tree.attrs.len() as u32);
        let number = lists.lists.len() as u32 - 1;
        lists.numbers.insert(key.into(), number);
        number
    }

    fn nodes(&self) -> usize {
        self.tree.borrow().nodes.len()
    }

    fn is_formatting(&self, handle: &Handle) -> bool {
        is_formatting(&handle.name.get().local)
    }
}

/// Stands before the tree builder, and keeps the tree within bounds that the tree builder, whose work
/// grows with the square of what is open, does not have.
pub(super) struct Guard<S: Watched> {
    builder: TreeBuilder<S::Handle, S>,
    /// Elements made since the open ones were counted: no more can have been opened.
    created: Cell<usize>,
    /// Nothing was closed since the bound was met.
    is_deep: Cell<bool>,
    /// Tags so far.
    tags: Cell<usize>,
    /// Steps that they may have cost.
    steps: Cell<usize>,
    is_full: Cell<bool>,
}

/// Counts the elements that the tree builder holds.
struct Count<'s, S> {
    sink: &'s S,
    all: Cell<usize>,
    formatting: Cell<usize>,
}

impl<S: Watched> Tracer for Count<'_, S> {
    type Handle = S::Handle;
    fn trace_handle(&self, node: &S::Handle) {
        self.all.set(self.all.get() + 1);
        self.formatting.set(self.formatting.get() + usize::from(self.sink.is_formatting(node)));
    }
}

pub(super) fn is_formatting(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("a")
            | local_name!("b")
            | local_name!("big")
            | local_name!("code")
            | local_name!("em")
            | local_name!("font")
            | local_name!("i")
            | local_name!("nobr")
            | local_name!("s")
            | local_name!("small")
            | local_name!("strike")
            | local_name!("strong")
            | local_name!("tt")
            | local_name!("u")
    )
}

/// Elements that hold nothing, or nothing but text, and so do not nest.
fn is_leaf(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("br")
            | local_name!("hr")
            | local_name!("img")
            | local_name!("input")
            | local_name!("link")
            | local_name!("meta")
            | local_name!("wbr")
            | local_name!("iframe")
            | local_name!("noembed")
            | local_name!("noframes")
            | local_name!("noscript")
            | local_name!("script")
            | local_name!("style")
            | local_name!("textarea")
            | local_name!("title")
            | local_name!("xmp")
    )
}

impl<S: Watched> Guard<S> {
    pub(super) fn new(sink: S) -> Self {
        let builder = TreeBuilder::new(sink, TreeBuilderOpts { drop_doctype: true, ..TreeBuilderOpts::default() });
        Self {
            builder,
            created: Cell::new(0),
            is_deep: Cell::new(false),
            tags: Cell::new(0),
            steps: Cell::new(0),
            is_full: Cell::new(false),
        }
    }

    pub(super) fn sink(&self) -> &S {
        &self.builder.sink
    }

    /// Whether the tree would be too large: nothing more is taken.
    pub(super) fn is_full(&self) -> bool {
        self.is_full.get()
    }

    /// Whether text is that of a drawing or a formula.
    pub(super) fn is_in_foreign(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }

    /// Hands a token on, unless it would lead out of bounds.
    pub(super) fn process(&self, token: Token) -> TokenSinkResult<S::Handle> {
        if self.is_full.get() {
            return TokenSinkResult::Continue;
        }
        if let Token::TagToken(tag) = &token {
            if tag.kind == TagKind::EndTag {
                self.is_deep.set(false);
            } else if self.builder.sink.nodes() > MOST_NODES {
                self.is_full.set(true);
                return TokenSinkResult::Continue;
            } else if self.refuses(tag) {
                // What it would have parted stays apart.
                return self.builder.process_token(Token::CharacterTokens(StrTendril::from_slice(" ")), 1);
            }
            // Tags that are refused cost nothing.
            self.tags.set(self.tags.get() + 1);
            if self.tags.get().is_multiple_of(ROUND) {
                let _ = self.count(ROUND);
            }
        }
        self.builder.process_token(token, 1)
    }

    /// The page ends.
    pub(super) fn end(&self) {
        let _ = self.process(Token::EOFToken);
        self.builder.end();
    }

    /// The tree, if it was not too large.
    pub(super) fn finish(self) -> Option<S::Output> {
        (!self.is_full.get()).then(|| self.builder.sink.finish())
    }

    /// How many elements the tree builder holds, and how many of them are formatting, when
    /// `tags` tags may each have made it look at all of them.
    fn count(&self, tags: usize) -> (usize, usize) {
        let count = Count { sink: &self.builder.sink, all: Cell::new(0), formatting: Cell::new(0) };
        self.builder.trace_handles(&count);
        let (all, formatting) = (count.all.get(), count.formatting.get());
        let steps = self.steps.get() + tags * all;
        self.steps.set(steps);
        if steps > MOST_STEPS {
            self.is_full.set(true);
        }
        (all, formatting)
    }

    /// Whether a start tag must not open anything more.
    fn refuses(&self, tag: &TagToken) -> bool {
        if is_leaf(&tag.name) {
            return false;
        }
        if self.is_deep.get() {
            return true;
        }
        // Each formatting element may be opened again by each paragraph.
        let created = self.created.get() + 1;
        self.created.set(created);
        let bound = if is_formatting(&tag.name) { MOST_FORMATTING } else { MOST_OPEN };
        if created < bound {
            return false;
        }
        let (all, formatting) = self.count(1);
        if all >= MOST_OPEN {
            self.is_deep.set(true);
            return true;
        }
        if is_formatting(&tag.name) && formatting >= 2 * MOST_FORMATTING {
            return true;
        }
        self.created.set(all.max(formatting));
        false
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink").finish_non_exhaustive()
    }
}
