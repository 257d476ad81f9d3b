//! What a reader sees of a page: its text, one block a line.
//!
//! The walk follows how browsers lay out a page whose style sheets did not load: blocks begin a
//! line, inline elements neither part nor glue words, white space runs together, hidden content is
//! out. Where a style sheet would decide (custom elements, rows of links), words are kept apart
//! rather than glued.

use std::ops::Range;

use super::names::{AttrName, Tag};
use super::tree::{Kind, NONE, NodeId, Step, Tree};

/// One line of the visible text.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// Its bytes in the text, without white space at either end.
    pub(crate) span: Range<usize>,
    /// The innermost area that holds all of it.
    pub(crate) area: u32,
    /// Whether only a line break parts it from the block before.
    pub(crate) joined: bool,
    /// Bytes of it that are inside of links.
    pub(crate) linked: u32,
}

/// An element that shows text: a block, or an inline element that has a name of some kind.
#[derive(Clone, Debug)]
pub(crate) struct Area {
    /// The area around it; that of `body`, or of the page, is its own.
    pub(crate) parent: u32,
    /// The element.
    pub(crate) node: NodeId,
    /// Its tag.
    pub(crate) tag: Tag,
    /// The bytes of the text that it shows.
    pub(crate) span: Range<usize>,
    /// The blocks that begin in it.
    pub(crate) blocks: Range<usize>,
}

/// What a page shows.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Its text.
    pub(crate) text: String,
    /// The lines, in order.
    pub(crate) blocks: Vec<Block>,
    /// The areas, each behind the one around it.
    pub(crate) areas: Vec<Area>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Display {
    Block,
    Inline,
    Hidden,
    /// A block or inline: as its surroundings suggest.
    Unknown,
}

fn display(tag: Tag) -> Display {
    match tag {
        Tag::Address
        | Tag::Article
        | Tag::Aside
        | Tag::Blockquote
        | Tag::Body
        | Tag::Button
        | Tag::Caption
        | Tag::Center
        | Tag::Dd
        | Tag::Details
        | Tag::Dialog
        | Tag::Dir
        | Tag::Div
        | Tag::Dl
        | Tag::Dt
        | Tag::Fieldset
        | Tag::Figcaption
        | Tag::Figure
        | Tag::Footer
        | Tag::Form
        | Tag::Frameset
        | Tag::H1
        | Tag::H2
        | Tag::H3
        | Tag::H4
        | Tag::H5
        | Tag::H6
        | Tag::Header
        | Tag::Hgroup
        | Tag::Hr
        | Tag::Html
        | Tag::Legend
        | Tag::Li
        | Tag::Listing
        | Tag::Main
        | Tag::Marquee
        | Tag::Menu
        | Tag::Nav
        | Tag::Ol
        | Tag::P
        | Tag::Plaintext
        | Tag::Pre
        | Tag::Search
        | Tag::Section
        | Tag::Summary
        | Tag::Table
        | Tag::Tbody
        | Tag::Tfoot
        | Tag::Thead
        | Tag::Tr
        | Tag::Td
        | Tag::Th
        | Tag::Ul
        | Tag::Xmp => Display::Block,
        Tag::Area
        | Tag::Audio
        | Tag::Base
        | Tag::Canvas
        | Tag::Col
        | Tag::Colgroup
        | Tag::Datalist
        | Tag::Embed
        | Tag::Foreign
        | Tag::Frame
        | Tag::Head
        | Tag::Iframe
        | Tag::Img
        | Tag::Input
        | Tag::Link
        | Tag::Meta
        | Tag::Noembed
        | Tag::Noframes
        | Tag::Noscript
        | Tag::Param
        | Tag::Rp
        | Tag::Script
        | Tag::Select
        | Tag::Source
        | Tag::Style
        | Tag::Template
        | Tag::Textarea
        | Tag::Title
        | Tag::Track
        | Tag::Video => Display::Hidden,
        Tag::Custom => Display::Unknown,
        _ => Display::Inline,
    }
}

