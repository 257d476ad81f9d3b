//! The pages of a Parquet file, kept off where they are too large to be held.
//!
//! A page is decompressed as a whole, into as many bytes as its header says: some kilobytes can be gigabytes, and the footer
//! need not tell. So the header is looked at before the decoder sees it. A value is never in two pages, so that this is a
//! cap for values, too.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use bytes::Bytes;
use parquet::errors::Result;
use parquet::file::reader::{ChunkReader, Length};

/// A file of which no page of more than `most` bytes is read.
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
    /// The size that the page may have, until that is known.
    most: Option<u64>,
}

impl Read for Header {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(most) = self.most.take() {
            match size(self.reader.fill_buf()?) {
                Some(size) if size <= most => {}
                Some(size) => {
                    let words = format!("a page of {size} bytes, more than {most}; --max-doc-bytes raises the cap");
                    return Err(io::Error::other(words));
                }
                None => return Err(io::Error::other("the header of a page makes no sense")),
            }
        }
        self.reader.read(buffer)
    }
}

/// What the header of a page says of its size when decompressed: its second field, in Thrift's compact protocol. The first
/// is the type of the page; both are 32 bits wide.
fn size(header: &[u8]) -> Option<u64> {
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
    number()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_that_of_the_header() {
        assert_eq!(size(&[0x15, 0, 0x15, 0x80, 0x01, 0x15]), Some(64));
        assert_eq!(size(&[0x15, 4, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f]), Some(0x7fff_ffff));
        for header in [&[0x15, 0, 0x15, 0x01][..], &[0x05, 2, 0, 0x15, 0], &[0x15], &[0x15, 0, 0x15, 0x80]] {
            assert_eq!(size(header), None, "{header:?}");
        }
    }
}
