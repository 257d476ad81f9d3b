//! A stream of records that are lines, or rows of CSV, to chunks of whole ones.

use std::io::Read;
use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2};
use serde::{Deserialize, Serialize};

use super::stream::Bytes;

/// What a chunk aims at: small enough to keep every core busy on a small file, large enough that
/// handing it over costs nothing.
pub(super) const CHUNK: usize = 256 << 10;

/// The longest line that is held in memory of what a run has written. Of inputs that is said by the reader.
const LONGEST: usize = 1 << 30;

/// What may be searched again for nothing behind quotation marks that are never closed, and how often the file on top of it:
/// each such mark may mean going through as much as a row may have. When that is used up, a field ends with its line.
const REREAD: u64 = 2 << 30;
const REREAD_SHARE: u64 = 4;

const MARK: &[u8] = b"\xef\xbb\xbf";

/// Whole lines, in one buffer.
#[derive(Debug, Default)]
pub(super) struct LineChunk {
    pub(super) bytes: Vec<u8>,
    pub(super) lines: Vec<Line>,
    /// Where the buffer begins in the (decompressed) file.
    pub(super) offset: u64,
    /// The number of the first line's record, from 1.
    pub(super) first_record: u64,
    /// Why reading ended before its time, or what was passed over after these lines.
    pub(super) damage: Option<String>,
}

/// One line that is not blank.
#[derive(Debug)]
pub(super) struct Line {
    /// Its bytes, without the line break.
    pub(super) span: Range<usize>,
    /// Its number in the file, from 1, blank lines counted.
    pub(super) number: u64,
    /// It is the first line of a row with a quotation mark that is never closed.
    pub(super) is_lost: bool,
}

/// What is wrong with such a line.
pub(super) const UNCLOSED: &str = "a quotation mark is opened and never closed; the row is lost, and reading goes on \
                                   after its first line";

/// What ends a record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Split {
    /// A line feed.
    Lines,
    /// A line break outside of quotation marks, which count only around a whole field, as RFC 4180 has it.
    Rows { delimiter: u8, terminator: u8 },
}

/// What a quotation mark is that stands in a quoted field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// With the next one it stands for a mark.
    Doubled,
    /// It closes the field. The delimiter, the line break or the end of the file is at this byte.
    Closing(usize),
    /// Something else follows that may not.
    Misplaced,
    /// More bytes are needed to tell.
    Unknown,
}

impl Mark {
    /// Looks at the mark at `at`. Spaces may stand behind a closing mark, and odd carriage returns.
    pub(super) fn at(bytes: &[u8], at: usize, delimiter: u8, terminator: u8, is_end: bool) -> Self {
        let rest = &bytes[at + 1..];
        if rest.first() == Some(&b'"') {
            return Self::Doubled;
        }
        let ends = |byte: u8| byte == delimiter || byte == terminator;
        let spaces = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\r') && !ends(**byte)).count();
        match rest.get(spaces) {
            Some(byte) if ends(*byte) => Self::Closing(at + 1 + spaces),
            Some(_) => Self::Misplaced,
            None if is_end => Self::Closing(bytes.len()),
            None => Self::Unknown,
        }
    }
}

impl Split {
    fn terminator(self) -> u8 {
        match self {
            Self::Lines => b'\n',
            Self::Rows { terminator, .. } => terminator,
        }
    }
}

/// Where a chunk begins.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct LinesCursor {
    /// Byte of the decompressed file.
    pub(super) offset: u64,
    /// Number of its first line, from 1.
    pub(super) line: u64,
    /// Number of its first record.
    pub(super) record: u64,
    /// How many bytes were searched again for quotation marks that were never closed.
    reread: u64,
}

impl LinesCursor {
    /// The beginning of a file whose first record has that number.
    pub(super) fn start(record: u64) -> Self {
        Self { offset: 0, line: 1, record, reread: 0 }
    }
}

