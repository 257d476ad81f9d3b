//! A first pass over the bytes of a page: a leaner page of the same structure.
//!
//! Most of a page is nothing that a reader sees: scripts, styles, drawings, comments, and
//! attributes for the browser. The parser would carry each of them through all its states and
//! throw it away afterwards, so they are left out before: the insides of elements that show no text,
//! and all attributes but the few that judging uses. Tags, text and their order stay as they are,
//! by the tokenizer's own rules for where each of them ends
//! (<https://html.spec.whatwg.org/multipage/parsing.html#tokenization>), so the parser builds the
//! same tree from less. The attributes that are left are put aside as well, as lists of which each
//! is kept once, and the tag only has its number: the parser reads values letter by letter, and
//! takes a long list of attributes in quadratic time.

use std::ops::Range;

use memchr::{memchr, memchr2, memchr3_iter, memmem};

use rustc_hash::FxHashMap;

use super::entities;
use super::names::AttrName;
use super::tree::Attr;

/// What the pass leaves.
#[derive(Debug, Default)]
pub(super) struct Skimmed {
    /// The lean page.
    pub(super) html: String,
    /// The attributes of its tags.
    pub(super) lists: Lists,
    /// The insides of scripts, as byte ranges of the page itself.
    pub(super) scripts: Vec<Script>,
}

/// The attribute by which a tag of a lean page refers to its list.
pub(super) const LIST: &str = "q";

/// Lists of attributes, each once.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// The attributes of each list.
    pub(super) lists: Vec<Range<u32>>,
    pub(super) attrs: Vec<Attr>,
    pub(super) values: String,
}

/// A script that may hold data.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) is_json_ld: bool,
    pub(super) inside: Range<usize>,
}

/// Longer attribute values are cut: class lists of generated utility classes, mostly. Not those of
/// `meta`, which are text.
const LONGEST_VALUE: usize = 512;
const LONGEST_META: usize = 4 << 10;
/// More scripts than this are not remembered.
const MOST_SCRIPTS: usize = 256;

/// Where attributes are kept as they stand, one tag has no more than this many: the parser compares
/// each with all before it.
const MOST_ATTRIBUTES: usize = 256;

/// Writes the lean page.
pub(super) fn skim(html: &str) -> Skimmed {
    Skim::new(html, false).run()
}

/// Writes the lean page, but with the attributes as they stand: what a selector asks for may be any
/// of them.
pub(super) fn skim_gently(html: &str) -> String {
    Skim::new(html, true).run().html
}

/// An element, as far as it decides which attributes matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Meta,
    Link,
    Script,
    Input,
    Other,
}

impl Owner {
    /// By its name in any case.
    pub(super) fn of(name: &[u8]) -> Self {
        match name {
            n if n.eq_ignore_ascii_case(b"meta") => Self::Meta,
            n if n.eq_ignore_ascii_case(b"link") => Self::Link,
            n if n.eq_ignore_ascii_case(b"script") => Self::Script,
            n if n.eq_ignore_ascii_case(b"input") => Self::Input,
            _ => Self::Other,
        }
    }
}

/// How much of an attribute's value is kept, in bytes. `None`: not even its name.
pub(super) fn kept(attribute: AttrName, owner: Owner, value: &str) -> Option<usize> {
    let len = match attribute {
        AttrName::Type if owner != Owner::Input => return None,
        AttrName::Content | AttrName::Name | AttrName::Property | AttrName::HttpEquiv | AttrName::Charset
            if owner != Owner::Meta =>
        {
            return None;
        }
        // Whether it leads elsewhere or within the page.
        AttrName::Href if owner != Owner::Link => usize::from(value.starts_with('#')),
        AttrName::Style if !may_hide(value.as_bytes()) => return None,
        _ => value.len(),
    };
    let longest = if matches!(owner, Owner::Meta | Owner::Link) { LONGEST_META } else { LONGEST_VALUE };
    Some(if len > longest { value.floor_char_boundary(longest) } else { len })
}