/// Whether elements of this tag are blocks.
pub(crate) fn is_block(tag: Tag) -> bool {
    display(tag) == Display::Block
}

/// Class names by which style sheets keep text from being seen. Only those that every style sheet
/// uses the same way.
fn is_hiding_class(class: &str) -> bool {
    matches!(
        class,
        "sr-only"
            | "visually-hidden"
            | "visuallyhidden"
            | "screen-reader-text"
            | "screenreader-only"
            | "screen-reader-only"
            | "u-visually-hidden"
            | "a11y-hidden"
            | "sr-text"
            | "assistive-text"
    )
}

fn hides(style: &str) -> bool {
    let mut declarations = style.split(';').filter_map(|d| d.split_once(':'));
    declarations.any(|(property, value)| {
        let value = value.trim().trim_end_matches("!important").trim_end();
        match property.trim() {
            p if p.eq_ignore_ascii_case("display") => value.eq_ignore_ascii_case("none"),
            p if p.eq_ignore_ascii_case("visibility") => value.eq_ignore_ascii_case("hidden"),
            _ => false,
        }
    })
}

/// Whether the element's attributes keep it from being seen.
fn is_hidden(tree: &Tree, id: NodeId, tag: Tag) -> bool {
    let mut is_open = false;
    for (name, value) in tree.attrs(id) {
        match name {
            // What a search within the page would find is rather folded away than hidden.
            AttrName::Hidden if !value.eq_ignore_ascii_case("until-found") => return true,
            AttrName::Style if hides(value) => return true,
            AttrName::Class if value.split_ascii_whitespace().any(is_hiding_class) => return true,
            AttrName::Open => is_open = true,
            _ => {}
        }
    }
    tag == Tag::Dialog && !is_open
}

/// Lays out a page. With `hidden`, what is hidden by an attribute is shown too.
pub(crate) fn lay_out(tree: &Tree, hidden: bool) -> Page {
    let mut walk = Walk {
        tree,
        facts: facts(tree),
        page: Page { text: String::with_capacity(tree.text.len()), ..Page::default() },
        line: 0,
        line_areas: 0,
        space: false,
        breaks: 0,
        block_areas: Vec::new(),
        area: NO_AREA,
        first_area: NO_AREA,
        links: 0,
        linked: 0,
        pre: 0,
    };
    let mut step = Some(Step::Enter(0));
    while let Some(now) = step {
        let next = match now {
            Step::Enter(id) => match walk.tree.node(id).kind {
                Kind::Text => {
                    walk.text(tree.text(id));
                    Step::Leave(id)
                }
                Kind::Element(tag) if walk.is_shown(id, tag, hidden) => {
                    walk.enter(id, tag);
                    now
                }
                Kind::Root if id == 0 => now,
                _ => Step::Leave(id),
            },
            Step::Leave(id) => {
                walk.leave(id);
                now
            }
        };
        step = tree.after(next);
    }
    walk.end_line();
    walk.page
}

/// What is known of a node before the walk, which must not look at all of its children each time.
#[derive(Clone, Copy, Default)]
struct Facts {
    /// A line ends inside: it holds a block or a line break.
    is_parted: bool,
    /// It holds words of its own, not only inside of its children.
    has_words: bool,
    /// Something in it, if it is the row of a table, does not fit on one line.
    is_parted_row: bool,
}

