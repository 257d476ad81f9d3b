//! html5ever builds the tree: its tree builder, its tokenizer, our arena.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::Range;
use std::rc::Rc;
use std::sync::LazyLock;

use html5ever::interface::{ElementFlags, ExpandedName, NodeOrText, QuirksMode, Tracer, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag as TagToken, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, LocalName, Namespace, QualName, local_name, ns};
use rustc_hash::FxHashMap;

use super::names::{AttrName, Tag};
use super::skim::{LIST, Lists};
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
/// Bytes that the tokenizer gets at a time.
const PIECE: usize = 64 << 10;

/// Parses a page that is already lean, with the lists of attributes that its tags refer to. The tree
/// is `None` if it would be too large.
pub(super) fn parse(html: &str, lists: Lists) -> Option<Tree> {
    let Lists { lists, attrs, values } = lists;
    let tree = Tree { attrs, values, ..Tree::with_capacity(html.len()) };
    build(html, Sink { tree: RefCell::new(tree), lists, contents: RefCell::default() })
}

/// A sink that the guard can watch.
pub(super) trait Watched: TreeSink {
    /// How many nodes it holds.
    fn nodes(&self) -> usize;
    /// Whether this is a formatting element. The document is none.
    fn is_formatting(&self, handle: &Self::Handle) -> bool;
}

/// Feeds a page that is already lean to a sink. `None` if its tree would be too large.
pub(super) fn build<S: Watched>(html: &str, sink: S) -> Option<S::Output> {
    let builder = TreeBuilder::new(sink, TreeBuilderOpts { drop_doctype: true, ..TreeBuilderOpts::default() });
    let guard = Guard {
        builder,
        created: Cell::new(0),
        is_deep: Cell::new(false),
        tags: Cell::new(0),
        steps: Cell::new(0),
        is_full: Cell::new(false),
    };
    let tokenizer = Tokenizer::new(guard, TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() });
    let input = BufferQueue::default();
    let mut rest = html;
    // In pieces, so that there is no second copy of the page, and an end to one that is too large.
    while !rest.is_empty() && !tokenizer.sink.is_full.get() {
        let (piece, behind) = rest.split_at(rest.floor_char_boundary(PIECE));
        rest = behind;
        input.push_back(StrTendril::from_slice(piece));
        // The tokenizer stops after each script, for someone to run it.
        while !input.is_empty() {
            let _ = tokenizer.feed(&input);
        }
    }
    tokenizer.end();
    let guard = tokenizer.sink;
    let is_full = guard.is_full.get();
    (!is_full).then(|| guard.builder.sink.finish())
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
    /// The attributes of the tree that each list has.
    lists: Vec<Range<u32>>,
    /// The contents of each template.
    contents: RefCell<FxHashMap<NodeId, NodeId>>,
}

impl Sink {
    fn handle(id: NodeId) -> Handle {
        static NO_NAME: LazyLock<QualName> =
            LazyLock::new(|| QualName::new(None, Namespace::default(), LocalName::default()));
        Handle { id, name: Name::Known(&NO_NAME) }
    }

    /// The first attribute of a tag in the tree, and how many there are: those of the list that it
    /// refers to, or its own where the first pass copied it as it stands.
    fn list(&self, attrs: &[Attribute]) -> (u32, u32) {
        let number = attrs.iter().find(|attr| &*attr.name.local == LIST).and_then(|attr| attr.value.parse().ok());
        if let Some(list) = number.and_then(|number: usize| self.lists.get(number)) {
            return (list.start, list.end - list.start);
        }
        let tree = &mut *self.tree.borrow_mut();
        let start = tree.attrs.len() as u32;
        for attr in attrs {
            if let Some(name) = AttrName::from_bytes(attr.name.local.as_bytes()) {
                tree.push_attr(name, &attr.value);
            }
        }
        (start, tree.attrs.len() as u32 - start)
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
        let (start, len) = self.list(&attrs);
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
        let (start, len) = self.list(&attrs);
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
    fn nodes(&self) -> usize {
        self.tree.borrow().nodes.len()
    }

    fn is_formatting(&self, handle: &Handle) -> bool {
        is_formatting(&handle.name.get().local)
    }
}

/// Stands between tokenizer and tree builder, and keeps the tree within bounds that the tree
/// builder, whose work grows with the square of what is open, does not have.
struct Guard<S: Watched> {
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

/// Elements that hold nothing and so do not nest.
fn is_void(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("br")
            | local_name!("hr")
            | local_name!("img")
            | local_name!("input")
            | local_name!("link")
            | local_name!("meta")
            | local_name!("wbr")
    )
}

impl<S: Watched> Guard<S> {
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
        if is_void(&tag.name) {
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

impl<S: Watched> TokenSink for Guard<S> {
    type Handle = S::Handle;

    fn process_token(&self, token: Token, line_number: u64) -> TokenSinkResult<S::Handle> {
        match &token {
            _ if self.is_full.get() => return TokenSinkResult::Continue,
            Token::ParseError(_) => return TokenSinkResult::Continue,
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                if self.builder.sink.nodes() > MOST_NODES {
                    self.is_full.set(true);
                    return TokenSinkResult::Continue;
                }
                if self.refuses(tag) {
                    // What it would have parted stays apart.
                    let space = Token::CharacterTokens(StrTendril::from_slice(" "));
                    return self.builder.process_token(space, line_number);
                }
            }
            Token::TagToken(_) => self.is_deep.set(false),
            _ => {}
        }
        if matches!(token, Token::TagToken(_)) {
            self.tags.set(self.tags.get() + 1);
            if self.tags.get().is_multiple_of(ROUND) {
                let _ = self.count(ROUND);
            }
        }
        self.builder.process_token(token, line_number)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink").finish_non_exhaustive()
    }
}
