//! `eval`: what it prints, and what it says when files do not go together. The figures themselves are tested
//! in `tests/eval.rs`.

use serde_json::{Value, json};

use crate::harness::{Folder, JUNK, article, body, gzip, records, zstd};

fn write(folder: &Folder, name: &str, rows: &[Value]) {
    let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
    folder.write(name, lines);
}

/// Three articles cleaned, with truths of both sorts.
fn cleaned() -> Folder {
    let folder = Folder::new();
    folder.write("dump.jsonl", records(3));
    folder.run("clean dump.jsonl -q -o pred.jsonl").exits(0);
    let page = |id: &str| {
        let url = format!("https://www.paper{id}.example/a");
        let kind = if id == "3" { "forum" } else { "article" };
        json!({"id": id, "url": url, "type": kind, "truth": body(id), "with": ["old bridge"], "without": [JUNK]})
    };
    write(&folder, "pages.jsonl", &["1", "2", "3"].map(page));
    let lines = |id: &str| {
        let of = |line: &str, junk: Value, body: Value| if line == JUNK { junk } else { body };
        // Every line ends with a break, so there is an empty one behind the last.
        let text = article(id);
        let labels: Vec<_> = text.split('\n').map(|line| of(line, "junk".into(), "body".into())).collect();
        let kinds: Vec<_> = text.split('\n').map(|line| of(line, "ad".into(), Value::Null)).collect();
        json!({"id": id, "labels": labels, "kinds": kinds, "truth": body(id)})
    };
    write(&folder, "lines.jsonl", &["1", "2", "3"].map(lines));
    folder
}

fn report(folder: &Folder, args: &str) -> Value {
    let run = folder.run(&format!("eval {args} --json")).exits(0);
    assert_eq!((run.stderr.as_str(), run.stdout.lines().count()), ("", 1));
    serde_json::from_str(&run.stdout).expect("JSON")
}

#[test]
fn what_was_cleaned_is_scored() {
    let folder = cleaned();
    let pages = report(&folder, "--truth pages.jsonl --pred pred.jsonl");
    assert_eq!((&pages["pages"], &pages["token_f1"], &pages["rouge_lsum_f1"]), (&json!(3), &json!(1.0), &json!(1.0)));
    assert_eq!((&pages["snippet_recall"], &pages["snippet_leak"]), (&json!(1.0), &json!(0.0)));
    assert_eq!(pages["intervals"]["token_f1"], json!([1.0, 1.0]));
    assert_eq!(pages["bootstrap"], json!({"resamples": 1000, "seed": 1, "units": 3}));
    assert_eq!(pages["input"], json!({"missing": 0, "unknown": 0, "duplicates": 0, "duplicate_truths": 0}));

    let lines = report(&folder, "--truth lines.jsonl --pred pred.jsonl --dump dump.jsonl --bootstrap 10 --seed 7");
    assert_eq!((&lines["docs"], &lines["body_loss"], &lines["junk_left"]), (&json!(3), &json!(0.0), &json!(0.0)));
    assert_eq!(lines["kinds"]["ad"], json!({"n": 3, "recall": 1.0, "named": 1.0, "precision": 1.0}));
    assert_eq!(lines["reliability"][6]["lines"], 3);
    assert_eq!(lines["bootstrap"], json!({"resamples": 10, "seed": 7, "units": 3}));

    // With the texts in the records no dump is needed.
    folder.run("clean dump.jsonl -q -o text.jsonl --emit-text").exits(0);
    let again = report(&folder, "--truth lines.jsonl --pred text.jsonl --bootstrap 10 --seed 7");
    assert_eq!(again, lines);
    folder.write("pred.jsonl.zst", zstd(folder.read("pred.jsonl")));
    folder.write("lines.jsonl.gz", gzip(folder.read("lines.jsonl")));
    folder.write("dump.jsonl.gz", gzip(folder.read("dump.jsonl")));
    let packed = "--truth lines.jsonl.gz --pred pred.jsonl.zst --dump dump.jsonl.gz --bootstrap 10 --seed 7";
    assert_eq!(report(&folder, packed), lines);
}

#[test]
fn tables_are_for_readers() {
    let folder = cleaned();
    folder.run("clean dump.jsonl -q -o kept.jsonl --keep ad").exits(0);
    let run = folder.run("eval --truth pages.jsonl --pred pred.jsonl --compare kept.jsonl --by type").exits(0);
    assert_eq!(run.stderr, "");
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!(lines[0], "3 documents; intervals: 95 % of 1,000 resamples of 3 documents");
    let row = |name: &str| -> Vec<String> {
        let line = lines.iter().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name}: {lines:?}"));
        line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
    };
    let head =
        ["metric", "score", "interval", "other", "difference", "interval", "above 0", "better", "worse", "equal"];
    assert_eq!(row("metric"), head);
    let leak = "snippet_leak|0.0000|0.0000 to 0.0000|1.0000|-1.0000|-1.0000 to -1.0000|0.000|3|0|0";
    assert_eq!(row("snippet_leak").join("|"), leak);
    assert_eq!(row("token_f1")[7..], ["3", "0", "0"]);
    assert_eq!(row("article")[..4], ["article", "2", "1.0000", "1.0000 to 1.0000"]);
    assert_eq!(row("forum")[..4], ["forum", "1", "1.0000", "-"], "one document has no interval");
    assert_eq!(row("all")[..2], ["all", "3"]);

    let run = folder.run("eval --truth lines.jsonl --pred pred.jsonl --dump dump.jsonl --bootstrap 0").exits(0);
    let squeezed: Vec<_> =
        run.stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in [
        "3 documents",
        "body_loss 0.0000 -",
        "kind lines recall named precision",
        "ad 3 1.0000 1.0000 1.0000",
        "confidence lines removed mean really junk",
    ] {
        assert!(squeezed.iter().any(|l| l == line), "{line}: {}", run.stdout);
    }
    assert!(squeezed.iter().any(|line| line.starts_with("0.95 to 1.00 3 0.9")), "{}", run.stdout);
}

