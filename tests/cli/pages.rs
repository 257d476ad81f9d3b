//! HTML: files, records, encodings, and what only claims to be a page.

use encoding_rs::{Encoding, GBK, KOI8_R, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};
use serde_json::{Value, json};

use crate::harness::{Folder, JUNK, article, body, column, gzip, page, record, zstd};

const RUSSIAN: &str = "Городской совет решил во вторник закрыть старый мост на ремонт, который продлится до весны.";
const JAPANESE: &str = "市議会は火曜日の夜、古い橋を修理のために閉鎖することを決めた。工事は来年の春まで続く見込みだ。";
const CHINESE: &str =
    "市议会周二晚间决定关闭旧桥进行维修，预计工程将持续到明年春天。附近的商店表示没有人征求过他们的意见。";
const FRENCH: &str = "Le conseil a décidé mardi de fermer le vieux pont à cause de fissures décelées l’été dernier.";

fn labelled(label: &str, text: &str) -> String {
    format!(
        "<!doctype html><html><head><meta charset=\"{label}\"></head><body><article><p>{text}</p></article></body></html>"
    )
}

/// The one record that comes of a file.
fn cleaned(folder: &Folder, args: &str) -> Value {
    let mut records = folder.run(&format!("clean {args} -q --to jsonl")).exits(0).jsonl();
    assert_eq!(records.len(), 1, "{args}");
    records.remove(0)
}

#[test]
fn every_way_in_gives_the_same_body() {
    let folder = Folder::new();
    let html = page("bees");
    let line = json!({"id": 1, "html": html}).to_string();
    let ways: [(&str, Vec<u8>, &str); 13] = [
        ("a.html", html.clone().into(), ""),
        ("b.HTM", html.clone().into(), ""),
        ("c.xhtml", html.clone().into(), ""),
        ("d.html.gz", gzip(&html), ""),
        ("e.htm.zst", zstd(&html), ""),
        ("f", html.clone().into(), ""),
        ("g.php", format!("\u{feff}\n<!-- saved -->\n{html}").into(), ""),
        ("h.php", gzip(&html), ""),
        ("i.txt", html.clone().into(), "--from html"),
        ("j.jsonl", line.clone().into(), ""),
        ("k.jsonl", line.replace("html\"", "raw_html\"").into(), ""),
        ("l.jsonl", json!({"id": 1, "page": {"source": html}}).to_string().into(), "--html-field page.source"),
        ("m.jsonl", json!({"html": html, "text": "Not this one."}).to_string().into(), ""),
    ];
    for (name, content, flags) in ways {
        folder.write(name, content);
        let record = cleaned(&folder, &format!("{name} {flags}"));
        assert_eq!(record["body"], body("bees"), "{name}");
        assert_eq!((&record["status"], &record["source"]), (&"ok".into(), &name.into()));
        assert_eq!(record["removed"][0]["text"], JUNK, "{name}");
        let encoding = if name.ends_with("jsonl") { Value::Null } else { "UTF-8".into() };
        assert_eq!(record["stats"]["encoding"], encoding, "{name}");
    }
    for flags in ["", "--from html"] {
        let run = folder.run_with(&format!("clean - -q {flags}"), &html).exits(0);
        assert_eq!(run.stdout, body("bees") + "\n");
    }
    // What is named a text is one, tags and all.
    folder.write("n.txt", &html);
    assert!(cleaned(&folder, "n.txt")["body"].as_str().is_some_and(|body| body.contains("<p>The council")));
}

