//! HTML pages to text.

mod strip;

pub(crate) use strip::strip_tags;
