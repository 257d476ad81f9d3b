//! The JSON values in a page's scripts: whole scripts, what is assigned, what is parsed.

use super::json::{Json, Wanted};
use super::repair::{repair, repair_first};

/// Values that are kept of one script.
const VALUES: u32 = 300_000;

/// A script or a string shorter than this holds no article.
pub(super) const SHORTEST: usize = 400;

pub(super) const WANTED: Wanted = Wanted { key: is_wanted, values: VALUES };

/// Hands over every JSON value in a script: all of it, or what is assigned or parsed in it.
pub(super) fn for_each_value(script: &str, take: &mut dyn FnMut(Json<'_>)) {
    let script = script.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if script.starts_with(['{', '[']) || script.starts_with("&quot;") || script.starts_with("{&quot;") {
        if let Some(json) = Json::parse_lenient(script, WANTED) {
            take(json);
        }
        return;
    }
    let bytes = script.as_bytes();
    let mut at = 0;
    // A value without an end costs a search to the end of the script.
    let mut misses = 0;
    // So does a window for each expression in brackets.
    let mut windows = 0;
    while let Some(found) = memchr::memchr2(b'=', b'(', &bytes[at..]) {
        let sign = at + found;
        at = sign + 1;
        let start = at + bytes[at..].iter().take(64).take_while(|b| b.is_ascii_whitespace()).count();
        let Some(first) = bytes.get(start) else { return };
        let name = name_before(script, sign);
        let is_call = bytes[sign] == b'(';
        match first {
            b'"' | b'\'' | b'`' if is_call && is_parser(name) || !is_call && names_state(name) => {
                let (text, end) = literal(script, start);
                at = end;
                let text = if text.starts_with('%') { percent_decoded(&text) } else { text };
                if text.len() >= SHORTEST
                    && text.trim_start().starts_with(['{', '['])
                    && let Some(json) = Json::parse_lenient(&text, WANTED)
                {
                    take(json);
                }
            }
            b'{' | b'[' if !is_call && misses < 4 => {
                let trusted = names_state(name);
                if !trusted && !begins_json(&bytes[start..]) {
                    continue;
                }
                let end = value_end(bytes, start);
                misses += u32::from(end.is_none());
                let value = &script[start..end.unwrap_or(script.len())];
                at = if end.is_some() || trusted { start + value.len() } else { at };
                if value.len() < SHORTEST {
                    continue;
                }
                let json = Json::parse(value, WANTED);
                if let Some(json) = json {
                    take(json);
                } else if trusted && let Some(json) = Json::parse(&repair_first(value).0, WANTED) {
                    take(json);
                }
            }
            // A function that returns the state, with its arguments for what repeats in it.
            b'(' if !is_call && windows < 256 && names_state(name) => {
                windows += 1;
                const REACH: usize = 16 * 1024;
                let window = &bytes[start..bytes.len().min(start + REACH)];
                let Some(found) = memchr::memmem::find(window, b"return") else { continue };
                let body = start + found + "return".len();
                if bytes[body..].iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{') {
                    let (text, len) = repair_first(&script[body..]);
                    at = body + len;
                    if let Some(json) = Json::parse(&text, WANTED) {
                        take(json);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The name that is assigned to, or called.
fn name_before(script: &str, at: usize) -> &str {
    const LONGEST: usize = 64;
    let bytes = &script.as_bytes()[..at];
    let end = bytes.len() - bytes.iter().rev().take(8).take_while(|b| b.is_ascii_whitespace()).count();
    let is_name = |b: &&u8| b.is_ascii_alphanumeric() || b"_$.-[]\"'".contains(b);
    let len = bytes[..end].iter().rev().take(LONGEST).take_while(is_name).count();
    &script[end - len..end]
}

fn is_parser(name: &str) -> bool {
    name.ends_with("JSON.parse") || name.ends_with("decodeURIComponent")
}

fn names_state(name: &str) -> bool {
    const PARTS: &[&str] =
        &["state", "data", "content", "props", "__", "article", "story", "store", "payload", "preload", "initial"];
    let name = name.to_ascii_lowercase();
    PARTS.iter().any(|part| name.contains(part))
}

/// Whether it may be JSON, as against a block of code.
fn begins_json(bytes: &[u8]) -> bool {
    let next = bytes[1..].iter().take(64).find(|b| !b.is_ascii_whitespace());
    matches!((bytes[0], next), (b'{', Some(b'"')) | (b'[', Some(b'{' | b'[' | b'"')))
}

/// Where the object or list at `start` ends.
fn value_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            b'"' | b'\'' | b'`' => at = literal_end(bytes, at, *byte),
            _ => {}
        }
    }
    None
}

/// Behind the closing quote of the string whose inside begins at `at`.
fn literal_end(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while let Some(found) = memchr::memchr2(quote, b'\\', &bytes[at..]) {
        at += found + 1;
        if bytes[at - 1] == quote {
            return at;
        }
        at = (at + 1).min(bytes.len());
    }
    bytes.len()
}

/// What the string literal at `start` stands for, and where it ends.
fn literal(script: &str, start: usize) -> (String, usize) {
    let end = literal_end(script.as_bytes(), start + 1, script.as_bytes()[start]);
    // The mender knows the escapes of scripts; it gives a list of one string.
    let text = serde_json::from_str::<Vec<String>>(&repair(&script[start..end])).unwrap_or_default();
    (text.into_iter().next().unwrap_or_default(), end)
}

fn percent_decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match code.filter(|_| *byte == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(code) => {
                out.push(code);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Keys whose values are never the article nor hold it.
fn is_wanted(key: &str) -> bool {
    const NEVER: &[&str] = &[
        "advert",
        "analytics",
        "banner",
        "bio",
        "breadcrumb",
        "byline",
        "caption",
        "comment",
        "config",
        "consent",
        "cookie",
        "credit",
        "disclaimer",
        "footer",
        "gdpr",
        "i18n",
        "image",
        "latest",
        "legal",
        "locale",
        "menu",
        "mostread",
        "navigation",
        "newsletter",
        "paywall",
        "popular",
        "privacy",
        "promo",
        "recirc",
        "recommend",
        "related",
        "ratings",
        "replies",
        "reviews",
        "seealso",
        "seo",
        "sidebar",
        "sponsor",
        "stylesheet",
        "subscri",
        "teaser",
        "testimonial",
        "translation",
        "trending",
        "video",
        "weather",
    ];
    const EXACTLY: &[&str] = &[
        "ads",
        "alt",
        "author",
        "authors",
        "config",
        "css",
        "dictionary",
        "env",
        "errors",
        "fragment",
        "header",
        "labels",
        "messages",
        "meta",
        "metadata",
        "nav",
        "owner",
        "query",
        "script",
        "settings",
        "social",
        "strings",
        "style",
        "styles",
        "svg",
        "tags",
        "taxonomy",
        "terms",
        "theme",
        "transcript",
        "ui",
    ];
    let key = simple(key);
    !EXACTLY.contains(&key.as_str()) && !NEVER.iter().any(|part| key.contains(part))
}

/// A key in lower case, without hyphens, underscores and the arguments that some clients add.
pub(super) fn simple(key: &str) -> String {
    let key = key.split(['(', '@']).next().unwrap_or_default();
    key.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect()
}
