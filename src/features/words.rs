//! The words of a folded line.

use crate::text::lower_run;

/// Words, in order: what stands between signs. A number is a word, or part of one; with `JOINED` so is an
/// apostrophe.
#[derive(Clone)]
pub(super) struct Words<'t, const JOINED: bool> {
    text: &'t str,
    at: usize,
}

/// Words without those of one byte.
pub(super) fn words_of(folded: &str) -> impl Iterator<Item = &[u8]> {
    Words::<false>::of(folded).filter(|word| word.len() > 1)
}

impl<'t, const JOINED: bool> Words<'t, JOINED> {
    /// Which ASCII is of words.
    const ASCII: [bool; 128] = {
        let mut table = [false; 128];
        let mut byte = 0;
        while byte < table.len() {
            let b = byte as u8;
            table[byte] = b.is_ascii_alphanumeric() || b == b'#' || JOINED && b == b'\'';
            byte += 1;
        }
        table
    };

    pub(super) fn of(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// Whether the character at a byte is of a word, and how long it is.
    #[inline]
    fn look(&self, at: usize) -> (bool, usize) {
        if let Some(is_of_word) = Self::ASCII.get(usize::from(self.text.as_bytes()[at])) {
            return (*is_of_word, 1);
        }
        self.text[at..].chars().next().map_or((false, 1), |c| (c.is_alphanumeric(), c.len_utf8()))
    }
}

impl<'t, const JOINED: bool> Iterator for Words<'t, JOINED> {
    type Item = &'t [u8];

    #[inline]
    fn next(&mut self) -> Option<&'t [u8]> {
        let bytes = self.text.as_bytes();
        let (mut start, mut at) = (self.at, self.at);
        while at < bytes.len() {
            // The inside of a word: most of all text.
            at += lower_run(&bytes[at..]);
            if at == bytes.len() {
                break;
            }
            let (is_of_word, len) = self.look(at);
            if !is_of_word && at > start {
                self.at = at + len;
                return Some(&bytes[start..at]);
            }
            at += len;
            if !is_of_word {
                start = at;
            }
        }
        self.at = at;
        (at > start).then(|| &bytes[start..at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_splitting_at_signs_gives() {
        for text in [
            "",
            " ",
            "a",
            "photo: # don't 'quote' x-ray #th, o'clock's",
            "сказал это — вчера; straße café, naïve…",
            "新华社 北京 , ० १",
            "..leading and a very long runofletterswithoutanend trailing '",
            "a.b.c.d'e'f''g",
        ] {
            let split = text.split(|c: char| !c.is_alphanumeric() && c != '#');
            let expected: Vec<&[u8]> = split.filter(|word| word.len() > 1).map(str::as_bytes).collect();
            assert_eq!(words_of(text).collect::<Vec<_>>(), expected, "{text}");
            let split = text.split(|c: char| !c.is_alphanumeric() && c != '#' && c != '\'');
            let expected: Vec<&[u8]> = split.filter(|word| !word.is_empty()).map(str::as_bytes).collect();
            assert_eq!(Words::<true>::of(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
