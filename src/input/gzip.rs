//! A file's bytes with its gzip members told apart, for archives in which each record is a member.
//!
//! A decoder that treats the whole file as one stream ends at the first damage. Here the members are
//! framed by our own hand: where each begins is known, and behind a damaged one the next is looked for in
//! the raw bytes. A file that is not compressed goes through as it is.

use std::io::Read;

use flate2::{Crc, Decompress, FlushDecompress, Status};
use memchr::{memchr, memmem};

use super::stream::Bytes;

/// What is read from the stream at once.
const READ: usize = 64 << 10;

/// What is decompressed at once.
const INFLATED: usize = 32 << 10;

/// The longest header of a member: its extra field alone may have 64 KB.
const LONGEST_HEADER: usize = 80 << 10;

/// How far back the search for the next member goes. A decoder may run on over the end of a damaged
/// member before it notices, seldom for more than a few bytes.
const HISTORY: usize = 1 << 20;

/// What may be read again for nothing, and how often the file on top of it: a file made of
/// members inside of members must not cost a megabyte for each.
const REREAD: u64 = 64 << 20;
const REREAD_SHARE: u64 = 4;

/// Of a member that may begin here, the bytes that must show it, half of them its header's: garbage
/// may have magic bytes everywhere.
const PROBED: usize = 1 << 10;

/// How a record begins, and so the first data of a member that is found by search.
pub(super) const RECORD: &[u8] = b"WARC/";

/// What came of one step of reading.
#[derive(Debug)]
pub(super) enum Step {
    /// Data was added.
    Data,
    /// A member begins at this byte of the file; no data was added.
    Member(u64),
    /// The member is damaged: [`Members::recover`] must be called before the next step.
    Broken(Break),
    /// The file ended.
    End,
}

/// What is wrong with a member.
#[derive(Clone, Debug)]
pub(super) struct Break {
    /// Where the member begins in the file; of a file that is not compressed, where reading failed.
    pub(super) member: u64,
    /// What is wrong, in words.
    pub(super) reason: String,
    /// Whether data is only missing. Else what came before may be wrong, too.
    pub(super) cut: bool,
}

/// Reads a file member by member.
pub(super) struct Members {
    raw: Raw,
    /// `None` for a file that is not compressed.
    inflate: Option<Decompress>,
    member: Option<Member>,
    scratch: Vec<u8>,
    /// How many bytes were gone back in all.
    reread: u64,
}

/// The member that is being read.
struct Member {
    offset: u64,
    crc: Crc,
    /// Its data is all there; its checksum is to be read.
    ended: bool,
}

impl Members {
    /// `stream` gives the bytes of the file from `offset` on, where a member begins; or a record, if the
    /// file is not compressed.
    pub(super) fn new(stream: Bytes, offset: u64) -> Self {
        let mut raw = Raw { stream, bytes: Vec::new(), at: 0, base: offset, done: false, error: None };
        let head = raw.want(READ);
        // A damaged file is still told by its first record. In the middle only a member begins with the
        // magic bytes, for that is where reading left off.
        let plain = !head.starts_with(&[0x1f, 0x8b]) && (offset > 0 || memmem::find(head, RECORD).is_some());
        let inflate = (!plain).then(|| Decompress::new(false));
        Self { raw, inflate, member: None, scratch: vec![0; INFLATED], reread: 0 }
    }

    /// Whether the file is not compressed: then data and file have the same offsets.
    pub(super) fn is_plain(&self) -> bool {
        self.inflate.is_none()
    }

