//! The figures of `eval`: worked out by hand, and against the scorer that defines them.
//!
//! The scorer, `score/score.py`, and the development data are not part of the project: they lie in and beside
//! the folder that `CLEANCOPY_DATA` names (by default `../shared/data` beside the project). Where they or
//! `python3` are absent, the tests that need them say so and pass.

#![allow(clippy::print_stdout, reason = "a test that has nothing to do says so")]

use std::env;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;

use cleancopy::Batch;
use cleancopy::eval::{By, Evaluation, Metric, Task};
use cleancopy::input::open_lines;
use serde_json::{Value, json};
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, rows: &[Value]) -> PathBuf {
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
        fs::write(self.path(name), lines).expect("a file");
        self.path(name)
    }
}

fn run(evaluation: &Evaluation) -> Value {
    serde_json::to_value(evaluation.run().expect("it can be scored")).expect("JSON")
}

fn fault(evaluation: &Evaluation) -> String {
    evaluation.run().expect_err("it cannot be scored").to_string()
}

#[track_caller]
fn assert_figure(report: &Value, path: &str, wanted: f64) {
    let figure = path.split('.').fold(report, |value, key| &value[key]).as_f64();
    assert!(figure.is_some_and(|figure| (figure - wanted).abs() < 1e-9), "{path} is {figure:?}, not {wanted}");
}

/// Four pages; `c` has no prediction.
fn pages() -> (Vec<Value>, Vec<Value>) {
    let truths = vec![
        json!({"id": "a", "url": "https://www.one.example/a", "type": "article", "truth": "one two three four five",
               "with": ["two three"], "without": ["six"]}),
        json!({"id": "b", "url": "http://ONE.example:80/b", "type": "article", "truth": "one two three four five six",
               "with": ["five six"], "without": ["three \n four"]}),
        json!({"id": "c", "url": null, "type": "forum", "truth": ["one two", "[three]", "four"]}),
        json!({"id": 4, "url": "https://two.example/", "type": "forum",
               "truth": ["Alpha beta", "[gamma delta]", "epsilon"]}),
    ];
    let preds = vec![
        json!({"id": "a", "title": "Zero", "body": "one two three four five", "status": "ok", "lang": "en-GB"}),
        json!({"id": "b", "title": null, "body": "One two\u{a0}three four", "status": "suspect", "lang": "de"}),
        json!({"id": "4", "body": "Alpha beta\n\nepsilon", "status": "ok", "lang": "EN"}),
    ];
    (truths, preds)
}

#[test]
fn pages_worked_by_hand() {
    let folder = Folder::new();
    let (truths, preds) = pages();
    let (truth, pred) = (folder.write("t.jsonl", &truths), folder.write("p.jsonl", &preds));
    let report = run(&Evaluation::new(&truth, &pred));
    assert_eq!(report["pages"], 4);
    for (path, wanted) in [
        // 1, 2·4/(4+6), 0, and 1 without the optional paragraph.
        ("token_f1", 2.8 / 4.0),
        ("exact", 2.0 / 4.0),
        // Precision of a, b and d; there is none of c. Of b the capital spoils the only run.
        ("shingle_p", 2.0 / 3.0),
        ("shingle_r", 2.0 / 4.0),
        ("shingle_f1", 4.0 / 7.0),
        ("rouge_lsum_f1", 2.8 / 4.0),
        // One kept, one lost, one leaked, one gone.
        ("snippet_f1", 0.5),
        ("snippet_recall", 0.5),
        ("snippet_leak", 0.5),
        ("input.missing", 1.0),
        ("input.unknown", 0.0),
        // Two hosts, and one page of unknown address.
        ("bootstrap.units", 3.0),
    ] {
        assert_figure(&report, path, wanted);
    }
    let [low, high] = [0, 1].map(|end| report["intervals"]["token_f1"][end].as_f64().expect("an end"));
    assert!(low < 0.7 && 0.7 < high, "{low} to {high}");

    let titled = run(&Evaluation::new(&truth, &pred).with_title(true));
    // `Zero` is one word too many in a: 2·5/(6+5).
    assert_figure(&titled, "token_f1", (10.0 / 11.0 + 0.8 + 1.0) / 4.0);
    let forums = run(&Evaluation::new(&truth, &pred).with_type("forum"));
    assert_eq!(forums["pages"], 2);
    assert_figure(&forums, "token_f1", 0.5);
    assert_eq!(forums["snippet_f1"], Value::Null, "there are none");
    assert_eq!(forums["input"]["unknown"], 0, "the others are known all the same");
}

