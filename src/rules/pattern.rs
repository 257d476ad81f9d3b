//! Regular expressions that are cheap to have by the hundred.

use std::ops::{Range, RangeInclusive};
use std::sync::OnceLock;

use regex::Regex;

/// A regular expression, compiled when it is first needed: most runs never need most of them.
///
/// A class of all letters of Unicode, repeated forty times, takes a tenth of a second to compile.
/// On plain ASCII text, which most is, a form that knows only ASCII gives the same answers; it
/// compiles and runs several times as fast. Patterns for English use it on all text, with every
/// byte of a character beyond ASCII taken for part of a word.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    is_english: bool,
    /// The lengths, in bytes, of what it can match.
    lengths: OnceLock<RangeInclusive<usize>>,
    bytes: OnceLock<Option<regex::bytes::Regex>>,
    unicode: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(super) fn new(text: &str, lang: &str) -> Self {
        let is_english = matches!(lang, "en" | "any") && text.is_ascii();
        let text = text.to_owned();
        Self { text, is_english, lengths: OnceLock::new(), bytes: OnceLock::new(), unicode: OnceLock::new() }
    }

    fn bytes_for(&self, text: &str) -> Option<&regex::bytes::Regex> {
        if !self.is_english && !text.is_ascii() {
            return None;
        }
        let build = || {
            let text = if self.is_english { words_of_bytes(&self.text) } else { self.text.clone() };
            // A class of letters beyond ASCII has no such form.
            regex::bytes::RegexBuilder::new(&text).unicode(false).build().ok()
        };
        self.bytes.get_or_init(build).as_ref()
    }

    fn unicode(&self) -> Option<&Regex> {
        // Patterns were checked when their file was read, or by the tests.
        self.unicode.get_or_init(|| Regex::new(&self.text).ok()).as_ref()
    }

    /// Whether all of a text of this many bytes could be a match.
    pub(super) fn fits(&self, length: usize) -> bool {
        let lengths = self.lengths.get_or_init(|| {
            let Ok(hir) = regex_syntax::parse(&self.text) else { return 0..=usize::MAX };
            let properties = hir.properties();
            properties.minimum_len().unwrap_or(0)..=properties.maximum_len().unwrap_or(usize::MAX)
        });
        lengths.contains(&length)
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        match self.bytes_for(text) {
            Some(regex) => regex.is_match(text.as_bytes()),
            None => self.unicode().is_some_and(|regex| regex.is_match(text)),
        }
    }

    pub(super) fn find_all(&self, text: &str) -> Vec<Range<usize>> {
        match self.bytes_for(text) {
            Some(regex) => {
                regex.find_iter(text.as_bytes()).map(|m| m.range()).filter(|m| text.get(m.clone()).is_some()).collect()
            }
            None => self.unicode().into_iter().flat_map(|regex| regex.find_iter(text)).map(|m| m.range()).collect(),
        }
    }
}

/// A pattern in which `\w` also matches every byte of a character beyond ASCII, but for classes
/// of what is no word.
fn words_of_bytes(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 32);
    let mut class = None;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, class) {
            ('\\', _) => {
                let escaped = chars.next().unwrap_or('\\');
                match (escaped, class) {
                    ('w', None) => out.push_str(r"[\w\x80-\xff]"),
                    ('w', Some(false)) => out.push_str(r"\w\x80-\xff"),
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
