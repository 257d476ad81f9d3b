//! What people look at: `report.html`, `--html`, `report`, `clean --diff`, `explain --why` and records of a run.

use serde_json::{Value, json};

use crate::harness::{Folder, JUNK, article, body, column, page, record, records};

/// The documents that a report shows, by their ids.
fn shown(html: &str) -> Vec<String> {
    let ids = html.split("<p class=\"where\"><bdi class=\"id\">").skip(1);
    ids.map(|rest| rest.split("</bdi>").next().expect("an end").to_owned()).collect()
}

#[test]
fn a_folder_has_a_report() {
    let folder = Folder::new();
    folder.write("in/a.txt", article("owls"));
    folder.write("in/b.html", page("herons"));
    folder.write("in/c.jsonl", "{broken\n");
    folder.run("clean in -q -o out").exits(1);
    let html = folder.read("out/report.html");
    assert_eq!(shown(&html), ["in/a.txt", "in/b.html", "in/c.jsonl#1"]);
    assert!(html.contains(
        "<del class=\"ad\" tabindex=\"0\" data-k=\"ad\" data-r=\"ad.marker.en\" data-c=\"0.99\">Advertisement</del>"
    ));
    assert!(html.contains("in 3 documents were cut"), "the counts");
    assert!(html.contains("invalid JSON"), "the error is named");
    // A second run takes its place, and a folder that holds it is still ours.
    folder.write("in/a.txt", article("gulls"));
    folder.run("clean in -q -o out").exits(1);
    assert!(folder.read("out/report.html").contains("report on gulls"));
}

#[test]
fn a_report_depends_on_the_records_alone() {
    let folder = Folder::new();
    folder.write("a.jsonl", records(700));
    folder.run("clean a.jsonl -q -o b.jsonl --emit-text --html one.html --threads 1").exits(0);
    folder.run("clean a.jsonl -q --dry-run --html two.html --threads 2").exits(0);
    assert!(folder.read("one.html") == folder.read("two.html"), "threads make no difference");
    folder.run("report b.jsonl -o again.html").exits(0);
    assert!(folder.read("one.html") == folder.read("again.html"), "what is made of the records is the run's own");
    let html = folder.run("clean a.jsonl -q -o c.jsonl --html -").exits(0).stdout;
    assert!(html == folder.read("one.html"), "to standard output too");
    folder.run("clean a.jsonl -q -o - --html -").exits(2).says(&["standard output"]);
    folder.run("clean a.jsonl -q -o c.jsonl --html a.jsonl").exits(2).says(&["a.jsonl", "an input"]);
    for own in ["o/summary.json", "o/bodies/x.html", "./o/report.html", "o"] {
        folder.run(&format!("clean a.jsonl -q -o o --html {own}")).exits(2).says(&[own]);
        assert!(!folder.path().join("o").exists(), "{own}");
    }
    folder.run("clean a.jsonl -q -o o --html o/more.html").exits(0);
    assert!(folder.read("o/more.html") == folder.read("one.html"));
}

#[test]
fn a_report_is_made_of_records() {
    let folder = Folder::new();
    folder.write("a.jsonl", records(3));
    folder.run("clean a.jsonl -q -o plain.jsonl").exits(0);
    folder.run("clean a.jsonl -q -o text.jsonl --emit-text").exits(0);
    folder.run("report text.jsonl -o text.html").exits(0);
    folder.run("report plain.jsonl -o plain.html").exits(0);
    for name in ["text.html", "plain.html"] {
        let html = folder.read(name);
        assert_eq!(shown(&html), ["1", "2", "3"], "{name}");
        assert_eq!(html.matches(&format!(">{JUNK}</del>")).count(), 3 + 1, "{name}: in each, and as the most doubtful");
    }
    // Two runs together, from standard input and compressed.
    folder.write("two.jsonl.gz", crate::harness::gzip(folder.read("plain.jsonl")));
    folder.run_with("report two.jsonl.gz - -o -", folder.read("text.jsonl")).exits(0);
}

#[test]
fn what_is_no_record_is_in_the_report_and_named() {
    let folder = Folder::new();
    folder.write("a.jsonl", records(1));
    folder.run("clean a.jsonl -q -o b.jsonl --emit-text").exits(0);
    folder.write("c.jsonl", folder.read("b.jsonl") + "{\"id\": \"x\"}\nnonsense\n");
    let run = folder.run("report c.jsonl -o c.html").exits(1);
    assert_eq!(run.stderr.lines().count(), 2, "{}", run.stderr);
    assert!(run.stderr.contains("line 2") && run.stderr.contains("line 3"), "{}", run.stderr);
    let html = folder.read("c.html");
    assert_eq!(shown(&html), ["1", "c.jsonl#2", "c.jsonl#3"]);
    // Spans that are not those of the text cannot be shown, and do not stop the others.
    let mut record: Value = folder.jsonl("b.jsonl")[0].clone();
    record["removed"][0]["start"] = json!(1_000_000);
    record["removed"][0]["end"] = json!(1_000_000 + JUNK.len());
    folder.write("d.jsonl", format!("{record}\n{}", folder.read("b.jsonl")));
    folder.run("report d.jsonl -o d.html").exits(0);
    assert_eq!(shown(&folder.read("d.html")), ["1"]);
    assert!(folder.read("d.html").contains("Of 1 document the text is not known"));
    folder.run("report missing.jsonl -o e.html").exits(2).says(&["missing.jsonl"]);
    folder.run("report b.jsonl -o ./b.jsonl").exits(2).says(&["it is an input"]);
    folder.run("report b.jsonl -o no/such/folder.html/").exits(2);
}

