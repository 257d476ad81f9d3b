//! One line of JSON to one document.
//!
//! The line is read into its top-level pairs of key and untouched JSON; only the fields we use are
//! decoded, the others are copied byte for byte.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::fields::{Candidates, Fields};
use crate::document::{Content, Document, Hints};

/// Reads one record. `number` counts records from 1 and makes the id of a record that has none.
pub(super) fn document(line: &[u8], fields: &Fields, source: &str, number: u64) -> Document {
    let mut document = Document { source: source.to_owned(), ..Document::default() };
    let parsed = match std::str::from_utf8(line) {
        Ok(json) => fill(&mut document, json, fields),
        Err(error) => Err(format!("invalid UTF-8 at byte {} of the line", error.valid_up_to())),
    };
    document.content = parsed.unwrap_or_else(Content::Unreadable);
    if document.id.is_empty() {
        document.id = format!("{source}#{number}");
    }
    document
}

/// A record whose fields are strings: a row of CSV.
pub(super) fn from_strings<'s>(
    row: impl Iterator<Item = (&'s String, &'s String)>,
    fields: &Fields,
    source: &str,
    number: u64,
) -> Document {
    let mut document = Document { source: source.to_owned(), ..Document::default() };
    let pair = |(key, value): (&'s String, &'s String)| {
        let value = serde_json::value::to_raw_value(value).ok()?;
        Some((Cow::Borrowed(key.as_str()), Cow::Owned(value)))
    };
    let content = fill_from(&mut document, row.filter_map(pair).collect(), fields);
    document.content = content.unwrap_or_else(Content::Unreadable);
    if document.id.is_empty() {
        document.id = format!("{source}#{number}");
    }
    document
}

/// Fills everything but the content, which it returns.
fn fill(document: &mut Document, json: &str, fields: &Fields) -> Result<Content, String> {
    let Pairs(pairs) = serde_json::from_str(json).map_err(|error| bad_json(&error))?;
    fill_from(document, pairs, fields)
}

fn fill_from(document: &mut Document, mut pairs: Vec<Pair<'_>>, fields: &Fields) -> Result<Content, String> {
    // It may be the field of the id or the address, which are taken out; it stays where it is.
    let site = find(&pairs, fields.site()).and_then(|(_, value)| as_id(value.get()));
    if let Some(id) = take(&mut pairs, fields.id(), as_id) {
        document.id = id;
    }
    document.url = take(&mut pairs, fields.url(), as_visible);
    document.hints = Hints { site, ..hints(&pairs) };
    let content = content(&mut pairs, fields);
    document.extra = pairs.into_iter().map(|(key, value)| (key.into_owned(), value.into_owned())).collect();
    content
}

/// A record whose page or text is asked for by name, whatever the record is written in.
pub(super) trait Fielded {
    /// Takes a string out of the first of the names that the record has; `None`, and it stays, where
    /// that is no string, or is `blank` where it must not be.
    fn take(&mut self, names: Candidates<'_>, part: Part, blank: Blank) -> Option<String>;

    /// The names of its fields.
    fn names(&self) -> Vec<&str>;

    /// The first of the names that the record has, and why no string could be taken out of it, as the
    /// end of a sentence.
    fn problem(&self, names: Candidates<'_>, part: Part) -> Option<(String, String)>;
}

/// What a string is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A page of HTML.
    Page,
    /// Plain text.
    Text,
}

/// Whether a string may be blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blank {
    /// It may.
    Allowed,
    /// It must show something.
    Refused,
}

impl Fielded for Vec<Pair<'_>> {
    fn take(&mut self, names: Candidates<'_>, _: Part, blank: Blank) -> Option<String> {
        match blank {
            Blank::Allowed => take(self, names, as_string),
            Blank::Refused => take(self, names, as_visible),
        }
    }

    fn names(&self) -> Vec<&str> {
        self.iter().map(|(key, _)| &**key).collect()
    }

    fn problem(&self, names: Candidates<'_>, _: Part) -> Option<(String, String)> {
        let (name, value) = find(self, names)?;
        let problem = match value.get().as_bytes().first() {
            Some(b'"') => "cannot be decoded",
            Some(b'n') => "is null",
            Some(b'{') => "is an object, not a string",
            Some(b'[') => "is a list, not a string",
            Some(b't' | b'f') => "is a truth value, not a string",
            _ => "is a number, not a string",
        };
        Some((name.to_owned(), problem.to_owned()))
    }
}

