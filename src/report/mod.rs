//! `report.html`: what a run cut, for people to look at.
//!
//! ```text
//! Record -> [excerpt] -> Shown -> [sample] -> Sample + Summary -> [page] -> one HTML file
//! ```
//!
//! - `excerpt` makes of a record what is shown of it: its source text, kept and cut, shortened if it is long;
//! - `sample` keeps examples of a run, so many that every kind, rule and status is seen and so few that the
//!   report stays small, however large the run;
//! - `page` writes the report, `plot` its plots, and `markup` everything that came from a document, as text and
//!   nothing else.
//!
//! The report is one file that loads nothing and sends nothing: its policy forbids all but its own script and
//! style. Everything can be read without the script, which adds filters, search and the copying of rules.
//! It depends on nothing but the records, their order, and, where there is more than it can show, the parts that the
//! run's work was divided into, on which the input alone decides.

mod excerpt;
mod markup;
mod page;
mod plot;
mod sample;

pub use page::html;
pub use sample::{Sample, Shared};
