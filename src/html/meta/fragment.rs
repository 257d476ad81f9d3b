//! Text out of the strings that scripts hold: entities decoded, tags dropped, blocks as lines.
//!
//! These strings were never in the page's tree, so the parser has not seen them. A parser would be
//! more than they need: they are short, flat and only read where the page itself says nothing.

use memchr::{memchr, memmem};

use super::super::entities::decode;

/// A tag longer than this is no tag: a bound on the search for its end, so that a string of
/// unclosed quotes costs no more than any other.
const LONGEST_TAG: usize = 4096;

/// Elements that begin and end a line.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "td",
    "th",
    "tr",
    "ul",
];

/// Elements whose inside is not text.
const HIDDEN: &[&str] = &["iframe", "math", "noscript", "object", "script", "select", "style", "svg", "template"];

/// One line: entities decoded, white space squeezed, no tags.
pub(super) fn line(text: &str) -> String {
    let text = decode(text);
    let mut out = String::with_capacity(text.len());
    for piece in Pieces::of(&text) {
        match piece {
            Piece::Text(text) => squeeze(text, &mut out),
            Piece::Tag { name, .. } if is_block(name) => squeeze(" ", &mut out),
            Piece::Tag { .. } => {}
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Lines, one a block of the HTML in `text`, or one a line where it is plain text.
pub(super) fn lines(text: &str) -> String {
    // Some content systems escape their HTML before they escape their JSON.
    let unescaped;
    let text = if !has_tag(text) && ["&lt;p", "&lt;/", "&lt;br"].iter().any(|tag| text.contains(tag)) {
        unescaped = decode(text);
        &*unescaped
    } else {
        text
    };
    let mut writer = Writer { out: String::with_capacity(text.len()), html: has_block(text) };
    let mut pieces = Pieces::of(text);
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Text(text) => writer.text(text),
            Piece::Tag { name, .. } if is_block(name) => writer.end_line(),
            Piece::Tag { name, opens: true } if is_hidden(name) => pieces.skip_past_end(name),
            Piece::Tag { .. } => {}
        }
    }
    writer.finish()
}

enum Piece<'t> {
    Text(&'t str),
    /// A comment or a declaration has no name.
    Tag {
        name: &'t str,
        opens: bool,
    },
}

/// A text as its tags and what is between them.
struct Pieces<'t> {
    text: &'t str,
    at: usize,
    /// Where the next `>` is, as far as that is known: what is not found once is not sought again.
    next_end: usize,
    /// Ends that were sought and not found. After a few the text is taken to be broken, and no
    /// more are sought, which keeps the work linear.
    misses: u32,
}

impl<'t> Pieces<'t> {
    const MISSES: u32 = 4;

    fn of(text: &'t str) -> Self {
        Self { text, at: 0, next_end: 0, misses: 0 }
    }

    /// The length of the tag, comment or declaration at `start`, if there is one.
    fn tag(&mut self, start: usize) -> Option<usize> {
        let bytes = &self.text.as_bytes()[start..];
        match bytes.get(1)? {
            b'/' | b'!' | b'?' => {}
            b if b.is_ascii_alphabetic() => {}
            _ => return None,
        }
        if bytes.starts_with(b"<!--") && self.misses < Self::MISSES {
            match memmem::find(&bytes[4..], b"-->") {
                Some(end) => return Some(end + 7),
                None => self.misses += 1,
            }
        }
        if self.next_end <= start {
            self.next_end = memchr(b'>', bytes).map_or(self.text.len(), |end| start + end);
        }
        let first_end = self.next_end - start + 1;
        if first_end > LONGEST_TAG.min(bytes.len()) {
            return None;
        }
        let mut quote = None;
        for (at, byte) in bytes.iter().enumerate().take(LONGEST_TAG).skip(1) {
            match (byte, quote) {
                (b'>', None) => return Some(at + 1),
                (b'"' | b'\'', None) if matches!(bytes[at - 1], b'=' | b' ') => quote = Some(*byte),
                (b, Some(q)) if *b == q => quote = None,
                _ => {}
            }
        }
        // A quote was left open: the tag ends where it would without.
        Some(first_end)
    }