/// The page or the text, taken out of a record, or why there is neither. A page goes before a text, but
/// not where the user has named the field of the text and none of a page; what is blank or no string
/// gives way to the other.
pub(super) fn content<R: Fielded>(record: &mut R, fields: &Fields) -> Result<Content, String> {
    let html = |record: &mut R, blank| {
        fields.html().each().find_map(|name| record.take(name, Part::Page, blank)).map(Content::Html)
    };
    let text = |record: &mut R, blank| record.take(fields.text(), Part::Text, blank).map(Content::Text);
    let text_is_meant = matches!((fields.text(), fields.html()), (Candidates::Given(_), Candidates::Usual(_)));
    let visible = match text_is_meant {
        true => text(record, Blank::Refused).or_else(|| html(record, Blank::Refused)),
        false => html(record, Blank::Refused).or_else(|| text(record, Blank::Refused)),
    };
    visible
        .or_else(|| text(record, Blank::Allowed))
        .or_else(|| html(record, Blank::Allowed))
        .ok_or_else(|| nothing_to_clean(record, fields))
}

/// Why a record has neither a text nor a page.
fn nothing_to_clean(record: &impl Fielded, fields: &Fields) -> String {
    for (what, names, part) in [("text", fields.text(), Part::Text), ("HTML", fields.html(), Part::Page)] {
        if let Some((name, problem)) = record.problem(names, part) {
            return format!("the {what} in `{name}` {problem}");
        }
    }
    no_content(fields, &record.names())
}

/// What is missing where there is no field of either, and which there are.
pub(super) fn no_content(fields: &Fields, there: &[&str]) -> String {
    let missing = match (fields.text(), fields.html()) {
        (Candidates::Given(text), Candidates::Given(html)) => format!("no field `{text}`, and no field `{html}`"),
        (Candidates::Given(path), _) => format!("no field `{path}`"),
        (Candidates::Usual(texts), Candidates::Given(html)) => {
            format!("no field `{html}`, and no text: none of the fields {}", texts.join(", "))
        }
        (Candidates::Usual(texts), Candidates::Usual(pages)) => {
            format!("no text: none of the fields {}, {}", texts.join(", "), pages.join(", "))
        }
    };
    format!("{missing}; {}", fields_there(there))
}

/// Which fields a record has, as far as they can be told in a line.
pub(super) fn fields_there(names: &[&str]) -> String {
    const MOST: usize = 10;
    const LONGEST: usize = 40;
    let name = |name: &&str| match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => (*name).to_owned(),
    };
    let told: Vec<_> = names.iter().take(MOST).map(name).collect();
    match names.len().saturating_sub(MOST) {
        // Of Parquet what is not used need not have been read.
        _ if names.is_empty() => "it has none that is read".to_owned(),
        0 => format!("it has {}", told.join(", ")),
        more => format!("it has {} and {more} more", told.join(", ")),
    }
}

/// What the record says of the article by fields of the usual names; these stay where they are.
fn hints(pairs: &[Pair<'_>]) -> Hints {
    hints_by(|name| as_string(pairs.iter().rfind(|(key, _)| key == name)?.1.get()))
}

/// What a record says of the article, by the strings it has under these names.
pub(super) fn hints_by(string: impl Fn(&str) -> Option<String>) -> Hints {
    // What is blank says nothing.
    let first = |names: &[&str]| names.iter().find_map(|name| string(name).filter(|said| !said.trim().is_empty()));
    Hints { title: first(TITLE), byline: first(BYLINE), date: first(DATE), lang: first(LANG), site: None }
}

const TITLE: &[&str] = &["title"];
const BYLINE: &[&str] = &["author", "byline", "authors"];
const DATE: &[&str] = &["date", "date_publish", "published"];
const LANG: &[&str] = &["lang", "language"];

/// The names of all fields that serve as hints.
pub(super) fn hint_names() -> impl Iterator<Item = &'static str> {
    [TITLE, BYLINE, DATE, LANG].into_iter().flatten().copied()
}

/// Takes out of a JSON object what stands at `path`, `a.b` being the field `b` inside `a`; the rest of it as
/// it was. The object itself where nothing stands there.
pub(super) fn without(object: Box<RawValue>, path: &str) -> Box<RawValue> {
    let Ok(Pairs(mut pairs)) = serde_json::from_str(object.get()) else { return object };
    let rest = take(&mut pairs, Candidates::Given(path), |_| Some(())).and_then(|()| object_of(&pairs));
    rest.unwrap_or(object)
}

type Pair<'j> = (Cow<'j, str>, Cow<'j, RawValue>);

