//! Bytes of HTML to characters, as browsers do it, and a little better where dumps need it.
//!
//! In this order: the byte order mark; UTF-16 that shows by its NULs; the charset that the transport
//! or, within its first bytes, the page names; a guess.

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs::{WINDOWS_1252, X_USER_DEFINED};
use memchr::{memchr, memmem};

use super::text;

/// Where a page must name its charset. The standard asks for 1024 bytes, but pages put more before it.
const PRESCANNED: usize = 4096;

/// What is looked at to tell a page from binary data, and UTF-16 by its NULs.
const SAMPLED: usize = 4096;

/// Fewer control characters than this are a page with flaws.
const FEW_CONTROLS: usize = 16;

/// Decodes a page; with the encoding's name, or in words what it is instead of a page. `charset` is
/// what the transport says, if there was one.
pub(crate) fn decode(bytes: Vec<u8>, charset: Option<&str>) -> Result<(String, &'static str), &'static str> {
    if let Some(what) = other_format(&bytes) {
        return Err(what);
    }
    let decoded = decode_page(bytes, charset);
    if is_binary(&decoded.0) { Err("binary data") } else { Ok(decoded) }
}

fn decode_page(bytes: Vec<u8>, charset: Option<&str>) -> (String, &'static str) {
    let whole = |encoding: &'static Encoding, bytes: &[u8]| {
        (encoding.decode_without_bom_handling(bytes).0.into_owned(), encoding.name())
    };
    if let Some((encoding, mark)) = Encoding::for_bom(&bytes) {
        return whole(encoding, &bytes[mark..]);
    }
    if let Some(encoding) = utf16_by_nuls(&bytes) {
        return whole(encoding, &bytes);
    }
    let label = charset
        .and_then(|label| by_label(label.as_bytes()))
        .or_else(|| prescan(&bytes[..bytes.len().min(PRESCANNED)]))
        .filter(|encoding| *encoding != UTF_8);
    let Some(label) = label else { return text::decode(bytes) };
    let (bytes, bad) = match String::from_utf8(bytes) {
        Ok(text) if is_surely_utf8(&text, label) => return (text, UTF_8.name()),
        Ok(text) => (text.into_bytes(), None),
        Err(error) => {
            let bad = error.utf8_error().valid_up_to();
            (error.into_bytes(), Some(bad))
        }
    };
    let (text, has_errors) = label.decode_without_bom_handling(&bytes);
    match bad {
        Some(bad) if has_errors && is_garbled(&text) => text::decode_other(&bytes, bad),
        _ => (text.into_owned(), label.name()),
    }
}

/// Whether text that is valid UTF-8 is UTF-8, though the page says otherwise. Dumps are often
/// transcoded without a change to the pages' `meta`; and hardly any text in another encoding is valid
/// UTF-8 by accident. In the encodings of East Asia two or three characters may be.
fn is_surely_utf8(text: &str, label: &Encoding) -> bool {
    let least = if [GBK, GB18030, BIG5, EUC_JP, EUC_KR, SHIFT_JIS].contains(&label) { 4 } else { 1 };
    text.chars().filter(|c| !c.is_ascii()).nth(least - 1).is_some()
}

/// Whether more than a tenth of what is not ASCII could not be decoded: then the label is wrong.
fn is_garbled(text: &str) -> bool {
    let (mut all, mut bad) = (0_usize, 0_usize);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        all += 1;
        bad += usize::from(c == char::REPLACEMENT_CHARACTER);
    }
    bad * 10 > all
}

/// UTF-16 without a mark: markup is ASCII, so every other byte of much of it is NUL.
fn utf16_by_nuls(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(SAMPLED)];
    let (mut even, mut odd, mut tags) = (0_usize, 0_usize, 0_usize);
    for pair in sample.chunks_exact(2) {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
        tags += usize::from(matches!(pair, [b'<', 0] | [0, b'<']));
    }
    let (encoding, most, least) = if odd > even { (UTF_16LE, odd, even) } else { (UTF_16BE, even, odd) };
    // Three of ten characters, in pages of whatever script; and binary data has no tags.
    (tags > 0 && most * 10 >= sample.len() / 2 * 3 && least * 10 <= most).then_some(encoding)
}

/// Whether the text is full of control characters, as no text is.
fn is_binary(text: &str) -> bool {
    // The escape is left out, for ISO-2022-JP that nobody has labelled is full of it.
    let is_control = |c: char| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0c' | '\x1b');
    let (mut all, mut controls) = (0_usize, 0_usize);
    for c in text.chars().take(SAMPLED) {
        all += 1;
        controls += usize::from(is_control(c));
    }
    controls >= FEW_CONTROLS && controls * 20 > all
}

