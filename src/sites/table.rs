//! The table of the lines of sites: tab-separated, for people to read and edit, and checked when it is read.

use std::borrow::Borrow;
use std::fmt;
use std::io::{self, Write};
use std::path::Path;

use rustc_hash::FxHashMap;

use super::learn::Threshold;
use super::shown::{form, site_name};
use crate::Error;
use crate::input::open_lines;
use crate::text::fold;

/// The names of the columns.
const COLUMNS: &str = "site\tdocuments\twith\tshare\tline";

/// A line that recurs in its site.
#[derive(Debug)]
pub(super) struct Row<'r> {
    pub(super) site: &'r str,
    /// The documents of the site.
    pub(super) documents: u32,
    /// Those that have the line.
    pub(super) with: u32,
    pub(super) line: &'r str,
}

impl Row<'_> {
    pub(super) fn share(&self) -> f32 {
        (f64::from(self.with) / f64::from(self.documents.max(1))) as f32
    }
}

/// Writes what stands above the rows.
pub(super) fn head(out: &mut impl Write, command: &str, least: Threshold, dropped: u32) -> io::Result<()> {
    let command: String = command.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    writeln!(
        out,
        "# Lines that recur across the documents of a site, for `cleancopy clean --site-lines`.\n\
         # Made by: {command}\n\
         #\n\
         # site       the host of the documents' address without `www.`, or what the site field says\n\
         # documents  how many documents of the site were read\n\
         # with       how many of them have the line\n\
         # share      with / documents\n\
         # line       in lower case, with # for every number\n\
         #\n\
         # A line of the table is evidence that the line is not body, the stronger the higher `share` and `with`.\n\
         # Delete the rows of lines that are body. Not in the table, and not cut for\n\
         # recurring: sentences, lines without a letter, and numbers behind a colon (`memory: # gb`).\n\
         # Lines that begin with # are comments."
    )?;
    if dropped > 0 {
        let least = dropped.saturating_add(least.documents);
        writeln!(
            out,
            "#\n\
             # There were more lines than are counted at a time, so the rarest were dropped on the way: `with` may be\n\
             # up to {dropped} too low, and lines in fewer than {least} documents may be missing."
        )?;
    }
    writeln!(out, "{COLUMNS}")
}

/// Writes a row.
pub(super) fn row(out: &mut impl Write, row: &Row<'_>) -> io::Result<()> {
    let Row { site, documents, with, line } = row;
    writeln!(out, "{site}\t{documents}\t{with}\t{:.3}\t{line}", row.share())
}

/// A table of lines that recur in their sites, ready for a [`Config`](crate::Config).
#[derive(Clone, Default)]
pub struct SiteLines {
    sites: FxHashMap<Box<str>, OfSite>,
}

/// The lines of one site.
#[derive(Clone, Default)]
pub(crate) struct OfSite {
    lines: FxHashMap<Box<str>, Recurrence>,
}

/// How often a line recurs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Recurrence {
    /// The documents that have it.
    pub(crate) with: u32,
    /// The share of the site's documents that these are, from 0 to 1.
    pub(crate) share: f32,
}

impl fmt::Debug for SiteLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SiteLines").field("sites", &self.sites.len()).finish_non_exhaustive()
    }
}

impl SiteLines {
    /// Reads a table; it may be compressed, and `-` is standard input.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be read, [`Error::Usage`] with file and line if a line is no row.
    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::collect(path, open_lines(path)?)
    }

    /// Reads a table from its text; `path` is what messages call it.
    ///
    /// # Errors
    /// [`Error::Usage`] with file and line if a line is no row.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        Self::collect(path, lines.map(|(at, line)| Ok((at as u64 + 1, line.as_bytes()))))
    }

    fn collect<L: Borrow<[u8]>>(
        path: &Path,
        lines: impl Iterator<Item = Result<(u64, L), Error>>,
    ) -> Result<Self, Error> {
        let mut table = Self::default();
        let mut is_headed = false;
        for line in lines {
            let (number, line) = line?;
            let bad = |why: &str| Error::Usage(format!("{}: line {number}: {why}", path.display()));
            let line = std::str::from_utf8(line.borrow()).map_err(|_| bad("not UTF-8"))?;
            let line = line.trim_end_matches(['\r', '\n']);
            let line = if number == 1 { line.trim_start_matches('\u{feff}') } else { line };
            if line.starts_with('#') {
                continue;
            }
            if !is_headed {
                if line != COLUMNS {
                    return Err(bad(&format!("no table of site lines: the columns must be {}", in_words(COLUMNS))));
                }
                is_headed = true;
                continue;
            }
            table.add(line).map_err(|why| bad(&why))?;
        }
        if !is_headed {
            let why = format!("no table of site lines: the columns must be {}", in_words(COLUMNS));
            return Err(Error::Usage(format!("{}: {why}", path.display())));
        }
        Ok(table)
    }

    /// Adds a row, or says what is wrong with it.
    fn add(&mut self, row: &str) -> Result<(), String> {
        let fields: Vec<_> = row.split('\t').collect();
        let [site, documents, with, share, line] = fields[..] else {
            return Err(format!("{} columns where {} are asked for", fields.len(), COLUMNS.split('\t').count()));
        };
        let number = |name: &str, text: &str| {
            let number = text.trim().parse::<u32>().ok().filter(|number| *number > 0);
            number.ok_or_else(|| format!("`{name}` is {text:?}, not a number of documents"))
        };
        let (documents, with) = (number("documents", documents)?, number("with", with)?);
        if with > documents {
            return Err(format!("`with` is {with}, and the site has {documents} documents"));
        }
        let share = share.trim().parse().ok().filter(|share| (0.0..=1.0).contains(share));
        let share = share.ok_or_else(|| format!("`share` is {:?}, not a number from 0 to 1", fields[3]))?;
        let site = site_name(site).ok_or("`site` is empty")?;
        let mut folded = String::new();
        // Whoever adds a line need not know how it is folded.
        fold(line, &mut folded);
        let line = form(&folded).ok_or("`line` has no letter, or a number behind a colon, and is never counted")?;
        let lines = &mut self.sites.entry(site.into()).or_default().lines;
        match lines.insert(line.as_ref().into(), Recurrence { with, share }) {
            None => Ok(()),
            Some(_) => Err(format!("the site has the line {line:?} already")),
        }
    }

    /// The lines of a site, if any are known.
    pub(crate) fn of(&self, site: &str) -> Option<&OfSite> {
        self.sites.get(site)
    }
}

