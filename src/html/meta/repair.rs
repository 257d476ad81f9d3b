//! Mends JSON that is none: raw line breaks and bare quotes in strings, comments, trailing commas,
//! unquoted keys, script expressions, a missing end.
//!
//! One pass, and each byte is looked at a bounded number of times. What comes out is well-formed
//! whatever goes in; whether it means what was meant is another matter, so it is only used where
//! the text as it stands cannot be read.

use memchr::memmem;

/// Containers deeper than this become null; the parser's own bound is 128.
const DEPTH: usize = 100;

/// How far a quote looks ahead for what follows it.
const AHEAD: usize = 80;

/// All values in `text`, as a list.
pub(super) fn repair(text: &str) -> String {
    let unescaped;
    let mut text = text;
    // The whole script went through an HTML escaper.
    if !text.contains('"') && text.contains("&quot;") {
        unescaped = super::super::entities::decode(text);
        text = &unescaped;
    }
    let mut mender = Mender::new(text);
    mender.out.push('[');
    mender.run(false);
    mender.out.push(']');
    mender.out
}

/// The one object or list that `text` begins with, and where it ends. Made for scripts, where
/// something else follows.
pub(super) fn repair_first(text: &str) -> (String, usize) {
    let mut mender = Mender::new(text);
    mender.run(true);
    (mender.out, mender.at)
}

struct Mender<'t> {
    text: &'t str,
    at: usize,
    out: String,
    open: Vec<Open>,
    /// Something was written at the outermost level.
    begun: bool,
}

/// An object or a list that has not ended yet.
#[derive(Clone, Copy)]
struct Open {
    object: bool,
    filled: bool,
    /// A key was written and its value was not.
    keyed: bool,
}

