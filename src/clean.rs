//! One document in, its clean copy out. Pure: no input or output, no globals.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use scraper::Selector;

use crate::body::Body;
use crate::detect::{self, Finding, SITE_LINE, View, Voice, title};
use crate::document::{Content, Document, Hints};
use crate::html::{self, Metadata, Parsed, strip_tags};
use crate::judge::{self, Outcome, Part, Verdict, Why, judge};
use crate::record::{Record, RemovedSpan, Stats, Status};
use crate::rules::{Matcher, RuleFile};
use crate::segment::{Nature, Segments, is_too_costly, segment_page, segment_text};
use crate::sites::site_of;
use crate::{Config, Error, Kind};

/// Cleans documents. Compiles the rules once; share one between threads.
#[derive(Debug)]
pub struct Cleaner {
    config: Config,
    matcher: Matcher,
    /// The names of the rules that are code.
    signals: FxHashMap<&'static str, Arc<str>>,
}

/// How sure a line must be for its text to fill a field of the record.
const FIELD: f32 = 0.7;

/// One cut.
#[derive(Clone, Debug, PartialEq)]
pub struct Removal {
    /// Bytes of the source text.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind,
    /// The rule that decided.
    pub rule: Arc<str>,
    /// How sure the judge is, from 0 to 1.
    pub confidence: f32,
    /// The byte of the body before which it stood.
    pub body_at: usize,
}

impl Removal {
    /// Whether `next` goes on where this ends, cut for the same reason.
    fn goes_on(&self, next: &Self, source: &str) -> bool {
        (self.kind, &self.rule, self.body_at) == (next.kind, &next.rule, next.body_at)
            && source[self.span.end..next.span.start].trim().is_empty()
    }
}

/// What became of one text or page.
#[derive(Clone, Debug)]
pub struct Cleaned<'t> {
    source: Cow<'t, str>,
    status: Status,
    body: String,
    removals: Vec<Removal>,
    title: Option<String>,
    byline: Option<String>,
    date: Option<String>,
    lang: Option<String>,
    url: Option<String>,
    text_from: Option<&'static str>,
    segments_kept: usize,
    segments_removed: usize,
}

impl<'t> Cleaned<'t> {
    /// A text of which nothing is cut; its body is still to be filled in.
    fn uncut(source: impl Into<Cow<'t, str>>, status: Status) -> Self {
        Self {
            source: source.into(),
            status,
            body: String::new(),
            removals: Vec::new(),
            title: None,
            byline: None,
            date: None,
            lang: None,
            url: None,
            text_from: None,
            segments_kept: 0,
            segments_removed: 0,
        }
    }

    /// A document over the limit, passed through.
    fn over_limit(source: impl Into<Cow<'t, str>>) -> Self {
        let cleaned = Self::uncut(source, Status::OverLimit);
        Self { body: cleaned.source.trim().to_owned(), ..cleaned }
    }

    /// Fills what was not found in the text from what the page says of itself.
    fn with_metadata(mut self, metadata: Metadata) -> Self {
        // A shown line that is a part of what the metadata say is the headline without the site's name.
        let is_part = |shown: &String, title: &String| {
            shown.chars().count() >= 12 && (title.starts_with(shown.trim()) || title.ends_with(shown.trim()))
        };
        self.title = match (self.title, metadata.title) {
            (Some(shown), Some(title)) if is_part(&shown, &title) => Some(shown),
            (shown, title) => title.or(shown),
        };
        self.byline = metadata.byline.or(self.byline);
        self.date = metadata.date.or(self.date);
        self.lang = metadata.lang;
        self.url = metadata.canonical_url;
        self
    }