/// The pairs of an object in their order, values untouched.
struct Pairs<'j>(Vec<Pair<'j>>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Pairs<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::with_capacity(16);
                while let Some((Key(key), value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
                    pairs.push((key, Cow::Borrowed(value)));
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// A key, borrowed unless it has escapes (serde would always copy a `Cow`).
struct Key<'j>(Cow<'j, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl<'de> Visitor<'de> for Name {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(key)))
            }
            fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

/// The value of the first of the names that the record has. Of a repeated key the last counts, as
/// with every JSON reader.
fn find<'p>(pairs: &'p [Pair<'_>], names: Candidates<'_>) -> Option<(&'p str, Cow<'p, RawValue>)> {
    let top = |name: &str| {
        let (key, value) = pairs.iter().rfind(|(key, _)| key == name)?;
        Some((&**key, Cow::Borrowed(&**value)))
    };
    match names {
        Candidates::Usual(names) => names.iter().find_map(|name| top(name)),
        Candidates::Given(path) => top(path).or_else(|| {
            let (outer, rest) = path.split_once('.')?;
            let (key, value) = pairs.iter().rfind(|(key, _)| key == outer)?;
            let Pairs(inner) = serde_json::from_str(value.get()).ok()?;
            let (_, value) = find(&inner, Candidates::Given(rest))?;
            Some((&**key, Cow::Owned(value.into_owned())))
        }),
    }
}

/// Takes a field out of the record if `read` can use its value; else it stays and goes to `extra`.
fn take<T>(pairs: &mut Vec<Pair<'_>>, names: Candidates<'_>, read: fn(&str) -> Option<T>) -> Option<T> {
    let position = |pairs: &[Pair<'_>], name: &str| pairs.iter().rposition(|(key, _)| key == name);
    let at = match names {
        Candidates::Usual(names) => names.iter().find_map(|name| position(pairs, name)),
        Candidates::Given(path) => position(pairs, path),
    };
    if let Some(at) = at {
        let value = read(pairs[at].1.get())?;
        pairs.remove(at);
        return Some(value);
    }
    let Candidates::Given(path) = names else { return None };
    let (outer, rest) = path.split_once('.')?;
    let at = position(pairs, outer)?;
    let Pairs(mut inner) = serde_json::from_str(pairs[at].1.get()).ok()?;
    let value = take(&mut inner, Candidates::Given(rest), read)?;
    let object = object_of(&inner)?;
    pairs[at].1 = Cow::Owned(object);
    Some(value)
}

/// The pairs as an object again, each value as it was written.
fn object_of(pairs: &[Pair<'_>]) -> Option<Box<RawValue>> {
    let mut json = String::from("{");
    for (number, (key, value)) in pairs.iter().enumerate() {
        if number > 0 {
            json.push_str(", ");
        }
        json.push_str(&serde_json::to_string(key).ok()?);
        json.push_str(": ");
        json.push_str(value.get());
    }
    json.push('}');
    RawValue::from_string(json).ok()
}

/// A string; `None` for any other value. The value was checked when the line was read, so its
/// escapes are sound; they are undone here and not by the JSON reader, which on pages full of
/// `\"` and `\n` takes twice as long.
fn as_string(json: &str) -> Option<String> {
    let inside = json.strip_prefix('"')?.strip_suffix('"')?;
    let bytes = inside.as_bytes();
    let mut out = String::with_capacity(bytes.len());
    let (mut copied, mut at) = (0, 0);
    while at < bytes.len() {
        at += until_escape(&bytes[at..]);
        if at == bytes.len() {
            break;
        }
        out.push_str(&inside[copied..at]);
        let escape = *bytes.get(at + 1)?;
        let mut len = 2;
        out.push(match escape {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'"' | b'\\' | b'/' => char::from(escape),
            b'u' => {
                let (c, bytes) = unit(&inside[at..])?;
                len = bytes;
                c
            }
            _ => return None,
        });
        at += len;
        copied = at;
    }
    out.push_str(&inside[copied..]);
    Some(out)
}

/// How many bytes stand before the next backslash, or the end.
fn until_escape(bytes: &[u8]) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    // Escapes stand close together or not at all: eight bytes at a time are faster to begin with.
    const CLOSE: usize = 64;
    let mut run = 0;
    while run < CLOSE {
        let Some(eight) = bytes[run..].first_chunk() else { break };
        let differ = u64::from_le_bytes(*eight) ^ (EACH * b'\\' as u64);
        // The lowest bit that is set is that of the first byte which does not differ.
        let same = differ.wrapping_sub(EACH) & !differ & (EACH << 7);
        if same != 0 {
            return run + same.trailing_zeros() as usize / 8;
        }
        run += 8;
    }
    memchr::memchr(b'\\', &bytes[run..]).map_or(bytes.len(), |at| run + at)
}

/// The character of an escape `\uXXXX`, or of a pair of them, and its length in bytes.
///
/// Half a surrogate pair (`\ud83d` alone, as careless scrapers write it) stands for no character.
/// It becomes U+FFFD, as a decoder would make of it, rather than costing the whole article.
fn unit(escape: &str) -> Option<(char, usize)> {
    let hex = |at: usize| u32::from_str_radix(escape.get(at..at + 6)?.strip_prefix("\\u")?, 16).ok();
    let first = hex(0)?;
    match (first, hex(6)) {
        (0xd800..0xdc00, Some(second @ 0xdc00..0xe000)) => {
            Some((char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))?, 12))
        }
        _ => Some((char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 6)),
    }
}