#[test]
fn groups_worked_by_hand() {
    let folder = Folder::new();
    let (truths, preds) = pages();
    let (truth, pred) = (folder.write("t.jsonl", &truths), folder.write("p.jsonl", &preds));
    let groups = |by| -> Vec<(Value, Value, f64)> {
        let report = run(&Evaluation::new(&truth, &pred).with_by(by));
        let groups = report["groups"].as_array().expect("groups").iter();
        groups.map(|g| (g["group"].clone(), g["pages"].clone(), g["token_f1"].as_f64().expect("a figure"))).collect()
    };
    let group = |name: &str, pages: usize, f1: f64| (json!(name), json!(pages), f1);
    assert_eq!(groups(By::Type), [group("article", 2, 0.9), group("forum", 2, 0.5)]);
    assert_eq!(
        groups(By::Host),
        [group("one.example", 2, 0.9), group("two.example", 1, 1.0), (Value::Null, json!(1), 0.0)]
    );
    assert_eq!(groups(By::Lang), [group("en", 2, 1.0), group("de", 1, 0.8), (Value::Null, json!(1), 0.0)]);
    assert_eq!(groups(By::Status), [group("ok", 2, 1.0), group("missing", 1, 0.0), group("suspect", 1, 0.8)]);
}

const LINES: &str = "Advertisement\nBy Dov Heller\nThe heron works from six until ten.\nPhoto: Ros Tindle\n\
                     Read more here\nx\nThe end.";

/// A text of seven lines; a body line is cut in part, and one by mistake.
fn lines() -> [Vec<Value>; 3] {
    let cut = |piece: &str, kind: &str, confidence: f64| {
        let start = LINES.find(piece).expect("it is there");
        json!({"start": start, "end": start + piece.len(), "kind": kind, "confidence": confidence})
    };
    let truth = json!({
        "id": "a",
        "labels": ["junk", "junk", "body", "junk", "junk", "skip", "body"],
        "kinds": ["ad", "byline", null, "credit", "", null, null],
        "truth": "The heron works from six until ten.\nThe end.",
    });
    let pred = json!({
        "id": "a", "body": "The heron works from six", "status": "ok",
        "removed": [
            cut("Advertisement", "ad", 0.97), cut("By Dov Heller", "ad", 0.92), cut(" until ten.", "promo", 0.6),
            cut("Photo: Ros Tindle", "caption", 0.8), cut("The end.", "other", 0.55),
        ],
    });
    [vec![truth], vec![pred], vec![json!({"id": "a", "text": LINES, "lang": "en", "url": "https://one.example/"})]]
}

