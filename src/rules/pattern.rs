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
/// byte of a character beyond ASCII taken for part of a word. Other text gets a form that knows only Latin letters if it
/// has no others, else one that knows the letters of the scripts most in use.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    is_english: bool,
    /// Literals that its text is known to hold where it is tried.
    known: Vec<String>,
    outline: OnceLock<Outline>,
    bytes: OnceLock<Option<regex::bytes::Regex>>,
    latin: OnceLock<Option<Regex>>,
    common: OnceLock<Option<Regex>>,
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
            common: OnceLock::new(),
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
        for (letters, form) in [(&LATIN, &self.latin), (&COMMON, &self.common)] {
            if text.chars().all(letters.know)
                && let Some(regex) = form.get_or_init(|| Regex::new(&letters.alone(&self.text)).ok())
            {
                return Some(regex);
            }
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
    let mut out = String::with_capacity(pattern.len() + 32);
    let mut class = None;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, class) {
            ('\\', _) => {
                match (chars.next().unwrap_or('\\'), class) {
                    ('w', None) => out.push_str(r"[\w\x80-\xff]"),
                    ('w', Some(false)) => out.push_str(r"\w\x80-\xff"),
                    (escaped, _) => out.extend(['\\', escaped]),
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

/// What Unicode says of some characters. To spell it out for all of them makes a pattern many times as costly to compile.
struct Letters {
    know: fn(char) -> bool,
    /// What `\w` matches of the characters that these know, and maybe others.
    words: &'static str,
    /// What `\p{L}` matches.
    letters: &'static str,
}

/// Between characters that these know a range may hold others.
const LATIN: Letters = Letters {
    know: is_latin,
    words: r"0-9A-Z_a-zªµºÀ-ÖØ-öø-\u{36f}\u{1e00}-\u{1eff}\u{200c}\u{200d}\u{fb00}-\u{fe0f}",
    letters: r"A-Za-zªµºÀ-ÖØ-öø-ɏ\u{1e00}-\u{1eff}\u{fb00}-\u{fb06}",
};

const COMMON: Letters = Letters {
    know: is_common,
    words: concat!(
        r"0-9A-Z_a-zªµºÀ-ÖØ-öø-ԯ\u{5d0}-\u{5ea}\u{620}-\u{669}\u{66e}-\u{6d3}\u{6f0}-\u{963}\u{966}-\u{e3a}",
        r"\u{e40}-\u{e4e}\u{e50}-\u{1eff}\u{200c}\u{200d}\u{3005}-\u{3007}\u{3021}-\u{302f}\u{3031}-\u{3035}",
        r"\u{3038}-\u{303c}\u{3041}-\u{309a}\u{309d}-\u{309f}\u{30a1}-\u{30fa}\u{30fc}-\u{d7a3}\u{fb00}-\u{fe0f}",
        r"\u{ff10}-\u{ff19}\u{ff21}-\u{ff3a}\u{ff3f}\u{ff41}-\u{ff5a}\u{ff66}-\u{ff9f}",
    ),
    letters: concat!(
        r"A-Za-zªµºÀ-ÖØ-öø-ɏΆ-ԯ\u{5d0}-\u{5ea}\u{620}-\u{64a}\u{66e}\u{66f}\u{671}-\u{6d3}\u{904}-\u{939}\u{93d}",
        r"\u{950}\u{958}-\u{961}\u{e01}-\u{e30}\u{e32}\u{e33}\u{e40}-\u{e46}\u{1e00}-\u{1eff}\u{3005}\u{3006}",
        r"\u{3031}-\u{3035}\u{303b}\u{303c}\u{3041}-\u{3096}\u{309d}-\u{309f}\u{30a1}-\u{30fa}\u{30fc}-\u{d7a3}",
        r"\u{fb00}-\u{fb06}\u{ff21}-\u{ff3a}\u{ff41}-\u{ff5a}\u{ff66}-\u{ff9f}",
    ),
};

impl Letters {
    /// A pattern that matches the same in text of the characters that these know.
    fn alone(&self, pattern: &str) -> String {
        let mut out = String::with_capacity(2 * pattern.len() + 64);
        let mut rest = pattern;
        while let Some(at) = rest.find('\\') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            // Within a class this is a class within a class, which regular expressions here may have.
            let classes = [(r"\w", "[", self.words), (r"\W", "[^", self.words), (r"\p{L}", "[", self.letters)];
            if let Some((escaped, begin, of)) = classes.into_iter().find(|(escaped, ..)| rest.starts_with(escaped)) {
                out.extend([begin, of, "]"]);
                rest = &rest[escaped.len()..];
            } else {
                let end = rest.char_indices().nth(2).map_or(rest.len(), |(at, _)| at);
                out.push_str(&rest[..end]);
                rest = &rest[end..];
            }
        }
        out + rest
    }
}

/// Whether a character is Latin, or one of the marks, icons and pictures that stand in such text.
fn is_latin(c: char) -> bool {
    matches!(c,
        '\0'..='\u{24f}' | '\u{300}'..='\u{36f}' | '\u{1e00}'..='\u{1eff}' | '\u{2000}'..='\u{203e}' | '\u{2070}'
        | '\u{2074}'..='\u{207e}' | '\u{2080}'..='\u{208e}' | '\u{20a0}'..='\u{20cf}' | '\u{2116}' | '\u{2122}'
        | '\u{2190}'..='\u{23ff}' | '\u{2460}'..='\u{249b}' | '\u{2500}'..='\u{2bff}' | '\u{e000}'..='\u{f8ff}'
        | '\u{fb00}'..='\u{fb06}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f1e6}'..='\u{1f1ff}' | '\u{1f300}'..='\u{1faff}')
}

/// Whether a character is Latin, Greek, Cyrillic, Hebrew, Arabic, Devanagari, Thai, Chinese, Japanese, Korean, or one of
/// the marks that stand in such text.
fn is_common(c: char) -> bool {
    is_latin(c)
        || matches!(c,
            '\u{386}' | '\u{388}'..='\u{38a}' | '\u{38c}' | '\u{38e}'..='\u{3a1}'
            | '\u{3a3}'..='\u{3ce}' | '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}' | '\u{5be}' | '\u{5d0}'..='\u{5ea}'
            | '\u{5f3}' | '\u{5f4}' | '\u{60c}' | '\u{61b}' | '\u{61f}'..='\u{6d4}' | '\u{6f0}'..='\u{6f9}'
            | '\u{900}'..='\u{96f}' | '\u{e01}'..='\u{e3a}' | '\u{e3f}'..='\u{e59}'
            | '\u{3000}'..='\u{303f}' | '\u{3041}'..='\u{3096}' | '\u{3099}'..='\u{30ff}'
            | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff00}'..='\u{ff9f}')
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
    fn letters_are_those_of_unicode() {
        for letters in [LATIN, COMMON] {
            for class in [r"\w", r"\W", r"\p{L}", r"[\w.]", r"[^\w,]", r"[\W_]", r"[^\W\p{L}]", r"\\w", r"\b\w\b"] {
                let pattern = format!("^{class}$");
                let (ours, unicode) = (Regex::new(&letters.alone(&pattern)).unwrap(), Regex::new(&pattern).unwrap());
                for c in ('\0'..=char::MAX).filter(|c| (letters.know)(*c)) {
                    let text = c.to_string();
                    assert_eq!(ours.is_match(&text), unicode.is_match(&text), "{class} of {c:?}");
                }
            }
        }
    }

    #[test]
    fn nothing_else_of_a_pattern_changes() {
        assert_eq!(LATIN.alone(r"a\\w\.\pL é\b"), r"a\\w\.\pL é\b");
        assert_eq!(Letters { words: "a-z", ..LATIN }.alone(r"\w+[^\W\\]\"), r"[a-z]+[^[^a-z]\\]\");
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
