//! Bytes of HTML to characters.

use super::text;

/// Decodes a page; with the encoding's name, or in words what it is instead of a page.
pub(super) fn decode(bytes: Vec<u8>, _charset: Option<&str>) -> Result<(String, &'static str), &'static str> {
    Ok(text::decode(bytes))
}