#[test]
fn lines_worked_by_hand() {
    let folder = Folder::new();
    let [truths, mut preds, dump] = lines();
    let truth = folder.write("t.jsonl", &truths);
    let evaluation = Evaluation::new(&truth, folder.write("p.jsonl", &preds)).with_dump(folder.write("d.jsonl", &dump));
    let report = run(&evaluation);
    assert_eq!(report["docs"], 1);
    for (path, wanted) in [
        ("shingle_p", 1.0),
        ("shingle_r", 2.0 / 6.0),
        ("shingle_f1", 0.5),
        // Five words of five and of nine.
        ("rouge_lsum_f1", 10.0 / 14.0),
        // Of seven words nine of 29 letters, and two words of two.
        ("body_loss", (7.0 * 9.0 / 29.0 + 2.0) / 9.0),
        ("junk_left", 1.0 / 4.0),
        ("junk_words", 3.0 / 10.0),
        ("kinds.ad.n", 1.0),
        ("kinds.ad.recall", 1.0),
        ("kinds.ad.named", 1.0),
        ("kinds.ad.precision", 0.5),
        ("kinds.byline.recall", 1.0),
        ("kinds.byline.named", 0.0),
        // A credit is a caption.
        ("kinds.caption.n", 1.0),
        ("kinds.caption.named", 1.0),
        ("kinds.caption.precision", 1.0),
        ("ece", (0.03 + 0.08 + 0.2 + 0.55) / 4.0),
    ] {
        assert_figure(&report, path, wanted);
    }
    assert_eq!(report["kinds"]["byline"]["precision"], Value::Null, "nothing was called a byline");
    assert_eq!(report["kinds"]["other"], Value::Null, "no line is of it");
    let bins: Vec<_> = report["reliability"].as_array().expect("bins").iter().collect();
    let bin =
        |bin: &Value| (bin["from"].as_f64(), bin["lines"].as_u64(), bin["confidence"].as_f64(), bin["junk"].as_f64());
    assert_eq!(bins.len(), 7);
    assert_eq!(bin(bins[0]), (Some(0.0), Some(0), None, None));
    assert_eq!(bin(bins[1]), (Some(0.5), Some(1), Some(0.55), Some(0.0)));
    assert_eq!(bin(bins[4]), (Some(0.8), Some(1), Some(0.8), Some(1.0)));
    assert_eq!(bin(bins[6]), (Some(0.95), Some(1), Some(0.97), Some(1.0)));

    // The text may come with the prediction.
    preds[0]["text"] = LINES.into();
    assert_eq!(run(&Evaluation::new(&truth, folder.write("p.jsonl", &preds))), report);
    // Without a prediction all is kept.
    let none = Evaluation::new(&truth, folder.write("p.jsonl", &[])).with_dump(folder.path("d.jsonl"));
    let report = run(&none);
    for (path, wanted) in [("body_loss", 0.0), ("junk_left", 1.0), ("shingle_f1", 0.0), ("input.missing", 1.0)] {
        assert_figure(&report, path, wanted);
    }
    assert_eq!(report["ece"], Value::Null, "nothing was removed");
}

#[test]
fn comparisons_worked_by_hand() {
    let folder = Folder::new();
    let (truths, preds) = pages();
    let mut others = preds.clone();
    // Worse in a by one word of five, better in b.
    others[0]["body"] = "one two three four".into();
    others[1]["body"] = "one two three four five six".into();
    let truth = folder.write("t.jsonl", &truths);
    let (pred, other) = (folder.write("p.jsonl", &preds), folder.write("o.jsonl", &others));
    let report = run(&Evaluation::new(&truth, &pred).with_compare(&other));
    let token = &report["compare"]["token_f1"];
    assert_figure(token, "other", (8.0 / 9.0 + 1.0 + 0.0 + 1.0) / 4.0);
    assert_figure(token, "difference", (1.0 / 9.0 - 0.2) / 4.0);
    assert_eq!((&token["better"], &token["worse"], &token["equal"]), (&json!(1), &json!(1), &json!(2)));
    // It leaks as much, so less is neither better nor worse.
    let leak = &report["compare"]["snippet_leak"];
    assert_eq!((&leak["better"], &leak["worse"], &leak["equal"]), (&json!(0), &json!(0), &json!(2)));
    // a and b are of one host: whenever it is drawn, the difference is below zero; else it is none.
    assert_eq!(token["above_zero"], 0.0);
    assert!(token["interval"][0].as_f64() < Some(0.0) && token["interval"][1] == 0.0, "{token}");

    let same = run(&Evaluation::new(&truth, &pred).with_compare(&pred));
    for (name, comparison) in same["compare"].as_object().expect("comparisons") {
        assert_eq!((&comparison["difference"], &comparison["interval"]), (&json!(0.0), &json!([0.0, 0.0])), "{name}");
    }
    let back = run(&Evaluation::new(&truth, &other).with_compare(&pred));
    // Three units drawn three times lack the host of a and b in (2/3)^3 of the resamples.
    let above = back["compare"]["token_f1"]["above_zero"].as_f64().expect("a share");
    assert!((above - 0.704).abs() < 0.05, "{above}");
}