/// Looks for the ends of records in a buffer that grows.
///
/// A quotation mark that opens a field and is not closed as it should be would swallow the rows after it. So a field that
/// goes over several lines must be closed by the first mark that is not doubled; in one that is on one line, marks that are
/// not doubled are text. What is else costs the line in which it begins, and the search goes on with the next: the rows that
/// it has swallowed are most likely sound. In files of tabulators many do not quote at all, and there the mark is text
/// instead.
struct Ends {
    split: Split,
    /// Before each line break that ends a record.
    found: Vec<usize>,
    /// Which of these end a line that is lost.
    lost: Vec<usize>,
    searched: usize,
    field: Option<Quoted>,
    /// What may be searched again, and what was.
    budget: u64,
    reread: u64,
}

/// A field in quotation marks whose end is not found yet.
struct Quoted {
    opened: usize,
    /// It has a line break.
    is_long: bool,
    /// It has a mark that is not doubled.
    has_odd_mark: bool,
}

impl Ends {
    fn new(split: Split, budget: u64) -> Self {
        Self { split, found: Vec::new(), lost: Vec::new(), searched: 0, field: None, budget, reread: 0 }
    }

    /// How many bytes are whole records.
    fn whole(&self) -> usize {
        self.found.last().map_or(0, |end| end + 1)
    }

    /// Searches what has come to `bytes`; a record begins at `start`. With `is_end` nothing more comes.
    fn search(&mut self, bytes: &[u8], start: usize, is_end: bool) {
        let mut at = self.searched.max(start);
        self.searched = bytes.len();
        let Split::Rows { delimiter, terminator } = self.split else {
            return self.found.extend(memchr_iter(b'\n', &bytes[at.min(bytes.len())..]).map(|found| at + found));
        };
        loop {
            let Some(found) = bytes.get(at..).and_then(|rest| memchr2(b'"', terminator, rest)) else {
                match self.field.take() {
                    Some(field) if is_end => at = self.unclosed(&field, bytes, bytes.len()),
                    field => {
                        self.field = field;
                        return;
                    }
                }
                continue;
            };
            at += found;
            let is_break = bytes[at] == terminator;
            let Some(mut field) = self.field.take() else {
                if is_break {
                    self.found.push(at);
                } else if at == start || bytes[at - 1] == delimiter || bytes[at - 1] == terminator {
                    self.field = Some(Quoted { opened: at, is_long: false, has_odd_mark: false });
                }
                at += 1;
                continue;
            };
            let is_closed_badly = if is_break {
                field.is_long = true;
                field.has_odd_mark || self.reread > self.budget
            } else {
                match Mark::at(bytes, at, delimiter, terminator, is_end) {
                    Mark::Closing(_) => {
                        at += 1;
                        continue;
                    }
                    Mark::Doubled => {
                        at += 1;
                        false
                    }
                    Mark::Unknown => {
                        self.searched = at;
                        self.field = Some(field);
                        return;
                    }
                    Mark::Misplaced => {
                        field.has_odd_mark = true;
                        field.is_long || delimiter == b'\t'
                    }
                }
            };
            if is_closed_badly {
                at = self.unclosed(&field, bytes, at);
            } else {
                self.field = Some(field);
                at += 1;
            }
        }
    }

    /// What becomes of a field that is not closed as it should be, as was found out at `at`. Gives where the search goes on.
    fn unclosed(&mut self, field: &Quoted, bytes: &[u8], at: usize) -> usize {
        self.reread += (at - field.opened) as u64;
        let Split::Rows { delimiter, terminator } = self.split else { return at };
        if delimiter == b'\t' {
            return field.opened + 1;
        }
        let end = memchr(terminator, &bytes[field.opened..]).map_or(bytes.len(), |end| field.opened + end);
        self.lost.push(end);
        self.found.push(end);
        end + 1
    }

