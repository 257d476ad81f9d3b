//! Character references.
//!
//! In pages they are read as browsers do (<https://html.spec.whatwg.org/multipage/parsing.html#character-reference-state>);
//! in strings that never went through a parser, which may be addresses, more carefully.

use std::borrow::Cow;

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};
use memchr::memchr;

/// How names without a semicolon are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strictness {
    /// Those that browsers know.
    Text,
    /// Not before a letter, a digit or `=`: there they are a part of an address.
    Value,
    /// Not at all.
    Strict,
}

/// A string with its references decoded, once. Names have to end in a semicolon, unlike in a page:
/// these strings may be addresses, and `&copy=1` is no sign.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    decode_as(text, Strictness::Strict)
}

/// The text of a page with its references decoded.
pub(super) fn decode_text(text: &str) -> Cow<'_, str> {
    decode_as(text, Strictness::Text)
}

/// The value of an attribute with its references decoded.
pub(super) fn decode_value(text: &str) -> Cow<'_, str> {
    decode_as(text, Strictness::Value)
}

fn decode_as(text: &str, strictness: Strictness) -> Cow<'_, str> {
    let Some(first) = memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match reference(rest, strictness) {
            Some((chars, len)) => {
                out.extend(chars.iter().filter(|c| **c != '\0'));
                rest = &rest[len..];
            }
            None => out.push('&'),
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The characters that a reference stands for, and its length behind the ampersand.
fn reference(rest: &str, strictness: Strictness) -> Option<([char; 2], usize)> {
    /// The longest name there is, with its semicolon.
    const LONGEST: usize = 32;
    /// The longest name that needs none.
    const LONGEST_BARE: usize = 6;
    let bytes = rest.as_bytes();
    if bytes.first() == Some(&b'#') {
        let hex = matches!(bytes.get(1), Some(b'x' | b'X'));
        let start = if hex { 2 } else { 1 };
        let radix = if hex { 16 } else { 10 };
        let digits = bytes[start..].iter().map_while(|b| char::from(*b).to_digit(radix));
        let (mut code, mut end) = (0_u32, start);
        for digit in digits {
            code = code.saturating_mul(radix).saturating_add(digit);
            end += 1;
        }
        let len = end + usize::from(bytes.get(end) == Some(&b';'));
        return (end > start).then(|| ([numbered(code), '\0'], len));
    }
    // The table also holds every beginning of a name, for nothing.
    let named = |name: &str| {
        let (first, second) = NAMED_ENTITIES.get(name).filter(|(first, _)| *first != 0)?;
        Some([char::from_u32(*first)?, char::from_u32(*second)?])
    };
    let len = bytes.iter().take(LONGEST).take_while(|b| b.is_ascii_alphanumeric()).count();
    if bytes.get(len) == Some(&b';')
        && let Some(chars) = named(&rest[..=len])
    {
        return Some((chars, len + 1));
    }
    if strictness == Strictness::Strict {
        return None;
    }
    let (chars, len) = (1..=len.min(LONGEST_BARE)).rev().find_map(|len| Some((named(&rest[..len])?, len)))?;
    let goes_on = bytes.get(len).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'=');
    (strictness == Strictness::Text || !goes_on).then_some((chars, len))
}

/// As browsers read numbers: 128 to 159 are Windows-1252, what is no character is U+FFFD.
fn numbered(code: u32) -> char {
    let c = match code {
        0 => None,
        0x80..0xa0 => C1_REPLACEMENTS[code as usize - 0x80].or(char::from_u32(code)),
        _ => char::from_u32(code),
    };
    c.unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        for (raw, want) in [
            ("Gulls &amp; herons", "Gulls & herons"),
            ("&#8220;No&#8221; &#x2014; he said", "“No” — he said"),
            ("&#146;", "’"),
            ("&#0;&#xD800;&#99999999;", "\u{fffd}\u{fffd}\u{fffd}"),
            ("AT&T; R&D &unknown; & &; &#; &#x;", "AT&T; R&D &unknown; & &; &#; &#x;"),
            ("caf&eacute", "caf&eacute"),
            ("&amp;amp;", "&amp;"),
            ("&é;", "&é;"),
            ("?a=1&copy=2&reg;", "?a=1&copy=2®"),
            ("&CounterClockwiseContourIntegral;&bne;&a;", "∳=\u{20e5}&a;"),
            ("&", "&"),
        ] {
            assert_eq!(decode(raw), want, "{raw}");
        }
    }
}