    /// Reads on, adding to `data`.
    pub(super) fn step(&mut self, data: &mut Vec<u8>) -> Step {
        let Some(inflate) = &mut self.inflate else { return self.raw.step(data) };
        loop {
            let Some(member) = &mut self.member else {
                while self.raw.want(1).first() == Some(&0) {
                    self.raw.at += 1;
                }
                let offset = self.raw.offset();
                if self.raw.want(1).is_empty() {
                    return self.raw.end();
                }
                let length = match header(self.raw.want(18)) {
                    Header::Incomplete => header(self.raw.want(LONGEST_HEADER)),
                    known => known,
                };
                let (reason, cut) = match length {
                    Header::Whole(length) => {
                        self.raw.at += length;
                        inflate.reset(false);
                        self.member = Some(Member { offset, crc: Crc::new(), ended: false });
                        return Step::Member(offset);
                    }
                    Header::Incomplete => ("the file ends in the header of a gzip member", true),
                    Header::Bad => ("no gzip member where one should begin", false),
                };
                return self.raw.broken(offset, reason, cut);
            };
            if member.ended {
                let (offset, trailer) = (member.offset, self.raw.want(8));
                let Some((sums, _)) = trailer.split_first_chunk::<8>() else {
                    return self.raw.broken(offset, "the file ends before the gzip member's checksum", true);
                };
                let wanted = [member.crc.sum().to_le_bytes(), member.crc.amount().to_le_bytes()].concat();
                let matches = sums[..] == wanted[..];
                self.raw.at += 8;
                self.member = None;
                if matches {
                    continue;
                }
                return self.raw.broken(offset, "the checksum of the gzip member does not match its data", false);
            }
            let (input, offset) = (self.raw.want(1), member.offset);
            if input.is_empty() {
                return self.raw.broken(offset, "the file ends within a gzip member", true);
            }
            let (before_in, before_out) = (inflate.total_in(), inflate.total_out());
            let status = inflate.decompress(input, &mut self.scratch, FlushDecompress::None);
            let used = (inflate.total_in() - before_in) as usize;
            let made = (inflate.total_out() - before_out) as usize;
            self.raw.at += used;
            match status {
                Ok(Status::StreamEnd) => member.ended = true,
                Ok(_) if used > 0 || made > 0 => {}
                // Whole input, no progress: more is needed.
                Ok(_) if self.raw.fill() => {}
                Ok(_) => return self.raw.broken(offset, "the file ends within a gzip member", true),
                Err(_) => return self.raw.broken(offset, "the compressed data of the gzip member is damaged", false),
            }
            if made > 0 {
                member.crc.update(&self.scratch[..made]);
                data.extend_from_slice(&self.scratch[..made]);
                return Step::Data;
            }
        }
    }

    /// Behind a break, goes to the next member that begins with a record, or to the end of the file; gives
    /// where that is.
    pub(super) fn recover(&mut self, broken: &Break) -> u64 {
        let Some(inflate) = &mut self.inflate else { return self.raw.offset() };
        self.member = None;
        let here = self.raw.offset();
        let oldest = self.raw.base.max(here.saturating_sub(HISTORY as u64));
        let back = here.saturating_sub(oldest.max(broken.member + 1));
        if self.reread + back <= REREAD + REREAD_SHARE * here {
            self.reread += back;
            self.raw.at -= back as usize;
        }
        loop {
            let Some(found) = memchr(0x1f, self.raw.rest()) else {
                self.raw.at = self.raw.bytes.len();
                if self.raw.fill() {
                    continue;
                }
                return self.raw.offset();
            };
            self.raw.at += found;
            if begins_with_record(&mut self.raw, inflate) {
                return self.raw.offset();
            }
            self.raw.at += 1;
        }
    }
}

/// Whether a member begins here that begins with a record.
fn begins_with_record(raw: &mut Raw, inflate: &mut Decompress) -> bool {
    if !raw.want(4).starts_with(&[0x1f, 0x8b, 8]) {
        return false;
    }
    let ahead = raw.want(2 * PROBED);
    let ahead = &ahead[..ahead.len().min(2 * PROBED)];
    let Header::Whole(length) = header(ahead) else { return false };
    let input = &ahead[length..];
    let mut output = [0; 16];
    inflate.reset(false);
    // An error after the first bytes is for the reading proper to find.
    let _ = inflate.decompress(input, &mut output, FlushDecompress::None);
    output.starts_with(RECORD)
}