    /// Gives up the search for the end of a field that is too long.
    fn give_up(&mut self, bytes: &[u8], start: usize) {
        if let Some(field) = self.field.take_if(|field| field.is_long) {
            self.searched = self.unclosed(&field, bytes, bytes.len());
            self.search(bytes, start, false);
        }
    }
}

/// A stream to which bytes can be given back.
struct Again {
    stream: Bytes,
    /// What was given back, and how far it is read again.
    ahead: Vec<u8>,
    at: usize,
}

impl Again {
    /// Gives back the bytes that were read last.
    fn unread(&mut self, bytes: &[u8]) {
        if self.at >= bytes.len() {
            self.at -= bytes.len();
        } else {
            self.ahead = [bytes, &self.ahead[self.at..]].concat();
            self.at = 0;
        }
    }
}

impl Read for Again {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at < self.ahead.len() {
            let count = (&self.ahead[self.at..]).read(buffer)?;
            self.at += count;
            return Ok(count);
        }
        // What comes now does not stand there, so it could not be given back by going back.
        (self.ahead, self.at) = (Vec::new(), 0);
        self.stream.read(buffer)
    }
}

/// Reads lines, a chunk at a time.
pub(super) struct Lines {
    stream: Again,
    split: Split,
    next: LinesCursor,
    done: bool,
    chunk: usize,
    longest: usize,
    budget: u64,
}

impl Lines {
    pub(super) fn new(stream: Bytes) -> Self {
        Self::from(stream, Split::Lines, LinesCursor::start(1), LONGEST as u64)
    }

    /// Reads a stream that begins at `next` in its file. A record of more than `longest` bytes is passed over.
    pub(super) fn from(stream: Bytes, split: Split, next: LinesCursor, longest: u64) -> Self {
        Self {
            stream: Again { stream, ahead: Vec::new(), at: 0 },
            split,
            next,
            done: false,
            chunk: CHUNK,
            longest: usize::try_from(longest).unwrap_or(usize::MAX),
            budget: REREAD,
        }
    }

    /// Where the next chunk begins.
    pub(super) fn next_at(&self) -> LinesCursor {
        self.next
    }

    /// Whether there is no chunk any more.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// The next lines; `None` at the end. No chunk is empty: it has a line or a damage.
    pub(super) fn next_chunk(&mut self) -> Option<LineChunk> {
        while !self.done {
            let chunk = self.read_chunk();
            if !chunk.lines.is_empty() || chunk.damage.is_some() {
                return Some(chunk);
            }
        }
        None
    }

    fn read_chunk(&mut self) -> LineChunk {
        let mut bytes = Vec::new();
        let mut ends = Ends::new(self.split, self.budget().saturating_sub(self.next.reread));
        let (mut is_end, mut damage) = (false, None);
        while !is_end && damage.is_none() && ends.found.is_empty() {
            // A long line is read in growing steps, not in ever more small ones.
            let step = if bytes.is_empty() { self.chunk } else { (bytes.len() / 2).max(1) };
            bytes.reserve_exact(step);
            match self.stream.by_ref().take(step as u64).read_to_end(&mut bytes) {
                Ok(count) => is_end = count < step,
                Err(error) => damage = Some(format!("the file is damaged: {error}")),
            }
            let start = self.start(&bytes);
            ends.search(&bytes, start, is_end);
            let is_too_long = bytes.len() > self.longest && ends.found.is_empty();
            if is_too_long {
                ends.give_up(&bytes, start);
            }
            if is_too_long && ends.found.is_empty() {
                return self.give_up_line(bytes);
            }
        }
        self.next.reread += ends.reread;
        if is_end && ends.whole() < bytes.len() {
            ends.found.push(bytes.len());
        }
        if damage.is_none() {
            // Behind a long one may be many that are for the next chunk.
            let kept = ends.found.iter().take_while(|end| **end < self.chunk).count();
            ends.found.truncate(kept.max(1));
        }
        // What stands after the last line break of a damaged file may be half a line.
        let end = ends.whole().min(bytes.len());
        self.done = damage.is_some() || is_end && end == bytes.len();
        self.stream.unread(&bytes[end..]);
        bytes.truncate(end);
        self.chunk_of(bytes, &ends, damage)
    }