    /// The text that was cleaned; of a page the visible text, one block a line.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
    /// How it ended.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }
    /// The clean body: paragraphs joined by one blank line.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
    /// Every cut: sorted, disjoint, on character boundaries.
    #[must_use]
    pub fn removals(&self) -> &[Removal] {
        &self.removals
    }
    /// The headline, from a removed line or the page's metadata.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }
    /// The author line, from a removed line or the page's metadata.
    #[must_use]
    pub fn byline(&self) -> Option<&str> {
        self.byline.as_deref()
    }
    /// The publication date, from a removed line or the page's metadata, as written there.
    #[must_use]
    pub fn date(&self) -> Option<&str> {
        self.date.as_deref()
    }
    /// The language that the page says it is in.
    #[must_use]
    pub fn lang(&self) -> Option<&str> {
        self.lang.as_deref()
    }
    /// The address that the page gives as its own.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }
    /// Where the text stood, if the page shows none itself: `json_ld` or `app_state`.
    #[must_use]
    pub fn text_from(&self) -> Option<&'static str> {
        self.text_from
    }
}

/// A page made ready to be judged.
struct Page {
    /// The source text.
    text: String,
    segments: Segments,
    metadata: Metadata,
    /// Where the text stood, if the page shows none itself.
    text_from: Option<&'static str>,
}

/// One segment of a document, or a part of one, as the judge saw it.
#[derive(Clone, Debug)]
pub struct Explained {
    /// Which segment of the document it is, or is a part of, from 0.
    pub segment: usize,
    /// Bytes of the source text.
    pub span: Range<usize>,
    /// `None` if the segment is kept.
    pub kind: Option<Kind>,
    /// The rule that decided, if any spoke.
    pub rule: Option<Arc<str>>,
    /// How sure the judge is that the segment is not body, from 0 to 1.
    pub confidence: f32,
}

impl Cleaner {
    /// Compiles the built-in rules and those of `config`.
    ///
    /// # Errors
    /// [`Error::Rules`] when a rule does not compile.
    pub fn new(config: Config) -> Result<Self, Error> {
        let built_in = RuleFile::built_in()?;
        let files = config.rule_files().iter().map(|f| (f, true));
        let matcher = Matcher::new(files.chain(built_in.iter().map(|f| (f, false))))?;
        let signals = detect::signals().chain(judge::SIGNALS.iter().copied()).map(|s| (s.id, s.id.into())).collect();
        Ok(Self { config, matcher, signals })
    }

