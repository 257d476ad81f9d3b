//! What a file holds, told by its name, else by its first bytes.

use std::path::Path;

use memchr::memmem;

/// A format that documents are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Plain text, one document a file.
    Text,
    /// HTML, one page a file.
    Html,
    /// JSON, one record a line.
    Jsonl,
    /// Rows with a header: CSV, TSV and the like.
    Csv,
    /// Rows of columns.
    Parquet,
    /// An archive of web pages.
    Warc,
    /// An archive of files in the other formats.
    Tar,
}

/// What a name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// A format we read.
    Known(Format),
    /// JSON; whether it is one record a line only the content tells.
    Json,
    /// A format that we know and do not read; its usual name.
    Foreign(&'static str),
    /// Nothing.
    Unknown,
}

/// How the names of compressed files end.
pub(crate) const COMPRESSED: [&str; 3] = [".gz", ".zst", ".bz2"];

/// The format told by the name of a file. A compression suffix is looked through, as in
/// `dump.jsonl.gz`.
pub(super) fn by_name(path: &Path) -> Named {
    // A name that is no UTF-8 still has its ending.
    let Some(name) = path.file_name() else { return Named::Unknown };
    let name = name.to_string_lossy().to_ascii_lowercase();
    let plain = COMPRESSED.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    match plain.rsplit_once('.').map(|(_, extension)| extension) {
        Some("txt") => Named::Known(Format::Text),
        Some("jsonl" | "ndjson") => Named::Known(Format::Jsonl),
        Some("json") => Named::Json,
        Some("html" | "htm" | "xhtml") => Named::Known(Format::Html),
        Some("csv" | "tsv") => Named::Known(Format::Csv),
        Some("parquet") => Named::Known(Format::Parquet),
        Some("warc") => Named::Known(Format::Warc),
        Some("wet" | "wat") => Named::Foreign("a WARC without pages"),
        Some("tar" | "tgz" | "tbz2" | "tzst") => Named::Known(Format::Tar),
        Some("zip") => Named::Foreign("zip"),
        Some("xz") => Named::Foreign("xz"),
        Some("pdf") => Named::Foreign("PDF"),
        _ => Named::Unknown,
    }
}

/// The format told by the first bytes of the (decompressed) content; `complete` if they are all of
/// it. `Err` names a format that we do not read.
pub(super) fn by_content(head: &[u8], complete: bool) -> Result<Format, &'static str> {
    const FOREIGN: [(&[u8], &str); 4] =
        [(b"%PDF-", "PDF"), (b"PK\x03\x04", "zip"), (b"\xfd7zXZ\0", "xz"), (b"\x7fELF", "a program")];
    if let Some((_, name)) = FOREIGN.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(name);
    }
    if let Some(format) = by_magic(head) {
        return Ok(format);
    }
    if is_html(head) {
        return Ok(Format::Html);
    }
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if head.first() != Some(&b'{') {
        return Ok(Format::Text);
    }
    match memchr::memchr(b'\n', head) {
        Some(end) => Ok(if is_json(&head[..end]) { Format::Jsonl } else { Format::Text }),
        None if complete => Ok(if is_json(head) { Format::Jsonl } else { Format::Text }),
        // The first line is longer than what was looked at: an object's first key must do.
        None if head[1..].trim_ascii_start().first() == Some(&b'"') => Ok(Format::Jsonl),
        None => Ok(Format::Text),
    }
}

/// The format told by bytes that no text begins with.
pub(super) fn by_magic(head: &[u8]) -> Option<Format> {
    if head.starts_with(b"PAR1") {
        return Some(Format::Parquet);
    }
    if head.starts_with(b"WARC/") {
        return Some(Format::Warc);
    }
    (head.get(257..262) == Some(b"ustar")).then_some(Format::Tar)
}

