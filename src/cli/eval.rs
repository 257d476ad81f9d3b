//! `cleancopy eval`: scores as tables, or as JSON.

use std::borrow::Cow;
use std::io::Write;

use cleancopy::Error;
use cleancopy::eval::{Bin, Coverage, Estimate, Ids, KindScores, Metric, Report, Scores, Task};
use cleancopy::output::{one_line, thousands};

use super::args::EvalArgs;
use super::table::columns;
use super::{DONE, say, stdout_failed};

pub(super) fn run(args: &EvalArgs) -> Result<u8, Error> {
    let report = args.evaluation().run()?;
    say_coverage("", &report.coverage);
    if let Some(compared) = &report.compared {
        say_coverage("compared: ", compared);
    }
    say_no_reference(report.total.without_reference);
    let written = if args.json { json(&report)? } else { tables(&report) };
    anstream::stdout().lock().write_all(written.as_bytes()).map_err(stdout_failed)?;
    Ok(DONE)
}

fn json(report: &Report) -> Result<String, Error> {
    let json = serde_json::to_string(report).map_err(|error| stdout_failed(error.into()))?;
    Ok(json + "\n")
}

/// Where truth and predictions do not go together.
fn say_coverage(whose: &str, coverage: &Coverage) {
    let note = |ids: &Ids, what: &str| {
        if ids.count > 0 {
            let first: Vec<_> = ids.first.iter().map(|id| format!("`{}`", one_line(id))).collect();
            let more = if ids.count > ids.first.len() { ", ..." } else { "" };
            say(format_args!("cleancopy: {whose}{} {what}: {}{more}", thousands(ids.count as u64), first.join(", ")));
        }
    };
    note(&coverage.missing, "documents of the truth are not in the predictions, and count as empty");
    note(&coverage.unknown, "predictions are of documents that are not in the truth");
    note(&coverage.duplicates, "predictions have the id of an earlier one; the last counts");
    if whose.is_empty() {
        note(&coverage.duplicate_truths, "documents of the truth have the id of an earlier one; each counts");
    }
}

fn say_no_reference(count: usize) {
    if count > 0 {
        let count = thousands(count as u64);
        say(format_args!("cleancopy: {count} pages have no reference text; token_f1 and exact count them as wrong"));
    }
}

fn tables(report: &Report) -> String {
    let total = &report.total;
    let mut out = format!("{} documents", thousands(total.documents as u64));
    if report.bootstrap.resamples > 0 {
        let units = if total.units == total.documents { "documents" } else { "hosts" };
        let (count, drawn) = (thousands(report.bootstrap.resamples as u64), thousands(total.units as u64));
        out += &format!("; intervals: 95 % of {count} resamples of {drawn} {units}");
    }
    out += "\n\n";
    out += &columns(&figures(&total.estimates));
    if !total.kinds.is_empty() {
        out.push('\n');
        out += &columns(&kinds(&total.kinds));
    }
    if total.reliability.iter().any(|bin| bin.lines > 0) {
        out.push('\n');
        out += &columns(&reliability(&total.reliability));
    }
    if let Some(by) = report.by {
        out.push('\n');
        out += &columns(&groups(report, by.name()));
    }
    out
}

/// One figure a row.
fn figures(estimates: &[Estimate]) -> Vec<Vec<String>> {
    let mut rows = vec![vec!["metric".to_owned(), "score".into(), "interval".into()]];
    if estimates.iter().any(|estimate| estimate.comparison.is_some()) {
        let more = ["other", "difference", "interval", "above 0", "better", "worse", "equal"];
        rows[0].extend(more.map(str::to_owned));
    }
    for estimate in estimates.iter().filter(|estimate| estimate.metric.kind().is_none()) {
        let mut row = vec![estimate.metric.name().into_owned(), share(estimate.value), interval(estimate.interval)];
        if let Some(comparison) = &estimate.comparison {
            row.push(share(Some(comparison.other)));
            row.push(format!("{:+.4}", comparison.difference));
            row.push(comparison.interval.map_or_else(dash, |[low, high]| format!("{low:+.4} to {high:+.4}")));
            row.push(comparison.above_zero.map_or_else(dash, |share| format!("{share:.3}")));
            row.extend([comparison.better, comparison.worse, comparison.equal].map(|n| thousands(n as u64)));
        }
        rows.push(row);
    }
    rows
}

fn kinds(kinds: &[KindScores]) -> Vec<Vec<String>> {
    let mut rows = vec![["kind", "lines", "recall", "named", "precision"].map(str::to_owned).to_vec()];
    rows.extend(kinds.iter().map(|kind| {
        let shares = [Some(kind.recall), Some(kind.named), kind.precision].map(share);
        [kind.kind.name().to_owned(), thousands(kind.lines as u64)].into_iter().chain(shares).collect()
    }));
    rows
}

fn reliability(bins: &[Bin]) -> Vec<Vec<String>> {
    let mut rows = vec![["confidence", "lines removed", "mean", "really junk"].map(str::to_owned).to_vec()];
    rows.extend(bins.iter().filter(|bin| bin.lines > 0).map(|bin| {
        let range = format!("{:.2} to {:.2}", bin.from, bin.to);
        vec![range, thousands(bin.lines as u64), share(bin.confidence), share(bin.junk)]
    }));
    rows
}

/// One group a row, and all documents below them.
fn groups(report: &Report, by: &str) -> Vec<Vec<String>> {
    let metrics: Vec<Metric> =
        report.total.estimates.iter().map(|e| e.metric).filter(|metric| metric.kind().is_none()).collect();
    // There is room for the interval of the first figure; the others are in the JSON.
    let mut rows = vec![vec![by.to_owned(), if report.task == Task::Pages { "pages" } else { "docs" }.to_owned()]];
    for (place, metric) in metrics.iter().enumerate() {
        rows[0].push(metric.name().into_owned());
        if place == 0 {
            rows[0].push("interval".to_owned());
        }
    }
    let is_compared = report.compared.is_some();
    if is_compared {
        rows[0].extend([format!("{} difference", metrics[0].name()), "interval".to_owned()]);
    }
    let row = |name: Cow<'_, str>, scores: &Scores| {
        let mut row = vec![name.into_owned(), thousands(scores.documents as u64)];
        for (place, metric) in metrics.iter().enumerate() {
            let estimate = scores.get(*metric);
            row.push(share(estimate.and_then(|estimate| estimate.value)));
            if place == 0 {
                row.push(interval(estimate.and_then(|estimate| estimate.interval)));
            }
        }
        if is_compared {
            let comparison = scores.get(metrics[0]).and_then(|estimate| estimate.comparison.as_ref());
            row.push(comparison.map_or_else(dash, |c| format!("{:+.4}", c.difference)));
            let interval = comparison.and_then(|comparison| comparison.interval);
            row.push(interval.map_or_else(dash, |[low, high]| format!("{low:+.4} to {high:+.4}")));
        }
        row
    };
    for group in &report.groups {
        let name = group.name.as_deref().map_or(Cow::Borrowed("(not known)"), |name| Cow::Owned(one_line(name)));
        rows.push(row(name, &group.scores));
    }
    rows.push(row("all".into(), &report.total));
    rows
}

fn share(value: Option<f64>) -> String {
    value.map_or_else(dash, |value| format!("{value:.4}"))
}

fn interval(interval: Option<[f64; 2]>) -> String {
    interval.map_or_else(dash, |[low, high]| format!("{low:.4} to {high:.4}"))
}

fn dash() -> String {
    "-".to_owned()
}
