//! Plain text: a line is a segment; hard-wrapped lines are put together again for judging.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::{Segment, Segments};
use crate::text::{Shape, fold, is_sentence_end, is_unspaced};

/// The widest line, in characters, that can come from hard wrapping. Mail and wire copy wrap
/// at 60 to 80.
const WIDEST_WRAP: usize = 100;
/// The narrowest.
const NARROWEST_WRAP: usize = 40;
/// The share of line breaks inside paragraphs that must fall where the next word did not fit.
const WRAPPED_BREAKS: f32 = 0.8;

/// The largest share of those lines that may end with a sentence: lines that all do are short
/// paragraphs of much the same length.
const ENDED_LINES: f32 = 0.4;

struct Line {
    span: Range<usize>,
    after_gap: bool,
}

/// Cuts `source` into segments.
pub(crate) fn segment_text(source: &str) -> Segments {
    let lines = lines(source);
    let width = wrap_width(source, &lines);
    let mut segments = Segments {
        list: Vec::with_capacity(lines.len()),
        folded: String::with_capacity(source.len()),
        ..Segments::default()
    };
    let mut at = 0;
    while at < lines.len() {
        let mut last = at;
        if let Some(width) = width {
            while last + 1 < lines.len() && is_wrap(source, &lines[last], &lines[last + 1], width) {
                last += 1;
            }
        }
        let span = lines[at].span.start..lines[last].span.end;
        let text = &source[span.clone()];
        let start = segments.folded.len();
        fold(text, &mut segments.folded);
        let folded = start..segments.folded.len();
        segments.folded.push('\n');
        segments.list.push(Segment {
            shape: Shape::of(text),
            span,
            folded,
            after_gap: lines[at].after_gap,
            wrapped: last > at,
            joined: false,
        });
        at = last + 1;
    }
    segments
}

/// The lines that hold more than white space, without the white space at their ends.
fn lines(source: &str) -> Vec<Line> {
    let rare = has_rare_breaks(source);
    let mut lines = Vec::new();
    let mut start = 0;
    let mut after_gap = false;
    let bytes = source.as_bytes();
    // Any of the line separators of Unicode may stand in a dump; form feeds separate pages.
    let mut breaks = memchr::memchr3_iter(b'\n', b'\r', b'\x0c', bytes);
    loop {
        let end = breaks.next().unwrap_or(bytes.len());
        let mut add = |from: usize, text: &str| {
            let trimmed = text.trim();
            if trimmed.is_empty() {
                // The line feed of a CRLF is no blank line.
                let crlf = from > 0 && from == end && bytes[from - 1] == b'\r';
                after_gap |= !crlf;
            } else {
                let from = from + (text.len() - text.trim_start().len());
                lines.push(Line { span: from..from + trimmed.len(), after_gap });
                after_gap = false;
            }
        };
        let line = &source[start..end];
        if rare {
            line.split(RARE).for_each(|piece| add(piece.as_ptr() as usize - source.as_ptr() as usize, piece));
        } else {
            add(start, line);
        }
        if end == bytes.len() {
            return lines;
        }
        start = end + 1;
    }
}

/// Whether separators that no one types occur: NEL, LS or PS. Looking for each on its own is many
/// times as fast as looking at every character.
fn has_rare_breaks(source: &str) -> bool {
    static FINDERS: LazyLock<[Finder<'static>; 3]> =
        LazyLock::new(|| RARE.map(|c| Finder::new(c.encode_utf8(&mut [0; 4]).as_bytes()).into_owned()));
    FINDERS.iter().any(|finder| finder.find(source.as_bytes()).is_some())
}

const RARE: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// Characters that cannot be parted by a line break: those of the first word, or one in scripts
/// that break anywhere.
fn first_word(text: &str) -> usize {
    if text.starts_with(is_unspaced) {
        return 1;
    }
    text.split_whitespace().next().map_or(0, |w| w.chars().count())
}

/// The width at which this text was hard-wrapped, if it was.
fn wrap_width(source: &str, lines: &[Line]) -> Option<usize> {
    // Wrapped prose marks its paragraphs by blank lines.
    let joints = lines.iter().skip(1).filter(|l| !l.after_gap).count();
    if joints < 2 || joints == lines.len() - 1 && lines.len() > 200 {
        return None;
    }
    let mut width = 0;
    for line in lines {
        if line.span.len() > WIDEST_WRAP * 4 {
            return None;
        }
        width = width.max(source[line.span.clone()].chars().count());
    }
    if !(NARROWEST_WRAP..=WIDEST_WRAP).contains(&width) {
        return None;
    }
    let (mut full, mut all, mut ended) = (0, 0, 0);
    for pair in lines.windows(2) {
        if !pair[1].after_gap {
            all += 1;
            full += usize::from(is_wrap(source, &pair[0], &pair[1], width));
            ended += usize::from(source[pair[0].span.clone()].ends_with(is_sentence_end));
        }
    }
    let wrapped = full as f32 >= all as f32 * WRAPPED_BREAKS && (ended as f32) <= all as f32 * ENDED_LINES;
    wrapped.then_some(width)
}

/// Whether the break between two lines can come from wrapping at `width`: no blank line, and the
/// next line's first word would not have fitted.
fn is_wrap(source: &str, line: &Line, next: &Line, width: usize) -> bool {
    !next.after_gap && {
        let here = source[line.span.clone()].chars().count();
        here + 1 + first_word(&source[next.span.clone()]) > width.saturating_sub(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<&str> {
        segment_text(source).list.iter().map(|s| &source[s.span.clone()]).collect()
    }

    #[test]
    fn lines_of_any_kind() {
        assert_eq!(texts("a\r\nb\rc\n\n d \u{2028}e\u{85}f\x0cg"), ["a", "b", "c", "d", "e", "f", "g"]);
        assert!(texts(" \r\n\t\u{a0}\n\u{3000}").is_empty());
        let gaps: Vec<bool> = segment_text("a\r\nb\r\n\r\nc\n\nd").list.iter().map(|s| s.after_gap).collect();
        assert_eq!(gaps, [false, false, true, true]);
    }

    #[test]
    fn wrapped_paragraphs_are_put_together() {
        let source = "The council voted on Tuesday night to close the old bridge for\n\
                      repairs that are expected to last until the spring of next year,\n\
                      officials said.\n\n\
                      Traffic will be led over the new bridge, and the bus lines twelve\n\
                      and fourteen will take another way through the town.\n";
        let found = texts(source);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].ends_with("officials said."));
    }

    #[test]
    fn unwrapped_lines_stay_apart() {
        let source = "Short line\nAnother short line\nA third one\n\nA much longer line that has some words in it and goes on\nx\n";
        assert_eq!(texts(source).len(), 5);
    }

    #[test]
    fn short_paragraphs_of_one_length_stay_apart() {
        let source = "The council voted on Tuesday night to close the bridge for repairs, officials said there.\n\
                      Traffic will be led over the new bridge, and two bus lines will take another way round.\n\
                      The work is expected to last until the spring of next year and to cost four million euros.\n\
                      Shopkeepers near the old bridge said that they had not been asked about any of the plans.\n";
        assert_eq!(texts(source).len(), 4);
    }
}
