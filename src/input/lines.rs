//! A stream of JSONL to chunks of whole lines.

use std::io::Read;
use std::ops::Range;

use memchr::{memchr, memchr_iter, memrchr};

use super::stream::Bytes;

/// What a chunk aims at: small enough to keep every core busy on a small file, large enough that
/// handing it over costs nothing.
pub(super) const CHUNK: usize = 256 << 10;

/// The longest line that is held in memory. Far above any budget for a document: a line between the
/// two is still parsed and passed through uncut.
const LONGEST: usize = 1 << 30;

/// Whole lines, in one buffer.
#[derive(Debug, Default)]
pub(super) struct LineChunk {
    pub(super) bytes: Vec<u8>,
    pub(super) lines: Vec<Line>,
    /// Where the buffer begins in the (decompressed) file.
    pub(super) offset: u64,
    /// The number of the first line's record, from 1.
    pub(super) first_record: u64,
    /// Why reading ended before its time.
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

/// Reads lines, a chunk at a time.
pub(super) struct Lines {
    stream: Bytes,
    /// The beginning of a line whose end is not read yet.
    carry: Vec<u8>,
    offset: u64,
    next_line: u64,
    next_record: u64,
    done: bool,
    chunk: usize,
    longest: usize,
}

impl Lines {
    pub(super) fn new(stream: Bytes) -> Self {
        Self {
            stream,
            carry: Vec::new(),
            offset: 0,
            next_line: 1,
            next_record: 1,
            done: false,
            chunk: CHUNK,
            longest: LONGEST,
        }
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
        let mut damage = None;
        let end = loop {
            let searched = bytes.len();
            // A long line is read in growing steps, not in ever more small ones.
            let step = if searched < self.chunk { self.chunk - searched } else { searched / 2 };
            bytes.reserve_exact(step);
            match self.stream.by_ref().take(step as u64).read_to_end(&mut bytes) {
                Ok(count) if count < step => {
                    self.done = true;
                    break bytes.len();
                }
                Ok(_) => {}
                Err(error) => {
                    self.done = true;
                    damage = Some(format!("the file is damaged: {error}"));
                    // What stands after the last line break may be half a line.
                    break memrchr(b'\n', &bytes).map_or(0, |at| at + 1);
                }
            }
            if let Some(at) = memrchr(b'\n', &bytes[searched..]) {
                break searched + at + 1;
            }
            if bytes.len() > self.longest {
                return self.give_up_line(bytes);
            }
        };
        self.carry = bytes[end..].to_vec();
        bytes.truncate(end);
        self.split(bytes, damage)
    }

    fn split(&mut self, bytes: Vec<u8>, damage: Option<String>) -> LineChunk {
        let mut chunk =
            LineChunk { offset: self.offset, first_record: self.next_record, damage, ..LineChunk::default() };
        let mut start = if self.offset == 0 && bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let ends = memchr_iter(b'\n', &bytes).chain((bytes.last() != Some(&b'\n')).then_some(bytes.len()));
        for end in ends {
            if start < end && !bytes[start..end].trim_ascii_start().is_empty() {
                chunk.lines.push(Line { span: start..end, number: self.next_line });
            }
            self.next_line += 1;
            start = end + 1;
        }
        self.next_record += chunk.lines.len() as u64;
        self.offset += bytes.len() as u64;
        chunk.bytes = bytes;
        chunk
    }

    /// Skips a line that is too long to be held and reports it. The lines after it are read on.
    fn give_up_line(&mut self, mut bytes: Vec<u8>) -> LineChunk {
        let reason =
            format!("line {}, byte {}: longer than {} bytes; skipped", self.next_line, self.offset, self.longest);
        let chunk = LineChunk {
            offset: self.offset,
            first_record: self.next_record,
            damage: Some(reason),
            ..LineChunk::default()
        };
        self.next_line += 1;
        self.next_record += 1;
        self.offset += bytes.len() as u64;
        loop {
            bytes = Vec::new();
            let read = self.stream.by_ref().take(self.chunk as u64).read_to_end(&mut bytes);
            if let Some(at) = memchr(b'\n', &bytes) {
                self.offset += at as u64 + 1;
                self.carry = bytes.split_off(at + 1);
                break;
            }
            self.offset += bytes.len() as u64;
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
        let mut reader = Lines::new(Box::new(Cursor::new(input.to_vec())));
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
}
