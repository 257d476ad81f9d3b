//! Opening a file or stream and taking off its compression.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;

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

pub(super) struct Metered<R> {
    inner: R,
    meter: Meter,
}

/// A stream whose bytes are counted.
pub(super) fn metered<R: Read>(inner: R, meter: &Meter) -> Metered<R> {
    Metered { inner, meter: meter.clone() }
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

/// A file's bytes, decompressed, for who reads back what was written.
pub(crate) fn decompressed(path: &Path) -> io::Result<impl Read + Send + use<>> {
    open(path, &Meter::default())
}

/// How many bytes tell a compression.
pub(super) const MAGIC: u64 = 10;

/// How a stream is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
    Bzip2,
}

/// The compression told by the first bytes: a name may lie, they do not.
pub(super) fn compression(head: &[u8]) -> Option<Compression> {
    match head {
        [0x1f, 0x8b, ..] => Some(Compression::Gzip),
        // A frame, or a skippable frame before it.
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Compression::Zstd),
        [first, 0x2a, 0x4d, 0x18, ..] if first & 0xf0 == 0x50 => Some(Compression::Zstd),
        // The level, and the beginning of a block or, of nothing, of the end.
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, ..] | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, ..] => {
            Some(Compression::Bzip2)
        }
        _ => None,
    }
}

/// Takes the compression off a stream.
pub(super) fn decompress(raw: impl Read + Send + 'static, meter: &Meter) -> io::Result<Bytes> {
    let mut raw = metered(raw, meter);
    let head = peek(&mut raw, MAGIC)?;
    let compression = compression(&head);
    let whole = Cursor::new(head).chain(raw);
    Ok(match compression {
        Some(Compression::Gzip) => Box::new(MultiGzDecoder::new(BufReader::with_capacity(128 << 10, whole))),
        Some(Compression::Zstd) => Box::new(Zstd(zstd::stream::read::Decoder::new(whole)?)),
        Some(Compression::Bzip2) => Box::new(MultiBzDecoder::new(BufReader::with_capacity(128 << 10, whole))),
        None => Box::new(whole),
    })
}

/// A zstd stream whose errors say what to do.
struct Zstd<R: Read>(zstd::stream::read::Decoder<'static, BufReader<R>>);

impl<R: Read> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.to_string() {
            text if text.contains("too much memory") => io::Error::other(
                "compressed by zstd with a window of more than 128 MiB; compress it anew, as by `zstd -d --long=31` and `zstd`",
            ),
            _ => error,
        })
    }
}

/// Passes over the next `count` bytes.
///
/// # Errors
/// Those of the stream, and when it ends before.
pub(super) fn skip(stream: &mut impl Read, count: u64) -> io::Result<()> {
    let skipped = io::copy(&mut stream.take(count), &mut io::sink())?;
    if skipped < count {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            format!("it ends {} bytes too early", count - skipped),
        ));
    }
    Ok(())
}

/// The first `count` bytes, or all if there are fewer.
pub(super) fn peek(reader: &mut impl Read, count: u64) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    reader.take(count).read_to_end(&mut head)?;
    Ok(head)
}

/// A stream in a temporary file, to be read at any place.
///
/// # Errors
/// Those of the stream and the file, and when there are more than `most` bytes.
pub(super) fn spooled(stream: &mut impl Read, most: u64) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    let copied = io::copy(&mut stream.take(most.saturating_add(1)), &mut file)?;
    if copied > most {
        return Err(too_large_to_copy(most));
    }
    file.rewind()?;
    Ok(file)
}

/// Of what does not fit into a temporary file of `most` bytes.
pub(super) fn too_large_to_copy(most: u64) -> io::Error {
    let words = format!(
        "more than {most} bytes, which are not copied to a temporary file; decompress or unpack it first, or raise the \
         cap by --max-doc-bytes"
    );
    io::Error::other(words)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_too_large_says_what_to_do() {
        // A frame of one byte whose window is 2^28 bytes.
        let frame = [0x28, 0xb5, 0x2f, 0xfd, 0, 18 << 3, 0x09, 0, 0, b'x'];
        let read = |frame: [u8; 10]| {
            let mut stream = decompress(Cursor::new(frame), &Meter::default()).expect("a stream");
            io::read_to_string(&mut stream).map_err(|error| error.to_string())
        };
        assert!(read(frame).is_err_and(|error| error.contains("128 MiB") && error.contains("--long=31")));
        let mut small = frame;
        small[5] = 0;
        assert_eq!(read(small), Ok("x".to_owned()));
    }
}