    /// What it was made with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Cleans a plain text.
    #[must_use]
    pub fn clean_text<'t>(&self, text: &'t str) -> Cleaned<'t> {
        self.clean_text_with(text, None, &Hints::default())
    }

    /// Cleans a plain text of which more is known: its address (for rules of one site) and what
    /// its record says.
    #[must_use]
    pub fn clean_text_with<'t>(&self, text: &'t str, url: Option<&str>, hints: &Hints) -> Cleaned<'t> {
        if self.is_over_limit(text) {
            return Cleaned::over_limit(text);
        }
        let segments = segment_text(text);
        let (verdicts, outcome) = self.verdicts(text, &segments, url, hints);
        self.cut(text.into(), &segments, &verdicts, outcome)
    }

    /// Cleans a page of HTML; `url` is its address, for rules of one site.
    #[must_use]
    pub fn clean_html(&self, html: &str, url: Option<&str>) -> Cleaned<'static> {
        self.clean_html_with(html, url, &Hints::default())
    }

    /// Cleans a page of HTML of which more is known: what its record says.
    #[must_use]
    pub fn clean_html_with(&self, html: &str, url: Option<&str>, hints: &Hints) -> Cleaned<'static> {
        let Some(page) = self.page(html, url) else { return Cleaned::over_limit(strip_tags(html)) };
        let Page { text, segments, metadata, text_from } = page;
        let hints = joined(hints, &metadata);
        let (verdicts, outcome) = self.verdicts(&text, &segments, url.or(metadata.canonical_url.as_deref()), &hints);
        let cleaned = self.cut(text.into(), &segments, &verdicts, outcome);
        Cleaned { text_from, ..cleaned.with_metadata(metadata) }
    }

    /// The source text of a page, and every segment of it with its verdict, in order. No segments if
    /// the page is over the limit.
    #[must_use]
    pub fn explain_html(&self, html: &str, url: Option<&str>, hints: &Hints) -> (String, Vec<Explained>) {
        let Some(Page { text, segments, metadata, .. }) = self.page(html, url) else {
            return (strip_tags(html), Vec::new());
        };
        let hints = joined(hints, &metadata);
        let (verdicts, outcome) = self.verdicts(&text, &segments, url.or(metadata.canonical_url.as_deref()), &hints);
        let explained = self.explain(&text, &segments, &verdicts, outcome);
        (text, explained)
    }

    /// Reads a page. `None` if it is over the limit.
    fn page(&self, html: &str, url: Option<&str>) -> Option<Page> {
        if html.len() > self.config.max_doc_bytes() {
            return None;
        }
        let mut parsed = html::parse(html)?;
        let metadata = html::metadata(&parsed, url);
        // Which rules are for this page is known only now.
        let selectors = self.matcher.selectors(url.or(metadata.canonical_url.as_deref()));
        if !selectors.is_empty() {
            parsed.tree = html::parse_with(html, &selectors)?;
        }
        let (text, segments, text_from) = shown(&parsed, &selectors, url, &metadata);
        if is_too_costly(&text) {
            return None;
        }
        Some(Page { text, segments, metadata, text_from })
    }

    /// Every segment of a text with its verdict, in order. None if the text is over the limit.
    #[must_use]
    pub fn explain_text(&self, text: &str, url: Option<&str>, hints: &Hints) -> Vec<Explained> {
        if self.is_over_limit(text) {
            return Vec::new();
        }
        let segments = segment_text(text);
        let (verdicts, outcome) = self.verdicts(text, &segments, url, hints);
        self.explain(text, &segments, &verdicts, outcome)
    }

    fn explain(&self, text: &str, segments: &Segments, verdicts: &[Verdict], outcome: Outcome) -> Vec<Explained> {
        let mut explained = Vec::with_capacity(segments.list.len());
        for (number, (segment, verdict)) in segments.list.iter().zip(verdicts).enumerate() {
            let whole = |span: Range<usize>| Explained {
                segment: number,
                span,
                kind: verdict.says.filter(|_| verdict.cut && outcome == Outcome::Cut).map(|(kind, _)| kind),
                rule: verdict.says.map(|(_, voice)| self.rule_id(voice)),
                confidence: verdict.confidence,
            };
            let mut at = segment.span.start;
            for part in &verdict.parts {
                if !text[at..part.span.start].trim().is_empty() {
                    explained.push(whole(at..part.span.start));
                }
                explained.push(Explained {
                    segment: number,
                    span: part.span.clone(),
                    kind: (outcome == Outcome::Cut).then_some(part.kind),
                    rule: Some(self.rule_id(part.voice)),
                    confidence: part.confidence,
                });
                at = part.span.end;
            }
            if !text[at..segment.span.end].trim().is_empty() {
                explained.push(whole(at..segment.span.end));
            }
        }
        explained
    }

    /// Everything that was said of one segment of a document, the [`segment`](Explained::segment)-th from 0. `None` if
    /// there is no such segment, the document is unreadable, or it is over the limit.
    #[must_use]
    pub fn why(&self, document: &Document, segment: usize) -> Option<Why> {
        self.look_at(document, |view, findings| {
            (segment < view.len())
                .then(|| judge::why(view, findings, &self.config, segment, |voice| self.rule_id(voice)))
        })?
    }

    fn is_over_limit(&self, text: &str) -> bool {
        text.len() > self.config.max_doc_bytes() || is_too_costly(text)
    }

    fn verdicts(&self, text: &str, segments: &Segments, url: Option<&str>, hints: &Hints) -> (Vec<Verdict>, Outcome) {
        self.found(text, segments, url, hints, |view, findings| judge(view, findings, &self.config))
    }

    /// Looks for everything that rules and detectors know, and hands it on.
    fn found<T>(
        &self,
        text: &str,
        segments: &Segments,
        url: Option<&str>,
        hints: &Hints,
        then: impl FnOnce(&View<'_>, &[Finding]) -> T,
    ) -> T {
        let hits = self.matcher.hits(text, segments, url);
        let lines = self.config.site_lines();
        let of_site = lines.and_then(|lines| lines.of(&site_of(hints.site.as_deref(), url)?));
        let view = View::new(text, segments, hits, self.matcher.rules(), hints, of_site);
        let findings = detect::detect(&view);
        then(&view, &findings)
    }

    /// Segments a document and looks for what rules and detectors know, for training. `None` if it is
    /// unreadable or over the limit.
    pub(crate) fn look_at<T>(&self, document: &Document, then: impl FnOnce(&View<'_>, &[Finding]) -> T) -> Option<T> {
        let url = document.url.as_deref();
        match &document.content {
            Content::Unreadable(_) => None,
            Content::Text(text) if self.is_over_limit(text) => None,
            Content::Text(text) => Some(self.found(text, &segment_text(text), url, &document.hints, then)),
            Content::Html(html) => {
                let Page { text, segments, metadata, .. } = self.page(html, url)?;
                let hints = joined(&document.hints, &metadata);
                Some(self.found(&text, &segments, url.or(metadata.canonical_url.as_deref()), &hints, then))
            }
        }
    }

    /// The source text of a document, its segments, and the address that a page gives as its own. `None` if it
    /// is unreadable or over the limit.
    pub(crate) fn segmented<'d>(&self, document: &'d Document) -> Option<(Cow<'d, str>, Segments, Option<String>)> {
        match &document.content {
            Content::Unreadable(_) => None,
            Content::Text(text) if self.is_over_limit(text) => None,
            Content::Text(text) => Some((text.into(), segment_text(text), None)),
            Content::Html(html) => {
                let page = self.page(html, document.url.as_deref())?;
                Some((page.text.into(), page.segments, page.metadata.canonical_url))
            }
        }
    }

    fn rule_id(&self, voice: Voice) -> Arc<str> {
        match voice {
            Voice::Rule(n) => Arc::clone(&self.matcher.rules()[n].id),
            Voice::Signal(signal) => self.signals.get(signal.id).map_or_else(|| signal.id.into(), Arc::clone),
        }
    }

    /// Whether what speaks knows a reading time ("4 min read") or an age ("2 hours ago"): lines of
    /// the kind date, but no dates.
    fn says_no_date(&self, voice: Voice) -> bool {
        let id = self.rule_id(voice);
        ["date.reading", "date.ago", "date.relative"].iter().any(|prefix| id.starts_with(prefix))
    }

    /// Makes the cuts, and the body from what is left.
    fn cut<'t>(
        &self,
        source: Cow<'t, str>,
        segments: &Segments,
        verdicts: &[Verdict],
        outcome: Outcome,
    ) -> Cleaned<'t> {
        let mut cleaned = Cleaned::uncut("", Status::Unchanged);
        let judged = || segments.list.iter().zip(verdicts);
        // A kind that is kept in the body still fills its field.
        // On a page there are names and dates of many things; those of the article stand above it.
        let head = if segments.page.is_some() {
            verdicts.iter().position(|v| v.confidence.max(v.surety) < FIELD).unwrap_or(0)
        } else {
            verdicts.len()
        };
        // What stands in many documents is not what this one says of itself.
        let is_of_site = |voice: Voice| matches!(voice, Voice::Signal(signal) if *signal == SITE_LINE);
        let line = |kind: Kind| {
            let lines = judged().take(head).filter(|(s, v)| {
                v.confidence.max(v.surety) >= FIELD
                    && v.says.is_some_and(|(k, voice)| k == kind && !self.says_no_date(voice) && !is_of_site(voice))
                    && (segments.page.is_none() || kind != Kind::Date || s.shape.digits > 0)
            });
            lines.map(|(s, _)| source[s.span.clone()].to_owned()).next()
        };
        cleaned.title = self.headline(&source, segments, verdicts);
        cleaned.byline = line(Kind::Byline);
        cleaned.date = line(Kind::Date);
        let mut body = Body::with_capacity(source.len());
        for (segment, verdict) in judged() {
            if let (true, Some((kind, voice)), Outcome::Cut) = (verdict.cut, verdict.says, outcome) {
                cleaned.segments_removed += 1;
                let (span, rule, body_at) = (segment.span.clone(), self.rule_id(voice), body.text.len());
                let removal = Removal { span, kind, rule, confidence: verdict.confidence, body_at };
                // The blocks of a menu are one removal; of a text each line is one.
                match cleaned.removals.last_mut() {
                    Some(last) if segments.page.is_some() && last.goes_on(&removal, &source) => {
                        last.span.end = removal.span.end;
                        last.confidence = last.confidence.min(removal.confidence);
                    }
                    _ => cleaned.removals.push(removal),
                }
                continue;
            }
            cleaned.segments_kept += 1;
            let parts: &[Part] = if outcome == Outcome::Cut { &verdict.parts } else { &[] };
            cleaned.segments_removed += parts.len();
            let places = body.paragraph(&source, segment, parts.iter().map(|p| p.span.clone()));
            cleaned.removals.extend(parts.iter().zip(places).map(|(part, body_at)| Removal {
                span: part.span.clone(),
                kind: part.kind,
                rule: self.rule_id(part.voice),
                confidence: part.confidence,
                body_at,
            }));
        }
        cleaned.body = body.text;
        cleaned.status = match outcome {
            _ if segments.list.is_empty() => Status::Empty,
            Outcome::Leave(status) => status,
            Outcome::Cut if cleaned.segments_kept == 0 => Status::Empty,
            Outcome::Cut if cleaned.removals.is_empty() => Status::Unchanged,
            Outcome::Cut => Status::Ok,
        };
        Cleaned { source, ..cleaned }
    }

    /// The headline among the lines that are a title: not the kicker, not the standfirst.
    fn headline(&self, source: &str, segments: &Segments, verdicts: &[Verdict]) -> Option<String> {
        let titles = segments.list.iter().zip(verdicts).filter(|(_, v)| {
            v.surety >= FIELD && matches!(v.says, Some((Kind::Title, Voice::Signal(s))) if title::is_headline(s))
        });
        titles.map(|(s, _)| source[s.span.clone()].to_owned()).next()
    }

    /// Cleans one document into its record. With `emit_text` the record holds the source text.
    #[must_use]
    pub fn clean_document(&self, document: Document, emit_text: bool) -> Record {
        let Document { id, source, url, hints, content, encoding, extra } = document;
        // Until it is read.
        let mut record = Record {
            // Unknown is null.
            url: url.filter(|url| !url.trim().is_empty()),
            error: None,
            stats: Stats { encoding: encoding.map(str::to_owned), ..Stats::default() },
            extra,
            ..Record::unreadable(id, source, String::new())
        };
        let url = record.url.as_deref();
        let cleaned = match &content {
            Content::Unreadable(reason) => Err(reason.clone()),
            Content::Text(text) => Ok(self.clean_text_with(text, url, &hints)),
            Content::Html(html) => Ok(self.clean_html_with(html, url, &hints)),
        };
        match cleaned {
            Ok(cleaned) => fill(&mut record, cleaned, hints, emit_text),
            Err(reason) => {
                record.error = Some(reason);
                record.lang = hints.lang;
            }
        }
        record
    }
}

