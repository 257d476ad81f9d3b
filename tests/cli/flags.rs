//! The flags of `clean` that change what is cut or said.

use crate::harness::{Folder, JUNK, Run, article, body, column, page, record, records};

fn cuts(folder: &Folder, flags: &str) -> usize {
    let run = folder.run(&format!("clean a.txt --to jsonl -q {flags}")).exits(0);
    run.jsonl()[0]["removed"].as_array().expect("a list").len()
}

#[test]
fn keep_and_only_and_confidence() {
    let folder = Folder::new();
    folder.write("a.txt", article("a"));
    assert_eq!(cuts(&folder, ""), 1);
    assert_eq!(cuts(&folder, "--keep ad"), 0);
    assert_eq!(cuts(&folder, "--keep bio,caption"), 1);
    assert_eq!(cuts(&folder, "--only bio,caption"), 0);
    assert_eq!(cuts(&folder, "--only bio,ad"), 1);
    assert_eq!(cuts(&folder, "--min-confidence 0.5"), 1);
    for mode in ["precise", "balanced", "thorough"] {
        assert_eq!(cuts(&folder, &format!("--mode {mode}")), 1, "{mode}");
    }
    for (flags, words) in [
        ("--keep banana", "unknown kind `banana`"),
        ("--mode wild", "invalid value 'wild'"),
        ("--min-confidence 2", "not a number from 0 to 1"),
        ("--max-doc-bytes lots", "not a size"),
        ("--threads 0", "--threads"),
        ("--threads 100000", "not a number from 1 to 1024"),
        ("--min-confidence -1", "not a number from 0 to 1"),
        ("--to dir", "name one with -o"),
        ("--progress maybe", "invalid value 'maybe'"),
        ("--resume --dry-run", "cannot be used with"),
        ("--delimiter ab", "not one ASCII character"),
        ("--htm x", "unexpected argument"),
        ("--diff --to csv", "cannot be used with"),
    ] {
        let run = folder.run(&format!("clean a.txt {flags}")).exits(2);
        assert!(run.stderr.contains(words), "{flags}: {}", run.stderr);
        assert_eq!(run.stdout, "");
    }
    folder.run("clean").exits(2);
    folder.run("").exits(2);
    folder.run("--help").exits(0);
    folder.run("clean --help").exits(0);
    folder.run("--version").exits(0);
}

#[test]
fn rules_of_the_user_win() {
    let folder = Folder::new();
    folder.write("a.txt", article("a") + "Printed on recycled paper\n");
    let rule =
        |id: &str, phrase: &str| format!("[[rule]]\nid = \"{id}\"\nscope = \"line\"\nphrases = [\"{phrase}\"]\n");
    folder.write("mine.toml", rule("other.mine", "Printed on recycled paper"));
    folder.write("keep.toml", rule("ad.keep", JUNK) + "action = \"protect\"\n");
    let run = folder.run("clean a.txt -q --to jsonl --rules mine.toml").exits(0);
    assert!(run.stdout.contains("\"rule\":\"other.mine\""), "{}", run.stdout);
    let run = folder.run("clean a.txt -q --to jsonl --rules mine.toml --rules keep.toml").exits(0);
    assert!(run.stdout.contains("other.mine") && !run.stdout.contains("ad.marker"), "{}", run.stdout);

    folder.run("clean a.txt --rules missing.toml").exits(2).says(&["missing.toml", "No such file"]);
    folder.write("bad.toml", "[[rule]]\nid = 3\n");
    let run = folder.run("clean a.txt -o out.jsonl --rules bad.toml").exits(2);
    assert!(run.stderr.contains("bad.toml"), "{}", run.stderr);
    assert!(!folder.path().join("out.jsonl").exists());
}

#[test]
fn rules_with_selectors_are_for_pages() {
    let folder = Folder::new();
    let inside = |text: &str| page("bridges").replace("</article>", &format!("<p class=x>{text}</p></article>"));
    let line = "The paper is printed by night and read in the morning by most of those who buy it.";
    folder.write("a.html", inside(line));
    let record = |id: &str, host: &str| {
        serde_json::json!({"id": id, "url": format!("https://{host}/a"), "html": inside(line)}).to_string() + "\n"
    };
    let text = serde_json::json!({"id": "3", "url": "https://paper.example/b", "text": article("a")}).to_string();
    folder.write("pages.jsonl", record("1", "paper.example") + &record("2", "wire.example") + &text + "\n");
    let rule = |css: &str, more: &str| format!("[[rule]]\nid = \"other.mine\"\ncss = \"{css}\"\n{more}\n");
    folder.write("mine.toml", rule("p.x", ""));
    folder.write("site.toml", rule("p.x", "sites = [\"paper.example\"]"));
    let mine = |run: &Run| -> Vec<bool> {
        run.jsonl().iter().map(|record| record["removed"].to_string().contains("other.mine")).collect()
    };
    assert_eq!(mine(&folder.run("clean a.html -q --to jsonl --rules mine.toml").exits(0)), [true]);
    assert_eq!(mine(&folder.run("clean a.html -q --to jsonl --rules site.toml").exits(0)), [false]);
    assert_eq!(mine(&folder.run("clean pages.jsonl -q --rules mine.toml").exits(0)), [true, true, false]);
    assert_eq!(mine(&folder.run("clean pages.jsonl -q --rules site.toml").exits(0)), [true, false, false]);
    let run = folder.run("explain a.html --json --rules mine.toml").exits(0);
    assert!(run.stdout.contains("other.mine"), "{}", run.stdout);

    folder.write("bad.toml", rule("p:hover", ""));
    folder.run("clean a.html --rules bad.toml").exits(2).says(&["bad.toml", "other.mine", "`p:hover`", "Pseudo"]);
}

