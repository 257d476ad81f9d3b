//! Lines that recur across the documents of a site: learned from a dump without any labels, written as a
//! table that a person can read and edit, and used as evidence when documents of the site are cleaned.
//!
//! ```text
//! Document -> [shown] -> Shown (site, lines) -> [count] -> Learner -> [table] -> TSV -> SiteLines
//! ```
//!
//! - `shown` says which lines one document shows, in the form in which they are counted;
//! - `count` counts in how many documents of each site they stand, in bounded memory;
//! - `learn` joins these, and knows which documents do not count;
//! - `table` writes and reads the table.
//!
//! ```
//! use std::path::Path;
//! use cleancopy::sites::{Learner, Shown, SiteLines, Threshold};
//! use cleancopy::{Cleaner, Config, Document};
//! use cleancopy::document::Content;
//!
//! let cleaner = Cleaner::new(Config::default())?;
//! let mut learner = Learner::default();
//! for text in ["A heron was hired.\nDaily Heron", "It flew away.\nDaily Heron", "It is back.\nDaily Heron"] {
//!     let url = Some("https://www.heron.example/news".to_owned());
//!     let document = Document { url, content: Content::Text(text.to_owned()), ..Document::default() };
//!     learner.add(Shown::by(&cleaner, || Ok::<_, cleancopy::Error>(document))?);
//! }
//! let mut table = Vec::new();
//! learner.write(Threshold::default(), "a doctest", &mut table)?;
//! let table = String::from_utf8_lossy(&table);
//! assert!(table.ends_with("site\tdocuments\twith\tshare\tline\nheron.example\t3\t3\t1.000\tdaily heron\n"));
//!
//! let lines = SiteLines::parse(Path::new("site-lines.tsv"), &table)?;
//! let cleaner = Cleaner::new(Config::default().with_site_lines(lines))?;
//! # Ok::<(), cleancopy::Error>(())
//! ```

mod count;
mod learn;
mod shown;
mod table;

pub use learn::{Learner, Tally, Threshold};
pub use shown::Shown;
pub(crate) use shown::{counted, site_of};
pub use table::SiteLines;
pub(crate) use table::{OfSite, Recurrence};