/// What the record says, and what it does not know, as the page says.
fn joined(hints: &Hints, metadata: &Metadata) -> Hints {
    Hints {
        title: hints.title.clone().or(metadata.title.clone()),
        byline: hints.byline.clone().or(metadata.byline.clone()),
        date: hints.date.clone().or(metadata.date.clone()),
        lang: hints.lang.clone().or(metadata.lang.clone()),
        site: hints.site.clone(),
    }
}

/// The text of a page in its segments, and the kind of script it stood in, if it did. Where next to
/// nothing can be read, the text may be hidden, shown to readers without scripts, or in a script.
fn shown(
    page: &Parsed<'_>,
    selectors: &[(u32, &Selector)],
    url: Option<&str>,
    metadata: &Metadata,
) -> (String, Segments, Option<&'static str>) {
    let nature = match metadata {
        Metadata { has_article: true, .. } => Nature::Article,
        _ if metadata.is_thread(url) => Nature::Thread,
        _ => Nature::Unknown,
    };
    let (text, mut segments) = segment_page(&page.tree, false, nature);
    let seen = look(&mut segments);
    let mut best = (seen, (text, segments, None));
    if best.0 >= LITTLE {
        return best.1;
    }
    let mut offer = |(text, mut segments), from| {
        let reading = look(&mut segments);
        if reading > 1.5 * best.0 + 30.0 {
            best = (reading, (text, segments, from));
        }
    };
    offer(segment_page(&page.tree, true, nature), None);
    let without_scripts = html::without_scripts(&page.tree);
    if without_scripts.len() > 200
        && let Some(tree) = html::parse_with(&without_scripts, selectors)
    {
        offer(segment_page(&tree, false, nature), None);
    }
    // Other pages without running text (products, lists) have their text where it is seen.
    if (nature == Nature::Article || seen < NOTHING)
        && let Some((text, from)) = html::text_in_scripts(page, url, metadata.title.as_deref())
    {
        let segments = segment_text(&text);
        offer((text, segments), Some(from));
    }
    best.1
}

