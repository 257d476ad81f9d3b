//! What one document shows: its site, and its lines in the form in which they are counted.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashSet, FxHasher};

use crate::Cleaner;
use crate::batch::guarded;
use crate::document::{Content, Document};
use crate::rules::host;
use crate::segment::{Segment, Segments};
use crate::text::Shape;

/// The longest line, in bytes, that is counted. Longer ones are text, or many lines run together, and
/// the bound on their number is to be a bound on the memory too.
const LONGEST: usize = 240;

/// What one document has to say about its site.
#[derive(Clone, Debug)]
pub struct Shown {
    pub(super) content: Result<Lines, Why>,
}

/// The lines of a document of a known site, each once, in their order.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    pub(super) site: Box<str>,
    pub(super) lines: Vec<Box<str>>,
    /// Tells this document's text from others of its site.
    pub(super) fingerprint: u64,
}

/// Why a document has nothing to say.
#[derive(Clone, Debug)]
pub(super) enum Why {
    /// It cannot be read: what is wrong, with its name in front.
    Unreadable(String),
    /// It has no address, no field of its site, and the page does not say where it belongs.
    NoSite,
    /// It is larger or costlier than the budget of a document.
    OverLimit,
}

impl Shown {
    /// What the document that `read` gives shows. The cleaner only segments it: its rules have no say, its
    /// limits do. A panic on the way makes the document one that cannot be read.
    ///
    /// # Errors
    /// What `read` gives in place of a document.
    pub fn by<E>(cleaner: &Cleaner, read: impl FnOnce() -> Result<Document, E>) -> Result<Self, E> {
        let content = guarded(|| Ok(lines_of(cleaner, &read()?)));
        let content = content.unwrap_or_else(|panic| Ok(Err(Why::Unreadable(format!("reading it failed: {panic}")))));
        Ok(Self { content: content? })
    }

    /// Why the document cannot be read, if it cannot.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        match &self.content {
            Err(Why::Unreadable(why)) => Some(why),
            _ => None,
        }
    }
}

fn lines_of(cleaner: &Cleaner, document: &Document) -> Result<Lines, Why> {
    if let Content::Unreadable(reason) = &document.content {
        // Messages about files name them; that of a record has its line, and needs the file.
        let source = &document.source;
        let is_named = reason.contains(source.as_str());
        return Err(Why::Unreadable(if is_named { reason.clone() } else { format!("{source}: {reason}") }));
    }
    let (text, segments, canonical_url) = cleaner.segmented(document).ok_or(Why::OverLimit)?;
    let url = document.url.as_deref().or(canonical_url.as_deref());
    let site = site_of(document.hints.site.as_deref(), url).ok_or(Why::NoSite)?.into_boxed_str();
    // Not of the folded text: articles may differ by their numbers alone.
    let mut hasher = FxHasher::default();
    (&site, &text).hash(&mut hasher);
    Ok(Lines { site, lines: distinct(&segments), fingerprint: hasher.finish() })
}

/// The lines that are counted, each once.
fn distinct(segments: &Segments) -> Vec<Box<str>> {
    let mut seen = FxHashSet::default();
    let folded = |segment: &Segment| counted(&segment.shape, &segments.folded[segment.folded.clone()]);
    let lines = segments.list.iter().filter_map(folded).filter(|line| line.len() <= LONGEST);
    lines.filter(|line| seen.insert(line.clone())).map(Into::into).collect()
}

/// The form in which a segment is counted and looked up; `None` for one that never is: sentences and running
/// text, which are not cut for recurring; what has no letter, for with `#` in the place of every number it is
/// the same line in any table or list; and a number behind a colon ("Memory: 8 GB"), which is a field of a record.
pub(crate) fn counted<'f>(shape: &Shape, folded: &'f str) -> Option<Cow<'f, str>> {
    if shape.is_sentence() || shape.is_prose() { None } else { form(folded) }
}