#[test]
fn the_same_for_any_number_of_threads_and_other_for_another_seed() {
    let folder = Folder::new();
    let text =
        |from: usize, step: usize| -> String { (0..40).map(|n| format!("w{} ", (from + n * step) % 31)).collect() };
    let truths: Vec<_> = (0..600)
        .map(|n| json!({"id": n.to_string(), "type": if n % 2 == 0 { "x" } else { "y" }, "truth": text(n, 1)}))
        .collect();
    let preds =
        |step| -> Vec<_> { (0..600).map(|n| json!({"id": n.to_string(), "body": text(n, 1 + n % step)})).collect() };
    let truth = folder.write("t.jsonl", &truths);
    let (pred, other) = (folder.write("p.jsonl", &preds(3)), folder.write("o.jsonl", &preds(4)));
    let on = |threads, seed| {
        let batch = Batch::default().with_threads(NonZeroUsize::new(threads).expect("some"));
        run(&Evaluation::new(&truth, &pred).with_compare(&other).with_by(By::Type).with_batch(batch).with_seed(seed))
    };
    let one = on(1, 1);
    assert_eq!(one, on(1, 1));
    assert_eq!(one, on(4, 1));
    let seeded = on(1, 2);
    assert_eq!(one["token_f1"], seeded["token_f1"]);
    assert_ne!(one["intervals"]["token_f1"], seeded["intervals"]["token_f1"]);
    let none = run(&Evaluation::new(&truth, &pred).with_resamples(0));
    assert_eq!((&none["intervals"], &none["bootstrap"]), (&Value::Null, &Value::Null));
}

#[test]
fn files_may_be_compressed() {
    let folder = Folder::new();
    let (truths, preds) = pages();
    let (truth, pred) = (folder.write("t.jsonl", &truths), folder.write("p.jsonl", &preds));
    let plain = run(&Evaluation::new(&truth, &pred));
    let packed = folder.path("p.jsonl.zst");
    fs::write(&packed, zstd::encode_all(&*fs::read(&pred).expect("a file"), 1).expect("zstd")).expect("a file");
    assert_eq!(run(&Evaluation::new(&truth, &packed)), plain);
}