#[test]
fn the_summary_names_sites_languages_and_what_was_cut_most() {
    let folder = Folder::new();
    let line = |id: &str, url: &str, junk: usize| {
        let text = article(id) + &format!("{JUNK}\n").repeat(junk);
        json!({"id": id, "url": url, "lang": "de-AT", "text": text}).to_string() + "\n"
    };
    let dump = [
        line("a", "https://www.nyby.example/a", 1),
        line("b", "https://nyby.example:80/b", 40),
        line("c", "https://other.example/", 5),
    ];
    folder.write("a.jsonl", dump.concat() + "{\"id\": \"d\", \"text\": null}\n");
    let run = folder.run("clean a.jsonl -o b.jsonl --summary s.json").exits(1);
    let summary = folder.json("s.json");
    let sites = summary["by_site"].as_object().expect("sites");
    assert_eq!(sites["nyby.example"]["documents"], 2);
    assert_eq!(
        sites["nyby.example"]["cuts"].as_u64().expect("a count")
            + sites["other.example"]["cuts"].as_u64().expect("a count"),
        summary["removed"]["count"].as_u64().expect("a count")
    );
    assert_eq!(summary["by_lang"]["de"]["documents"], 3);
    let most: Vec<Value> = summary["most_cut"].as_array().expect("documents").clone();
    assert_eq!(column(&most, "id"), ["b", "c", "a"]);
    let shares = summary["removed_share"].as_array().expect("steps");
    assert_eq!(shares.iter().filter_map(Value::as_u64).sum::<u64>(), 3, "the error has no share");
    assert!(run.stderr.contains("most cut") && run.stderr.contains(" %  b\n"), "{}", run.stderr);
}

#[test]
fn a_diff_is_one_that_patch_takes() {
    let folder = Folder::new();
    let text = format!("{JUNK}\n{}One more line. (Photo: Reuters)\n{JUNK}", article("owls"));
    folder.write("a.txt", &text);
    folder.write("b.html", page("herons"));
    folder.write("c.txt", "Nothing stands here that anyone would cut, not even on a Monday.\n");
    let diff = folder.run("clean a.txt -q --diff").exits(0).stdout;
    assert!(diff.starts_with("--- a.txt\n+++ a.txt\n@@ -1,"), "{diff}");
    assert!(diff.contains(&format!("\n-{JUNK}\n")), "{diff}");
    assert_eq!(folder.run("clean c.txt -q --diff").exits(0).stdout, "");
    folder.run("clean a.txt b.html c.txt -q --diff -o all.diff").exits(0);
    assert!(folder.read("all.diff").starts_with(&diff), "one after the other");
    assert_eq!(folder.read("all.diff").matches("\n+++ ").count(), 2);
    folder.run("clean a.txt --diff --to jsonl").exits(2);
    // What it makes of the source text is the body, but for white space.
    folder.run("clean a.txt -q -o a.jsonl").exits(0);
    let visible = |text: &str| text.split_whitespace().collect::<String>();
    let record = &folder.jsonl("a.jsonl")[0];
    assert_eq!(visible(&patched(&text, &diff)), visible(record["body"].as_str().expect("a body")));
    folder.write("two words.txt", &text);
    let diff = folder.run_args(&["clean", "two words.txt", "-q", "--diff"], "").exits(0).stdout;
    assert!(diff.starts_with("--- two words.txt\t\n+++ two words.txt\t\n"), "{diff}");
}

/// A text after a unified diff, of which every line must fit.
fn patched(text: &str, diff: &str) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (mut at, mut out) = (0, String::new());
    let mut diff = diff.split_inclusive('\n').skip(2).peekable();
    while let Some(line) = diff.next() {
        let (sign, mut line) = line.split_at(1);
        if diff.next_if(|next| next.starts_with('\\')).is_some() {
            line = line.trim_end_matches('\n');
        }
        match sign {
            "@" => {
                let numbers: Vec<usize> =
                    line.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
                let &[old, _, new, count] = &numbers[..] else { panic!("{line}") };
                while at + 1 < old {
                    out += lines[at];
                    at += 1;
                }
                assert_eq!(out.lines().count() + usize::from(count > 0), new, "the new side begins there");
            }
            "+" => out += line,
            " " | "-" => {
                assert_eq!(lines[at], line, "line {}", at + 1);
                at += 1;
                if sign == " " {
                    out += line;
                }
            }
            _ => panic!("{sign}{line}"),
        }
    }
    out + &lines[at..].concat()
}

