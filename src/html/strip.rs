//! Tags off in one pass, for pages that are too large or too costly to be parsed.
//!
//! No tree is built, so a page costs no more than its length. What a browser would hide is hidden,
//! also where it hides all the rest, behind a comment or a script that is never closed. Only a quote
//! that is never closed does not swallow the page: the tag then ends at its first `>`.

use std::ops::Range;

use memchr::{memchr, memchr2, memmem};

use super::entities;
use super::tokens::{ends_drawing, is_space};

/// How far a quoted value may reach, in bytes. A longer one is taken for a quote that is never closed.
/// That does no harm to a long `data:` address: it holds no `>`, so the first one ends the tag anyway.
const LONGEST_VALUE: usize = 64 << 10;

/// The visible text of a page, one block a line: no blank lines, no white space at the ends of a line.
pub(crate) fn strip_tags(html: &str) -> String {
    let mut page = Page { html, at: 0, text: Text::default(), hidden: None, no_cdata_end: false };
    // Not more than the page: what is not used is never touched. A few references are written shorter
    // than what they stand for, and then it grows.
    page.text.out.reserve(html.len());
    page.strip();
    page.text.out.shrink_to_fit();
    page.text.out
}

struct Page<'h> {
    html: &'h str,
    at: usize,
    text: Text,
    hidden: Option<Hidden>,
    /// No CDATA section ends behind here. Remembered, so that the end of the page is not looked at
    /// again for each one that is open.
    no_cdata_end: bool,
}

/// An element whose inside is not shown, and in which others of its name may stand.
struct Hidden {
    name: Name,
    depth: usize,
    /// Inside `foreignObject` and the like, where HTML does not end a drawing.
    in_island: bool,
}

impl Page<'_> {
    fn strip(&mut self) {
        while let Some(step) = memchr(b'<', &self.html.as_bytes()[self.at..]) {
            let open = self.at + step;
            self.show(self.at..open);
            self.at = open;
            self.markup();
        }
        self.show(self.at..self.html.len());
    }

    fn show(&mut self, span: Range<usize>) {
        if self.hidden.is_none() {
            self.text.push(&entities::decode_text(&self.html[span]));
        }
    }

    /// Reads what begins with the `<` at `self.at`.
    fn markup(&mut self) {
        match &self.html.as_bytes()[self.at + 1..] {
            [b'!', b'-', b'-', ..] => self.at = self.comment_end(),
            [b'!', after @ ..] if after.starts_with(b"[CDATA[") => self.at = self.cdata_end(),
            [b'/', letter, ..] if letter.is_ascii_alphabetic() => self.tag(true),
            [letter, ..] if letter.is_ascii_alphabetic() => self.tag(false),
            [b'!' | b'?' | b'/', ..] => self.at = self.next_close(),
            _ => {
                self.show(self.at..self.at + 1);
                self.at += 1;
            }
        }
    }

    /// The place behind the next `>`, or the end of the page.
    fn next_close(&self) -> usize {
        memchr(b'>', &self.html.as_bytes()[self.at..]).map_or(self.html.len(), |step| self.at + step + 1)
    }

    fn comment_end(&self) -> usize {
        let bytes = self.html.as_bytes();
        let mut from = self.at + 4;
        while let Some(step) = memchr(b'>', &bytes[from..]) {
            let close = from + step;
            // From the opening dashes on: `<!-->` and `<!--->` are whole comments.
            let inside = &bytes[self.at + 2..close];
            if inside.ends_with(b"--") || (inside.len() >= 5 && inside.ends_with(b"--!")) {
                return close + 1;
            }
            from = close + 1;
        }
        bytes.len()
    }

    fn cdata_end(&mut self) -> usize {
        if !self.no_cdata_end {
            if let Some(step) = memmem::find(&self.html.as_bytes()[self.at..], b"]]>") {
                return self.at + step + 3;
            }
            self.no_cdata_end = true;
        }
        self.next_close()
    }

    /// Reads the tag at `self.at`.
    fn tag(&mut self, is_end_tag: bool) {
        let bytes = self.html.as_bytes();
        let start = self.at + 1 + usize::from(is_end_tag);
        let ends_name = |b: &u8| is_space(*b) || matches!(b, b'/' | b'>');
        let name_end = bytes[start..].iter().position(ends_name).map_or(bytes.len(), |length| start + length);
        let name = Name::new(&bytes[start..name_end]);
        self.at = tag_end(bytes, name_end);
        let is_empty = bytes[..self.at].ends_with(b"/>");
        if self.is_still_hidden(name, is_end_tag, is_empty) {
            return;
        }
        if is_block(name.as_bytes()) {
            self.text.end_line();
        }
        match name.as_bytes() {
            b"pre" | b"listing" | b"textarea" => {
                let depth = self.text.preformatted;
                self.text.preformatted = if is_end_tag { depth.saturating_sub(1) } else { depth + 1 };
            }
            b"svg" if is_empty => {}
            b"svg" | b"template" if !is_end_tag => {
                self.hidden = Some(Hidden { name, depth: 1, in_island: false });
            }
            raw if is_raw(raw) && !is_end_tag => self.at = self.raw_end(raw),
            _ => {}
        }
    }

    /// Whether the page goes on being hidden at this tag, which is thereby dealt with.
    fn is_still_hidden(&mut self, name: Name, is_end_tag: bool, is_empty: bool) -> bool {
        let Some(hidden) = &mut self.hidden else { return false };
        let in_svg = hidden.name.as_bytes() == b"svg";
        if name == hidden.name {
            match is_end_tag {
                true => hidden.depth -= 1,
                false => hidden.depth += usize::from(!(in_svg && is_empty)),
            }
            if hidden.depth == 0 {
                self.hidden = None;
            }
        } else if in_svg && matches!(name.as_bytes(), b"foreignobject" | b"desc" | b"title") {
            hidden.in_island = !is_end_tag && !is_empty;
        } else if in_svg && !hidden.in_island && !is_end_tag && ends_drawing(name.as_bytes()) {
            self.hidden = None;
            return false;
        } else if !in_svg && !is_end_tag && is_raw(name.as_bytes()) {
            self.at = self.raw_end(name.as_bytes());
        }
        true
    }

    /// Where the end tag of an element stands whose inside is no markup, or the end of the page.
    fn raw_end(&self, name: &[u8]) -> usize {
        let bytes = self.html.as_bytes();
        let mut from = self.at;
        while let Some(step) = memmem::find(&bytes[from..], b"</") {
            let open = from + step;
            let (inside, after) = bytes[open + 2..].split_at(name.len().min(bytes.len() - open - 2));
            let is_whole = after.first().is_none_or(|b| is_space(*b) || matches!(b, b'/' | b'>'));
            if is_whole && inside.eq_ignore_ascii_case(name) {
                return open;
            }
            from = open + 2;
        }
        bytes.len()
    }
}

