//! Character references in strings that never went through the parser.

use std::borrow::Cow;

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};
use memchr::memchr;

/// `text` with its character references decoded, once.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match reference(rest) {
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

/// The character that a reference stands for, and its length behind the ampersand. Names have to
/// end in a semicolon, unlike in a page: these strings may be addresses, and `&copy=1` is no sign.
fn reference(rest: &str) -> Option<([char; 2], usize)> {
    /// The longest name there is, with its semicolon.
    const LONGEST: usize = 32;
    let bytes = rest.as_bytes();
    if bytes.first() == Some(&b'#') {
        let hex = matches!(bytes.get(1), Some(b'x' | b'X'));
        let start = if hex { 2 } else { 1 };
        let radix = if hex { 16 } else { 10 };
        let digits = bytes[start..].iter().take(8).take_while(|b| char::from(**b).is_digit(radix)).count();
        let code = u32::from_str_radix(&rest[start..start + digits], radix).ok()?;
        let end = start + digits;
        return Some(([numbered(code), '\0'], end + usize::from(bytes.get(end) == Some(&b';'))));
    }
    let len = bytes.iter().take(LONGEST).take_while(|b| b.is_ascii_alphanumeric()).count();
    if bytes.get(len) != Some(&b';') {
        return None;
    }
    // The table also holds every beginning of a name, for nothing.
    let (first, second) = NAMED_ENTITIES.get(&rest[..=len]).filter(|(first, _)| *first != 0)?;
    Some(([char::from_u32(*first)?, char::from_u32(*second)?], len + 1))
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