/// How many words of running text there are to read: of a page, those that are its article's. Notes
/// what the structure of a page settles.
fn look(segments: &mut Segments) -> f32 {
    if let Some((reading, settled)) = detect::Page::first_look(segments) {
        segments.settled = settled;
        return reading;
    }
    let running = segments.list.iter().filter(|s| s.shape.is_sentence() || s.shape.is_prose());
    running.map(|s| s.shape.words as f32).sum()
}

/// A page with less to read than this many words shows nothing.
const NOTHING: f32 = 20.0;
/// A page with less to read than this many words may have its text elsewhere.
const LITTLE: f32 = 100.0;

/// Fills in what cleaning found; what it did not find, the input may have known.
fn fill(record: &mut Record, cleaned: Cleaned<'_>, hints: Hints, emit_text: bool) {
    let text = &cleaned.source;
    record.removed = cleaned
        .removals
        .iter()
        .map(|r| RemovedSpan {
            start: r.span.start,
            end: r.span.end,
            kind: r.kind,
            rule: r.rule.to_string(),
            // As decimal digits, not as the nearest binary fraction of them.
            confidence: (f64::from(r.confidence) * 100.0).round() / 100.0,
            text: text[r.span.clone()].to_owned(),
            body_at: Some(r.body_at),
        })
        .collect();
    record.status = cleaned.status;
    record.stats.chars_in = text.chars().count();
    record.stats.chars_body = cleaned.body.chars().count();
    record.stats.segments_kept = cleaned.segments_kept;
    record.stats.segments_removed = cleaned.segments_removed;
    record.stats.text_from = cleaned.text_from.map(str::to_owned);
    record.title = cleaned.title.or(hints.title);
    record.byline = cleaned.byline.or(hints.byline);
    record.date = cleaned.date.or(hints.date);
    record.lang = hints.lang.or(cleaned.lang);
    // Where the page was fetched is a fact; its canonical address is what it says.
    if record.url.is_none() {
        record.url = cleaned.url;
    }
    record.body = cleaned.body;
    if emit_text {
        record.text = Some(cleaned.source.into_owned());
    }
}