/// What the first bytes are of, if they are of something else than a page.
pub(super) fn other_format(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 23] = [
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"\xff\xd8\xff", "a JPEG image"),
        (b"GIF87a", "a GIF image"),
        (b"GIF89a", "a GIF image"),
        (b"%PDF-", "a PDF"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"PK\x05\x06", "a ZIP archive"),
        (b"\x1f\x8b", "gzip data inside of gzip data"),
        (b"\xfd7zXZ\0", "xz data"),
        (b"\x28\xb5\x2f\xfd", "Zstandard data inside of other compression"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"Rar!\x1a\x07", "a RAR archive"),
        (b"\x7fELF", "a program"),
        (b"\xca\xfe\xba\xbe", "a program"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
        (b"wOFF", "a font"),
        (b"wOF2", "a font"),
        (b"OggS\0", "an Ogg recording"),
        (b"ID3\x03", "an MP3 recording"),
        (b"ID3\x04", "an MP3 recording"),
        (b"fLaC", "a FLAC recording"),
        (b"\x1aE\xdf\xa3", "a Matroska film"),
        (b"SQLite format 3\0", "an SQLite database"),
    ];
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(what);
    }
    match bytes {
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("a WebP image"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => Some("a WAVE recording"),
        [0, 0, _, _, b'f', b't', b'y', b'p', ..] => Some("an MP4 film"),
        [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', ..] => Some("bzip2 data"),
        _ => None,
    }
}

/// The encoding of a label; one that would be dangerous to decode is none. A page in which a label
/// could be read is not in UTF-16, whatever it says.
fn by_label(label: &[u8]) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label_no_replacement(label)?;
    Some(match encoding {
        _ if encoding == UTF_16LE || encoding == UTF_16BE => UTF_8,
        _ if encoding == X_USER_DEFINED => WINDOWS_1252,
        other => other,
    })
}

/// The encoding that a page names, found as the HTML standard has it ("prescan a byte stream to
/// determine its encoding").
fn prescan(bytes: &[u8]) -> Option<&'static Encoding> {
    Scan { bytes, at: 0 }.meta().or_else(|| xml_encoding(bytes))
}

struct Scan<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Scan<'_> {
    /// The encoding of the first `meta` that names one. `None` also at the end of the bytes.
    fn meta(&mut self) -> Option<&'static Encoding> {
        loop {
            self.at += memchr(b'<', self.bytes.get(self.at..)?)?;
            let rest = &self.bytes[self.at..];
            if rest.starts_with(b"<!--") {
                // The dashes that open it may close it.
                self.at += 2;
                self.at += memmem::find(&self.bytes[self.at..], b"-->")? + 3;
            } else if is_meta(rest) {
                self.at += b"<meta".len();
                if let Some(encoding) = self.meta_attributes()? {
                    return Some(encoding);
                }
            } else if matches!(rest, [b'<', letter, ..] | [b'<', b'/', letter, ..] if letter.is_ascii_alphabetic()) {
                self.at += rest.iter().position(|byte| is_space(*byte) || *byte == b'>')?;
                while self.attribute()?.is_some() {}
            } else if matches!(rest, [b'<', b'!' | b'/' | b'?', ..]) {
                self.at += memchr(b'>', rest)? + 1;
            } else {
                self.at += 1;
            }
        }
    }

    /// The outer `None` is the end of the bytes.
    fn meta_attributes(&mut self) -> Option<Option<&'static Encoding>> {
        let mut seen: Vec<Vec<u8>> = Vec::new();
        let (mut is_pragma, mut needs_pragma, mut label) = (false, false, None);
        while let Some((name, value)) = self.attribute()? {
            if seen.contains(&name) {
                continue;
            }
            match name.as_slice() {
                b"http-equiv" => is_pragma |= value == b"content-type",
                b"content" if label.is_none() => {
                    label = charset_in(&value).map(by_label);
                    needs_pragma |= label.is_some();
                }
                b"charset" => {
                    label = Some(by_label(&value));
                    needs_pragma = false;
                }
                _ => {}
            }
            seen.push(name);
        }
        Some(label.flatten().filter(|_| is_pragma || !needs_pragma))
    }

    /// The next attribute of a tag, name and value in lower case; `Some(None)` at the tag's end. The
    /// outer `None` is the end of the bytes.
    fn attribute(&mut self) -> Option<Option<(Vec<u8>, Vec<u8>)>> {
        let (mut name, mut value) = (Vec::new(), Vec::new());
        self.skip(|byte| is_space(byte) || byte == b'/')?;
        if self.peek()? == b'>' {
            return Some(None);
        }
        loop {
            match self.peek()? {
                b'=' if !name.is_empty() => break,
                byte if is_space(byte) => {
                    self.skip(is_space)?;
                    if self.peek()? != b'=' {
                        return Some(Some((name, value)));
                    }
                    break;
                }
                b'/' | b'>' => return Some(Some((name, value))),
                byte => name.push(byte.to_ascii_lowercase()),
            }
            self.at += 1;
        }
        self.at += 1;
        self.skip(is_space)?;
        let quote = Some(self.peek()?).filter(|byte| matches!(byte, b'"' | b'\''));
        self.at += usize::from(quote.is_some());
        loop {
            let byte = self.peek()?;
            match quote {
                Some(quote) if byte == quote => {
                    self.at += 1;
                    break;
                }
                None if is_space(byte) || byte == b'>' => break,
                _ => value.push(byte.to_ascii_lowercase()),
            }
            self.at += 1;
        }
        Some(Some((name, value)))
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip(&mut self, what: impl Fn(u8) -> bool) -> Option<()> {
        self.at += self.bytes.get(self.at..)?.iter().position(|byte| !what(*byte))?;
        Some(())
    }
}

