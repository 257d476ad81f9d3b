//! The cuts of a document as a unified diff of its source text.
//!
//! The new side is the source text without its cuts, a line that holds nothing else left out. But for white space
//! that is the body: its paragraphs stand apart and wrapped lines are joined, which a diff would show at every line.

use std::io::Write;

use super::words::one_line;
use crate::Record;

/// Lines of context.
const CONTEXT: usize = 3;

/// A line of the source text, and what is left of it.
struct Line<'t> {
    old: &'t str,
    /// `None` if it stays as it is; an empty one goes.
    new: Option<String>,
}

/// Appends the diff of a record, which must come with its source text; nothing if nothing was cut.
pub(super) fn write(out: &mut Vec<u8>, record: &Record) {
    let Some(text) = record.text.as_deref().filter(|_| !record.removed.is_empty()) else { return };
    let lines = lines(text, record);
    let name = one_line(&record.id);
    // Without it, what reads a diff takes a name to end at its first space.
    let end = if name.contains(' ') { "\t" } else { "" };
    // Writing to memory does not fail.
    let _ = writeln!(out, "--- {name}{end}\n+++ {name}{end}");
    let changes: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].new.is_some()).collect();
    // How many lines the new side is behind.
    let mut gone = 0;
    for hunk in changes.chunk_by(|a, b| b - a <= 2 * CONTEXT) {
        let first = hunk[0].saturating_sub(CONTEXT);
        let end = (hunk[hunk.len() - 1] + CONTEXT + 1).min(lines.len());
        let lines = &lines[first..end];
        let new = lines.iter().filter(|line| line.new.as_deref() != Some("")).count();
        // A side without lines is said to begin at the line before.
        let begin = |first: usize, count: usize| first + usize::from(count > 0);
        let (old_begin, new_begin) = (begin(first, lines.len()), begin(first - gone, new));
        let _ = writeln!(out, "@@ -{old_begin},{} +{new_begin},{new} @@", lines.len());
        for line in lines {
            match &line.new {
                None => put(out, b' ', line.old),
                Some(new) => {
                    put(out, b'-', line.old);
                    if !new.is_empty() {
                        put(out, b'+', new);
                    }
                }
            }
        }
        gone += lines.len() - new;
    }
}

fn put(out: &mut Vec<u8>, sign: u8, line: &str) {
    out.push(sign);
    out.extend_from_slice(line.as_bytes());
    if !line.ends_with('\n') {
        out.extend_from_slice(b"\n\\ No newline at end of file\n");
    }
}

fn lines<'t>(text: &'t str, record: &Record) -> Vec<Line<'t>> {
    let mut cuts = record.removed.as_slice();
    let mut lines = Vec::new();
    let mut start = 0;
    for old in text.split_inclusive('\n') {
        let end = start + old.len();
        let mut at = start;
        let mut new: Option<String> = None;
        while let [cut, rest @ ..] = cuts
            && cut.start < end
        {
            new.get_or_insert_default().push_str(&text[at..cut.start.max(at)]);
            at = cut.end.min(end);
            if cut.end > end {
                // It goes on in the next line.
                break;
            }
            cuts = rest;
        }
        if let Some(kept) = &mut new {
            kept.push_str(&text[at..end]);
            if kept.trim().is_empty() {
                kept.clear();
            } else if old.ends_with('\n') && !kept.ends_with('\n') {
                kept.push('\n');
            }
        }
        lines.push(Line { old, new });
        start = end;
    }
    lines
}
