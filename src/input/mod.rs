//! Reading: files, folders and streams in, [`Document`](crate::Document)s out.
//!
//! ```text
//! paths -> [plan] -> [walk] -> [stream] -> [lines] -> Chunk -> [record], [text], [charset] -> Document
//! ```
//!
//! - `plan` checks what the user named before anything starts, and knows each input's format;
//! - `walk` goes through folders in sorted order;
//! - `stream` opens a file and takes off its compression;
//! - `lines` cuts a stream of JSONL into chunks of whole lines;
//! - `chunk` is the hand-over: bytes that are read but not yet parsed, so that the one reader does
//!   next to nothing and the parsing is done by the workers;
//! - `record` turns one line of JSON into a document, `text` decodes a plain text, `charset` a page;
//! - `parquet` reads a Parquet file batch by batch, `row` turns one row of a batch into a document, by the
//!   rules of `record`, and `cell` is one value of it; `columns` knows which column is what, `depth` keeps
//!   off a footer that would overflow the stack, and `retold` finds a form for what JSON has
//!   none for.
//!
//! A bad record or a damaged file is a document with a reason
//! ([`Content::Unreadable`](crate::document::Content)), never the end of the run.

mod cell;
mod charset;
mod chunk;
mod columns;
mod depth;
mod fields;
mod format;
mod lines;
mod mirror;
#[cfg_attr(not(test), expect(dead_code))]
mod parquet;
mod plan;
mod reader;
mod record;
mod retold;
mod row;
mod stream;
mod text;
mod walk;

pub use chunk::{Chunk, Place};
pub use fields::Fields;
pub use format::Format;
pub use plan::{Inputs, Options};
pub use reader::{Chunks, Documents, Skipped};
pub use stream::{Meter, open_lines};
