//! `cleancopy explain`: every segment of one document, kept or cut, and why.

use std::fmt::Display;
use std::io::{IsTerminal, Write, stdout};
use std::ops::Range;
use std::path::Path;

use anstyle::{Ansi256Color, AnsiColor, Style};
use cleancopy::document::Content;
use cleancopy::input::{Inputs, Options, open_lines};
use cleancopy::output::one_line;
use cleancopy::restore::{Piece, pieces};
use cleancopy::{Cleaner, Document, Error, Explained, Kind, Record, Status, Why};
use console::{Term, truncate_str};
use serde::Serialize;

use super::args::ExplainArgs;
use super::{DONE, FAULTS, say, stdout_failed};

const HEAD: Style = Style::new().bold();
const NOTE: Style = AnsiColor::BrightBlack.on_default();

/// Features that are shown on either side.
const FEATURES: usize = 10;

pub(super) fn run(args: &ExplainArgs) -> Result<u8, Error> {
    let cleaner = Cleaner::new(args.cleaning.config()?)?;
    let fault = |id: &str, what: &dyn Display| {
        say(format_args!("cleancopy: {}: {what}", one_line(id)));
        Ok(FAULTS)
    };
    let nothing = |what: &dyn Display| fault(&args.file.display().to_string(), what);
    let several = || say("cleancopy: this is the first of several documents; --id names another");
    let (document, view) = if is_of_a_run(&args.file) {
        let Some(record) = record(args, several)? else { return nothing(&missing(args)) };
        if let (Status::Error, Some(reason)) = (record.status, &record.error) {
            return fault(&record.id, reason);
        }
        match View::of_record(&record) {
            Ok(view) => (again(&record), view),
            Err(violation) => return fault(&record.id, &violation),
        }
    } else {
        let Some(document) = document(args, several)? else { return nothing(&missing(args)) };
        if let Content::Unreadable(reason) = &document.content {
            return fault(&document.id, reason);
        }
        let view = View::of_document(&cleaner, &document);
        if view.segments.is_empty() && !view.text.trim().is_empty() {
            let _ = fault(&document.id, &"over the limit of a document; it would pass through uncut");
        }
        (Some(document), view)
    };
    let written = match args.why {
        None if args.json => view.json(),
        None => view.table(),
        Some(number) => match view.why(&cleaner, document.as_ref(), number as usize) {
            Ok(why) if args.json => json_line(&why),
            Ok(why) => view.why_table(number as usize, &why),
            Err(reason) => return nothing(&reason),
        },
    };
    anstream::stdout().lock().write_all(&written).map_err(stdout_failed)?;
    Ok(DONE)
}

fn missing(args: &ExplainArgs) -> String {
    args.id
        .as_ref()
        .map_or_else(|| "no document in it".to_owned(), |id| format!("no document `{}` in it", one_line(id)))
}

/// Whether a file holds records that `clean` wrote. What can be read only once is not looked at.
fn is_of_a_run(file: &Path) -> bool {
    if !file.is_file() {
        return false;
    }
    let first = open_lines(file).ok().and_then(|mut lines| lines.next());
    matches!(first, Some(Ok((_, line))) if serde_json::from_slice::<Record>(&line).is_ok())
}

/// The record to be explained, if it is there.
fn record(args: &ExplainArgs, several: impl Fn()) -> Result<Option<Record>, Error> {
    let mut first = None;
    for line in open_lines(&args.file)? {
        let (number, line) = line?;
        let Ok(record) = serde_json::from_slice::<Record>(&line) else {
            say(format_args!("cleancopy: {}: line {number} is not a record and is passed over", args.file.display()));
            continue;
        };
        match &args.id {
            Some(id) if record.id == *id => return Ok(Some(record)),
            Some(_) => {}
            None if first.is_some() => {
                several();
                break;
            }
            None => first = Some(record),
        }
    }
    Ok(first)
}

/// The document to be explained, if it is there.
fn document(args: &ExplainArgs, several: impl Fn()) -> Result<Option<Document>, Error> {
    let options = Options { from: args.from.map(Into::into), fields: args.fields.fields(), ..Options::default() };
    let mut documents = Inputs::new([&args.file], options)?.documents();
    let Some(id) = &args.id else {
        let first = documents.next();
        if first.is_some() && documents.next().is_some() {
            several();
        }
        return Ok(first);
    };
    Ok(documents.find(|document| document.id == *id))
}

/// A record's text as a document, if the record holds it.
fn again(record: &Record) -> Option<Document> {
    let content = Content::Text(record.text.clone()?);
    let (id, source, url) = (record.id.clone(), record.source.clone(), record.url.clone());
    Some(Document { id, source, url, content, ..Document::default() })
}

/// A document and what became of its segments.
struct View {
    /// The source text.
    text: String,
    segments: Vec<Segment>,
    /// The file to be explained instead, if what is known now is too little to say why.
    of_run: Option<String>,
}

