//! What a page says of itself, and the text that only its scripts hold.
//!
//! `clues` collects what stands in the tree, `metadata` and `title` weigh it, `json_ld` reads the
//! page's structured data. `state` looks for the article in the data of single-page applications:
//! `script` finds JSON in scripts, `flow` makes text of the blocks of editors. `json` reads JSON
//! without copying, `repair` mends what is broken, `fragment` makes text of strings of HTML.

mod clues;
mod flow;
mod fragment;
mod json;
mod json_ld;
mod metadata;
mod repair;
mod script;
mod state;
mod title;

pub(crate) use clues::{metadata, text_in_scripts};
pub(crate) use metadata::Metadata;
