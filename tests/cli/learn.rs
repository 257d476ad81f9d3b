//! `learn`, and what `clean` and `explain` make of its table.

use serde_json::{Value, json};

use crate::harness::{Folder, article, column, gunzip, gzip};

/// A line that is in all articles of the site, and that no rule knows.
const MENU: &str = "Town, coast and sea";
/// A sentence that is in all of them.
const SENTENCE: &str = "Readers of this paper have known for years that the harbour never sleeps at night.";

/// Articles of a site, with a date, the sentence and the line in all of them, and a line that is in one only.
fn site(host: &str, count: usize) -> String {
    let document = |n: usize| {
        let (article, own) = (article(&format!("{host} {n}")), "I".repeat(n + 1));
        let text = format!("{n} March 2026\n{article}{SENTENCE}\n{MENU}\nOnly in number {own}\n");
        let url = format!("https://www.{host}:443/{n}");
        json!({"id": format!("{host}-{n}"), "url": url, "paper": {"name": host}, "text": text})
    };
    (0..count).map(|n| document(n).to_string() + "\n").collect()
}

fn rows(table: &str) -> Vec<String> {
    table.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn the_table_has_what_recurs_and_says_how_to_read_it() {
    let folder = Folder::new();
    folder.write("a.jsonl", site("nyby.example", 6) + &site("b.example", 2));
    let run = folder.run("learn a.jsonl -o lines.tsv").exits(0);
    run.says(&["8 documents of 2 sites; 3 lines recur"]);
    let table = folder.read("lines.tsv");
    assert!(table.starts_with('#') && table.contains("Made by: cleancopy learn a.jsonl --min-docs 3"), "{table}");
    assert_eq!(
        rows(&table),
        [
            "site\tdocuments\twith\tshare\tline",
            "nyby.example\t6\t6\t1.000\t# march #",
            "nyby.example\t6\t6\t1.000\tadvertisement",
            "nyby.example\t6\t6\t1.000\ttown, coast and sea",
        ],
        "no sentence, nothing of a site with two documents, nothing that stands once"
    );
    assert_eq!(folder.list(), ["a.jsonl", "lines.tsv"], "nothing else is left");
    let more = folder.run("learn a.jsonl --min-docs 2 -q").exits(0);
    assert_eq!((rows(&more.stdout).len(), more.stderr.as_str()), (7, ""));
    let none = folder.run("learn a.jsonl --min-docs 7 -q -o -").exits(0);
    assert_eq!(rows(&none.stdout).len(), 1);
}

#[test]
fn the_table_is_the_same_for_any_number_of_threads() {
    let folder = Folder::new();
    let sites: String = (0..30).map(|n| site(&format!("{n}.example"), 3 + n % 4)).collect();
    folder.write("a.jsonl.gz", gzip(sites));
    let table = |threads: usize| {
        folder.run(&format!("learn a.jsonl.gz -q --threads {threads} -o lines.tsv.gz")).exits(0);
        gunzip(&folder.bytes("lines.tsv.gz"))
    };
    let one = table(1);
    assert_eq!(rows(&one).len(), 1 + 30 * 3);
    assert!(table(2) == one && table(7) == one);
    folder.run("clean a.jsonl.gz -q -o out.jsonl --site-lines lines.tsv.gz").exits(0);
}

fn cuts(record: &Value) -> Vec<(String, String)> {
    let cuts = record["removed"].as_array().expect("a list").iter();
    cuts.map(|cut| (cut["rule"].as_str().expect("a rule").to_owned(), cut["text"].to_string())).collect()
}

#[test]
fn a_line_of_the_site_is_cut_and_a_sentence_is_not() {
    let folder = Folder::new();
    folder.write("a.jsonl", site("nyby.example", 8));
    folder.run("learn a.jsonl -q -o lines.tsv").exits(0);
    let by_site = |records: &[Value]| -> Vec<usize> {
        records.iter().map(|record| cuts(record).iter().filter(|(rule, _)| rule == "site.line").count()).collect()
    };
    let has = |records: &[Value], line: &str| records.iter().filter(|r| r["body"].to_string().contains(line)).count();

    let without = folder.run("clean a.jsonl -q -o -").exits(0).jsonl();
    assert_eq!((has(&without, MENU), has(&without, SENTENCE)), (8, 8));
    assert_eq!(by_site(&without), [0; 8]);

    let with = folder.run("clean a.jsonl -q -o - --site-lines lines.tsv").exits(0).jsonl();
    assert_eq!((has(&with, MENU), has(&with, SENTENCE)), (0, 8), "the line goes, the sentence stays");
    assert_eq!(by_site(&with), [1; 8], "and it goes by its rule");
    assert_eq!(column(&with, "id"), column(&without, "id"));
    for mode in ["balanced", "thorough"] {
        let cut = folder.run(&format!("clean a.jsonl -q -o - --site-lines lines.tsv --mode {mode}")).exits(0).jsonl();
        assert_eq!((has(&cut, MENU), has(&cut, SENTENCE)), (0, 8), "{mode}");
    }
    // Of another site nothing is known.
    folder.write("b.jsonl", site("b.example", 1));
    let other = folder.run("clean b.jsonl -q -o - --to jsonl --site-lines lines.tsv").exits(0).jsonl();
    assert_eq!((has(&other, MENU), by_site(&other)), (1, vec![0]));
    // What is deleted from the table is not cut.
    let edited: String =
        folder.read("lines.tsv").lines().filter(|l| !l.ends_with("and sea")).map(|l| format!("{l}\n")).collect();
    folder.write("edited.tsv", edited);
    let edited = folder.run("clean a.jsonl -q -o - --site-lines edited.tsv").exits(0).jsonl();
    assert_eq!(has(&edited, MENU), 8);

    let explained = folder.run("explain a.jsonl --id nyby.example-3 --json --site-lines lines.tsv").exits(0).jsonl();
    let line = explained.iter().find(|segment| segment["text"] == MENU).expect("the line");
    assert_eq!((&line["verdict"], &line["rule"]), (&json!("cut"), &json!("site.line")));
    let list = folder.run("rules --list").exits(0).stdout;
    assert!(list.lines().any(|line| line.starts_with("site.line ")), "{list}");
}

#[test]
fn what_stands_often_in_one_document_is_its_own() {
    let folder = Folder::new();
    let records = |times: usize| -> String {
        let extra = format!("\\n{MENU}").repeat(times - 1);
        site("nyby.example", 8).replace(&format!("{MENU}\\n"), &format!("{MENU}{extra}\\n"))
    };
    for (times, wanted) in [(2, true), (5, false)] {
        folder.write("a.jsonl", records(times));
        folder.run("learn a.jsonl -q -o lines.tsv").exits(0);
        assert!(folder.read("lines.tsv").contains("\t8\t8\t1.000\ttown, coast and sea\n"), "counted once a document");
        let out = folder.run("clean a.jsonl -q -o - --site-lines lines.tsv --mode thorough").exits(0).stdout;
        assert_eq!(out.contains("site.line"), wanted, "{times} times");
    }
}

#[test]
fn a_field_may_name_the_site() {
    let folder = Folder::new();
    let records = site("nyby.example", 4).replace("https://www.nyby.example", "https://archive.example");
    folder.write("a.jsonl", records.replace("nyby.example\"}", "Nyby\\tCourier\"}"));
    let run = folder.run("learn a.jsonl -q --site-field paper.name").exits(0);
    assert!(
        run.stdout.contains("--site-field paper.name") && run.stdout.contains("nyby courier\t4\t4\t"),
        "{}",
        run.stdout
    );
    folder.write("lines.tsv", &run.stdout);
    let clean = |flags: &str| folder.run(&format!("clean a.jsonl -q -o - --site-lines lines.tsv {flags}")).exits(0);
    assert!(!clean("").stdout.contains("site.line"));
    let by_field = clean("--site-field paper.name");
    assert!(by_field.stdout.contains("site.line"));
    assert_eq!(by_field.jsonl()[0]["extra"], json!({"paper": {"name": "Nyby\tCourier"}}), "the field stays");
}

#[test]
fn pages_have_lines_too() {
    let folder = Folder::new();
    for n in 0..4 {
        let text = article(&format!("number {n}")).lines().map(|line| format!("<p>{line}</p>")).collect::<String>();
        let canonical = format!("<link rel=canonical href=\"https://nyby.example/{n}\">");
        folder.write(
            &format!("in/{n}.html"),
            format!("<title>{n}</title>{canonical}<div>{MENU}</div><article>{text}</article>"),
        );
    }
    let run = folder.run("learn in").exits(0);
    assert!(run.stdout.contains("nyby.example\t4\t4\t1.000\ttown, coast and sea\n"), "{}", run.stdout);
}

#[test]
fn what_does_not_count_is_said() {
    let folder = Folder::new();
    folder.write(
        "a.jsonl",
        site("nyby.example", 3) + "{\"text\": 7}\nbad\n" + "{\"text\": \"no address\"}\n" + &site("nyby.example", 1),
    );
    let run = folder.run("learn a.jsonl -o lines.tsv").exits(1);
    for words in [
        "a.jsonl: line 4, byte",
        "a.jsonl: line 5",
        "2 could not be read",
        "1 without a site",
        "1 with the text of another",
        "--site-field",
    ] {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    assert!(folder.read("lines.tsv").contains("nyby.example\t3\t3\t"), "what could be read was counted");
    let quiet = folder.run("learn a.jsonl -o lines.tsv -q").exits(1);
    assert_eq!(quiet.stderr, "");
}

#[test]
fn it_does_not_start_where_it_cannot_end() {
    let folder = Folder::new();
    folder.write("a.jsonl", site("nyby.example", 3));
    folder.write("old.tsv", "mine");
    folder.run("learn missing.jsonl -o old.tsv").exits(2).says(&["missing.jsonl"]);
    folder.run("learn a.jsonl -o a.jsonl").exits(2).says(&["a.jsonl", "input"]);
    folder.run("learn a.jsonl -o old.tsv/lines.tsv").exits(2).says(&["cannot write"]);
    folder.write("in/b.txt", "b");
    folder.run("learn a.jsonl -o in").exits(2).says(&["in", "folder"]);
    for (flags, words) in [
        ("--min-docs 0", "--min-docs"),
        ("--min-share 2", "not a number from 0 to 1"),
        ("--min-share x", "--min-share"),
    ] {
        let run = folder.run(&format!("learn a.jsonl {flags}")).exits(2);
        assert!(run.stderr.contains(words), "{flags}: {}", run.stderr);
    }
    assert_eq!(folder.read("old.tsv"), "mine");
    assert_eq!(folder.list(), ["a.jsonl", "in", "in/b.txt", "old.tsv"]);
}

#[test]
fn a_bad_table_is_no_table() {
    let folder = Folder::new();
    folder.write("a.txt", article("a"));
    folder.write("bad.tsv", "# c\nsite\tdocuments\twith\tshare\tline\nnyby.example\t3\tfew\t1\thome\n");
    for command in ["clean", "explain"] {
        folder.run(&format!("{command} a.txt --site-lines bad.tsv")).exits(2).says(&["bad.tsv: line 3", "`with`"]);
        folder.run(&format!("{command} a.txt --site-lines a.txt")).exits(2).says(&["a.txt: line 1", "no table"]);
        folder.run(&format!("{command} a.txt --site-lines none.tsv")).exits(2).says(&["none.tsv"]);
    }
}

#[test]
fn inputs_are_named_as_for_clean() {
    let folder = Folder::new();
    let rows: String =
        (0..4).map(|n| format!("https://x.example/{n};\"Harbour shop\n{n} herons were hired.\"\n")).collect();
    folder.write("a.csv", format!("url;text\n{rows}"));
    folder.write("list", "a.csv\n");
    let run = folder.run("learn --files-from list --delimiter ; -q").exits(0);
    assert!(run.stdout.contains("harbour shop") && run.stdout.contains("learn a.csv"), "{}", run.stdout);
}