/// What the first bytes are of a member.
enum Header {
    /// A header of so many bytes.
    Whole(usize),
    /// The beginning of one.
    Incomplete,
    /// Something else.
    Bad,
}

/// The header of a member (RFC 1952).
fn header(bytes: &[u8]) -> Header {
    const CHECKED: u8 = 2;
    const EXTRA: u8 = 4;
    const NAMED: u8 = 8;
    const COMMENTED: u8 = 16;
    let magic = [0x1f, 0x8b, 8];
    if bytes.iter().zip(magic).any(|(byte, wanted)| *byte != wanted) {
        return Header::Bad;
    }
    let Some(&flags) = bytes.get(3) else { return Header::Incomplete };
    if flags & 0xe0 != 0 {
        return Header::Bad;
    }
    let mut at = 10;
    if flags & EXTRA != 0 {
        let (Some(low), Some(high)) = (bytes.get(at), bytes.get(at + 1)) else { return Header::Incomplete };
        at += 2 + usize::from(u16::from_le_bytes([*low, *high]));
    }
    for flag in [NAMED, COMMENTED] {
        if flags & flag != 0 {
            let Some(end) = bytes.get(at..).and_then(|rest| memchr(0, rest)) else {
                return if bytes.len() >= LONGEST_HEADER { Header::Bad } else { Header::Incomplete };
            };
            at += end + 1;
        }
    }
    at += if flags & CHECKED != 0 { 2 } else { 0 };
    if at <= bytes.len() { Header::Whole(at) } else { Header::Incomplete }
}

/// The bytes of the file as they are, and a few of those that were read before.
struct Raw {
    stream: Bytes,
    bytes: Vec<u8>,
    /// Where reading is, in `bytes`.
    at: usize,
    /// Where `bytes` begin in the file.
    base: u64,
    /// Nothing more comes.
    done: bool,
    /// Why nothing more comes, until it is said.
    error: Option<String>,
}

impl Raw {
    fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    /// Reads on until `count` bytes are there or the file ends; gives what is there.
    fn want(&mut self, count: usize) -> &[u8] {
        while self.rest().len() < count && self.fill() {}
        self.rest()
    }

    /// Reads on; `false` at the end of the file.
    fn fill(&mut self) -> bool {
        if self.done {
            return false;
        }
        if self.at > 2 * HISTORY {
            self.base += (self.at - HISTORY) as u64;
            self.bytes.drain(..self.at - HISTORY);
            self.at = HISTORY;
        }
        let before = self.bytes.len();
        if let Err(error) = self.stream.by_ref().take(READ as u64).read_to_end(&mut self.bytes) {
            self.error = Some(format!("reading failed: {error}"));
        }
        // Less than was asked for is the end.
        self.done = self.error.is_some() || self.bytes.len() - before < READ;
        self.bytes.len() > before
    }

    /// A step in a file that is not compressed.
    fn step(&mut self, data: &mut Vec<u8>) -> Step {
        if self.want(1).is_empty() {
            return self.end();
        }
        data.extend_from_slice(self.rest());
        self.at = self.bytes.len();
        Step::Data
    }

    /// The end of the file, or what kept it from being reached.
    fn end(&mut self) -> Step {
        match self.error.take() {
            Some(reason) => Step::Broken(Break { member: self.offset(), reason, cut: true }),
            None => Step::End,
        }
    }

    /// A break; where reading failed, that is the reason for it.
    fn broken(&mut self, member: u64, reason: &str, cut: bool) -> Step {
        let error = if cut { self.error.take() } else { None };
        Step::Broken(Break { member, reason: error.unwrap_or_else(|| reason.to_owned()), cut })
    }
}
