//! Writing: [`Record`](crate::Record)s out to a file, a folder, a device or standard output.
//!
//! ```text
//! Record -> [page] -> Page -> [sink]: [file], [folder] or standard output
//! ```
//!
//! - `target` says what the user's OUT is;
//! - `page` renders a run of records to bytes, in the worker;
//! - `csv` writes a record as a row, `columns` many as columns, and `parquet` makes a file of these, a row
//!   group at a time;
//! - `sink` takes the pages in order and only writes bytes;
//! - `checkpoint` is what a run leaves that was broken off;
//! - `file` is a file that is either whole or not there, `folder` the same for an output folder;
//! - `names` gives every body in a folder a safe name;
//! - `summary` counts, and says it in `summary.json`.

mod checkpoint;
mod columns;
mod csv;
mod file;
mod folder;
mod names;
mod page;
mod parquet;
mod removals;
mod sink;
mod summary;
mod target;

pub use checkpoint::{Checkpoint, Settings, content_hash};
pub(crate) use columns::{Columns, ExtraColumn};
pub use file::{check_writable, write_whole};
pub use page::{Form, Layout, Page};
pub use sink::{Left, SideFiles, Sink};
pub use summary::{Count, Fault, Summary};
pub use target::{Compression, Target};
