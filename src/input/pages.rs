//! The pages of a Parquet file, kept off where they are too large to be held.
//!
//! A page is decompressed as a whole, into as many bytes as its header says: some kilobytes can be gigabytes, and the footer
//! need not tell. So the header is looked at before the decoder sees it. A large page need not be a bomb: many writers
//! put a thousand rows into one, however long they are. Such a page is large in the file, too.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use bytes::Bytes;
use parquet::errors::Result;
use parquet::file::reader::{ChunkReader, Length};

/// How many times as large as in the file a page over the cap may become. Web pages shrink to a seventh or so, what is
/// made to burst memory to a thousandth or less.
const MOST_TIMES: u64 = 100;

/// A file of which no page is read that is more than `most` bytes without being large in the file.
pub(super) struct Pages {
    pub(super) file: File,
    pub(super) most: u64,
}

impl Length for Pages {
    fn len(&self) -> u64 {
        Length::len(&self.file)
    }
}

impl ChunkReader for Pages {
    type T = Header;

    /// The decoder reads headers of pages so, and nothing else.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(Header { reader: self.file.get_read(start)?, most: Some(self.most) })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        self.file.get_bytes(start, length)
    }
}

/// The header of a page, looked at before it is read.
pub(super) struct Header {
    reader: BufReader<File>,
    /// The cap, until the page is known to keep to it.
    most: Option<u64>,
}

impl Read for Header {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(most) = self.most.take() {
            let Some((size, compressed)) = sizes(self.reader.fill_buf()?) else {
                return Err(io::Error::other("the header of a page makes no sense"));
            };
            if size > most && size > MOST_TIMES * compressed {
                let words = format!("a page of {size} bytes, more than {most}; --max-doc-bytes raises the cap");
                return Err(io::Error::other(words));
            }
        }
        self.reader.read(buffer)
    }
}

/// What the header of a page says of its size when decompressed and in the file: its second and third field, in Thrift's
/// compact protocol. The first is the type of the page; all are 32 bits wide.
fn sizes(header: &[u8]) -> Option<(u64, u64)> {
    const NEXT_IS_I32: u8 = 0x15;
    let mut rest = header;
    let mut number = || {
        let (&kind, after) = rest.split_first()?;
        let length = after.iter().take(5).position(|byte| byte & 0x80 == 0)? + 1;
        let bits = after[..length].iter().rev().fold(0_u64, |bits, byte| bits << 7 | u64::from(byte & 0x7f));
        rest = &after[length..];
        // Even numbers are positive, and there is no page of a negative size.
        (kind == NEXT_IS_I32 && bits & 1 == 0).then_some(bits >> 1)
    };
    number()?;
    Some((number()?, number()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sizes_are_those_of_the_header() {
        assert_eq!(sizes(&[0x15, 0, 0x15, 0x80, 0x01, 0x15, 6, 0x1c]), Some((64, 3)));
        let largest = [0x15, 4, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 0];
        assert_eq!(sizes(&largest), Some((0x7fff_ffff, 0)));
        for header in [&[0x15, 0, 0x15, 0x01, 0x15, 0][..], &[0x05, 2, 0, 0x15, 0], &[0x15], &[0x15, 0, 0x15, 0x80]] {
            assert_eq!(sizes(header), None, "{header:?}");
        }
    }
}