/// Whether a style says "none" or "hidden" of anything, or may say so by references.
fn may_hide(style: &[u8]) -> bool {
    memchr3_iter(b'n', b'N', b'&', style).any(|at| {
        let (before, rest) = style.split_at(at);
        let says = |text: Option<&[u8]>, word: &[u8]| text.is_some_and(|text| text.eq_ignore_ascii_case(word));
        rest[0] == b'&' || says(rest.get(..4), b"none") || says(before.last_chunk::<5>().map(|c| &c[..]), b"hidde")
    })
}

/// A byte that stands in no UTF-8.
const NO_TEXT: u8 = 0xff;

impl Lists {
    /// Adds the list that a key describes; returns its number.
    fn add(&mut self, key: &[u8]) -> u32 {
        let start = self.attrs.len() as u32;
        for entry in key.split(|b| *b == NO_TEXT) {
            let Some((kind, value)) = entry.split_first() else { continue };
            let Some(name) = AttrName::from_number(*kind) else { continue };
            let from = self.values.len() as u32;
            self.values.push_str(std::str::from_utf8(value).unwrap_or_default());
            self.attrs.push(Attr { name, value: from..self.values.len() as u32 });
        }
        self.lists.push(start..self.attrs.len() as u32);
        self.lists.len() as u32 - 1
    }
}

/// Writes an attribute of a tag.
fn write(lean: &mut Vec<u8>, name: &[u8], value: &[u8], quote: Option<u8>) {
    lean.push(b' ');
    lean.extend_from_slice(name);
    if !value.is_empty() {
        lean.push(b'=');
        lean.extend(quote);
        lean.extend_from_slice(value);
        lean.extend(quote);
    }
}

struct Skim<'h> {
    html: &'h str,
    bytes: &'h [u8],
    /// Whether attributes are kept as they stand.
    is_gentle: bool,
    lean: Vec<u8>,
    lists: Lists,
    /// The list of these attributes, each as its number, its value and a byte that is in no text.
    numbers: FxHashMap<Box<[u8]>, u32>,
    key: Vec<u8>,
    scripts: Vec<Script>,
    /// The names of the elements that are open in a drawing.
    open: Vec<Range<usize>>,
    /// Whether this may be the inside of a drawing or a formula, where elements that hold no tags in
    /// HTML may hold some. So nothing of them is left out: whatever they are, the parser knows.
    is_foreign: bool,
}

/// A tag that was read.
struct Tag {
    /// In lower case.
    name: [u8; NAME],
    name_len: usize,
    /// One past its `>`.
    end: usize,
    is_self_closing: bool,
    is_json_ld: bool,
}

/// Longer names are none of those that matter here.
const NAME: usize = 16;

impl Tag {
    fn name(&self) -> &[u8] {
        &self.name[..self.name_len]
    }
}

const fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\n' | b'\t' | b'\r' | 0x0c)
}

/// Elements of HTML that end an `svg` they stand in
/// (<https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inforeign>), and those in
/// which HTML begins again.
fn ends_drawing(name: &[u8]) -> bool {
    matches!(
        name,
        b"b" | b"big"
            | b"blockquote"
            | b"body"
            | b"br"
            | b"center"
            | b"code"
            | b"dd"
            | b"div"
            | b"dl"
            | b"dt"
            | b"em"
            | b"embed"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"head"
            | b"hr"
            | b"i"
            | b"img"
            | b"li"
            | b"listing"
            | b"menu"
            | b"meta"
            | b"nobr"
            | b"ol"
            | b"p"
            | b"pre"
            | b"ruby"
            | b"s"
            | b"small"
            | b"span"
            | b"strong"
            | b"strike"
            | b"sub"
            | b"sup"
            | b"table"
            | b"tt"
            | b"u"
            | b"ul"
            | b"var"
            | b"font"
            | b"foreignobject"
            | b"math"
            | b"html"
    )
}