#[test]
fn what_is_not_as_it_should_be_is_said() {
    let folder = Folder::new();
    let (truths, preds) = pages();
    let truth = folder.write("t.jsonl", &truths);
    let pred = folder.write("p.jsonl", &preds);
    let with_truth = |rows: &[Value]| fault(&Evaluation::new(folder.write("bad.jsonl", rows), &pred));
    let text = json!({"id": "x", "truth": "one"});
    for (rows, words) in [
        (vec![], "no document in it"),
        (vec![json!({"id": "x"}), json!({"id": "y", "with": [], "truth": null})], "nothing to score"),
        (vec![json!({"id": "x", "labels": ["skip"], "kinds": [null]})], "nothing to score"),
        (vec![text.clone(), json!({"id": "y", "labels": ["body"]})], "document `y`: some documents have `labels`"),
        (vec![json!({"id": "x", "labels": ["bodi"]})], "unknown variant `bodi`"),
        (vec![json!({"id": "x", "labels": ["junk"], "kinds": ["advert"]})], "unknown kind `advert`"),
        (vec![json!({"id": "x", "truth": 3})], "neither a string nor a list"),
        (vec![json!({"id": null, "truth": "one"})], "`id` is neither"),
        (vec![json!({"truth": "one"})], "missing field `id`"),
        (vec![text.clone(), json!([1])], "line 2, byte 1 of the line: not a truth: not a JSON object"),
        (vec![json!({"id": "x", "labels": ["body"]})], "document `x`: its text is not known; give --dump"),
    ] {
        let said = with_truth(&rows);
        assert!(said.contains(words) && said.contains("bad.jsonl"), "{said}");
    }
    for (line, words) in [
        ("{\"id\": \"a\", \"body\": \"b\"", "line 3, byte 23 of the line: invalid JSON: EOF"),
        ("{\"id\": \"a\"} x", "line 3, byte 13 of the line: invalid JSON: trailing"),
        ("{\"id\": \"a\", \"removed\": [{\"start\": 0, \"end\": 2, \"kind\": \"add\"}]}", "unknown variant `add`"),
        ("{\"id\": \"a\", \"body\": [\"b\"]}", "not a prediction: invalid type: sequence"),
    ] {
        fs::write(folder.path("bad.jsonl"), format!("{{\"id\": \"b\"}}\n\n{line}\n")).expect("a file");
        for said in [
            fault(&Evaluation::new(&truth, folder.path("bad.jsonl"))),
            fault(&Evaluation::new(&truth, &pred).with_compare(folder.path("bad.jsonl"))),
        ] {
            assert!(said.contains(words) && said.contains("bad.jsonl: line 3"), "{said}");
        }
    }
    let said = fault(&Evaluation::new(&truth, &pred).with_type("news"));
    assert!(said.contains("no document of the type `news`"), "{said}");

    let [truths, preds, dump] = lines();
    let (truth, pred) = (folder.write("t.jsonl", &truths), folder.write("p.jsonl", &preds));
    let said = fault(&Evaluation::new(&truth, &pred).with_title(true));
    assert!(said.contains("for pages"), "{said}");
    let said = fault(&Evaluation::new(&truth, &pred).with_dump(folder.write("d.jsonl", &dump)).with_by(By::Type));
    assert!(said.contains("no document says its type"), "{said}");
    for (dump, words) in [
        (json!({"id": "b", "text": LINES}), "it is not in the dump"),
        (json!({"id": "a", "text": "one\ntwo"}), "7 labels for a text of 2 lines"),
        (json!({"id": "a", "text": null}), "no text in the dump: line 1, byte 0: the text in `text` is null"),
        (json!({"id": "a", "html": "<p>one"}), "no text in the dump: it is a page"),
    ] {
        let said = fault(&Evaluation::new(&truth, &pred).with_dump(folder.write("d.jsonl", &[dump])));
        assert!(said.contains("document `a`: ") && said.contains(words), "{said}");
    }
    let mut short = truths.clone();
    short[0]["kinds"] = json!(["ad"]);
    let truth = folder.write("t.jsonl", &short);
    let said =
        fault(&Evaluation::new(&truth, &pred).with_dump(folder.write("d.jsonl", &[json!({"id": "a", "text": LINES})])));
    assert!(said.contains("document `a`: 1 kinds for a text of 7 lines"), "{said}");
}

