//! All rules at once against all segments of a document.
//!
//! Exact lines are looked up in a hash table and beginnings in an automaton that reads from the
//! start of the line; everything else hangs on literals, which `scan` finds in a single pass over
//! the folded text. A regular expression runs only on the segments that hold one of its literals,
//! so the cost of a rule is near nothing where it does not apply. Most text stands in paragraphs
//! that are too long for most rules, so the literals of those few that look at long segments have
//! a scanner of their own; and so have those of each language that is gated.

use std::ops::Range;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, Anchored, Input, MatchKind, StartKind};
use rustc_hash::FxHashMap;
use scraper::Selector;

use super::pattern::Pattern;
use super::scan::Literals;
use super::trial::{Trial, ends_word};
use super::{Rule, RuleFile, Scope, css};
use crate::Error;
use crate::segment::{Segment, Segments};
use crate::text::{LanguageSet, Languages, fold};

/// The longest segment, in bytes, on which a pattern without literals is tried.
const LONGEST_BARE: usize = 120;
/// The longest segment, in words, that a rule cuts whole unless it says otherwise.
const MAX_WORDS: u32 = 40;
/// Segments up to so many words share a scanner, which knows only the literals of the rules that
/// still look at segments of the shorter of them: lines, sentences and paragraphs. More scanners
/// would push each other out of the caches.
const LENGTHS: [u32; 3] = [12, MAX_WORDS, u32::MAX];

/// A rule that is ready to run.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) rule: Rule,
    pub(crate) id: Arc<str>,
    /// Whether it came from one of the user's files.
    pub(crate) is_users: bool,
    /// The languages in whose documents it is tried.
    gate: LanguageSet,
    pub(super) max_words: u32,
    pub(super) is_line_only: bool,
    pub(super) pattern: Option<Pattern>,
}

impl Compiled {
    /// Whether it keeps what it matches.
    pub(crate) fn protects(&self) -> bool {
        self.rule.action == super::Action::Protect
    }

    /// The longest segment, in words, that the rule looks at in this scope or, for a pattern, in
    /// any: the limit is one on what is cut whole.
    fn longest(&self, scope: Option<Scope>) -> u32 {
        let within = |s: Scope| matches!(s, Scope::Inline | Scope::Sentence);
        if scope.map_or_else(|| self.rule.scope.iter().copied().any(within), within) {
            u32::MAX
        } else {
            self.max_words
        }
    }

    pub(super) fn has(&self, scope: Scope) -> bool {
        self.rule.scope.contains(&scope)
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
    /// Longer segments, in words, are nothing to the rule.
    max_words: u32,
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
    /// The CSS selectors, each with the number of its rule.
    selectors: Vec<(u32, Selector)>,
    languages: Languages,
    gated: bool,
    /// Whether any rule of wording is the user's: those are tried on everything.
    has_users: bool,
}

/// What is looked for in the documents of one language, or of all: for segments of up to each of
/// [`LENGTHS`] words.
#[derive(Debug)]
struct Scanners {
    gate: LanguageSet,
    by_length: [Scanner; LENGTHS.len()],
}

impl Scanners {
    fn for_words(&self, words: u32) -> &Scanner {
        &self.by_length[LENGTHS.iter().position(|longest| words <= *longest).unwrap_or(0)]
    }
}

/// Finds literals, and what hangs on each.
#[derive(Debug)]
struct Scanner {
    literals: Literals,
    /// For each literal its length, and where its leads end in the list of all.
    ends: Vec<(u32, u32)>,
    leads: Vec<Lead>,
}

impl Scanner {
    fn new(index: &Index<Lead>, wanted: impl Fn(&Lead) -> bool) -> Self {
        let (mut literals, mut ends, mut leads) = (Vec::new(), Vec::new(), Vec::new());
        for (literal, values) in index.literals.iter().zip(&index.values) {
            let before = leads.len();
            leads.extend(values.iter().copied().filter(|l| wanted(l)));
            if leads.len() > before {
                literals.push(literal.as_str());
                ends.push((literal.len() as u32, leads.len() as u32));
            }
        }
        Self { literals: Literals::new(literals.into_iter()), ends, leads }
    }

