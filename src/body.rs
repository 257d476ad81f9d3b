//! The body: what is kept, in order, as paragraphs.

use std::ops::Range;

use crate::segment::Segment;
use crate::text::is_unspaced;

/// A body in the making.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) text: String,
}

impl Body {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes) }
    }

    /// Adds a segment without the parts of it that are cut, which are sorted and disjoint. Returns
    /// for each of them the byte of the body before which it stood.
    pub(crate) fn paragraph(
        &mut self,
        source: &str,
        segment: &Segment,
        cut: impl Iterator<Item = Range<usize>>,
    ) -> Vec<usize> {
        let mut places = Vec::new();
        let start = self.text.len();
        if start > 0 {
            self.text.push_str(if segment.joined { "\n" } else { "\n\n" });
        }
        let begin = self.text.len();
        let mut at = segment.span.start;
        let mut apart = false;
        for part in cut {
            apart = self.piece(begin, &source[at..part.start], apart, segment.wrapped);
            places.push(self.text.len());
            at = part.end;
        }
        self.piece(begin, &source[at..segment.span.end], apart, segment.wrapped);
        if self.text.len() == begin {
            self.text.truncate(start);
        }
        places.iter_mut().for_each(|place| *place = (*place).min(self.text.len()));
        places
    }

    /// Adds a piece of a paragraph that began at byte `begin` of the body. Pieces between which
    /// something was cut are set apart by one space, but for a mark that stood close to what was cut:
    /// `apart` says whether there was white space before that. Returns the same for the next piece.
    fn piece(&mut self, begin: usize, piece: &str, apart: bool, wrapped: bool) -> bool {
        let trimmed = piece.trim();
        if trimmed.is_empty() {
            return apart || !piece.is_empty();
        }
        let is_close =
            !apart && piece.starts_with(['.', ',', ';', ':', '!', '?', ')', ']', '…', '”', '’', '»', '،', '。', '，']);
        if self.text.len() > begin && !self.text.ends_with(char::is_whitespace) && !is_close {
            self.text.push(' ');
        }
        if wrapped {
            self.joined(trimmed);
        } else {
            // Preformatted text: a blank line would be taken for the end of the paragraph.
            for (n, line) in trimmed.split('\n').filter(|line| !line.trim().is_empty()).enumerate() {
                if n > 0 {
                    self.text.push('\n');
                }
                self.text.push_str(line.trim_end());
            }
        }
        piece.ends_with(char::is_whitespace)
    }

    /// Adds hard-wrapped lines as one: with a space where the break was, but none between
    /// characters of scripts that do not use it.
    fn joined(&mut self, lines: &str) {
        let mut lines = lines
            .split(['\n', '\r', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'])
            .map(str::trim)
            .filter(|l| !l.is_empty());
        let Some(first) = lines.next() else { return };
        self.text.push_str(first);
        for line in lines {
            if !(self.text.ends_with(is_unspaced) && line.starts_with(is_unspaced)) {
                self.text.push(' ');
            }
            self.text.push_str(line);
        }
    }
}
