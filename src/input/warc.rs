//! A web archive (WARC) to its records, one after the other.
//!
//! Nothing in an archive is believed. A record's length is checked by what follows: the next record, or the
//! end. A page that is cut or whose member is damaged is reported and not given, for half a page would
//! pass for an article; and reading goes on at the next record that can be found. All is one pass,
//! and no more than one record is held.

use serde_json::value::{RawValue, to_raw_value};

use super::gzip::{Break, RECORD};
use super::http::{self, Page};
use super::stream::Bytes;
use super::window::{Stop, WarcCursor, Window};
use crate::document::{Content, Document};

/// The longest header of a record. Those of crawlers have some hundred bytes.
const LONGEST_HEADER: usize = 64 << 10;

/// The most white space that is looked over behind a record to see what follows it.
const PADDING: usize = 64 << 10;

/// What is looked at behind garbage, for a sign that the record before it is damaged, too.
const AHEAD: usize = 4096;

/// Reads the records of an archive one after the other; never fails as a whole.
pub(super) struct Warc {
    window: Window,
    limit: u64,
}

/// What was met in an archive.
#[derive(Debug)]
pub(super) enum Met {
    /// An HTTP response, read but not yet parsed.
    Response(WarcRecord),
    /// A record that is not for us, and what it is.
    Skipped(&'static str),
    /// Something damaged that begins at this byte of the file; reading went on behind it.
    Damage {
        /// Where the damaged record or its gzip member begins in the file.
        offset: u64,
        /// What is wrong, in words.
        reason: String,
    },
}

/// A response record.
#[derive(Debug)]
pub(super) struct WarcRecord {
    header: Header,
    /// Where its member, or without compression the record, begins in the file.
    offset: u64,
    /// The response as it was sent.
    block: Vec<u8>,
}

impl Warc {
    /// `stream` gives the raw bytes of the file from `cursor.offset` on; gzip is still on them. A record of
    /// more than `limit` bytes is not held but reported.
    pub(super) fn new(stream: Bytes, cursor: WarcCursor, limit: u64) -> Self {
        Self { window: Window::new(stream, cursor), limit }
    }

    /// Where what follows the last one given begins: a new reader on a stream from there goes on as
    /// this one would.
    pub(super) fn cursor(&self) -> WarcCursor {
        self.window.cursor()
    }

    /// The next record or damage; `None` at the end.
    pub(super) fn next(&mut self) -> Option<Met> {
        self.skip_blank();
        self.window.has(RECORD.len());
        let offset = self.window.cursor().offset;
        if self.window.rest().starts_with(RECORD) {
            return Some(self.record(offset));
        }
        if self.window.rest().is_empty() {
            return match self.window.stop().cloned() {
                Some(Stop::Broken(broken)) => Some(self.broken(broken, "")),
                _ => None,
            };
        }
        Some(self.damage(offset, "bytes that are no record where one should begin"))
    }

    /// Passes line breaks and padding.
    fn skip_blank(&mut self) {
        loop {
            let blank = self.window.rest().iter().take_while(|byte| is_blank(**byte)).count();
            self.window.advance(blank);
            if !self.window.rest().is_empty() || !self.window.fill() {
                return;
            }
        }
    }

    /// The record that begins here.
    fn record(&mut self, offset: u64) -> Met {
        let (header, start) = match self.header() {
            Ok(found) => found,
            Err(reason) => return self.damage(offset, reason),
        };
        let length = match header.length {
            Some(length) if length > self.limit => return self.too_long(offset, &header, start, length),
            Some(length) => length as usize,
            None => return self.damage(offset, &format!("{header}no readable Content-Length")),
        };
        let end = start + length;
        let mut seen = 0;
        while self.window.rest().len() < end && self.window.fill() {
            // A record may go on in the next member, unless another begins there.
            let Some(member) = self.window.newest_member().filter(|member| *member < end && *member > seen) else {
                continue;
            };
            seen = member;
            self.window.has((member + AHEAD).min(end));
            if self.window.rest().len() > member && self.window.is_start(member) {
                return self.overrun(offset, &header, length, start, member);
            }
        }
        let there = self.window.rest().len();
        if there < end {
            if let Some(next) = self.window.start_between(start.min(there), there) {
                return self.overrun(offset, &header, length, start, next);
            }
            let cut = format!("{header}cut off: {} of {length} bytes are there", there.saturating_sub(start));
            return match self.window.stop().cloned() {
                Some(Stop::Broken(broken)) => self.broken(broken, &format!("{cut}; ")),
                _ => {
                    self.window.advance(there);
                    Met::Damage { offset, reason: cut }
                }
            };
        }
        self.checked(offset, header, start, end)
    }

