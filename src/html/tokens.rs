//! From the text of a page to the tokens that html5ever builds its tree from.
//!
//! Most of a page is nothing that a reader sees: scripts, styles, drawings, comments, and
//! attributes for the browser. A tokenizer that has to hand all of it on, letter by letter, takes
//! most of the time of parsing. This one follows the same rules
//! (<https://html.spec.whatwg.org/multipage/parsing.html#tokenization>), leaves out the insides of
//! elements that show no text, and knows of attributes only the few that judging uses. They go past
//! the tree builder, as lists of which each is kept once, and a tag has only the number of its list;
//! so no tag has a long list of attributes, which would cost quadratic time.
//!
//! That the tree is the same is held against html5ever's own tokenizer, see `reference.rs`.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use html5ever::interface::Attribute;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Doctype, Tag as TagToken, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use html5ever::{LocalName, QualName, ns};
use memchr::{memchr, memchr2, memchr3, memchr3_iter, memmem};

use super::entities;
use super::names::AttrName;
use super::sink::{Guard, Watched};

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

/// Where attributes are kept as they stand, one tag has no more than this many: each is compared
/// with all before it.
const MOST_ATTRIBUTES: usize = 256;

/// The attribute by which a tag refers to its list.
pub(super) const LIST: &str = "q";

/// What stands behind the value of each attribute in the key of a list: a byte of no UTF-8.
pub(super) const NO_TEXT: u8 = 0xff;

/// Builds the tree of a page in a sink; returns the page's scripts as well. No tree if it would be
/// too large.
pub(super) fn build<S: Watched>(html: &str, sink: S) -> (Option<S::Output>, Vec<Script>) {
    let list = QualName::new(None, ns!(), LocalName::from(LIST));
    let guard = Guard::new(sink);
    let mut tokens =
        Tokens { html, bytes: html.as_bytes(), guard, list, key: Vec::new(), scripts: Vec::new(), open: Vec::new() };
    tokens.run();
    (tokens.guard.finish(), tokens.scripts)
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

struct Tokens<'h, S: Watched> {
    html: &'h str,
    bytes: &'h [u8],
    guard: Guard<S>,
    /// The name of [`LIST`].
    list: QualName,
    /// The attributes of a tag, each as its number, its value and [`NO_TEXT`].
    key: Vec<u8>,
    scripts: Vec<Script>,
    /// The names of the elements that are open in a drawing.
    open: Vec<Range<usize>>,
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

pub(super) const fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\n' | b'\t' | b'\r' | 0x0c)
}

/// Elements of HTML that end an `svg` they stand in
/// (<https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inforeign>); `font` does by its
/// attributes only.
pub(super) fn ends_drawing(name: &[u8]) -> bool {
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
    )
}

/// Line breaks as the parser has them, and no NULs.
fn normal(text: &str) -> Cow<'_, str> {
    if memchr2(b'\r', 0, text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}"))
}

