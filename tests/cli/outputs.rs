//! What is written, and where.

use crate::harness::{Folder, JUNK, article, body, column, gunzip, record, records, unzstd};

#[test]
fn one_document_is_printed_as_text_and_several_as_records() {
    let folder = Folder::new();
    folder.write("a.txt", article("a"));
    folder.write("one.jsonl", record("1"));
    folder.write("two.jsonl", records(2));
    for args in ["a.txt", "one.jsonl", "a.txt --threads 3"] {
        let topic = if args.starts_with('a') { "a" } else { "1" };
        let run = folder.run(&format!("clean {args}")).exits(0);
        assert_eq!(run.stdout, body(topic) + "\n", "{args}");
        assert!(run.stderr.contains("1 in") && run.stderr.contains("ad, 13 characters"), "{}", run.stderr);
    }
    for args in ["two.jsonl", "a.txt one.jsonl", "one.jsonl a.txt --threads 3"] {
        assert_eq!(folder.run(&format!("clean {args}")).exits(0).jsonl().len(), 2, "{args}");
    }
    assert_eq!(folder.run("clean a.txt -o -").exits(0).jsonl().len(), 1, "named, it is JSONL");
    assert_eq!(folder.run("clean a.txt --to jsonl").exits(0).jsonl().len(), 1);
    let run = folder.run("clean two.jsonl --to txt").exits(0);
    assert_eq!(run.stdout, format!("{}\n\n\n{}\n", body("1"), body("2")));
    folder.run("clean a.txt -o - --to dir").exits(2).says(&["standard output"]);
}

#[test]
fn a_record_has_the_fields_of_the_contract_in_their_order() {
    let folder = Folder::new();
    folder.write("a.txt", article("a"));
    let run = folder.run("clean a.txt -o -").exits(0);
    let start = r#"{"id":"a.txt","source":"a.txt","url":null,"title":null,"byline":null,"date":null,"lang":"#;
    assert!(run.stdout.starts_with(start), "{}", run.stdout);
    let record = &run.jsonl()[0];
    assert_eq!(record["status"], "ok");
    assert!(record.get("error").is_none() && record.get("text").is_none() && record.get("extra").is_none());
    let start = article("a").find(JUNK).expect("junk");
    let removed = &record["removed"][0];
    assert_eq!((&removed["start"], &removed["end"]), (&start.into(), &(start + JUNK.len()).into()));
    assert_eq!((&removed["kind"], &removed["text"]), (&"ad".into(), &JUNK.into()));
    assert!(removed["rule"].is_string() && removed["confidence"].is_number());
    assert_eq!(record["stats"]["chars_in"], article("a").chars().count());
    assert_eq!(record["stats"]["chars_body"], body("a").chars().count());
}

#[test]
fn compressed_files_hold_the_same_records() {
    let folder = Folder::new();
    folder.write("a.jsonl", records(3000));
    for out in ["o.jsonl", "o.ndjson", "o.jsonl.gz", "o.jsonl.zst"] {
        folder.run(&format!("clean a.jsonl -q -o {out}")).exits(0);
    }
    let plain = folder.read("o.jsonl");
    assert_eq!(plain.lines().count(), 3000);
    assert!(plain == folder.read("o.ndjson"));
    assert!(plain == gunzip(&folder.bytes("o.jsonl.gz")));
    assert!(plain == unzstd(&folder.bytes("o.jsonl.zst")));
    assert!(folder.bytes("o.jsonl.gz").len() < plain.len() / 3);
    assert_eq!(folder.list().len(), 5, "nothing else is left: {:?}", folder.list());
}

#[test]
fn every_output_is_the_same_for_any_number_of_threads() {
    let folder = Folder::new();
    let mut lines = records(1500);
    lines.push_str("{broken\n");
    for number in 0..40 {
        folder.write(&format!("in/{}/{number}.txt", number % 3), article(&number.to_string()));
    }
    folder.write("in/a.jsonl", &lines);
    for threads in [1, 2, 5] {
        for out in ["o.jsonl", "o.jsonl.gz", "o.jsonl.zst", "dir"] {
            folder.run(&format!("clean in --threads {threads} -o {threads}/{out} --report {threads}/r-{out}.jsonl --summary {threads}/s-{out}.json -q")).exits(1);
        }
        let run = folder.run(&format!("clean in --threads {threads} -q")).exits(1);
        folder.write(&format!("{threads}/stdout"), run.stdout);
    }
    let files = folder.list_in("1");
    assert!(files.len() > 1500, "a body for each");
    for threads in ["2", "5"] {
        assert!(folder.list_in(threads) == files, "the files differ for {threads} threads");
        for file in &files {
            if folder.path().join("1").join(file).is_file() {
                let same = folder.bytes(&format!("1/{file}")) == folder.bytes(&format!("{threads}/{file}"));
                assert!(same, "{file} differs for {threads} threads");
            }
        }
    }
}

