//! Rules being tried on one segment: what of it each of them speaks of.

use std::ops::Range;

use super::Scope;
use super::matcher::{Compiled, Hit, bare_line};
use super::outline::Edges;
use crate::segment::Segment;
use crate::text::{fold_with_offsets, is_function_word, is_sentence_end, is_unspaced};

/// The longest sentence, in bytes, that a `sentence` rule looks at.
const LONGEST_TEASER: usize = 600;
/// The longest sentence, in words, that a `sentence` rule cuts whole.
const LONGEST_SENTENCE: usize = 14;

/// Rules being tried on one segment.
pub(super) struct Trial<'a, 'h> {
    pub(super) source: &'a str,
    pub(super) segment: &'a Segment,
    pub(super) at: usize,
    pub(super) text: &'a str,
    /// Where in the segment's source each folded byte came from; made when first needed.
    pub(super) offsets: Option<Vec<u32>>,
    /// How the folded segment begins and ends; made when first needed.
    pub(super) edges: Option<Edges>,
    pub(super) hits: &'h mut Vec<Hit>,
}

impl Trial<'_, '_> {
    /// Two literals may lead to the same hit; whoever reads the hits does not mind.
    fn hit(&mut self, rule: u32, part: Option<Range<usize>>) {
        self.hits.push(Hit { segment: self.at, rule: rule as usize, part });
    }

    /// The rule cuts the whole segment, if that is not too long for it.
    pub(super) fn whole(&mut self, rule: &Compiled, n: u32) {
        if self.segment.shape.words <= rule.max_words {
            self.hit(n, None);
        }
    }

    /// A phrase of `rule` was found at `range` of the folded segment.
    pub(super) fn phrase(&mut self, rule: &Compiled, n: u32, scope: Scope, range: Range<usize>) {
        if !begins_word(self.text, range.start) || !ends_word(self.text, range.end) {
            return;
        }
        match scope {
            Scope::Suffix => {
                if bare_line(&self.text[range.end..]).is_empty() {
                    self.whole(rule, n);
                }
            }
            Scope::Contains => self.whole(rule, n),
            Scope::Inline => {
                let part = self.source_range(range);
                if let Some(part) = between_sentences(self.source, &self.segment.span, part) {
                    self.part(n, part);
                }
            }
            Scope::Sentence => self.sentence(n, range.start),
            Scope::Line | Scope::Prefix => {}
        }
    }

    /// Tries the pattern of `rule`.
    pub(super) fn pattern(&mut self, rule: &Compiled, n: u32) {
        let Some(pattern) = &rule.pattern else { return };
        let text = if rule.rule.raw { &self.source[self.segment.span.clone()] } else { self.text };
        let edges = if rule.rule.raw { Edges::of(text) } else { *self.edges.get_or_insert_with(|| Edges::of(text)) };
        if !pattern.may_match(text, edges, rule.is_line_only) {
            return;
        }
        let whole = self.segment.shape.words <= rule.max_words;
        let (inline, sentence) = (rule.has(Scope::Inline), rule.has(Scope::Sentence));
        if whole && rule.rule.scope.iter().any(|s| !matches!(s, Scope::Inline | Scope::Sentence)) {
            // Asking for the place of a match costs twice as much as asking for one.
            let all_of_it = || !rule.is_line_only || pattern.find_all(text).first() == Some(&(0..text.len()));
            if pattern.is_match(text) && all_of_it() {
                self.hit(n, None);
                return;
            }
        }
        if !inline && !sentence {
            return;
        }
        for found in pattern.find_all(text) {
            if sentence {
                self.sentence(n, found.start);
            } else {
                let part = if rule.rule.raw {
                    let base = self.segment.span.start;
                    base + found.start..base + found.end
                } else {
                    self.source_range(found)
                };
                self.part(n, part);
            }
        }
    }

    /// The sentence that begins at `start` of the folded segment, if one does.
    fn sentence(&mut self, n: u32, start: usize) {
        let from = self.source_range(start..start + 1).start;
        let span = self.segment.span.clone();
        let before = &self.source[span.start..from];
        if !is_boundary(before) {
            return;
        }
        let text = &self.source[from..span.end];
        // No teaser is longer, and a line without an end mark must not be read over and over.
        let text = &text[..text.floor_char_boundary(LONGEST_TEASER)];
        let text = &text[..sentence_end(text)];
        if let Some(length) = teaser_length(text) {
            self.part(n, from..from + length);
        }
    }

    fn part(&mut self, n: u32, part: Range<usize>) {
        let text = &self.source[part.clone()];
        let start = part.start + (text.len() - text.trim_start().len());
        let part = start..start + text.trim().len();
        if part == self.segment.span {
            self.hit(n, None);
        } else if !part.is_empty() {
            self.hit(n, Some(part));
        }
    }

