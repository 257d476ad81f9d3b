//! The shape of a piece of text: how long, what it begins and ends with, how much of it is
//! capitals, digits, punctuation. Computed in one pass, once a segment.

/// How a piece of text ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum EndMark {
    /// With a letter, a digit or an odd symbol.
    #[default]
    None,
    /// With a full stop, a question or an exclamation mark, in any script; closing quotes and
    /// brackets behind it are looked through.
    Sentence,
    /// With a colon.
    Colon,
    /// With an ellipsis.
    Ellipsis,
    /// With a comma, a semicolon or a dash.
    Open,
}

/// What one pass over a piece of text finds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shape {
    /// Characters that are not white space.
    pub(crate) chars: u32,
    /// Words; for scripts without spaces two characters count as one.
    pub(crate) words: u32,
    /// Words that begin with a capital letter.
    pub(crate) capitalised: u32,
    /// Words that begin with a lower-case letter.
    pub(crate) lower: u32,
    /// Letters.
    pub(crate) letters: u32,
    /// Capital letters.
    pub(crate) upper: u32,
    /// Digits.
    pub(crate) digits: u32,
    /// Commas.
    pub(crate) commas: u32,
    /// End marks followed by white space or the end.
    pub(crate) sentences: u32,
    /// Characters of scripts written without spaces.
    pub(crate) unspaced: u32,
    /// How it ends.
    pub(crate) end: EndMark,
    /// The first character.
    pub(crate) first: char,
    /// The last character.
    pub(crate) last: char,
}

/// Whether `c` ends a sentence.
pub(crate) const fn is_sentence_end(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '。' | '！' | '？' | '．' | '؟' | '۔' | '।' | '॥' | '։' | '።' | '။' | '‼' | '⁇')
}

/// Whether `c` belongs to a script that is written without spaces between words.
pub(crate) const fn is_unspaced(c: char) -> bool {
    matches!(c as u32,
        0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff
        | 0xe00..=0xe7f | 0xe80..=0xeff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x20000..=0x3ffff)
}

/// Quotes and brackets that may stand behind an end mark.
const fn is_closing(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | '”'
            | '’'
            | '»'
            | '“'
            | '‘'
            | '›'
            | '‹'
            | '«'
            | ')'
            | ']'
            | '」'
            | '』'
            | '）'
            | '】'
            | '》'
            | '*'
            | '_'
    )
}

/// What a character is to the shape of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Lower,
    Upper,
    /// A letter of a script that is written without spaces.
    Unspaced,
    Digit,
    /// An end mark that white space has to follow.
    End,
    /// One of a script that puts no space behind it.
    WideEnd,
    Comma,
    Closing,
    Other,
}

impl Class {
    const fn of_mark(c: char) -> Self {
        match c {
            '。' | '！' | '？' | '．' => Self::WideEnd,
            ',' | '，' | '、' | '،' => Self::Comma,
            _ if is_sentence_end(c) => Self::End,
            _ if is_closing(c) => Self::Closing,
            _ => Self::Other,
        }
    }

    fn of(c: char) -> Self {
        match c as u32 {
            // The typographic marks that fill news text, without a table look-up.
            0x2010..=0x2027 | 0x2030..=0x205e | 0xa1..=0xa9 | 0xab..=0xb4 | 0xb6..=0xb9 | 0xbb..=0xbf => {
                Self::of_mark(c)
            }
            _ if c.is_whitespace() => Self::Space,
            // Letters without case count as lower; combining vowel signs belong to their word.
            _ if c.is_alphabetic() && is_unspaced(c) => Self::Unspaced,
            _ if c.is_uppercase() => Self::Upper,
            _ if c.is_alphabetic() => Self::Lower,
            _ if c.is_numeric() => Self::Digit,
            _ => Self::of_mark(c),
        }
    }
}

const ASCII: [Class; 128] = {
    let mut table = [Class::Other; 128];
    let mut b = 0;
    while b < 128 {
        let c = b as u8;
        table[b] = if c.is_ascii_lowercase() {
            Class::Lower
        } else if c.is_ascii_uppercase() {
            Class::Upper
        } else if c.is_ascii_digit() {
            Class::Digit
        } else if c.is_ascii_whitespace() || c == 0x0b {
            Class::Space
        } else {
            Class::of_mark(c as char)
        };
        b += 1;
    }
    table
};

