//! Labels that run on from a paragraph: "... in the spring. Source: Agency", "Share Tweet The ...".
//!
//! In dumps without line breaks the share bar and the source line stand in the same line as the
//! article. What follows the last end mark is tried as a line of its own; at the beginning only a
//! row of known labels is taken off.

use std::ops::Range;

use super::matcher::{Hit, Matcher};
use super::{Place, Scope};
use crate::segment::{Segment, segment_text};
use crate::text::{LanguageSet, fold, is_sentence_end};

/// Only segments of at least so many words are taken for several paragraphs in one line; the
/// paragraphs of dumps with line breaks are shorter.
const PARAGRAPH: u32 = 60;
/// The longest label, in words.
const LABEL: usize = 5;
/// The longest line, in words, that can run on.
const LONGEST: usize = 15;
/// A rule must be this sure of a line for it to be taken off a paragraph.
const SURE: f32 = 0.9;

impl Matcher {
    /// Adds what is known of the text at both ends of a long segment.
    pub(super) fn edges(
        &self,
        source: &str,
        at: usize,
        segment: &Segment,
        languages: LanguageSet,
        hits: &mut Vec<Hit>,
    ) {
        if segment.shape.words < PARAGRAPH {
            return;
        }
        let span = segment.span.clone();
        self.labels_before(source, at, span.clone(), hits);
        let text = &source[span.clone()];
        let Some((end, mark)) = text.char_indices().rfind(|(_, c)| is_sentence_end(*c)) else { return };
        let tail = &text[end + mark.len_utf8()..];
        let line = tail.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '(' | '[' | '©'));
        // A mark inside a number or an address ends no sentence.
        if line.is_empty()
            || line.len() == tail.len()
            || line.starts_with(char::is_lowercase)
            || line.split_whitespace().count() > LONGEST
        {
            return;
        }
        let start = span.end - line.len();
        self.labels_behind(source, at, start..span.end, languages, hits);
    }

    /// The rule that is sure of `line` as a line of its own.
    fn rule_of(&self, line: &str, languages: LanguageSet) -> Option<usize> {
        let segments = segment_text(line);
        let sure = |hit: &Hit| {
            let rule = &self.rules()[hit.rule].rule;
            hit.part.is_none() && rule.confidence >= SURE && rule.place != Place::Head
        };
        self.hits_in(languages, line, &segments, &[]).into_iter().find(sure).map(|hit| hit.rule)
    }

    /// Takes known labels off the end of a line, and then tries the rest of it.
    fn labels_behind(&self, source: &str, at: usize, line: Range<usize>, languages: LanguageSet, hits: &mut Vec<Hit>) {
        let mut end = line.end;
        while let Some((start, rule)) = self.last_label(source, line.start..end) {
            hits.push(Hit { segment: at, rule, part: Some(start..end) });
            end = line.start + source[line.start..start].trim_end().len();
        }
        if end > line.start
            && let Some(rule) = self.rule_of(&source[line.start..end], languages)
        {
            hits.push(Hit { segment: at, rule, part: Some(line.start..end) });
        }
    }

    fn last_label(&self, source: &str, line: Range<usize>) -> Option<(usize, usize)> {
        let text = &source[line.clone()];
        let starts = text.split_whitespace().map(|w| w.as_ptr() as usize - text.as_ptr() as usize).collect::<Vec<_>>();
        let from = starts.len().saturating_sub(LABEL);
        starts[from..].iter().find_map(|start| Some((line.start + start, self.label(&text[*start..])?)))
    }

    /// Takes a row of at least two labels off the beginning of a paragraph.
    fn labels_before(&self, source: &str, at: usize, span: Range<usize>, hits: &mut Vec<Hit>) {
        let mut found: Vec<Hit> = Vec::new();
        let mut start = span.start;
        loop {
            let text = &source[start..span.end];
            let ends =
                text.split_whitespace().take(LABEL).map(|w| w.as_ptr() as usize - text.as_ptr() as usize + w.len());
            let label =
                ends.collect::<Vec<_>>().into_iter().rev().find_map(|end| Some((end, self.label(&text[..end])?)));
            let Some((end, rule)) = label else { break };
            found.push(Hit { segment: at, rule, part: Some(start..start + end) });
            start += end;
            start += source[start..span.end].len() - source[start..span.end].trim_start().len();
        }
        if found.len() >= 2 && !source[start..span.end].starts_with(char::is_lowercase) {
            hits.append(&mut found);
        }
    }

    /// The rule for which `text` is a label, as it is written on a button: with a capital, and
    /// without a full stop.
    fn label(&self, text: &str) -> Option<usize> {
        if !text.starts_with(char::is_uppercase) || !text.ends_with(char::is_alphanumeric) {
            return None;
        }
        let mut folded = String::new();
        fold(text, &mut folded);
        let sure = |n: &&u32| {
            let rule = &self.rules()[**n as usize].rule;
            rule.confidence >= SURE && rule.scope.contains(&Scope::Line)
        };
        self.line_phrase(&folded).iter().find(sure).map(|n| *n as usize)
    }
}