impl<'h> Skim<'h> {
    fn new(html: &'h str, is_gentle: bool) -> Self {
        let lean = Vec::with_capacity(html.len() / 2 + 64);
        Self {
            html,
            bytes: html.as_bytes(),
            is_gentle,
            lean,
            lists: Lists::default(),
            numbers: FxHashMap::default(),
            key: Vec::new(),
            scripts: Vec::new(),
            open: Vec::new(),
            is_foreign: false,
        }
    }

    fn run(mut self) -> Skimmed {
        // A mark of the byte order is one only where it begins the page as it was.
        let mut at = if self.html.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        while let Some(step) = memchr(b'<', &self.bytes[at..]) {
            let open = at + step;
            self.copy(at..open);
            at = match self.bytes.get(open + 1) {
                Some(b'a'..=b'z' | b'A'..=b'Z') => self.start_tag(open),
                Some(b'/') => self.end_tag(open),
                Some(b'!') => self.declaration(open),
                Some(b'?') => self.to_gt(open),
                // Before another one that begins no tag either it may stand as it is, which costs the
                // parser a quarter.
                Some(b'<') if self.bytes.get(open + 2) == Some(&b'<') => {
                    self.lean.push(b'<');
                    open + 1
                }
                _ => {
                    // No tag; what it would begin if something behind it is left out, it must not.
                    self.lean.extend_from_slice(b"&lt;");
                    open + 1
                }
            };
        }
        self.copy(at..self.bytes.len());
        // Whatever is copied begins and ends at ASCII characters of a valid text, but for values that
        // are cut, which are cut at a character.
        let html = String::from_utf8(self.lean).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
        Skimmed { html, lists: self.lists, scripts: self.scripts }
    }

    fn copy(&mut self, range: Range<usize>) {
        self.lean.extend_from_slice(&self.bytes[range]);
    }

    /// Skips to behind the next `>`.
    fn to_gt(&self, at: usize) -> usize {
        memchr(b'>', &self.bytes[at..]).map_or(self.bytes.len(), |n| at + n + 1)
    }

    fn declaration(&mut self, open: usize) -> usize {
        let rest = &self.bytes[open..];
        if rest.starts_with(b"<!--") {
            return self.comment_end(open);
        }
        if self.is_foreign && rest.starts_with(b"<![CDATA[") {
            let end = self.cdata_end(open);
            self.copy(open..end);
            return end;
        }
        let end = self.to_gt(open);
        if rest.len() >= 9 && rest[2..9].eq_ignore_ascii_case(b"doctype") || rest.starts_with(b"<![CDATA[") {
            self.copy(open..end);
        }
        end
    }

    fn cdata_end(&self, open: usize) -> usize {
        memmem::find(&self.bytes[open..], b"]]>").map_or(self.bytes.len(), |n| open + n + 3)
    }

    /// One past the end of the comment that begins at `open`.
    fn comment_end(&self, open: usize) -> usize {
        let rest = &self.bytes[open..];
        if rest.starts_with(b"<!-->") {
            return open + 5;
        }
        if rest.starts_with(b"<!--->") {
            return open + 6;
        }
        let mut at = open + 4;
        while let Some(n) = memmem::find(&self.bytes[at..], b"--") {
            let dashes = at + n;
            match &self.bytes[dashes + 2..] {
                [b'>', ..] => return dashes + 3,
                [b'!', b'>', ..] => return dashes + 4,
                _ => at = dashes + 1,
            }
        }
        self.bytes.len()
    }

    fn end_tag(&mut self, open: usize) -> usize {
        match self.bytes.get(open + 2) {
            Some(b'a'..=b'z' | b'A'..=b'Z') => {
                let (mut lean, bytes) = (std::mem::take(&mut self.lean), self.bytes);
                let tag = read_tag(bytes, open + 2, &mut |_, _, _, _| {});
                if tag.is_some() {
                    lean.extend_from_slice(b"</");
                    lean.extend_from_slice(name_in(bytes, open + 2));
                    lean.push(b'>');
                    self.is_foreign &= !is_end_of(&bytes[open..], b"svg") && !is_end_of(&bytes[open..], b"math");
                }
                self.lean = lean;
                tag.map_or(bytes.len(), |tag| tag.end)
            }
            // A bogus comment; `</>` is nothing at all.
            Some(_) => self.to_gt(open),
            None => {
                self.lean.extend_from_slice(b"&lt;/");
                self.bytes.len()
            }
        }
    }