/// A segment, or a part of one.
struct Segment {
    span: Range<usize>,
    kind: Option<Kind>,
    rule: Option<String>,
    /// `None` if it is not known.
    confidence: Option<f64>,
    /// Which of the document's segments it is of, if that is known.
    number: Option<usize>,
}

impl View {
    fn of_document(cleaner: &Cleaner, document: &Document) -> Self {
        let (url, hints) = (document.url.as_deref(), &document.hints);
        let (text, explained) = match &document.content {
            Content::Text(text) => (text.clone(), cleaner.explain_text(text, url, hints)),
            Content::Html(html) => cleaner.explain_html(html, url, hints),
            Content::Unreadable(_) => (String::new(), Vec::new()),
        };
        let segment = |explained: Explained| Segment {
            span: explained.span,
            kind: explained.kind,
            rule: explained.rule.map(|rule| rule.to_string()),
            confidence: Some((f64::from(explained.confidence) * 1000.0).round() / 1000.0),
            number: Some(explained.segment),
        };
        Self { text, segments: explained.into_iter().map(segment).collect(), of_run: None }
    }

    /// What a record says: its cuts, and the lines between them.
    fn of_record(record: &Record) -> Result<Self, String> {
        let (mut text, mut segments) = (String::new(), Vec::new());
        for piece in pieces(record)? {
            let start = text.len();
            text.push_str(piece.text());
            match piece {
                Piece::Kept(_) => segments.extend(kept_lines(&text, start..text.len())),
                Piece::Cut(cut) => segments.push(Segment {
                    span: start..text.len(),
                    kind: Some(cut.kind),
                    rule: Some(cut.rule.clone()),
                    confidence: Some(cut.confidence),
                    number: None,
                }),
            }
        }
        Ok(Self { text, segments, of_run: Some(record.source.clone()) })
    }