    /// A record that is wholly there, after a look at what follows it.
    fn checked(&mut self, offset: u64, header: Header, start: usize, end: usize) -> Met {
        let next = self.after_blank(end);
        if !self.window.rest()[next..].starts_with(RECORD) {
            let is_end = next == self.window.rest().len();
            if !is_end {
                self.window.has(next + AHEAD);
            }
            if let Some(Stop::Broken(broken)) = self.window.stop().cloned()
                && !broken.cut
                && broken.member == self.window.member_of(end.saturating_sub(1))
            {
                return self.broken(broken, &header.to_string());
            }
            if !is_end {
                if let Some(inner) = self.window.start_between(start, end) {
                    return self.overrun(offset, &header, end - start, start, inner);
                }
                if next == end {
                    self.window.advance(end);
                    let length = end - start;
                    return self.damage(offset, &format!("{header}longer than the {length} bytes that it declares"));
                }
            }
        }
        let met = match header.kind() {
            Ok("response") => {
                let block = self.window.rest()[start..end].to_vec();
                if header.is_http || block.starts_with(b"HTTP/") {
                    Met::Response(WarcRecord { header, offset, block })
                } else {
                    Met::Skipped(if header.is_dns { "dns response" } else { "response, not HTTP" })
                }
            }
            Ok(kind) => Met::Skipped(kind),
            Err(reason) => Met::Damage { offset, reason: format!("{header}{reason}") },
        };
        self.window.advance(next);
        met
    }

    /// Where after `end` something else than blank begins, or the data ends.
    fn after_blank(&mut self, end: usize) -> usize {
        let mut next = end;
        loop {
            let rest = &self.window.rest()[next..];
            next += rest.iter().take_while(|byte| is_blank(**byte)).count();
            let is_known = self.window.rest().len() >= next + RECORD.len() || next > end + PADDING;
            if is_known || !self.window.fill() {
                return next;
            }
        }
    }

    /// The header of the record that begins here, and its length; or what is wrong with it.
    fn header(&mut self) -> Result<(Header, usize), &'static str> {
        let (mut line, mut searched) = (0, 0);
        loop {
            let Some(found) = memchr::memchr(b'\n', &self.window.rest()[searched..]) else {
                searched = self.window.rest().len();
                if searched > LONGEST_HEADER {
                    return Err("the header of the record does not end");
                }
                if self.window.fill() {
                    continue;
                }
                return Err("the header of the record is cut off");
            };
            let end = searched + found;
            let text = self.window.rest()[line..end].trim_ascii_end();
            if line > 0 && text.starts_with(RECORD) {
                return Err("the header of the record is cut off by the next record");
            }
            (line, searched) = (end + 1, end + 1);
            if text.is_empty() {
                return Ok((Header::parse(&self.window.rest()[..line]), line));
            }
            if line > LONGEST_HEADER {
                return Err("the header of the record does not end");
            }
        }
    }

    /// A record that is not held: it is passed by looking for the next one, for a length that is wrong
    /// would lead past all the others.
    fn too_long(&mut self, offset: u64, header: &Header, start: usize, length: u64) -> Met {
        self.window.advance(start);
        let before = self.window.place();
        let broken = self.window.seek();
        let passed = self.window.place() - before;
        let is_right = passed >= length && passed - length <= PADDING as u64;
        let reason = match (broken, header.kind()) {
            (Some(broken), _) => format!("{header}{length} bytes, more than can be held; {}", broken.reason),
            (None, Ok(kind)) if is_right && kind != "response" => return Met::Skipped(kind),
            (None, _) if is_right => format!("{header}{length} bytes, more than can be held"),
            (None, _) => format!("{header}declares {length} bytes, the next record or the end comes after {passed}"),
        };
        Met::Damage { offset, reason }
    }

    /// A record in whose bytes another one begins.
    fn overrun(&mut self, offset: u64, header: &Header, length: usize, start: usize, next: usize) -> Met {
        self.window.advance(next);
        let there = next.saturating_sub(start);
        let reason = format!("{header}declares {length} bytes, and the next record begins after {there}");
        Met::Damage { offset, reason }
    }

    /// Damage here; goes on to the next record.
    fn damage(&mut self, offset: u64, reason: &str) -> Met {
        let reason = match self.window.seek() {
            Some(broken) => format!("{reason}; {}", broken.reason),
            None => reason.to_owned(),
        };
        Met::Damage { offset, reason }
    }

