//! A stream of records that are lines, or rows of CSV, to chunks of whole ones.

use std::io::{Cursor, Read};
use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2};
use serde::{Deserialize, Serialize};

use super::stream::Bytes;

/// What a chunk aims at: small enough to keep every core busy on a small file, large enough that
/// handing it over costs nothing.
pub(super) const CHUNK: usize = 256 << 10;

/// The longest line that is held in memory. Far above any budget for a document: a line between the
/// two is still parsed and passed through uncut.
const LONGEST: usize = 1 << 30;

/// The longest row of CSV. A quotation mark that is never closed makes one row of all that follows.
const LONGEST_ROW: usize = 256 << 20;

/// How often in a file an unclosed quotation mark is made up for. Each time may mean going through all
/// that is left of it.
const MENDED: u32 = 8;

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
}

/// What ends a record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Split {
    /// A line feed.
    Lines,
    /// A line break outside of quotation marks, which count only at the beginning of a field: as RFC 4180 has
    /// it, and as the `csv` crate reads what is not quite so.
    Rows { delimiter: u8, terminator: u8 },
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
    /// How often an unclosed quotation mark was made up for.
    mended: u32,
}

impl LinesCursor {
    /// The beginning of a file whose first record has that number.
    pub(super) fn start(record: u64) -> Self {
        Self { offset: 0, line: 1, record, mended: 0 }
    }
}

/// Looks for the ends of records in a buffer that grows.
struct Ends {
    split: Split,
    /// Before each line break that ends a record.
    found: Vec<usize>,
    searched: usize,
    quoted: bool,
    /// The quotation mark that closed a field last: another one right after it opens the field again.
    closed: Option<usize>,
}

impl Ends {
    fn new(split: Split) -> Self {
        Self { split, found: Vec::new(), searched: 0, quoted: false, closed: None }
    }

    /// Searches what has come to `bytes`; a record begins at `start`.
    fn search(&mut self, bytes: &[u8], start: usize) {
        let mut at = self.searched.max(start);
        self.searched = bytes.len();
        let Split::Rows { delimiter, terminator } = self.split else {
            return self.found.extend(memchr_iter(b'\n', &bytes[at.min(bytes.len())..]).map(|found| at + found));
        };
        while let Some(found) = bytes.get(at..).and_then(|rest| memchr2(b'"', terminator, rest)) {
            at += found;
            if bytes[at] == terminator {
                if !self.quoted {
                    self.found.push(at);
                }
            } else if self.quoted {
                self.quoted = false;
                self.closed = Some(at);
            } else {
                let begins = at == start || bytes[at - 1] == delimiter || bytes[at - 1] == terminator;
                self.quoted = begins || self.closed.is_some_and(|closed| closed + 1 == at);
            }
            at += 1;
        }
    }
}

/// Reads lines, a chunk at a time.
pub(super) struct Lines {
    stream: Bytes,
    split: Split,
    /// The beginning of a line whose end is not read yet.
    carry: Vec<u8>,
    next: LinesCursor,
    done: bool,
    chunk: usize,
    longest: usize,
}

impl Lines {
    pub(super) fn new(stream: Bytes) -> Self {
        Self::from(stream, Split::Lines, LinesCursor::start(1))
    }