impl OfSite {
    /// How often a line, in the form in which it is counted, recurs in the site.
    pub(crate) fn get(&self, line: &str) -> Option<Recurrence> {
        self.lines.get(line).copied()
    }
}

fn in_words(columns: &str) -> String {
    columns.replace('\t', ", ") + ", with tabs between them"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SiteLines, String> {
        SiteLines::parse(Path::new("t.tsv"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_written_can_be_read() {
        let mut out = Vec::new();
        head(&mut out, "learn\n\tx", Threshold::default(), 7).expect("memory");
        for line in ["home", "# comments", "\"quoted\" - and so on"] {
            row(&mut out, &Row { site: "nyby.example", documents: 8, with: 3, line }).expect("memory");
        }
        let text = String::from_utf8(out).expect("UTF-8");
        assert!(text.contains("learn\u{fffd}\u{fffd}x") && text.contains("up to 7 too low"), "{text}");
        let table = parse(&text).expect("a table");
        let lines = table.of("nyby.example").expect("the site");
        assert_eq!(lines.lines.len(), 3);
        assert_eq!(lines.get("# comments"), Some(Recurrence { with: 3, share: 0.375 }));
        assert!(lines.get("away").is_none() && table.of("www.nyby.example").is_none());
    }

    #[test]
    fn edited_tables_are_understood() {
        let text = format!("\u{feff}# mine\r\n\r\n{COLUMNS}\r\nWWW.Nyby.example\t8\t 8 \t1\t 12  Comments…\r\n");
        let table = parse(&text).expect("a table");
        let recurrence = table.of("nyby.example").and_then(|lines| lines.get("# comments..."));
        assert_eq!(recurrence, Some(Recurrence { with: 8, share: 1.0 }));
        assert!(parse(COLUMNS).expect("an empty table").sites.is_empty());
    }

    #[test]
    fn a_bad_line_is_named() {
        let good = "a.example\t3\t3\t1\thome";
        for (row, why) in [
            ("a.example\t3\t3\t1", "line 4: 4 columns where 5"),
            ("a.example\t3\t3\t1\ta\tb", "line 4: 6 columns"),
            ("a.example\tx\t3\t1\ta", "line 4: `documents` is \"x\""),
            ("a.example\t3\t0\t1\ta", "line 4: `with` is \"0\""),
            ("a.example\t3\t4\t1\ta", "line 4: `with` is 4, and the site has 3"),
            ("a.example\t3\t3\t1.5\ta", "line 4: `share` is \"1.5\""),
            ("a.example\t3\t3\tNaN\ta", "line 4: `share`"),
            (" \t3\t3\t1\ta", "line 4: `site` is empty"),
            ("a.example\t3\t3\t1\t12.30", "line 4: `line` has no letter"),
            ("a.example\t3\t3\t1\tHOME", "line 4: the site has the line \"home\" already"),
        ] {
            let error = parse(&format!("# c\n{COLUMNS}\n{good}\n{row}\n")).expect_err(row);
            assert!(error.starts_with("t.tsv: ") && error.contains(why), "{row}: {error}");
        }
        for text in ["", "# only comments\n", "a.example\t3\t3\t1\thome\n", "{\"id\": 1}\n"] {
            let error = parse(text).expect_err(text);
            assert!(error.contains("no table of site lines"), "{text}: {error}");
        }
    }
}