    /// Where in its first bytes a file begins: behind its mark.
    fn start(&self, bytes: &[u8]) -> usize {
        if self.next.offset == 0 && bytes.starts_with(MARK) { MARK.len() } else { 0 }
    }

    /// What may have been searched again at most.
    fn budget(&self) -> u64 {
        self.budget.saturating_add(self.next.offset.saturating_mul(REREAD_SHARE))
    }

    /// The lines that end at `ends`.
    fn chunk_of(&mut self, bytes: Vec<u8>, ends: &Ends, damage: Option<String>) -> LineChunk {
        let mut chunk =
            LineChunk { offset: self.next.offset, first_record: self.next.record, damage, ..LineChunk::default() };
        let mut start = self.start(&bytes);
        let terminator = self.split.terminator();
        for &end in &ends.found {
            let line = bytes.get(start..end).unwrap_or_default();
            if !line.trim_ascii_start().is_empty() {
                let is_lost = ends.lost.binary_search(&end).is_ok();
                chunk.lines.push(Line { span: start..end, number: self.next.line, is_lost });
            }
            self.next.line += 1;
            if self.split != Split::Lines {
                self.next.line += memchr_iter(terminator, line).count() as u64;
            }
            start = end + 1;
        }
        self.next.record += chunk.lines.len() as u64;
        self.next.offset += bytes.len() as u64;
        chunk.bytes = bytes;
        chunk
    }

    /// Skips a line that is too long to be held and reports it. The lines after it are read on.
    fn give_up_line(&mut self, mut bytes: Vec<u8>) -> LineChunk {
        let LinesCursor { line, offset, .. } = self.next;
        let remedy = if self.longest == LONGEST { "" } else { "; --max-doc-bytes raises the cap" };
        let reason = format!("line {line}, byte {offset}: longer than {} bytes; skipped{remedy}", self.longest);
        let chunk = LineChunk {
            offset: self.next.offset,
            first_record: self.next.record,
            damage: Some(reason),
            ..LineChunk::default()
        };
        self.next.line += 1;
        self.next.record += 1;
        self.next.offset += bytes.len() as u64;
        loop {
            bytes = Vec::new();
            let read = self.stream.by_ref().take(self.chunk as u64).read_to_end(&mut bytes);
            if let Some(at) = memchr(self.split.terminator(), &bytes) {
                self.next.offset += at as u64 + 1;
                self.stream.unread(&bytes[at + 1..]);
                break;
            }
            self.next.offset += bytes.len() as u64;
            // An error here will come again at the next read, and is reported then.
            if bytes.len() < self.chunk || read.is_err() {
                break;
            }
        }
        chunk
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Cursor};

    use super::*;

    fn lines(input: &[u8], chunk: usize, longest: usize) -> Vec<String> {
        records(input, Split::Lines, chunk, longest)
    }

    fn records(input: &[u8], split: Split, chunk: usize, longest: usize) -> Vec<String> {
        let mut reader =
            Lines::from(Box::new(Cursor::new(input.to_vec())), split, LinesCursor::start(1), longest as u64);
        reader.chunk = chunk;
        let mut all = Vec::new();
        while let Some(chunk) = reader.next_chunk() {
            for (count, line) in chunk.lines.iter().enumerate() {
                let at = chunk.offset as usize + line.span.start;
                if line.is_lost {
                    all.push(format!("{}!{}:lost", chunk.first_record + count as u64, line.number));
                    continue;
                }
                let text = &chunk.bytes[line.span.clone()];
                assert_eq!(&input[at..at + text.len()], text, "offsets are those of the file");
                all.push(format!(
                    "{}:{}:{}",
                    chunk.first_record + count as u64,
                    line.number,
                    String::from_utf8_lossy(text).trim_end()
                ));
            }
            if let Some(damage) = chunk.damage {
                all.push(format!("{}!{damage}", chunk.first_record + chunk.lines.len() as u64));
            }
        }
        all
    }