    /// A break; goes on behind it.
    fn broken(&mut self, broken: Break, before: &str) -> Met {
        self.window.recover(&broken);
        Met::Damage { offset: broken.member, reason: format!("{before}{}", broken.reason) }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | b' ' | b'\t' | 0)
}

/// What the header of a record says.
#[derive(Debug)]
struct Header {
    kind: Option<String>,
    id: Option<String>,
    url: Option<String>,
    date: Option<String>,
    length: Option<u64>,
    is_http: bool,
    is_dns: bool,
}

impl Header {
    fn parse(bytes: &[u8]) -> Self {
        let mut rest = bytes;
        // The version has no colon, so it is passed over.
        let fields = http::fields(&mut rest);
        let get = |name: &str| {
            let value = fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
            value.filter(|value| !value.is_empty())
        };
        let bare = |value: &str| value.trim_start_matches('<').trim_end_matches('>').trim().to_owned();
        let content = get("content-type").map(str::to_ascii_lowercase);
        let is_digits = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit());
        Self {
            kind: get("warc-type").map(str::to_ascii_lowercase),
            id: get("warc-record-id").map(bare),
            url: get("warc-target-uri").map(bare),
            date: get("warc-date").map(str::to_owned),
            length: get("content-length").filter(is_digits).and_then(|digits| digits.parse().ok()),
            is_http: content.as_deref().is_none_or(|content| content.starts_with("application/http")),
            is_dns: content.as_deref().is_some_and(|content| content.starts_with("text/dns")),
        }
    }

    /// The type of the record, for counting.
    fn kind(&self) -> Result<&'static str, &'static str> {
        const KINDS: [&str; 8] =
            ["response", "request", "revisit", "warcinfo", "metadata", "resource", "conversion", "continuation"];
        let kind = self.kind.as_deref().ok_or("no WARC-Type")?;
        Ok(KINDS.into_iter().find(|known| *known == kind).unwrap_or("record of an unknown type"))
    }
}

/// What a reason begins with: which record it is about.
impl std::fmt::Display for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = self.kind().unwrap_or("record");
        match self.url.as_ref().or(self.id.as_ref()) {
            Some(name) => write!(f, "{kind} {name}: "),
            None => write!(f, "{kind}: "),
        }
    }
}

impl WarcRecord {
    /// About how many bytes of memory it takes.
    pub(super) fn weight(&self) -> usize {
        self.block.len()
    }