#[test]
fn texts_and_pages_may_be_mixed() {
    let folder = Folder::new();
    folder.write("in/a.txt", article("a"));
    folder.write("in/b.html", page("b"));
    folder.write("in/c.jsonl", format!("{}\n{}\n", record("c1"), json!({"id": "c2", "html": page("c2")})));
    folder.write("in/d/e.htm.gz", gzip(page("e")));
    folder.write("in/b.txt", article("bt"));
    folder.run("clean in -q -o out.jsonl").exits(0);
    let records = folder.jsonl("out.jsonl");
    assert_eq!(column(&records, "id"), ["in/a.txt", "in/b.html", "in/b.txt", "c1", "c2", "in/d/e.htm.gz"]);
    assert_eq!(column(&records, "body"), ["a", "b", "bt", "c1", "c2", "e"].map(body));
    assert_eq!(column(&records, "status"), ["ok"; 6]);

    folder.run("clean in -q -o out").exits(0);
    let bodies = folder.list_in("out/bodies");
    let files: Vec<_> = bodies.iter().filter(|name| name.ends_with(".txt")).collect();
    assert_eq!(files, ["a.txt", "b.txt", "b~2.txt", "c.jsonl/c1.txt", "c.jsonl/c2.txt", "d/e.txt"]);
    assert_eq!(folder.read("out/bodies/d/e.txt"), body("e") + "\n");
    assert_eq!(column(&folder.jsonl("out/removals.jsonl"), "text"), [JUNK; 6]);
}

#[test]
fn records_tell_page_from_text() {
    let folder = Folder::new();
    let (html, text) = (page("page"), article("text"));
    for (line, wanted) in [
        (json!({"html": html, "text": text}), "page"),
        (json!({"html": null, "text": text}), "text"),
        (json!({"html": ["<p>"], "text": text}), "text"),
        (json!({"html": " \n ", "text": text}), "text"),
        (json!({"html": html, "text": null}), "page"),
        (json!({"html": null, "raw_html": html, "text": text}), "page"),
    ] {
        folder.write("a.jsonl", line.to_string());
        let record = cleaned(&folder, "a.jsonl");
        assert_eq!(record["body"], body(wanted), "{line}");
        let unused = if wanted == "page" { "text" } else { "html" };
        let key = if wanted == "page" && line["raw_html"].is_string() { "raw_html" } else { "html" };
        assert_eq!(record["extra"][unused], line[unused], "what is not used passes through");
        assert!(wanted == "text" || record["extra"].get(key).is_none(), "what is used does not");
    }
    // One who names the field of the text wants the text.
    folder.write("a.jsonl", json!({"html": html, "plain": text}).to_string());
    assert_eq!(cleaned(&folder, "a.jsonl --text-field plain")["body"], body("text"));
    assert_eq!(cleaned(&folder, "a.jsonl --text-field plain --html-field html")["body"], body("page"));
    assert_eq!(cleaned(&folder, "a.jsonl --html-field none --text-field plain")["body"], body("text"));
    // A text that holds tags stays a text.
    folder.write("b.jsonl", json!({"text": html}).to_string());
    assert!(cleaned(&folder, "b.jsonl")["body"].as_str().is_some_and(|body| body.contains("<p>The council")));

    folder.write("c.jsonl", "{\"html\": null}\n{\"html\": 7, \"text\": null}\n{\"html\": \" \"}\n");
    let records = folder.run("clean c.jsonl -q --to jsonl").exits(1).jsonl();
    assert_eq!(column(&records, "status"), ["error", "error", "empty"]);
    for (record, words) in records.iter().zip(["the HTML in `html` is null", "the text in `text` is null"]) {
        assert!(record["error"].as_str().is_some_and(|error| error.contains(words)), "{record}");
    }
    let run = folder.run("clean c.jsonl -q --to jsonl --html-field page").exits(1);
    assert!(run.jsonl()[0]["error"].as_str().is_some_and(|error| error.contains("no field `page`")), "{}", run.stdout);
}

#[test]
fn the_address_of_the_record_stays() {
    let folder = Folder::new();
    let line = json!({"url": "https://paper.example/bees?from=feed", "title": "Bees", "lang": "en", "html": page("x")});
    folder.write("a.jsonl", line.to_string());
    let record = cleaned(&folder, "a.jsonl");
    assert_eq!(record["url"], line["url"]);
    assert_eq!(record["lang"], "en");
    assert_eq!(record["extra"]["title"], "Bees");
    assert!(record["stats"].get("text_from").is_none(), "the page shows its text");
}

