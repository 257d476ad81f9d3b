//! The summary at the end of a run.

use std::fmt::{Display, Write as _};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use cleancopy::Status;
use cleancopy::output::{Count, Fault, MOST_CUT, MostCut, Summary, one_line, thousands};
use console::{Alignment, measure_text_width, pad_str};

use super::say;

/// How many rules are shown.
const RULES: usize = 5;
/// How many errors are shown.
const FAULTS: usize = 5;

const HEAD: Style = Style::new().bold();
const BAD: Style = AnsiColor::Red.on_default();

/// Prints the summary to standard error.
pub(super) fn print(summary: &Summary, bytes: u64, elapsed: Duration) {
    say(text(summary, bytes, elapsed).trim_end());
}

/// One document that could not be read, in words.
pub(super) fn fault(fault: &Fault) -> String {
    // Messages about files name them; a record's message has its line, and needs the file.
    if fault.error.contains(&fault.source) { fault.error.clone() } else { format!("{}: {}", fault.source, fault.error) }
}

#[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
fn text(summary: &Summary, bytes: u64, elapsed: Duration) -> String {
    let mut out = String::new();
    let mut line = |label: &str, text: &dyn Display| {
        // Writing to a string does not fail.
        let _ = match label {
            "" => writeln!(out, "{label:>10}  {text}"),
            label => writeln!(out, "{HEAD}{label:>10}{HEAD:#}  {text}"),
        };
    };

    let seconds = elapsed.as_secs_f64();
    let speed = bytes as f64 / 1e6 / seconds.max(0.001);
    line("documents", &format_args!("{} in {seconds:.1} s, {speed:.1} MB/s", thousands(summary.documents)));
    for status in Status::ALL {
        let count = summary.status(status);
        if count > 0 {
            let style = if status == Status::Error { BAD } else { Style::new() };
            line("", &format_args!("{style}{:>9}  {}{style:#}", thousands(count), status.name()));
        }
    }

    let removed = summary.removed();
    let share = 100.0 * removed.characters as f64 / summary.characters_in.max(1) as f64;
    line(
        "removed",
        &format_args!(
            "{} {}, {} of {} characters, {share:.1} %",
            thousands(removed.count),
            if removed.count == 1 { "cut" } else { "cuts" },
            thousands(removed.characters),
            thousands(summary.characters_in)
        ),
    );
    for (kind, count) in summary.kinds() {
        line("", &counted(count, kind.name()));
    }
    for (place, (rule, count)) in summary.rules().into_iter().take(RULES).enumerate() {
        line(if place == 0 { "top rules" } else { "" }, &counted(count, rule));
    }
    for (place, document) in summary.most_cut().iter().take(MOST_CUT).enumerate() {
        let MostCut { id, share, .. } = document;
        let id = one_line(id);
        line(if place == 0 { "most cut" } else { "" }, &format_args!("{:>7.1} %  {id}", 100.0 * share));
    }
    if summary.skipped.count > 0 {
        let first = summary.skipped.first.first().map_or("", String::as_str);
        let count = thousands(summary.skipped.count);
        line("skipped", &format_args!("{count} files of other kinds, such as {first}"));
    }
    for (place, error) in summary.faults.iter().take(FAULTS).enumerate() {
        let label = if place == 0 { "errors" } else { "" };
        line(label, &format_args!("{BAD}{}{BAD:#}", fault(error)));
    }
    let more = summary.status(Status::Error).saturating_sub(FAULTS as u64);
    if more > 0 {
        line("", &format_args!("{BAD}and {} more{BAD:#}", thousands(more)));
    }
    out
}

fn counted(count: Count, name: &str) -> String {
    format!("{:>9}  {name}, {} characters", thousands(count.count), thousands(count.characters))
}

/// Rows of cells in columns, the first flush left, the others flush right; the first row is the head.
pub(super) fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let width = |column| cells(column).map(|cell| measure_text_width(cell)).max().unwrap_or(0);
    let widths: Vec<_> = (0..count).map(width).collect();
    let mut out = String::new();
    for (number, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let side = if column == 0 { Alignment::Left } else { Alignment::Right };
            let apart = if column == 0 { "" } else { "  " };
            line = line + apart + &pad_str(cell, widths[column], side, None);
        }
        let style = if number == 0 { HEAD } else { Style::new() };
        // Writing to a string does not fail.
        let _ = writeln!(out, "{style}{}{style:#}", line.trim_end());
    }
    out
}
