//! What can be read.

use crate::harness::{Folder, article, body, column, gzip, record, records, zstd};

#[test]
fn every_way_in_gives_the_same_body() {
    let folder = Folder::new();
    let text = article("bees");
    let line = record("bees") + "\n";
    let ways: [(&str, Vec<u8>); 12] = [
        ("a.txt", text.clone().into()),
        ("b.TXT", text.clone().into()),
        ("c.txt.gz", gzip(&text)),
        ("d.txt.zst", zstd(&text)),
        ("e.jsonl", line.clone().into()),
        ("f.ndjson", line.clone().into()),
        ("g.jsonl.gz", gzip(&line)),
        ("h.jsonl.zst", zstd(&line)),
        // The content tells where the name does not, or is wrong.
        ("i", text.clone().into()),
        ("j.json", line.clone().into()),
        ("k.jsonl", gzip(&line)),
        ("l.jsonl.gz", line.clone().into()),
    ];
    for (name, content) in ways {
        folder.write(name, content);
        let run = folder.run(&format!("clean {name} --to jsonl")).exits(0);
        let records = run.jsonl();
        assert_eq!(column(&records, "body"), [body("bees")], "{name}");
        assert_eq!(column(&records, "source"), [name]);
    }
}

#[test]
fn standard_input_is_told_by_its_content_or_by_from() {
    let folder = Folder::new();
    let line = record("bees") + "\n";
    for (input, args, id) in [
        (line.clone().into_bytes(), "", "bees"),
        (article("bees").into(), "", "-"),
        (gzip(&line), "", "bees"),
        (zstd(article("bees")), "", "-"),
        (format!("\u{feff}\n{line}").into(), "", "bees"),
        (line.clone().into(), "--from jsonl", "bees"),
        (article("bees").into(), "--from txt", "-"),
    ] {
        let run = folder.run_with(&format!("clean - --to jsonl {args}"), input).exits(0);
        assert_eq!(column(&run.jsonl(), "id"), [id], "{args}");
        assert_eq!(column(&run.jsonl(), "body"), [body("bees")], "{args}");
    }
    // Named a text, a line of JSON is a text.
    let run = folder.run_with("clean - --to jsonl --from txt", &line).exits(0);
    assert_eq!(column(&run.jsonl(), "id"), ["-"]);
}

