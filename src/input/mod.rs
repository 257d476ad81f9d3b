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
//! - `warc` cuts a web archive into its records, of which `window` holds one and `gzip` reads the members;
//!   `http` makes a response a page, and `unpack` undoes what it was encoded in on its way;
//! - `record` turns one line of JSON into a document, `text` decodes a plain text, `charset` a page.
//!
//! A bad record or a damaged file is a document with a reason
//! ([`Content::Unreadable`](crate::document::Content)), never the end of the run.

mod charset;
mod chunk;
mod fields;
mod format;
mod gzip;
mod http;
mod lines;
mod mirror;
mod plan;
mod reader;
mod record;
mod stream;
mod text;
mod unpack;
mod walk;
#[cfg_attr(not(test), expect(dead_code))]
mod warc;
mod window;

pub use chunk::{Chunk, Place};
pub use fields::Fields;
pub use format::Format;
pub use plan::{Inputs, Options};
pub use reader::{Chunks, Documents, Skipped};
pub use stream::{Meter, open_lines};
