//! Bytes of a plain text to characters.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

use super::charset;
use super::format::{self, Format};

/// What the detector looks at, around the first byte that is not UTF-8: enough for any verdict, and
/// its cost stays bounded.
const BEFORE: usize = 64 << 10;
const AFTER: usize = 1 << 20;

/// What is looked at to tell a text from binary data.
const SAMPLED: usize = 4096;

/// Decodes a text by its byte order mark, else as UTF-8, else by guess; with the encoding's name.
pub(super) fn decode(bytes: Vec<u8>) -> (String, &'static str) {
    if let Some((encoding, mark)) = Encoding::for_bom(&bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return (text.into_owned(), encoding.name());
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text, UTF_8.name()),
        Err(error) => {
            let bad = error.utf8_error().valid_up_to();
            decode_other(&error.into_bytes(), bad)
        }
    }
}

/// What bytes are instead of a text, if they are something else beyond doubt.
pub(super) fn is_none(bytes: &[u8]) -> Option<&'static str> {
    match format::by_magic(bytes) {
        Some(Format::Parquet) => return Some("a Parquet file"),
        Some(Format::Tar) => return Some("a tar archive"),
        _ => {}
    }
    if Encoding::for_bom(bytes).is_some() {
        return None;
    }
    let sample = &bytes[..bytes.len().min(SAMPLED)];
    let nuls = sample.iter().filter(|byte| **byte == 0).count();
    let is_full_of_nuls = nuls * 10 > sample.len();
    charset::other_format(bytes).or(is_full_of_nuls.then_some("binary data, or UTF-16 without a mark"))
}

/// Decodes what is not valid UTF-8 from the byte `bad` on, by guess.
pub(super) fn decode_other(bytes: &[u8], bad: usize) -> (String, &'static str) {
    let encoding = if is_damaged_utf8(bytes) { UTF_8 } else { guess(bytes, bad) };
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    (text.into_owned(), encoding.name())
}

fn guess(bytes: &[u8], bad: usize) -> &'static Encoding {
    let window = &bytes[bad.saturating_sub(BEFORE)..bytes.len().min(bad + AFTER)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(window, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Whether the text is UTF-8 but for a few bytes. A guess would then spell every other accented
/// letter wrong, so the few are given up instead.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes[..bytes.len().min(AFTER)].utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good >= 10 * bad
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_utf8_and_guesses() {
        for (bytes, text, encoding) in [
            (&b"plain"[..], "plain", "UTF-8"),
            (b"\xef\xbb\xbfna\xc3\xafve", "naïve", "UTF-8"),
            (b"\xff\xfeh\0i\0", "hi", "UTF-16LE"),
            (b"\xfe\xff\0h\0i", "hi", "UTF-16BE"),
            (b"caf\xe9 cr\xe8me, d\xe9j\xe0 vu", "café crème, déjà vu", "windows-1252"),
            (b"a\0b", "a\0b", "UTF-8"),
            (b"", "", "UTF-8"),
        ] {
            assert_eq!(decode(bytes.to_vec()), (text.to_owned(), encoding));
        }
        let russian = encoding_rs::WINDOWS_1251.encode("Сегодня в Москве прошла встреча").0;
        assert_eq!(decode(russian.into_owned()), ("Сегодня в Москве прошла встреча".to_owned(), "windows-1251"));
    }

    #[test]
    fn one_bad_byte_does_not_spoil_the_others() {
        let mut bytes = "Überall größere Höfe, schöne Gärten für müde Füße".as_bytes().to_vec();
        bytes.push(0xff);
        let (text, encoding) = decode(bytes);
        assert!(text.starts_with("Überall größere") && text.ends_with('\u{fffd}'), "{text}");
        assert_eq!(encoding, "UTF-8");
    }
}
