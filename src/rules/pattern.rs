//! Regular expressions that are cheap to have by the hundred.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;
use regex_syntax::ParserBuilder;

use super::outline::{Edges, Outline};

/// A regular expression, compiled when it is first needed: most runs never need most of them.
///
/// A class of all letters of Unicode, repeated forty times, takes a tenth of a second to compile.
/// On plain ASCII text, which most is, a form that knows only ASCII gives the same answers; it
/// compiles and runs several times as fast. Patterns for English use it on all text, with every
/// byte of a character beyond ASCII taken for part of a word. Other text in Latin script gets a form
/// that knows only Latin letters.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    is_english: bool,
    /// Literals that its text is known to hold where it is tried.
    known: Vec<String>,
    outline: OnceLock<Outline>,
    bytes: OnceLock<Option<regex::bytes::Regex>>,
    latin: OnceLock<Option<Regex>>,
    unicode: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// The text that the pattern is tried on holds one of the literals `known`, if there are any.
    pub(super) fn new(text: &str, lang: &str, known: Vec<String>) -> Self {
        Self {
            text: text.to_owned(),
            is_english: matches!(lang, "en" | "any") && text.is_ascii(),
            known,
            outline: OnceLock::new(),
            bytes: OnceLock::new(),
            latin: OnceLock::new(),
            unicode: OnceLock::new(),
        }
    }

    fn outline(&self) -> &Outline {
        self.outline.get_or_init(|| {
            // A form that knows only ASCII is parsed many times as fast.
            let bytes = self.is_english.then(|| words_of_bytes(&self.text));
            let bytes =
                bytes.and_then(|text| ParserBuilder::new().unicode(false).utf8(false).build().parse(&text).ok());
            let hir = bytes.or_else(|| regex_syntax::parse(&self.text).ok());
            hir.map_or_else(Outline::unknown, |hir| Outline::new(&hir, &self.known))
        })
    }

    fn bytes_for(&self, text: &str) -> Option<&regex::bytes::Regex> {
        if !self.is_english && !text.is_ascii() {
            return None;
        }
        let build = || {
            let text = if self.is_english { words_of_bytes(&self.text) } else { ascii_classes(&self.text) };
            // What needs the tables of Unicode has no such form.
            regex::bytes::RegexBuilder::new(&text).unicode(false).build().ok()
        };
        self.bytes.get_or_init(build).as_ref()
    }

    fn unicode_for(&self, text: &str) -> Option<&Regex> {
        let build = || Regex::new(&with_words(&self.text, LATIN_WORDS, LATIN_WORDS)).ok();
        if text.chars().all(is_latin)
            && let Some(regex) = self.latin.get_or_init(build)
        {
            return Some(regex);
        }
        // Patterns were checked when their file was read, or by the tests.
        self.unicode.get_or_init(|| Regex::new(&self.text).ok()).as_ref()
    }

    /// Whether a text with these edges could hold a match; `whole` if that has to be all of it.
    pub(super) fn may_match(&self, text: &str, edges: Edges, whole: bool) -> bool {
        self.outline().fits(text, edges, whole)
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        match self.bytes_for(text) {
            Some(regex) => regex.is_match(text.as_bytes()),
            None => self.unicode_for(text).is_some_and(|regex| regex.is_match(text)),
        }
    }

    pub(super) fn find_all(&self, text: &str) -> Vec<Range<usize>> {
        match self.bytes_for(text) {
            Some(regex) => {
                regex.find_iter(text.as_bytes()).map(|m| m.range()).filter(|m| text.get(m.clone()).is_some()).collect()
            }
            None => {
                self.unicode_for(text).into_iter().flat_map(|regex| regex.find_iter(text)).map(|m| m.range()).collect()
            }
        }
    }
}

/// A pattern in which `\w` also matches every byte of a character beyond ASCII, but for classes
/// of what is no word.
fn words_of_bytes(pattern: &str) -> String {
    with_words(pattern, r"\w\x80-\xff", r"\w")
}

/// What `\w` matches of the characters for which [`is_latin`] is true.
const LATIN_WORDS: &str = "0-9A-Z_a-zªµºÀ-ÖØ-öø-ɏ";

/// Whether a character is Latin, or one of the marks that stand in such text and are no words.
fn is_latin(c: char) -> bool {
    matches!(c,
        '\0'..='\u{24f}' | '\u{2010}'..='\u{203e}' | '\u{20a0}'..='\u{20cf}' | '\u{2122}'
        | '\u{2190}'..='\u{23ff}' | '\u{2500}'..='\u{2bff}' | '\u{1f300}'..='\u{1faff}')
}

/// A pattern with these characters for `\w`, and those in classes that are negated.
fn with_words(pattern: &str, words: &str, negated: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 32);
    let mut class = None;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, class) {
            ('\\', _) => {
                let escaped = chars.next().unwrap_or('\\');
                match (escaped, class) {
                    ('w', None) => out.extend(["[", words, "]"]),
                    ('w', Some(false)) => out.push_str(words),
                    ('w', Some(true)) => out.push_str(negated),
                    _ => out.extend(['\\', escaped]),
                }
                continue;
            }
            ('[', None) => class = Some(chars.peek() == Some(&'^')),
            (']', Some(_)) => class = None,
            _ => {}
        }
        out.push(c);
    }
    out
}

/// A pattern without the characters beyond ASCII in its classes, for text that has none of them.
fn ascii_classes(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut in_class = false;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                out.push(c);
                out.extend(chars.next());
                continue;
            }
            '[' => in_class = true,
            ']' => in_class = false,
            _ if in_class && !c.is_ascii() => {
                if out.ends_with('-') && !out.ends_with("[-") && !out.ends_with("[^-") {
                    // A range from ASCII into what is beyond: leave it to Unicode.
                    return pattern.to_owned();
                }
                // The rest of a range of them.
                let mut ahead = chars.clone();
                if ahead.next() == Some('-') && ahead.next().is_some_and(|end| !end.is_ascii()) {
                    chars = ahead;
                }
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_words_are_those_of_unicode() {
        let (latin, unicode) = (Regex::new(&format!("^[{LATIN_WORDS}]$")).unwrap(), Regex::new(r"^\w$").unwrap());
        for c in ('\0'..=char::MAX).filter(|c| is_latin(*c)) {
            let text = c.to_string();
            assert_eq!(latin.is_match(&text), unicode.is_match(&text), "{c:?}");
        }
    }

    #[test]
    fn classes_keep_what_is_ascii() {
        assert_eq!(ascii_classes(r"^[|·•,-] ©[а-яё\]’–z]$"), r"^[|,-] ©[\]z]$");
        // What is left of these is no pattern, and Unicode decides.
        assert_eq!(ascii_classes("[à-ÿ]"), "[]");
        assert_eq!(ascii_classes("[ъa-яё]"), "[ъa-яё]");
        let pattern = Pattern::new("^[–a-z]+ ©?[·•|] x$", "en", Vec::new());
        assert!(pattern.is_match("a | x") && pattern.is_match("–a ©• x") && !pattern.is_match("a · x "));
    }
}
