//! Text of documents in the report: as text, whatever it holds.

use std::fmt::{self, Display, Write};

use crate::output::is_obeyed;

/// A text that is written as HTML shows it, between tags or within a quoted attribute.
///
/// What a browser would obey or could not show (controls, and the marks that turn the direction of all that
/// follows) becomes U+FFFD.
pub(super) struct Text<'t>(pub(super) &'t str);

/// What a character is written as, if not as itself.
fn written(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        '\n' | '\t' => None,
        c if is_obeyed(c) => Some("\u{fffd}"),
        _ => None,
    }
}

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match written(c) {
                Some(instead) => f.write_str(instead)?,
                None => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// How many bytes a text takes when it is written so.
pub(super) fn length(text: &str) -> usize {
    text.chars().map(|c| written(c).map_or(c.len_utf8(), str::len)).sum()
}

/// A share as per cent, with one digit; a small one is not written as none, nor a large one as all.
#[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
pub(super) fn percent(part: u64, whole: u64) -> String {
    let share = 100.0 * part as f64 / whole.max(1) as f64;
    match share {
        _ if part == 0 => "0 %".to_owned(),
        _ if share < 0.1 => "< 0.1 %".to_owned(),
        _ if part < whole && share > 99.9 => "> 99.9 %".to_owned(),
        _ => format!("{share:.1} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_markup() {
        let text = "</div><script>alert('1')</script> & \"q\" \0\u{1b}[2J\u{202e}x\n\ty";
        let shown = Text(text).to_string();
        assert_eq!(
            shown,
            "&lt;/div&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;q&quot; \
             \u{fffd}\u{fffd}[2J\u{fffd}x\n\ty"
        );
        assert_eq!(length(text), shown.len());
    }

    #[test]
    fn some_is_neither_none_nor_all() {
        assert_eq!(percent(0, 5), "0 %");
        assert_eq!(percent(1, 100_000), "< 0.1 %");
        assert_eq!(percent(99_999, 100_000), "> 99.9 %");
        assert_eq!(percent(100_000, 100_000), "100.0 %");
        assert_eq!(percent(1, 3), "33.3 %");
        assert_eq!(percent(0, 0), "0 %");
    }
}