impl Shape {
    /// Measures `text`, which has no white space at its ends.
    pub(crate) fn of(text: &str) -> Self {
        let mut shape = Self::default();
        let mut in_word = false;
        let mut after_end = false;
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            // The inside of a word: most of all text.
            let lower = lower_run(&bytes[at..]);
            if lower > 0 {
                shape.chars += lower as u32;
                shape.letters += lower as u32;
                if !in_word {
                    in_word = true;
                    shape.words += 1;
                    shape.lower += 1;
                }
                after_end = false;
                at += lower;
                // And what most often follows.
                if bytes.get(at) == Some(&b' ') {
                    in_word = false;
                    at += 1;
                }
                continue;
            }
            let class = match ASCII.get(usize::from(bytes[at])) {
                Some(class) => {
                    at += 1;
                    *class
                }
                None => {
                    let c = text[at..].chars().next().unwrap_or(' ');
                    at += c.len_utf8();
                    Class::of(c)
                }
            };
            if class == Class::Space {
                shape.sentences += u32::from(after_end);
                in_word = false;
                after_end = false;
                continue;
            }
            shape.chars += 1;
            // A closing mark may stand between the end mark and the space.
            after_end = class == Class::End || after_end && class == Class::Closing;
            match class {
                Class::Lower => shape.letters += 1,
                Class::Upper => {
                    shape.letters += 1;
                    shape.upper += 1;
                }
                Class::Digit => shape.digits += 1,
                Class::Unspaced => {
                    shape.letters += 1;
                    shape.unspaced += 1;
                    continue;
                }
                // Scripts without spaces do not put one behind the end mark either.
                Class::WideEnd => {
                    shape.sentences += 1;
                    continue;
                }
                Class::Comma => {
                    shape.commas += 1;
                    continue;
                }
                _ => continue,
            }
            if !in_word {
                in_word = true;
                shape.words += 1;
                shape.capitalised += u32::from(class == Class::Upper);
                shape.lower += u32::from(class == Class::Lower);
            }
        }
        shape.sentences += u32::from(after_end);
        shape.words += shape.unspaced.div_ceil(2);
        shape.first = text.chars().next().unwrap_or('\0');
        shape.last = text.chars().next_back().unwrap_or('\0');
        shape.end = end_mark(text);
        shape
    }

    /// Words that begin with a capital, as a share of the words that begin with a letter.
    pub(crate) fn capital_share(&self) -> f32 {
        let lettered = self.capitalised + self.lower;
        if lettered == 0 { 0.0 } else { self.capitalised as f32 / lettered as f32 }
    }

    /// Whether it reads like a sentence or more: ends like one, is long enough, and is not all
    /// capitals or digits.
    pub(crate) fn is_sentence(&self) -> bool {
        self.words >= 6
            && self.end == EndMark::Sentence
            && self.letters * 2 > self.chars
            && (self.lower * 4 >= self.words || self.unspaced > 0 || !self.is_cased())
    }

    /// Whether it is surely running text, whatever it ends with.
    pub(crate) fn is_prose(&self) -> bool {
        (self.is_sentence() && self.words >= 12)
            || (self.words >= 30 && self.sentences >= 1 && (self.lower * 3 >= self.words || !self.is_cased()))
    }

    /// Whether its script has capitals at all.
    fn is_cased(&self) -> bool {
        self.capitalised + self.upper > 0 || self.unspaced * 2 < self.letters && self.upper > 0
    }
}

/// How many ASCII lower-case letters `bytes` begins with. Eight at a time: of the pass over a text
/// this is the larger part.
pub(crate) fn lower_run(bytes: &[u8]) -> usize {
    let mut run = 0;
    while let Some(eight) = bytes[run..].first_chunk() {
        let lower = lower_in(u64::from_le_bytes(*eight));
        run += lower;
        if lower < 8 {
            return run;
        }
    }
    run + bytes[run..].iter().take_while(|b| b.is_ascii_lowercase()).count()
}

/// How many ASCII lower-case letters eight bytes begin with.
#[inline]
pub(crate) fn lower_in(eight: u64) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    let low = eight & !HIGH;
    let from_a = low + (0x80 - b'a' as u64) * EACH;
    let past_z = low + (0x80 - (b'z' as u64 + 1)) * EACH;
    let lower = from_a & !past_z & !eight & HIGH;
    (lower ^ HIGH).trailing_zeros() as usize / 8
}

fn end_mark(text: &str) -> EndMark {
    let open = text.trim_end_matches(|c: char| is_closing(c) || c.is_whitespace());
    let mut chars = open.chars().rev();
    match chars.next() {
        Some('…') => EndMark::Ellipsis,
        Some('.') if open.ends_with("...") => EndMark::Ellipsis,
        Some(c) if is_sentence_end(c) => EndMark::Sentence,
        Some(':' | '：') => EndMark::Colon,
        Some(',' | ';' | '-' | '–' | '—' | '，' | '、' | '；' | '،') => EndMark::Open,
        _ => EndMark::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn end_marks_know_quotes_and_scripts() {
        for (text, end) in [
            ("He said so.", EndMark::Sentence),
            ("“He said so.”", EndMark::Sentence),
            ("(He said so!)", EndMark::Sentence),
            ("他这样说。", EndMark::Sentence),
            ("彼は「行く。」", EndMark::Sentence),
            ("उसने कहा।", EndMark::Sentence),
            ("هل ذهب؟", EndMark::Sentence),
            ("Read more...", EndMark::Ellipsis),
            ("The list:", EndMark::Colon),
            ("and then,", EndMark::Open),
            ("Big progress", EndMark::None),
            ("“Big progress”", EndMark::None),
        ] {
            assert_eq!(Shape::of(text).end, end, "{text}");
        }
    }

    #[test]
    fn words_are_counted_in_any_script() {
        assert_eq!(Shape::of("One two, three 4 – five").words, 5);
        assert_eq!(Shape::of("新华社北京消息").words, 4);
        assert_eq!(Shape::of("Он сказал это").words, 3);
        let title = Shape::of("Biden Signs the Big Bill");
        assert_eq!((title.capitalised, title.lower), (4, 1));
    }

    #[test]
    fn prose_is_told_from_lines() {
        assert!(
            Shape::of("The minister said on Monday that the plan would be put to a vote before the summer.").is_prose()
        );
        assert!(!Shape::of("Five things to know about the plan").is_prose());
        assert!(Shape::of("外交部发言人周一表示，双方将在下个月继续就这一问题举行会谈，争取达成一致。").is_prose());
    }
}