/// The place behind the `>` of a tag whose name ends at `at`, or the end of the page.
fn tag_end(bytes: &[u8], mut at: usize) -> usize {
    // A quote opens a value only right behind `=`: `<a title=it's>` is a whole tag.
    while let Some(step) = memchr2(b'=', b'>', &bytes[at..]) {
        at += step;
        if bytes[at] == b'>' {
            return at + 1;
        }
        at += 1;
        at += bytes[at..].iter().take_while(|b| is_space(**b)).count();
        let Some(&first) = bytes.get(at) else { break };
        if matches!(first, b'"' | b'\'') {
            at += 1;
            let near = &bytes[at..bytes.len().min(at + LONGEST_VALUE)];
            match memchr(first, near) {
                Some(length) => at += length + 1,
                None => return memchr(b'>', &bytes[at..]).map_or(bytes.len(), |step| at + step + 1),
            }
        } else {
            at += bytes[at..].iter().take_while(|b| !is_space(**b) && **b != b'>').count();
        }
    }
    bytes.len()
}

/// The name of a tag in lower case; a name longer than any that we know is empty.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Name {
    bytes: [u8; Self::LONGEST],
    length: usize,
}

impl Name {
    const LONGEST: usize = "foreignobject".len();

    fn new(name: &[u8]) -> Self {
        let mut bytes = [0; Self::LONGEST];
        let Some(place) = bytes.get_mut(..name.len()) else { return Self { bytes, length: 0 } };
        place.copy_from_slice(name);
        place.make_ascii_lowercase();
        Self { bytes, length: name.len() }
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Elements whose inside is neither markup nor shown.
fn is_raw(name: &[u8]) -> bool {
    matches!(name, b"script" | b"style" | b"title" | b"iframe" | b"noembed" | b"noframes")
}

/// Elements that stand on lines of their own. Cells, buttons and options are among them: on the screen
/// they are set apart, and glued together they would make words that nobody wrote.
fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"address"
            | b"article"
            | b"aside"
            | b"blockquote"
            | b"body"
            | b"br"
            | b"button"
            | b"caption"
            | b"center"
            | b"dd"
            | b"details"
            | b"dialog"
            | b"dir"
            | b"div"
            | b"dl"
            | b"dt"
            | b"fieldset"
            | b"figcaption"
            | b"figure"
            | b"footer"
            | b"form"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"head"
            | b"header"
            | b"hgroup"
            | b"hr"
            | b"html"
            | b"iframe"
            | b"legend"
            | b"li"
            | b"listing"
            | b"main"
            | b"menu"
            | b"nav"
            | b"ol"
            | b"optgroup"
            | b"option"
            | b"p"
            | b"pre"
            | b"search"
            | b"section"
            | b"select"
            | b"summary"
            | b"table"
            | b"tbody"
            | b"td"
            | b"textarea"
            | b"tfoot"
            | b"th"
            | b"thead"
            | b"title"
            | b"tr"
            | b"ul"
            | b"xmp"
    )
}