    /// Copies a start tag with the attributes that matter, and leaves out what is inside of elements
    /// that show nothing. Returns where to go on.
    fn start_tag(&mut self, open: usize) -> usize {
        let before = self.lean.len();
        let Some(tag) = self.lean_tag(open) else {
            // The page ends within the tag, and the tokenizer gives it up.
            self.lean.truncate(before);
            return self.bytes.len();
        };
        let at = tag.end;
        match tag.name() {
            // Of a drawing: its text may hold tags.
            b"title" if self.is_foreign => at,
            b"script" => {
                let (inside, end) = self.script_end(at);
                if self.scripts.len() < MOST_SCRIPTS && inside.len() > 16 {
                    self.scripts.push(Script { is_json_ld: tag.is_json_ld, inside });
                }
                if self.is_foreign {
                    self.copy(at..end);
                } else {
                    self.lean.extend_from_slice(b"</script>");
                }
                end
            }
            name
            @ (b"style" | b"xmp" | b"iframe" | b"noembed" | b"noframes" | b"textarea" | b"noscript" | b"title") => {
                let inside = at..self.raw_end(at, name);
                if self.is_foreign || matches!(name, b"xmp" | b"noframes" | b"noscript" | b"title") {
                    self.copy(inside.clone());
                }
                inside.end
            }
            b"svg" if !tag.is_self_closing => self.drawing_end(at),
            b"math" if !tag.is_self_closing => {
                self.is_foreign = true;
                at
            }
            b"plaintext" => {
                self.copy(at..self.bytes.len());
                self.bytes.len()
            }
            _ => at,
        }
    }

    fn lean_tag(&mut self, open: usize) -> Option<Tag> {
        let (html, bytes) = (self.html, self.bytes);
        let lean = &mut self.lean;
        let name = name_in(bytes, open + 1);
        lean.push(b'<');
        lean.extend_from_slice(name);
        let owner = Owner::of(name);
        // What a `font` sets decides whether a drawing ends before it.
        let is_gentle = self.is_gentle || self.is_foreign && name.eq_ignore_ascii_case(b"font");
        let mut is_json_ld = false;
        let mut seen = 0_u64;
        let mut count = 0;
        let key = &mut self.key;
        key.clear();
        let mut tag = read_tag(bytes, open + 1, &mut |name, value, quote, bytes: &[u8]| {
            if is_gentle {
                count += 1;
                if count <= MOST_ATTRIBUTES {
                    write(lean, &bytes[name], &bytes[value], quote);
                }
                return;
            }
            let Some(kind) = AttrName::from_bytes(&bytes[name.clone()]) else { return };
            let bit = 1_u64 << (kind as u32);
            if seen & bit != 0 {
                return;
            }
            seen |= bit;
            if owner == Owner::Script && kind == AttrName::Type {
                is_json_ld = html[value.clone()].trim().eq_ignore_ascii_case("application/ld+json");
            }
            let text = &html[value.clone()];
            let Some(len) = kept(kind, owner, text) else { return };
            // The parser asks for these itself.
            if matches!(kind, AttrName::Type | AttrName::Encoding) {
                write(lean, &bytes[name], &bytes[value], quote);
            }
            key.push(kind as u8);
            key.extend_from_slice(entities::decode(&text[..len]).as_bytes());
            key.push(NO_TEXT);
        })?;
        if !key.is_empty() {
            let list = match self.numbers.get(key.as_slice()) {
                Some(list) => *list,
                None => {
                    let list = self.lists.add(key);
                    self.numbers.insert(key.as_slice().into(), list);
                    list
                }
            };
            write(lean, LIST.as_bytes(), list.to_string().as_bytes(), None);
        }
        if tag.is_self_closing {
            lean.extend_from_slice(b" /");
        }
        lean.push(b'>');
        tag.is_json_ld = is_json_ld;
        Some(tag)
    }

