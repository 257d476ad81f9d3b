//! What comes in: one document, whatever it was read from.

use serde_json::value::RawValue;

use crate::input::decode_page;

/// One document as the input gave it.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The record's own id as a string, else `path#n`, else the path.
    pub id: String,
    /// The file it was read from, as the user named it.
    pub source: String,
    /// Its address, where the record has one.
    pub url: Option<String>,
    /// What the record says of the article beside its text.
    pub hints: Hints,
    /// The text or page, or why there is none.
    pub content: Content,
    /// The character encoding the text was decoded from, where that had to be found out.
    pub encoding: Option<&'static str>,
    /// The input record's fields that are not used, in their order, as they came. Fields that
    /// only serve as evidence (`title`, `author`, `date`) stay here too.
    pub extra: Vec<(String, Box<RawValue>)>,
}

impl Document {
    /// About how many bytes it takes.
    #[must_use]
    pub fn weight(&self) -> usize {
        match &self.content {
            Content::Text(text) | Content::Html(text) => text.len(),
            Content::Unreadable(_) => 0,
        }
    }

    /// A page as it came over the wire, in the encoding that its mark or its `meta` names, or that is found. What is
    /// no page, such as an image, is unreadable.
    #[must_use]
    pub fn from_page_bytes(bytes: Vec<u8>, url: Option<String>) -> Self {
        let (content, encoding) = match decode_page(bytes, None) {
            Ok((page, encoding)) => (Content::Html(page), Some(encoding)),
            Err(what) => (Content::Unreadable(format!("not HTML: looks like {what}")), None),
        };
        Self { url, content, encoding, ..Self::default() }
    }
}

/// What the input record says of an article beside its text. Evidence, never copied into the text.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// The headline.
    pub title: Option<String>,
    /// The author line.
    pub byline: Option<String>,
    /// The publication date, in the record's own notation.
    pub date: Option<String>,
    /// The language, in the record's own notation.
    pub lang: Option<String>,
    /// The site it is of, where a field of the record was named that says so. Else the address tells.
    pub site: Option<String>,
}

/// The text or page of a document, or why there is none.
#[derive(Clone, Debug)]
pub enum Content {
    /// Plain text.
    Text(String),
    /// A page of HTML.
    Html(String),
    /// The document could not be read; the reason in words.
    Unreadable(String),
}

impl Default for Content {
    fn default() -> Self {
        Self::Text(String::new())
    }
}
