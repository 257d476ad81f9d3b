//! Every case of `corpus/golden` and `corpus/pages`: source in, body and removals out, compared exactly.
//!
//! A case is a folder with `source.txt` or `page.html`, `body.txt` (the expected body) and `removed.txt`
//! (one removed line a line: kind, tab, text), and for a page `meta.json`: its address, and the
//! status and fields that are expected. All cases run, and every difference is listed.
//! `CLEANCOPY_GOLDEN=rewrite cargo test --test golden` writes what comes out as the expectation;
//! read the diff before you commit it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use cleancopy::{Cleaned, Cleaner, Config};
use serde_json::{Value, json};

/// The cases in a folder of the corpus that hold the file `source`.
fn cases(folder: &str, source: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(folder);
    let mut cases: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the corpus is there")
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| path.join(source).is_file())
        .collect();
    cases.sort();
    cases
}

/// Body and removals in the form in which the expectations are kept.
fn outcome(cleaned: &Cleaned<'_>) -> (String, String) {
    let mut removed = String::new();
    for removal in cleaned.removals() {
        let lines = cleaned.source()[removal.span.clone()].lines().map(str::trim).filter(|l| !l.is_empty());
        for line in lines {
            let _ = writeln!(removed, "{}\t{line}", removal.kind);
        }
    }
    (format!("{}\n", cleaned.body().trim_end_matches('\n')), removed)
}

/// The lines that only one side has, in order; good enough to read, exact enough to fail.
fn diff(expected: &str, found: &str) -> String {
    let (expected, found): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let mut out = String::new();
    for line in expected.iter().filter(|l| !found.contains(l)) {
        let _ = writeln!(out, "    - {line}");
    }
    for line in found.iter().filter(|l| !expected.contains(l)) {
        let _ = writeln!(out, "    + {line}");
    }
    if out.is_empty() {
        out.push_str("    (the same lines, in another order or number)\n");
    }
    out
}

/// Compares what came out with what a case expects, or writes it down as that; returns the
/// differences.
fn compare(case: &Path, files: &[(&str, String)]) -> String {
    let mut differences = String::new();
    for (name, found) in files {
        let path = case.join(name);
        if std::env::var("CLEANCOPY_GOLDEN").is_ok_and(|v| v == "rewrite") {
            fs::write(path, found).expect("the expectation can be written");
            continue;
        }
        let expected = fs::read_to_string(path).unwrap_or_default();
        if *found != expected {
            let _ = write!(differences, "  {name}\n{}", diff(&expected, found));
        }
    }
    if !differences.is_empty() {
        differences.insert_str(0, &format!("{}\n", case.file_name().unwrap_or_default().to_string_lossy()));
    }
    differences
}

fn cleaner() -> Cleaner {
    Cleaner::new(Config::default()).expect("the built-in rules compile")
}

#[test]
fn texts() {
    let cleaner = cleaner();
    let cases = cases("golden", "source.txt");
    assert!(cases.len() >= 80, "only {} golden cases were found", cases.len());
    let mut failures = Vec::new();
    for case in &cases {
        let source = fs::read_to_string(case.join("source.txt")).expect("the source can be read");
        let (body, removed) = outcome(&cleaner.clean_text(&source));
        failures.push(compare(case, &[("body.txt", body), ("removed.txt", removed)]));
    }
    failures.retain(|failure| !failure.is_empty());
    assert!(failures.is_empty(), "{} of {} cases differ\n{}", failures.len(), cases.len(), failures.concat());
}

#[test]
fn pages() {
    let cleaner = cleaner();
    let cases = cases("pages", "page.html");
    assert!(cases.len() >= 60, "only {} pages were found", cases.len());
    let mut failures = Vec::new();
    for case in &cases {
        let page = fs::read_to_string(case.join("page.html")).expect("the page can be read");
        let meta = fs::read_to_string(case.join("meta.json")).expect("meta.json can be read");
        let meta: Value = serde_json::from_str(&meta).expect("meta.json is JSON");
        let url = meta["url"].as_str();
        let cleaned = cleaner.clean_html(&page, url);
        let (body, removed) = outcome(&cleaned);
        let found = json!({
            "url": url,
            "status": cleaned.status().name(),
            "title": cleaned.title(),
            "byline": cleaned.byline(),
            "date": cleaned.date(),
            "lang": cleaned.lang(),
            "text_from": cleaned.text_from(),
        });
        let found = format!("{}\n", serde_json::to_string_pretty(&found).expect("it is JSON"));
        failures.push(compare(case, &[("body.txt", body), ("removed.txt", removed), ("meta.json", found)]));
    }
    failures.retain(|failure| !failure.is_empty());
    assert!(failures.is_empty(), "{} of {} cases differ\n{}", failures.len(), cases.len(), failures.concat());
}
