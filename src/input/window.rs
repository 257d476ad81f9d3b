//! The part of an archive that is held in memory: from where reading is to as far ahead as was looked.
//!
//! It knows where each byte comes from in the file, so that reading can be taken up there again, and it
//! finds the beginnings of records.

use std::collections::VecDeque;

use memchr::memmem;
use serde::{Deserialize, Serialize};

use super::gzip::{Break, Members, RECORD, Step};
use super::stream::Bytes;

/// What must be there of a record to tell that it is one: its first line and the next one's beginning.
const TELLING: usize = 40;

/// Data that was passed is dropped in pieces of at least this size.
const DROPPED: usize = 1 << 16;

/// Where a record begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WarcCursor {
    /// The byte of the file where its gzip member begins, or where it begins itself if the file is not
    /// compressed.
    pub(super) offset: u64,
    /// The bytes of decompressed data in the member before it.
    pub(super) inside: u64,
}

/// Why there is no more data ahead.
#[derive(Clone, Debug)]
pub(super) enum Stop {
    /// The file ended.
    End,
    /// Damage, behind which [`Window::recover`] goes on.
    Broken(Break),
}

/// The data from where reading is. Offsets are counted from there, if nothing else is said.
pub(super) struct Window {
    members: Members,
    data: Vec<u8>,
    /// Where reading is, in `data`.
    start: usize,
    /// Where that is in all data since the beginning.
    at: u64,
    /// Where members begin in all data, with their place in the file; one is at or before `at`.
    marks: VecDeque<(u64, u64)>,
    stop: Option<Stop>,
}

impl Window {
    /// `stream` gives the bytes of the file from `cursor.offset` on.
    pub(super) fn new(stream: Bytes, cursor: WarcCursor) -> Self {
        let members = Members::new(stream, cursor.offset);
        let marks = VecDeque::from([(0, cursor.offset)]);
        let mut window = Self { members, data: Vec::new(), start: 0, at: 0, marks, stop: None };
        let mut passed = 0;
        while passed < cursor.inside && window.has(1) {
            let count = (window.rest().len() as u64).min(cursor.inside - passed);
            window.advance(count as usize);
            passed += count;
        }
        window
    }

    /// Where reading is in the file.
    pub(super) fn cursor(&self) -> WarcCursor {
        let (mark, offset) = self.member(self.at);
        let inside = self.at - mark;
        if self.members.is_plain() {
            WarcCursor { offset: offset + inside, inside: 0 }
        } else {
            WarcCursor { offset, inside }
        }
    }

    /// Where the member begins that a byte is of, in the file.
    pub(super) fn member_of(&self, offset: usize) -> u64 {
        self.member(self.at + offset as u64).1
    }

    /// The last mark at or before a place in all data.
    fn member(&self, place: u64) -> (u64, u64) {
        let behind = self.marks.partition_point(|(mark, _)| *mark <= place);
        self.marks.get(behind.saturating_sub(1)).copied().unwrap_or_default()
    }

    /// Where reading is in all data: to tell how far it got.
    pub(super) fn place(&self) -> u64 {
        self.at
    }

    /// The data that is there.
    pub(super) fn rest(&self) -> &[u8] {
        &self.data[self.start..]
    }

    /// Why no more data comes, if that is known.
    pub(super) fn stop(&self) -> Option<&Stop> {
        self.stop.as_ref()
    }

    /// Goes on by `count` bytes that are there.
    pub(super) fn advance(&mut self, count: usize) {
        self.start += count;
        self.at += count as u64;
        while self.marks.get(1).is_some_and(|(mark, _)| *mark <= self.at) {
            self.marks.pop_front();
        }
    }

    /// Reads more; `false` if there is no more.
    pub(super) fn fill(&mut self) -> bool {
        if self.stop.is_some() {
            return false;
        }
        if self.start > DROPPED && self.start >= self.data.len() / 2 {
            self.data.drain(..self.start);
            self.start = 0;
        }
        match self.members.step(&mut self.data) {
            Step::Data => {}
            Step::Member(offset) => self.mark(offset),
            Step::Broken(broken) => self.stop = Some(Stop::Broken(broken)),
            Step::End => self.stop = Some(Stop::End),
        }
        self.stop.is_none()
    }

    /// Reads until `count` bytes are there; whether they are.
    pub(super) fn has(&mut self, count: usize) -> bool {
        while self.rest().len() < count && self.fill() {}
        self.rest().len() >= count
    }

    /// Passes all data up to a break and goes to what can be read behind it.
    pub(super) fn recover(&mut self, broken: &Break) {
        self.advance(self.rest().len());
        let offset = self.members.recover(broken);
        self.mark(offset);
        self.advance(0);
        self.stop = None;
    }

    /// A member begins behind the data. One without data makes way for it.
    fn mark(&mut self, offset: u64) {
        let end = self.at + self.rest().len() as u64;
        if self.marks.back().is_some_and(|(mark, _)| *mark == end) {
            self.marks.pop_back();
        }
        self.marks.push_back((end, offset));
    }

    /// Where the newest member begins, if that is ahead.
    pub(super) fn newest_member(&self) -> Option<usize> {
        let (mark, _) = self.marks.back()?;
        usize::try_from(mark.checked_sub(self.at)?).ok().filter(|ahead| *ahead > 0)
    }

    /// Whether a record begins at the byte. It need not be at the beginning of a line: the line break may be
    /// what is damaged.
    pub(super) fn is_start(&self, offset: usize) -> bool {
        is_record(&self.rest()[offset..])
    }

    /// The first record that begins between two bytes of what is there.
    pub(super) fn start_between(&self, from: usize, to: usize) -> Option<usize> {
        let searched = self.rest().get(from..to)?;
        memmem::find_iter(searched, RECORD).map(|found| from + found).find(|found| self.is_start(*found))
    }

    /// From something that is no record goes to the next record, over at most one break, which is
    /// returned; or to the end.
    pub(super) fn seek(&mut self) -> Option<Break> {
        let mut from = 1;
        loop {
            let there = self.rest().len();
            // A beginning that is not wholly there is looked at again.
            if let Some(found) = self.start_between(from.min(there), there) {
                self.advance(found);
                return None;
            }
            let passed = there.saturating_sub(TELLING);
            self.advance(passed);
            from = from.saturating_sub(passed);
            if self.fill() {
                continue;
            }
            match self.stop.clone() {
                Some(Stop::Broken(broken)) => {
                    self.recover(&broken);
                    return Some(broken);
                }
                _ => {
                    self.advance(self.rest().len());
                    return None;
                }
            }
        }
    }
}

/// Whether these are the first lines of a record: its version, and a field as all writers put it first.
fn is_record(bytes: &[u8]) -> bool {
    let bytes = &bytes[..bytes.len().min(TELLING)];
    let Some(version) = bytes.strip_prefix(RECORD) else { return false };
    let length = version.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let after = version[length..].trim_ascii_start();
    let begins = |name: &[u8]| after.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    length > 0
        && version[length..].first().is_some_and(u8::is_ascii_whitespace)
        && (begins(b"warc-") || begins(b"content-"))
}