#[test]
fn a_folder_is_walked_in_sorted_order() {
    let folder = Folder::new();
    for name in ["b.txt", "a/z.txt", "a/b/c.txt", "a.txt", "Z.txt", "10.txt", "9.txt"] {
        folder.write(&format!("in/{name}"), article(name));
    }
    folder.write("in/m.jsonl", records(2));
    folder.write("in/.hidden.txt", article("x"));
    folder.write("in/.git/x.txt", article("x"));
    folder.write("in/logo.png", "x");
    folder.write("in/page.pdf", "x");
    let run = folder.run("clean in -o out.jsonl --summary s.json -v").exits(0);
    let wanted = ["in/10.txt", "in/9.txt", "in/Z.txt", "in/a/b/c.txt", "in/a/z.txt", "in/a.txt", "in/b.txt", "1", "2"];
    let ids = column(&folder.jsonl("out.jsonl"), "id");
    let mut sorted = ids.clone();
    sorted.sort();
    let mut all: Vec<_> = wanted.map(str::to_owned).into();
    all.sort();
    assert_eq!(sorted, all, "the hidden and the foreign are left out");
    assert_eq!(ids, wanted, "by name, folder by folder");
    let summary = &folder.json("s.json");
    assert_eq!(summary["skipped_files"]["count"], 2);
    assert!(run.stderr.contains("skipped in/logo.png\n"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn links_are_followed_but_not_in_circles() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    folder.write("in/sub/a.txt", article("a"));
    folder.write("elsewhere/b.txt", article("b"));
    symlink("..", folder.path().join("in/sub/up")).expect("a link");
    symlink("../elsewhere", folder.path().join("in/there")).expect("a link");
    symlink("nowhere", folder.path().join("in/broken.txt")).expect("a link");
    let run = folder.run("clean in --to jsonl").exits(1);
    assert_eq!(column(&run.jsonl(), "id"), ["in/broken.txt", "in/sub/a.txt", "in/there/b.txt"]);
    assert_eq!(column(&run.jsonl(), "status"), ["error", "ok", "ok"]);
}

#[test]
fn what_the_run_writes_is_not_read_by_it() {
    let folder = Folder::new();
    for _ in 0..2 {
        folder.write("one/a.txt", article("a"));
        folder.run("clean one -o one/cleaned --report one/cuts.jsonl -q").exits(0);
        assert_eq!(folder.list_in("one/cleaned/bodies"), ["a.txt"]);
        folder.write("two/a.txt", article("a"));
        folder.run("clean two -o two/out.jsonl --report two/cuts.jsonl -q").exits(0);
        assert_eq!(column(&folder.jsonl("two/out.jsonl"), "id"), ["two/a.txt"]);
    }
}

#[test]
fn the_encoding_is_found_and_said() {
    let folder = Folder::new();
    let text = "Größe und Höhe der Brücke überraschten die Gäste, sagte Frau Müller am Dienstag.\n";
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin 1")).collect();
    for (name, bytes, encoding) in [
        ("a.txt", text.as_bytes().to_vec(), "UTF-8"),
        ("b.txt", format!("\u{feff}{text}").into_bytes(), "UTF-8"),
        ("c.txt", utf16, "UTF-16LE"),
        ("d.txt", latin, "windows-1252"),
    ] {
        folder.write(name, bytes);
        let run = folder.run(&format!("clean {name} --to jsonl")).exits(0);
        let record = &run.jsonl()[0];
        assert_eq!(record["stats"]["encoding"], encoding, "{name}");
        assert_eq!(record["body"], text.trim_end(), "{name}");
    }
    folder.write("e.jsonl", record("e"));
    let run = folder.run("clean e.jsonl --to jsonl").exits(0);
    assert!(run.jsonl()[0]["stats"].get("encoding").is_none(), "JSON is UTF-8, nothing was found out");
}

#[test]
fn jsonl_may_have_a_mark_crlf_and_blank_lines() {
    let folder = Folder::new();
    let lines = ["\u{feff}", &record("a"), "\r\n\r\n  \r\n", &record("b"), "\r\n\n", &record("c")];
    folder.write("a.jsonl", lines.concat());
    let run = folder.run("clean a.jsonl --to jsonl").exits(0);
    assert_eq!(column(&run.jsonl(), "id"), ["a", "b", "c"]);
    assert_eq!(column(&run.jsonl(), "status"), ["ok"; 3]);
}

#[test]
fn fields_go_by_name_or_by_flag() {
    let folder = Folder::new();
    let line = serde_json::json!({
        "id": 7, "url": "https://x.org/1", "title": "The title", "author": "A. Writer",
        "content": article("content"), "body": "not this", "meta": {"key": "k", "raw": article("raw")},
        "n": [1, 2.50],
    });
    folder.write("a.jsonl", line.to_string());
    let run = folder.run("clean a.jsonl --to jsonl").exits(0);
    let found = &run.jsonl()[0];
    assert_eq!((&found["id"], &found["url"]), (&"7".into(), &"https://x.org/1".into()));
    assert_eq!(found["body"], body("content"));
    let extra = found["extra"].as_object().expect("an object");
    let keys: Vec<_> = extra.keys().map(String::as_str).collect();
    assert!(["title", "author", "body", "meta", "n"].iter().all(|key| keys.contains(key)), "{keys:?}");
    assert!(!["id", "url", "content"].iter().any(|key| keys.contains(key)), "{keys:?}");

    let flags = "--text-field meta.raw --id-field meta.key --url-field title";
    let run = folder.run(&format!("clean a.jsonl --to jsonl {flags}")).exits(0);
    let found = &run.jsonl()[0];
    assert_eq!((&found["id"], &found["url"]), (&"k".into(), &"The title".into()));
    assert_eq!(found["body"], body("raw"));
    assert_eq!(found["extra"]["meta"], serde_json::json!({}));
    assert_eq!(found["extra"]["content"], article("content"));
}

#[test]
fn unused_fields_pass_through_byte_for_byte() {
    let folder = Folder::new();
    let odd = r#""a":{"x" : [1,2.50,  1e400, "\u00e9\/"]},"z":null,"date":"2024-01-02""#;
    folder.write("a.jsonl", format!(r#"{{"text":"Hello there.",{odd}}}"#));
    let run = folder.run("clean a.jsonl --to jsonl").exits(0);
    assert!(run.stdout.trim_end().ends_with(&format!(r#","extra":{{{odd}}}}}"#)), "{}", run.stdout);
}

#[test]
fn ids_are_the_records_own_or_path_and_number() {
    let folder = Folder::new();
    let lines = [
        r#"{"text": "One is here."}"#,
        "",
        r#"{"id": "own", "text": "Two is here."}"#,
        r#"{"id": null, "text": "Three is here."}"#,
        r#"{"id": "own", "text": "Four is here."}"#,
    ];
    folder.write("d/a.jsonl", lines.join("\n"));
    let run = folder.run("clean ./d/a.jsonl --to jsonl").exits(0);
    let wanted = ["./d/a.jsonl#1", "own", "./d/a.jsonl#3", "own"];
    assert_eq!(column(&run.jsonl(), "id"), wanted, "blank lines do not count, duplicates are kept");
}

#[test]
fn gzip_may_have_several_members() {
    let folder = Folder::new();
    let bytes = [gzip(record("a") + "\n"), gzip(record("b") + "\n")].concat();
    folder.write("a.jsonl.gz", bytes);
    let run = folder.run("clean a.jsonl.gz --to jsonl").exits(0);
    assert_eq!(column(&run.jsonl(), "id"), ["a", "b"]);
}

#[test]
fn formats_that_are_not_read_are_refused_by_name() {
    let folder = Folder::new();
    for (name, content, words) in [
        ("a.pdf", "%PDF-", "PDF"),
        ("a.zip", "x", "zip"),
        ("a.txt.xz", "x", "xz"),
        ("list.json", "[{\"text\": \"x\"}]", "one record a line"),
        ("blob", "%PDF-1.4", "PDF"),
    ] {
        folder.write(name, content);
        folder.run(&format!("clean {name} -o out.jsonl")).exits(2).says(&[name, words, "txt, html, jsonl"]);
        assert!(!folder.path().join("out.jsonl").exists());
    }
    let run = folder.run("clean a.pdf --from pdf").exits(2);
    assert!(run.stderr.contains("invalid value 'pdf' for '--from"), "{}", run.stderr);
}

#[test]
fn from_reads_files_of_any_name() {
    let folder = Folder::new();
    folder.write("in/part-0000", records(2));
    folder.write("in/_SUCCESS", "");
    folder.write("in/a.txt", article("a"));
    let run = folder.run("clean in --from jsonl --to jsonl").exits(0);
    assert_eq!(column(&run.jsonl(), "id"), ["in/a.txt", "1", "2"], "a name that tells is believed");
    let run = folder.run("clean in/a.txt --from jsonl --to jsonl").exits(1);
    assert!(column(&run.jsonl(), "status").iter().all(|status| status == "error"));
}

/// What is not known is null, and stays in `extra` as it came.
#[test]
fn what_is_blank_is_null() {
    let folder = Folder::new();
    let text = "The airport has engaged a heron to keep gulls off its runway.";
    folder.write("a.csv", format!("id,url,title,author,date,lang,text\n,,,,,,{text}\n2,\" \",,,,,{text}\n"));
    let line =
        serde_json::json!({"id": "", "url": "", "title": " ", "author": "", "date": "", "lang": "", "text": text});
    folder.write("a.jsonl", line.to_string());
    for (name, id) in [("a.csv", "a.csv#1"), ("a.jsonl", "a.jsonl#1")] {
        let run = folder.run(&format!("clean {name} -q --to jsonl")).exits(0);
        for record in run.jsonl() {
            for field in ["url", "title", "byline", "date"] {
                assert!(record[field].is_null(), "{name}: {field} of {record}");
            }
            assert_ne!(record["lang"], "");
            assert_eq!(record["extra"]["author"], "");
        }
        assert_eq!(run.jsonl()[0]["id"], id);
        assert_eq!(run.jsonl()[0]["extra"]["url"], "");
    }
}

#[cfg(unix)]
#[test]
fn names_that_are_no_utf8_are_names() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new();
    folder.write("in/a.txt", article("a"));
    let odd = folder.path().join("in").join(std::ffi::OsStr::from_bytes(b"caf\xe9.txt"));
    if std::fs::write(odd, article("b")).is_err() {
        return; // Not every file system takes such names.
    }
    let run = folder.run("clean in -q --to jsonl").exits(0);
    assert_eq!(column(&run.jsonl(), "id"), ["in/a.txt", "in/caf\u{fffd}.txt"]);
    folder.run("clean in -q -o out").exits(0);
    assert_eq!(folder.list_in("out/bodies"), ["a.txt", "caf\u{fffd}.txt"]);
}

#[test]
fn a_text_that_is_none_is_an_error() {
    let folder = Folder::new();
    let twice = gzip(gzip("x"));
    for (name, content, words) in [
        ("a.txt", &b"PAR1\x15\0"[..], "a Parquet file"),
        ("b.txt", b"PK\x03\x04\x14", "a ZIP archive"),
        ("c.txt.gz", &twice, "gzip data"),
        ("d.txt", b"\x01\0\0\0\x20\0\0\0words", "binary data"),
    ] {
        folder.write(name, content);
        let run = folder.run(&format!("clean {name} -q --to jsonl")).exits(1);
        let error = run.jsonl()[0]["error"].as_str().map(str::to_owned).unwrap_or_default();
        assert!(error.contains(words) && error.contains(name), "{name}: {error}");
    }
}

#[test]
fn records_of_json_named_csv_are_records() {
    let folder = Folder::new();
    folder.write("a.csv", records(2));
    assert_eq!(column(&folder.run("clean a.csv -q --to jsonl").exits(0).jsonl(), "id"), ["1", "2"]);
}

/// Marks that are never closed, and files that do not quote at all.
#[test]
fn rows_are_not_swallowed_by_a_quotation_mark() {
    let folder = Folder::new();
    let rows: String =
        (0..4).map(|n| format!("{n}\t\"Quote opens {n} and the airport has engaged a heron.\n")).collect();
    folder.write("a.tsv", format!("id\ttext\n{rows}"));
    let run = folder.run("clean a.tsv -q --to jsonl").exits(0);
    assert_eq!(column(&run.jsonl(), "id"), ["0", "1", "2", "3"]);
    folder.write(
        "a.csv",
        "id,text\n1,\"unclosed The heron.\n2,The heron.\n3,\"The heron.\"\"\n4,\"ok\"\n5,\"a\"b\"c\"\n",
    );
    let run = folder.run("clean a.csv -q --to jsonl --summary s.json").exits(1);
    assert_eq!(column(&run.jsonl(), "id"), ["a.csv#1", "2", "a.csv#3", "4", "5"]);
    assert_eq!(column(&run.jsonl(), "status"), ["error", "unchanged", "error", "unchanged", "unchanged"]);
    assert_eq!(run.jsonl()[4]["body"], "a\"b\"c");
    let error = &folder.json("s.json")["errors"]["first"][1];
    assert_eq!((&error["record"], &error["byte"]), (&3.into(), &44.into()));
}

#[test]
fn a_record_without_text_says_which_fields_it_has() {
    let folder = Folder::new();
    folder.write("a.jsonl", r#"{"id": 1, "Text": "x", "n": 2}"#);
    let run = folder.run("clean a.jsonl -q --to jsonl").exits(1);
    assert!(run.stdout.contains("; it has Text, n"), "{}", run.stdout);
}