    /// Adds to `found` what the literals in `text`, which has so many words, lead to.
    fn scan(&self, text: &str, words: u32, found: &mut Vec<(Lead, Range<usize>)>) {
        self.literals.find(text, |n, at| {
            let (length, end) = self.ends[n];
            let start = if n == 0 { 0 } else { self.ends[n - 1].1 };
            let leads = self.leads[start as usize..end as usize].iter().filter(|lead| words <= lead.max_words);
            found.extend(leads.map(|lead| (*lead, at..at + length as usize)));
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
pub(super) fn bare_line(folded: &str) -> &str {
    folded.trim_matches(|c: char| !c.is_alphanumeric() && c != '#')
}

impl Matcher {
    /// Compiles `files`; those for which `is_users` says so are the user's.
    pub(crate) fn new<'f>(files: impl IntoIterator<Item = (&'f RuleFile, bool)>) -> Result<Self, Error> {
        let mut rules: Vec<Compiled> = Vec::new();
        let mut lines: FxHashMap<Box<str>, Vec<u32>> = FxHashMap::default();
        let mut prefixes = Index::default();
        // Apart for each gate, in the order in which they are met.
        let mut literals: Vec<(LanguageSet, Index<Lead>)> = Vec::new();
        let (mut bare, mut raw, mut selectors) = (Vec::new(), Vec::new(), Vec::new());
        for (file, is_users) in files {
            let lang = file.lang.as_str();
            for rule in &file.rules {
                let n = rules.len() as u32;
                let needs: Vec<String> = rule.needs.iter().map(|need| folded(need).trim_start().to_owned()).collect();
                let within = rule.scope.iter().all(|s| matches!(s, Scope::Inline | Scope::Sentence));
                let compiled = Compiled {
                    id: rule.id.as_str().into(),
                    is_users,
                    gate: Languages::gate(lang),
                    max_words: rule.max_words.unwrap_or(if within || is_users { u32::MAX } else { MAX_WORDS }),
                    is_line_only: rule.scope == [Scope::Line],
                    pattern: rule.pattern.as_deref().map(|p| Pattern::new(p, lang, needs.clone())),
                    rule: rule.clone(),
                };
                let at = literals.iter().position(|(gate, _)| *gate == compiled.gate).unwrap_or_else(|| {
                    literals.push((compiled.gate, Index::default()));
                    literals.len() - 1
                });
                let literals = &mut literals[at].1;
                let lead = |scope: Option<Scope>| Lead { rule: n, scope, max_words: compiled.longest(scope) };
                for phrase in &rule.phrases {
                    let phrase = folded(phrase);
                    let phrase = phrase.trim();
                    for scope in &rule.scope {
                        match scope {
                            Scope::Line => lines.entry(bare_line(phrase).into()).or_default().push(n),
                            Scope::Prefix => prefixes.add(phrase.to_owned(), n),
                            _ => literals.add(phrase.to_owned(), lead(Some(*scope))),
                        }
                    }
                }
                for need in needs {
                    literals.add(need, lead(None));
                }
                if rule.pattern.is_some() && rule.needs.is_empty() {
                    if rule.raw { &mut raw } else { &mut bare }.push(n);
                }
                if let Some(css) = &rule.css {
                    let selector = css::parse(css).map_err(|why| file.error(rule, &why))?;
                    selectors.push((n, selector));
                }
                rules.push(compiled);
            }
        }
        Ok(Self {
            longest_line: lines.keys().map(|k| k.len()).max().unwrap_or(0),
            prefixes: beginnings(&prefixes.literals)?,
            prefix_rules: prefixes.values,
            scanners: literals
                .into_iter()
                .map(|(gate, literals)| Scanners {
                    gate,
                    by_length: std::array::from_fn(|n| {
                        let shortest = if n == 0 { 0 } else { LENGTHS[n - 1] + 1 };
                        Scanner::new(&literals, |lead| lead.max_words >= shortest)
                    }),
                })
                .collect(),
            languages: Languages::new(),
            gated: true,
            has_users: rules.iter().any(|rule| rule.is_users && rule.rule.css.is_none()),
            rules,
            lines,
            bare,
            raw,
            selectors,
        })
    }

    /// Tries the rules of every language on every document: an example is too short to tell.
    pub(super) fn ungated(mut self) -> Self {
        self.gated = false;
        self
    }

    pub(crate) fn rules(&self) -> &[Compiled] {
        &self.rules
    }

    /// The selectors of the rules that are for documents of this address, each with the number of its
    /// rule.
    pub(crate) fn selectors(&self, url: Option<&str>) -> Vec<(u32, &Selector)> {
        let is_for = |n: &u32| self.rules[*n as usize].rule.is_for(url);
        self.selectors.iter().filter(|(n, _)| is_for(n)).map(|(n, selector)| (*n, selector)).collect()
    }

    /// The rules for which a folded text, as a line of its own, is one of their phrases.
    pub(super) fn line_phrase(&self, folded: &str) -> &[u32] {
        let line = bare_line(folded);
        if line.len() > self.longest_line { &[] } else { self.lines.get(line).map_or(&[], Vec::as_slice) }
    }

    /// Every rule that applies to a segment of this document. Segments that are settled are only
    /// looked up as a whole and by their beginning: their verdict does not hang on it, only their name.
    pub(crate) fn hits(&self, source: &str, segments: &Segments, url: Option<&str>) -> Vec<Hit> {
        let folded = |segment: &Segment| &segments.folded[segment.folded.clone()];
        let running = segments.list.iter().filter(|s| s.shape.is_sentence()).map(folded);
        let languages = self.languages.of(running, segments.list.iter().map(folded));
        let settled = if self.has_users { &[][..] } else { &segments.settled };
        let mut hits = self.hits_in(languages, source, segments, settled);
        for (at, segment) in segments.list.iter().enumerate() {
            if !settled.get(at).is_some_and(|s| *s) {
                self.edges(source, at, segment, languages, &mut hits);
            }
        }
        css::hits(&self.rules, segments, &mut hits);
        hits.retain(|hit| self.rules[hit.rule].rule.is_for(url));
        hits
    }

    /// The same by the rules of these languages, without a look at the edges of long segments.
    pub(super) fn hits_in(
        &self,
        languages: LanguageSet,
        source: &str,
        segments: &Segments,
        settled: &[bool],
    ) -> Vec<Hit> {
        let mut hits = Vec::new();
        let scanners: Vec<&Scanners> =
            self.scanners.iter().filter(|s| !self.gated || s.gate.meets(languages)).collect();
        // The last segment on which each rule's pattern was tried.
        let mut tried = vec![u32::MAX; self.rules.len()];
        let mut leads: Vec<(Lead, Range<usize>)> = Vec::new();
        for (at, segment) in segments.list.iter().enumerate() {
            let text = &segments.folded[segment.folded.clone()];
            let words = segment.shape.words;
            let mut trial = Trial { source, segment, at, text, offsets: None, edges: None, hits: &mut hits };
            self.lines_and_prefixes(&mut trial);
            if settled.get(at).is_some_and(|s| *s) {
                continue;
            }
            for scanners in &scanners {
                scanners.for_words(words).scan(text, words, &mut leads);
            }
            for (lead, range) in leads.drain(..) {
                let rule = &self.rules[lead.rule as usize];
                match lead.scope {
                    Some(scope) => trial.phrase(rule, lead.rule, scope, range),
                    // The same rule may be led to by several of its literals.
                    None if tried[lead.rule as usize] == at as u32 => {}
                    None => {
                        tried[lead.rule as usize] = at as u32;
                        trial.pattern(rule, lead.rule);
                    }
                }
            }
            if text.len() <= LONGEST_BARE {
                for n in &self.bare {
                    trial.pattern(&self.rules[*n as usize], *n);
                }
            }
            for n in &self.raw {
                trial.pattern(&self.rules[*n as usize], *n);
            }
        }
        hits
    }

    fn lines_and_prefixes(&self, trial: &mut Trial<'_, '_>) {
        for n in self.line_phrase(trial.text) {
            trial.whole(&self.rules[*n as usize], *n);
        }
        let start = trial.text.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '#' && c != '©');
        let mut state = aho_corasick::automaton::OverlappingState::start();
        loop {
            let input = Input::new(start).anchored(Anchored::Yes);
            self.prefixes.find_overlapping(input, &mut state);
            let Some(found) = state.get_match() else { break };
            if ends_word(start, found.end()) {
                for n in &self.prefix_rules[found.pattern().as_usize()] {
                    trial.whole(&self.rules[*n as usize], *n);
                }
            }
        }
    }
}