    /// The bytes of the source that a range of the folded segment stands for.
    fn source_range(&mut self, range: Range<usize>) -> Range<usize> {
        let span = &self.segment.span;
        let offsets = self.offsets.get_or_insert_with(|| {
            let (mut out, mut offsets) = (String::new(), Vec::new());
            fold_with_offsets(&self.source[span.clone()], &mut out, &mut offsets);
            offsets
        });
        let at = |i: usize| offsets.get(i).map_or(span.end, |o| span.start + *o as usize);
        at(range.start)..at(range.end)
    }
}

/// Whether a word of the kind that has boundaries could go on across this place.
fn joins(before: Option<char>, after: Option<char>) -> bool {
    match (before, after) {
        (Some(a), Some(b)) => {
            let word = |c: char| (c.is_alphanumeric() || c == '#') && !is_unspaced(c);
            word(a) && word(b)
        }
        _ => false,
    }
}

fn begins_word(text: &str, at: usize) -> bool {
    !joins(text[..at].chars().next_back(), text[at..].chars().next())
}

pub(super) fn ends_word(text: &str, at: usize) -> bool {
    begins_word(text, at)
}

/// Whether a sentence can begin behind `before`.
fn is_boundary(before: &str) -> bool {
    let before = before.trim_end();
    let open = before.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']', '」']);
    before.is_empty()
        || open.ends_with(|c: char| is_sentence_end(c) || matches!(c, '…' | '|' | '•' | '·'))
        || before.ends_with([')', ']'])
}

/// A marker stands between sentences: behind an end mark or at the start, before a capital or at
/// the end, itself with a capital. Returns its range with the marks that belong to it.
fn between_sentences(source: &str, span: &Range<usize>, part: Range<usize>) -> Option<Range<usize>> {
    let cased_lower = |c: char| c.is_lowercase();
    let text = &source[part.clone()];
    if text.starts_with(cased_lower) || !is_boundary(&source[span.start..part.start]) {
        return None;
    }
    let behind = &source[part.end..span.end];
    let marks = behind.len() - behind.trim_start_matches(['.', ':', '!', '…', ']', ')', '-', '–', '—', '*', '|']).len();
    let behind = &behind[marks..];
    let spaced = behind.is_empty() || behind.starts_with(char::is_whitespace) || text.ends_with(is_unspaced);
    let next = behind.trim_start().chars().next();
    (spaced && next.is_none_or(|c| !c.is_lowercase() && c != ',')).then(|| part.start..part.end + marks)
}

/// How much of a sentence that begins with "Read more:" and the like is the teaser, in bytes.
///
/// A teaser has no full stop, so in flat text the article's next sentence runs on from it. That
/// begins with a capital, most often of an article, a pronoun or a preposition, which a headline
/// would not write so; where no such word is found, only a short sentence can be cut.
fn teaser_length(text: &str) -> Option<usize> {
    /// The marker and the first words of the headline.
    const MARKER: usize = 5;
    let mut words = 0;
    let (mut previous, mut before) = ("", "");
    for word in text.split_whitespace() {
        words += 1;
        let starts = word.starts_with(char::is_uppercase) && is_function_word(&word.to_lowercase());
        // In a headline that writes every word with a capital nothing can be told.
        let in_title = previous.starts_with(char::is_uppercase) && before.starts_with(char::is_uppercase);
        if words > MARKER && starts && previous.ends_with(char::is_alphanumeric) && !in_title {
            return Some(word.as_ptr() as usize - text.as_ptr() as usize);
        }
        (before, previous) = (previous, word);
    }
    (words <= LONGEST_SENTENCE).then_some(text.len())
}

/// Where the first sentence of `text` ends, in bytes.
fn sentence_end(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if !is_sentence_end(c) {
            continue;
        }
        let mut end = at + c.len_utf8();
        while let Some((next, _)) =
            chars.next_if(|(_, c)| is_sentence_end(*c) || matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '」'))
        {
            end = next + text[next..].chars().next().map_or(1, char::len_utf8);
        }
        let rest = &text[end..];
        let initial = text[..at].chars().rev().take_while(|c| c.is_alphanumeric()).count() <= 1;
        let wide = matches!(c, '。' | '！' | '？');
        let next = rest.trim_start().chars().next();
        if wide
            || next.is_none()
            || rest.starts_with(char::is_whitespace) && !initial && next.is_some_and(|c| !c.is_lowercase())
        {
            return end;
        }
    }
    text.len()
}