fn facts(tree: &Tree) -> Vec<Facts> {
    let mut facts = vec![Facts::default(); tree.nodes.len()];
    for node in &tree.nodes {
        match node.kind {
            Kind::Element(tag) if tag == Tag::Br || display(tag) == Display::Block => {
                let mut at = node.parent;
                while at != NONE && !facts[at as usize].is_parted {
                    facts[at as usize].is_parted = true;
                    at = tree.node(at).parent;
                }
            }
            _ => {}
        }
    }
    for (id, node) in tree.nodes.iter().enumerate() {
        if node.parent == NONE {
            continue;
        }
        match node.kind {
            Kind::Element(tag) if display(tag) != Display::Hidden => {
                let fits = matches!(tag, Tag::Td | Tag::Th) && !facts[id].is_parted;
                facts[node.parent as usize].is_parted_row |= !fits;
            }
            Kind::Text if !facts[node.parent as usize].has_words => {
                let has_words = !tree.text(id as NodeId).trim_ascii_start().is_empty();
                facts[node.parent as usize].has_words = has_words;
            }
            _ => {}
        }
    }
    facts
}

/// The area around all.
const NO_AREA: u32 = 0;

struct Walk<'t> {
    tree: &'t Tree,
    facts: Vec<Facts>,
    page: Page,
    /// Where the current line begins.
    line: usize,
    /// The areas that were there when it began.
    line_areas: usize,
    /// White space was met, and is written if anything follows on the line.
    space: bool,
    /// Line breaks since the last text.
    breaks: u32,
    /// The areas that are blocks, the innermost last.
    block_areas: Vec<u32>,
    /// The innermost area.
    area: u32,
    /// The innermost area where the line begins.
    first_area: u32,
    links: u32,
    linked: u32,
    pre: u32,
}