#[test]
fn the_encoding_of_a_page_is_found_and_said() {
    let folder = Folder::new();
    let utf16 = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> { text.encode_utf16().flat_map(unit).collect() };
    let encode = |encoding: &'static Encoding, html: &str| encoding.encode(html).0.into_owned();
    let pragma = labelled("x", RUSSIAN)
        .replace("charset=\"x\"", "http-equiv=\"Content-Type\" content=\"text/html; charset=koi8-r\"");
    let xml = format!("<?xml version=\"1.0\" encoding=\"windows-1251\"?>\n<html><body><p>{RUSSIAN}</p></body></html>");
    let plain = labelled("utf-8", FRENCH);
    for (what, bytes, text, encoding) in [
        ("windows-1251", encode(WINDOWS_1251, &labelled("windows-1251", RUSSIAN)), RUSSIAN, "windows-1251"),
        ("koi8-r", encode(KOI8_R, &pragma), RUSSIAN, "KOI8-R"),
        ("xml", encode(WINDOWS_1251, &xml), RUSSIAN, "windows-1251"),
        ("shift_jis", encode(SHIFT_JIS, &labelled("Shift_JIS", JAPANESE)), JAPANESE, "Shift_JIS"),
        ("gbk", encode(GBK, &labelled("gb2312", CHINESE)), CHINESE, "GBK"),
        ("latin 1", encode(WINDOWS_1252, &labelled("iso-8859-1", FRENCH)), FRENCH, "windows-1252"),
        ("utf-16 marked", utf16(&format!("\u{feff}{plain}"), u16::to_le_bytes), FRENCH, "UTF-16LE"),
        ("utf-16", utf16(&plain, u16::to_le_bytes), FRENCH, "UTF-16LE"),
        ("utf-16, big", utf16(&labelled("utf-16", CHINESE), u16::to_be_bytes), CHINESE, "UTF-16BE"),
        ("utf-8 marked", format!("\u{feff}{}", labelled("koi8-r", FRENCH)).into(), FRENCH, "UTF-8"),
        // The label is wrong.
        ("utf-8 as latin 1", labelled("iso-8859-1", FRENCH).into(), FRENCH, "UTF-8"),
        ("utf-8 as gbk", labelled("gbk", CHINESE).into(), CHINESE, "UTF-8"),
        ("windows-1251 as utf-8", encode(WINDOWS_1251, &labelled("utf-8", RUSSIAN)), RUSSIAN, "windows-1251"),
        ("shift_jis as euc-jp", encode(SHIFT_JIS, &labelled("euc-jp", JAPANESE)), JAPANESE, "Shift_JIS"),
        // There is none.
        ("unlabelled", encode(WINDOWS_1251, &labelled("", RUSSIAN)), RUSSIAN, "windows-1251"),
        ("unlabelled utf-8", labelled("", RUSSIAN).into(), RUSSIAN, "UTF-8"),
    ] {
        folder.write("a.html", &bytes);
        let record = cleaned(&folder, "a.html");
        assert_eq!(record["stats"]["encoding"], encoding, "{what}");
        assert_eq!(record["body"], text, "{what}");
        // The content tells a page in whatever encoding.
        let run = folder.run_with("clean - -q", &bytes).exits(0);
        assert_eq!(run.stdout, format!("{text}\n"), "{what}");
    }
}