    /// Goes on behind the end tag of `name`. An element that is not closed hides nothing: better
    /// junk than a lost text.
    fn skip_past_end(&mut self, name: &str) {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        while self.misses < Self::MISSES {
            let Some(found) = memmem::find(&bytes[at..], b"</") else {
                self.misses += 1;
                return;
            };
            at += found + 2;
            if bytes[at..].get(..name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name.as_bytes())) {
                self.at = at + memchr(b'>', &bytes[at..]).map_or(name.len(), |close| close + 1);
                return;
            }
        }
    }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        let rest = &self.text[self.at..];
        if rest.is_empty() {
            return None;
        }
        let mut plain = memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
        if plain == 0 {
            if let Some(len) = self.tag(self.at) {
                let inside = rest[1..len].trim_start_matches('/');
                let end = inside.bytes().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(inside.len());
                self.at += len;
                return Some(Piece::Tag { name: &inside[..end], opens: !rest.starts_with("</") });
            }
            plain = 1 + memchr(b'<', &rest.as_bytes()[1..]).unwrap_or(rest.len() - 1);
        }
        self.at += plain;
        Some(Piece::Text(&rest[..plain]))
    }
}

fn is_block(name: &str) -> bool {
    BLOCKS.iter().any(|block| block.eq_ignore_ascii_case(name))
}

fn is_hidden(name: &str) -> bool {
    HIDDEN.iter().any(|hidden| hidden.eq_ignore_ascii_case(name))
}

fn has_tag(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        let next = text.as_bytes().get(at + 1);
        next.is_some_and(|b| b.is_ascii_alphabetic() || *b == b'/')
    })
}

fn has_block(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        let name = text[at + 1..].trim_start_matches('/');
        let len = name.bytes().take(12).take_while(u8::is_ascii_alphanumeric).count();
        is_block(&name[..len])
    })
}

/// Appends `text` with its white space squeezed, also against what is there.
fn squeeze(text: &str, out: &mut String) {
    for c in text.chars() {
        if !c.is_whitespace() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with([' ', '\n']) {
            out.push(' ');
        }
    }
}

/// Writes text as lines without outer or double white space.
struct Writer {
    out: String,
    /// The text has block elements, so that a single line break in it means nothing.
    html: bool,
}

impl Writer {
    fn text(&mut self, text: &str) {
        let text = decode(text);
        let mut breaks = 0;
        for c in text.chars() {
            if c == '\n' || c == '\u{2029}' || (c == '\r' && !self.html) {
                breaks += 1;
                // A blank line parts paragraphs even among blocks: so some editors store them.
                if !self.html || breaks > 1 {
                    self.end_line();
                } else {
                    squeeze(" ", &mut self.out);
                }
                continue;
            }
            if c.is_whitespace() {
                squeeze(" ", &mut self.out);
            } else {
                breaks = 0;
                self.out.push(c);
            }
        }
    }

    fn end_line(&mut self) {
        self.out.truncate(self.out.trim_end_matches(' ').len());
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn finish(mut self) -> String {
        self.out.truncate(self.out.trim_end().len());
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line() {
        for (raw, want) in [
            ("  Heron \n\t hired  ", "Heron hired"),
            ("<em>Heron</em> hired<br>at &quot;Nyby&quot;", "Heron hired at \"Nyby\""),
            ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
            ("a <b", "a <b"),
            ("&nbsp;\u{a0}", ""),
            ("<", "<"),
        ] {
            assert_eq!(line(raw), want, "{raw}");
        }
    }

    #[test]
    fn many_lines() {
        for (raw, want) in [
            ("One.\n\nTwo.\r\nThree.", "One.\nTwo.\nThree."),
            ("<p>One\nmore.</p>\n<p>Two <b>bold</b>word.</p>", "One more.\nTwo boldword."),
            ("One<br/>Two<BR>Three", "One\nTwo\nThree"),
            ("&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;", "One\nTwo"),
            ("<h2>Head</h2>One.\n\nTwo.", "Head\nOne.\nTwo."),
            ("<p>A<script>var x = '<p>';</script>B</p>", "AB"),
            ("<p>A<svg>no end B</p>", "Ano end B"),
            ("<p title=\"a > b\">A</p><!-- gone --><p>B", "A\nB"),
            ("<p title=\"open>A</p>B", "A\nB"),
            ("<ul><li>One</li><li>Two</li></ul>", "One\nTwo"),
            ("1 < 2 <- x", "1 < 2 <- x"),
            ("", ""),
            ("<p></p>", ""),
        ] {
            assert_eq!(lines(raw), want, "{raw}");
        }
    }

    #[test]
    fn hostile_strings_stay_cheap() {
        let start = std::time::Instant::now();
        for unit in ["<a \"", "<!--", "<svg>", "&", "<", "</", "<p x='", "<script><", "&#x", "\n", "&lt;p"] {
            let text = unit.repeat(400_000 / unit.len());
            lines(&text);
            line(&text);
        }
        assert!(start.elapsed().as_secs() < 60);
    }
}