#[test]
fn a_file_is_replaced_whole_and_only_at_the_end() {
    let folder = Folder::new();
    folder.write("a.txt", article("a"));
    folder.write("out.jsonl", "old\n".repeat(10_000));
    folder.write(".out.jsonl.part", "left by a run that was killed");
    folder.run("clean a.txt -q -o out.jsonl").exits(0);
    assert_eq!(folder.jsonl("out.jsonl").len(), 1);
    folder.run("clean a.txt -q -o new/deep/out.jsonl").exits(0);
    assert_eq!(folder.jsonl("new/deep/out.jsonl").len(), 1);
    assert_eq!(folder.list(), ["a.txt", "new", "new/deep", "new/deep/out.jsonl", "out.jsonl"]);
}

#[cfg(unix)]
#[test]
fn files_get_the_usual_permissions_and_links_stay_links() {
    use std::fs::{Permissions, metadata, set_permissions, symlink_metadata};
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new();
    let usual = metadata(folder.write("a.txt", article("a"))).expect("a file").permissions().mode();
    folder.run("clean a.txt -q -o out.jsonl --report r.jsonl --summary s.json").exits(0);
    folder.run("clean a.txt -q -o dir").exits(0);
    for name in ["out.jsonl", "r.jsonl", "s.json", "dir/summary.json", "dir/bodies/a.txt"] {
        let mode = metadata(folder.path().join(name)).expect(name).permissions().mode();
        assert_eq!(mode, usual, "{name}");
    }
    let target = folder.write("real/x.jsonl", "old");
    set_permissions(&target, Permissions::from_mode(0o640)).expect("permissions");
    symlink("real/x.jsonl", folder.path().join("link.jsonl")).expect("a link");
    folder.run("clean a.txt -q -o link.jsonl").exits(0);
    assert!(symlink_metadata(folder.path().join("link.jsonl")).expect("a link").is_symlink());
    assert_eq!(folder.jsonl("real/x.jsonl").len(), 1);
    assert_eq!(metadata(&target).expect("a file").permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_folder_mirrors_the_input_tree() {
    let folder = Folder::new();
    for name in ["in/a.txt", "in/x/a.txt", "in/x/y/b.txt", "other/a.txt"] {
        folder.write(name, article(name));
    }
    folder.write("in/x/dump.jsonl", records(2) + "{\"text\": \"Three has no id of its own.\"}\n{bad\n");
    folder.run("clean in -q -o out").exits(1);
    let wanted = [
        "bodies",
        "bodies/a.txt",
        "bodies/x",
        "bodies/x/a.txt",
        "bodies/x/dump.jsonl",
        "bodies/x/dump.jsonl/1.txt",
        "bodies/x/dump.jsonl/2.txt",
        "bodies/x/dump.jsonl/3.txt",
        "bodies/x/y",
        "bodies/x/y/b.txt",
        "removals.jsonl",
        "report.html",
        "summary.json",
    ];
    assert_eq!(folder.list_in("out"), wanted);
    assert_eq!(folder.read("out/bodies/x/y/b.txt"), body("in/x/y/b.txt") + "\n");
    assert_eq!(folder.read("out/bodies/x/dump.jsonl/2.txt"), body("2") + "\n");
    let removals = folder.jsonl("out/removals.jsonl");
    assert_eq!(column(&removals, "id"), ["in/a.txt", "in/x/a.txt", "1", "2", "in/x/y/b.txt"]);
    assert_eq!(folder.json("out/summary.json")["documents"], 7);

    folder.run("clean in/x other -q -o two").exits(1);
    let bodies = folder.list_in("two/bodies");
    assert!(bodies.contains(&"in/x/a.txt".to_owned()) && bodies.contains(&"other/a.txt".to_owned()), "{bodies:?}");
    folder.run("clean in/a.txt in/a.txt -q -o same").exits(0);
    assert_eq!(folder.list_in("same/bodies"), ["a.txt", "a~2.txt"]);
    folder.run_with("clean - -q -o stdin", article("s")).exits(0);
    assert_eq!(folder.list_in("stdin/bodies"), ["stdin.txt"]);
}

#[test]
fn bodies_never_leave_their_folder() {
    let folder = Folder::new();
    let ids = ["../../up", "/etc/passwd", "..", "a/b", "a\\b", "CON", "x\u{0}y", "", &"long".repeat(200), "A", "a"];
    let lines: Vec<_> = ids.iter().map(|id| serde_json::json!({"id": id, "text": article(id)}).to_string()).collect();
    folder.write("in/d.jsonl", lines.join("\n"));
    folder.run("clean in -q -o out").exits(0);
    let bodies = folder.list_in("out/bodies/d.jsonl");
    assert_eq!(bodies.len(), ids.len(), "{bodies:?}");
    assert!(bodies.iter().all(|name| name.len() <= 130 && !name.starts_with('.')), "{bodies:?}");
    let lower: std::collections::HashSet<_> = bodies.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(lower.len(), ids.len(), "no two alike, whatever the system thinks of case");
    assert_eq!(folder.list().iter().filter(|name| !name.starts_with("out/bodies")).count(), 6);
}

#[test]
fn only_a_folder_of_ours_is_written_again() {
    let folder = Folder::new();
    folder.write("in/a.txt", article("a"));
    folder.write("in/b.txt", article("b"));
    std::fs::create_dir(folder.path().join("out")).expect("a folder");
    folder.run("clean in -q -o out").exits(0);
    std::fs::remove_file(folder.path().join("in/b.txt")).expect("a file");
    folder.write("out/notes.md", "mine");
    folder.write("out/.cleancopy-part/bodies/x.txt", "left by a run that was killed");
    folder.run("clean in -q -o out").exits(0);
    let wanted = ["bodies", "bodies/a.txt", "notes.md", "removals.jsonl", "report.html", "summary.json"];
    assert_eq!(folder.list_in("out"), wanted, "no stale body, nothing unfinished, and theirs stays");

    folder.run("clean out/bodies -q -o out").exits(2).says(&["out", "an input"]);
    folder.write("theirs/summary.json", "{\"generator\": \"another tool\"}");
    folder.run("clean in -q -o theirs").exits(2).says(&["theirs", "not empty"]);
    assert_eq!(folder.list_in("theirs"), ["summary.json"]);
}

#[test]
fn a_failed_run_leaves_the_old_folder() {
    let folder = Folder::new();
    folder.write("in/a.txt", article("a"));
    folder.run("clean in -q -o out").exits(0);
    folder.write("in/b.jsonl", "{bad\n");
    let before = folder.list();
    folder.run("clean in -q -o out --fail-fast").exits(1);
    folder.run("clean in -q -o new/out --fail-fast").exits(1);
    assert_eq!(folder.list(), before);
    assert_eq!(folder.json("out/summary.json")["documents"], 1);
}

#[test]
fn the_report_has_every_cut_with_its_context() {
    let folder = Folder::new();
    let text = article("wörld");
    folder.write("a.txt", &text);
    folder.write("b.jsonl", serde_json::json!({"id": 1, "url": "https://x.org", "text": text}).to_string());
    folder.run("clean a.txt b.jsonl -q -o out.jsonl --report r.jsonl").exits(0);
    let report = folder.jsonl("r.jsonl");
    assert_eq!(column(&report, "id"), ["a.txt", "1"]);
    assert_eq!(column(&report, "url"), ["null", "https://x.org"]);
    for line in &report {
        let keys: Vec<_> = line.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(keys.len(), 11, "{keys:?}");
        let span = |name: &str| usize::try_from(line[name].as_u64().expect("a number")).expect("usize");
        let (start, end) = (span("start"), span("end"));
        assert_eq!(line["text"], text[start..end]);
        let (before, after) = (line["before"].as_str().expect("text"), line["after"].as_str().expect("text"));
        assert!(text[..start].ends_with(before) && text[end..].starts_with(after));
        assert_eq!((before.chars().count(), after.chars().count()), (60, 60));
    }
    assert!(folder.jsonl("out.jsonl")[0].get("text").is_none(), "the text was for the report alone");
    folder.run("clean a.txt -q -o dir --report r.jsonl.gz").exits(0);
    assert_eq!(gunzip(&folder.bytes("r.jsonl.gz")), folder.read("dir/removals.jsonl"));
}

#[test]
fn the_summary_counts() {
    let folder = Folder::new();
    let mut lines = records(3);
    lines.push_str("{\"text\": \"\"}\n{\"text\": \"One line of prose that says nothing more.\"}\nbad\n");
    folder.write("a.jsonl", lines);
    folder.run("clean a.jsonl -q -o out.jsonl --summary s.json").exits(1);
    let summary = folder.json("s.json");
    assert_eq!(summary["documents"], 6);
    let wanted = serde_json::json!({"ok": 3, "unchanged": 1, "empty": 1, "not_article": 0, "suspect": 0, "over_limit": 0, "error": 1});
    assert_eq!(summary["by_status"], wanted);
    assert_eq!(summary["removed"]["by_kind"], serde_json::json!({"ad": {"count": 3, "characters": 39}}));
    assert_eq!((&summary["removed"]["count"], &summary["removed"]["characters"]), (&3.into(), &39.into()));
    let rules = summary["removed"]["by_rule"].as_object().expect("an object");
    assert_eq!(rules.values().map(|rule| rule["count"].as_u64().expect("a count")).sum::<u64>(), 3);
    let chars = |field: &str| -> u64 {
        folder.jsonl("out.jsonl").iter().map(|r| r["stats"][field].as_u64().expect("a count")).sum()
    };
    assert_eq!(summary["characters"], serde_json::json!({"in": chars("chars_in"), "body": chars("chars_body")}));
    let fault = serde_json::json!({
        "source": "a.jsonl", "id": "a.jsonl#6", "record": 6, "byte": summary["errors"]["first"][0]["byte"],
        "error": summary["errors"]["first"][0]["error"],
    });
    assert_eq!(summary["errors"], serde_json::json!({"count": 1, "first": [fault]}));
}

#[cfg(unix)]
#[test]
fn a_pipe_is_written_directly() {
    let folder = Folder::new();
    folder.write("a.txt", article("a"));
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe).expect("the pipe is read")
    });
    folder.run("clean a.txt -q -o pipe").exits(0);
    assert_eq!(reader.join().expect("the reader ends").lines().count(), 1);
    assert_eq!(folder.list(), ["a.txt", "pipe"]);

    // And read.
    let writer = std::thread::spawn(move || std::fs::write(pipe, article("p")).expect("written"));
    let run = folder.run("clean pipe -q").exits(0);
    writer.join().expect("the writer ends");
    assert_eq!(run.stdout, body("p") + "\n");
    folder.run("clean a.txt -q -o /dev/null").exits(0);
    assert_eq!(folder.run("clean a.txt -q -o /dev/stdout").exits(0).jsonl().len(), 1);
    let run = folder.run("clean a.txt -q -o o.jsonl --report -").exits(0);
    assert_eq!(column(&run.jsonl(), "kind"), ["ad"]);
}

