//! All rules at once against all segments of a document.
//!
//! Exact lines are looked up in a hash table and beginnings in an automaton that reads from the
//! start of the line; everything else hangs on literals, which `scan` finds in a single pass over
//! the folded text. A regular expression runs only on the segments that hold one of its literals,
//! so the cost of a rule is near nothing where it does not apply. Most text stands in paragraphs
//! that are too long for most rules, so the literals of those few that look at long segments have
//! a scanner of their own; and so have those of each language that is gated.

use std::ops::{Range, RangeInclusive};
use std::sync::{Arc, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, Anchored, Input, MatchKind, StartKind};
use regex::Regex;
use rustc_hash::FxHashMap;

use super::scan::Literals;
use super::{Rule, RuleFile, Scope};
use crate::segment::{Segment, Segments};
use crate::text::{LanguageSet, Languages, fold, fold_with_offsets, is_sentence_end, is_unspaced};
use crate::Error;

/// The longest segment, in bytes, on which a pattern without literals is tried.
const LONGEST_BARE: usize = 120;
/// The longest segment, in words, that a rule cuts whole unless it says otherwise.
const MAX_WORDS: u32 = 40;
/// Longer segments, in words, are only looked at by the rules that ask for it.
const LONG: u32 = MAX_WORDS;
/// The longest sentence, in bytes, that a `sentence` rule cuts.
const LONGEST_SENTENCE: usize = 400;

/// A rule that is ready to run.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) rule: Rule,
    pub(crate) id: Arc<str>,
    /// Whether it came from one of the user's files.
    pub(crate) is_users: bool,
    /// The languages in whose documents it is tried.
    gate: LanguageSet,
    max_words: u32,
    is_line_only: bool,
    pattern: Option<Pattern>,
}

impl Compiled {
    fn has(&self, scope: Scope) -> bool {
        self.rule.scope.contains(&scope)
    }
}

/// A regular expression, compiled when it is first needed: most runs never need most of them.
///
/// On plain ASCII text, which most is, a form that knows only ASCII gives the same answers; it
/// compiles and runs several times as fast. So it does on any text for patterns of English words
/// that do not ask for letters in general.
#[derive(Debug)]
struct Pattern {
    text: String,
    is_ascii: bool,
    /// The lengths, in bytes, of what it can match.
    lengths: OnceLock<RangeInclusive<usize>>,
    ascii: OnceLock<Option<regex::bytes::Regex>>,
    unicode: OnceLock<Option<Regex>>,
}

impl Pattern {
    fn new(text: &str, lang: &str) -> Self {
        let asks_for_letters = text.replace(r"[^\w", "").contains(r"\w");
        let is_ascii = matches!(lang, "en" | "any") && text.is_ascii() && !asks_for_letters;
        Self { text: text.to_owned(), is_ascii, lengths: OnceLock::new(), ascii: OnceLock::new(), unicode: OnceLock::new() }
    }

    fn ascii_for(&self, text: &str) -> Option<&regex::bytes::Regex> {
        if self.is_ascii || text.is_ascii() { self.ascii() } else { None }
    }

    fn ascii(&self) -> Option<&regex::bytes::Regex> {
        // A class of letters beyond ASCII has no such form.
        self.ascii.get_or_init(|| regex::bytes::RegexBuilder::new(&self.text).unicode(false).build().ok()).as_ref()
    }

    fn unicode(&self) -> Option<&Regex> {
        // Patterns were checked when their file was read, or by the tests.
        self.unicode.get_or_init(|| Regex::new(&self.text).ok()).as_ref()
    }

    /// Whether all of a text of this many bytes could be a match.
    fn fits(&self, length: usize) -> bool {
        let lengths = self.lengths.get_or_init(|| {
            let Ok(hir) = regex_syntax::parse(&self.text) else { return 0..=usize::MAX };
            let properties = hir.properties();
            properties.minimum_len().unwrap_or(0)..=properties.maximum_len().unwrap_or(usize::MAX)
        });
        lengths.contains(&length)
    }

    fn is_match(&self, text: &str) -> bool {
        match self.ascii_for(text) {
            Some(regex) => regex.is_match(text.as_bytes()),
            None => self.unicode().is_some_and(|regex| regex.is_match(text)),
        }
    }

