//! Every case of `corpus/golden`: source in, body and removals out, compared exactly.
//!
//! A case is a folder with `source.txt`, `body.txt` (the expected body) and `removed.txt` (one
//! removed line a line: kind, tab, text). All cases run, and every difference is listed.
//! `CLEANCOPY_GOLDEN=rewrite cargo test --test golden` writes what comes out as the expectation;
//! read the diff before you commit it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use cleancopy::{Cleaner, Config};

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/golden");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder)
        .expect("corpus/golden is there")
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| path.join("source.txt").is_file())
        .collect();
    cases.sort();
    cases
}

/// Body and removals in the form in which the expectations are kept.
fn outcome(cleaner: &Cleaner, source: &str) -> (String, String) {
    let cleaned = cleaner.clean_text(source);
    let mut removed = String::new();
    for removal in cleaned.removals() {
        let lines = source[removal.span.clone()].lines().map(str::trim).filter(|l| !l.is_empty());
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

#[test]
fn golden_cases() {
    let cleaner = Cleaner::new(Config::default()).expect("the built-in rules compile");
    let rewrite = std::env::var("CLEANCOPY_GOLDEN").is_ok_and(|v| v == "rewrite");
    let cases = cases();
    assert!(cases.len() >= 80, "only {} golden cases were found", cases.len());
    let mut failures = String::new();
    let mut failed = 0;
    for case in &cases {
        let read = |name: &str| fs::read_to_string(case.join(name)).unwrap_or_default();
        let (body, removed) = outcome(&cleaner, &read("source.txt"));
        if rewrite {
            fs::write(case.join("body.txt"), &body).expect("body.txt can be written");
            fs::write(case.join("removed.txt"), &removed).expect("removed.txt can be written");
            continue;
        }
        let (expected_body, expected_removed) = (read("body.txt"), read("removed.txt"));
        if body != expected_body || removed != expected_removed {
            failed += 1;
            let _ = writeln!(failures, "{}", case.file_name().unwrap_or_default().to_string_lossy());
            if body != expected_body {
                let _ = write!(failures, "  body.txt\n{}", diff(&expected_body, &body));
            }
            if removed != expected_removed {
                let _ = write!(failures, "  removed.txt\n{}", diff(&expected_removed, &removed));
            }
        }
    }
    assert!(failed == 0, "{failed} of {} cases differ\n{failures}", cases.len());
}
