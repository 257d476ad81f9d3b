//! The same articles through every format: the same bodies come out.

use std::fs::File;
use std::io::Write;

use serde_json::Value;

use crate::harness::{Folder, article, body, column, gzip, page, zstd};

const COUNT: usize = 60;

fn topics() -> impl Iterator<Item = String> {
    (1..=COUNT).map(|number| format!("“{number}”, and, \"so on\""))
}

fn bzip2(content: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(content).expect("bzip2");
    encoder.finish().expect("bzip2")
}

fn jsonl() -> String {
    let line =
        |(n, topic): (usize, String)| serde_json::json!({"id": n, "n": n, "text": article(&topic)}).to_string() + "\n";
    topics().enumerate().map(line).collect()
}

fn csv(delimiter: &str) -> String {
    let row = |(n, topic): (usize, String)| {
        format!("{n}{delimiter}\"{}\"{delimiter}{n}\r\n", article(&topic).replace('"', "\"\""))
    };
    ["id", "text", "n"].join(delimiter) + "\r\n" + &topics().enumerate().map(row).collect::<String>()
}

pub(crate) fn tar(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append_data(&mut header, name, &content[..]).expect("an entry");
    }
    builder.into_inner().expect("an archive")
}

fn texts() -> Vec<(String, Vec<u8>)> {
    topics().enumerate().map(|(n, topic)| (format!("texts/{n:02}.txt"), article(&topic).into_bytes())).collect()
}

#[track_caller]
fn bodies_of(records: &[Value], what: &str) {
    let wanted: Vec<_> = topics().map(|topic| body(&topic)).collect();
    assert!(column(records, "body") == wanted, "{what}: {} bodies", records.len());
}

#[test]
fn every_format_gives_the_same_bodies() {
    let folder = Folder::new();
    let jsonl = jsonl();
    folder.write("a.jsonl", &jsonl);
    folder.write("a.jsonl.gz", gzip(&jsonl));
    folder.write("a.jsonl.zst", zstd(&jsonl));
    folder.write("a.jsonl.bz2", bzip2(jsonl.as_bytes()));
    folder.write("a.csv", csv(","));
    folder.write("a.tsv.gz", gzip(csv("\t")));
    folder.write("semicolon.csv", csv(";"));
    for (name, content) in texts() {
        folder.write(&name, content);
    }
    folder.write("texts.tar.gz", gzip(tar(&texts())));
    folder.write("records.tar", tar(&[("x/a.jsonl.zst".to_owned(), zstd(&jsonl))]));
    folder.run("clean a.jsonl -q --only ad --min-confidence 1 -o uncut.parquet").exits(0);
    folder.run("clean uncut.parquet --text-field body --id-field id -q -o a.parquet").exits(0);
    for name in [
        "a.jsonl",
        "a.jsonl.gz",
        "a.jsonl.zst",
        "a.jsonl.bz2",
        "a.csv",
        "a.tsv.gz",
        "semicolon.csv",
        "texts",
        "texts.tar.gz",
        "records.tar",
        "uncut.parquet --text-field body",
    ] {
        for threads in ["1", "2"] {
            let run = folder.run(&format!("clean {name} -q --to jsonl --threads {threads}")).exits(0);
            bodies_of(&run.jsonl(), name);
        }
        let piped = name.split(' ').next().filter(|name| !name.contains("texts") || name.ends_with("gz"));
        if let Some(file) = piped.filter(|file| !file.contains("sv")) {
            let args: Vec<_> =
                ["clean", "-", "-q", "--to", "jsonl"].into_iter().chain(name.split(' ').skip(1)).collect();
            bodies_of(&folder.run_args(&args, folder.bytes(file)).exits(0).jsonl(), &format!("{file} as a stream"));
        }
    }
}

#[test]
fn what_is_not_used_passes_through() {
    let folder = Folder::new();
    folder.write("a.jsonl", jsonl());
    folder.write("a.csv", csv(","));
    let extra = |name: &str| folder.run(&format!("clean {name} -q --to jsonl")).exits(0).jsonl()[7]["extra"].clone();
    assert_eq!(extra("a.jsonl"), serde_json::json!({"n": 7}));
    assert_eq!(extra("a.csv"), serde_json::json!({"n": "7"}));
    // From Parquet to Parquet with its types: those of the first output are the columns of the second input.
    folder.run("clean a.jsonl -q -o one.parquet").exits(0);
    folder.run("clean one.parquet --text-field body -q -o two.parquet").exits(0);
    let reader = |name: &str| {
        let file = File::open(folder.path().join(name)).expect("a file");
        parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet")
    };
    let (one, two) = (reader("one.parquet"), reader("two.parquet"));
    let arrow_schema::DataType::Struct(typed) =
        two.schema().field_with_name("extra").expect("extra").data_type().clone()
    else {
        panic!("a struct")
    };
    for field in typed.iter() {
        let before = one.schema().field_with_name(field.name()).expect("a column of the input");
        assert_eq!(field.data_type(), before.data_type(), "{}", field.name());
    }
    assert!(typed.iter().any(|field| field.name() == "removed") && typed.iter().all(|field| field.name() != "body"));
}

#[test]
fn columns_that_are_not_used_are_not_read() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let folder = Folder::new();
    folder.write("a.jsonl", jsonl());
    folder.run("clean a.jsonl -q -o a.parquet").exits(0);
    let file =
        SerializedFileReader::new(File::open(folder.path().join("a.parquet")).expect("a file")).expect("Parquet");
    let group = file.metadata().row_group(0);
    let status = group.columns().iter().find(|column| column.column_path().string() == "status").expect("a column");
    let (start, length) = status.byte_range();
    let mut bytes = folder.bytes("a.parquet");
    bytes[start as usize..(start + length) as usize].fill(0xff);
    folder.write("a.parquet", bytes);
    folder.run("clean a.parquet --text-field body -q -o a.csv").exits(0);
    folder.run("clean a.parquet --text-field body -q -o b.jsonl").exits(1);
}