    fn find_all(&self, text: &str) -> Vec<Range<usize>> {
        match self.ascii_for(text) {
            Some(regex) => regex.find_iter(text.as_bytes()).map(|m| m.range()).filter(|m| text.get(m.clone()).is_some()).collect(),
            None => self.unicode().into_iter().flat_map(|regex| regex.find_iter(text)).map(|m| m.range()).collect(),
        }
    }
}

/// One rule that applies to one segment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Hit {
    /// Index of the segment.
    pub(crate) segment: usize,
    /// Index of the rule.
    pub(crate) rule: usize,
    /// The bytes of the source it speaks of, if not the whole segment.
    pub(crate) part: Option<Range<usize>>,
}

/// What a literal found in a segment leads to.
#[derive(Clone, Copy, Debug)]
struct Lead {
    rule: u32,
    /// `None`: the literal is one that the rule's pattern needs.
    scope: Option<Scope>,
}

/// All rules, indexed.
#[derive(Debug)]
pub(crate) struct Matcher {
    rules: Vec<Compiled>,
    lines: FxHashMap<Box<str>, Vec<u32>>,
    longest_line: usize,
    prefixes: AhoCorasick,
    prefix_rules: Vec<Vec<u32>>,
    scanners: Vec<Scanners>,
    bare: Vec<u32>,
    raw: Vec<u32>,
    languages: Languages,
}

/// What is looked for in the documents of one language, or of all.
#[derive(Debug)]
struct Scanners {
    gate: LanguageSet,
    /// For segments of up to [`LONG`] words.
    short: Scanner,
    /// For longer ones.
    long: Scanner,
}

/// Finds literals, and what hangs on each.
#[derive(Debug)]
struct Scanner {
    literals: Literals,
    lengths: Vec<usize>,
    leads: Vec<Vec<Lead>>,
}

impl Scanner {
    fn new(index: &Index<Lead>, wanted: impl Fn(&Lead) -> bool) -> Self {
        let (mut literals, mut leads) = (Vec::new(), Vec::new());
        for (literal, values) in index.literals.iter().zip(&index.values) {
            let values: Vec<Lead> = values.iter().copied().filter(|l| wanted(l)).collect();
            if !values.is_empty() {
                literals.push(literal.as_str());
                leads.push(values);
            }
        }
        Self {
            lengths: literals.iter().map(|l| l.len()).collect(),
            literals: Literals::new(literals.into_iter()),
            leads,
        }
    }

    /// Adds to `found` what the literals in `text` lead to.
    fn scan(&self, text: &str, found: &mut Vec<(Lead, Range<usize>)>) {
        self.literals.find(text, |n, at| {
            found.extend(self.leads[n].iter().map(|lead| (*lead, at..at + self.lengths[n])));
        });
    }
}

/// Finds which of `beginnings` a text begins with.
fn beginnings(beginnings: &[String]) -> Result<AhoCorasick, Error> {
    AhoCorasickBuilder::new()
        .match_kind(MatchKind::Standard)
        .start_kind(StartKind::Anchored)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(beginnings)
        .map_err(|e| Error::Usage(format!("the rules do not compile: {e}")))
}

/// Collects literals, each once, with all that hangs on it.
struct Index<T> {
    literals: Vec<String>,
    values: Vec<Vec<T>>,
    at: FxHashMap<String, usize>,
}

impl<T> Default for Index<T> {
    fn default() -> Self {
        Self { literals: Vec::new(), values: Vec::new(), at: FxHashMap::default() }
    }
}

impl<T> Index<T> {
    fn add(&mut self, literal: String, value: T) {
        let at = *self.at.entry(literal.clone()).or_insert_with(|| {
            self.literals.push(literal);
            self.values.push(Vec::new());
            self.literals.len() - 1
        });
        self.values[at].push(value);
    }
}

fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold(text, &mut out);
    out
}

/// Without the punctuation and symbols at both ends.
fn bare_line(folded: &str) -> &str {
    folded.trim_matches(|c: char| !c.is_alphanumeric() && c != '#')
}