#[test]
fn the_limit_of_a_document() {
    let folder = Folder::new();
    folder.write("a.jsonl", records(2));
    let run = folder.run("clean a.jsonl --max-doc-bytes 100").exits(0);
    assert_eq!(column(&run.jsonl(), "status"), ["over_limit"; 2]);
    let run = folder.run("clean a.jsonl --max-doc-bytes 1k").exits(0);
    assert_eq!(column(&run.jsonl(), "status"), ["ok"; 2]);
}

#[test]
fn the_text_is_kept_if_wanted() {
    let folder = Folder::new();
    folder.write("a.jsonl", record("a"));
    let run = folder.run("clean a.jsonl -o - --emit-text").exits(0);
    assert_eq!(column(&run.jsonl(), "text"), [article("a")]);
}

#[test]
fn a_dry_run_writes_nothing_but_what_is_asked_for() {
    let folder = Folder::new();
    folder.write("a.txt", article("a"));
    for out in ["", "-o out.jsonl", "-o out", "-o -"] {
        let run = folder.run(&format!("clean a.txt --dry-run {out}")).exits(0);
        assert_eq!(run.stdout, "", "{out}");
        assert!(run.stderr.contains("  1 cut, 13 of "), "{}", run.stderr);
        assert_eq!(folder.list(), ["a.txt"], "{out}");
    }
    folder.run("clean a.txt --dry-run --report r.jsonl --summary s.json -q").exits(0);
    assert_eq!(folder.list(), ["a.txt", "r.jsonl", "s.json"]);
    assert_eq!(folder.jsonl("r.jsonl").len(), 1);
    folder.write("b.jsonl", "bad\n");
    folder.run("clean b.jsonl --dry-run -q").exits(1);
}

#[test]
fn fail_fast_stops_at_the_first_error() {
    let folder = Folder::new();
    folder.write("a.jsonl", format!("{}bad\n{}", records(3), records(5000)));
    for threads in [1, 4] {
        let run = folder.run(&format!("clean a.jsonl -o - --fail-fast --threads {threads}")).exits(1);
        assert_eq!(column(&run.jsonl(), "status"), ["ok", "ok", "ok", "error"], "{threads} threads");
        let run = run.says(&["stopped", "a.jsonl", "line 4"]);
        drop(run);
        folder.run(&format!("clean a.jsonl -o out.jsonl --fail-fast --threads {threads}")).exits(1);
        assert_eq!(folder.list(), ["a.jsonl"]);
    }
    folder.write("a.jsonl", records(3));
    folder.run("clean a.jsonl -o out.jsonl --fail-fast -q").exits(0);
}

#[test]
fn quiet_and_verbose() {
    let folder = Folder::new();
    folder.write("a.jsonl", format!("{}\n{}", record("a"), "bad\n".repeat(20)));
    let run = folder.run("clean a.jsonl -q -o out.jsonl").exits(1);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    let run = folder.run("clean a.jsonl -o out.jsonl").exits(1);
    assert!(run.stderr.contains("line 3,") && !run.stderr.contains("line 20,"), "{}", run.stderr);
    assert!(run.stderr.contains("and 15 more"), "{}", run.stderr);
    let run = folder.run("clean a.jsonl -v -o out.jsonl").exits(1);
    assert!(run.stderr.contains("line 20,"), "{}", run.stderr);
}

#[test]
fn progress_is_silent_in_pipes_unless_wanted() {
    let folder = Folder::new();
    folder.write("a.jsonl", records(50));
    for when in ["auto", "never"] {
        let run = folder.run(&format!("clean a.jsonl -o out.jsonl --progress {when}")).exits(0);
        assert!(!run.stderr.contains("documents, "), "{}", run.stderr);
        assert!(!run.stderr.contains('\u{1b}'), "no colours in a pipe: {}", run.stderr);
    }
    let run = folder.run("clean a.jsonl -o out.jsonl --progress always -q").exits(0);
    assert!(run.stderr.contains("50 documents, ") && run.stderr.contains(" % cut"), "{}", run.stderr);
}

#[test]
fn the_end_summary_is_on_standard_error() {
    let folder = Folder::new();
    folder.write("in/a.txt", article("a"));
    folder.write("in/b.jsonl", records(2) + "bad\n");
    folder.write("in/c.png", "");
    let run = folder.run("clean in -o out").exits(1);
    assert_eq!(run.stdout, "");
    for words in
        ["4 in", "3  ok", "1  error", "3 cuts, 39 of", "3  ad, 39 characters", "top rules", "in/c.png", "line 3"]
    {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    assert_eq!(folder.read("out/bodies/a.txt"), body("a") + "\n");
}