pub(crate) fn warc(pages: impl Iterator<Item = String>) -> Vec<Vec<u8>> {
    let record = |(n, html): (usize, String)| {
        let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}");
        format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:{n}>\r\nWARC-Target-URI: https://x.example/{n}\r\n\
             Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{http}\r\n\r\n",
            http.len()
        )
        .into_bytes()
    };
    pages.enumerate().map(record).collect()
}

#[test]
fn pages_of_an_archive_are_those_of_records() {
    let folder = Folder::new();
    let pages = || topics().take(40).map(|topic| page(&topic));
    let records: String = pages().map(|html| serde_json::json!({"html": html}).to_string() + "\n").collect();
    folder.write("a.jsonl", records);
    let records = warc(pages());
    folder.write("a.warc", records.concat());
    folder.write("one.warc.gz", gzip(records.concat()));
    folder.write("many.warc.gz", records.iter().flat_map(gzip).collect::<Vec<_>>());
    folder.write("a.warc.zst", zstd(records.concat()));
    let wanted = column(&folder.run("clean a.jsonl -q --to jsonl").exits(0).jsonl(), "body");
    for name in ["a.warc", "one.warc.gz", "many.warc.gz", "a.warc.zst"] {
        let run = folder.run(&format!("clean {name} -q --to jsonl")).exits(0);
        assert!(column(&run.jsonl(), "body") == wanted, "{name}");
        assert_eq!(run.jsonl()[3]["id"], "urn:3");
        assert_eq!(run.jsonl()[3]["url"], "https://x.example/3");
    }
}

/// What is broken is an item that says what and where, and the rest comes out.
#[test]
fn damage_is_said_and_the_rest_is_read() {
    let folder = Folder::new();
    let mut pages: Vec<_> = warc(topics().map(|topic| page(&topic))).iter().map(gzip).collect();
    let middle = pages[20].len() / 2;
    pages[20][middle] ^= 0xff;
    folder.write("a.warc.gz", pages.concat());
    let mut archive = tar(&texts());
    // The checksum of the tenth header.
    let header = memchr::memmem::find(&archive, b"texts/09.txt").expect("an entry");
    archive[header + 150] ^= 0xff;
    folder.write("a.tar", &archive);
    folder.write("cut.tar", &tar(&texts())[..80_000]);
    for (name, least) in [("a.warc.gz", 59), ("a.tar", 50), ("cut.tar", 40)] {
        let run = folder.run(&format!("clean {name} -q --to jsonl --summary s.json")).code;
        let summary = folder.json("s.json");
        assert_eq!(run, Some(1), "{name}");
        let (documents, errors) = (summary["documents"].as_u64(), summary["by_status"]["error"].as_u64());
        assert!(documents >= Some(least) && errors >= Some(1), "{name}: {summary}");
        assert!(
            summary["errors"]["first"][0]["error"].as_str().is_some_and(|error| error.contains("byte")),
            "{summary}"
        );
    }
}

#[test]
fn entries_of_an_archive_do_not_leave_the_folder() {
    let folder = Folder::new();
    let mut archive = tar(&[("xx/xx/evil.txt".to_owned(), article("a").into_bytes())]);
    let mut header = tar::Header::from_byte_slice(&archive[..512]).clone();
    header.as_mut_bytes()[..14].copy_from_slice(b"../../evil.txt");
    header.as_mut_bytes()[14] = 0;
    header.set_cksum();
    archive[..512].copy_from_slice(header.as_bytes());
    folder.write("deep/a.tar", archive);
    folder.run("clean deep/a.tar -q -o deep/out").exits(0);
    assert_eq!(folder.list_in("deep/out/bodies"), ["a.tar", "a.tar/evil.txt"]);
    assert!(!folder.list().iter().any(|name| name == "evil.txt" || name == "deep/evil.txt"));
}

#[test]
fn inputs_may_be_named_in_a_file() {
    let folder = Folder::new();
    folder.write("a b.txt", article("a"));
    folder.write("c.txt", article("c"));
    folder.write("list", "a b.txt\r\n\nc.txt\n");
    let ids = column(&folder.run("clean --files-from list -q --to jsonl").exits(0).jsonl(), "id");
    assert_eq!(ids, ["a b.txt", "c.txt"]);
    let run = folder.run_with("clean c.txt --files-from - -q --to jsonl", "a b.txt").exits(0);
    assert_eq!(column(&run.jsonl(), "id"), ["c.txt", "a b.txt"]);
    folder.write("marked", "\u{feff}c.txt\n\nnowhere.txt\n");
    folder.run("clean --files-from marked -o x.jsonl").exits(2).says(&["marked, line 3", "cannot read nowhere.txt"]);
    folder.run("clean --files-from nowhere -o x.jsonl").exits(2).says(&["nowhere"]);
    folder.run("clean - --files-from - -o x.jsonl").exits(2).says(&["only once"]);
}

/// A small file that is a large one is not held without bound.
#[test]
fn a_bomb_is_an_error() {
    let folder = Folder::new();
    folder.write("a.txt.zst", zstd(vec![b'a'; 300 << 20]));
    let run = folder.run("clean a.txt.zst -q --to jsonl").exits(1);
    let error = run.jsonl()[0]["error"].as_str().map(str::to_owned).unwrap_or_default();
    assert!(error.contains("decompresses to more than"), "{error}");
}
