//! Scraped articles in, clean copy out, and a report of everything that was cut.
//!
//! Pages and text dumps of news articles and posts hold more than the article: menus, ad markers, photo
//! captions and credits, source lines, author biographies, share buttons, teasers. This crate finds those lines,
//! cuts them, and names each cut: where, what kind, by which rule, how sure. What is kept and what
//! was cut give back every visible character of the source.
//!
//! # The cast
//!
//! - [`Cleaner`] does the work. It compiles the rules once, is made with a [`Config`], and can be
//!   shared between threads.
//! - [`Cleaned`] is what it returns: the body, and a [`Removal`] for each cut, of one [`Kind`].
//! - [`Document`] and [`Record`] are the same with all that files hold beside the text: ids,
//!   addresses, fields that are passed through. [`clean_all`] takes many on many cores.
//! - [`input`] reads documents from files and folders, [`output`] writes records and summaries, and
//!   [`restore`] gives back the source from a record; [`eval`] scores records against references.
//! - [`report`] makes of records and counts a page for people to look at.
//! - [`table`] cleans tables of Arrow, rows in and rows out, without any file.
//! - [`sites`] learns the lines that recur across a site, and [`Config::with_site_lines`] takes them as evidence.
//! - [`rules::RuleFile`] is a table of rules, of the built-in ones or of your own.
//!
//! # A tour
//!
//! ```
//! use cleancopy::{Cleaner, Config, Kind};
//!
//! let cleaner = Cleaner::new(Config::default())?;
//! let text = "\
//! The airport at Nyby has engaged a heron to keep gulls off its southern runway, it said on Monday.
//! Advertisement
//! The bird works from six until ten, and it takes no holidays, according to the airport.
//! ";
//! let cleaned = cleaner.clean_text(text);
//!
//! // The body: what is kept, as paragraphs.
//! assert_eq!(
//!     cleaned.body(),
//!     "The airport at Nyby has engaged a heron to keep gulls off its southern runway, it said on Monday.\n\n\
//!      The bird works from six until ten, and it takes no holidays, according to the airport."
//! );
//!
//! // The report: every cut, with its place in the source.
//! let [removal] = cleaned.removals() else { panic!("one cut") };
//! assert_eq!(&text[removal.span.clone()], "Advertisement");
//! assert_eq!((removal.kind, &*removal.rule), (Kind::Ad, "ad.marker.en"));
//! assert!(removal.confidence > 0.9);
//! # Ok::<(), cleancopy::Error>(())
//! ```
//!
//! A page goes in by [`Cleaner::clean_html`]. Its source text is what a reader would see of it, one
//! block a line:
//!
//! ```
//! use cleancopy::{Cleaner, Config};
//!
//! let cleaner = Cleaner::new(Config::default())?;
//! let page = "<title>Heron hired | Nyby Courier</title><nav><a href=/>Home</a></nav><h1>Heron hired</h1>
//!     <p>The airport at Nyby has engaged a heron to keep gulls off its southern runway, it said on Monday.
//!     <p>The bird works from six until ten, and it takes no holidays, according to the airport.
//!     <aside class=related>More news</aside>";
//! let cleaned = cleaner.clean_html(page, Some("https://courier.example/heron"));
//! assert_eq!(cleaned.title(), Some("Heron hired"));
//! assert!(cleaned.body().starts_with("The airport at Nyby") && cleaned.body().ends_with("the airport."));
//! assert!(cleaned.source().starts_with("Home\nHeron hired\nThe airport"));
//! # Ok::<(), cleancopy::Error>(())
//! ```
//!
//! How sure is sure enough is a matter of the [`Mode`]; single kinds are kept by
//! [`Config::with_keep`], and rules of one's own come in by [`Config::with_rules`]:
//!
//! ```
//! use std::path::Path;
//! use cleancopy::rules::RuleFile;
//! use cleancopy::{Cleaner, Config, Kind, Mode};
//!
//! let mine = RuleFile::parse(Path::new("mine.toml"), r#"
//!     [[rule]]
//!     id = "promo.app"
//!     kind = "promo"
//!     scope = "line"
//!     phrases = ["get the paper in your pocket"]
//! "#)?;
//! let config = Config::default().with_mode(Mode::Precise).with_keep([Kind::Caption]).with_rules(mine);
//! let cleaner = Cleaner::new(config)?;
//! let cleaned = cleaner.clean_text("A bird was hired.\nGet the paper in your pocket!\nIt flew away.\n");
//! assert_eq!(cleaned.body(), "A bird was hired.\n\nIt flew away.");
//! # Ok::<(), cleancopy::Error>(())
//! ```
//!
//! # How a document goes through
//!
//! ```text
//! page -> tree -> blocks ┐
//! text -> lines ---------┴> segments -> findings (rules and detectors) -> verdicts (one judge) -> cuts -> body
//! ```
//!
//! Rules are data and detectors are code; both only find. The judge alone decides: what a rule is sure of
//! stands, of the rest a learned [`Model`] says how likely it is no body, and guards hold back what would
//! cost body text. Nothing is remembered from one document to the next.
#![forbid(unsafe_code)]

/// The command line is written against what other crates see of this one.
extern crate self as cleancopy;

pub mod document;
pub mod eval;
pub mod input;
pub mod output;
pub mod record;
pub mod report;
pub mod restore;
pub mod rules;
pub mod sites;
pub mod table;

pub mod batch;
#[doc(hidden)]
pub mod bench;
mod body;
mod clean;
#[doc(hidden)]
pub mod cli;
mod config;
mod detect;
mod error;
mod features;
mod html;
mod judge;
mod kind;
mod model;
mod segment;
mod text;
#[doc(hidden)]
pub mod train;

pub use batch::{Batch, clean_all};
pub use clean::{Cleaned, Cleaner, Explained, Removal};
pub use config::{Config, Mode};
pub use document::Document;
pub use error::Error;
pub use judge::{Spoke, Weight, Why};
pub use kind::{Kind, KindSet};
pub use model::Model;
pub use record::{Record, Status};

/// The README's example is tested with the others.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
