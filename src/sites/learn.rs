//! Learns the lines of sites from documents, and says which are worth a place in the table.

use std::io::Write;

use rustc_hash::FxHashSet;

use super::count::Counts;
use super::shown::{Lines, Shown, Why};
use super::table::{self, Row};
use crate::Error;

/// The most sites and lines that are counted at a time; with their names some 150 MB.
const MOST: usize = 1 << 20;

/// The most documents that are remembered, so that a second copy is known.
const REMEMBERED: usize = 1 << 20;

/// How often a line must recur to be written.
#[derive(Clone, Copy, Debug)]
pub struct Threshold {
    /// In at least so many documents of a site. Default: 3. Two may be two parts of one article, or one that
    /// was fetched twice.
    pub documents: u32,
    /// In at least this share of the documents of a site, from 0 to 1. Default: 0.05. What stands in fewer is
    /// mostly chance in a large site (a name, a place, a phrase of headings); in a site of up to 60 documents
    /// the least number asks for more than that anyway.
    pub share: f32,
}

impl Default for Threshold {
    fn default() -> Self {
        Self { documents: 3, share: 0.05 }
    }
}

/// What became of the documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All documents.
    pub documents: u64,
    /// Those whose lines were counted.
    pub counted: u64,
    /// Those that cannot be read.
    pub unreadable: u64,
    /// Those that belong to no known site.
    pub without_site: u64,
    /// Those larger or costlier than the budget of a document.
    pub over_limit: u64,
    /// Those with the very text of another document of the site.
    pub copies: u64,
}

/// Counts the lines of sites, document by document. What it comes to hangs on the documents and their order
/// alone, and memory is bounded.
#[derive(Debug)]
pub struct Learner {
    counts: Counts,
    /// Fingerprints of texts.
    known: FxHashSet<u64>,
    tally: Tally,
}

impl Default for Learner {
    fn default() -> Self {
        Self::with_room(MOST)
    }
}

impl Learner {
    /// One that counts so many sites and lines at a time at most. When there are more, the rarest are dropped.
    #[must_use]
    pub fn with_room(most: usize) -> Self {
        Self { counts: Counts::new(most), known: FxHashSet::default(), tally: Tally::default() }
    }

    /// Counts what a document shows. The second copy of a text does not count: all of it would recur.
    pub fn add(&mut self, shown: Shown) {
        self.tally.documents += 1;
        match shown.content {
            Err(Why::Unreadable(_)) => self.tally.unreadable += 1,
            Err(Why::NoSite) => self.tally.without_site += 1,
            Err(Why::OverLimit) => self.tally.over_limit += 1,
            Ok(Lines { site, lines, fingerprint }) => {
                if self.known.len() >= REMEMBERED {
                    self.known.clear();
                }
                if self.known.insert(fingerprint) {
                    self.tally.counted += 1;
                    self.counts.add(site, lines);
                } else {
                    self.tally.copies += 1;
                }
            }
        }
    }

    /// What became of the documents so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// How many sites are known.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.counts.sites.len()
    }

    /// Writes the table of the lines that recur often enough, and says how many they are. `command` is what
    /// made it, for whoever reads it.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write(&self, least: Threshold, command: &str, out: &mut impl Write) -> Result<u64, Error> {
        let mut sites: Vec<_> = self.counts.sites.iter().collect();
        sites.sort_unstable_by_key(|(name, _)| *name);
        let failed = |cause| Error::io("cannot write", "the table", cause);
        table::head(out, command, least, self.counts.dropped).map_err(failed)?;
        let mut written = 0;
        for (site, counts) in sites {
            // The site may have had more documents than were counted, so the share is the least it can be.
            let documents = counts.documents.most();
            let rows = counts.lines.iter().map(|(line, count)| Row { site, documents, with: count.seen, line });
            let mut rows: Vec<_> =
                rows.filter(|row| row.with >= least.documents && row.share() >= least.share).collect();
            rows.sort_unstable_by(|a, b| b.with.cmp(&a.with).then_with(|| a.line.cmp(b.line)));
            for row in rows {
                table::row(out, &row).map_err(failed)?;
                written += 1;
            }
        }
        Ok(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(site: &str, lines: &[&str], fingerprint: u64) -> Shown {
        let lines = lines.iter().map(|line| (*line).into()).collect();
        Shown { content: Ok(Lines { site: site.into(), lines, fingerprint }) }
    }

    fn rows(learner: &Learner, least: Threshold) -> Vec<String> {
        let mut out = Vec::new();
        let count = learner.write(least, "a test", &mut out).expect("memory");
        let text = String::from_utf8(out).expect("UTF-8");
        let rows: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).skip(1).map(str::to_owned).collect();
        assert_eq!(rows.len() as u64, count);
        rows
    }

    #[test]
    fn rows_are_sorted_and_rare_lines_left_out() {
        let mut learner = Learner::default();
        for n in 0..4 {
            let lines = ["home", if n < 3 { "about" } else { "a" }, if n > 0 { "news" } else { "b" }];
            learner.add(shown("b.example", &lines, n));
        }
        for n in 4..7 {
            learner.add(shown("a.example", &["home"], n));
        }
        learner.add(shown("a.example", &["home"], 5));
        learner.add(Shown { content: Err(Why::NoSite) });
        assert_eq!(
            rows(&learner, Threshold::default()),
            [
                "a.example\t3\t3\t1.000\thome",
                "b.example\t4\t4\t1.000\thome",
                "b.example\t4\t3\t0.750\tabout",
                "b.example\t4\t3\t0.750\tnews",
            ]
        );
        assert_eq!(rows(&learner, Threshold { documents: 1, share: 0.9 }).len(), 2);
        assert_eq!(rows(&learner, Threshold { documents: 4, share: 0.0 }).len(), 1);
        let tally = Tally { documents: 9, counted: 7, without_site: 1, copies: 1, ..Tally::default() };
        assert_eq!((learner.tally(), learner.sites()), (tally, 2));
    }

    #[test]
    fn the_table_says_if_lines_were_dropped() {
        let table = |room| {
            let mut learner = Learner::with_room(room);
            for n in 0..50 {
                let own = format!("only {n}");
                learner.add(shown("a.example", &["home", &own], n));
            }
            let mut out = Vec::new();
            learner.write(Threshold::default(), "a test", &mut out).expect("memory");
            String::from_utf8(out).expect("UTF-8")
        };
        let (whole, tiny) = (table(1000), table(10));
        assert!(!whole.contains("more lines than") && whole.ends_with("a.example\t50\t50\t1.000\thome\n"), "{whole}");
        assert!(tiny.contains("more lines than") && tiny.ends_with("\thome\n"), "{tiny}");
    }
}
