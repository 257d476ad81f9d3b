//! `explain`, `restore`, `rules`, `completions`.

use serde_json::Value;

use crate::harness::{Folder, JUNK, article, column, gzip, record, records};

#[test]
fn explain_shows_every_segment() {
    let folder = Folder::new();
    folder.write("a.txt", article("a"));
    let run = folder.run("explain a.txt").exits(0);
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!(lines.len(), 6);
    for (number, (line, text)) in lines.iter().zip(article("a").lines()).enumerate() {
        let sign = if text == JUNK { "- ad " } else { "+ " };
        assert!(line.starts_with(&format!("{} {sign}", number + 1)) && line.ends_with(text), "{line}");
    }
    assert!(lines[2].contains(" ad.marker.en  "), "{}", lines[2]);
    assert_eq!(folder.run_with("explain -", article("a")).exits(0).stdout, run.stdout);
}

#[test]
fn explain_is_coloured_only_where_colours_are_wanted() {
    let folder = Folder::new();
    folder.write("a.txt", article("a"));
    let coloured = |variables: &[(&str, &str)]| {
        let output = folder.command(&["explain", "a.txt"]).envs(variables.iter().copied()).output();
        output.expect("the command runs").stdout.contains(&0x1b)
    };
    assert!(!coloured(&[]), "a pipe");
    assert!(coloured(&[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "0"), ("NO_COLOR", "1")]));
}

#[test]
fn explain_json_is_for_programs() {
    let folder = Folder::new();
    folder.write("a.txt", article("a"));
    let run = folder.run("explain a.txt --json").exits(0);
    let segments = run.jsonl();
    assert_eq!(segments.len(), 6);
    let text = article("a");
    for segment in &segments {
        let span = |name: &str| usize::try_from(segment[name].as_u64().expect("a number")).expect("usize");
        assert_eq!(segment["text"], text[span("start")..span("end")]);
        let cut = segment["text"] == JUNK;
        assert_eq!(segment["verdict"], if cut { "cut" } else { "kept" });
        assert_eq!(segment["kind"], if cut { Value::from("ad") } else { Value::Null });
        assert!(segment["confidence"].as_f64().is_some_and(|c| (0.0..=1.0).contains(&c)));
    }
    let run = folder.run("explain a.txt --json --keep ad").exits(0);
    assert_eq!(column(&run.jsonl(), "verdict"), ["kept"; 6], "the flags of clean count");
}

#[test]
fn explain_takes_one_record() {
    let folder = Folder::new();
    folder.write("a.jsonl", records(3) + "bad\n");
    let run = folder.run("explain a.jsonl").exits(0).says(&["--id"]);
    assert!(run.stdout.contains("the report on 1 that"));
    let run = folder.run("explain a.jsonl --id 3").exits(0);
    assert!(run.stdout.contains("the report on 3 that") && run.stderr.is_empty());
    folder.run("explain a.jsonl --id 9").exits(1).says(&["no document `9`"]);
    folder.run("explain a.jsonl --id a.jsonl#4").exits(1).says(&["invalid JSON"]);
    folder.run("explain missing.txt").exits(2).says(&["missing.txt"]);
}

#[test]
fn restore_gives_the_text_back() {
    let folder = Folder::new();
    let text = article("a").replace('\n', "\r\n") + " \u{a0} \u{200b}";
    folder.write("a.txt", &text);
    folder.run("clean a.txt -q -o one.jsonl --emit-text").exits(0);
    assert_eq!(folder.run("restore one.jsonl").exits(0).stdout, text, "byte for byte");

    folder.write("b.jsonl", records(3) + "bad\n");
    folder.run("clean b.jsonl -q -o many.jsonl.gz --emit-text").exits(1);
    let run = folder.run("restore many.jsonl.gz").exits(0);
    let restored = run.jsonl();
    assert_eq!(column(&restored, "id"), ["1", "2", "3", "b.jsonl#4"]);
    assert_eq!(column(&restored, "text"), [article("1"), article("2"), article("3"), "null".into()]);
    let run = folder.run_with("restore -", folder.bytes("many.jsonl.gz")).exits(0);
    assert_eq!(run.jsonl(), restored);
}

#[test]
fn restore_rebuilds_what_was_written_without_text() {
    let folder = Folder::new();
    folder.write("a.jsonl", records(3));
    folder.run("clean a.jsonl -q -o out.jsonl").exits(0);
    let run = folder.run("restore out.jsonl").exits(0).says(&["3 texts rebuilt"]);
    let visible = |text: &str| text.split_whitespace().collect::<String>();
    for (line, id) in run.jsonl().iter().zip(["1", "2", "3"]) {
        assert_eq!(line["id"], id);
        assert_eq!(visible(line["text"].as_str().expect("text")), visible(&article(id)));
    }
}

