//! What a page was wrapped in on its way, taken off again: chunks and compression.
//!
//! Archives often hold a page unwrapped under the headers of the wrapped one. So headers are not believed:
//! what does not come off is taken as it is.

use std::io::{ErrorKind, Read};

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use memchr::memchr;

use super::format::{self, Format};

/// A page in more layers of compression than this is a trap.
const MOST_LAYERS: usize = 8;

/// Small, so that an error near the end of the data is told from one before it.
const BROTLI_BUFFER: usize = 256;

/// What of the bytes is looked at to tell that they are a page already.
const SAMPLED: usize = 4096;

/// Joins the chunks of a body with `Transfer-Encoding: chunked`. A body that does not begin with a chunk
/// is given as it is; what follows a damaged chunk is given as it is, too; of one that is cut off, what
/// is there.
pub(super) fn dechunk(body: &[u8]) -> Vec<u8> {
    let (mut joined, mut rest) = (Vec::new(), body);
    let mut is_first = true;
    while !rest.is_empty() {
        let Some((size, data)) = chunk_size(rest) else {
            let is_cut_size = !is_first && rest.len() < 9 && rest.iter().all(|byte| byte.is_ascii_hexdigit());
            rest = if is_cut_size { b"" } else { rest };
            break;
        };
        if size == 0 {
            // What follows are trailers.
            return joined;
        }
        let taken = size.min(data.len());
        let after = &data[taken..];
        let next = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n"));
        if next.is_none() && !after.is_empty() && after != b"\r" && is_first {
            break;
        }
        joined.extend_from_slice(&data[..taken]);
        rest = next.unwrap_or(if after == b"\r" { b"" } else { after });
        is_first = false;
    }
    joined.extend_from_slice(rest);
    joined
}

/// The size that a chunk begins with, and what follows the size's line.
fn chunk_size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    const LONGEST: usize = 1024;
    let end = memchr(b'\n', &bytes[..bytes.len().min(LONGEST)])?;
    let line = bytes[..end].split(|byte| *byte == b';').next()?.trim_ascii();
    let size = usize::from_str_radix(std::str::from_utf8(line).ok()?, 16).ok();
    // `from_str_radix` would take a sign.
    Some((size.filter(|_| line.first() != Some(&b'+'))?, &bytes[end + 1..]))
}

/// Undoes `Content-Encoding`: `encodings` are the names in the order in which they were applied. Of data
/// that is damaged in its middle gives what is there.
///
/// # Errors
/// When it would be more than `limit` bytes, or there are too many layers; the reason in words.
pub(super) fn decompress(mut body: Vec<u8>, encodings: &[String], limit: u64) -> Result<Vec<u8>, String> {
    if encodings.len() > MOST_LAYERS {
        return Err(format!("more than {MOST_LAYERS} layers of compression"));
    }
    for encoding in encodings.iter().rev() {
        let sample = &body[..body.len().min(SAMPLED)];
        if format::by_content(sample, false) == Ok(Format::Html) {
            break;
        }
        let decoded = match encoding.as_str() {
            "gzip" | "x-gzip" => read(MultiGzDecoder::new(&body[..]), limit)?.of_marked(),
            "deflate" => match read(ZlibDecoder::new(&body[..]), limit)?.of_marked() {
                Some(decoded) => Some(decoded),
                None => {
                    let decoded = read(DeflateDecoder::new(&body[..]), limit)?;
                    let missing = decoded.error == Some(ErrorKind::UnexpectedEof);
                    decoded.of_unmarked(missing)
                }
            },
            "br" => {
                let mut ahead = &body[..];
                let decoded = read(brotli_decompressor::Decompressor::new(&mut ahead, BROTLI_BUFFER), limit)?;
                // This decoder has one error for the wrong and the missing: the missing is at the end.
                decoded.of_unmarked(ahead.is_empty() && body.len() > 2 * BROTLI_BUFFER)
            }
            "zstd" => match zstd::stream::read::Decoder::new(&body[..]) {
                Ok(decoder) => read(decoder, limit)?.of_marked(),
                Err(_) => None,
            },
            _ => None,
        };
        body = decoded.unwrap_or(body);
    }
    Ok(body)
}

/// What a decoder gave.
struct Decoded {
    data: Vec<u8>,
    /// What kept it from coming to its end.
    error: Option<ErrorKind>,
}

impl Decoded {
    /// The data, also up to an error; `None` if an error was all there was. Of a compression that is told
    /// by its first bytes: data that got past them is in it.
    fn of_marked(self) -> Option<Vec<u8>> {
        (self.error.is_none() || !self.data.is_empty()).then_some(self.data)
    }

    /// The data if there was no error, or only data `missing` at the end: any bytes decode to something for a
    /// while.
    fn of_unmarked(self, missing: bool) -> Option<Vec<u8>> {
        (self.error.is_none() || missing && !self.data.is_empty()).then_some(self.data)
    }
}