#[test]
fn odd_predictions_do_no_harm() {
    let folder = Folder::new();
    let [truths, _, dump] = lines();
    let (truth, dump) = (folder.write("t.jsonl", &truths), folder.write("d.jsonl", &dump));
    let cut = |start: i64, end: i64| json!({"start": start, "end": end, "kind": "nav"});
    let odd = json!({
        "id": "a", "body": null, "title": null, "stats": 3, "status": null,
        // Beyond the text on both sides, empty, backwards, inside a character's bytes, over each other.
        "removed": [cut(-5, 3), cut(4, 4), cut(9, 2), cut(i64::MAX - 1, i64::MAX), cut(i64::MIN, i64::MAX), cut(0, 20)],
    });
    let report = run(&Evaluation::new(&truth, folder.write("p.jsonl", &[odd])).with_dump(&dump));
    for (path, wanted) in [("body_loss", 1.0), ("junk_left", 0.0), ("kinds.ad.recall", 1.0), ("shingle_r", 0.0)] {
        assert_figure(&report, path, wanted);
    }
    assert_eq!(report["ece"], Value::Null, "no removal says how sure it is");
    // Of two with one id the last counts, and both are said.
    let two = [json!({"id": "a", "body": "x"}), json!({"id": "b"}), json!({"id": "a", "body": "The end."})];
    let report = Evaluation::new(&truth, folder.write("p.jsonl", &two)).with_dump(&dump).run().expect("a report");
    assert_eq!(
        (report.task, report.coverage.duplicates.count, report.coverage.unknown.first),
        (Task::Lines, 1, vec!["b".into()])
    );
    let precision = report.total.get(Metric::ShingleP).expect("it was measured").value;
    assert_eq!(precision, Some(0.0), "two words are not in a run of four");
    // A truth with one id twice counts twice.
    let twice = [truths[0].clone(), truths[0].clone()];
    let report = run(&Evaluation::new(folder.write("t.jsonl", &twice), folder.path("p.jsonl")).with_dump(&dump));
    assert_eq!((&report["docs"], &report["input"]["duplicate_truths"]), (&json!(2), &json!(1)));
}

/// The folder of the development data, and the scorer beside it, if they are there.
fn data() -> Option<(PathBuf, PathBuf)> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = env::var_os("CLEANCOPY_DATA").map_or_else(beside, PathBuf::from);
    let scorer = folder.join("../score/score.py");
    let there = scorer.is_file() && Command::new("python3").arg("--version").output().is_ok();
    if !there {
        println!("no scorer here: nothing was compared with it");
    }
    there.then_some((folder, scorer))
}

