//! How fast a document is cleaned, stage by stage.
//!
//! ```text
//! cargo bench                      all of it
//! cargo bench -- whole             one stage
//! cargo bench -- whole/huge        one stage on one document
//! ```
//!
//! The documents are made of `corpus/`: `brief` is a wire story of two lines, `article` a page of
//! the ordinary size, `huge` the English golden sources one after the other until they make a
//! megabyte, and `mixed` those of all languages: the worst case, since a rule is only tried in
//! documents of its language. The column of interest is the throughput in bytes of text per second.
//! Each stage gets what the one before it made; `whole` is what a caller pays, from the text to the
//! body.
//!
//! The whole program, with reading, JSON and writing, is measured by what a user would run:
//!
//! ```text
//! cargo build --release
//! time target/release/cleancopy clean --threads 1 DUMP.jsonl -o clean.jsonl
//! time LC_ALL=C.UTF-8 wc -w DUMP.jsonl
//! ```

#![allow(missing_docs, reason = "divan makes a public item of each bench")]

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cleancopy::bench::{self, Rules};
use cleancopy::{Cleaner, Config};
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

/// How large `huge` and `mixed` are, in bytes, at least.
const HUGE: usize = 1 << 20;

const DOCUMENTS: [Document; 4] = [Document::Brief, Document::Article, Document::Huge, Document::Mixed];

#[derive(Clone, Copy, Debug)]
enum Document {
    Brief,
    Article,
    Huge,
    Mixed,
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Brief => "brief",
            Self::Article => "article",
            Self::Huge => "huge",
            Self::Mixed => "mixed",
        })
    }
}

impl Document {
    fn text(self) -> &'static str {
        static TEXTS: [OnceLock<String>; 4] = [const { OnceLock::new() }; 4];
        TEXTS[self as usize].get_or_init(|| match self {
            Self::Brief => read(&corpus().join("raw/wire/brief-ice.txt")),
            Self::Article => read(&corpus().join("raw/news/museum-of-keys.txt")),
            Self::Huge => huge("en-"),
            Self::Mixed => huge(""),
        })
    }
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The golden sources of the cases whose names begin so, again and again.
fn huge(prefix: &str) -> String {
    let folder = fs::read_dir(corpus().join("golden")).expect("corpus/golden is there");
    let mut cases: Vec<PathBuf> = folder
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|case| case.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix)))
        .map(|case| case.join("source.txt"))
        .filter(|source| source.is_file())
        .collect();
    cases.sort();
    let sources: Vec<String> = cases.iter().map(|source| read(source)).collect();
    let mut text = String::with_capacity(HUGE + HUGE / 16);
    for source in sources.iter().cycle() {
        text.push_str(source);
        text.push('\n');
        if text.len() >= HUGE {
            break;
        }
    }
    text
}

fn rules() -> &'static Rules {
    static RULES: OnceLock<Rules> = OnceLock::new();
    RULES.get_or_init(|| Rules::built_in().expect("the built-in rules compile"))
}

fn cleaner() -> &'static Cleaner {
    static CLEANER: OnceLock<Cleaner> = OnceLock::new();
    CLEANER.get_or_init(|| Cleaner::new(Config::default()).expect("the built-in rules compile"))
}

#[divan::bench(args = DOCUMENTS)]
fn segment(bencher: Bencher<'_, '_>, document: Document) {
    let text = document.text();
    bencher.counter(BytesCount::of_str(text)).bench_local(|| bench::segment(divan::black_box(text)));
}

#[divan::bench(args = DOCUMENTS)]
fn detect(bencher: Bencher<'_, '_>, document: Document) {
    let (rules, text) = (rules(), document.text());
    let segmented = bench::segment(text);
    bencher.counter(BytesCount::of_str(text)).bench_local(|| bench::detect(rules, text, divan::black_box(&segmented)));
}

#[divan::bench(args = DOCUMENTS)]
fn judge(bencher: Bencher<'_, '_>, document: Document) {
    let (text, config) = (document.text(), Config::default());
    let segmented = bench::segment(text);
    let detected = bench::detect(rules(), text, &segmented);
    bencher.counter(BytesCount::of_str(text)).bench_local(|| bench::judge(divan::black_box(&detected), &config));
}

#[divan::bench(args = DOCUMENTS)]
fn whole(bencher: Bencher<'_, '_>, document: Document) {
    let (cleaner, text) = (cleaner(), document.text());
    bencher.counter(BytesCount::of_str(text)).bench_local(|| cleaner.clean_text(divan::black_box(text)));
}

/// What a run pays once.
mod start {
    use super::{Cleaner, Config};

    #[divan::bench(sample_count = 20)]
    fn compile_rules() -> Cleaner {
        Cleaner::new(Config::default()).expect("the built-in rules compile")
    }
}
