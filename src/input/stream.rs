//! Opening a file or stream and taking off its compression.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use super::lines::Lines;
use crate::Error;

/// A stream of bytes that can be handed to another thread.
pub(super) type Bytes = Box<dyn Read + Send>;

/// Counts the bytes taken from disk or stream, before decompression: what an honest estimate of the
/// time left goes by.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<AtomicU64>);

impl Meter {
    /// Bytes read so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

struct Metered<R> {
    inner: R,
    meter: Meter,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.meter.add(count as u64);
        Ok(count)
    }
}

/// Opens a file, decompressed.
pub(super) fn open(path: &Path, meter: &Meter) -> io::Result<Bytes> {
    decompress(File::open(path)?, meter)
}

/// Takes the compression off a stream, told by its first bytes: a name may lie, they do not.
pub(super) fn decompress(raw: impl Read + Send + 'static, meter: &Meter) -> io::Result<Bytes> {
    let mut raw = Metered { inner: raw, meter: meter.clone() };
    let head = peek(&mut raw, 4)?;
    let gzip = head.starts_with(&[0x1f, 0x8b]);
    // A frame, or a skippable frame before it.
    let zstd = head == [0x28, 0xb5, 0x2f, 0xfd]
        || (head.len() == 4 && head[0] & 0xf0 == 0x50 && head[1..] == [0x2a, 0x4d, 0x18]);
    let whole = Cursor::new(head).chain(raw);
    Ok(if gzip {
        Box::new(MultiGzDecoder::new(BufReader::with_capacity(128 << 10, whole)))
    } else if zstd {
        Box::new(zstd::stream::read::Decoder::new(whole)?)
    } else {
        Box::new(whole)
    })
}

/// The first `count` bytes, or all if there are fewer.
pub(super) fn peek(reader: &mut impl Read, count: u64) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    reader.take(count).read_to_end(&mut head)?;
    Ok(head)
}

/// Standard input. Not `StdinLock`: that one cannot go to another thread.
pub(super) fn stdin() -> impl Read + Send + 'static {
    struct Stdin(io::Stdin);
    impl Read for Stdin {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(buffer)
        }
    }
    Stdin(io::stdin())
}

/// The non-blank lines of a file with their numbers from 1; the file may be compressed, and `-` is
/// standard input. For what reads back the records of a run.
///
/// # Errors
/// When the file cannot be opened; an item is an error when reading goes wrong in the middle.
pub fn open_lines(path: &Path) -> Result<impl Iterator<Item = Result<(u64, Vec<u8>), Error>> + use<'_>, Error> {
    let meter = Meter::default();
    let opened = if path == Path::new("-") { decompress(stdin(), &meter) } else { open(path, &meter) };
    let mut lines = Lines::new(opened.map_err(|cause| Error::io("cannot read", path, cause))?);
    Ok(std::iter::from_fn(move || lines.next_chunk()).flat_map(move |chunk| {
        let damage = chunk.damage.map(|damage| Err(Error::io("cannot read", path, io::Error::other(damage))));
        let line = |line: &super::lines::Line| Ok((line.number, chunk.bytes[line.span.clone()].to_vec()));
        chunk.lines.iter().map(line).chain(damage).collect::<Vec<_>>()
    }))
}