impl<'t> Mender<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, at: 0, out: String::with_capacity(text.len() + 16), open: Vec::new(), begun: false }
    }

    fn run(&mut self, first_only: bool) {
        while let Some(byte) = self.peek() {
            match byte {
                b'{' | b'[' => self.begin(byte == b'{'),
                b'}' | b']' => {
                    self.at += 1;
                    self.end(byte == b'}');
                    if first_only && self.open.is_empty() && self.begun {
                        return;
                    }
                }
                b',' => {
                    self.at += 1;
                    if self.expects_value() {
                        self.null();
                    }
                }
                b'"' | b'\'' | b'`' => self.string(byte),
                b'/' if self.skip_comment() => {}
                b'<' if self.skip_mark() => {}
                b if is_word(b) => self.word(),
                _ => self.at += 1,
            }
        }
        while !self.open.is_empty() {
            self.close();
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Too deep: read, but not written.
    fn muted(&self) -> bool {
        self.open.len() > DEPTH
    }

    /// A value here would be that of a key.
    fn expects_value(&self) -> bool {
        self.open.last().is_some_and(|open| open.object && open.keyed)
    }

    fn expects_key(&self) -> bool {
        self.open.last().is_some_and(|open| open.object && !open.keyed)
    }

    /// Writes the comma that a new key, item or outermost value needs before it.
    fn separate(&mut self) {
        let muted = self.muted();
        let filled = match self.open.last_mut() {
            Some(open) if open.object && open.keyed => {
                open.keyed = false;
                return;
            }
            Some(open) => std::mem::replace(&mut open.filled, true),
            None => std::mem::replace(&mut self.begun, true),
        };
        if filled && !muted {
            self.out.push(',');
        }
    }

    fn write(&mut self, text: &str) {
        if !self.muted() {
            self.out.push_str(text);
        }
    }

    fn null(&mut self) {
        self.separate();
        self.write("null");
    }

    fn begin(&mut self, object: bool) {
        self.at += 1;
        if self.expects_key() {
            // A container where a key should be: it is kept under no name.
            self.key("");
        }
        self.separate();
        self.write(match (self.open.len() < DEPTH, object) {
            (false, _) => "null",
            (true, true) => "{",
            (true, false) => "[",
        });
        self.open.push(Open { object, filled: false, keyed: false });
    }

    /// Ends the innermost container of this kind, and with it those inside.
    fn end(&mut self, object: bool) {
        // Looking further out for every stray bracket would be quadratic.
        const REACH: usize = 4;
        let Some(depth) = self.open.iter().rev().take(REACH).position(|open| open.object == object) else { return };
        for _ in 0..=depth {
            self.close();
        }
    }

    fn close(&mut self) {
        if self.expects_value() {
            self.null();
        }
        let Some(open) = self.open.pop() else { return };
        if self.open.len() < DEPTH {
            self.out.push(if open.object { '}' } else { ']' });
        }
    }

    fn key(&mut self, key: &str) {
        self.separate();
        self.write("\"");
        self.write(key);
        self.write("\":");
        if let Some(open) = self.open.last_mut() {
            open.keyed = true;
        }
    }

    /// A number, a literal, an unquoted key, or an expression of which nothing is known.
    fn word(&mut self) {
        let start = self.at;
        let len = self.text.as_bytes()[start..].iter().position(|b| !is_word(*b)).unwrap_or(self.text.len() - start);
        self.at += len;
        let word = &self.text[start..self.at];
        if self.expects_key() {
            let ahead = &self.text.as_bytes()[self.at..];
            if ahead.iter().take(AHEAD).find(|b| !b.is_ascii_whitespace()) == Some(&b':') {
                self.key(word);
            }
        } else if self.open.is_empty() {
            // A name or a keyword outside of any container.
        } else if self.expects_value() || !self.follows_value(start) {
            self.null();
        }
    }

    /// Whether what stands before `start` was a value of the same list: `new Date` is one value.
    fn follows_value(&self, start: usize) -> bool {
        let before = self.text.as_bytes()[..start].iter().rev().take(AHEAD).find(|b| !b.is_ascii_whitespace());
        before.is_some_and(|b| !matches!(b, b',' | b'['))
    }

    fn string(&mut self, quote: u8) {
        self.at += 1;
        let as_key = self.expects_key();
        self.separate();
        self.write("\"");
        self.inside(quote, as_key);
        self.write(if as_key { "\":" } else { "\"" });
        if as_key && let Some(open) = self.open.last_mut() {
            open.keyed = true;
        }
    }

    /// The inside of a string, up to and with its closing quote.
    fn inside(&mut self, quote: u8, as_key: bool) {
        let bytes = self.text.as_bytes();
        let mut plain = self.at;
        while let Some(byte) = self.peek() {
            let special = byte == quote || byte < 0x20 || byte == b'\\' || byte == b'"';
            if !special {
                self.at += 1;
                continue;
            }
            self.write(&self.text[plain..self.at]);
            if byte == quote && (as_key || self.closes(quote)) {
                self.at += 1;
                return;
            }
            match byte {
                b'\\' => self.escape(),
                b'"' => self.write("\\\""),
                b'\n' => self.write("\\n"),
                b'\r' if bytes.get(self.at + 1) == Some(&b'\n') => {}
                b'\r' => self.write("\\n"),
                b if b == quote => self.write(if quote == b'\'' { "'" } else { "`" }),
                _ => self.write(" "),
            }
            // An escape has gone on by itself.
            self.at += usize::from(byte != b'\\');
            plain = self.at;
        }
        self.write(&self.text[plain..]);
    }

    /// An escape of JSON or of a script, at its backslash.
    fn escape(&mut self) {
        let text = self.text;
        let start = self.at;
        let Some(c) = text[start + 1..].chars().next() else {
            self.at = text.len();
            return;
        };
        self.at += 1 + c.len_utf8();
        match c {
            '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => self.write(&text[start..self.at]),
            'u' => {
                let Some(code) = hex(text, start + 2, 4) else { return };
                self.at = start + 6;
                match code {
                    0xd800..=0xdbff => {
                        let low = text[self.at..].starts_with("\\u").then(|| hex(text, start + 8, 4)).flatten();
                        if low.is_some_and(|low| (0xdc00..=0xdfff).contains(&low)) {
                            self.at = start + 12;
                            self.write(&text[start..self.at]);
                        } else {
                            self.write("\u{fffd}");
                        }
                    }
                    0xdc00..=0xdfff => self.write("\u{fffd}"),
                    _ => self.write(&text[start..self.at]),
                }
            }
            'x' => {
                let Some(code) = hex(text, start + 2, 2) else { return };
                self.at = start + 4;
                self.write(&format!("\\u{code:04x}"));
            }
            // A line break behind a backslash is none; any other character is itself.
            '\n' | '\r' => {}
            c if c < ' ' => self.write(" "),
            c => self.write(c.encode_utf8(&mut [0; 4])),
        }
    }

    /// Whether the quote here closes its string, by what follows it: a quotation in the text is
    /// followed by more of it.
    fn closes(&self, quote: u8) -> bool {
        let rest = &self.text.as_bytes()[self.at + 1..];
        let ahead = &rest[..rest.len().min(AHEAD)];
        let blank = ahead.iter().take_while(|b| b.is_ascii_whitespace()).count();
        let Some(next) = ahead.get(blank) else { return true };
        match next {
            b'}' | b']' | b')' | b';' => true,
            b'/' => matches!(ahead.get(blank + 1), Some(b'/' | b'*')),
            // A comma was forgotten at the end of the line.
            b if *b == quote => ahead[..blank].contains(&b'\n'),
            b',' => self.begins_element(&ahead[blank + 1..], quote),
            _ => false,
        }
    }

    /// Whether what follows a comma is the next key of the object, or the next item of the list.
    fn begins_element(&self, ahead: &[u8], quote: u8) -> bool {
        let blank = ahead.iter().take_while(|b| b.is_ascii_whitespace()).count();
        let ahead = &ahead[blank..];
        let Some(first) = ahead.first() else { return true };
        if matches!(first, b'}' | b']' | b'/') {
            return true;
        }
        if !self.open.last().is_some_and(|open| open.object) {
            return matches!(first, b'"' | b'{' | b'[' | b'-' | b'0'..=b'9')
                || *first == quote
                || starts_literal(ahead);
        }
        // In an object it has to be a key and a colon.
        let quoted = matches!(first, b'"' | b'\'');
        let key = &ahead[usize::from(quoted)..];
        let len = key.iter().take_while(|b| if quoted { *b != first } else { is_word(**b) }).count();
        let behind = &key[len..];
        let behind = if quoted && !behind.is_empty() { &behind[1..] } else { behind };
        let next = behind.iter().find(|b| !b.is_ascii_whitespace());
        // A key as long as the window is believed.
        next == Some(&b':') || (next.is_none() && len > 0)
    }

    fn skip_comment(&mut self) -> bool {
        let rest = &self.text[self.at..];
        if rest.starts_with("//") {
            self.at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            self.at += memmem::find(rest.as_bytes(), b"*/").map_or(rest.len(), |end| end + 2);
        } else {
            return false;
        }
        true
    }

    /// The marks in which scripts are wrapped against old browsers.
    fn skip_mark(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let mark = ["<!--", "<![CDATA["].into_iter().find(|mark| rest.starts_with(mark));
        self.at += mark.map_or(0, str::len);
        mark.is_some()
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.' | b'-' | b'+' | b'!' | b'@') || byte >= 0x80
}

fn starts_literal(text: &[u8]) -> bool {
    [&b"true"[..], b"false", b"null"].iter().any(|word| text.starts_with(word))
}

fn hex(text: &str, start: usize, len: usize) -> Option<u32> {
    let digits = text.as_bytes().get(start..start + len)?;
    let digits = digits.iter().all(u8::is_ascii_hexdigit).then_some(digits)?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> serde_json::Value {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    #[test]
    fn mends() {
        for (broken, mended) in [
            ("{\"a\": \"one\n\ttwo\"}", r#"[{"a": "one\n two"}]"#),
            ("{\"a\": 1, \"b\": [\"x\", \"y\",],}", r#"[{"a": null, "b": ["x", "y"]}]"#),
            ("<!-- {\"a\": \"b\"} -->", r#"[{"a": "b"}]"#),
            ("//<![CDATA[\n{\"a\": \"b\"}\n//]]>", r#"[{"a": "b"}]"#),
            ("/* <![CDATA[ */{\"a\": \"b\"}/* ]]> */", r#"[{"a": "b"}]"#),
            ("{\"a\": \"5\" // five\n, \"b\": \"c\"}", r#"[{"a": "5", "b": "c"}]"#),
            (r#"{"a": "the "old" gull", "b": "c"}"#, r#"[{"a": "the \"old\" gull", "b": "c"}]"#),
            (r#"{"a": "he said "yes", and left", "b": "c"}"#, r#"[{"a": "he said \"yes\", and left", "b": "c"}]"#),
            (r#"{"a": "<i href="x">y</i>"}"#, r#"[{"a": "<i href=\"x\">y</i>"}]"#),
            ("{\"a\": \"b\"\n \"c\": \"d\"}", r#"[{"a": "b", "c": "d"}]"#),
            (r#"{"a": {"b": "c"} "d": "e"}"#, r#"[{"a": {"b": "c"}, "d": "e"}]"#),
            (r#"{"a": "b"},{"c": "d"}"#, r#"[{"a": "b"}, {"c": "d"}]"#),
            (r#"{"a": ["b", {"c": "cut of"#, r#"[{"a": ["b", {"c": "cut of"}]}]"#),
            (r#"{"a":"#, r#"[{"a": null}]"#),
            (r#"{"a""#, r#"[{"a": null}]"#),
            (r#"{"a": "b\"#, r#"[{"a": "b"}]"#),
            (r#"{"a": "\ud83d\ude00 \ud83d \ude00 \uZZ"}"#, "[{\"a\": \"😀 \u{fffd} \u{fffd} ZZ\"}]"),
            (r#"{"a": "\'x\' \x41\q"}"#, r#"[{"a": "'x' Aq"}]"#),
            (
                r#"{a: 'it\'s "so"', $b: undefined, c: void 0, 'd': !0}"#,
                r#"[{"a": "it's \"so\"", "$b": null, "c": null, "d": null}]"#,
            ),
            ("{a: new Date(12), b: function(x) { return 1 }}", r#"[{"a": null, "": {}, "b": null}]"#),
            ("{&quot;a&quot;: &quot;b&quot;}", r#"[{"a": "b"}]"#),
            ("[1, , 2]", r#"[[null, null]]"#),
            ("]}{\"a\": \"b\"}", r#"[{"a": "b"}]"#),
            ("{\"a\": [\"b\"}", r#"[{"a": ["b"]}]"#),
            ("", "[]"),
            ("no json at all", "[]"),
            ("\"x\"", r#"["x"]"#),
            (r#"{"@type": "Article", "n": "x",}"#, r#"[{"@type": "Article", "n": "x"}]"#),
        ] {
            let out = repair(broken);
            if broken.contains("function") {
                // An expression is lost; what comes out is JSON all the same.
                value(&out);
                continue;
            }
            assert_eq!(value(&out), value(mended), "{broken}\n{out}");
        }
    }

    #[test]
    fn valid_json_means_the_same() {
        for json in [
            r#"{"a": "x", "b": ["y, \"z\"", {"c": {}}], "d": "\\"}"#,
            r#"[[], [[]], {"a": "b: c, d"}]"#,
            r#"{"a": "quote\": \"b", "c": "\u00e9\n"}"#,
        ] {
            let out = value(&repair(json));
            assert_eq!(out[0], value(json), "{out}");
        }
    }

    #[test]
    fn the_first_of_a_script() {
        let script = r#"{a: "b", "c": ["d"]}; window.other = {x: 1};"#;
        let (out, end) = repair_first(script);
        assert_eq!(value(&out), value(r#"{"a": "b", "c": ["d"]}"#));
        assert_eq!(&script[end..=end], ";");
    }

    #[test]
    fn anything_becomes_json() {
        // Every short text over the bytes that matter.
        let alphabet = ["{", "}", "[", "]", ",", ":", "\"", "'", "\\", "a", "1", " ", "\n", "/", "é"];
        let n = alphabet.len();
        for code in 0..n.pow(4) {
            let text: String = (0..4).map(|i| alphabet[code / n.pow(i) % n]).collect();
            for text in [text.clone(), format!("{{\"a\":\"{text}"), format!("[{text}")] {
                value(&repair(&text));
            }
        }
    }

    #[test]
    fn hostile_texts_stay_cheap() {
        let start = std::time::Instant::now();
        for unit in ["{\"a\":", "[", "\"", "{", "\\", "\"\n", "/*", "//", "a:", "',", "]", "{]", "<!--", "\"    ", "é"]
        {
            value(&repair(&unit.repeat(1_000_000 / unit.len())));
        }
        assert!(start.elapsed().as_secs() < 60);
    }
}