/// Reads a decoder to its end or first error.
fn read(decoder: impl Read, limit: u64) -> Result<Decoded, String> {
    let mut data = Vec::new();
    let result = decoder.take(limit.saturating_add(1)).read_to_end(&mut data);
    if data.len() as u64 > limit {
        return Err(format!("decompresses to more than {limit} bytes"));
    }
    Ok(Decoded { data, error: result.err().map(|error| error.kind()) })
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    /// The data in each of the compressions, with the name it goes by.
    fn packed(data: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(data).unwrap();
        zlib.write_all(data).unwrap();
        raw.write_all(data).unwrap();
        let mut br = Vec::new();
        brotli::CompressorReader::new(data, 4096, 5, 20).read_to_end(&mut br).unwrap();
        let gzip = gzip.finish().unwrap();
        vec![
            ("gzip", gzip.clone()),
            ("x-gzip", gzip),
            ("deflate", zlib.finish().unwrap()),
            ("deflate", raw.finish().unwrap()),
            ("br", br),
            ("zstd", zstd::encode_all(data, 3).unwrap()),
        ]
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn each_compression_comes_off_alone_and_in_layers() {
        let page = b"<html><p>A heron was hired by the airport.".repeat(30);
        for (inner, once) in packed(&page) {
            assert_eq!(decompress(once.clone(), &names(&[inner]), 10_000).as_ref(), Ok(&page), "{inner}");
            for (outer, twice) in packed(&once) {
                assert_eq!(
                    decompress(twice, &names(&[inner, outer]), 10_000).as_ref(),
                    Ok(&page),
                    "{inner} in {outer}"
                );
            }
        }
    }

    #[test]
    fn a_header_that_lies_costs_nothing() {
        for body in [&b"<!doctype html><p>Not compressed at all."[..], b"Just words, no tag at all, in no compression."]
        {
            for name in ["gzip", "deflate", "br", "zstd", "compress", "identity", "utf-8"] {
                let body = body.to_vec();
                assert_eq!(decompress(body.clone(), &names(&[name]), 10_000), Ok(body), "{name}");
            }
        }
    }

    #[test]
    fn of_cut_data_there_is_what_came() {
        let mut page = Vec::new();
        for number in 0..20_000_u32 {
            write!(page, "<p>{}", number.wrapping_mul(2_654_435_761)).unwrap();
        }
        for (name, whole) in packed(&page) {
            let most = whole[..whole.len() / 4 * 3].to_vec();
            let found = decompress(most, &names(&[name]), 10_000_000).unwrap();
            assert!(page.starts_with(&found) && found.len() > page.len() / 4, "{name}: {}", found.len());
        }
    }

    #[test]
    fn a_bomb_is_stopped_at_the_limit() {
        let zeros = vec![b' '; 1 << 20];
        for (name, bomb) in packed(&zeros) {
            assert!(bomb.len() < 10_000, "{name}: {}", bomb.len());
            let found = decompress(bomb, &names(&[name]), 1 << 16);
            assert_eq!(found, Err("decompresses to more than 65536 bytes".to_owned()), "{name}");
        }
        assert!(decompress(Vec::new(), &names(&["gzip"; 9]), 10).is_err());
    }

    #[test]
    fn a_decoder_gives_no_more_than_one_byte_over_the_limit() {
        let mut given = 0;
        struct Counted<'c>(&'c mut usize);
        impl Read for Counted<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                *self.0 += buffer.len();
                buffer.fill(b'x');
                Ok(buffer.len())
            }
        }
        assert!(read(Counted(&mut given), 1000).is_err());
        assert_eq!(given, 1001);
    }

    #[test]
    fn chunks_are_joined_and_other_bodies_left() {
        for (body, wanted) in [
            (&b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"[..], "abcde"),
            (b"3;name=x\r\nabc\r\n 2 \r\nde\r\n0\r\nTrailer: x\r\n\r\n", "abcde"),
            (b"3\nabc\n0\n\n", "abc"),
            (b"0\r\n\r\n", ""),
            // Cut off: in the data, after it, in the size.
            (b"A\r\nabc", "abc"),
            (b"3\r\nabc\r", "abc"),
            (b"3\r\nabc\r\n2", "abc"),
            // Not in chunks, whatever the header says.
            (b"<html><p>abc", "<html><p>abc"),
            (b"3\r\nabcdef", "3\r\nabcdef"),
            (b"+3\r\nabc\r\n", "+3\r\nabc\r\n"),
            (b"-3\r\nabc\r\n", "-3\r\nabc\r\n"),
            (b"", ""),
            // Damaged in the middle: nothing of the page is lost.
            (b"3\r\nabc\r\nxyz<p>more", "abcxyz<p>more"),
            (b"ffffffffffffffffffff\r\nabc", "ffffffffffffffffffff\r\nabc"),
        ] {
            assert_eq!(String::from_utf8_lossy(&dechunk(body)), wanted, "{}", String::from_utf8_lossy(body));
        }
    }
}