    #[test]
    fn lines_are_the_same_for_every_chunk_size() {
        let input = b"\xef\xbb\xbf{1}\r\n\n  \t\r\n{22}\n{333}\n\n{4444444444444444}\n{5}";
        let wanted = ["1:1:{1}", "2:4:{22}", "3:5:{333}", "4:7:{4444444444444444}", "5:8:{5}"];
        for chunk in 4..60 {
            assert_eq!(lines(input, chunk, 1000), wanted, "chunks of {chunk}");
        }
    }

    #[test]
    fn a_line_too_long_is_skipped_and_said() {
        let input = [b"a\n".to_vec(), vec![b'x'; 500], b"\nb\nc\n".to_vec()].concat();
        for chunk in 4..40 {
            assert_eq!(
                lines(&input, chunk, 100),
                [
                    "1:1:a",
                    "2!line 2, byte 2: longer than 100 bytes; skipped; --max-doc-bytes raises the cap",
                    "3:3:b",
                    "4:4:c"
                ],
                "chunks of {chunk}"
            );
        }
    }

    #[test]
    fn what_came_before_a_damage_is_kept() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("bad sector"))
            }
        }
        let mut reader = Lines::new(Box::new(Cursor::new(b"a\nb\nhalf").chain(Broken)));
        let chunk = reader.next_chunk().expect("a chunk");
        assert_eq!(chunk.lines.len(), 2);
        assert_eq!(chunk.damage.as_deref(), Some("the file is damaged: bad sector"));
        assert!(reader.next_chunk().is_none());
    }

    const ROWS: Split = Split::Rows { delimiter: b',', terminator: b'\n' };

    #[test]
    fn rows_end_outside_of_quotation_marks() {
        let input = b"\xef\xbb\xbf\"a\nb\",c\r\n\nx\"y,\"\"\n5\" pipe,\"he said \"\"no\"\"\n\"\nlast,\"\n\"";
        let wanted = ["1:1:\"a\nb\",c", "2:4:x\"y,\"\"", "3:5:5\" pipe,\"he said \"\"no\"\"\n\"", "4:7:last,\"\n\""];
        for chunk in 4..80 {
            assert_eq!(records(input, ROWS, chunk, 1000), wanted, "chunks of {chunk}");
        }
    }

    #[test]
    fn a_closing_mark_stands_before_a_delimiter_or_an_end() {
        for (input, wanted) in [
            // Behind it spaces and odd carriage returns are no harm; on one line marks may lack their doubles.
            (
                &b"1,\"a\nb\" ,x\n2,\"c\n\"\r\r\n3,\"d\n\" "[..],
                &["1:1:1,\"a\nb\" ,x", "2:3:2,\"c\n\"", "3:5:3,\"d\n\""][..],
            ),
            (b"1,\"say \"no, no\" to it\",x\n2,b\n", &["1:1:1,\"say \"no, no\" to it\",x", "2:2:2,b"]),
            // The first is never closed: the marks of the others tell, and no row is swallowed.
            (b"1,\"open\n2,x\n3,\"y\"\n4,z\n", &["1!1:lost", "2:2:2,x", "3:3:3,\"y\"", "4:4:4,z"]),
            (b"1,\"say \"no\n2,\"x\"\n", &["1!1:lost", "2:2:2,\"x\""]),
            (b"1,\"a\n\"b\"\n2,x\n", &["1!1:lost", "2:2:\"b\"", "3:3:2,x"]),
        ] {
            for chunk in 4..40 {
                assert_eq!(records(input, ROWS, chunk, 1000), wanted, "chunks of {chunk}");
            }
        }
    }

    #[test]
    fn in_a_file_of_tabulators_a_mark_may_be_text() {
        const TABS: Split = Split::Rows { delimiter: b'\t', terminator: b'\n' };
        let input = b"0\t\"Open\n1\t\"Quote,\" he said\n2\t\"a\n\nb\"\tx\n3\t\"say \"\"no\"\"\n\"\n4\t\"Last\n5\tx\n";
        let wanted = [
            "1:1:0\t\"Open",
            "2:2:1\t\"Quote,\" he said",
            "3:3:2\t\"a\n\nb\"\tx",
            "4:6:3\t\"say \"\"no\"\"\n\"",
            "5:8:4\t\"Last",
            "6:9:5\tx",
        ];
        for chunk in 4..80 {
            assert_eq!(records(input, TABS, chunk, 1000), wanted, "chunks of {chunk}");
        }
        // One that is not closed is not looked for beyond the longest row.
        let long = format!("0\t\"open\n{}1\tend\n", "x\ty\n".repeat(100));
        assert_eq!(records(long.as_bytes(), TABS, 8, 64).len(), 102);
    }

    #[test]
    fn an_unclosed_mark_costs_its_row() {
        let input = b"a,b\n1,\"open\n2,fine\n3,fine\n";
        for chunk in 4..50 {
            let wanted = ["1:1:a,b", "2!2:lost", "3:3:2,fine", "4:4:3,fine"];
            assert_eq!(records(input, ROWS, chunk, 1000), wanted, "chunks of {chunk}");
        }
        // However many they are.
        let many = "\"a\nx\n".repeat(5000);
        let rows = records(many.as_bytes(), ROWS, 4000, 10_000);
        assert_eq!(rows.iter().filter(|row| row.ends_with("lost")).count(), 5000);
        assert_eq!(rows.iter().filter(|row| row.ends_with(":x")).count(), 5000);
    }

    #[test]
    fn reading_goes_on_from_where_a_chunk_ended() {
        let input: Vec<u8> =
            (0..200).flat_map(|n| format!("{n},\"x\n{}\"\n", "y".repeat(n % 37)).into_bytes()).collect();
        for split in [Split::Lines, ROWS] {
            let open = |at: LinesCursor| {
                let from = input[at.offset as usize..].to_vec();
                let mut lines = Lines::from(Box::new(Cursor::new(from)), split, at, LONGEST as u64);
                lines.chunk = 64;
                lines
            };
            let mut whole = open(LinesCursor::start(1));
            while whole.next_chunk().is_some() {
                let at = whole.next_at();
                let (mut rest, mut ahead) = (open(at), open(LinesCursor::start(1)));
                while ahead.next_at() != at {
                    ahead.next_chunk();
                }
                while let Some(chunk) = ahead.next_chunk() {
                    let same = rest.next_chunk().expect("as many chunks");
                    assert_eq!(
                        (chunk.bytes, chunk.offset, chunk.first_record),
                        (same.bytes, same.offset, same.first_record)
                    );
                }
                assert!(rest.next_chunk().is_none());
            }
        }
    }

    #[test]
    fn what_is_searched_again_is_bounded() {
        // Each is searched through to where a row is too long, until that is enough.
        let block = "\"a\n".to_owned() + &"x\n".repeat(100);
        let input = block.repeat(40).into_bytes();
        let mut lines = Lines::from(Box::new(Cursor::new(input)), ROWS, LinesCursor::start(1), 80);
        (lines.chunk, lines.budget) = (4, 500);
        let all: Vec<_> = std::iter::from_fn(|| lines.next_chunk()).flat_map(|chunk| chunk.lines).collect();
        assert_eq!((all.len(), all.iter().filter(|line| line.is_lost).count()), (40 * 101, 40));
        assert!(lines.next.reread < 500 + 4 * lines.next.offset + 2 * 120, "{}", lines.next.reread);
    }
}