    /// Where its member, or without compression the record, begins in the file.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The record's document; or in words what it is instead of a page, for counting. `number` makes
    /// the id of a record that has none; a page that would decompress to more than `limit` bytes is
    /// unreadable.
    pub(super) fn document(&self, source: &str, number: u64, limit: u64) -> Result<Document, String> {
        let Page { status, html } = http::page(&self.block, limit)?;
        let (content, encoding) = match html {
            Ok((html, encoding)) => (Content::Html(html), Some(encoding)),
            Err(reason) => (Content::Unreadable(reason), None),
        };
        let extra: [(&str, Option<Box<RawValue>>); 3] = [
            ("warc_date", self.header.date.as_ref().and_then(|date| to_raw_value(date).ok())),
            ("http_status", status.and_then(|status| to_raw_value(&status).ok())),
            ("warc_offset", to_raw_value(&self.offset).ok()),
        ];
        Ok(Document {
            id: self.header.id.clone().unwrap_or_else(|| format!("{source}#{number}")),
            source: source.to_owned(),
            url: self.header.url.clone(),
            content,
            encoding,
            extra: extra.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect(),
            ..Document::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use flate2::{Compression, GzBuilder};

    use super::*;

    const LIMIT: u64 = 1 << 20;

    /// A record with its two blank lines. Each text is unlike the others, so that a mistake shows.
    fn record(kind: &str, name: &str, block: &str) -> Vec<u8> {
        let http = if kind == "request" { "request" } else { "response" };
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:{name}>\r\nWARC-Date: 2020-01-02T03:04:05Z\r\n\
             WARC-Target-URI: <https://{name}.example/>\r\nContent-Type: application/http; msgtype={http}\r\n\
             Content-Length: {}\r\n\r\n{block}\r\n\r\n",
            block.len()
        )
        .into_bytes()
    }

    fn response(name: &str) -> Vec<u8> {
        let page = format!("<p>The {name} was hired by the airport on Monday, {}.", name.repeat(9));
        record("response", name, &format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}"))
    }

    fn member(data: &[u8]) -> Vec<u8> {
        let mut gzip = GzBuilder::new().extra(&b"sl\x04\0abcd"[..]).write(Vec::new(), Compression::default());
        gzip.write_all(data).unwrap();
        gzip.finish().unwrap()
    }

    fn reader(archive: &[u8], cursor: WarcCursor, limit: u64) -> Warc {
        Warc::new(Box::new(Cursor::new(archive[cursor.offset as usize..].to_vec())), cursor, limit)
    }

    fn shown(met: &Met) -> String {
        match met {
            Met::Response(record) => match record.document("a.warc", 7, LIMIT) {
                Ok(document) => document.id,
                Err(reason) => reason,
            },
            Met::Skipped(what) => format!("({what})"),
            Met::Damage { offset, reason } => format!("!{offset} {reason}"),
        }
    }

    /// All that is met; and a reader that begins anew after each must meet the same.
    fn read_with(archive: &[u8], limit: u64) -> Vec<String> {
        let mut warc = reader(archive, WarcCursor::default(), limit);
        let (mut all, mut resumed) = (Vec::new(), Vec::new());
        while let Some(met) = warc.next() {
            all.push(shown(&met));
            resumed.push(warc.cursor());
            assert!(all.len() < 1000, "an endless loop");
        }
        for (count, cursor) in resumed.into_iter().enumerate() {
            let mut again = reader(archive, cursor, limit);
            assert_eq!(again.cursor(), cursor);
            let next = again.next().map(|met| shown(&met));
            assert_eq!(next.as_ref(), all.get(count + 1), "from {cursor:?} on, after {}", all[count]);
        }
        all
    }

    fn read(archive: &[u8]) -> Vec<String> {
        read_with(archive, LIMIT)
    }

    /// The three makes of archives: not compressed, a member a record, one member in all.
    fn makes(records: &[Vec<u8>]) -> [Vec<u8>; 3] {
        [records.concat(), records.iter().flat_map(|record| member(record)).collect(), member(&records.concat())]
    }

    #[test]
    fn records_are_told_apart_in_every_make() {
        let dns = String::from_utf8(record("response", "d", "20200102\nd. 60 IN A 1.2.3.4")).unwrap();
        let dns = dns.replace("application/http; msgtype=response", "text/dns").into_bytes();
        let records = [
            record("warcinfo", "i", "software: test"),
            record("request", "q", "GET / HTTP/1.1\r\n\r\n"),
            response("heron"),
            dns,
            record("response", "png", "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nabc"),
            record("response", "moved", "HTTP/1.1 301 Moved\r\n\r\n"),
            record("odd", "o", ""),
            response("gull"),
        ];
        for archive in makes(&records) {
            assert_eq!(
                read(&archive),
                [
                    "(warcinfo)",
                    "(request)",
                    "urn:heron",
                    "(dns response)",
                    "response, image/png",
                    "response, empty",
                    "(record of an unknown type)",
                    "urn:gull"
                ]
            );
        }
        assert!(read(b"").is_empty());
    }

    #[test]
    fn a_document_has_all_that_the_record_says() {
        let archive = [member(&response("heron")), member(&response("gull"))].concat();
        let mut warc = reader(&archive, WarcCursor::default(), LIMIT);
        warc.next();
        let Some(Met::Response(record)) = warc.next() else { panic!("a response") };
        let document = record.document("a.warc", 2, LIMIT).unwrap();
        let offset = member(&response("heron")).len() as u64;
        assert_eq!(record.offset(), offset);
        assert!(record.weight() > 100);
        assert_eq!((document.id.as_str(), document.source.as_str()), ("urn:gull", "a.warc"));
        assert_eq!(document.url.as_deref(), Some("https://gull.example/"));
        assert_eq!(document.encoding, Some("UTF-8"));
        assert!(matches!(document.content, Content::Html(html) if html.starts_with("<p>The gull")));
        let extra: Vec<(&str, &str)> = document.extra.iter().map(|(key, value)| (key.as_str(), value.get())).collect();
        let offset = offset.to_string();
        assert_eq!(
            extra,
            [("warc_date", "\"2020-01-02T03:04:05Z\""), ("http_status", "200"), ("warc_offset", offset.as_str())]
        );
    }

    #[test]
    fn headers_of_every_writer_are_read() {
        for header in [
            "WARC/0.17\nwarc-type: Response\nCONTENT-LENGTH: 4\n\n",
            "WARC/0.18\r\nWARC-Type:response\r\nWARC-Date: 2008-10-294T05:21:46-0700\r\nContent-Length:4\r\n\r\n",
            "WARC/1.1\r\nWARC-Type:\r\n response\r\nContent-Type: application/http;\r\n\tmsgtype=response\r\n\
             Content-Length: 4\r\n\r\n",
        ] {
            for gap in ["", "\n", "\r\n\r\n", "\n\n\n \r\n\0\0"] {
                let archive = format!("{gap}{header}<p>x{gap}{header}<p>y{gap}");
                assert_eq!(read(archive.as_bytes()), ["a.warc#7", "a.warc#7"], "{archive}");
            }
        }
    }

    #[test]
    fn members_of_every_cut_are_read() {
        let (one, two) = (response("heron"), response("gull"));
        let padded = [member(b""), member(&one), member(b""), member(&two), vec![0; 1000]].concat();
        assert_eq!(read(&padded), ["urn:heron", "urn:gull"]);
        // Members that know nothing of records.
        let all = [one, two].concat();
        for size in [1, 7, 64, 200] {
            let archive: Vec<u8> = all.chunks(size).flat_map(member).collect();
            assert_eq!(read(&archive), ["urn:heron", "urn:gull"], "members of {size} bytes");
        }
    }

    #[test]
    fn garbage_between_records_is_said_once() {
        let (one, two) = (response("heron"), response("gull"));
        let rubbish = vec![b'#'; 200_000];
        let plain = [&one[..], &rubbish, b"\n", &two].concat();
        let found = read(&plain);
        assert_eq!(
            found,
            ["urn:heron", &format!("!{} bytes that are no record where one should begin", one.len()), "urn:gull"]
        );
        let (one, two) = (member(&one), member(&two));
        let found = read(&[&one[..], &rubbish, &two].concat());
        assert_eq!(found, ["urn:heron", &format!("!{} no gzip member where one should begin", one.len()), "urn:gull"]);
        // Before the first record.
        assert_eq!(read(&[&rubbish[..], &two].concat()).len(), 2);
        assert_eq!(read(&rubbish).len(), 1);
    }

    #[test]
    fn lengths_that_lie_cost_one_record() {
        let (one, bad, two) = (response("heron"), String::from_utf8(response("gull")).unwrap(), response("tern"));
        let (at, length) = (bad.find("Content-Length: ").unwrap() + 16, bad.len());
        let true_length = &bad[at..at + bad[at..].find('\r').unwrap()];
        let told =
            |value: &str| bad.replace(&format!("Content-Length: {true_length}"), &format!("Content-Length: {value}"));
        for value in ["9", "90", "900", "9000", "99999999999", "-5", "x", "", "18446744073709551616", "0x10", "5 5"] {
            for archive in makes(&[one.clone(), told(value).into_bytes(), two.clone()]) {
                let found = read(&archive);
                assert_eq!(found.len(), 3, "{value} for {true_length} of {length}: {found:?}");
                assert!(found[1].starts_with('!') && found[1].contains("gull"), "{value}: {found:?}");
                assert_eq!((found[0].as_str(), found[2].as_str()), ("urn:heron", "urn:tern"), "{value}");
            }
        }
    }

    #[test]
    fn a_record_over_the_limit_is_passed() {
        let big = "x".repeat(5000);
        let records =
            [response("heron"), record("resource", "film", &big), record("response", "big", &big), response("gull")];
        for archive in makes(&records) {
            let found = read_with(&archive, 1000);
            let (said, met) = (&found[2], [&found[0], &found[1], &found[3]]);
            assert_eq!(met, ["urn:heron", "(resource)", "urn:gull"]);
            assert!(said.contains("big") && said.ends_with("5000 bytes, more than can be held"), "{said}");
        }
    }

    #[test]
    fn a_record_that_is_cut_off_is_no_document() {
        for archive in makes(&[response("heron"), response("gull")]) {
            for missing in 20..90 {
                let found = read(&archive[..archive.len() - missing]);
                assert!(found.last().is_some_and(|met| met.starts_with('!')), "{missing}: {found:?}");
                assert!(!found.contains(&"urn:gull".to_owned()), "{missing}: {found:?}");
            }
        }
        let cut = response("gull");
        let found = read(&cut[..cut.len() - 10]);
        assert!(found[0].starts_with("!0 response https://gull.example/: cut off: "), "{found:?}");
    }

    #[test]
    fn a_bomb_is_held_to_the_limit() {
        let bomb = [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>".to_vec(), vec![b'x'; 2 << 20]].concat();
        let archive = member(&record("response", "bomb", std::str::from_utf8(&bomb).unwrap()));
        assert!(archive.len() < 10_000);
        assert!(read(&archive)[0].ends_with("more than can be held"));
    }

    /// Breaks an archive of three records at every byte: whatever was not touched must come out, and of
    /// the touched one something must. `reach` bytes are broken at once.
    fn broken_everywhere(pieces: &[Vec<u8>; 3], reach: usize, damage: impl Fn(&mut Vec<u8>, usize)) {
        let whole = pieces.concat();
        let names = ["urn:heron", "urn:gull", "urn:tern"];
        assert_eq!(read(&whole), names);
        for at in 0..whole.len() {
            let mut archive = whole.clone();
            damage(&mut archive, at);
            let found = read(&archive);
            let (mut start, mut untouched) = (0, 0);
            for (name, piece) in names.into_iter().zip(pieces) {
                let range = start..start + piece.len();
                start = range.end;
                if at + reach <= range.start || at >= range.end {
                    untouched += 1;
                    assert!(found.iter().any(|met| met == name), "byte {at}: no {name}: {found:?}");
                }
            }
            assert!(found.len() > untouched, "byte {at}: nothing is said: {found:?}");
        }
    }

    #[test]
    fn damage_of_a_byte_costs_no_other_record() {
        let records = [response("heron"), response("gull"), response("tern")];
        let members = records.clone().map(|record| member(&record));
        for mask in [0x01, 0xff] {
            let flip = |archive: &mut Vec<u8>, at: usize| archive[at] ^= mask;
            broken_everywhere(&members, 1, flip);
            broken_everywhere(&records, 1, flip);
        }
    }

    #[test]
    fn missing_and_added_bytes_cost_no_other_record() {
        let records = [response("heron"), response("gull"), response("tern")];
        let members = records.clone().map(|record| member(&record));
        for pieces in [&members, &records] {
            for count in [1, 3] {
                let cut = |archive: &mut Vec<u8>, at: usize| drop(archive.drain(at..archive.len().min(at + count)));
                broken_everywhere(pieces, count, cut);
            }
            broken_everywhere(pieces, 1, |archive: &mut Vec<u8>, at: usize| archive.insert(at, b'?'));
        }
    }

    #[test]
    fn an_archive_in_one_member_gives_what_came_before_the_damage() {
        let records: Vec<Vec<u8>> = (0..40).map(|number| response(&format!("bird{number}"))).collect();
        let mut archive = member(&records.concat());
        let second = archive.len();
        archive.extend(member(&response("tern")));
        for at in (0..second).step_by(31) {
            let mut broken = archive.clone();
            broken[at] ^= 0x55;
            let found = read(&broken);
            assert_eq!(found.last().map(String::as_str), Some("urn:tern"), "byte {at}: {found:?}");
            let is_harmless = (4..22).contains(&at);
            let damages = found.iter().filter(|met| met.starts_with('!')).count();
            assert!(is_harmless || damages > 0, "byte {at}: {found:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        struct Failing;
        impl std::io::Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("bad sector"))
            }
        }
        let [plain, members, _] = makes(&[response("heron"), response("gull")]);
        for archive in [plain, members] {
            let half = archive[..archive.len() - 100].to_vec();
            let stream = std::io::Read::chain(Cursor::new(half), Failing);
            let mut warc = Warc::new(Box::new(stream), WarcCursor::default(), LIMIT);
            assert_eq!(warc.next().as_ref().map(shown).as_deref(), Some("urn:heron"));
            let said = warc.next().as_ref().map(shown).unwrap_or_default();
            assert!(said.starts_with('!') && said.contains("bad sector"), "{said}");
            assert!(warc.next().is_none());
        }
    }

    #[test]
    fn hostile_archives_take_one_pass() {
        let lying = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 1000000\r\n\r\n".repeat(20_000);
        let magics = b"\x1f\x8b\x08".repeat(200_000);
        for (archive, least) in [(lying, 20_000), (magics, 1)] {
            let archive = [&archive[..], &member(&response("tern"))].concat();
            let mut warc = reader(&archive, WarcCursor::default(), LIMIT);
            let (mut count, start) = (0, std::time::Instant::now());
            while warc.next().is_some() {
                count += 1;
            }
            // A second or two; were it quadratic, hours.
            assert!(count >= least && start.elapsed().as_secs() < 60, "{count} in {:?}", start.elapsed());
        }
    }
}