fn is_meta(tag: &[u8]) -> bool {
    tag.get(..5).is_some_and(|name| name.eq_ignore_ascii_case(b"<meta"))
        && tag.get(5).is_some_and(|byte| is_space(*byte) || *byte == b'/')
}

/// The label in the `content` of a `meta` (in lower case), as in `text/html; charset=utf-8`.
fn charset_in(mut content: &[u8]) -> Option<&[u8]> {
    loop {
        content = &content[memmem::find(content, b"charset")? + b"charset".len()..];
        let Some(value) = content.trim_ascii_start().strip_prefix(b"=") else { continue };
        let value = value.trim_ascii_start();
        return match value.first()? {
            quote @ (b'"' | b'\'') => memchr(*quote, &value[1..]).map(|end| &value[1..=end]),
            _ => value.split(|byte| is_space(*byte) || *byte == b';').next(),
        };
    }
}

/// The encoding of an XML declaration.
fn xml_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let declaration = bytes.strip_prefix(b"<?xml")?;
    let declaration = &declaration[..memchr(b'>', declaration)?];
    let after = &declaration[memmem::find(declaration, b"encoding")? + b"encoding".len()..];
    let value = after.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let quote = *value.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
    by_label(&value[1..=memchr(quote, &value[1..])?])
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')
}

#[cfg(test)]
mod tests {
    use encoding_rs::{ISO_2022_JP, KOI8_R, WINDOWS_1251};

    use super::*;

    #[test]
    fn the_prescan_follows_the_standard() {
        for (page, wanted) in [
            ("<meta charset=koi8-r>", Some(KOI8_R)),
            ("<META\nCHARSET = 'Koi8-R' >", Some(KOI8_R)),
            ("<meta/charset=\"koi8-r\">", Some(KOI8_R)),
            ("<meta http-equiv=Content-Type content='text/html; charset=windows-1251'>", Some(WINDOWS_1251)),
            ("<meta content='charset = \"cp1251\"' http-equiv='content-type'>", Some(WINDOWS_1251)),
            ("<meta content='text/html; charset; charset=cp1251' http-equiv='content-type'>", Some(WINDOWS_1251)),
            ("<meta content='text/html; charset=koi8-r'>", None),
            ("<meta http-equiv=content-type content=\"text/html; charset='koi8-r\">", None),
            ("<meta charset=no-such><meta charset=koi8-r>", Some(KOI8_R)),
            ("<meta charset=koi8-r charset=cp1251>", Some(KOI8_R)),
            ("<meta content='charset=cp1251' charset=koi8-r>", Some(KOI8_R)),
            ("<!-- <meta charset=cp1251> --><meta charset=koi8-r>", Some(KOI8_R)),
            ("<!--><meta charset=koi8-r>", Some(KOI8_R)),
            ("<!-- <meta charset=koi8-r>", None),
            ("<a title='<meta charset=cp1251>'><meta charset=koi8-r>", Some(KOI8_R)),
            ("</p x='>'><?x?><!x><meta charset=koi8-r>", Some(KOI8_R)),
            ("a < b <meta charset=koi8-r>", Some(KOI8_R)),
            ("<metal charset=koi8-r>", None),
            ("<meta charset=utf-16>", Some(UTF_8)),
            ("<meta charset=x-user-defined>", Some(WINDOWS_1252)),
            ("<meta charset=iso-2022-kr>", None),
            ("<?xml version='1.0' encoding='koi8-r'?><html>", Some(KOI8_R)),
            ("<?xml version='1.0' encoding='koi8-r'?><meta charset=cp1251>", Some(WINDOWS_1251)),
            (" <?xml version='1.0' encoding='koi8-r'?>", None),
            ("", None),
        ] {
            assert_eq!(prescan(page.as_bytes()), wanted, "{page}");
        }
    }

