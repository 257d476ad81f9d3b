//! `cleancopy explain`: every segment of one document, kept or cut, and why.

use std::io::{IsTerminal, Write, stdout};

use anstyle::{AnsiColor, Style};
use cleancopy::document::Content;
use cleancopy::input::{Inputs, Options};
use cleancopy::output::one_line;
use cleancopy::{Cleaner, Document, Error, Explained, Kind};
use console::{Term, truncate_str};
use serde::Serialize;

use super::args::ExplainArgs;
use super::{DONE, FAULTS, say, stdout_failed};

const CUT: Style = AnsiColor::Red.on_default();
const NOTE: Style = AnsiColor::BrightBlack.on_default();

pub(super) fn run(args: &ExplainArgs) -> Result<u8, Error> {
    let cleaner = Cleaner::new(args.cleaning.config()?)?;
    let Some(document) = document(args)? else {
        return Ok(FAULTS);
    };
    let (url, hints) = (document.url.as_deref(), &document.hints);
    let (text, segments) = match document.content {
        Content::Text(text) => {
            let segments = cleaner.explain_text(&text, url, hints);
            (text, segments)
        }
        Content::Html(html) => cleaner.explain_html(&html, url, hints),
        Content::Unreadable(reason) => {
            say(format_args!("cleancopy: {}: {reason}", document.id));
            return Ok(FAULTS);
        }
    };
    if segments.is_empty() && !text.trim().is_empty() {
        say(format_args!("cleancopy: {}: over the limit of a document; it would pass through uncut", document.id));
    }
    let written = if args.json { json(&text, &segments) } else { table(&text, &segments) };
    anstream::stdout().lock().write_all(&written).map_err(stdout_failed)?;
    Ok(DONE)
}

/// The document to be explained, if it is there.
fn document(args: &ExplainArgs) -> Result<Option<Document>, Error> {
    let options = Options { from: args.from.map(Into::into), fields: args.fields.fields(), ..Options::default() };
    let mut documents = Inputs::new([&args.file], options)?.documents();
    let Some(id) = &args.id else {
        let first = documents.next();
        if first.is_none() {
            say(format_args!("cleancopy: {}: no document in it", args.file.display()));
        } else if documents.next().is_some() {
            say("cleancopy: this is the first of several documents; --id names another");
        }
        return Ok(first);
    };
    let found = documents.find(|document| document.id == *id);
    if found.is_none() {
        say(format_args!("cleancopy: {}: no document `{id}` in it", args.file.display()));
    }
    Ok(found)
}

#[derive(Serialize)]
struct Segment<'s> {
    start: usize,
    end: usize,
    verdict: &'static str,
    kind: Option<Kind>,
    rule: Option<&'s str>,
    confidence: f64,
    text: &'s str,
}

fn json(text: &str, segments: &[Explained]) -> Vec<u8> {
    let mut out = Vec::new();
    for segment in segments {
        let line = Segment {
            start: segment.span.start,
            end: segment.span.end,
            verdict: if segment.kind.is_some() { "cut" } else { "kept" },
            kind: segment.kind,
            rule: segment.rule.as_deref(),
            confidence: (f64::from(segment.confidence) * 1000.0).round() / 1000.0,
            text: &text[segment.span.clone()],
        };
        // Writing to memory does not fail.
        let _ = serde_json::to_writer(&mut out, &line);
        out.push(b'\n');
    }
    out
}

fn table(text: &str, segments: &[Explained]) -> Vec<u8> {
    let rule = |segment: &Explained| segment.rule.as_deref().unwrap_or("").to_owned();
    let wide = segments.iter().map(|segment| rule(segment).chars().count()).max().unwrap_or(0);
    // In a pipe nobody is short of room, and a program may want all of it.
    let room = stdout().is_terminal().then(|| {
        let (_, columns) = Term::stdout().size();
        usize::from(columns).saturating_sub("- caption   0.00  ".len() + wide).max(20)
    });
    let mut out = Vec::new();
    for segment in segments {
        let (mark, style) = if segment.kind.is_some() { ('-', CUT) } else { ('+', Style::new()) };
        let line = one_line(&text[segment.span.clone()]);
        let line = room.map_or(line.as_str().into(), |room| truncate_str(&line, room, "…"));
        // Writing to memory does not fail.
        let _ = writeln!(
            out,
            "{style}{mark} {:7}{style:#} {NOTE}{:wide$}  {:.2}{NOTE:#}  {style}{line}{style:#}",
            segment.kind.map_or("", Kind::name),
            rule(segment),
            segment.confidence,
        );
    }
    out
}
