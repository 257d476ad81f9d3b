//! What goes wrong: it is said, and the rest of the run is done.

use std::fs::File;
use std::io::Read;
use std::process::Stdio;

use crate::harness::{Folder, article, body, column, gzip, record, records, zstd};

#[test]
fn a_bad_record_is_an_error_and_the_others_are_done() {
    let folder = Folder::new();
    let bad: [(&[u8], &str); 9] = [
        (b"{\"id\": \"x\", \"text\": ", "invalid JSON"),
        (b"not json at all", "invalid JSON"),
        (b"[1, 2]", "a JSON object"),
        (br#"{"id": "x", "text": null}"#, "is null"),
        (br#"{"id": "x"}"#, "no text"),
        (br#"{"id": "x", "text": 42}"#, "is a number"),
        (br#"{"id": "x", "html": null}"#, "the HTML in `html` is null"),
        (b"{\"id\": \"x\", \"text\": \"\xff\xfe\"}", "invalid UTF-8"),
        (b"{\"id\": \"x\", \"text\": \"a\0b\"}", "control character"),
    ];
    for (line, words) in bad {
        let first = record("first") + "\n\n";
        let file = [first.as_bytes(), line, b"\n", record("last").as_bytes()].concat();
        folder.write("a.jsonl", file);
        let run = folder.run("clean a.jsonl -o out.jsonl --summary s.json").exits(1);
        let records = folder.jsonl("out.jsonl");
        assert_eq!(column(&records, "status"), ["ok", "error", "ok"], "{words}");
        assert_eq!(column(&records, "body"), [body("first"), String::new(), body("last")]);
        let error = records[1]["error"].as_str().expect("a reason");
        let place = format!("line 3, byte {}: ", first.len());
        assert!(error.starts_with(&place) && error.contains(words), "{error}");
        let id = if records[1]["id"] == "x" { "x" } else { "a.jsonl#2" };
        assert_eq!((&records[1]["id"], &records[1]["source"]), (&id.into(), &"a.jsonl".into()));
        assert_eq!(records[1]["removed"], serde_json::json!([]));
        assert!(run.stderr.contains("a.jsonl: line 3"), "{}", run.stderr);
        let fault = &folder.json("s.json")["errors"];
        assert_eq!((&fault["count"], &fault["first"][0]["byte"]), (&1.into(), &first.len().into()));
    }
}

#[test]
fn blank_text_is_empty_and_no_error() {
    let folder = Folder::new();
    folder.write("a.jsonl", "{\"text\": \"\"}\n{\"text\": \" \\n\\t\"}\n");
    folder.write("b.txt", "");
    folder.write("c.txt", "\n  \n");
    let run = folder.run("clean a.jsonl b.txt c.txt --to jsonl").exits(0);
    assert_eq!(column(&run.jsonl(), "status"), ["empty"; 4]);
    folder.write("d.jsonl", "\n\n");
    let run = folder.run("clean d.jsonl --to jsonl").exits(0);
    assert_eq!(run.stdout, "");
    let run = folder.run_with("clean -", "").exits(0);
    assert_eq!(run.stdout, "");
}

#[test]
fn a_damaged_file_is_an_error_after_the_good_records() {
    let folder = Folder::new();
    let lines = records(5000);
    let whole = gzip(&lines);
    folder.write("a.jsonl.gz", &whole[..whole.len() / 2]);
    let whole = zstd(&lines);
    folder.write("b.jsonl.zst", &whole[..whole.len() / 2]);
    folder.write("c.jsonl", records(1));
    for name in ["a.jsonl.gz", "b.jsonl.zst"] {
        let run = folder.run(&format!("clean {name} c.jsonl -o out.jsonl")).exits(1);
        let records = folder.jsonl("out.jsonl");
        let errors: Vec<_> = records.iter().filter(|record| record["status"] == "error").collect();
        assert_eq!(errors.len(), 1, "{name}: one error for the file");
        assert_eq!(errors[0]["source"], name);
        assert!(errors[0]["error"].as_str().is_some_and(|error| error.contains("damaged")));
        assert!(records.len() > 500, "{name}: what came before is kept: {}", records.len());
        for (place, record) in records.iter().take(records.len() - 2).enumerate() {
            assert_eq!(record["id"], (place + 1).to_string(), "{name}");
        }
        assert_eq!(records.last().map(|last| &last["source"]), Some(&"c.jsonl".into()));
        assert!(run.stderr.contains(name), "{}", run.stderr);
    }
    folder.write("d.txt.gz", &gzip(article("d").repeat(50))[..200]);
    let run = folder.run("clean d.txt.gz --to jsonl").exits(1);
    assert_eq!(column(&run.jsonl(), "status"), ["error"]);
    assert!(run.jsonl()[0]["error"].as_str().is_some_and(|error| error.contains("d.txt.gz")));
}

#[test]
fn an_input_that_is_not_there_stops_the_run_before_it_starts() {
    let folder = Folder::new();
    folder.write("a.txt", article("a"));
    folder.write("out.jsonl", "old");
    folder.run("clean a.txt missing.txt -o out.jsonl").exits(2).says(&["missing.txt", "No such file"]);
    assert_eq!(folder.read("out.jsonl"), "old");
    folder.run("clean a.txt nowhere/ -o out").exits(2).says(&["nowhere"]);
    assert_eq!(folder.list(), ["a.txt", "out.jsonl"]);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    folder.write("in/a.txt", article("a"));
    for name in ["in/b.txt", "in/c.jsonl"] {
        let path = folder.write(name, article("b"));
        set_permissions(&path, Permissions::from_mode(0o000)).expect("permissions");
        if File::open(&path).is_ok() {
            return; // Run by root, to whom nothing is forbidden.
        }
    }
    folder.run("clean in/b.txt -o out.jsonl").exits(2).says(&["in/b.txt", "denied"]);
    let run = folder.run("clean in --to jsonl").exits(1);
    assert_eq!(column(&run.jsonl(), "id"), ["in/a.txt", "in/b.txt", "in/c.jsonl"]);
    assert_eq!(column(&run.jsonl(), "status"), ["ok", "error", "error"]);
}

#[test]
fn a_line_of_twenty_megabytes() {
    let folder = Folder::new();
    let text = article("long").repeat((20 << 20) / article("long").len());
    let line = serde_json::json!({"id": "long", "text": text}).to_string();
    folder.write("a.jsonl", format!("{}\n{line}\n{}\n", record("1"), record("2")));
    folder.run("clean a.jsonl -o out.jsonl --max-doc-bytes 1MB").exits(0);
    let records = folder.jsonl("out.jsonl");
    assert_eq!(column(&records, "id"), ["1", "long", "2"]);
    assert_eq!(column(&records, "status"), ["ok", "over_limit", "ok"]);
    let kept: String = records[1]["body"].as_str().expect("a body").split_whitespace().collect();
    let given: String = text.split_whitespace().collect();
    assert!(kept == given, "all of it passes through");

    folder.write("b.txt", text.replace('\n', " "));
    folder.run("clean b.txt -o out.jsonl").exits(0);
    let flat = &folder.jsonl("out.jsonl")[0];
    assert_eq!(flat["status"], "over_limit", "a line of 2 MB is the limit");
    let kept: String = flat["body"].as_str().expect("a body").split_whitespace().collect();
    assert!(kept == given, "all of it passes through");

    folder.write("c.txt", "Advertisement\n".repeat(250_000));
    folder.run("clean c.txt -o out.jsonl").exits(0);
    assert_eq!(folder.jsonl("out.jsonl")[0]["status"], "over_limit", "200,000 lines are the limit");
}

#[test]
fn odd_bytes_in_a_text_do_no_harm() {
    let folder = Folder::new();
    let mut bytes = article("odd").into_bytes();
    bytes.extend_from_slice(b"Some more words with a \0 byte and a \x80\xff pair in the last line.\n");
    folder.write("a.txt", &bytes);
    let run = folder.run("clean a.txt --to jsonl").exits(0);
    let record = &run.jsonl()[0];
    assert_eq!(record["status"], "ok");
    let last = record["body"].as_str().expect("a body");
    assert!(last.contains("with a \0 byte"), "{last:?}");
}

#[test]
fn an_output_that_cannot_be_made() {
    let folder = Folder::new();
    folder.write("a.txt", article("a"));
    folder.write("file", "x");
    folder.write("theirs/notes.md", "x");
    for (out, words) in [
        ("file/out", "file/out"),
        ("file/out.jsonl", "file/out.jsonl"),
        ("file", "it is a file"),
        ("theirs", "not empty"),
        ("theirs --to jsonl", "it is a folder"),
        ("out.tsv", "not written"),
        ("out.warc.gz", "not written"),
        ("out.jsonl.bz2", "not written"),
        ("a.txt --to txt", "an input"),
        ("- --report -", "only one of"),
        ("- --summary /dev/stdout", "only one of"),
    ] {
        folder.run(&format!("clean a.txt -o {out}")).exits(2).says(&[words]);
        assert_eq!(folder.list(), ["a.txt", "file", "theirs", "theirs/notes.md"], "{out}");
    }
    folder.run("clean a.txt --report file/r.jsonl -o out").exits(2).says(&["file/r.jsonl"]);
    folder.run("clean a.txt --summary file/s.json -o out").exits(2).says(&["file/s.json"]);
    assert_eq!(folder.list(), ["a.txt", "file", "theirs", "theirs/notes.md"]);
    assert_eq!(folder.read("a.txt"), article("a"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let folder = Folder::new();
    folder.write("a.txt", article("a"));
    folder.write("b.jsonl", records(2000));
    for args in ["a.txt -o /dev/full", "b.jsonl -o /dev/full", "a.txt -o x.jsonl --report /dev/full"] {
        folder.run(&format!("clean {args}")).exits(2).says(&["cannot write /dev/full", "No space left"]);
        assert!(!folder.path().join("x.jsonl").exists() || !args.contains("x.jsonl"));
    }
    for args in [
        &["clean", "a.txt"][..],
        &["clean", "b.jsonl"],
        &["restore", "b.jsonl"],
        &["rules"],
        &["completions", "bash"],
        &["explain", "a.txt"],
    ] {
        let full = File::options().write(true).open("/dev/full").expect("/dev/full");
        if args[0] == "restore" {
            folder.run("clean b.jsonl -o c.jsonl --emit-text -q").exits(0);
        }
        let args: Vec<_> =
            args.iter().map(|arg| if args[0] == "restore" && *arg == "b.jsonl" { "c.jsonl" } else { arg }).collect();
        let output = folder.command(&args).stdout(full).output().expect("the command runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
        assert!(stderr.contains("standard output") && stderr.contains("No space left"), "{stderr}");
    }
}

#[test]
fn a_reader_that_closes_the_pipe_is_no_error() {
    let folder = Folder::new();
    folder.write("a.jsonl", records(20_000));
    folder.run("clean a.jsonl -o b.jsonl -q").exits(0);
    for args in [&["clean", "a.jsonl"][..], &["restore", "b.jsonl"], &["clean", "a.jsonl", "--report", "r.jsonl"]] {
        let mut child =
            folder.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command starts");
        let mut some = [0; 100];
        child.stdout.take().expect("standard output").read_exact(&mut some).expect("some output");
        let output = child.wait_with_output().expect("the command ends");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
    }
    assert_eq!(folder.list(), ["a.jsonl", "b.jsonl"], "no report of half a run");
}
