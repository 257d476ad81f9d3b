//! Writing: [`Record`](crate::Record)s out to a file, a folder, a device or standard output.
//!
//! ```text
//! Record -> [page] -> Page -> [sink]: [file], [folder] or standard output
//! ```
//!
//! - `target` says what the user's OUT is;
//! - `page` renders a run of records to bytes, in the worker;
//! - `diff` writes the cuts of a record as a unified diff;
//! - `csv` writes a record as a row, `columns` many as columns, and `parquet` makes a file of these, a row
//!   group at a time;
//! - `sink` takes the pages in order and only writes bytes;
//! - `checkpoint` is what a run leaves that was broken off, `whole` tells whether there is nothing to go on with;
//! - `file` is a file that is either whole or not there, `folder` the same for an output folder;
//! - `names` gives every body in a folder a safe name;
//! - `summary` counts, and says it in `summary.json`; `words` writes numbers and names for people.

mod checkpoint;
mod columns;
mod csv;
mod diff;
mod file;
mod folder;
mod names;
mod page;
mod parquet;
mod removals;
mod sink;
mod summary;
mod target;
mod whole;
mod words;

pub use checkpoint::{Checkpoint, Settings, content_hash};
pub(crate) use columns::{Columns, ExtraColumn};
pub use file::{check_writable, write_whole};
pub use folder::is_of_folder;
pub(crate) use names::{safe as safe_name, text_stem};
pub use page::{Form, Layout, Page};
pub use sink::{Left, SideFiles, Sink};
pub use summary::{Count, Fault, MOST_CUT, MostCut, Summary, Totals};
pub use target::{Compression, Target};
pub(crate) use words::is_obeyed;
pub use words::{one_line, thousands};