    /// Reads a stream that begins at `next` in its file.
    pub(super) fn from(stream: Bytes, split: Split, next: LinesCursor) -> Self {
        Self {
            stream,
            split,
            carry: Vec::new(),
            next,
            done: false,
            chunk: CHUNK,
            longest: if split == Split::Lines { LONGEST } else { LONGEST_ROW },
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
        let mut bytes = std::mem::take(&mut self.carry);
        let mut ends = Ends::new(self.split);
        let mut damage = None;
        let end = loop {
            let searched = bytes.len();
            // A long line is read in growing steps, not in ever more small ones.
            let step = if searched < self.chunk { self.chunk - searched } else { searched / 2 };
            bytes.reserve_exact(step);
            let read = self.stream.by_ref().take(step as u64).read_to_end(&mut bytes);
            let start = if self.next.offset == 0 && bytes.starts_with(MARK) { MARK.len() } else { 0 };
            ends.search(&bytes, start);
            let whole = ends.found.last().map_or(0, |end| end + 1);
            match read {
                Ok(count) if count < step && ends.quoted => return self.mend(bytes, ends.found, whole),
                Ok(count) if count < step => {
                    self.done = true;
                    if whole < bytes.len() {
                        ends.found.push(bytes.len());
                    }
                    break bytes.len();
                }
                Ok(_) => {}
                Err(error) => {
                    self.done = true;
                    damage = Some(format!("the file is damaged: {error}"));
                    // What stands after the last line break may be half a line.
                    break whole;
                }
            }
            if whole > 0 {
                break whole;
            }
            if bytes.len() > self.longest {
                let is_mended = ends.quoted && memchr(self.split.terminator(), &bytes).is_some();
                return if is_mended { self.mend(bytes, ends.found, whole) } else { self.give_up_line(bytes) };
            }
        };
        self.carry = bytes[end..].to_vec();
        bytes.truncate(end);
        self.chunk_of(bytes, &ends.found, damage)
    }

    /// The lines that end at `ends`.
    fn chunk_of(&mut self, bytes: Vec<u8>, ends: &[usize], damage: Option<String>) -> LineChunk {
        let mut chunk =
            LineChunk { offset: self.next.offset, first_record: self.next.record, damage, ..LineChunk::default() };
        let mut start = if self.next.offset == 0 && bytes.starts_with(MARK) { MARK.len() } else { 0 };
        let terminator = self.split.terminator();
        for &end in ends {
            let line = bytes.get(start..end).unwrap_or_default();
            if !line.trim_ascii_start().is_empty() {
                chunk.lines.push(Line { span: start..end, number: self.next.line });
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

    /// Gives the rows before the one whose quotation mark is never closed, and says so of that one. Reading goes on with
    /// the line after the one in which it begins: the rows that it has swallowed are most likely sound.
    fn mend(&mut self, mut bytes: Vec<u8>, ends: Vec<usize>, whole: usize) -> LineChunk {
        let row = bytes.split_off(whole);
        let mut chunk = self.chunk_of(bytes, &ends, None);
        let (line, byte) = (self.next.line, self.next.offset);
        self.next.mended += 1;
        let is_last = self.next.mended > MENDED;
        let goes_on = memchr(self.split.terminator(), &row).filter(|_| !is_last);
        let rest = goes_on.map_or(row.len(), |end| end + 1);
        let then = if is_last {
            "the rest of the file is not read"
        } else {
            "the row is lost, and reading goes on after its first line"
        };
        chunk.damage = Some(format!("line {line}, byte {byte}: a quotation mark is opened and never closed; {then}"));
        self.next.line += 1;
        self.next.record += 1;
        self.next.offset += rest as u64;
        match goes_on {
            Some(_) => {
                let ahead = Cursor::new(row[rest..].to_vec());
                let stream = std::mem::replace(&mut self.stream, Box::new(std::io::empty()));
                self.stream = Box::new(ahead.chain(stream));
            }
            None => self.done = true,
        }
        chunk
    }

    /// Skips a line that is too long to be held and reports it. The lines after it are read on.
    fn give_up_line(&mut self, mut bytes: Vec<u8>) -> LineChunk {
        let reason =
            format!("line {}, byte {}: longer than {} bytes; skipped", self.next.line, self.next.offset, self.longest);
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
                self.carry = bytes.split_off(at + 1);
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
    use std::io;

    use super::*;

    fn lines(input: &[u8], chunk: usize, longest: usize) -> Vec<String> {
        records(input, Split::Lines, chunk, longest)
    }

    fn records(input: &[u8], split: Split, chunk: usize, longest: usize) -> Vec<String> {
        let mut reader = Lines::from(Box::new(Cursor::new(input.to_vec())), split, LinesCursor::start(1));
        (reader.chunk, reader.longest) = (chunk, longest);
        let mut all = Vec::new();
        while let Some(chunk) = reader.next_chunk() {
            for (count, line) in chunk.lines.iter().enumerate() {
                let at = chunk.offset as usize + line.span.start;
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
                ["1:1:a", "2!line 2, byte 2: longer than 100 bytes; skipped", "3:3:b", "4:4:c"],
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
    fn an_unclosed_mark_costs_its_row() {
        let input = b"a,b\n1,\"open\n2,fine\n3,fine\n";
        for chunk in 4..50 {
            let rows = records(input, ROWS, chunk, 1000);
            let said = "2!line 2, byte 4: a quotation mark is opened and never closed; the row is lost, and reading goes on \
                        after its first line";
            assert_eq!(rows, ["1:1:a,b", said, "3:3:2,fine", "4:4:3,fine"], "chunks of {chunk}");
        }
    }

    #[test]
    fn reading_goes_on_from_where_a_chunk_ended() {
        let input: Vec<u8> =
            (0..200).flat_map(|n| format!("{n},\"x\n{}\"\n", "y".repeat(n % 37)).into_bytes()).collect();
        for split in [Split::Lines, ROWS] {
            let open = |at: LinesCursor| {
                let from = input[at.offset as usize..].to_vec();
                let mut lines = Lines::from(Box::new(Cursor::new(from)), split, at);
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
    fn marks_that_are_never_closed_end_the_file_at_last() {
        let block = "\"a\n".to_owned() + &"x\n".repeat(10);
        let rows = records(block.repeat(12).as_bytes(), ROWS, 4, 8);
        let said: Vec<_> = rows.iter().filter(|row| row.contains("never closed")).collect();
        assert_eq!(said.len(), 9, "{rows:?}");
        assert!(
            said[7].contains("reading goes on") && said[8].contains("the rest of the file is not read"),
            "{rows:?}"
        );
        assert_eq!(rows.iter().filter(|row| row.ends_with(":x")).count(), 80, "{rows:?}");
    }
}