impl<S: Watched> Tokens<'_, S> {
    fn run(&mut self) {
        // A mark of the byte order is one only where it begins the page.
        let mut at = if self.html.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut text = at;
        while let Some(step) = memchr(b'<', &self.bytes[at..]) {
            let open = at + step;
            let is_markup = match self.bytes.get(open + 1) {
                Some(b'a'..=b'z' | b'A'..=b'Z' | b'!' | b'?') => true,
                Some(b'/') => open + 2 < self.bytes.len(),
                _ => false,
            };
            if !is_markup {
                at = open + 1;
                continue;
            }
            self.text(text..open);
            at = match self.bytes[open + 1] {
                b'/' => self.end_tag(open),
                b'!' => self.declaration(open),
                b'?' => self.to_gt(open),
                _ => self.start_tag(open),
            };
            text = at;
            if self.guard.is_full() {
                return;
            }
        }
        self.text(text..self.bytes.len());
        self.guard.end();
    }

    /// Text with character references.
    fn text(&self, range: Range<usize>) {
        let text = &self.html[range];
        if memchr3(b'&', b'\r', 0, text.as_bytes()).is_none() {
            return self.chars(text);
        }
        for (n, text) in text.split('\0').enumerate() {
            if n > 0 {
                let _ = self.guard.process(Token::NullCharacterToken);
            }
            self.chars(&entities::decode_text(&normal(text)));
        }
    }

    /// Text as it is.
    fn chars(&self, text: &str) {
        /// The tree builder copies text before it is stored, and a copy of a whole page is too much.
        const PIECE: usize = 64 << 10;
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(rest.floor_char_boundary(PIECE));
            let _ = self.guard.process(Token::CharacterTokens(StrTendril::from_slice(piece)));
            rest = behind;
        }
    }

    /// Skips to behind the next `>`.
    fn to_gt(&self, at: usize) -> usize {
        memchr(b'>', &self.bytes[at..]).map_or(self.bytes.len(), |n| at + n + 1)
    }

    fn declaration(&self, open: usize) -> usize {
        let rest = &self.bytes[open..];
        if rest.starts_with(b"<!--") {
            return self.comment_end(open);
        }
        if rest.starts_with(b"<![CDATA[") && self.guard.is_in_foreign() {
            let end = self.cdata_end(open);
            let inside = &self.html[open + "<![CDATA[".len()..end];
            self.chars(&normal(inside.strip_suffix("]]>").unwrap_or(inside)));
            return end;
        }
        let end = self.to_gt(open);
        if rest.len() >= 9
            && rest[2..9].eq_ignore_ascii_case(b"doctype")
            && let Some(doctype) = doctype(&self.html[open..end])
        {
            let _ = self.guard.process(Token::DoctypeToken(doctype));
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

    fn end_tag(&self, open: usize) -> usize {
        // Anything but a letter begins a comment of sorts; `</>` is nothing at all.
        if !self.bytes[open + 2].is_ascii_alphabetic() {
            return self.to_gt(open);
        }
        let Some(tag) = read_tag(self.bytes, open + 2, &mut |_, _| {}) else { return self.bytes.len() };
        let _ = self.tag(TagKind::EndTag, &tag, open + 2, Vec::new());
        tag.end
    }

    /// Hands on a tag whose name begins at `start`.
    fn tag(&self, kind: TagKind, tag: &Tag, start: usize, attrs: Vec<Attribute>) -> TokenSinkResult<S::Handle> {
        let name = match std::str::from_utf8(tag.name()) {
            Ok(name) if !name.is_empty() && !name.contains('\0') => LocalName::from(name),
            _ => {
                let written = String::from_utf8_lossy(name_in(self.bytes, start)).replace('\0', "\u{fffd}");
                LocalName::from(written.to_ascii_lowercase())
            }
        };
        let self_closing = tag.is_self_closing && kind == TagKind::StartTag;
        self.guard.process(Token::TagToken(TagToken {
            kind,
            name,
            self_closing,
            attrs,
            had_duplicate_attributes: false,
        }))
    }

    /// Hands on a start tag, and leaves out what is inside of elements that show nothing. Returns
    /// where to go on; the end of the page if that comes within the tag, which is given up.
    fn start_tag(&mut self, open: usize) -> usize {
        let Some((tag, attrs)) = self.read_start(open) else { return self.bytes.len() };
        let at = tag.end;
        match self.tag(TagKind::StartTag, &tag, open + 1, attrs) {
            TokenSinkResult::RawData(RawKind::ScriptData) => {
                let (inside, end) = self.script_end(at);
                if inside.end < self.bytes.len() {
                    let _ = self.tag(TagKind::EndTag, &tag, open + 1, Vec::new());
                }
                if self.scripts.len() < MOST_SCRIPTS && inside.len() > 16 {
                    self.scripts.push(Script { is_json_ld: tag.is_json_ld, inside });
                }
                end
            }
            TokenSinkResult::RawData(kind) => {
                let end = self.raw_end(at, tag.name());
                if matches!(tag.name(), b"xmp" | b"noframes" | b"noscript" | b"title") {
                    let inside = normal(&self.html[at..end]);
                    self.chars(&if kind == RawKind::Rcdata { entities::decode_text(&inside) } else { inside });
                }
                end
            }
            TokenSinkResult::Plaintext => {
                self.chars(&normal(&self.html[at..]));
                self.bytes.len()
            }
            _ if tag.name() == b"svg" && !tag.is_self_closing => self.drawing_end(at),
            _ => at,
        }
    }

    /// Reads a start tag and the attributes that matter.
    fn read_start(&mut self, open: usize) -> Option<(Tag, Vec<Attribute>)> {
        let (html, bytes) = (self.html, self.bytes);
        let owner = Owner::of(name_in(bytes, open + 1));
        // What a `font` sets decides whether a drawing ends before it.
        let keeps_all = S::KEEPS_ALL || name_in(bytes, open + 1).eq_ignore_ascii_case(b"font");
        let mut attrs = Vec::new();
        let mut is_json_ld = false;
        let mut seen = 0_u64;
        let key = &mut self.key;
        key.clear();
        let mut tag = read_tag(bytes, open + 1, &mut |name, value| {
            let written = &bytes[name];
            if keeps_all && attrs.len() < MOST_ATTRIBUTES {
                add(&mut attrs, written, &html[value.clone()]);
            }
            if S::KEEPS_ALL {
                return;
            }
            let Some(kind) = AttrName::from_bytes(written) else { return };
            let bit = 1_u64 << (kind as u32);
            if seen & bit != 0 {
                return;
            }
            seen |= bit;
            if owner == Owner::Script && kind == AttrName::Type {
                is_json_ld = html[value.clone()].trim().eq_ignore_ascii_case("application/ld+json");
            }
            let text = &html[value];
            let Some(len) = kept(kind, owner, text) else { return };
            // The tree builder asks for these itself.
            if matches!(kind, AttrName::Type | AttrName::Encoding) {
                add(&mut attrs, written, text);
            }
            key.push(kind as u8);
            key.extend_from_slice(entities::decode_value(&normal(&text[..len])).as_bytes());
            key.push(NO_TEXT);
        })?;
        if !key.is_empty() {
            let list = self.guard.sink().list(key);
            attrs.push(Attribute { name: self.list.clone(), value: StrTendril::from_slice(&list.to_string()) });
        }
        tag.is_json_ld = is_json_ld;
        Some((tag, attrs))
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
        read_tag(self.bytes, name, &mut |_, _| {}).map_or(self.bytes.len(), |tag| tag.end)
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
    fn reopened(&self, at: usize) -> usize {
        for name in &self.open {
            let name = self.html[name.clone()].to_ascii_lowercase();
            let _ = self.guard.process(Token::TagToken(TagToken {
                kind: TagKind::StartTag,
                name: LocalName::from(name),
                self_closing: false,
                attrs: Vec::new(),
                had_duplicate_attributes: false,
            }));
        }
        at
    }

    /// Skips what is inside of an `svg`: to its end tag, or to where it stops being a drawing.
    fn drawing_end(&mut self, at: usize) -> usize {
        self.open.clear();
        let mut from = at;
        while let Some(n) = memchr(b'<', &self.bytes[from..]) {
            let open = from + n;
            match self.bytes.get(open + 1) {
                Some(b'a'..=b'z' | b'A'..=b'Z') => {
                    let Some(tag) = read_tag(self.bytes, open + 1, &mut |_, _| {}) else {
                        return self.bytes.len();
                    };
                    match tag.name() {
                        // The parser closes the drawing, or what begins is a part of it.
                        b"font" | b"foreignobject" | b"math" | b"html" => return self.reopened(open),
                        name if ends_drawing(name) => return open,
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

/// Adds an attribute as it stands, if there is none of its name.
fn add(attrs: &mut Vec<Attribute>, name: &[u8], value: &str) {
    let name = String::from_utf8_lossy(name).to_ascii_lowercase().replace('\0', "\u{fffd}");
    let name = LocalName::from(name);
    if attrs.iter().all(|attr| attr.name.local != name) {
        let value = StrTendril::from_slice(&entities::decode_value(&normal(value)));
        attrs.push(Attribute { name: QualName::new(None, ns!(), name), value });
    }
}

/// Reads a declaration of the document's type, which decides whether tables end paragraphs. It
/// stands once in a page, so html5ever's own tokenizer reads it.
fn doctype(declaration: &str) -> Option<Doctype> {
    struct Found(RefCell<Option<Doctype>>);
    impl TokenSink for Found {
        type Handle = ();
        fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
            if let Token::DoctypeToken(doctype) = token {
                self.0.replace(Some(doctype));
            }
            TokenSinkResult::Continue
        }
    }
    let tokenizer = Tokenizer::new(Found(RefCell::default()), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(declaration));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
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
/// name and value. `None` if the page ends within it.
fn read_tag(bytes: &[u8], start: usize, attribute: &mut impl FnMut(Range<usize>, Range<usize>)) -> Option<Tag> {
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
                    attribute(name, at..at);
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
                        attribute(name, at..end);
                        at = end + 1;
                    }
                    b'>' => attribute(name, at..at),
                    _ => {
                        let from = at;
                        while !matches!(*bytes.get(at)?, b'>' | b' ' | b'\n' | b'\t' | b'\r' | 0x0c) {
                            at += 1;
                        }
                        attribute(name, from..at);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::lay_out;
    use super::super::names::Tag as Tags;
    use super::super::tree::Step;
    use super::super::{parse, reference, sink};

    /// What is left of a page: the start tags and the text of its tree.
    fn lean(html: &str) -> String {
        let tree = parse(html).expect("a small page").tree;
        let mut lean = String::new();
        let mut step = Some(Step::Enter(0));
        while let Some(now) = step {
            if let Step::Enter(id) = now {
                lean.push_str(tree.text(id));
                if let Some(tag) = tree.tag(id).filter(|tag| !matches!(tag, Tags::Html | Tags::Head | Tags::Body)) {
                    let attrs: String = tree.attrs(id).map(|(name, value)| format!(" {name:?}={value:?}")).collect();
                    lean.push_str(&format!("<{}{attrs}>", tag.name()));
                }
            }
            step = tree.after(now);
        }
        lean
    }

    /// Each page and what is left of it.
    #[track_caller]
    fn check(cases: &[(&str, &str)]) {
        let mut failures = String::new();
        for (html, wanted) in cases {
            let found = lean(html);
            if found != *wanted {
                failures.push_str(&format!("{html}\n    wanted {wanted}\n    found  {found}\n"));
            }
        }
        assert!(failures.is_empty(), "\n{failures}");
    }

    #[test]
    fn attributes_that_say_nothing_are_left_out() {
        check(&[
            ("<p onclick=x data-x='y' title=\"z\">a</p>", "<p>a"),
            ("<p class=a id='b c' role=\"d\">", "<p Class=\"a\" Id=\"b c\" Role=\"d\">"),
            ("<p class = a  id= 'b'\nrole\t=\n\"c\" >", "<p Class=\"a\" Id=\"b\" Role=\"c\">"),
            ("<p CLASS=A Id=b>", "<p Class=\"A\" Id=\"b\">"),
            ("<p class=a class=b CLASS=c>", "<p Class=\"a\">"),
            ("<p class>", "<p Class=\"\">"),
            ("<p class=>", "<p Class=\"\">"),
            ("<p class='' id>", "<p Class=\"\" Id=\"\">"),
            ("<p class='a\"b' id=\"c'd\">", "<p Class=\"a\\\"b\" Id=\"c'd\">"),
            ("<p class='a>b'>", "<p Class=\"a>b\">"),
            ("<p class=a/b>", "<p Class=\"a/b\">"),
            ("<p class=a\"b'c>", "<p Class=\"a\\\"b'c\">"),
            ("<p class=&quot;a&quot;>", "<p Class=\"\\\"a\\\"\">"),
            ("<p/class=a>", "<p Class=\"a\">"),
            ("<p / class=a / id=b>", "<p Class=\"a\" Id=\"b\">"),
            ("<a/b=c>", "<a>"),
            ("<a/href=#c>", "<a Href=\"#\">"),
            ("<p =class=a id=b>", "<p Id=\"b\">"),
            ("<p \"class=a\" id=b>", "<p Id=\"b\">"),
            ("<p class=\"a\"id=\"b\">", "<p Class=\"a\" Id=\"b\">"),
            ("<p\u{c}class=a>", "<p Class=\"a\">"),
        ]);
    }

    #[test]
    fn some_attributes_count_on_some_elements_alone() {
        check(&[
            ("<a href=https://a.example/#b>", "<a Href=\"\">"),
            ("<a href='#b'>", "<a Href=\"#\">"),
            ("<link rel=canonical href=https://a.example/b>", "<link Rel=\"canonical\" Href=\"https://a.example/b\">"),
            (
                "<meta name=author content=x charset=y http-equiv=z>",
                "<meta Name=\"author\" Content=\"x\" Charset=\"y\" HttpEquiv=\"z\">",
            ),
            ("<p name=author content=x charset=y>", "<p>"),
            ("<input type=hidden><button type=button>", "<input Type=\"hidden\"><button>"),
            ("<p style='display: none'><p style='color: red'>", "<p Style=\"display: none\"><p>"),
            (
                "<p style='DISPLAY: NONE'><p style=visibility:Hidden>",
                "<p Style=\"DISPLAY: NONE\"><p Style=\"visibility:Hidden\">",
            ),
        ]);
        let long = "é".repeat(4000);
        assert!(lean(&format!("<p class='{long}'>")).len() < 600);
        assert!(lean(&format!("<meta content='{long}'>")).len() > 4000);
    }

    #[test]
    fn tags_keep_their_place_and_name() {
        check(&[
            ("<p/>a<br/>b<P>c</P >d</p x=y>", "<p>a<br>b<p>cd<p>"),
            ("<P CLASS=a>", "<p Class=\"a\">"),
            ("a < b <3 <= <é", "a < b <3 <= <é"),
            ("<<p>a", "<<p>a"),
            ("<<<<p>a", "<<<<p>a"),
            ("<<<", "<<<"),
            ("<<!-- x -->p>", "<p>"),
            ("</>a</ >b</3>c<?php x ?>d<!x>e<!>f", "abcdef"),
            ("<!doctype html><!DOCTYPE x><![CDATA[a]]>b", "b"),
            ("<a-b-c-d-e-f-g-h-i-j-k-l class=x>y</a-b-c-d-e-f-g-h-i-j-k-l>", "<x- Class=\"x\">y"),
            ("<p<b class=x>y", "<? Class=\"x\">y"),
            ("<font color=red Size=2 class=x>y", "<font Class=\"x\">y"),
        ]);
    }

    #[test]
    fn comments_end_where_the_tokenizer_ends_them() {
        check(&[
            ("a<!-- b -->c", "ac"),
            ("a<!-->b", "ab"),
            ("a<!--->b", "ab"),
            ("a<!---->b", "ab"),
            ("a<!----->b", "ab"),
            ("a<!-- b --!>c", "ac"),
            ("a<!-- b -- > c -->d", "ad"),
            ("a<!-- b <!-- c -->d -->", "ad -->"),
            ("a<!-- b > c", "a"),
            ("a<!--", "a"),
            ("a<!-", "a"),
            ("a<! b>c", "ac"),
        ]);
    }

    #[test]
    fn insides_that_show_nothing_are_left_out() {
        check(&[
            ("<script src=x>if (a < b) '</p>'</script>a", "<script>a"),
            ("<SCRIPT>x</SCRIPT>a", "<script>a"),
            ("<script>x</scripts></script >a", "<script>a"),
            ("<script>x</script/>a", "<script>a"),
            ("<script>x</script y='>'>a", "<script>a"),
            ("<script><!-- <script> </script> --></script>a", "<script>a"),
            ("<script><!-- x </script>a", "<script>a"),
            ("<script><!-- <script> x </script> y </script>a", "<script>a"),
            ("<script><!--> <script> x </script>a", "<script>a"),
            ("<script>x", "<script>"),
            ("<style>p > a { }</style>a", "<style>a"),
            ("<style>x", "<style>"),
            ("<textarea><p>x</textarea>a", "<textarea>a"),
            ("<iframe><p>x</iframe>a<noembed>y</noembed>b", "<iframe>a<noembed>b"),
            ("<title>a <b> c</title>d", "<title>a <b> cd"),
            ("<svg viewBox=x><g><path d='M0 0'/></g><text>x</text></svg>a", "<svg>a"),
            ("<svg/>a<svg />b", "<svg>a<svg>b"),
            ("<svg><svg></svg>x</svg>a", "<svg>a"),
            ("<svg><g><p>a", "<svg><p>a"),
            ("<svg><title>x</title><desc>y</desc></svg>a", "<svg>a"),
            ("<svg><![CDATA[ </svg> ]]></svg>a", "<svg>a"),
            ("<svg><!-- </svg> --></svg>a", "<svg>a"),
            ("<plaintext>a<p></plaintext>", "<plaintext>a<p></plaintext>"),
        ]);
    }

    #[test]
    fn scripts_are_remembered() {
        let html = "<script>a small script, no data</script><script type=' Application/LD+JSON '>{\"a\": \"</p>\"}      </script>";
        let (_, scripts) = sink::parse(html);
        let scripts: Vec<_> = scripts.iter().map(|s| (s.is_json_ld, &html[s.inside.clone()])).collect();
        assert_eq!(scripts, [(false, "a small script, no data"), (true, "{\"a\": \"</p>\"}      ")]);
    }

    /// Each of these, to every end.
    #[test]
    fn a_page_shows_what_the_reference_shows() {
        for page in [
            "<p class='a' title=\"b > c\" id=d>one</p><a href=x/y>two</a><p/>three<br/>four</p x>five",
            "a < b <3 << c <<<<d>e<<!-- f --><g>h</ ><>i</>j<?k?>l<!m>n<!-->o<!--->p<!-- q --!>r",
            "one<script>two<!-- <script> three </script> four --> five</script>six<script src=x></SCRIPT\n>seven",
            "one<svg><g><title>two</title><svg/></g><foreignObject><p>three</p></foreignObject></svg>four<svg><p>five",
            "one<svg><desc><b>two</b></desc><script>three</script><style>four</style></svg>five</p>six",
            "<style>one</style>two<textarea>three<p></textarea>four<title>five</title>six<iframe>seven</iframe>eight",
            "<table><tr><td>one<td>two<svg><path/></svg><td>three</table>four<select><option>five</select>six",
            "<template><p>one</p><script>two</script></template>three<noscript><p>four</p></noscript>five",
            "<pre>\none\n\ttwo</pre><![CDATA[three > ]]>four<math><mi>x</mi><![CDATA[ < y]]></math>five<xmp><p></xmp>six",
            "<svg><![CDATA[ one ]]><text>two</text></svg>three<svg></p>four<svg></br>five<svg><font color=x>six</svg>",
            "<p hidden>one<p HIDDEN=''>two<p style=\"display:none\">three</p>four<dialog open>five</dialog><dialog>six",
            "<frameset><frame></frameset><noframes><p>one</noframes>",
            "&lt;p>one&amp;<b>&copy two</b>&#x3c;&nbsp;three</p &gt;>four",
        ] {
            for end in (0..=page.len()).filter(|end| page.is_char_boundary(*end)) {
                let page = &page[..end];
                let ours = lay_out(&parse(page).expect("a small page").tree, false).text;
                let wanted = lay_out(&reference::parse(page), false).text;
                assert_eq!(ours, wanted, "{page}\n{}", lean(page));
            }
        }
    }
}
