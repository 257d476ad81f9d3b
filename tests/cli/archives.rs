//! Archives made to do harm: what is in them is said or read, and the run comes to its end.

use crate::formats::{tar, warc};
use crate::harness::{Folder, article, column, gzip, page};

fn texts(names: &[&str]) -> Vec<u8> {
    tar(&names.iter().map(|name| ((*name).to_owned(), article(name).into_bytes())).collect::<Vec<_>>())
}

/// A header with a name of its own, which the builder would not write.
fn entry(name: &[u8], kind: u8, size: u64) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name);
    header.set_entry_type(tar::EntryType::new(kind));
    header.set_mode(0o644);
    header.set_size(size);
    header.set_cksum();
    header.as_bytes().to_vec()
}

fn padded(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// Deeper, each archive would call the next until the stack is full.
#[test]
fn archives_within_archives_end_somewhere() {
    let folder = Folder::new();
    let mut inner = texts(&["core.txt"]);
    for depth in (1..60).rev() {
        let files = [(format!("{depth}.txt"), article("x").into_bytes()), ("in.tgz".to_owned(), gzip(&inner))];
        inner = tar(&files);
    }
    folder.write("a.tar", inner);
    let run = folder.run("clean a.tar -q --to jsonl").exits(1);
    let records = run.jsonl();
    assert_eq!(column(&records, "status"), [vec!["ok"; 8], vec!["error"]].concat());
    let error = records[8]["error"].as_str().expect("a reason");
    assert!(error.contains("within 8 others") && records[8]["source"] == "a.tar".to_owned() + &"/in.tgz".repeat(8));
}

/// Names and attributes that go before an entry are not held whatever size they say, and what follows is read.
#[test]
fn a_name_without_end_is_said_and_the_next_entry_read() {
    for kind in [b'L', b'K', b'x'] {
        let folder = Folder::new();
        let text = article("a").into_bytes();
        let parts = [
            entry(b"././@LongLink", kind, 2 << 20),
            vec![b'a'; 2 << 20],
            entry(b"a.txt", b'0', text.len() as u64),
            padded(text),
            texts(&["b.txt"]),
        ];
        folder.write("a.tar.gz", gzip(parts.concat()));
        let run = folder.run("clean a.tar.gz -q --to jsonl --summary s.json").exits(1);
        assert_eq!(column(&run.jsonl(), "source"), ["a.tar.gz", "a.tar.gz/a.txt", "a.tar.gz/b.txt"]);
        let fault = &folder.json("s.json")["errors"]["first"][0];
        assert_eq!(fault["byte"], 0);
        assert!(fault["error"].as_str().is_some_and(|error| error.contains("2097152 bytes")), "{fault}");
    }
}

/// The holes of a sparse entry cost memory for each, and may be of any size.
#[test]
fn a_sparse_entry_is_said_and_passed_over() {
    let folder = Folder::new();
    let mut first = entry(b"s.txt", b'S', 512);
    first[482] = 1;
    let mut header = tar::Header::from_byte_slice(&first).clone();
    header.set_cksum();
    let mut list = vec![0; 512];
    list[504] = 1;
    let parts = [header.as_bytes().to_vec(), list.repeat(1000), vec![0; 512], vec![b'x'; 512], texts(&["b.txt"])];
    folder.write("a.tar", parts.concat());
    let run = folder.run("clean a.tar -q --to jsonl").exits(1);
    assert_eq!(column(&run.jsonl(), "source"), ["a.tar", "a.tar/b.txt"]);
    assert!(run.jsonl()[0]["error"].as_str().is_some_and(|error| error.contains("holes")), "{}", run.stdout);
}

/// What is read in pieces lies in a temporary file meanwhile; a disk is not to be filled by what an archive says.
#[test]
fn an_entry_too_large_to_be_copied_is_said() {
    let folder = Folder::new();
    folder.write("a.tar", [texts(&["b.txt"])[..1536].to_vec(), entry(b"s.jsonl", b'0', 5 << 40)].concat());
    let run = folder.run("clean a.tar -q --to jsonl").exits(1);
    assert_eq!(column(&run.jsonl(), "status"), ["ok", "error"]);
    assert!(run.jsonl()[1]["error"].as_str().is_some_and(|error| error.contains("temporary file")), "{}", run.stdout);
}

#[test]
fn names_of_entries_are_made_safe_in_a_folder() {
    let folder = Folder::new();
    let long = "n".repeat(300) + ".txt";
    let deep = "d/".repeat(2500) + "x.txt";
    let names =
        ["a.txt", "a.txt/b.txt", "con/nul.txt", "a\\b:c*?.txt", "new\nline.txt", &long, &deep, ".git/x.txt", "z.txt"];
    let nul = [
        entry(b"pax", b'x', 17),
        padded(b"17 path=a\0b.txt\n\n".to_vec()),
        entry(b"x.txt", b'0', 5),
        padded(b"hello".to_vec()),
    ];
    folder.write("in.tar", [nul.concat(), texts(&names)].concat());
    folder.run("clean in.tar -q -o out --summary s.json").exits(0);
    assert_eq!(folder.json("s.json")["documents"], 9);
    let bodies: Vec<_> = folder.list_in("out/bodies").into_iter().filter(|name| name.ends_with(".txt")).collect();
    assert_eq!(bodies.len(), 9, "{bodies:?}");
    for name in ["in.tar/a.txt", "in.tar/a.txt~/b.txt", "in.tar/z.txt"] {
        assert!(bodies.contains(&name.to_owned()), "{bodies:?}");
    }
    let odd = |c: char| c.is_control() || "\\:*?".contains(c);
    assert!(
        bodies.iter().all(|name| !name.contains(odd) && name.split('/').all(|part| part.len() < 130)),
        "{bodies:?}"
    );
    let again = folder.list_in("out/bodies");
    folder.run("clean in.tar -q -o out").exits(0);
    assert_eq!(folder.list_in("out/bodies"), again);
}

#[test]
fn what_is_passed_over_in_an_archive_within_is_counted() {
    let folder = Folder::new();
    let pages = warc([page("a")].into_iter()).concat();
    let request = "WARC/1.0\r\nWARC-Type: request\r\nContent-Length: 3\r\n\r\nGET\r\n\r\n";
    folder.write("a.tar", tar(&[("x.warc".to_owned(), [&pages, request.as_bytes()].concat())]));
    folder.run("clean a.tar -q -o out.jsonl --summary s.json").exits(0);
    assert_eq!(folder.json("s.json")["skipped_records"]["request"], 1);
}
