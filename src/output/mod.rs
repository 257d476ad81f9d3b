//! Writing: [`Record`](crate::Record)s out to a file, a folder, a device or standard output.
//!
//! ```text
//! Record -> [page] -> Page -> [sink]: [file], [folder] or standard output
//! ```
//!
//! - `target` says what the user's OUT is;
//! - `page` renders a run of records to bytes, in the worker;
//! - `sink` takes the pages in order and only writes bytes;
//! - `file` is a file that is either whole or not there, `folder` the same for an output folder;
//! - `names` gives every body in a folder a safe name;
//! - `summary` counts, and says it in `summary.json`.

mod file;
mod folder;
mod names;
mod page;
mod removals;
mod sink;
mod summary;
mod target;

pub use file::{check_writable, write_whole};
pub use page::{Form, Layout, Origin, Page};
pub use sink::{SideFiles, Sink};
pub use summary::{Count, Fault, Summary};
pub use target::{Compression, Target};