#[test]
fn what_is_no_page_is_an_error_in_words() {
    let folder = Folder::new();
    let noise: Vec<u8> = (0..5000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let fakes: [(&str, Vec<u8>, &str); 7] = [
        ("b.html", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0".to_vec(), "a PNG image"),
        ("c.html", b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec(), "a JPEG image"),
        ("d.htm", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec(), "a PDF"),
        ("e.html", b"PK\x03\x04\x14\0".to_vec(), "a ZIP archive"),
        ("f.html.gz", gzip(gzip(page("f"))), "gzip data"),
        ("g.html", vec![0; 4000], "binary data"),
        ("h.xhtml", noise, "binary data"),
    ];
    folder.write("in/a.html", page("a"));
    folder.write("in/z.html", page("z"));
    for (name, bytes, _) in &fakes {
        folder.write(&format!("in/{name}"), bytes);
    }
    let run = folder.run("clean in -o out.jsonl -v").exits(1);
    let records = folder.jsonl("out.jsonl");
    let mut wanted = ["error"; 9];
    (wanted[0], wanted[8]) = ("ok", "ok");
    assert_eq!(column(&records, "status"), wanted);
    for (record, (name, _, what)) in records[1..].iter().zip(&fakes) {
        let words = format!("in/{name} is not HTML: looks like {what}");
        assert!(record["error"].as_str().is_some_and(|error| error.starts_with(&words)), "{record}");
        assert!(run.stderr.contains(&words), "{}", run.stderr);
    }
    assert_eq!(column(&[records[0].clone(), records[8].clone()], "body"), ["a", "z"].map(body));
}

#[test]
fn a_file_that_is_not_compressed_to_its_end_is_an_error() {
    let folder = Folder::new();
    let whole = gzip(page("a"));
    folder.write("a.html.gz", &whole[..whole.len() - 20]);
    let run = folder.run("clean a.html.gz -q --to jsonl").exits(1);
    assert!(run.jsonl()[0]["error"].as_str().is_some_and(|error| error.contains("cannot read a.html.gz")));
}

#[test]
fn odd_pages_are_no_errors() {
    let folder = Folder::new();
    let rss = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>The Paper</title><item><title>Bees</title>\
               <link>https://paper.example/bees</link><description><![CDATA[<p>On bees.</p>]]></description></item>\
               </channel></rss>";
    let atom = "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>The Paper</title><entry>\
                <title>Bees</title><content type=\"html\">&lt;p&gt;On bees.&lt;/p&gt;</content></entry></feed>";
    let blank = ["", " \n\t", "<html></html>", "<!doctype html>", "<p>&nbsp;</p>", "<script>var a = 1</script>", "\0"];
    for (number, html) in blank.iter().enumerate() {
        folder.write(&format!("blank/{number}.html"), html);
    }
    let records = folder.run("clean blank -q --to jsonl").exits(0).jsonl();
    assert_eq!(column(&records, "status"), ["empty"; 7]);
    assert_eq!(column(&records, "body"), [""; 7]);

    for (name, html, shown) in [
        (
            "json",
            r#"{"title": "Bees", "body": "On bees & <b>hives</b>."}"#,
            r#"{"title": "Bees", "body": "On bees & hives."}"#,
        ),
        ("text", "Only words, no tags.\nOn two lines.", "On two lines."),
        ("nul", "<p>The hives\0 are \0full.</p>", "The hives are full."),
        ("rss", rss, ""),
        ("atom", atom, "<p>On bees.</p>"),
        ("broken", "<p <b>The hives are full.</p <td>And so on.", "And so on."),
    ] {
        folder.write("a.html", html);
        let record = cleaned(&folder, "a.html --emit-text");
        let text = record["text"].as_str().expect("a text");
        assert!(text.contains(shown), "{name}: {record}");
        assert!(!text.contains('\0'), "{name}: {record}");
    }
}

#[test]
fn the_text_of_a_page_is_what_is_seen() {
    let folder = Folder::new();
    let odd = page("caf&eacute;s &amp; bars").replace("<p>Residents", "<p>&lt;b&gt; <b>Resi</b>dents");
    folder.write("a.html", &odd);
    folder.write("b.jsonl", json!({"id": "b", "html": odd}).to_string());
    folder.run("clean a.html b.jsonl -q -o out.jsonl --emit-text --report r.jsonl").exits(0);
    let records = folder.jsonl("out.jsonl");
    let text = records[0]["text"].as_str().expect("a text");
    let lines: Vec<_> = text.lines().collect();
    let seen = article("cafés & bars").replace("Residents", "<b> Residents");
    assert!(seen.lines().all(|line| lines.contains(&line)), "one block a line: {text}");
    assert!(!text.contains("never shown") && !text.contains("<p>") && !text.contains("&amp;"), "{text}");
    assert_eq!(records[1]["text"], records[0]["text"]);
    assert_eq!(records[0]["stats"]["chars_in"], text.chars().count());
    for cut in records[0]["removed"].as_array().expect("a list") {
        let span = |name: &str| usize::try_from(cut[name].as_u64().expect("a number")).expect("usize");
        assert_eq!(cut["text"], text[span("start")..span("end")]);
    }
    let restored = folder.run("restore out.jsonl").exits(0).jsonl();
    assert_eq!(column(&restored, "text"), [text, text]);
    assert_eq!(column(&folder.jsonl("r.jsonl"), "text"), [JUNK, JUNK]);

    folder.run("clean a.html -q -o bare.jsonl").exits(0);
    assert!(folder.jsonl("bare.jsonl")[0].get("text").is_none());
    let rebuilt = folder.run("restore bare.jsonl").exits(0).says(&["1 texts rebuilt"]).stdout;
    let visible = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(visible(&rebuilt), visible(text));
}

#[test]
fn a_page_over_the_limit_loses_its_tags_alone() {
    let folder = Folder::new();
    folder.write("a.html", page("bees"));
    let record = cleaned(&folder, "a.html --max-doc-bytes 100 --emit-text");
    assert_eq!(record["status"], "over_limit");
    assert_eq!(record["removed"], json!([]));
    let wanted: Vec<_> = article("bees").lines().map(str::to_owned).collect();
    assert_eq!(record["body"], wanted.join("\n"));
    assert_eq!(record["text"], record["body"]);
    let run = folder.run("explain a.html --max-doc-bytes 100").exits(0).says(&["a.html", "over the limit"]);
    assert_eq!(run.stdout, "");
}

#[test]
fn explain_shows_the_segments_of_a_page() {
    let folder = Folder::new();
    folder.write("a.html", page("bees"));
    folder.write("b.jsonl", json!({"id": "b", "html": page("bees")}).to_string());
    let run = folder.run("explain a.html").exits(0);
    for line in article("bees").lines() {
        let mark = if line == JUNK { "- ad " } else { "+ " };
        let shown = run.stdout.lines().find(|shown| shown.ends_with(line));
        assert!(shown.is_some_and(|shown| shown[2..].starts_with(mark)), "{line}: {}", run.stdout);
    }
    assert!(!run.stdout.contains("<p>"), "{}", run.stdout);
    assert_eq!(folder.run("explain b.jsonl --id b").exits(0).stdout, run.stdout);

    let text = cleaned(&folder, "a.html --emit-text")["text"].as_str().expect("a text").to_owned();
    for segment in folder.run("explain a.html --json").exits(0).jsonl() {
        let span = |name: &str| usize::try_from(segment[name].as_u64().expect("a number")).expect("usize");
        assert_eq!(segment["text"], text[span("start")..span("end")]);
    }
}

/// A download that broke off, at every place where it can.
#[test]
fn a_page_may_end_at_any_byte() {
    let folder = Folder::new();
    let html = "<!doctype html><html><head><meta charset=utf-8><title>Bées</title><style>p > b { top: 0 }</style>\
                <script type='application/ld+json'>{\"@type\": \"NewsArticle\", \"articleBody\": \"Bées.\"}</script>\
                </head><body><nav><a href=\"/\">Home</a></nav><article><h1>Bées &amp; hives</h1><!-- ad --><p>Überall \
                summen die <b>Bienen</b> um die Körbe.<p>Advertisement<pre>a\n b</pre><table><tr><td>1<td>2</table>\
                <svg><text>x</text></svg></article></body></html>";
    for end in 0..=html.len() {
        folder.write(&format!("in/{end:04}.html"), &html.as_bytes()[..end]);
    }
    folder.run("clean in -q -o out.jsonl --emit-text").exits(0);
    let records = folder.jsonl("out.jsonl");
    assert_eq!(records.len(), html.len() + 1);
    assert!(records.iter().all(|record| record["status"] != "error"));
    assert!(records[html.len()]["text"].as_str().is_some_and(|text| text.contains("um die Körbe.")));
    assert_eq!(folder.run("restore out.jsonl").exits(0).jsonl().len(), records.len());
}
