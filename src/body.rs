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
        for part in cut {
            self.piece(begin, &source[at..part.start], segment.wrapped);
            places.push(self.text.len());
            at = part.end;
        }
        self.piece(begin, &source[at..segment.span.end], segment.wrapped);
        if self.text.len() == begin {
            self.text.truncate(start);
        }
        places.iter_mut().for_each(|place| *place = (*place).min(self.text.len()));
        places
    }

    /// Adds a piece of a paragraph that began at byte `begin` of the body. Pieces between which
    /// something was cut are set apart by one space if there was white space on either side.
    fn piece(&mut self, begin: usize, piece: &str, wrapped: bool) {
        let trimmed = piece.trim();
        if trimmed.is_empty() {
            return;
        }
        if self.text.len() > begin && !self.text.ends_with(char::is_whitespace) {
            self.text.push(' ');
        }
        if wrapped {
            self.joined(trimmed);
        } else {
            self.text.push_str(trimmed);
        }
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