    #[test]
    fn a_page_cut_short_anywhere_is_scanned() {
        let page = b"<?xml encoding='koi8-r'?><!-- x --><a b='c' d=e f><meta http-equiv=\"content-type\" \
                     content='text/html; charset=\"koi8-r\"' / ></a>";
        for end in 0..page.len() {
            let found = prescan(&page[..end]);
            assert!(found.is_none() || found == Some(KOI8_R));
        }
    }

    const RUSSIAN: &str = "Мост закрыли на ремонт до весны";
    const JAPANESE: &str = "橋は春まで修理のため閉鎖される。市議会が決めた。";
    const CHINESE: &str = "市议会决定关闭旧桥进行维修，工程将持续到春天。";

    fn page(label: &str, text: &str) -> String {
        format!("<html><head><meta charset=\"{label}\"></head><body><p>{text}</p></body></html>")
    }

    #[track_caller]
    fn check(bytes: &[u8], charset: Option<&str>, text: &str, encoding: &str) {
        let (html, found) = decode(bytes.to_vec(), charset).expect("a page");
        assert!(html.contains(text), "{text} as {encoding}: {html}");
        assert_eq!(found, encoding, "{html}");
    }

    #[test]
    fn pages_are_decoded_as_they_say() {
        for (label, text, encoding) in [
            ("windows-1251", RUSSIAN, WINDOWS_1251),
            ("koi8-r", RUSSIAN, KOI8_R),
            ("shift_jis", JAPANESE, SHIFT_JIS),
            ("euc-jp", JAPANESE, EUC_JP),
            ("iso-2022-jp", JAPANESE, ISO_2022_JP),
            ("gb2312", CHINESE, GBK),
            ("gb18030", CHINESE, GB18030),
        ] {
            let page = page(label, text);
            let bytes = encoding.encode(&page).0;
            check(&bytes, None, text, encoding.name());
            // The transport knows better than the page, and both better than a guess.
            let unlabelled = page.replace(label, "");
            check(&encoding.encode(&unlabelled).0, Some(label), text, encoding.name());
        }
    }

    #[test]
    fn the_wrong_label_is_seen_through() {
        check(page("iso-8859-1", "café ©").as_bytes(), None, "café ©", "UTF-8");
        check(page("gbk", CHINESE).as_bytes(), None, CHINESE, "UTF-8");
        check(page("utf-16", "café").as_bytes(), None, "café", "UTF-8");
        check(page("shift_jis", RUSSIAN).as_bytes(), Some("euc-jp"), RUSSIAN, "UTF-8");
        let labelled = page("utf-8", &RUSSIAN.repeat(4));
        check(&WINDOWS_1251.encode(&labelled).0, None, RUSSIAN, "windows-1251");
        // Two characters of GBK that happen to be valid UTF-8.
        let short = page("gbk", "TWO");
        let at = short.find("TWO").expect("it is there");
        let bytes = [&short.as_bytes()[..at], b"\xc4\xa3\xd2\xb0", &short.as_bytes()[at + 3..]].concat();
        check(&bytes, None, "模野", "GBK");
    }

    #[test]
    fn utf16_is_told_by_mark_or_nuls() {
        for text in [RUSSIAN, CHINESE, "plain"] {
            let page = page("utf-8", text);
            let little: Vec<u8> = page.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = page.encode_utf16().flat_map(u16::to_be_bytes).collect();
            check(&little, None, text, "UTF-16LE");
            check(&big, Some("utf-8"), text, "UTF-16BE");
            check(&[b"\xff\xfe", &little[..]].concat(), Some("koi8-r"), text, "UTF-16LE");
            check(&[b"\xef\xbb\xbf", page.as_bytes()].concat(), Some("koi8-r"), text, "UTF-8");
        }
    }

    #[test]
    fn without_a_label_the_encoding_is_guessed() {
        let page = page("", &RUSSIAN.repeat(3));
        check(page.as_bytes(), None, RUSSIAN, "UTF-8");
        check(&WINDOWS_1251.encode(&page).0, None, RUSSIAN, "windows-1251");
        check(b"<p>ascii", None, "ascii", "UTF-8");
        check(b"", None, "", "UTF-8");
    }

    #[test]
    fn what_is_no_page_is_named() {
        let noise: Vec<u8> = (0..4000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for (bytes, what) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "a PNG image"),
            (b"%PDF-1.7\n", "a PDF"),
            (b"PK\x03\x04rest", "a ZIP archive"),
            (b"RIFF\x01\x02\x03\x04WEBPVP8", "a WebP image"),
            (&[0; 100], "binary data"),
            (&noise, "binary data"),
        ] {
            assert_eq!(decode(bytes.to_vec(), None), Err(what));
        }
        // Flaws do not make a page binary.
        check(b"<p>a\0b\x01c\x02", None, "a\0b\x01c\x02", "UTF-8");
    }
}
