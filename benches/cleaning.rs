//! How fast a document is cleaned, stage by stage.
//!
//! ```text
//! cargo bench                      all of it
//! cargo bench -- whole             one stage
//! cargo bench -- whole/huge        one stage on one document
//! cargo bench -- pages             the stages of pages
//! ```
//!
//! The documents are made of `corpus/`: `brief` is a wire story of two lines, `article` a page of
//! the ordinary size, `huge` the English golden sources one after the other until they make a
//! megabyte, and `mixed` those of all languages: the worst case, since a rule is only tried in
//! documents of its language. The column of interest is the throughput in bytes of text per second.
//! Each stage gets what the one before it made; `whole` is what a caller pays, from the text to the
//! body.
//!
//! Pages are those of `corpus/pages`: `small` and `large` are one of the smallest and of the largest,
//! `all` is each of them in turn. Their throughput is in bytes of HTML and in pages per second. `skim`
//! leaves out what shows no text, `parse` does that and builds the tree, `segment` lays it out, `detect`
//! and `judge` see segments, and `whole` is all of it.
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
use divan::counter::{BytesCount, ItemsCount};

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

/// Pages, from HTML to the body.
mod pages {
    use super::*;

    const PAGES: [Pages; 3] = [Pages::Small, Pages::Large, Pages::All];

    #[derive(Clone, Copy, Debug)]
    enum Pages {
        Small,
        Large,
        All,
    }

    impl fmt::Display for Pages {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(match self {
                Self::Small => "small",
                Self::Large => "large",
                Self::All => "all",
            })
        }
    }

    impl Pages {
        fn html(self) -> &'static [String] {
            static HTML: [OnceLock<Vec<String>>; 3] = [const { OnceLock::new() }; 3];
            let page = |case: &Path| read(&case.join("page.html"));
            HTML[self as usize].get_or_init(|| match self {
                Self::Small => vec![page(&corpus().join("pages/news-brief"))],
                Self::Large => vec![page(&corpus().join("pages/news-tabloid"))],
                Self::All => {
                    let folder = fs::read_dir(corpus().join("pages")).expect("corpus/pages is there");
                    let mut cases: Vec<PathBuf> = folder
                        .map(|entry| entry.expect("a folder entry").path())
                        .filter(|case| case.join("page.html").is_file())
                        .collect();
                    cases.sort();
                    cases.iter().map(|case| page(case)).collect()
                }
            })
        }
    }

    /// Times a stage on each of the pages, for which `made` holds what it gets.
    fn stage<T>(bencher: Bencher<'_, '_>, pages: Pages, made: &[T], run: impl Fn(&T)) {
        let bytes: usize = pages.html().iter().map(String::len).sum();
        bencher
            .counter(BytesCount::new(bytes))
            .counter(ItemsCount::new(made.len()))
            .bench_local(|| made.iter().for_each(|made| run(divan::black_box(made))));
    }

    fn parsed(pages: Pages) -> Vec<bench::Parsed> {
        pages.html().iter().filter_map(|html| bench::parse(html)).collect()
    }

    fn segmented(pages: Pages) -> Vec<(String, bench::Segmented)> {
        parsed(pages).iter().map(bench::segment_page).collect()
    }

    #[divan::bench(args = PAGES)]
    fn skim(bencher: Bencher<'_, '_>, pages: Pages) {
        stage(bencher, pages, pages.html(), |html| {
            divan::black_box(bench::skim_page(html));
        });
    }

    #[divan::bench(args = PAGES)]
    fn parse(bencher: Bencher<'_, '_>, pages: Pages) {
        stage(bencher, pages, pages.html(), |html| {
            divan::black_box(bench::parse(html));
        });
    }

    #[divan::bench(args = PAGES)]
    fn segment(bencher: Bencher<'_, '_>, pages: Pages) {
        stage(bencher, pages, &parsed(pages), |parsed| {
            divan::black_box(bench::segment_page(parsed));
        });
    }

    #[divan::bench(args = PAGES)]
    fn detect(bencher: Bencher<'_, '_>, pages: Pages) {
        let rules = rules();
        stage(bencher, pages, &segmented(pages), |(text, segmented)| {
            divan::black_box(bench::detect(rules, text, segmented));
        });
    }

    #[divan::bench(args = PAGES)]
    fn judge(bencher: Bencher<'_, '_>, pages: Pages) {
        let (segmented, config) = (segmented(pages), Config::default());
        let detected: Vec<_> = segmented.iter().map(|(text, s)| bench::detect(rules(), text, s)).collect();
        stage(bencher, pages, &detected, |detected| {
            divan::black_box(bench::judge(detected, &config));
        });
    }

    #[divan::bench(args = PAGES)]
    fn whole(bencher: Bencher<'_, '_>, pages: Pages) {
        let cleaner = cleaner();
        stage(bencher, pages, pages.html(), |html| {
            divan::black_box(cleaner.clean_html(html, None));
        });
    }
}

/// What a run pays once.
mod start {
    use super::{Cleaner, Config};

    #[divan::bench(sample_count = 20)]
    fn compile_rules() -> Cleaner {
        Cleaner::new(Config::default()).expect("the built-in rules compile")
    }
}