#[test]
fn what_does_not_go_together_is_said_and_counted() {
    let folder = cleaned();
    let good = folder.read("pred.jsonl");
    let [one, two] = [0, 1].map(|at| good.lines().nth(at).expect("a record"));
    folder.write("odd.jsonl", format!("{one}\n{two}\n{two}\n{{\"id\": \"9\\u001b[31m\"}}\n"));
    let run = folder.run("eval --truth pages.jsonl --pred odd.jsonl --compare pred.jsonl --json").exits(0);
    let notes: Vec<_> = run.stderr.lines().collect();
    assert_eq!(notes.len(), 3, "{}", run.stderr);
    assert!(notes[0].contains("1 documents of the truth are not in the predictions") && notes[0].ends_with("`3`"));
    assert!(
        notes[1].contains("1 predictions are of documents") && notes[1].contains("`9\u{fffd}[31m`"),
        "{}",
        notes[1]
    );
    assert!(notes[2].contains("1 predictions have the id of an earlier one") && notes[2].ends_with("`2`"));
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(report["input"], json!({"missing": 1, "unknown": 1, "duplicates": 1, "duplicate_truths": 0}));
    assert_eq!(report["compared_input"]["missing"], 0);
    assert_eq!(report["token_f1"].as_f64(), Some(2.0 / 3.0), "what is missing counts as empty");
    let run = folder.run("eval --truth pages.jsonl --pred pred.jsonl --compare odd.jsonl --json").exits(0);
    assert!(run.stderr.lines().all(|line| line.starts_with("cleancopy: compared: 1 ")), "{}", run.stderr);
}

#[test]
fn bad_input_stops_it() {
    let folder = cleaned();
    folder.write("bad.jsonl", folder.read("pred.jsonl") + "{\"id\": \"4\", \"body\": \n");
    folder.write("cut.jsonl.gz", &gzip(folder.read("pred.jsonl"))[..300]);
    folder.write("empty.jsonl", "");
    write(&folder, "none.jsonl", &[json!({"id": "1"})]);
    write(&folder, "other.jsonl", &[json!({"id": "1", "text": "one\ntwo"})]);
    for (args, words) in [
        ("--truth missing.jsonl --pred pred.jsonl", &["missing.jsonl", "No such file"][..]),
        ("--truth pages.jsonl --pred missing.jsonl", &["missing.jsonl", "No such file"]),
        ("--truth pages.jsonl --pred pred.jsonl --compare missing.jsonl", &["missing.jsonl"]),
        ("--truth lines.jsonl --pred pred.jsonl --dump missing.jsonl", &["missing.jsonl"]),
        ("--truth pages.jsonl --pred bad.jsonl", &["bad.jsonl: line 4, byte ", "invalid JSON"]),
        ("--truth pages.jsonl --pred cut.jsonl.gz", &["cut.jsonl.gz", "damaged"]),
        ("--truth empty.jsonl --pred pred.jsonl", &["empty.jsonl", "no document"]),
        ("--truth none.jsonl --pred pred.jsonl", &["none.jsonl", "nothing to score"]),
        ("--truth lines.jsonl --pred pred.jsonl", &["lines.jsonl", "document `1`", "--dump"]),
        ("--truth lines.jsonl --pred pred.jsonl --dump other.jsonl", &["document `1`", "7 labels", "2 lines"]),
        ("--truth lines.jsonl --pred pred.jsonl --dump dump.jsonl --title", &["for pages"]),
        ("--truth pages.jsonl --pred pred.jsonl --type news", &["`news`"]),
        ("--truth lines.jsonl --pred pred.jsonl --dump dump.jsonl --by type", &["--by type"]),
    ] {
        let run = folder.run(&format!("eval {args}")).exits(2).says(words);
        assert_eq!(run.stdout, "", "{args}");
    }
    for args in ["--truth pages.jsonl", "--truth t --pred p --by moon", "--truth t --pred p --bootstrap -1"] {
        folder.run(&format!("eval {args}")).exits(2);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_and_a_closed_pipe() {
    use std::process::Stdio;
    let folder = cleaned();
    let args = ["eval", "--truth", "pages.jsonl", "--pred", "pred.jsonl"];
    let full = std::fs::File::options().write(true).open("/dev/full").expect("/dev/full");
    let output = folder.command(&args).stdout(full).output().expect("the command runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("standard output"));
    let mut child =
        folder.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the command ends");
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}