/// Whether this is how pages begin: with a tag that no text would begin with, behind white space,
/// comments and an XML declaration.
fn is_html(head: &[u8]) -> bool {
    const TAGS: [&[u8]; 24] = [
        b"!doctype html",
        b"html",
        b"head",
        b"body",
        b"title",
        b"meta",
        b"link",
        b"base",
        b"script",
        b"noscript",
        b"style",
        b"header",
        b"main",
        b"article",
        b"section",
        b"nav",
        b"div",
        b"table",
        b"h1",
        b"h2",
        b"p",
        b"ul",
        b"iframe",
        b"center",
    ];
    // Without its NULs and its mark the beginning of a page in UTF-16 is like any other.
    let mut start: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0).collect();
    start.make_ascii_lowercase();
    let marks: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
    let mut rest = marks.iter().find_map(|mark| start.strip_prefix(*mark)).unwrap_or(&start);
    loop {
        rest = rest.trim_ascii_start();
        let close: &[u8] = match rest {
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            [b'<', b'?', ..] => b"?>",
            _ => break,
        };
        let Some(end) = memmem::find(rest, close) else { return false };
        rest = &rest[end + close.len()..];
    }
    let Some(tag) = rest.strip_prefix(b"<") else { return false };
    TAGS.iter().any(|name| {
        let after = tag.strip_prefix(*name).and_then(<[u8]>::first);
        after.is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))
    })
}

fn is_json(line: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_format() {
        for (name, wanted) in [
            ("a.txt", Named::Known(Format::Text)),
            ("A.TXT.GZ", Named::Known(Format::Text)),
            ("dir/a.jsonl.zst", Named::Known(Format::Jsonl)),
            ("a.ndjson", Named::Known(Format::Jsonl)),
            ("a.json.gz", Named::Json),
            ("a.html", Named::Known(Format::Html)),
            ("A.HTM.zst", Named::Known(Format::Html)),
            ("a.xhtml", Named::Known(Format::Html)),
            ("a.txt.bz2", Named::Known(Format::Text)),
            ("a.csv.bz2", Named::Known(Format::Csv)),
            ("a.TSV", Named::Known(Format::Csv)),
            ("a.tar.gz", Named::Known(Format::Tar)),
            ("a.tgz", Named::Known(Format::Tar)),
            ("a.gz", Named::Unknown),
            ("README", Named::Unknown),
        ] {
            assert_eq!(by_name(Path::new(name)), wanted, "{name}");
        }
    }

    #[test]
    fn content_tells_the_format() {
        assert_eq!(by_content(b"", true), Ok(Format::Text));
        assert_eq!(by_content(b"{not json}\nmore", true), Ok(Format::Text));
        assert_eq!(by_content(b"\xef\xbb\xbf\n {\"text\": 1}\n{", false), Ok(Format::Jsonl));
        assert_eq!(by_content(b"{\"text\": \"cut off", true), Ok(Format::Text));
        assert_eq!(by_content(b"{\"text\": \"goes on", false), Ok(Format::Jsonl));
        assert_eq!(by_content(b"<?xml version='1.0'?>\n<rss>", true), Ok(Format::Text));
        assert_eq!(by_content(b"PAR1...", false), Ok(Format::Parquet));
        assert_eq!(by_content(b"WARC/1.0\r\n", false), Ok(Format::Warc));
        assert_eq!(by_content(b"%PDF-1.4", false), Err("PDF"));
    }

    #[test]
    fn pages_are_told_by_their_first_tag() {
        let utf16: Vec<u8> = "\u{feff}<html>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for page in [
            &b"<!DOCTYPE html><p>"[..],
            b"\xef\xbb\xbf \n<HTML lang=en>",
            b"<!-- saved -->\n<!-- from --> <head>",
            b"<?xml version=\"1.0\"?>\n<!doctype HTML PUBLIC \"x\">",
            b"<p>Hello",
            &utf16,
            &utf16[2..],
        ] {
            assert_eq!(by_content(page, true), Ok(Format::Html), "{}", String::from_utf8_lossy(page));
        }
        for text in [&b"<pre-war> prices"[..], b"<-- see here", b"<!-- never closed", b"< html >", b"a <html>", b"<"] {
            assert_eq!(by_content(text, true), Ok(Format::Text), "{}", String::from_utf8_lossy(text));
        }
    }
}
