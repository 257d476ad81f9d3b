//! An HTTP response as a server sent it and a crawler kept it: to a page.
//!
//! Crawlers rewrite responses, and servers never kept to the standard: lines end as they like, a header may be
//! broken, and what the headers say of the body need not be so. Whatever can be a page is one.

use memchr::memchr;

use super::format::{self, Format};
use super::{charset, unpack};

/// What of a body is looked at to tell what it is.
const SAMPLED: usize = 4096;

/// A page out of a response.
#[derive(Debug)]
pub(super) struct Page {
    /// The status of the response, where there is one.
    pub(super) status: Option<u16>,
    /// The page and the encoding it was in, or in words why it could not be read.
    pub(super) html: Result<(String, &'static str), String>,
}

/// The page of a response, of at most `limit` bytes decompressed; or in words what it is instead of a page.
pub(super) fn page(response: &[u8], limit: u64) -> Result<Page, String> {
    let start = response.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let Some(head) = Head::parse(&response[start..]) else {
        // Without a status line it is a page only if it looks like one.
        if !is_html(response) {
            return Err("response, not HTTP".to_owned());
        }
        return Ok(Page { status: None, html: decode(response.to_vec(), None) });
    };
    let kind = head.last("content-type").map(media_type);
    let sniff = match kind.as_deref() {
        _ if head.body.trim_ascii().is_empty() => return Err("response, empty".to_owned()),
        None | Some("") => true,
        Some("text/html" | "application/xhtml+xml") => false,
        Some(other) if is_plain_name(other) => return Err(format!("response, {other}")),
        Some(_) => return Err("response, of an odd type".to_owned()),
    };
    let chunked = head.tokens("transfer-encoding").iter().any(|token| token == "chunked");
    let body = if chunked { unpack::dechunk(head.body) } else { head.body.to_vec() };
    let body = match unpack::decompress(body, &head.tokens("content-encoding"), limit) {
        Ok(body) => body,
        Err(reason) => return Ok(Page { status: head.status, html: Err(reason) }),
    };
    if body.is_empty() {
        return Err("response, empty".to_owned());
    }
    if sniff && !is_html(&body) {
        return Err("response, no content type".to_owned());
    }
    let charset = head.last("content-type").and_then(charset_label);
    Ok(Page { status: head.status, html: decode(body, charset) })
}

fn decode(body: Vec<u8>, charset: Option<&str>) -> Result<(String, &'static str), String> {
    charset::decode(body, charset).map_err(|what| format!("the response is not HTML: looks like {what}"))
}

fn is_html(body: &[u8]) -> bool {
    format::by_content(&body[..body.len().min(SAMPLED)], false) == Ok(Format::Html)
}

/// The type without parameters, in small letters.
fn media_type(value: &str) -> String {
    value.split([';', ',']).next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a type can be told to the user and counted by: a server may send anything.
fn is_plain_name(kind: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.' | '_');
    kind.len() <= 80
        && kind.split_once('/').is_some_and(|(first, second)| {
            !first.is_empty() && !second.is_empty() && first.chars().chain(second.chars()).all(is_plain)
        })
}

/// The charset among the parameters of a type.
fn charset_label(value: &str) -> Option<&str> {
    value.split([';', ',']).skip(1).find_map(|parameter| {
        let (name, label) = parameter.split_once('=')?;
        let label = label.trim().trim_matches(['"', '\'']).trim();
        (name.trim().eq_ignore_ascii_case("charset") && !label.is_empty()).then_some(label)
    })
}

/// A response taken apart.
struct Head<'r> {
    status: Option<u16>,
    headers: Vec<(String, String)>,
    body: &'r [u8],
}

impl<'r> Head<'r> {
    /// `None` if there is no status line.
    fn parse(response: &'r [u8]) -> Option<Self> {
        if !response.get(..5)?.eq_ignore_ascii_case(b"HTTP/") {
            return None;
        }
        let (first, mut body) = line(response);
        let status = first.split(u8::is_ascii_whitespace).find(|word| is_status(word));
        let status = status.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        let mut headers = fields(&mut body);
        // Some crawlers left blank lines between headers.
        while body.first().is_some_and(u8::is_ascii_alphabetic) && begins_with_header(body) {
            headers.extend(fields(&mut body));
        }
        Some(Self { status, headers, body })
    }

