//! `removals.jsonl`: one cut a line, with what stood around it.

use serde::Serialize;

use crate::{Kind, Record};

/// Characters of context before and after a cut.
const CONTEXT: usize = 60;

#[derive(Serialize)]
struct Line<'r> {
    id: &'r str,
    source: &'r str,
    url: Option<&'r str>,
    start: usize,
    end: usize,
    kind: Kind,
    rule: &'r str,
    confidence: f64,
    text: &'r str,
    before: &'r str,
    after: &'r str,
}

/// Appends the cuts of a record, which must come with its source text.
pub(super) fn write(out: &mut Vec<u8>, record: &Record) {
    let text = record.text.as_deref().unwrap_or_default();
    for cut in &record.removed {
        let line = Line {
            id: &record.id,
            source: &record.source,
            url: record.url.as_deref(),
            start: cut.start,
            end: cut.end,
            kind: cut.kind,
            rule: &cut.rule,
            confidence: cut.confidence,
            text: &cut.text,
            before: last_chars(text.get(..cut.start).unwrap_or_default()),
            after: first_chars(text.get(cut.end..).unwrap_or_default()),
        };
        // Writing to memory does not fail.
        let _ = serde_json::to_writer(&mut *out, &line);
        out.push(b'\n');
    }
}

fn last_chars(text: &str) -> &str {
    let start = text.char_indices().rev().nth(CONTEXT - 1).map_or(0, |(at, _)| at);
    &text[start..]
}

fn first_chars(text: &str) -> &str {
    let end = text.char_indices().nth(CONTEXT).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_is_counted_in_characters() {
        let long = "é".repeat(100);
        assert_eq!(last_chars(&long).chars().count(), 60);
        assert_eq!(first_chars(&long).chars().count(), 60);
        assert_eq!((last_chars("ab"), first_chars("ab")), ("ab", "ab"));
        assert_eq!((last_chars(""), first_chars("")), ("", ""));
    }
}
