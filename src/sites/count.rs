//! In how many documents of each site a line stands: counted in one pass, in bounded memory.
//!
//! When there is room for no more, whatever was counted in the fewest documents is dropped, sites and lines
//! alike, a quarter of all at least. What comes back later starts again from nothing, but it is remembered in
//! how many documents it may have stood before: in no more than the most that anything dropped had. So what is
//! counted is never too high, and by how much it may be too low is known.

use rustc_hash::FxHashMap;

/// Lines of sites, with the documents they stand in.
#[derive(Debug)]
pub(super) struct Counts {
    pub(super) sites: FxHashMap<Box<str>, Site>,
    /// How many sites and lines there are together.
    entries: usize,
    most: usize,
    /// Nothing that was dropped had been in more documents than this.
    pub(super) dropped: u32,
}

/// A site.
#[derive(Debug)]
pub(super) struct Site {
    /// Its documents.
    pub(super) documents: Count,
    /// Its lines.
    pub(super) lines: FxHashMap<Box<str>, Count>,
}

/// A number of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Count {
    /// So many were seen.
    pub(super) seen: u32,
    /// So many more may have come before, and been forgotten.
    missed: u32,
}

impl Count {
    /// The most it can be.
    pub(super) fn most(self) -> u32 {
        self.seen.saturating_add(self.missed)
    }
}

impl Counts {
    /// Counts, with room for `most` sites and lines and one document more.
    pub(super) fn new(most: usize) -> Self {
        Self { sites: FxHashMap::default(), entries: 0, most, dropped: 0 }
    }

    /// Counts one document, the lines of which stand there once each.
    pub(super) fn add(&mut self, site: Box<str>, lines: Vec<Box<str>>) {
        let site = self.sites.entry(site).or_insert_with(|| {
            self.entries += 1;
            Site { documents: Count { seen: 0, missed: self.dropped }, lines: FxHashMap::default() }
        });
        // No line was in more documents than its site had.
        let missed = self.dropped.min(site.documents.most());
        site.documents.seen = site.documents.seen.saturating_add(1);
        for line in lines {
            let count = site.lines.entry(line).or_insert_with(|| {
                self.entries += 1;
                Count { seen: 0, missed }
            });
            count.seen = count.seen.saturating_add(1);
        }
        if self.entries > self.most {
            self.drop_the_rarest();
        }
    }

    /// Drops what was in the fewest documents. It hangs on nothing but what was counted.
    fn drop_the_rarest(&mut self) {
        let lines = self.sites.values().flat_map(|site| site.lines.values());
        let mut all: Vec<u32> =
            lines.chain(self.sites.values().map(|site| &site.documents)).map(|c| c.most()).collect();
        let quarter = all.len() / 4;
        let (_, rare, _) = all.select_nth_unstable(quarter);
        let rare = *rare;
        self.dropped = self.dropped.max(rare);
        // A site has at least as many documents as each of its lines, so that it goes after all of them.
        self.sites.retain(|_, site| {
            site.lines.retain(|_, count| count.most() > rare);
            site.documents.most() > rare
        });
        self.entries = self.sites.values().map(|site| 1 + site.lines.len()).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(most: usize, documents: impl IntoIterator<Item = (usize, Vec<String>)>) -> Counts {
        let mut counts = Counts::new(most);
        for (site, lines) in documents {
            counts.add(format!("site{site}").into(), lines.into_iter().map(Into::into).collect());
            assert!(counts.entries <= most, "{} are counted", counts.entries);
        }
        counts
    }

    /// Documents of three sites: a line in all, one in every fourth, and lines that are in no other.
    fn documents() -> impl Iterator<Item = (usize, Vec<String>)> {
        (0..600).map(|n| {
            let mut lines = vec!["always".to_owned(), format!("only {n}"), format!("and {n}")];
            if n / 3 % 4 == 0 {
                lines.push("sometimes".to_owned());
            }
            (n % 3, lines)
        })
    }

    #[test]
    fn with_room_all_is_exact() {
        let counts = counted(10_000, documents());
        assert_eq!((counts.dropped, counts.sites.len(), counts.entries), (0, 3, 3 + 6 + 1200));
        let site = &counts.sites["site1"];
        assert_eq!((site.documents.seen, site.documents.most()), (200, 200));
        assert_eq!((site.lines["always"].seen, site.lines["sometimes"].seen), (200, 50));
    }

    #[test]
    fn without_room_the_rarest_are_dropped() {
        let counts = counted(40, documents());
        assert!(counts.dropped > 0);
        for site in counts.sites.values() {
            assert_eq!(site.documents.seen, 200);
            let always = site.lines["always"];
            assert!(always.seen <= 200 && always.most() >= 200, "{always:?}");
        }
        for (line, count) in counts.sites.values().flat_map(|site| &site.lines) {
            assert!(*line == "always".into() || *line == "sometimes".into() || count.seen == 1, "{line} {count:?}");
        }
    }

    #[test]
    fn a_count_is_never_too_high_and_known_to_be_low() {
        // Sites that come and go, so that whole sites are dropped and come back.
        let documents = |n: usize| (n * 7 % 50, vec!["menu".to_owned(), format!("{}", n % 11), format!("x{n}")]);
        let exact = counted(1_000_000, (0..3000).map(documents));
        let counts = counted(70, (0..3000).map(documents));
        assert!(counts.dropped > 0 && !counts.sites.is_empty());
        for (name, site) in &counts.sites {
            let all = &exact.sites[name];
            let holds = |low: Count, exact: Count| low.seen <= exact.seen && exact.seen <= low.most();
            assert!(holds(site.documents, all.documents), "{name}: {:?} of {:?}", site.documents, all.documents);
            for (line, count) in &site.lines {
                assert!(holds(*count, all.lines[line]), "{name}, {line}: {count:?} of {:?}", all.lines[line]);
            }
        }
        for (name, all) in &exact.sites {
            let dropped = |line: &str| counts.sites.get(name).is_none_or(|site| !site.lines.contains_key(line));
            for (line, count) in all.lines.iter().filter(|(line, _)| dropped(line)) {
                assert!(count.seen <= counts.dropped, "{name}, {line}: {count:?} was dropped");
            }
        }
    }
}
