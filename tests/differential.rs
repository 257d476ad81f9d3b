//! Our parser against the reference: the text of a page must not depend on the shortcuts.
//!
//! The pages of `corpus/pages` are tried with every run. The development pages, found as
//! `tests/quality.rs` finds them, are tried on demand:
//!
//! ```text
//! cargo test --release --test differential -- --ignored --nocapture
//! ```

#![allow(clippy::print_stdout, reason = "the count is what it is run for")]

use std::env;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use cleancopy::bench::blocks_by_both;
use serde::Deserialize;

/// How a page differs, if it does: its first line that is not the same, or stands elsewhere.
fn difference(html: &str) -> Option<String> {
    let Some([ours, reference]) = blocks_by_both(html) else { return Some("given up".to_owned()) };
    let same = ours.iter().zip(&reference).take_while(|(a, b)| a == b).count();
    if same == ours.len() && same == reference.len() {
        return None;
    }
    let (ours, reference) = (ours.get(same), reference.get(same));
    let text = |block: Option<&(String, String)>| block.map(|(text, _)| text.clone());
    Some(if text(ours) == text(reference) {
        let place = |block: Option<&(String, String)>| block.map(|(_, place)| place.clone()).unwrap_or_default();
        format!("place of line {same}:\n  ours      {}\n  reference {}", place(ours), place(reference))
    } else {
        format!("line {same}:\n  ours      {:?}\n  reference {:?}", text(ours), text(reference))
    })
}

#[test]
fn corpus_pages_have_the_text_of_the_reference() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/pages");
    let mut cases: Vec<PathBuf> =
        fs::read_dir(folder).expect("corpus/pages is there").map(|entry| entry.expect("an entry").path()).collect();
    cases.sort();
    let mut faults = String::new();
    for case in &cases {
        let page = String::from_utf8_lossy(&fs::read(case.join("page.html")).expect("page.html")).into_owned();
        if let Some(difference) = difference(&page) {
            let _ = writeln!(faults, "{}: {difference}", case.display());
        }
    }
    assert!(cases.len() >= 60, "only {} pages were found", cases.len());
    assert!(faults.is_empty(), "{faults}");
}

#[derive(Deserialize)]
struct Page {
    id: String,
    html: String,
}

/// The folder of the development pages, if it is there.
fn data() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = env::var_os("CLEANCOPY_DATA").map_or_else(beside, PathBuf::from);
    folder.is_dir().then_some(folder)
}

#[test]
#[ignore = "slow without --release, and needs the development pages"]
fn development_pages_have_the_text_of_the_reference() {
    let Some(data) = data() else {
        println!("no development pages here: nothing was compared");
        return;
    };
    let mut differing = 0;
    for set in ["pages-dev", "segments-dev"] {
        let file = File::open(data.join(format!("{set}.jsonl.zst"))).expect("the pages");
        let lines = BufReader::new(zstd::Decoder::new(file).expect("zstd")).lines();
        let (mut all, mut unlike) = (0, 0);
        for line in lines {
            let page: Page = serde_json::from_str(&line.expect("a line")).expect("a page");
            all += 1;
            if let Some(difference) = difference(&page.html) {
                unlike += 1;
                println!("{set} {}: {difference}", page.id);
            }
        }
        println!("{set}: {unlike} of {all} pages differ");
        differing += unlike;
    }
    assert_eq!(differing, 0, "{differing} pages differ");
}
