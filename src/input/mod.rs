//! Reading: files, folders and streams in, [`Document`](crate::Document)s out.
//!
//! ```text
//! paths -> [plan] -> [walk] -> [source]: [jsonl], [csv], [archive], [tar] or [file] -> Chunk -> Document
//! ```
//!
//! - `plan` checks what the user named before anything starts, and knows each input's format;
//! - `walk` goes through folders in sorted order;
//! - `stream` opens a file and takes off its compression;
//! - `source` opens a file of records, at its beginning or where a `cursor` says that an earlier run has left it;
//! - `jsonl`, `csv`, `table` (Parquet), `archive` (of web pages) and `tar` are the formats of such files, `file` is a text or page alone;
//! - `lines` cuts a stream into chunks of whole lines, or of whole rows;
//! - `chunk` is the hand-over: bytes that are read but not yet parsed, so that the one reader does
//!   next to nothing and the parsing is done by the workers;
//! - `warc` cuts a web archive into its records, of which `window` holds one and `gzip` reads the members;
//!   `http` makes a response a page, and `unpack` undoes what it was encoded in on its way;
//! - `record` turns one line of JSON into a document, `text` decodes a plain text, `charset` a page;
//! - `parquet` reads a Parquet file batch by batch, `row` turns one row of a batch into a document, by the
//!   rules of `record`, `pages` keeps off pages that are too large to be held, and `cell` is one value of it; `columns` knows which column is what, `depth` keeps
//!   off a footer that would overflow the stack, and `retold` finds a form for what JSON has
//!   none for.
//!
//! A bad record or a damaged file is a document with a reason
//! ([`Content::Unreadable`](crate::document::Content)), never the end of the run.

mod archive;
mod cell;
mod charset;
mod chunk;
mod columns;
mod csv;
mod cursor;
mod depth;
mod fields;
mod file;
mod format;
mod gzip;
mod http;
mod jsonl;
mod lines;
mod mirror;
mod pages;
mod parquet;
mod plan;
mod reader;
mod record;
mod retold;
mod row;
mod source;
mod stream;
mod table;
mod tar;
mod text;
mod unpack;
mod walk;
mod warc;
mod window;

pub(crate) use charset::decode as decode_page;
pub use chunk::{Chunk, Origin, Place};
pub(crate) use columns::{always_used, needed};
pub use cursor::Cursor;
pub use fields::Fields;
pub(crate) use format::COMPRESSED;
pub use format::Format;
pub(crate) use parquet::{ROWS as ROWS_OF_BATCH, share};
pub use plan::{Inputs, Options};
pub use reader::{Chunks, Documents, Skipped};
pub(crate) use row::{document as document_of_row, has_content, has_named};
pub(crate) use stream::decompressed;
pub use stream::{Meter, open_lines};
pub use table::Typed;
