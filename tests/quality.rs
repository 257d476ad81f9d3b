//! How well the development dumps and pages are cleaned, and the floor below which a change must not
//! fall.
//!
//! They are not part of the project: they lie in the folder that `CLEANCOPY_DATA` names (by
//! default `../shared/data` beside the project), the scorer in `score/score.py` beside that folder.
//! Where they are absent the test says so and passes. It is too slow for a debug build:
//!
//! ```text
//! cargo test --release --test quality -- --ignored --nocapture
//! ```
//!
//! The binary itself does the work, so the figures are those of the command.

#![allow(clippy::print_stdout, reason = "the table is what it is run for")]

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

/// What a figure must not fall below, or rise above.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bound {
    least: Option<f64>,
    most: Option<f64>,
}

impl Bound {
    fn holds(&self, figure: f64) -> bool {
        self.least.is_none_or(|least| figure >= least) && self.most.is_none_or(|most| figure <= most)
    }

    fn says(&self) -> String {
        let least = self.least.map(|bound| format!("at least {bound:.3}"));
        let most = self.most.map(|bound| format!("at most {bound:.3}"));
        [least, most].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// By set of dumps, then by metric.
type Floor = BTreeMap<String, BTreeMap<String, Bound>>;

fn floor() -> Floor {
    toml::from_str(include_str!("quality-floor.toml")).expect("quality-floor.toml is well-formed")
}

/// The folder of the dumps, if it is there.
fn data() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = env::var_os("CLEANCOPY_DATA").map_or_else(beside, PathBuf::from);
    folder.is_dir().then_some(folder)
}

/// Runs a command to its end and returns what it printed.
fn output(command: &mut Command) -> String {
    let run = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{command:?} failed: {errors}");
    String::from_utf8(run.stdout).expect("UTF-8")
}

/// Cleans a file of records, or takes what was cleaned for an earlier score.
fn clean(input: &Path, scratch: &Path) -> PathBuf {
    let cleaned = scratch.join(input.file_name().expect("a file")).with_extension("").with_extension("jsonl");
    if !cleaned.exists() {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cleancopy"));
        output(command.args(["clean", "--quiet"]).arg(input).arg("-o").arg(&cleaned));
    }
    cleaned
}

/// The scorer's figures for one set of dumps, or for one of pages; `pages-dev/article` are the articles
/// among the pages, scored with their titles.
fn score(data: &Path, set: &str, scratch: &Path) -> Value {
    let (name, kind) = set.split_once('/').map_or((set, None), |(name, kind)| (name, Some(kind)));
    let is_dumps = name.starts_with("dumps");
    let input = data.join(format!("{name}.jsonl.{}", if is_dumps { "gz" } else { "zst" }));
    let mut command = Command::new("python3");
    command.arg(data.join("../score/score.py")).args([if is_dumps { "dumps" } else { "pages" }, "--json"]);
    command.arg("--truth").arg(data.join(format!("{name}.truth.jsonl.gz")));
    command.arg("--pred").arg(clean(&input, scratch));
    if is_dumps {
        command.arg("--dump").arg(input);
    }
    if let Some(kind) = kind {
        command.args(["--title", "--type", kind]);
    }
    serde_json::from_str(&output(&mut command)).expect("the scorer prints JSON")
}

/// `shingle_f1`, or `ad.recall` for a figure of one kind.
fn figure(scores: &Value, metric: &str) -> Option<f64> {
    match metric.split_once('.') {
        Some((kind, metric)) => scores["kinds"][kind][metric].as_f64(),
        None => scores[metric].as_f64(),
    }
}

/// All that was scored, as a table.
fn table(set: &str, scores: &Value) -> String {
    let mut out = format!("{set}\n");
    for (metric, value) in scores.as_object().into_iter().flatten().filter(|(metric, _)| *metric != "kinds") {
        let _ = match value.as_u64() {
            Some(count) => writeln!(out, "  {metric:<14} {count:>6}"),
            None => writeln!(out, "  {metric:<14} {:>6.4}", value.as_f64().unwrap_or(f64::NAN)),
        };
    }
    if scores["kinds"].is_null() {
        return out;
    }
    let _ = writeln!(out, "  {:<12} {:>6} {:>6} {:>6} {:>9}", "kind", "n", "recall", "named", "precision");
    for (kind, of) in scores["kinds"].as_object().into_iter().flatten() {
        let share = |metric: &str| of[metric].as_f64().map_or("-".to_owned(), |share| format!("{share:.3}"));
        let (recall, named, precision) = (share("recall"), share("named"), share("precision"));
        let _ = writeln!(out, "  {kind:<12} {:>6} {recall:>6} {named:>6} {precision:>9}", of["n"]);
    }
    out
}

#[test]
#[ignore = "slow without --release, and needs the development dumps"]
fn cleaning_is_as_good_as_it_was() {
    let Some(data) = data() else {
        println!("no development dumps here: nothing was scored");
        return;
    };
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let mut faults = Vec::new();
    for (set, bounds) in floor() {
        let scores = score(&data, &set, scratch.path());
        println!("{}", table(&set, &scores));
        for (metric, bound) in bounds {
            match figure(&scores, &metric) {
                Some(figure) if bound.holds(figure) => {}
                Some(figure) => faults.push(format!("{set}: {metric} is {figure:.4}, not {}", bound.says())),
                None => faults.push(format!("{set}: {metric} was not scored")),
            }
        }
    }
    assert!(faults.is_empty(), "{} figures are beyond their bounds\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn the_floor_is_well_formed() {
    for (set, bounds) in floor() {
        for (metric, bound) in bounds {
            assert!(bound.least.is_some() != bound.most.is_some(), "{set}: {metric}: give either `least` or `most`");
            let value = bound.least.or(bound.most).unwrap_or_default();
            assert!((0.0..=1.0).contains(&value), "{set}: {metric}: {value} is no share");
        }
    }
}