    /// The inside of a script that begins at `at`, and one past its end tag.
    fn script_end(&self, at: usize) -> (Range<usize>, usize) {
        // In a comment within the script, a script may stand that is part of it.
        let (mut is_comment, mut is_nested) = (false, false);
        let mut from = at;
        while let Some(n) =
            if is_comment { memchr2(b'<', b'-', &self.bytes[from..]) } else { memchr(b'<', &self.bytes[from..]) }
        {
            let here = from + n;
            let rest = &self.bytes[here..];
            from = here + 1;
            if rest[0] == b'-' {
                if rest.starts_with(b"-->") {
                    (is_comment, is_nested) = (false, false);
                }
            } else if rest.starts_with(b"<!--") {
                is_comment = true;
                // The dashes may be those of the end as well.
                from = here + 2;
            } else if is_end_of(rest, b"script") {
                if !is_nested {
                    return (at..here, self.end_of_tag(here + 2));
                }
                is_nested = false;
            } else if is_comment && opens(rest, b"script") {
                is_nested = true;
            }
        }
        (at..self.bytes.len(), self.bytes.len())
    }

    fn end_of_tag(&self, name: usize) -> usize {
        read_tag(self.bytes, name, &mut |_, _, _, _| {}).map_or(self.bytes.len(), |tag| tag.end)
    }

    /// Where the text of an element that holds no tags ends: its end tag, or the end of the page.
    fn raw_end(&self, at: usize, name: &[u8]) -> usize {
        let mut from = at;
        while let Some(n) = memchr(b'<', &self.bytes[from..]) {
            if is_end_of(&self.bytes[from + n..], name) {
                return from + n;
            }
            from += n + 1;
        }
        self.bytes.len()
    }

    /// What is open in a drawing that goes on at `at` was left out, and is opened after all.
    fn reopened(&mut self, at: usize) -> usize {
        for name in &self.open {
            self.lean.push(b'<');
            self.lean.extend_from_slice(&self.bytes[name.clone()]);
            self.lean.push(b'>');
        }
        at
    }

    /// Skips what is inside of an `svg`: to its end tag, or to where it stops being a drawing.
    fn drawing_end(&mut self, at: usize) -> usize {
        self.open.clear();
        self.is_foreign = true;
        let mut from = at;
        while let Some(n) = memchr(b'<', &self.bytes[from..]) {
            let open = from + n;
            match self.bytes.get(open + 1) {
                Some(b'a'..=b'z' | b'A'..=b'Z') => {
                    let Some(tag) = read_tag(self.bytes, open + 1, &mut |_, _, _, _| {}) else {
                        return self.bytes.len();
                    };
                    match tag.name() {
                        name if ends_drawing(name) => {
                            self.is_foreign = matches!(name, b"font" | b"foreignobject" | b"math" | b"html");
                            return if self.is_foreign { self.reopened(open) } else { open };
                        }
                        b"title" | b"desc" if !tag.is_self_closing => {
                            // Text for screen readers. Anything else in it is HTML again.
                            let Some(n) = memchr(b'<', &self.bytes[tag.end..]) else { return self.bytes.len() };
                            if !is_end_of(&self.bytes[tag.end + n..], tag.name()) {
                                return self.reopened(open);
                            }
                            from = self.end_of_tag(tag.end + n + 2);
                            continue;
                        }
                        b"script" if !tag.is_self_closing => return self.reopened(open),
                        _ if !tag.is_self_closing => {
                            self.open.push(open + 1..open + 1 + name_in(self.bytes, open + 1).len());
                        }
                        _ => {}
                    }
                    from = tag.end;
                }
                Some(b'/') if self.bytes.get(open + 2).is_some_and(u8::is_ascii_alphabetic) => {
                    // The end of the drawing, or of something around it, which the parser knows. (It also
                    // knows elements that are closed before those in them.)
                    let name = name_in(self.bytes, open + 2);
                    let closes = |inner: &Range<usize>| self.bytes[inner.clone()].eq_ignore_ascii_case(name);
                    match self.open.iter().rposition(closes) {
                        Some(depth) => self.open.truncate(depth),
                        None => return self.reopened(open),
                    }
                    from = self.end_of_tag(open + 2);
                }
                Some(b'!') if self.bytes[open..].starts_with(b"<!--") => from = self.comment_end(open),
                Some(b'!') if self.bytes[open..].starts_with(b"<![CDATA[") => from = self.cdata_end(open),
                Some(b'!' | b'?' | b'/') => from = self.to_gt(open),
                _ => from = open + 1,
            }
        }
        self.bytes.len()
    }
}