/// A folded line as it stands in a table: without control characters, and white space at its ends.
pub(super) fn form(folded: &str) -> Option<Cow<'_, str>> {
    if !folded.contains(char::is_alphabetic) || is_field(folded) {
        return None;
    }
    if folded.contains(char::is_control) {
        let clean: String = folded.chars().filter(|c| !c.is_control()).collect();
        return Some(Cow::Owned(clean.trim().to_owned()));
    }
    Some(Cow::Borrowed(folded.trim()))
}

/// Whether a folded line is a name, a colon and a value with a number.
fn is_field(folded: &str) -> bool {
    let value = folded.split_once(": ").or_else(|| folded.split_once('：'));
    value.is_some_and(|(_, value)| value.contains('#'))
}

/// The name of a site: what the record says of it, or the host of its address.
pub(crate) fn site_of(field: Option<&str>, url: Option<&str>) -> Option<String> {
    field.and_then(site_name).or_else(|| site_name(&host(url?)?))
}

/// A name as it stands in a table: lower case, without `www.`, and with nothing in it that could break a row.
pub(super) fn site_name(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join(" ");
    // A row must not look like a comment.
    let name = name.trim_start_matches(['#', ' ']);
    let name = name.strip_prefix("www.").unwrap_or(name);
    let end = name.char_indices().nth(LONGEST / 4).map_or(name.len(), |(at, _)| at);
    let name = name[..end].trim_end();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(cleaner: &Cleaner, document: &Document) -> Shown {
        Shown::by(cleaner, || Ok::<_, ()>(document.clone())).expect("a document")
    }

    #[test]
    fn a_site_is_a_field_or_a_host() {
        for (field, url, site) in [
            (None, Some("https://www.Nyby.example:8080/a?b#c"), Some("nyby.example")),
            (None, Some("http://me@news.nyby.example"), Some("news.nyby.example")),
            (None, Some("nyby.example/a"), Some("nyby.example")),
            (Some("The Nyby\tCourier\n"), Some("https://other.example"), Some("the nyby courier")),
            (Some(" # "), Some("https://other.example"), Some("other.example")),
            (Some("#nyby"), None, Some("nyby")),
            (None, Some("https:///path"), None),
            (None, None, None),
        ] {
            assert_eq!(site_of(field, url).as_deref(), site, "{field:?} {url:?}");
        }
        let long = site_name(&"é".repeat(1000)).expect("a name");
        assert_eq!(long.chars().count(), 60);
    }

    #[test]
    fn lines_are_counted_once_and_text_never() {
        let cleaner = Cleaner::new(crate::Config::default()).expect("built-in rules");
        let text =
            "Home\n12 March\nThe heron flew away on Monday, and has not been seen.\nHOME\n3 March\n* * *\n2026\n";
        let document = Document { content: Content::Text(text.to_owned()), ..Document::default() };
        let shown = by(&cleaner, &document);
        assert!(matches!(shown.content, Err(Why::NoSite)) && shown.fault().is_none());
        let document = Document { url: Some("https://nyby.example/".to_owned()), ..document };
        let Ok(lines) = by(&cleaner, &document).content else { panic!("it has a site") };
        assert_eq!(lines.lines, ["home".into(), "# march".into()]);
        let broken =
            Document { source: "x".to_owned(), content: Content::Unreadable("line 3: no".to_owned()), ..document };
        assert_eq!(by(&cleaner, &broken).fault(), Some("x: line 3: no"));
    }

    #[test]
    fn nothing_breaks_a_row() {
        assert_eq!(form("a\u{1}b \u{85}").as_deref(), Some("ab"));
        for none in ["# - #", "memory: # gb", "内存：#"] {
            assert_eq!(form(none), None, "{none}");
        }
        assert_eq!(form("more: the harbour").as_deref(), Some("more: the harbour"));
        assert_eq!(form("#kg").as_deref(), Some("#kg"));
    }
}