    /// The last header of a name: of two the last counts, as in browsers.
    fn last(&self, name: &str) -> Option<&str> {
        self.headers.iter().rfind(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// The words of all headers of a name, in small letters.
    fn tokens(&self, name: &str) -> Vec<String> {
        let values = self.headers.iter().filter(|(header, _)| header == name);
        let tokens = values.flat_map(|(_, value)| value.split(','));
        tokens.map(|token| token.trim().to_ascii_lowercase()).filter(|token| !token.is_empty()).collect()
    }
}

fn is_status(word: &[u8]) -> bool {
    word.len() == 3 && word.iter().all(u8::is_ascii_digit)
}

/// Whether a body begins with what can only be one more header.
fn begins_with_header(body: &[u8]) -> bool {
    const NAMES: [&str; 8] = [
        "content-type",
        "content-encoding",
        "content-length",
        "transfer-encoding",
        "set-cookie",
        "last-modified",
        "connection",
        "server",
    ];
    let name = line(body).0.split(|byte| *byte == b':').next().unwrap_or_default();
    NAMES.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

/// The first line without its break, and the rest.
fn line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (line, rest) = match memchr(b'\n', bytes) {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[][..]),
    };
    (line.strip_suffix(b"\r").unwrap_or(line), rest)
}

/// Headers up to a blank line, of which `rest` is what follows; names in small letters, folded lines
/// joined. Lines that are no headers are passed over. The headers of a record are of the same form.
pub(super) fn fields(rest: &mut &[u8]) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    while !rest.is_empty() {
        let (line, after) = line(rest);
        *rest = after;
        if line.is_empty() {
            break;
        }
        let text = String::from_utf8_lossy(line);
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            if let Some((_, value)) = fields.last_mut() {
                *value = format!("{value} {}", text.trim()).trim_start().to_owned();
            }
        } else if let Some((name, value)) = text.split_once(':') {
            fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(response: &[u8]) -> String {
        match page(response, 1 << 20) {
            Ok(Page { html: Ok((html, _)), .. }) => html,
            Ok(Page { html: Err(reason), .. }) | Err(reason) => format!("! {reason}"),
        }
    }

    #[test]
    fn responses_of_every_make_are_read() {
        for response in [
            &b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>x"[..],
            b"HTTP/1.1 200\r\ncontent-type: TEXT/HTML;charset=utf-8\r\n\r\n<p>x",
            b"HTTP/2 200\nContent-Type:application/xhtml+xml\n\n<p>x",
            b"http/1.0 200 OK\nContent-type: text/html\r\n\n<p>x",
            b"\r\nHTTP/1.1 200 OK\r\n\r\n<p>x",
            b"HTTP/1.1 200 OK\nno header at all\n: none\nContent-Type:\n text/html\n\n<p>x",
            b"HTTP/1.1 200 OK\nServer: a\n\nContent-Type: text/html\n\n<p>x",
            b"HTTP/1.1 200 OK\nContent-Type: image/png\nContent-Type: text/html\n\n<p>x",
            b"HTTP/1.1 200 OK\nContent-Type: text/html\nTransfer-Encoding: chunked\n\n4\r\n<p>x\r\n0\r\n\r\n",
            b"HTTP/1.1 200 OK\nContent-Type: text/html\nTransfer-Encoding: chunked\nContent-Encoding: gzip\n\n<p>x",
            b"<p>x",
        ] {
            assert_eq!(html(response), "<p>x", "{}", String::from_utf8_lossy(response));
        }
    }

    #[test]
    fn what_is_no_page_says_what_it_is() {
        for (response, what) in [
            (&b"HTTP/1.1 200 OK\nContent-Type: Image/PNG; q=1\n\n<p>x"[..], "response, image/png"),
            (b"HTTP/1.1 200 OK\nContent-Type: <p>\x01/a\n\nabc", "response, of an odd type"),
            (b"HTTP/1.1 301 Moved\nContent-Type: text/html\nLocation: /x\n\n", "response, empty"),
            (b"HTTP/1.1 301 Moved\nContent-Type: text/html", "response, empty"),
            (b"HTTP/1.1 200 OK\nContent-Type: text/html\nTransfer-Encoding: chunked\n\n0\r\n\r\n", "response, empty"),
            (b"HTTP/1.1 200 OK\n\n{\"a\": 1}", "response, no content type"),
            (b"a line", "response, not HTTP"),
            (b"", "response, not HTTP"),
        ] {
            assert_eq!(page(response, 100).unwrap_err(), what, "{}", String::from_utf8_lossy(response));
        }
    }

    #[test]
    fn status_and_charset_come_from_the_headers() {
        let read = page(b"HTTP/1.1 404 Not Found\nContent-Type: text/html; Charset='koi8-r'\n\n<p>\xd7", 100).unwrap();
        assert_eq!((read.status, read.html), (Some(404), Ok(("<p>в".to_owned(), "KOI8-R"))));
        assert_eq!(page(b"HTTP/1.1 abc\n\n<p>x", 100).map(|page| page.status).ok().flatten(), None);
        let png = page(b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n\x89PNG\r\n\x1a\n", 100).unwrap();
        assert_eq!(png.html, Err("the response is not HTML: looks like a PNG image".to_owned()));
    }
}
