//! Folding: the form of a text that rules are matched against.
//!
//! Lower case; every run of white space one space; typographic quotes, dashes and ellipses as
//! ASCII; full-width ASCII as ASCII; zero-width and direction marks gone; every number `#`.
//! `rules/README.md` promises exactly this to whoever writes a rule.

/// Appends the folded form of `text` to `out`.
pub(crate) fn fold(text: &str, out: &mut String) {
    Folder::new(out, None).run(text);
}

/// Appends the folded form of `text` to `out`, and to `offsets`, for each byte appended, the byte
/// of `text` it came from. Slow; for the rare segment of which only a part is cut.
pub(crate) fn fold_with_offsets(text: &str, out: &mut String, offsets: &mut Vec<u32>) {
    Folder::new(out, Some(offsets)).run(text);
}

struct Folder<'a> {
    out: &'a mut String,
    offsets: Option<&'a mut Vec<u32>>,
    /// The last thing appended was a number that a further digit belongs to.
    in_number: bool,
}

impl<'a> Folder<'a> {
    fn new(out: &'a mut String, offsets: Option<&'a mut Vec<u32>>) -> Self {
        Self { out, offsets, in_number: false }
    }

    fn run(mut self, text: &str) {
        self.out.reserve(text.len());
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            // Most text is runs of plain ASCII: copy them whole, then lower their case in place.
            let run = plain_run(&bytes[at..]);
            if run == 0 || bytes[at] == b' ' && self.out.ends_with(' ') {
                at += self.one(text, at);
            } else {
                self.plain(&text[at..at + run], at);
                at += run;
            }
        }
    }

    /// Appends ASCII that folds to itself but for its case.
    fn plain(&mut self, run: &str, at: usize) {
        let start = self.out.len();
        self.out.push_str(run);
        self.out[start..].make_ascii_lowercase();
        if let Some(offsets) = &mut self.offsets {
            offsets.extend((at..at + run.len()).map(|o| o as u32));
        }
        self.in_number = false;
    }

    /// Folds the one character, or the one ASCII number, at byte `at`; returns its length.
    fn one(&mut self, text: &str, at: usize) -> usize {
        let byte = text.as_bytes()[at];
        if byte.is_ascii_digit() {
            self.number(at);
            return ascii_number(&text.as_bytes()[at..]);
        }
        if byte == b' ' {
            self.space(at);
            return 1;
        }
        let Some(c) = text[at..].chars().next() else { return 1 };
        match c {
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
            | '\u{307}' => {}
            '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2bc}' | '\u{60}' | '\u{b4}' => {
                self.push('\'', at);
            }
            '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{2033}' => self.push('"', at),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => self.push('-', at),
            '\u{2026}' => (0..3).for_each(|_| self.push('.', at)),
            'ı' | 'İ' => self.push('i', at),
            '\u{ff01}'..='\u{ff5e}' => {
                // Full-width forms stand at a fixed distance from ASCII.
                let ascii = (c as u32 - 0xfee0) as u8;
                if ascii.is_ascii_digit() {
                    self.number(at);
                } else {
                    self.push(char::from(ascii.to_ascii_lowercase()), at);
                }
            }
            _ if c.is_whitespace() => self.space(at),
            _ if is_digit(c) => self.number(at),
            _ => c.to_lowercase().for_each(|l| self.push(l, at)),
        }
        c.len_utf8()
    }

    fn push(&mut self, c: char, at: usize) {
        self.in_number = false;
        self.out.push(c);
        if let Some(offsets) = &mut self.offsets {
            offsets.extend(std::iter::repeat_n(at as u32, c.len_utf8()));
        }
    }

    fn space(&mut self, at: usize) {
        if !self.out.ends_with(' ') {
            self.push(' ', at);
        }
        self.in_number = false;
    }

    fn number(&mut self, at: usize) {
        if !self.in_number {
            self.push('#', at);
            self.in_number = true;
        }
    }
}

/// The length of the number that `bytes` begins with: digits, and groups of exactly three behind
/// a comma or a point.
fn ascii_number(bytes: &[u8]) -> usize {
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = digits(0);
    if end > 3 {
        return end;
    }
    while matches!(bytes.get(end), Some(b',' | b'.')) && digits(end + 1) == 3 {
        end += 4;
    }
    end
}

/// Decimal digits of the scripts that news is written in. (`char::is_numeric` would also take
/// the numerals of Chinese enumerations.)
fn is_digit(c: char) -> bool {
    matches!(c,
        '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}'
        | '\u{966}'..='\u{96f}' | '\u{9e6}'..='\u{9ef}' | '\u{a66}'..='\u{a6f}'
        | '\u{ae6}'..='\u{aef}' | '\u{be6}'..='\u{bef}' | '\u{c66}'..='\u{c6f}'
        | '\u{ce6}'..='\u{cef}' | '\u{d66}'..='\u{d6f}' | '\u{e50}'..='\u{e59}'
        | '\u{ed0}'..='\u{ed9}' | '\u{1040}'..='\u{1049}' | '\u{17e0}'..='\u{17e9}')
}

/// How many bytes of ASCII `bytes` begins with that fold to themselves but for their case: no digits,
/// and no space behind another.
fn plain_run(bytes: &[u8]) -> usize {
    let is_plain = |b: u8| matches!(b, 0x20..0x7f) & !b.is_ascii_digit() & (b != b'`');
    let is_double = |a: u8, b: u8| (a == b' ') & (b == b' ');
    let mut run = 0;
    // Sixteen at a time without a branch between them, which the compiler does all at once.
    while let Some(next) = bytes[run..].first_chunk::<17>() {
        if !(0..16).fold(true, |plain, n| plain & is_plain(next[n]) & !is_double(next[n], next[n + 1])) {
            break;
        }
        run += 16;
    }
    let goes_on = |at: usize| is_plain(bytes[at]) && !(at > 0 && is_double(bytes[at - 1], bytes[at]));
    while run < bytes.len() && goes_on(run) {
        run += 1;
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let mut out = String::new();
        fold(text, &mut out);
        out
    }

    #[test]
    fn folds_as_the_rules_are_promised() {
        for (text, expected) in [
            ("Advertisement", "advertisement"),
            ("1,234 Comments", "# comments"),
            ("4.5 stars at 10:42", "#.# stars at #:#"),
            ("12.03.2024", "#.#.#"),
            ("2025年12月19日", "#年#月#日"),
            ("１２３ ＡＢＣ：", "# abc:"),
            ("١٢٣ تعليق", "# تعليق"),
            ("“Don’t” – he said…", "\"don't\" - he said..."),
            ("İLGİLİ SIRADAKİ ılık", "ilgili siradaki ilik"),
            ("a\u{a0}\t b\r\nc", "a b c"),
            ("zero\u{200b}width\u{ad}", "zerowidth"),
            ("ЧИТАЙТЕ ТАКЖЕ", "читайте также"),
            ("1234567 2,500,000 1,23 1.2345", "# # #,# #.#"),
        ] {
            assert_eq!(folded(text), expected, "{text}");
        }
    }

    #[test]
    fn offsets_point_at_the_source() {
        let text = "é… 12 “Foto: İ”";
        let (mut out, mut offsets) = (String::new(), Vec::new());
        fold_with_offsets(text, &mut out, &mut offsets);
        assert_eq!(out, folded(text));
        assert_eq!(offsets.len(), out.len());
        let at = out.find("foto").unwrap();
        assert_eq!(&text[offsets[at] as usize..][..4], "Foto");
        assert!(offsets.iter().all(|o| text.is_char_boundary(*o as usize)));
    }
}