#[test]
fn to_says_what_the_name_does_not() {
    let folder = Folder::new();
    folder.write("a.jsonl", records(2));
    folder.run("clean a.jsonl -q -o x --to jsonl").exits(0);
    assert_eq!(folder.jsonl("x").len(), 2);
    folder.run("clean a.jsonl -q -o y.txt --to txt").exits(0);
    assert_eq!(folder.read("y.txt"), format!("{}\n\n\n{}\n", body("1"), body("2")));
    folder.run("clean a.jsonl -q -o z.jsonl --to dir").exits(0);
    assert_eq!(folder.list_in("z.jsonl/bodies/a.jsonl"), ["1.txt", "2.txt"]);
    folder.run("clean a.jsonl -q -o w.jsonl/").exits(0);
    assert!(folder.path().join("w.jsonl/summary.json").is_file());
    let csv = folder.run("clean a.jsonl -q -o - --to csv").exits(0).stdout;
    assert!(csv.starts_with("id,source,url,title,byline,date,lang,status,error,body\n1,a.jsonl,,"), "{csv}");
}

#[test]
fn a_name_that_tells_no_form_is_refused_with_words() {
    let folder = Folder::new();
    folder.write("a.txt", article("a"));
    for out in ["out.json", "out.txt", "out.html"] {
        folder.run(&format!("clean a.txt -o {out}")).exits(2).says(&[out, "--to", "for a folder"]);
    }
    folder.run("clean a.txt -q -o out.txt --to txt").exits(0);
    folder.run("clean a.txt -q -o out.json/").exits(0);
    folder.run("clean a.txt -q -o out.json").exits(0);
}

#[test]
fn one_file_is_not_written_twice_at_a_time() {
    let folder = Folder::new();
    folder.write("a.txt", article("a"));
    for args in ["-o x.jsonl --report ./x.jsonl", "--report x --summary x", "-o x.jsonl --html x.jsonl"] {
        folder.run(&format!("clean a.txt {args}")).exits(2).says(&["it is named for two of"]);
        assert_eq!(folder.list(), ["a.txt"]);
    }
    folder.run("clean a.txt -q -o /dev/null --report /dev/null").exits(0);
}
