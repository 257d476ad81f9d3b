//! What goes out: one record a document.

use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};
use serde_json::value::RawValue;

use crate::Kind;

/// How cleaning one document ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Cleaned; something was cut.
    Ok,
    /// There was nothing to cut.
    Unchanged,
    /// There was no visible text.
    Empty,
    /// There is no main text at all. The body is the source text, nothing is removed.
    NotArticle,
    /// The evidence is too weak to cut. The body is the source text, nothing is removed.
    Suspect,
    /// Larger or costlier than the budget of a document; passed through uncut.
    OverLimit,
    /// Unreadable. The body is empty.
    Error,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 7] =
        [Self::Ok, Self::Unchanged, Self::Empty, Self::NotArticle, Self::Suspect, Self::OverLimit, Self::Error];

    /// The name that stands in the output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unchanged => "unchanged",
            Self::Empty => "empty",
            Self::NotArticle => "not_article",
            Self::Suspect => "suspect",
            Self::OverLimit => "over_limit",
            Self::Error => "error",
        }
    }
}

/// One cut, as it is written out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemovedSpan {
    /// First byte of the cut in the UTF-8 source text.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
    /// The id of the rule that decided.
    pub rule: String,
    /// How sure the judge is, from 0 to 1.
    pub confidence: f64,
    /// The text that was cut.
    #[serde(default)]
    pub text: String,
    /// The byte of the body before which it stood; with it, body and cuts give back the source.
    #[serde(default)]
    pub body_at: Option<usize>,
}

/// Counts for one document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Characters (Unicode scalar values) of the source text.
    pub chars_in: usize,
    /// Characters of the body.
    pub chars_body: usize,
    /// Segments (lines, paragraphs, pieces of lines) that were kept.
    pub segments_kept: usize,
    /// Segments that were removed.
    pub segments_removed: usize,
    /// The encoding the text was decoded from, where that had to be found out.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub encoding: Option<String>,
    /// Where the source text of a page stood that shows none itself: `json_ld` or `app_state`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text_from: Option<String>,
}

/// One output record, with the fields of the contract in their order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// The document's id.
    pub id: String,
    /// The file it came from.
    #[serde(default)]
    pub source: String,
    /// Its address, or null.
    #[serde(default)]
    pub url: Option<String>,
    /// The headline, or null.
    #[serde(default)]
    pub title: Option<String>,
    /// The author line, or null.
    #[serde(default)]
    pub byline: Option<String>,
    /// The publication date as it was written, or null.
    #[serde(default)]
    pub date: Option<String>,
    /// The language, or null.
    #[serde(default)]
    pub lang: Option<String>,
    /// How it ended.
    pub status: Status,
    /// Why it is unreadable; only with [`Status::Error`].
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
    /// The clean body: paragraphs joined by one blank line.
    pub body: String,
    /// Every cut, in order.
    pub removed: Vec<RemovedSpan>,
    /// Counts.
    #[serde(default)]
    pub stats: Stats,
    /// The source text, where it was asked for (`--emit-text`).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<String>,
    /// The input record's fields that are not used, untouched.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "extra_as_object", skip_deserializing)]
    pub extra: Vec<(String, Box<RawValue>)>,
}

impl Record {
    /// The record of a document that could not be read: which, its file, and why.
    #[must_use]
    pub fn unreadable(id: String, source: String, error: String) -> Self {
        Self {
            id,
            source,
            url: None,
            title: None,
            byline: None,
            date: None,
            lang: None,
            status: Status::Error,
            error: Some(error),
            body: String::new(),
            removed: Vec::new(),
            stats: Stats::default(),
            text: None,
            extra: Vec::new(),
        }
    }
}

fn extra_as_object<S: Serializer>(extra: &[(String, Box<RawValue>)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(extra.len()))?;
    for (key, value) in extra {
        map.serialize_entry(key, value)?;
    }
    map.end()
}