/// What the scorer says.
fn scored(scorer: &Path, task: &str, files: &[(&str, &Path)], flags: &[&str]) -> Value {
    let mut command = Command::new("python3");
    command.arg(scorer).args([task, "--json"]).args(flags);
    files.iter().for_each(|(flag, path)| {
        command.arg(flag).arg(path);
    });
    let output = command.output().expect("python3 starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Every figure of the scorer is there, and the same.
#[track_caller]
fn assert_agrees(ours: &Value, scorer: &Value, path: &str) {
    for (key, wanted) in scorer.as_object().expect("an object") {
        let (figure, path) = (&ours[key], format!("{path}{key}"));
        match wanted {
            Value::Object(_) => assert_agrees(figure, wanted, &format!("{path}.")),
            Value::Null => assert!(ours.get(key).is_some_and(Value::is_null), "{path} is {figure}, not null"),
            _ => {
                let (ours, wanted) = (figure.as_f64(), wanted.as_f64().expect("a number"));
                assert!(ours.is_some_and(|ours| (ours - wanted).abs() < 1e-9), "{path} is {figure}, not {wanted}");
            }
        }
    }
    if let Some(kinds) = scorer.get("kinds").filter(|_| path.is_empty()) {
        let count = |kinds: &Value| kinds.as_object().map(serde_json::Map::len);
        assert_eq!(count(&ours["kinds"]), count(kinds));
    }
}

/// Every `step`th record of a file.
fn rows(path: &Path, step: usize) -> Vec<Value> {
    let lines = open_lines(path).expect("a file").step_by(step);
    lines.map(|line| serde_json::from_slice(&line.expect("a line").1).expect("JSON")).collect()
}

/// A number from a text: something to do with it that differs from text to text and is always the same.
fn dice(text: &str, sides: u64) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
        / 128
        % sides
}

#[test]
fn made_up_cases_agree_with_the_scorer() {
    let Some((_, scorer)) = data() else { return };
    let folder = Folder::new();
    let (mut truths, mut preds) = pages();
    let odd = [
        (
            "İstanbul ΣΑΣ Straße ǅ ½ x² cafe\u{301} हिन्दी Ⓐ don't_stop 你好世界",
            "i\u{307}stanbul σας STRASSE ǆ ½ X² café हिन्दी ⓐ don't_stop 你好",
        ),
        ("", ""),
        ("", "some words"),
        ("--- …", "words"),
        ("one two", "two one"),
        ("a b c d a b c d a b c d", "a b c d e a b c d"),
        ("\u{1c}a\u{a0}b\u{200b}c\u{2029}d", "a b\u{200b}c d"),
    ];
    for (number, (truth, body)) in odd.into_iter().enumerate() {
        let id = format!("odd-{number}");
        truths.push(json!({"id": id, "truth": truth, "with": ["a b", "", body], "without": [" \u{1c} ", "d"]}));
        preds.push(json!({"id": id, "title": "T", "body": body}));
    }
    truths.push(json!({"id": "a", "truth": ["[", "]", "[]", "[one two three", "four] five"]}));
    truths.push(json!({"id": "b", "truth": null, "with": null, "without": ["One"]}));
    truths.last_mut().expect("a truth")["type"] = "forum".into();
    // As close to the text with its optional paragraph (6 of 8 and 16) as without (4 of 8 and 8).
    truths.push(json!({"id": "tie", "truth": ["a b c d e f g h", "[i j k l m n o p]"]}));
    preds.push(json!({"id": "tie", "body": "a b c d i j x y"}));
    // The scorer holds ids of numbers and of strings apart.
    truths[3]["id"] = "4".into();
    let (truth, pred) = (folder.write("t.jsonl", &truths), folder.write("p.jsonl", &preds));
    let files = [("--truth", &*truth), ("--pred", &*pred)];
    let evaluation = Evaluation::new(&truth, &pred);
    assert_agrees(&run(&evaluation), &scored(&scorer, "pages", &files, &[]), "");
    let flags = ["--title", "--type", "forum"];
    assert_agrees(&run(&evaluation.with_title(true).with_type("forum")), &scored(&scorer, "pages", &files, &flags), "");

    let [mut truths, mut preds, mut dump] = lines();
    let cut = |start: usize, end: usize, kind: &str| json!({"start": start, "end": end, "kind": kind});
    for (number, removed) in [
        json!([]),
        json!(null),
        // Over each other, half a line of one kind and half of another, white space only.
        json!([cut(0, 7, "nav"), cut(7, 13, "ad"), cut(20, 60, "bio"), cut(30, 50, "caption")]),
        json!([cut(13, 14, "nav"), cut(0, 6, "title"), cut(28, 31, "nav"), cut(40, 900, "credit")]),
        json!([cut(0, LINES.len(), "byline")]),
        // As much of one kind as of another.
        json!([cut(0, 6, "nav"), cut(6, 12, "ad")]),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("odd-{number}");
        let mut truth = truths[0].clone();
        truth["id"] = id.as_str().into();
        truth["kinds"] = json!(["ad", "byline", null, "credit", null, "nav", null]);
        truths.push(truth);
        preds.push(json!({"id": id, "body": "The end.", "removed": removed}));
        dump.push(json!({"id": id, "text": LINES}));
    }
    truths.push(json!({"id": "blank", "labels": ["body", "junk", "junk"], "kinds": [null, "ad", null], "truth": ""}));
    dump.push(json!({"id": "blank", "text": "\n \t\u{b}\r\nÄ"}));
    let paths = (folder.write("t.jsonl", &truths), folder.write("p.jsonl", &preds), folder.write("d.jsonl", &dump));
    let files = [("--truth", &*paths.0), ("--pred", &*paths.1), ("--dump", &*paths.2)];
    let evaluation = Evaluation::new(&paths.0, &paths.1).with_dump(&paths.2);
    assert_agrees(&run(&evaluation), &scored(&scorer, "dumps", &files, &[]), "");
}

#[test]
fn development_pages_agree_with_the_scorer() {
    let Some((data, scorer)) = data() else { return };
    let folder = Folder::new();
    for (set, step) in [("pages-dev", 12), ("segments-dev", 3)] {
        let truths = rows(&data.join(format!("{set}.truth.jsonl.gz")), step);
        // Bodies with paragraphs left out, put in, and in capitals; some documents are missing.
        let preds: Vec<_> = truths
            .iter()
            .filter(|truth| dice(&truth["id"].to_string(), 11) > 0)
            .map(|truth| {
                let lists = [&truth["with"], &truth["without"]].into_iter().filter_map(Value::as_array).flatten();
                let snippets = lists.filter_map(Value::as_str).filter(|snippet| dice(snippet, 3) > 0);
                let paragraphs = truth["truth"].as_str().unwrap_or_default().lines().chain(snippets);
                let body: Vec<_> = paragraphs
                    .filter_map(|line| match dice(line, 5) {
                        0 => None,
                        1 => Some(line.to_uppercase()),
                        _ => Some(line.to_owned()),
                    })
                    .collect();
                json!({"id": truth["id"], "title": "A title", "body": body.join("\n\n")})
            })
            .collect();
        let (truth, pred) = (folder.write("t.jsonl", &truths), folder.write("p.jsonl", &preds));
        let files = [("--truth", &*truth), ("--pred", &*pred)];
        let evaluation = Evaluation::new(&truth, &pred).with_resamples(20);
        assert_agrees(&run(&evaluation), &scored(&scorer, "pages", &files, &[]), "");
        assert_agrees(&run(&evaluation.with_title(true)), &scored(&scorer, "pages", &files, &["--title"]), "");
    }
}

#[test]
fn development_lines_agree_with_the_scorer() {
    let Some((data, scorer)) = data() else { return };
    let folder = Folder::new();
    for (set, step) in [("dumps-dev", 8), ("dumps-ml", 1)] {
        let truths = rows(&data.join(format!("{set}.truth.jsonl.gz")), step);
        let dump = rows(&data.join(format!("{set}.jsonl.gz")), step);
        // Lines removed whole or in part, under the right kind, another or any.
        let preds = truths.iter().zip(&dump).filter(|(truth, _)| dice(&truth["id"].to_string(), 11) > 0).map(
            |(truth, document)| {
                let text = document["text"].as_str().expect("a text");
                let (mut removed, mut kept, mut at) = (Vec::new(), Vec::new(), 0);
                for (number, line) in text.split('\n').enumerate() {
                    let is_junk = truth["labels"][number] == "junk";
                    let kind = truth["kinds"][number].as_str().unwrap_or("nav");
                    let part = line.len() * usize::try_from(dice(line, 4)).expect("small") / 3;
                    let (end, kind) = match (is_junk, dice(line, 7)) {
                        (true, 0) | (false, 2..) => (0, kind),
                        (_, 1) => (part, "related"),
                        _ => (line.len(), kind),
                    };
                    match end {
                        0 => kept.push(line),
                        _ => removed.push(json!({"start": at, "end": at + end, "kind": kind, "confidence": 0.9})),
                    }
                    at += line.len() + 1;
                }
                json!({"id": truth["id"], "body": kept.join("\n\n"), "removed": removed})
            },
        );
        let preds: Vec<_> = preds.collect();
        let paths = (folder.write("t.jsonl", &truths), folder.write("p.jsonl", &preds), folder.write("d.jsonl", &dump));
        let files = [("--truth", &*paths.0), ("--pred", &*paths.1), ("--dump", &*paths.2)];
        let evaluation = Evaluation::new(&paths.0, &paths.1).with_dump(&paths.2).with_resamples(20);
        let report = run(&evaluation);
        assert_agrees(&report, &scored(&scorer, "dumps", &files, &[]), "");
        let lost = report["body_loss"].as_f64().expect("a figure");
        assert!(lost > 0.02 && lost < 0.5, "the made-up cuts test something: {lost}");
    }
}