#[test]
fn records_are_explained_as_they_were_cut() {
    let folder = Folder::new();
    folder.write("a.jsonl", record("x") + "\n" + &record("y") + "\n");
    folder.run("clean a.jsonl -q -o text.jsonl --emit-text --only ad").exits(0);
    folder.run("clean a.jsonl -q -o plain.jsonl --only ad").exits(0);
    for run in ["text.jsonl", "plain.jsonl"] {
        let lines = folder.run(&format!("explain {run} --id y --json")).exits(0).jsonl();
        let kept: Vec<Value> = lines.iter().filter(|line| line["verdict"] == "kept").cloned().collect();
        assert_eq!(column(&kept, "text").join("\n\n"), body("y"), "{run}");
        let cut: Vec<_> = lines.iter().filter(|line| line["verdict"] == "cut").collect();
        assert_eq!((&cut[0]["text"], &cut[0]["rule"], cut.len()), (&json!(JUNK), &json!("ad.marker.en"), 1), "{run}");
        assert_eq!(column(&lines, "n"), (1..=lines.len()).map(|n| n.to_string()).collect::<Vec<_>>());
    }
    folder.run("explain text.jsonl").exits(0).says(&["--id"]);
    folder.run("explain text.jsonl --id z").exits(1).says(&["no document `z`"]);
    let table = folder.run("explain text.jsonl --id x").exits(0).stdout;
    assert!(table.contains(&format!("- ad      ad.marker.en  0.99  {JUNK}")), "{table}");
}

#[test]
fn why_says_all_that_was_said() {
    let folder = Folder::new();
    folder.write("a.txt", article("owls"));
    folder.write("a.html", page("owls"));
    let lines = folder.run("explain a.txt --json").exits(0).jsonl();
    let at = lines.iter().position(|line| line["text"] == JUNK).expect("the ad") + 1;
    let run = folder.run(&format!("explain a.txt --why {at}")).exits(0).stdout;
    for words in [&format!("segment {at}, cut"), JUNK, "ad.marker.en", "the model is", "for a cut", "for body", " = "] {
        assert!(run.contains(words), "{words:?} is not in\n{run}");
    }
    let why = &folder.run(&format!("explain a.txt --why {at} --json")).exits(0).jsonl()[0];
    let rules = column(why["voices"].as_array().expect("voices"), "rule");
    assert!(rules.contains(&"ad.marker.en".to_owned()), "{rules:?}");
    assert!(why["confidence"].as_f64() >= why["threshold"].as_f64());
    let features = why["features"].as_array().expect("features");
    let weights: Vec<f64> = features.iter().filter_map(|feature| feature["weight"].as_f64()).collect();
    assert!(weights.len() > 20 && weights.is_sorted_by(|a, b| a.abs() >= b.abs()), "{weights:?}");
    // Of a page, with elements to look at.
    let page = folder.run("explain a.html --why 3 --json").exits(0).jsonl();
    let because = page[0]["because"].as_str().expect("words");
    assert!(page[0]["model"].is_number() && because.contains("0.99 sure"), "{because}");
    // A rule of one's own has the last word, and says so.
    folder.write(
        "mine.toml",
        "[[rule]]\nid = \"ad.mine\"\nscope = \"line\"\naction = \"protect\"\nphrases = [\"advertisement\"]\n",
    );
    let kept = folder.run(&format!("explain a.txt --why {at} --rules mine.toml")).exits(0).stdout;
    assert!(kept.contains("kept: a rule of yours keeps it") && kept.contains("keeps it"), "{kept}");
    let kind = folder.run(&format!("explain a.txt --why {at} --keep ad")).exits(0).stdout;
    assert!(kind.contains("the kind ad is kept"), "{kind}");
    folder.run("explain a.txt --why 99").exits(1).says(&["99", "segments"]);
    folder.run("explain a.txt --why 0").exits(2);
}

#[test]
fn why_of_a_record_is_told_where_it_can_be() {
    let folder = Folder::new();
    folder.write("a.txt", article("owls"));
    folder.write("a.html", page("owls").replace("<p>Advertisement", "<p class=ad-slot>Harbour fish, fresh from today"));
    folder.run("clean a.txt -q -o text.jsonl --emit-text").exits(0);
    folder.run("clean a.txt -q -o plain.jsonl").exits(0);
    folder.run("clean a.txt -q -o only.jsonl --emit-text --only bio").exits(0);
    let at = folder
        .run("explain a.txt --json")
        .exits(0)
        .jsonl()
        .iter()
        .position(|line| line["text"] == JUNK)
        .expect("the ad")
        + 1;
    let direct = folder.run(&format!("explain a.txt --why {at}")).exits(0).stdout;
    assert_eq!(folder.run(&format!("explain text.jsonl --why {at}")).exits(0).stdout, direct);
    folder.run(&format!("explain plain.jsonl --why {at}")).exits(1).says(&["--emit-text", "a.txt"]);
    folder.run(&format!("explain only.jsonl --why {at}")).exits(1).says(&["flags differ", "a.txt"]);
    assert_eq!(folder.run(&format!("explain only.jsonl --why {at} --only bio")).exits(0).stderr, "");
}