/// Text in the making: white space is squeezed, and written only once something follows it.
#[derive(Default)]
struct Text {
    out: String,
    gap: Gap,
    /// Open elements in which a line break is one.
    preformatted: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
}

impl Text {
    fn end_line(&mut self) {
        self.gap = Gap::Line;
    }

    fn push(&mut self, mut text: &str) {
        loop {
            // The parser drops NULs as well.
            let end = text.find(|c: char| c.is_whitespace() || c == '\0').unwrap_or(text.len());
            if end > 0 {
                match self.gap {
                    _ if self.out.is_empty() => {}
                    Gap::None => {}
                    Gap::Space => self.out.push(' '),
                    Gap::Line => self.out.push('\n'),
                }
                self.gap = Gap::None;
                self.out.push_str(&text[..end]);
            }
            let mut rest = text[end..].chars();
            match rest.next() {
                None => return,
                Some('\0') => {}
                Some('\n' | '\r') if self.preformatted > 0 => self.gap = Gap::Line,
                Some(_) => self.gap = self.gap.max(Gap::Space),
            }
            text = rest.as_str();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[track_caller]
    fn check(html: &str, wanted: &str) {
        assert_eq!(strip_tags(html), wanted, "{html}");
    }

    #[test]
    fn blocks_are_lines_and_inline_tags_are_nothing() {
        check("<p>One <b>t</b>wo\n\n three</p><p>four<br>five<br/><br />six", "One two three\nfour\nfive\nsix");
        check("<ul>\n <li>a</li>\n <li>b</li>\n</ul>", "a\nb");
        check("<table><tr><td>1<td>2<tr><th>3", "1\n2\n3");
        check("plain", "plain");
        check("<DIV>a</DIV>b", "a\nb");
        check("a<custom-element-of-some-length>b</custom-element-of-some-length>c", "abc");
        check("<pre>one\n  two\n\nthree</pre> four\nfive", "one\ntwo\nthree\nfour five");
        check(" \n<p> \u{a0} </p> ", "");
        check("", "");
    }

    #[test]
    fn what_is_not_shown_is_dropped() {
        check("a<script>if (a<b) '<p>'</script>b<style>p > a {}</STYLE >c", "abc");
        check("<title>T &amp; t</title><p>a", "a");
        check("<!doctype html><?xml version='1.0'?><!-- a > b -->x<!-->y<!--->z<!--a--!>!", "xyz!");
        check("a<![CDATA[ b > c ]]>d<![CDATA[ e > f", "ad f");
        check("a<svg><svg/><path d='M0'/><title>no</title><text>no</text></svg>b", "ab");
        check("a<template><p>no<template>no</template>no<script>'</template>'</script></template>b", "ab");
        check("a<svg/>b<template/>c</template>d", "abd");
        check("a<svg><foreignObject><p>no</p></foreignObject></svg>b", "ab");
        check("a<svg><text>no<p>b", "a\nb");
        check("a<script>b</scripts>c</script", "a");
    }

    #[test]
    fn tags_end_outside_quotes() {
        check("<a title='a > b' href=\"c > d\">x</a>", "x");
        check("<a title=it's>x</a> <a alt = '>'>y</a>", "x y");
        check("<a href=a\"b>x<a b=>y<a =>z", "xyz");
        check("a < b <3 c <> d </> e </ f> g", "a < b <3 c <> d e g");
        check("a<", "a<");
        check("a</", "a");
        check("a<b", "a");
    }

    #[test]
    fn references_are_decoded() {
        check("caf&eacute; &amp;amp; &copy 2024 &notit; &hellip;", "café &amp; © 2024 ¬it; …");
        check("&#65;&#x42;&#X43 &#150; &#0;&#xD800;&#99999999999999999999;", "ABC – \u{fffd}\u{fffd}\u{fffd}");
        check("a&nbsp;&nbsp;b&#10;c", "a b c");
        check("&CounterClockwiseContourIntegral; &nGt; &ngE;", "∳ ≫\u{20d2} ≧\u{338}");
        check("&; &# &#; &#x; &x &é &unknown; AT&T a&&b&", "&; &# &#; &#x; &x &é &unknown; AT&T a&&b&");
        check("a\0b", "ab");
    }

    #[test]
    fn what_is_never_closed_hides_no_more_than_for_a_browser() {
        check("a<!-- b <p>c", "a");
        check("a<script>b <p>c", "a");
        check("a<template>b <p>c", "a");
        check("a<p class='x>b</p><p class='y'>c", "a\nc");
        let far = "word ".repeat(LONGEST_VALUE / 5 + 1);
        check(&format!("a<p class=\"x>b</p> {far}"), &format!("a\nb\n{}", far.trim_end()));
        let image = format!("a<img src=\"data:image/png;base64,{}\" alt=\"x\">b", "A".repeat(3 * LONGEST_VALUE));
        check(&image, "ab");
    }

    /// Each of these would take minutes if the rest of the page were looked at again for each tag.
    #[test]
    fn hostile_pages_cost_no_more_than_their_length() {
        const SIZE: usize = 2 << 20;
        let attributes: String = (0..400_000).map(|n| format!(" a{n}=\"{n}\"")).collect();
        let many = |unit: &str| unit.repeat(SIZE / unit.len());
        let pages = [
            ("an open tag", many("<")),
            ("ampersands", many("&")),
            ("numbers", many("&#")),
            ("one number", format!("&#{}", many("1"))),
            ("long names", many("&CounterClockwiseContourIntegra")),
            ("attributes", format!("<p{attributes}>x")),
            ("open tags", many("<a ")),
            ("open quotes", many("<a b=\"><a b='>")),
            ("far open quotes", format!("<a b=\"x><a b='x>{}", many("<a b=`x>"))),
            ("equals signs", many("<a=")),
            ("open comments", many("<!--")),
            ("nearly closed comments", many("<!-- -> ")),
            ("open sections", many("<![CDATA[>")),
            ("open scripts", many("<script>")),
            ("nearly closed scripts", many("<script></scrip>")),
            ("open drawings", many("<svg>")),
            ("open templates", many("<template>")),
            ("nested blocks", many("<div>x")),
            ("one name", format!("<{}", many("a"))),
            ("white space", many(" \n")),
            ("white space in a tag", format!("<a b={}", many(" "))),
        ];
        for (what, page) in pages {
            let begun = Instant::now();
            let text = strip_tags(&page);
            assert!(text.len() <= page.len(), "{what}");
            assert!(begun.elapsed() < Duration::from_secs(10), "{what} took {:?}", begun.elapsed());
        }
        assert_eq!(strip_tags(&many("<")), many("<"));
        assert_eq!(strip_tags(&many("&")), many("&"));
        assert_eq!(strip_tags(&format!("<p{attributes}>x")), "x");
    }

    #[test]
    fn a_page_may_end_anywhere() {
        let page = "<!doctype html><p class=\"a\">é &eacute;&#233;<!-- x --><svg><g/></svg><script>1</script>\
                    <![CDATA[x]]></p><pre>a\nb</pre><template>x</template>z";
        for end in (0..page.len()).filter(|end| page.is_char_boundary(*end)) {
            let text = strip_tags(&page[..end]);
            assert!(!text.contains("\n\n") && text.trim() == text, "{text:?}");
        }
    }
}