#[test]
fn restore_finds_every_breach_of_the_law() {
    let folder = Folder::new();
    folder.write("a.jsonl", records(2));
    folder.run("clean a.jsonl -q -o out.jsonl --emit-text").exits(0);
    let whole = folder.jsonl("out.jsonl");
    type Breach = (&'static str, fn(&mut Value));
    let breaches: [Breach; 5] = [
        ("the body", |r| r["body"] = r["body"].as_str().expect("a body").replace("bridge", "tunnel").into()),
        ("removed[0].text", |r| r["removed"][0]["text"] = "Advertisemenx".into()),
        ("removed[0]", |r| r["removed"][0]["end"] = 1_000_000.into()),
        ("the body", |r| r["removed"] = Value::Array(Vec::new())),
        ("the body", |r| r["text"] = (r["text"].as_str().expect("text").to_owned() + "more").into()),
    ];
    for (words, breach) in breaches {
        let mut records = whole.clone();
        breach(&mut records[1]);
        let lines: Vec<_> = records.iter().map(Value::to_string).collect();
        folder.write("bad.jsonl", lines.join("\n"));
        folder.run("restore bad.jsonl").exits(1).says(&["bad.jsonl: line 2", "record `2`", words]);
    }
    folder.write("bad.jsonl", record("x"));
    folder.run("restore bad.jsonl").exits(1).says(&["line 1", "not a record"]);
    folder.run("restore missing.jsonl").exits(2).says(&["missing.jsonl"]);
    folder.write("cut.jsonl.gz", &gzip(folder.read("out.jsonl"))[..300]);
    folder.run("restore cut.jsonl.gz").exits(2).says(&["cut.jsonl.gz", "damaged"]);
}

#[test]
fn rules_are_listed() {
    let folder = Folder::new();
    let table = folder.run("rules --list").exits(0).stdout;
    assert!(table.starts_with("ID "), "{table}");
    let marker = table.lines().find(|line| line.starts_with("ad.marker.en ")).expect("the rule");
    let words: Vec<_> = marker.split_whitespace().collect();
    assert_eq!((words[1], words.last()), ("ad", Some(&"en")), "{marker}");
    assert_eq!(folder.run("rules").exits(0).stdout, table);
    let rows = folder.run("rules --list --json").exits(0).jsonl();
    assert_eq!(rows.len(), table.lines().count() - 1);
    let ids = column(&rows, "id");
    assert!(ids.is_sorted(), "sorted");
    assert!(rows.iter().all(|row| row["kind"].is_string() && row["scope"].is_array()));
}

#[test]
fn rules_are_checked() {
    let folder = Folder::new();
    let rule = |spare: &str| {
        format!(
            "[[rule]]\nid = \"other.mine\"\nscope = \"line\"\nphrases = [\"printed on paper\"]\n\
             catch = [\"Printed on paper\"]\nspare = [\"{spare}\"]\n"
        )
    };
    folder.write("good.toml", rule("Printed on paper, it weighs a pound."));
    let run = folder.run("rules --check good.toml").exits(0);
    assert!(run.stdout.contains("1 rules, 2 examples, 0 faults"), "{}", run.stdout);
    folder.write("bad.toml", rule("Printed on paper"));
    let run = folder.run("rules --check bad.toml").exits(1);
    assert!(run.stdout.contains("does not spare"), "{}", run.stdout);
    folder.write("worse.toml", "[[rule]]\nid = \"x\"\nscope = \"nowhere\"\n");
    let run = folder.run("rules --check worse.toml").exits(1);
    assert!(run.stderr.contains("worse.toml"), "{}", run.stderr);
    folder.run("rules --check missing.toml").exits(2).says(&["missing.toml"]);

    let css = |css: &str| format!("[[rule]]\nid = \"other.mine\"\ncss = \"{css}\"\ncatch = [\"<p class=x>x</p>\"]\n");
    folder.write("css.toml", css(".x"));
    let run = folder.run("rules --check css.toml").exits(0);
    assert!(run.stdout.contains("1 rules, 1 examples, 0 faults"), "{}", run.stdout);
    folder.write("other.toml", css(".y"));
    let run = folder.run("rules --check other.toml").exits(1);
    assert!(run.stdout.contains("does not catch"), "{}", run.stdout);
    folder.write("broken.toml", css("p >"));
    folder.run("rules --check broken.toml").exits(1).says(&["broken.toml", "other.mine", "`p >`"]);
}

#[test]
fn completions_are_printed() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = folder.run(&format!("completions {shell}")).exits(0);
        assert!(run.stdout.contains("cleancopy") && run.stdout.contains("emit-text"), "{shell}");
    }
    folder.run("completions tcsh").exits(2);
}