impl Matcher {
    /// Compiles `files`; those for which `is_users` says so are the user's.
    pub(crate) fn new<'f>(files: impl IntoIterator<Item = (&'f RuleFile, bool)>) -> Result<Self, Error> {
        let mut rules: Vec<Compiled> = Vec::new();
        let mut lines: FxHashMap<Box<str>, Vec<u32>> = FxHashMap::default();
        let mut prefixes = Index::default();
        let mut literals = Index::default();
        let (mut bare, mut raw) = (Vec::new(), Vec::new());
        for (file, is_users) in files {
            let lang = file.lang.as_str();
            for rule in &file.rules {
                let n = rules.len() as u32;
                for phrase in &rule.phrases {
                    let phrase = folded(phrase);
                    let phrase = phrase.trim();
                    for scope in &rule.scope {
                        match scope {
                            Scope::Line => lines.entry(bare_line(phrase).into()).or_default().push(n),
                            Scope::Prefix => prefixes.add(phrase.to_owned(), n),
                            _ => literals.add(phrase.to_owned(), Lead { rule: n, scope: Some(*scope) }),
                        }
                    }
                }
                for need in &rule.needs {
                    literals.add(folded(need).trim_start().to_owned(), Lead { rule: n, scope: None });
                }
                if rule.raw {
                    raw.push(n);
                } else if rule.pattern.is_some() && rule.needs.is_empty() {
                    bare.push(n);
                }
                let whole = rule.scope.iter().all(|s| matches!(s, Scope::Inline | Scope::Sentence));
                rules.push(Compiled {
                    id: rule.id.as_str().into(),
                    is_users,
                    gate: Languages::gate(lang),
                    max_words: rule.max_words.unwrap_or(if whole || is_users { u32::MAX } else { MAX_WORDS }),
                    is_line_only: rule.scope == [Scope::Line],
                    pattern: rule.pattern.as_deref().map(|p| Pattern::new(p, lang)),
                    rule: rule.clone(),
                });
            }
        }
        let mut gates: Vec<LanguageSet> = Vec::new();
        for rule in &rules {
            if !gates.contains(&rule.gate) {
                gates.push(rule.gate);
            }
        }
        let reads_long = |lead: &Lead| rules[lead.rule as usize].max_words > LONG;
        Ok(Self {
            longest_line: lines.keys().map(|k| k.len()).max().unwrap_or(0),
            prefixes: beginnings(&prefixes.literals)?,
            prefix_rules: prefixes.values,
            scanners: gates
                .into_iter()
                .map(|gate| {
                    let of_gate = |lead: &Lead| rules[lead.rule as usize].gate == gate;
                    Scanners {
                        gate,
                        short: Scanner::new(&literals, of_gate),
                        long: Scanner::new(&literals, |lead| of_gate(lead) && reads_long(lead)),
                    }
                })
                .collect(),
            languages: Languages::new(),
            rules,
            lines,
            bare,
            raw,
        })
    }

    pub(crate) fn rules(&self) -> &[Compiled] {
        &self.rules
    }

    /// Every rule that applies to a segment of this document, in the order of the segments.
    pub(crate) fn hits(&self, source: &str, segments: &Segments, url: Option<&str>) -> Vec<Hit> {
        let mut hits = Vec::new();
        let folded = |segment: &Segment| &segments.folded[segment.folded.clone()];
        let running = segments.list.iter().filter(|s| s.shape.is_sentence()).map(folded);
        let languages = self.languages.of(running);
        let scanners: Vec<&Scanners> = self.scanners.iter().filter(|s| s.gate.meets(languages)).collect();
        let mut leads: Vec<(Lead, Range<usize>)> = Vec::new();
        for (at, segment) in segments.list.iter().enumerate() {
            let text = folded(segment);
            leads.clear();
            for scanner in &scanners {
                let scanner = if segment.shape.words > LONG { &scanner.long } else { &scanner.short };
                scanner.scan(text, &mut leads);
            }
            let mut matching = Matching { source, segment, at, text, offsets: None, hits: &mut hits };
            self.lines_and_prefixes(&mut matching);
            for n in 0..leads.len() {
                let (lead, range) = (leads[n].0, leads[n].1.clone());
                let rule = &self.rules[lead.rule as usize];
                match lead.scope {
                    Some(scope) => matching.phrase(rule, lead.rule, scope, range),
                    // The same rule may be led to by several of its literals.
                    None if leads[..n].iter().any(|(l, _)| l.scope.is_none() && l.rule == lead.rule) => {}
                    None => matching.pattern(rule, lead.rule, text),
                }
            }
            if text.len() <= LONGEST_BARE {
                for n in &self.bare {
                    matching.pattern(&self.rules[*n as usize], *n, text);
                }
            }
            for n in &self.raw {
                matching.pattern(&self.rules[*n as usize], *n, &source[segment.span.clone()]);
            }
        }
        hits.retain(|hit| self.rules[hit.rule].rule.is_for(url));
        hits
    }

    fn lines_and_prefixes(&self, matching: &mut Matching<'_, '_>) {
        let line = bare_line(matching.text);
        if line.len() <= self.longest_line
            && let Some(rules) = self.lines.get(line)
        {
            rules.iter().for_each(|n| matching.whole(&self.rules[*n as usize], *n));
        }
        let start = matching.text.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '#' && c != '©');
        let mut state = aho_corasick::automaton::OverlappingState::start();
        loop {
            let input = Input::new(start).anchored(Anchored::Yes);
            self.prefixes.find_overlapping(input, &mut state);
            let Some(found) = state.get_match() else { break };
            if ends_word(start, found.end()) {
                for n in &self.prefix_rules[found.pattern().as_usize()] {
                    matching.whole(&self.rules[*n as usize], *n);
                }
            }
        }
    }
}