/// A string that is not blank.
fn as_visible(json: &str) -> Option<String> {
    as_string(json).filter(|text| !text.trim().is_empty())
}

/// A string that is not empty, or a number as it is written.
fn as_id(json: &str) -> Option<String> {
    match json.as_bytes().first()? {
        b'"' => as_string(json).filter(|id| !id.is_empty()),
        b'-' | b'0'..=b'9' => Some(json.to_owned()),
        _ => None,
    }
}

/// The parser's complaint without its "line 1", which would be taken for the line in the file.
fn bad_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    match error.column() {
        0 => format!("invalid JSON: {what}"),
        column => format!("invalid JSON at column {column}: {what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Document {
        document(line.as_bytes(), &Fields::default(), "dump.jsonl", 7)
    }

    fn text(document: &Document) -> &str {
        match &document.content {
            Content::Text(text) => text,
            other => panic!("no text: {other:?}"),
        }
    }

    fn reason(line: &str) -> String {
        match read(line).content {
            Content::Unreadable(reason) => reason,
            other => panic!("{line} is readable: {other:?}"),
        }
    }

    fn extra(document: &Document) -> Vec<(&str, &str)> {
        document.extra.iter().map(|(key, value)| (key.as_str(), value.get())).collect()
    }

    #[test]
    fn what_is_not_used_passes_through_byte_for_byte() {
        let record = read(
            r#"{"z": [1,  2.50], "id": 12, "text": "a\nb", "url": "https://x.org/", "k\u00e9": {"b" :"\u00e9"}, "title": "T", "n": 1e400}"#,
        );
        assert_eq!((record.id.as_str(), text(&record)), ("12", "a\nb"));
        assert_eq!(record.url.as_deref(), Some("https://x.org/"));
        assert_eq!(record.hints.title.as_deref(), Some("T"));
        let wanted = [("z", "[1,  2.50]"), ("ké", r#"{"b" :"\u00e9"}"#), ("title", r#""T""#), ("n", "1e400")];
        assert_eq!(extra(&record), wanted);
    }

    #[test]
    fn the_text_is_the_first_of_the_usual_names() {
        let all = ["text", "content", "maintext", "article", "plain_text", "body"];
        for (place, name) in all.iter().enumerate() {
            // Written in reverse: the order in the record must not matter.
            let pairs: Vec<_> = all[place..].iter().rev().map(|name| format!(r#""{name}": "in {name}""#)).collect();
            let record = read(&format!("{{{}}}", pairs.join(", ")));
            assert_eq!(text(&record), format!("in {name}"));
            assert_eq!(record.extra.len(), all.len() - place - 1);
        }
    }

    #[test]
    fn ids() {
        for (id, wanted) in [
            (r#""a""#, "a"),
            ("17", "17"),
            ("-1.50", "-1.50"),
            ("18446744073709551616", "18446744073709551616"),
            (r#""""#, "dump.jsonl#7"),
            ("null", "dump.jsonl#7"),
            ("[1]", "dump.jsonl#7"),
            ("true", "dump.jsonl#7"),
        ] {
            assert_eq!(read(&format!(r#"{{"id": {id}, "text": "x"}}"#)).id, wanted, "{id}");
        }
        assert_eq!(read(r#"{"text": "x"}"#).id, "dump.jsonl#7");
    }

    #[test]
    fn a_bad_text_is_said() {
        for (line, words) in [
            (r#"{"text": null}"#, "`text` is null"),
            (r#"{"text": 5, "body": "not this one"}"#, "is a number"),
            (r#"{"text": ["a"]}"#, "is a list"),
            (r#"{"text": {}}"#, "is an object"),
            (r#"{"text": true}"#, "is a truth value"),
            (r#"{"id": 1}"#, "no text: none of the fields text, content"),
            (r#"{"html": null}"#, "the HTML in `html` is null"),
            (r#"{"html": 1, "text": null}"#, "the text in `text` is null"),
            ("[1]", "expected a JSON object"),
            (r#"{"text": "a"} x"#, "trailing characters"),
            (r#"{"text": "a"#, "EOF while parsing"),
            ("{\"text\": \"a\u{0}b\"}", "control character"),
        ] {
            let reason = reason(line);
            assert!(reason.contains(words), "{line}: {reason}");
            assert!(!reason.contains("line 1"), "the line is that of the file: {reason}");
        }
        let document = document(b"{\"text\": \"\xff\"}", &Fields::default(), "s", 1);
        assert!(matches!(document.content, Content::Unreadable(why) if why == "invalid UTF-8 at byte 10 of the line"));
    }

    #[test]
    fn blank_text_is_text() {
        assert_eq!(text(&read(r#"{"text": ""}"#)), "");
    }

    #[test]
    fn a_page_goes_before_a_text() {
        let shown = |line: &str, fields: &Fields| match document(line.as_bytes(), fields, "s", 1).content {
            Content::Html(html) => format!("html {html}"),
            Content::Text(text) => format!("text {text}"),
            Content::Unreadable(reason) => reason,
        };
        let (usual, text, html) =
            (Fields::default(), Fields::default().with_text("t"), Fields::default().with_html("p.h"));
        for (line, fields, wanted) in [
            (r#"{"text": "a", "html": "<p>b"}"#, &usual, "html <p>b"),
            (r#"{"text": null, "raw_html": "b"}"#, &usual, "html b"),
            (r#"{"html": null, "raw_html": "b", "text": "a"}"#, &usual, "html b"),
            (r#"{"html": null, "text": "a"}"#, &usual, "text a"),
            (r#"{"html": [1], "text": "a"}"#, &usual, "text a"),
            (r#"{"html": " \n", "text": "a"}"#, &usual, "text a"),
            (r#"{"html": " ", "text": 5}"#, &usual, "html  "),
            (r#"{"text": "<p>a</p>"}"#, &usual, "text <p>a</p>"),
            (r#"{"text": "a", "p": {"h": "b"}, "html": "c"}"#, &html, "html b"),
            (r#"{"text": "a", "html": "c"}"#, &html, "text a"),
            (r#"{"t": "a", "html": "c"}"#, &text, "text a"),
            (r#"{"t": null, "html": "c"}"#, &text, "html c"),
            (r#"{"t": "a", "p": {"h": "b"}}"#, &html.clone().with_text("t"), "html b"),
            ("{}", &html, "no field `p.h`, and no text: none of the fields text"),
            ("{}", &html.clone().with_text("t"), "no field `t`, and no field `p.h`"),
        ] {
            let found = shown(line, fields);
            assert!(
                if wanted.starts_with("no") { found.starts_with(wanted) } else { found == wanted },
                "{line}: {found}"
            );
        }
        let both = read(r#"{"text": "a", "html": "<p>b", "n": 1}"#);
        assert_eq!(extra(&both), [("text", "\"a\""), ("n", "1")], "what is not used passes through");
    }

    #[test]
    fn nested_fields_are_taken_out_of_their_object() {
        let fields = Fields::default().with_text("doc.body.text").with_id("doc.meta.id");
        let line = br#"{"a": 1, "doc": {"body": {"text": "x", "n":  1}, "meta": {"id": 5}}}"#;
        let record = document(line, &fields, "s", 1);
        assert_eq!((record.id.as_str(), text(&record)), ("5", "x"));
        assert_eq!(extra(&record), [("a", "1"), ("doc", r#"{"body": {"n": 1}, "meta": {}}"#)]);
        // A key with a dot in it goes before a path.
        let line = br#"{"doc.body.text": "flat", "doc": {"body": {"text": "x"}}}"#;
        assert_eq!(text(&document(line, &fields, "s", 1)), "flat");
        let missing = document(br#"{"text": "x"}"#, &fields, "s", 1);
        assert!(matches!(missing.content, Content::Unreadable(why) if why == "no field `doc.body.text`; it has text"));
    }

    #[test]
    fn half_a_surrogate_pair_costs_one_character_only() {
        let record = read(r#"{"text": "a \ud83d b \\ud83d \ud83d\ude00 \ude00\u0041"}"#);
        assert_eq!(text(&record), "a \u{fffd} b \\ud83d 😀 \u{fffd}A");
    }

    #[test]
    fn of_a_repeated_key_the_last_counts() {
        let record = read(r#"{"text": "first", "text": "last"}"#);
        assert_eq!(text(&record), "last");
        assert_eq!(extra(&record), [("text", r#""first""#)]);
    }
}
