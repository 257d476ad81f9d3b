//! Scraped articles in, clean copy out, and a report of everything that was cut.
#![forbid(unsafe_code)]

pub mod document;
pub mod input;
pub mod output;
pub mod record;
pub mod restore;
pub mod rules;

pub mod batch;
mod body;
mod clean;
mod config;
mod detect;
mod error;
mod judge;
mod kind;
mod segment;
mod text;

pub use batch::{Batch, clean_all};
pub use clean::{Cleaned, Cleaner, Explained, Removal};
pub use config::{Config, Mode};
pub use document::Document;
pub use error::Error;
pub use kind::{Kind, KindSet};
pub use record::{Record, Status};