    fn json(&self) -> Vec<u8> {
        #[derive(Serialize)]
        struct Line<'s> {
            n: usize,
            start: usize,
            end: usize,
            verdict: &'static str,
            kind: Option<Kind>,
            rule: Option<&'s str>,
            confidence: Option<f64>,
            text: &'s str,
        }
        let line = |(at, segment): (usize, &Segment)| {
            json_line(&Line {
                n: at + 1,
                start: segment.span.start,
                end: segment.span.end,
                verdict: segment.verdict(),
                kind: segment.kind,
                rule: segment.rule.as_deref(),
                confidence: segment.confidence,
                text: &self.text[segment.span.clone()],
            })
        };
        self.segments.iter().enumerate().flat_map(line).collect()
    }

    fn table(&self) -> Vec<u8> {
        let rule = |segment: &Segment| segment.rule.as_deref().map(one_line).unwrap_or_default();
        let wide = self.segments.iter().map(|segment| rule(segment).chars().count()).max().unwrap_or(0);
        let digits = self.segments.len().to_string().len();
        // In a pipe nobody is short of room, and a program may want all of it.
        let room = stdout().is_terminal().then(|| {
            let (_, columns) = Term::stdout().size();
            usize::from(columns).saturating_sub(" - caption   0.00  ".len() + digits + wide).max(20)
        });
        let mut out = Vec::new();
        for (at, segment) in self.segments.iter().enumerate() {
            let (mark, style) = segment.kind.map_or(('+', Style::new()), |kind| ('-', colour(kind)));
            let line = one_line(&self.text[segment.span.clone()]);
            let line = room.map_or(line.as_str().into(), |room| truncate_str(&line, room, "…"));
            let struck = if segment.kind.is_some() { style.strikethrough() } else { style };
            // Writing to memory does not fail.
            let _ = writeln!(
                out,
                "{NOTE}{:digits$}{NOTE:#} {style}{mark} {:7}{style:#} {NOTE}{:wide$}  {:4}{NOTE:#}  {struck}{line}{struck:#}",
                at + 1,
                segment.kind.map_or("", Kind::name),
                rule(segment),
                segment.confidence.map_or_else(String::new, |confidence| format!("{confidence:.2}")),
            );
        }
        out
    }

    /// Why the segment with this number, from 1, is kept or cut; `Err` says in words why that cannot be told.
    fn why(&self, cleaner: &Cleaner, document: Option<&Document>, number: usize) -> Result<Why, String> {
        let Some(segment) = self.segments.get(number - 1) else {
            return Err(format!("it has {} segments, so there is no {number}-th", self.segments.len()));
        };
        let Some(source) = &self.of_run else {
            let why = document.zip(segment.number).and_then(|(document, number)| cleaner.why(document, number));
            return why.ok_or_else(|| "over the limit of a document".to_owned());
        };
        let elsewhere = |what: &str| format!("{what}; explain the file it came from, {}, instead", one_line(source));
        let document = document.ok_or_else(|| elsewhere("the record does not hold its text (--emit-text)"))?;
        let now = Self::of_document(cleaner, document);
        let cuts = |view: &Self| -> Vec<Range<usize>> {
            let cuts = view.segments.iter().filter(|segment| segment.kind.is_some());
            cuts.map(|segment| segment.span.clone()).collect()
        };
        let there =
            now.segments.iter().find(|other| other.span.end > segment.span.start).and_then(|other| other.number);
        match there.filter(|_| cuts(&now) == cuts(self)).and_then(|number| cleaner.why(document, number)) {
            Some(why) => Ok(why),
            None => {
                Err(elsewhere("by its text alone the record would be cut otherwise: it was a page, or flags differ"))
            }
        }
    }

    fn why_table(&self, number: usize, why: &Why) -> Vec<u8> {
        let mut out = Vec::new();
        // Writing to memory does not fail.
        let mut line = |text: &dyn Display| _ = writeln!(out, "{text}");
        let segment = &self.segments[number - 1];
        line(&format_args!("{HEAD}segment {number}, {}{HEAD:#}: {}", segment.verdict(), why.because));
        line(&format_args!("  {}", one_line(&self.text[segment.span.clone()])));
        line(&format_args!("\n{HEAD}rules and detectors{HEAD:#}"));
        if why.voices.is_empty() {
            line(&"  nobody spoke");
        }
        let wide = why.voices.iter().map(|voice| voice.rule.chars().count()).max().unwrap_or(0);
        for voice in &why.voices {
            let about = match (&voice.span, voice.about) {
                _ if voice.protects => "keeps it".to_owned(),
                (Some(span), _) => format!("of `{}`", one_line(&self.text[span.clone()])),
                (None, about) => about.unwrap_or_default().to_owned(),
            };
            let kind = voice.kind.name();
            let (rule, sure) = (&voice.rule, voice.confidence);
            match &*about {
                "" => line(&format_args!("  {sure:.2}  {kind:7}  {rule}")),
                about => line(&format_args!("  {sure:.2}  {kind:7}  {rule:wide$}  {NOTE}{about}{NOTE:#}")),
            }
        }
        if why.voices.len() > 1 {
            line(&format_args!("  {:.2}  together", why.voices_together));
        }
        if let Some(site) = why.site {
            line(&format_args!("  {site:.2}  the table of its site"));
        }
        match why.model {
            None => line(&format_args!("\n{HEAD}the model{HEAD:#} was not asked")),
            Some(sure) => {
                line(&format_args!("\n{HEAD}the model{HEAD:#} is {sure:.2} sure that it is not body, by what it saw"))
            }
        }
        let side = |sign: f32| why.features.iter().filter(move |feature| feature.weight * sign > 0.0).take(FEATURES);
        for (sign, title) in [(1.0, "for a cut"), (-1.0, "for body")] {
            let mut features = side(sign).peekable();
            if features.peek().is_some() {
                line(&format_args!("  {title}"));
            }
            for feature in features {
                line(&format_args!("  {:+6.2}  {} = {}", feature.weight, feature.feature, feature.value));
            }
        }
        line(&"");
        if let Some(most) = why.held_at {
            line(&format_args!("held at {most:.2} by the guards, whatever speaks for a cut"));
        }
        line(&format_args!("{:.2} sure in all; from {:.2} on it is cut", why.confidence, why.threshold));
        out
    }
}

/// The lines of a stretch of text that is kept.
fn kept_lines(text: &str, stretch: Range<usize>) -> impl Iterator<Item = Segment> {
    let mut at = stretch.start;
    text[stretch].split_inclusive('\n').filter_map(move |line| {
        let start = at + line.len() - line.trim_start().len();
        let span = start..at + line.trim_end().len();
        at += line.len();
        (!line.trim().is_empty()).then_some(Segment { span, kind: None, rule: None, confidence: None, number: None })
    })
}

impl Segment {
    fn verdict(&self) -> &'static str {
        if self.kind.is_some() { "cut" } else { "kept" }
    }
}

fn json_line(value: &impl Serialize) -> Vec<u8> {
    // Writing to memory does not fail.
    let mut out = serde_json::to_vec(value).unwrap_or_default();
    out.push(b'\n');
    out
}

/// The colour of a kind: the one it has in the report, as near as a terminal comes, and to be read on light and dark.
fn colour(kind: Kind) -> Style {
    let colour = match kind {
        Kind::Ad => 160,
        Kind::Promo => 166,
        Kind::Related => 136,
        Kind::Tags => 100,
        Kind::Source => 64,
        Kind::Credit => 34,
        Kind::Caption => 35,
        Kind::Bio => 36,
        Kind::Byline => 37,
        Kind::Date => 31,
        Kind::Title => 32,
        Kind::Nav => 62,
        Kind::Share => 63,
        Kind::Comment => 98,
        Kind::Contact => 133,
        Kind::Legal => 132,
        Kind::Other => 168,
    };
    Ansi256Color(colour).on_default()
}
