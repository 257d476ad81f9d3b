//! Collects what a page says of itself out of its tree.

use super::super::Parsed;
use super::super::layout::is_block;
use super::super::names::{AttrName, Tag};
use super::super::tree::{Kind, NodeId, Step, Tree};
use super::metadata::{self, Clues, Metadata};
use super::state;

/// The most elements of one kind that are looked at.
const MOST: usize = 400;
/// The longest text of an element that is a headline, a name or a date.
const LONGEST: usize = 1000;

/// The texts that clues are borrowed from.
#[derive(Default)]
struct Texts {
    h1: Vec<String>,
    authors: Vec<String>,
    times: Vec<(NodeId, String, bool)>,
    title: Option<String>,
}

impl Texts {
    fn of(tree: &Tree) -> Self {
        let mut texts = Self::default();
        for (id, node) in tree.nodes.iter().enumerate() {
            let (id, Some(tag)) = (id as NodeId, node.tag()) else { continue };
            match tag {
                Tag::H1 if texts.h1.len() < MOST => texts.h1.push(text_of(tree, id)),
                Tag::Title if texts.title.is_none() => texts.title = Some(text_of(tree, id)),
                Tag::Time if texts.times.len() < MOST && !is_in_comments(tree, id) => {
                    let is_published = tree.attrs(id).any(|(name, value)| match name {
                        AttrName::Pubdate => true,
                        AttrName::Itemprop => value.contains("datePublished"),
                        AttrName::Class => value.split(|c: char| !c.is_ascii_alphabetic()).any(|w| w == "published"),
                        _ => false,
                    });
                    texts.times.push((id, text_of(tree, id), is_published));
                }
                _ => {}
            }
            let is_author = |(name, value): (AttrName, &str)| {
                matches!(name, AttrName::Rel | AttrName::Itemprop)
                    && value.split_ascii_whitespace().any(|w| w == "author")
            };
            if texts.authors.len() < MOST && tree.attrs(id).any(is_author) && !is_in_comments(tree, id) {
                texts.authors.push(text_of(tree, id));
            }
        }
        texts
    }
}

/// The text of an element, with spaces where lines end.
fn text_of(tree: &Tree, id: NodeId) -> String {
    let mut text = String::new();
    let mut step = Some(Step::Enter(id));
    while let Some(now) = step {
        let (Step::Enter(at) | Step::Leave(at)) = now;
        match tree.node(at).kind {
            Kind::Text if matches!(now, Step::Enter(_)) => text.push_str(tree.text(at)),
            Kind::Element(tag) if tag == Tag::Br || is_block(tag) => text.push(' '),
            _ => {}
        }
        if text.len() > LONGEST || now == Step::Leave(id) {
            break;
        }
        step = tree.after(now);
    }
    text
}

/// Whether an element stands among the readers' comments, whose names and dates are not the
/// article's.
fn is_in_comments(tree: &Tree, id: NodeId) -> bool {
    let mut at = Some(id);
    for _ in 0..12 {
        let Some(id) = at else { return false };
        let names = tree.attrs(id).filter(|(name, _)| matches!(name, AttrName::Class | AttrName::Id));
        for (_, value) in names {
            if value
                .split(|c: char| !c.is_ascii_alphabetic())
                .any(|w| w.eq_ignore_ascii_case("comment") || w.eq_ignore_ascii_case("comments"))
            {
                return true;
            }
        }
        at = tree.parent(id);
    }
    false
}

fn clues<'p>(page: &'p Parsed<'_>, texts: &'p Texts, url: Option<&'p str>) -> Clues<'p> {
    let tree = &page.tree;
    let mut clues = Clues { url, ..Clues::default() };
    for (id, node) in tree.nodes.iter().enumerate() {
        let id = id as NodeId;
        match node.tag() {
            Some(Tag::Meta) if clues.metas.len() < MOST => {
                let (mut key, mut content) = (None, None);
                for (name, value) in tree.attrs(id) {
                    match name {
                        AttrName::Content => content = Some(value),
                        AttrName::Name | AttrName::Property | AttrName::Itemprop | AttrName::HttpEquiv => {
                            key = key.or(Some(value));
                        }
                        _ => {}
                    }
                }
                if let (Some(key), Some(content)) = (key, content) {
                    clues.metas.push((key, content));
                }
            }
            Some(Tag::Link) if clues.canonical.is_none() => {
                let is_canonical =
                    |rel: &str| rel.split_ascii_whitespace().any(|w| w.eq_ignore_ascii_case("canonical"));
                if tree.attr(id, AttrName::Rel).is_some_and(is_canonical) {
                    clues.canonical = tree.attr(id, AttrName::Href);
                }
            }
            Some(Tag::Html) if clues.html_lang.is_none() => clues.html_lang = tree.attr(id, AttrName::Lang),
            _ => {}
        }
    }
    clues.title_tag = texts.title.as_deref();
    clues.h1 = texts.h1.iter().map(String::as_str).collect();
    clues.authors = texts.authors.iter().map(String::as_str).collect();
    clues.times = texts
        .times
        .iter()
        .map(|(id, text, is_published)| {
            (tree.attr(*id, AttrName::Datetime).unwrap_or_default(), text.as_str(), *is_published)
        })
        .collect();
    clues.json_ld = page.scripts().filter(|(_, is_json_ld)| *is_json_ld).map(|(inside, _)| inside).collect();
    clues
}

/// What a page says of itself; `url` is its address, where that is known.
pub(crate) fn metadata(page: &Parsed<'_>, url: Option<&str>) -> Metadata {
    let texts = Texts::of(&page.tree);
    metadata::read(&clues(page, &texts, url))
}

/// The article's text out of the page's scripts, and which kind of script it stood in.
pub(crate) fn text_in_scripts(
    page: &Parsed<'_>,
    url: Option<&str>,
    title: Option<&str>,
) -> Option<(String, &'static str)> {
    let texts = Texts::of(&page.tree);
    if let Some(body) = metadata::article_body(&clues(page, &texts, url)) {
        return Some((body, "json_ld"));
    }
    let scripts: Vec<&str> = page.scripts().filter(|(_, is_json_ld)| !is_json_ld).map(|(inside, _)| inside).collect();
    state::article(&scripts, title).map(|body| (body, "app_state"))
}
