//! Text out of nested blocks, as editors and content systems store articles.

use super::fragment;
use super::json::Json;
use super::script::{SHORTEST, WANTED, simple};

/// How deep the parts of one text may be nested.
pub(super) const DEPTH: u32 = 16;

/// The title that an object has, in itself or one step down.
pub(super) fn heading_of<'j>(json: &'j Json<'_>) -> Option<&'j str> {
    const HEADINGS: &[&str] = &["headline", "title", "heading", "headlines", "titles", "name"];
    const INNER: &[&str] = &["basic", "rendered", "default", "main", "text", "value"];
    HEADINGS.iter().filter_map(|key| json.get(key)).find_map(|value| match value {
        Json::Text(text) => Some(&**text),
        _ => INNER.iter().find_map(|key| value.get(key)?.text()),
    })
}

/// JSON inside of a JSON string, as some editors store it.
pub(super) fn nested(text: &str) -> Option<Json<'static>> {
    const BEGINNINGS: &[&str] = &["{\"", "[{\"", "[[\""];
    if text.len() < SHORTEST || !BEGINNINGS.iter().any(|beginning| text.starts_with(beginning)) {
        return None;
    }
    Json::parse(text, WANTED).map(Json::into_owned)
}

/// Writes the text of nested blocks, one a line.
pub(super) struct Flow<'o> {
    pub(super) out: &'o mut String,
}

/// The keys of a block that hold its text or its parts, best first.
const PARTS: &[&str] = &[
    "content_elements",
    "children",
    "content",
    "text",
    "value",
    "html",
    "body",
    "bodyHtml",
    "paragraphs",
    "blocks",
    "sections",
    "components",
    "elements",
    "items",
    "rendered",
    "richText",
    "innerHTML",
    "data",
    "attributes",
    "fields",
    "props",
    "document",
    "root",
    "nodes",
];

impl Flow<'_> {
    pub(super) fn block(&mut self, json: &Json<'_>, depth: u32) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match json {
            Json::Text(text) => match nested(text) {
                Some(inner) => self.block(&inner, depth.min(DEPTH / 2)),
                None => self.lines(text),
            },
            Json::List(items) => items.iter().for_each(|item| self.block(item, depth)),
            Json::Object(_) => self.object(json, depth),
            Json::Nothing => {}
        }
    }

    fn object(&mut self, json: &Json<'_>, depth: u32) {
        let kind = kind_of(json);
        if is_aside(&kind) || is_teaser(json) {
            return;
        }
        let start = self.out.len();
        if let Some(heading) = heading_of(json).filter(|_| json.get("name").is_none()) {
            self.lines(heading);
        }
        let headed = self.out.len();
        for part in PARTS.iter().filter_map(|key| json.get(key)) {
            if is_paragraph(&kind)
                && let Json::List(items) = part
                && items.iter().all(is_inline)
            {
                let mut line = String::new();
                items.iter().for_each(|item| inline(item, depth, &mut line));
                self.lines(&line);
            } else {
                self.block(part, depth);
            }
            if self.out.len() > headed {
                return;
            }
        }
        // A heading over nothing is a label.
        self.out.truncate(start);
    }

    fn lines(&mut self, text: &str) {
        let text = fragment::lines(text);
        if text.is_empty() || is_technical(&text) {
            return;
        }
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out.push_str(&text);
    }
}

/// What kind of block an object says it is.
fn kind_of(json: &Json<'_>) -> String {
    const KINDS: &[&str] =
        &["type", "_type", "nodeType", "blockType", "kind", "tag", "component", "__typename", "name"];
    let kind = KINDS.iter().find_map(|key| json.get(key)?.text()).map(simple).unwrap_or_default();
    if matches!(&*kind, "tag" | "element") {
        // A parsed page: what it is says the name of the element.
        return ["name", "tagName"].iter().find_map(|key| json.get(key)?.text()).map(simple).unwrap_or(kind);
    }
    kind
}

/// Blocks beside the text: pictures, ads, links to other articles.
fn is_aside(kind: &str) -> bool {
    const PARTS: &[&str] = &[
        "advert",
        "audio",
        "author",
        "button",
        "byline",
        "caption",
        "carousel",
        "comment",
        "credit",
        "embed",
        "gallery",
        "iframe",
        "image",
        "interstitial",
        "media",
        "newsletter",
        "photo",
        "picture",
        "podcast",
        "poll",
        "promo",
        "rawhtml",
        "readmore",
        "recirc",
        "related",
        "signup",
        "slideshow",
        "social",
        "subscri",
        "teaser",
        "tweet",
        "video",
    ];
    matches!(kind, "ad" | "ads" | "cta" | "dfp" | "figure" | "img" | "script" | "style")
        || PARTS.iter().any(|part| kind.contains(part))
}

fn is_paragraph(kind: &str) -> bool {
    const PARTS: &[&str] = &["paragraph", "head", "text", "block", "listitem", "quote"];
    matches!(kind, "p" | "li" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6") || PARTS.iter().any(|part| kind.contains(part))
}

/// An entry of a list of other articles: it has a heading and leads elsewhere.
fn is_teaser(json: &Json<'_>) -> bool {
    const LINKS: &[&str] =
        &["url", "href", "link", "slug", "path", "permalink", "canonical_url", "canonicalUrl", "uri"];
    heading_of(json).is_some() && LINKS.iter().any(|key| json.get(key).is_some())
}

/// Part of a line: a run of text, a link.
fn is_inline(json: &Json<'_>) -> bool {
    const KINDS: &[&str] = &[
        "a",
        "b",
        "bold",
        "br",
        "em",
        "entryhyperlink",
        "hardbreak",
        "hyperlink",
        "i",
        "inline",
        "italic",
        "leaf",
        "linebreak",
        "link",
        "mark",
        "span",
        "strong",
        "text",
    ];
    match json {
        Json::Text(_) => true,
        Json::Object(_) => {
            let kind = kind_of(json);
            kind.is_empty() || KINDS.contains(&kind.as_str())
        }
        _ => false,
    }
}

fn inline(json: &Json<'_>, depth: u32, out: &mut String) {
    const PARTS: &[&str] = &["text", "value", "children", "content", "nodes", "leaves", "data"];
    let Some(depth) = depth.checked_sub(1) else { return };
    match json {
        Json::Text(text) => out.push_str(text),
        Json::List(items) => items.iter().for_each(|item| inline(item, depth, out)),
        Json::Object(_) if matches!(&*kind_of(json), "hardbreak" | "linebreak" | "br") => out.push('\n'),
        Json::Object(_) => {
            if let Some(part) = PARTS.iter().find_map(|key| json.get(key)) {
                inline(part, depth, out);
            }
        }
        Json::Nothing => {}
    }
}

/// An identifier, an address, a style: words are not written like that.
fn is_technical(text: &str) -> bool {
    let lone = !text.contains(char::is_whitespace);
    lone && text.is_ascii() && (text.contains(['/', '_', '{', '=', '#', '@']) || text.len() > 30)
}