/// Rules being tried on one segment.
struct Matching<'a, 'h> {
    source: &'a str,
    segment: &'a Segment,
    at: usize,
    text: &'a str,
    /// Where in the segment's source each folded byte came from; made when first needed.
    offsets: Option<Vec<u32>>,
    hits: &'h mut Vec<Hit>,
}

impl Matching<'_, '_> {
    fn hit(&mut self, rule: u32, part: Option<Range<usize>>) {
        let hit = Hit { segment: self.at, rule: rule as usize, part };
        if !self.hits.iter().rev().take_while(|h| h.segment == self.at).any(|h| *h == hit) {
            self.hits.push(hit);
        }
    }

    /// The rule cuts the whole segment, if that is not too long for it.
    fn whole(&mut self, rule: &Compiled, n: u32) {
        if self.segment.shape.words <= rule.max_words {
            self.hit(n, None);
        }
    }

    /// A phrase of `rule` was found at `range` of the folded segment.
    fn phrase(&mut self, rule: &Compiled, n: u32, scope: Scope, range: Range<usize>) {
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

    /// Tries the pattern of `rule` on `text`.
    fn pattern(&mut self, rule: &Compiled, n: u32, text: &str) {
        let Some(pattern) = &rule.pattern else { return };
        let whole = self.segment.shape.words <= rule.max_words;
        let (inline, sentence) = (rule.has(Scope::Inline), rule.has(Scope::Sentence));
        if whole && rule.rule.scope.iter().any(|s| !matches!(s, Scope::Inline | Scope::Sentence)) {
            // Asking for the place of a match costs twice as much as asking for one.
            if rule.is_line_only && !pattern.fits(text.len()) {
                return;
            }
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
        let end = sentence_end(&self.source[from..span.end]) + from;
        if end - from <= LONGEST_SENTENCE {
            self.part(n, from..end);
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

fn ends_word(text: &str, at: usize) -> bool {
    begins_word(text, at)
}

/// Whether a sentence can begin behind `before`.
fn is_boundary(before: &str) -> bool {
    let before = before.trim_end();
    let open = before.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']', '」']);
    before.is_empty() || open.ends_with(|c: char| is_sentence_end(c) || matches!(c, '…' | '|' | '•' | '·')) || before.ends_with([')', ']'])
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

/// Where the first sentence of `text` ends, in bytes.
fn sentence_end(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if !is_sentence_end(c) {
            continue;
        }
        let mut end = at + c.len_utf8();
        while let Some((next, _)) = chars.next_if(|(_, c)| is_sentence_end(*c) || matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '」')) {
            end = next + text[next..].chars().next().map_or(1, char::len_utf8);
        }
        let rest = &text[end..];
        let initial = text[..at].chars().rev().take_while(|c| c.is_alphanumeric()).count() <= 1;
        let wide = matches!(c, '。' | '！' | '？');
        let next = rest.trim_start().chars().next();
        if wide || next.is_none() || rest.starts_with(char::is_whitespace) && !initial && next.is_some_and(|c| !c.is_lowercase()) {
            return end;
        }
    }
    text.len()
}