impl Walk<'_> {
    fn is_shown(&self, id: NodeId, tag: Tag, hidden: bool) -> bool {
        display(tag) != Display::Hidden && (hidden || !is_hidden(self.tree, id, tag))
    }

    fn is_block(&self, id: NodeId, tag: Tag) -> bool {
        match display(tag) {
            Display::Block => !self.is_inline_cell(id, tag),
            // A custom element among text is one of its words; among others it stands for itself.
            Display::Unknown => {
                let parent = self.tree.node(id).parent;
                parent == NONE || self.facts[id as usize].is_parted || !self.facts[parent as usize].has_words
            }
            _ => false,
        }
    }

    /// Whether this is a cell of a row in which nothing parts lines: such a row is one line.
    fn is_inline_cell(&self, id: NodeId, tag: Tag) -> bool {
        matches!(tag, Tag::Td | Tag::Th) && {
            let row = self.tree.node(id).parent;
            row != NONE && self.tree.tag(row) == Some(Tag::Tr) && !self.facts[row as usize].is_parted_row
        }
    }

    fn enter(&mut self, id: NodeId, tag: Tag) {
        match tag {
            Tag::Br => return self.line_break(),
            Tag::Hr => return self.end_block(),
            _ => {}
        }
        let is_block = self.is_block(id, tag);
        if is_block {
            self.end_block();
        } else if self.is_inline_cell(id, tag) && self.page.text.len() > self.line {
            self.tab();
        }
        match tag {
            Tag::A => self.links += 1,
            Tag::Pre | Tag::Listing | Tag::Plaintext | Tag::Xmp => self.pre += 1,
            _ => {}
        }
        if !is_block && self.stands_apart(id, tag) {
            self.space = true;
        }
        if is_block || self.is_named(id) {
            let number = self.page.areas.len() as u32;
            let (at, block) = (self.page.text.len(), self.page.blocks.len());
            let parent = if number == 0 { 0 } else { self.area };
            self.page.areas.push(Area { parent, node: id, tag, span: at..at, blocks: block..block });
            self.area = number;
            if is_block {
                self.block_areas.push(number);
            }
        }
    }

    /// Whether an inline element is to be kept apart from the one before it, though nothing but a
    /// style sheet parts them: links side by side are two things, and so are `span`s whose texts
    /// meet like "MillerPublished".
    fn stands_apart(&self, id: NodeId, tag: Tag) -> bool {
        let before = self.tree.node(id).prev;
        if before == NONE || self.page.text.len() == self.line {
            return false;
        }
        match (self.tree.tag(before), tag) {
            (Some(Tag::A), Tag::A) => true,
            (Some(Tag::A | Tag::Span | Tag::Time), Tag::A | Tag::Span | Tag::Time) => {
                let mut inner = id;
                for _ in 0..4 {
                    match self.tree.node(inner).first {
                        NONE => break,
                        child if self.tree.tag(child).is_some_and(|tag| display(tag) == Display::Hidden) => {
                            return false;
                        }
                        child => inner = child,
                    }
                }
                let mut next = self.tree.text(inner).chars();
                self.page.text.ends_with(|c: char| c.is_lowercase() || c.is_ascii_digit())
                    && next.next().is_some_and(char::is_uppercase)
                    && next.next().is_some_and(char::is_alphanumeric)
            }
            _ => false,
        }
    }

    /// Whether an inline element says what it is.
    fn is_named(&self, id: NodeId) -> bool {
        self.tree.attrs(id).any(|(name, _)| {
            matches!(name, AttrName::Class | AttrName::Id | AttrName::Itemprop | AttrName::Role | AttrName::Rel)
        })
    }

    fn leave(&mut self, id: NodeId) {
        let Some(tag) = self.tree.tag(id) else { return };
        if matches!(tag, Tag::Br | Tag::Hr) {
            return;
        }
        match tag {
            Tag::A => self.links -= 1,
            Tag::Pre | Tag::Listing | Tag::Plaintext | Tag::Xmp => self.pre -= 1,
            _ => {}
        }
        if self.is_block(id, tag) {
            self.end_block();
        }
        if self.page.areas.get(self.area as usize).is_some_and(|area| area.node == id) {
            let (text, blocks) = (self.page.text.len(), self.page.blocks.len());
            let area = &mut self.page.areas[self.area as usize];
            area.span.end = text;
            area.blocks.end = blocks;
            let parent = area.parent;
            if self.block_areas.last() == Some(&self.area) {
                self.block_areas.pop();
            }
            self.area = parent;
        }
    }

    fn text(&mut self, text: &str) {
        if self.pre > 0 {
            return self.preformatted(text);
        }
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at].is_ascii_whitespace() {
                self.space = true;
                at += 1;
                continue;
            }
            // Up to the next white space that is not one space between words.
            let start = at;
            while at < bytes.len() {
                if bytes[at].is_ascii_whitespace() {
                    let is_lone = bytes[at] == b' ' && bytes.get(at + 1).is_some_and(|b| !b.is_ascii_whitespace());
                    if !is_lone {
                        break;
                    }
                }
                at += 1;
            }
            self.words(&text[start..at]);
        }
    }

    /// Adds words that have one space between them.
    fn words(&mut self, words: &str) {
        let before = self.page.text.len();
        let words = if before == self.line {
            // Other white space than that which runs together may lead a line as well.
            let words = words.trim_start();
            if words.is_empty() {
                return;
            }
            self.first_area = self.area;
            words
        } else {
            if self.space && !self.page.text.ends_with('\t') {
                self.page.text.push(' ');
            }
            words
        };
        self.space = false;
        self.page.text.push_str(words);
        let added = (self.page.text.len() - before) as u32;
        if self.links > 0 {
            self.linked += added;
        }
    }

    /// Text whose line breaks and spaces count.
    fn preformatted(&mut self, mut text: &str) {
        if self.page.text.len() == self.line {
            text = text.trim_start();
            if text.is_empty() {
                return;
            }
            self.first_area = self.area;
        }
        if self.links > 0 {
            self.linked += text.len() as u32;
        }
        self.page.text.push_str(text);
    }

    /// Cells of a row stand apart.
    fn tab(&mut self) {
        self.page.text.push('\t');
        self.space = false;
    }

    fn line_break(&mut self) {
        if self.pre > 0 {
            self.page.text.push('\n');
            return;
        }
        self.end_line();
        self.breaks += 1;
    }

    fn end_block(&mut self) {
        self.end_line();
        // More than one: whatever follows is another paragraph.
        self.breaks = 2;
    }

    /// Ends the current line, if there is anything on it.
    fn end_line(&mut self) {
        self.space = false;
        let line = self.line;
        let text = self.page.text[line..].trim_end();
        if text.is_empty() {
            self.page.text.truncate(line);
        } else {
            let span = line..line + text.len();
            let mut area = self.first_area;
            let block_area = self.block_areas.last().copied().unwrap_or(NO_AREA);
            // An inline area that ended within the line holds only a part of it.
            while area != block_area && area != NO_AREA && !self.holds(area, &span) {
                area = self.page.areas[area as usize].parent;
            }
            self.page.blocks.push(Block { span: span.clone(), area, joined: self.breaks == 1, linked: self.linked });
            self.page.text.truncate(span.end);
            self.page.text.push('\n');
            self.breaks = 0;
        }
        // What ended within the line ends where the line does.
        let end = self.page.text.len();
        for area in &mut self.page.areas[self.line_areas..] {
            area.span = area.span.start.min(end)..area.span.end.min(end);
        }
        self.line_areas = self.page.areas.len();
        self.line = end;
        self.linked = 0;
    }

    fn holds(&self, area: u32, span: &Range<usize>) -> bool {
        let area = &self.page.areas[area as usize];
        // One that is still open ends nowhere yet.
        area.span.start <= span.start && (area.span.end == area.span.start || area.span.end >= span.end)
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn page(html: &str) -> Page {
        lay_out(&parse(html).expect("a small page").tree, false)
    }

    /// Each page and its lines.
    #[track_caller]
    fn check(cases: &[(&str, &str)]) {
        let mut failures = String::new();
        for (html, wanted) in cases {
            let found = page(html).text;
            let found = found.strip_suffix('\n').unwrap_or(&found);
            if found != *wanted {
                failures.push_str(&format!("{html}\n    wanted {wanted:?}\n    found  {found:?}\n"));
            }
        }
        assert!(failures.is_empty(), "\n{failures}");
    }

    #[test]
    fn blocks_begin_and_end_lines() {
        check(&[
            ("", ""),
            (" \n ", ""),
            ("one", "one"),
            ("<p>one</p><p>two</p>", "one\ntwo"),
            ("<p>one<p>two", "one\ntwo"),
            ("one<p>two</p>three", "one\ntwo\nthree"),
            ("<div>one<div>two</div>three</div>", "one\ntwo\nthree"),
            ("<div><div><p>one</p></div></div><section>two</section>", "one\ntwo"),
            ("<h1>one</h1>two<h2>three</h2>", "one\ntwo\nthree"),
            ("<b>one<p>two</p></b>three", "one\ntwo\nthree"),
            ("<span>one<div>two</div></span>three", "one\ntwo\nthree"),
            ("<p></p><div> </div><p>one", "one"),
            ("one<hr>two", "one\ntwo"),
            ("<blockquote>one</blockquote><figure>two<figcaption>three</figcaption></figure>", "one\ntwo\nthree"),
            (
                "<address>one</address><center>two</center><fieldset><legend>three</legend>four</fieldset>",
                "one\ntwo\nthree\nfour",
            ),
            ("<title>no</title>one</body></html>\ntwo<p>three", "one two\nthree"),
            ("<body>one<!-- no --> two</body><!-- no --></html> three ", "one two three"),
            ("<p>one</div></span>two</p>", "onetwo"),
        ]);
    }

    #[test]
    fn line_breaks_part_lines_and_two_part_paragraphs() {
        let page = page("<p>one<br>two<br><br>three<br/>four</p><p>five<br></p><br>six</br>seven");
        let lines: Vec<_> = page.blocks.iter().map(|b| (&page.text[b.span.clone()], b.joined)).collect();
        assert_eq!(
            lines,
            [
                ("one", false),
                ("two", true),
                ("three", false),
                ("four", true),
                ("five", false),
                ("six", false),
                ("seven", true)
            ]
        );
        check(&[
            ("one<br> <br>two", "one\ntwo"),
            ("<br><br>one<br>", "one"),
            ("<b>one<br>two</b>three", "one\ntwothree"),
            ("on<wbr>e", "one"),
        ]);
    }

    #[test]
    fn inline_elements_neither_glue_nor_split_words() {
        check(&[
            ("<b>on</b>e <i>tw</i>o", "one two"),
            ("one<b> two </b>three", "one two three"),
            ("one <b>two</b> three", "one two three"),
            ("one <b> two </b> three", "one two three"),
            ("one\n\t<b>two</b>\r\nthree", "one two three"),
            ("<b>one</b><i>two</i>", "onetwo"),
            ("<span>T</span>he first letter", "The first letter"),
            ("<span>T</span><span>he</span> first", "The first"),
            ("H<sub>2</sub>O and m<sup>2</sup>", "H2O and m2"),
            ("<del>one</del><ins>two</ins>", "onetwo"),
            ("one<!-- no -->two", "onetwo"),
            ("one<img alt=no>two<script>no</script>three", "onetwothree"),
            ("<font>one</font><acronym>two</acronym><unknown>three</unknown>", "onetwothree"),
            ("<q>one</q>, <cite>two</cite>", "one, two"),
            ("un<span></span>broken", "unbroken"),
            ("one<span> </span>two", "one two"),
            ("<label>one</label><output>two</output>", "onetwo"),
        ]);
    }

    #[test]
    fn links_side_by_side_stand_apart() {
        check(&[
            ("<a href=x>one</a><a href=y>two</a>", "one two"),
            ("<a href=x>one</a>, <a href=y>two</a>.", "one, two."),
            ("<a href=x>on</a>e", "one"),
            ("<span>Ros Tindle</span><span>Published today</span>", "Ros Tindle Published today"),
            ("<a href=x>Ros Tindle</a><time>Today</time>", "Ros Tindle Today"),
            ("<span>i</span><span>Phone</span>", "i Phone"),
            ("<span>one</span><span>two</span>", "onetwo"),
            ("<nav><a href=x>one</a>\n<a href=y>two</a></nav>", "one two"),
        ]);
    }

    #[test]
    fn lists_have_an_item_a_line() {
        check(&[
            ("<ul><li>one<li>two<ul><li>three</ul>four</ul>", "one\ntwo\nthree\nfour"),
            ("<ol>\n<li><p>one</p>\n<p>two</p></li>\n<li> three </li></ol>", "one\ntwo\nthree"),
            ("<dl><dt>one<dd>two<dt>three<dd>four</dl>", "one\ntwo\nthree\nfour"),
            ("<menu><li>one<li>two</menu><dir><li>three</dir>", "one\ntwo\nthree"),
            ("<li>one</li><li>two</li>", "one\ntwo"),
        ]);
    }

    #[test]
    fn a_row_is_a_line_unless_its_cells_have_lines() {
        check(&[
            ("<table><tr><td>one<td>two<tr><th>three<td>four</table>", "one\ttwo\nthree\tfour"),
            ("<table>\n<tr>\n<td> one </td>\n<td> two </td>\n</tr></table>", "one\ttwo"),
            ("<table><tr><td>one<td></td><td>two</table>", "one\t\ttwo"),
            ("<table><tr><td></td><td>one</table>", "one"),
            ("<table><tr><td><p>one</p><td>two</table>", "one\ntwo"),
            ("<table><tr><td>one<br>two<td>three</table>", "one\ntwo\nthree"),
            ("<table><tr><td><table><tr><td>one<td>two</table><td>three</table>", "one\ttwo\nthree"),
            (
                "<table><caption>one</caption><thead><tr><th>two<tbody><tr><td>three</table>four",
                "one\ntwo\nthree\nfour",
            ),
            ("<table>one<tr><td>two</table>", "one\ntwo"),
            ("<table><tr><td><b>one</b><td><a href=x>two</a></table>", "one\ttwo"),
            ("<table><tr><td>one<script>no</script><td>two</td><script>no</script></tr></table>", "one\ttwo"),
            ("one<table><tr><td>two</table>three", "one\ntwo\nthree"),
            ("<table><tr><td>one<td hidden>no<td>two</table>", "one\ttwo"),
        ]);
    }

    #[test]
    fn preformatted_text_keeps_its_lines() {
        check(&[
            ("<pre>one\n  two\n\nthree</pre>", "one\n  two\n\nthree"),
            ("<pre>\none</pre>", "one"),
            ("<pre>one\n</pre>two", "one\ntwo"),
            ("<pre>one<br>two</pre>", "one\ntwo"),
            ("<pre>a  <b>b</b>  c</pre>", "a  b  c"),
            ("<pre><code>one\n    two</code></pre>", "one\n    two"),
            ("one<pre>two</pre>three", "one\ntwo\nthree"),
            ("<pre>one</pre><pre>two</pre>", "one\ntwo"),
            ("<textarea>\nno</textarea>one<listing>\ntwo\n three</listing>", "one\ntwo\n three"),
            ("<xmp>one <b>two</b>\nthree</xmp>", "one <b>two</b>\nthree"),
            ("one<plaintext>two <p>\nthree", "one\ntwo <p>\nthree"),
            ("<pre>one <div>two</div> three</pre>", "one\ntwo\nthree"),
        ]);
        let page = page("<pre>one\ntwo</pre>");
        assert_eq!(page.blocks.len(), 1, "one block, of two lines");
    }

    #[test]
    fn what_a_browser_hides_is_out() {
        check(&[
            ("<p hidden>no</p>one", "one"),
            ("<p hidden=''>no</p><p hidden=until-found>one", "one"),
            ("<p style='display:none'>no</p>one", "one"),
            ("<p style=' color: red; DISPLAY : None !important '>no</p>one", "one"),
            ("<p style='visibility: hidden'>no</p>one", "one"),
            ("<p style='overflow:hidden'>one</p><p style='list-style:none;display:block'>two", "one\ntwo"),
            ("<p style='background: url(display:none)'>one", "one"),
            ("<span class=sr-only>no</span>one<i class='icon visually-hidden'>no</i>", "one"),
            ("<p class=hidden>one</p><p class=sr>two", "one\ntwo"),
            ("on<span hidden>no</span>e", "one"),
            ("<template><p>no</p></template>one", "one"),
            ("<noscript><p>no</p></noscript>one<style>no</style><script>no</script>", "one"),
            ("<select><option>no<option>no</select>one<datalist><option>no</datalist>", "one"),
            ("<textarea>no</textarea>one<input value=no>", "one"),
            ("<iframe>no</iframe><object>one</object><video>no</video><audio>no</audio><canvas>no</canvas>", "one"),
            ("<dialog>no</dialog><dialog open>one</dialog>", "one"),
            ("<details><summary>one</summary>two</details>", "one\ntwo"),
            ("<button>one</button><button>two</button>", "one\ntwo"),
            ("<frameset><frame src=x></frameset><noframes>no</noframes>", ""),
            ("<p aria-hidden=true>one", "one"),
        ]);
    }

    #[test]
    fn what_is_hidden_is_shown_if_asked_for() {
        let page =
            parse("<p hidden>one<p style='display:none'>two<script>no</script><p class=sr-only>three").expect("small");
        assert_eq!(lay_out(&page.tree, true).text, "one\ntwo\nthree\n");
        assert_eq!(lay_out(&page.tree, false).text, "");
    }

    #[test]
    fn drawings_and_sources_of_formulas_are_out() {
        check(&[
            ("one<svg><title>no</title><text>no</text></svg>two", "onetwo"),
            ("one<svg><path/><p>two", "one\ntwo"),
            ("<math><mi>x</mi><mo>=</mo><mn>2</mn></math>", "x=2"),
            ("<math><semantics><mi>x</mi><annotation encoding=tex>no</annotation></semantics></math> one", "x one"),
            ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢kan"),
        ]);
    }

    #[test]
    fn characters_stay_what_they_are() {
        check(&[
            ("caf&eacute; &amp;amp; &lt;b> &#8212; &hellip;", "café &amp; <b> — …"),
            ("&copy 2024 AT&T &notit; &unknown;", "© 2024 AT&T ¬it; &unknown;"),
            ("one&nbsp;two &nbsp; three", "one\u{a0}two \u{a0} three"),
            ("<p>&nbsp;</p><p>&nbsp;one&nbsp;</p>", "one"),
            ("soft&shy;ly ze\u{200b}ro &zwnj;&zwj;&lrm;", "soft\u{ad}ly ze\u{200b}ro \u{200c}\u{200d}\u{200e}"),
            ("<p>\u{200b}</p>one", "\u{200b}\none"),
            ("市议会<b>决定</b>关闭\n旧桥", "市议会决定关闭 旧桥"),
            ("<p>أغلق <b>المجلس</b> الجسر</p><p>הגשר <i>ייסגר</i></p>", "أغلق المجلس الجسر\nהגשר ייסגר"),
            ("<bdo dir=rtl>one</bdo> <bdi>two</bdi>", "one two"),
            ("a\u{3000}b\u{2003}c", "a\u{3000}b\u{2003}c"),
            ("a\u{c}b\rc", "a b c"),
            ("a\0b", "ab"),
        ]);
    }

    #[test]
    fn custom_elements_are_blocks_among_blocks_and_words_among_words() {
        check(&[
            ("<x-a>one</x-a><x-b>two</x-b>", "one\ntwo"),
            ("<p>one <x-a>two</x-a> three</p>", "one two three"),
            ("<div>\n<x-a>one</x-a>\n<x-b>two</x-b>\n</div>", "one\ntwo"),
            ("<p>one<x-a><p>two</p></x-a>", "one\ntwo"),
            ("<x-a><x-b>one</x-b></x-a>two", "one\ntwo"),
            ("<div>one<x-a><div>two</div></x-a>three</div>", "one\ntwo\nthree"),
            ("<slot>one</slot>two", "onetwo"),
        ]);
    }

    #[test]
    fn a_block_knows_what_of_it_is_linked_and_bold() {
        let page = page("<p>one <a href=x>two</a> <b>three</b><p><a href=x><strong>four</strong></a><p>five");
        let parts: Vec<_> = page.blocks.iter().map(|b| b.linked).collect();
        assert_eq!(parts, [4, 4, 0]);
    }

    #[test]
    fn areas_hold_their_blocks() {
        let page =
            page("<article id=a><h1>one</h1><p>two <span class=x>three</span></p><i class=y>four</i></article>five");
        let around: Vec<_> = page
            .blocks
            .iter()
            .map(|block| {
                let area = &page.areas[block.area as usize];
                (&page.text[block.span.clone()], area.tag, page.text[area.span.clone()].trim())
            })
            .collect();
        assert_eq!(
            around,
            [
                ("one", Tag::H1, "one"),
                ("two three", Tag::P, "two three"),
                ("four", Tag::I, "four"),
                ("five", Tag::Body, "one\ntwo three\nfour\nfive"),
            ]
        );
        for (at, area) in page.areas.iter().enumerate() {
            assert!(area.parent as usize <= at, "an area stands behind the one around it");
            assert!(area.span.end <= page.text.len() && area.blocks.end <= page.blocks.len());
        }
    }
}