/// The name of a tag as it is written.
fn name_in(bytes: &[u8], start: usize) -> &[u8] {
    let len = bytes[start..].iter().position(|b| is_space(*b) || matches!(b, b'/' | b'>'));
    &bytes[start..len.map_or(bytes.len(), |n| start + n)]
}

/// Whether `rest` begins with the end tag of `name`.
fn is_end_of(rest: &[u8], name: &[u8]) -> bool {
    rest.get(1) == Some(&b'/') && is_named(&rest[2..], name)
}

/// Whether `rest` begins with the start tag of `name`.
fn opens(rest: &[u8], name: &[u8]) -> bool {
    is_named(&rest[1..], name)
}

fn is_named(rest: &[u8], name: &[u8]) -> bool {
    rest.len() > name.len()
        && rest[..name.len()].eq_ignore_ascii_case(name)
        && (is_space(rest[name.len()]) || matches!(rest[name.len()], b'/' | b'>'))
}

/// Reads the tag whose name begins at `start`, telling `attribute` the ranges of every attribute's
/// name and value, and the quote around the value. `None` if the page ends within it.
fn read_tag(
    bytes: &[u8],
    start: usize,
    attribute: &mut impl FnMut(Range<usize>, Range<usize>, Option<u8>, &[u8]),
) -> Option<Tag> {
    let written = name_in(bytes, start);
    let mut name = [0; NAME];
    let name_len = if written.len() <= NAME { written.len() } else { 0 };
    for (to, from) in name.iter_mut().zip(&written[..name_len]) {
        *to = from.to_ascii_lowercase();
    }
    let mut tag = Tag { name, name_len, end: 0, is_self_closing: false, is_json_ld: false };
    let mut at = start + written.len();
    loop {
        // Before an attribute's name.
        match *bytes.get(at)? {
            b if is_space(b) => at += 1,
            b'>' => {
                tag.end = at + 1;
                return Some(tag);
            }
            b'/' => {
                at += 1;
                if bytes.get(at) == Some(&b'>') {
                    tag.is_self_closing = true;
                }
            }
            _ => {
                let from = at;
                // A name may begin with `=`.
                at += 1;
                while !matches!(*bytes.get(at)?, b'/' | b'>' | b'=' | b' ' | b'\n' | b'\t' | b'\r' | 0x0c) {
                    at += 1;
                }
                let name = from..at;
                while is_space(*bytes.get(at)?) {
                    at += 1;
                }
                if bytes[at] != b'=' {
                    attribute(name, at..at, None, bytes);
                    continue;
                }
                at += 1;
                while is_space(*bytes.get(at)?) {
                    at += 1;
                }
                match bytes[at] {
                    quote @ (b'"' | b'\'') => {
                        at += 1;
                        let end = at + memchr(quote, &bytes[at..])?;
                        attribute(name, at..end, Some(quote), bytes);
                        at = end + 1;
                    }
                    b'>' => attribute(name, at..at, None, bytes),
                    _ => {
                        let from = at;
                        while !matches!(*bytes.get(at)?, b'>' | b' ' | b'\n' | b'\t' | b'\r' | 0x0c) {
                            at += 1;
                        }
                        attribute(name, from..at, None, bytes);
                    }
                }
            }
        }
    }
}
