//! `cleancopy rules`: the built-in rules as a table, and a check of the user's own.

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::Path;

use anstyle::Style;
use cleancopy::rules::{self, CodeRule, Rule, RuleFile, Scope};
use cleancopy::{Error, Kind};
use serde::Serialize;

use super::args::RulesArgs;
use super::{DONE, FAULTS, say, stdout_failed};

const HEAD: Style = Style::new().bold();

pub(super) fn run(args: &RulesArgs) -> Result<u8, Error> {
    match &args.check {
        Some(path) => check(path),
        None => list(args.json),
    }
}

fn check(path: &Path) -> Result<u8, Error> {
    let text = fs::read_to_string(path).map_err(|cause| Error::io("cannot read", path, cause))?;
    // A file that is no rules file is what a check is there to find, not a failure of the check.
    let report = match RuleFile::parse(path, &text).and_then(|file| rules::check(&file)) {
        Ok(report) => report,
        Err(error) => {
            say(error);
            return Ok(FAULTS);
        }
    };
    print(format!("{report}\n"))?;
    Ok(if report.faults.is_empty() { DONE } else { FAULTS })
}

/// One rule of the list. Rules that are code look at places, neighbours and shapes: they have no
/// scope, no confidence of their own and no language, but say what they look for.
#[derive(Serialize)]
struct Row<'r> {
    id: &'r str,
    kind: Kind,
    scope: Vec<&'static str>,
    confidence: Option<f64>,
    lang: Option<&'r str>,
    about: Option<&'r str>,
}

impl<'r> Row<'r> {
    fn new(file: &'r RuleFile, rule: &'r Rule) -> Self {
        Self {
            id: &rule.id,
            kind: rule.kind,
            scope: rule.scope.iter().copied().map(Scope::name).collect(),
            confidence: Some((f64::from(rule.confidence) * 1000.0).round() / 1000.0),
            lang: Some(&file.lang),
            about: None,
        }
    }

    fn of_code(rule: &'r CodeRule) -> Self {
        Self { id: rule.id, kind: rule.kind, scope: Vec::new(), confidence: None, lang: None, about: Some(rule.about) }
    }
}

fn list(json: bool) -> Result<u8, Error> {
    let files = RuleFile::built_in()?;
    let code = rules::code_rules();
    let tables = files.iter().flat_map(|file| file.rules.iter().map(|rule| Row::new(file, rule)));
    let mut rows: Vec<_> = tables.chain(code.iter().map(Row::of_code)).collect();
    rows.sort_by_key(|row| row.id);
    print(if json { as_json(&rows) } else { as_table(&rows) })?;
    Ok(DONE)
}

fn as_json(rows: &[Row<'_>]) -> String {
    rows.iter().filter_map(|row| serde_json::to_string(row).ok()).map(|row| row + "\n").collect()
}

fn as_table(rows: &[Row<'_>]) -> String {
    let scopes: Vec<_> = rows.iter().map(|row| row.scope.join(" ")).collect();
    let id_width = rows.iter().map(|row| row.id.chars().count()).max().unwrap_or(0).max(2);
    let scope_width = scopes.iter().map(String::len).max().unwrap_or(0).max(5);
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(
        out,
        "{HEAD}{:id_width$}  {:8}  {:scope_width$}  {:10}  LANGUAGE, OR WHAT IT IS{HEAD:#}",
        "ID", "KIND", "SCOPE", "CONFIDENCE"
    );
    for (row, scope) in rows.iter().zip(&scopes) {
        let _ = writeln!(
            out,
            "{:id_width$}  {:8}  {:scope_width$}  {:<10}  {}",
            row.id,
            row.kind,
            if row.about.is_some() { "code" } else { scope },
            row.confidence.map(|c| format!("{c:.2}")).unwrap_or_default(),
            row.about.or(row.lang).unwrap_or_default()
        );
    }
    out
}

fn print(text: String) -> Result<(), Error> {
    anstream::stdout().lock().write_all(text.as_bytes()).map_err(stdout_failed)
}
