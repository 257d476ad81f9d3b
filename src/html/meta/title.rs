//! The page's title, and the names of its site, which are no part of it.

use super::fragment;
use super::json_ld::{Facts, key_of};
use super::metadata::{Clues, is_address, is_web};

/// Longer is no title: the text of a whole header, say.
pub(super) const LONGEST_TITLE: usize = 600;

pub(super) const TITLES: &[&str] = &[
    "og:title",
    "twitter:title",
    "dc.title",
    "dcterms.title",
    "parsely-title",
    "sailthru.title",
    "citation_title",
    "headline",
    "title",
];

/// The names by which the site calls itself.
pub(super) struct Sites {
    /// The best of them.
    pub(super) name: Option<String>,
    /// All, as keys.
    keys: Vec<String>,
    /// The parts of the address that may be the name, as keys.
    hosts: Vec<String>,
}

impl Sites {
    pub(super) fn of(clues: &Clues<'_>, facts: &Facts) -> Self {
        const NAMES: &[&str] = &["og:site_name", "og:site", "application-name", "apple-mobile-web-app-title"];
        let og = clues.line(&["og:site_name"]).filter(|name| !is_address(name) && name.len() <= 100);
        let name = og.or_else(|| facts.sites.first().cloned()).or_else(|| clues.line(NAMES)).filter(|n| n.len() <= 100);
        let names = clues.all(NAMES).filter(|name| name.len() <= 100).map(fragment::line);
        let mut keys = Vec::new();
        for name in names.chain(facts.sites.iter().cloned()) {
            keys.push(key_of(&name));
            // "Nybycourier.example" also calls itself "Nybycourier".
            keys.extend(name.rsplit_once('.').filter(|_| !name.contains(' ')).map(|(bare, _)| key_of(bare)));
        }
        let mut hosts = Vec::new();
        let urls = clues.url.into_iter().chain(clues.canonical).chain(clues.all(&["og:url"]));
        for url in urls.filter(|url| is_web(url)) {
            let host = url.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#', ':']).next());
            let Some(host) = host else { continue };
            let host = host.strip_prefix("www.").unwrap_or(host);
            hosts.push(key_of(host));
            // `courier.example`, `news.courier.example`, `courier.co.example`: all parts but the last.
            hosts.extend(host.split('.').rev().skip(1).filter(|part| part.len() > 3).map(key_of));
        }
        keys.retain(|key| !key.is_empty());
        Self { name, keys, hosts }
    }

    /// `text` is the site's name, or its host in words: "The Nyby Courier" of `nybycourier.example`.
    fn are(&self, text: &str) -> bool {
        is_one(text, self.keys.iter().chain(&self.hosts))
    }

    /// `name` is no author but the site. People name sites after themselves, so that a name in two
    /// words counts against what the site calls itself, not against its address.
    pub(super) fn sign_as(&self, name: &str) -> bool {
        let is_person = name.contains(' ') && !name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("the "));
        if is_person { is_one(name, self.keys.iter()) } else { self.are(name) }
    }
}

/// One of the keys is that of `text`, with or without article.
fn is_one<'k>(text: &str, mut keys: impl Iterator<Item = &'k String>) -> bool {
    let key = key_of(text);
    let bare = key.strip_prefix("the").unwrap_or(&key);
    !key.is_empty() && keys.any(|site| *site == key || site.strip_prefix("the").unwrap_or(site) == bare)
}

/// A title as a page gives it, and what is compared of it.
struct Title {
    text: String,
    key: String,
}

impl Title {
    fn of(raw: &str) -> Option<Self> {
        Self::plain(Some(raw).filter(|raw| raw.len() <= LONGEST_TITLE).map(fragment::line)?)
    }

    /// Of a line that is decoded.
    fn plain(mut text: String) -> Option<Self> {
        // Marks of links to the heading itself.
        text.truncate(text.trim_end_matches([' ', '¶', '🔗']).len());
        let text = text.trim_start().to_owned();
        let key = key_of(&text);
        (!key.is_empty()).then_some(Self { text, key })
    }

    /// The same title but for a kicker, a dash or some words.
    fn resembles(&self, other: &Self) -> bool {
        let (short, long) =
            if self.key.len() < other.key.len() { (&self.key, &other.key) } else { (&other.key, &self.key) };
        if long.contains(short.as_str()) && short.len() * 2 >= long.len() {
            return true;
        }
        let (mine, theirs) = (words(&self.text), words(&other.text));
        let common = common(&mine, &theirs);
        // Most of the shorter one, and half of both.
        common * 10 >= mine.len().min(theirs.len()) * 7 && common * 2 >= mine.len().max(theirs.len()) && common >= 2
    }

    /// Another wording of the same: some words of weight in common.
    fn is_akin(&self, other: &Self) -> bool {
        const WEIGHTY: usize = 4;
        let weighty = |text: &str| -> Vec<String> { words(text).into_iter().filter(|w| w.len() >= WEIGHTY).collect() };
        let (mine, theirs) = (weighty(&self.text), weighty(&other.text));
        let common = common(&mine, &theirs);
        let least = mine.len().min(theirs.len());
        common >= 2 && common * 5 >= least * 2 || common >= 3 && common * 3 >= least
    }
}

fn common(mine: &[String], theirs: &[String]) -> usize {
    mine.iter().filter(|word| theirs.contains(word)).count()
}

fn words(text: &str) -> Vec<String> {
    let mut words: Vec<_> = text.split_whitespace().map(key_of).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.dedup();
    words
}

pub(super) fn title(clues: &Clues<'_>, facts: &Facts, sites: &Sites) -> Option<String> {
    // Text of a whole header inside h1 is too long, and a logo is the site's name.
    let shown: Vec<_> =
        clues.h1.iter().take(20).filter_map(|raw| Title::of(raw)).filter(|h1| !sites.are(&h1.text)).collect();
    let mut said: Vec<_> = facts.headline.iter().filter_map(|headline| Title::of(headline)).collect();
    // What a shop calls its product says less than what it calls its page.
    let last = if facts.is_article { 0 } else { said.len() };
    let metas: Vec<_> = clues.all(TITLES).chain(clues.title_tag).take(20).filter_map(Title::of).collect();
    said.extend(metas);
    said.rotate_left(last);

    let keys = |titles: &[Title]| titles.iter().map(|title| title.key.clone()).collect::<Vec<_>>();
    let (said_keys, shown_keys) = (keys(&said), keys(&shown));
    let bare = said
        .iter()
        .filter_map(|title| Title::plain(strip_site(&title.text, sites, &said_keys, &shown_keys).to_owned()));
    let said: Vec<_> = bare.filter(|title| !sites.are(&title.text)).collect();

    // As the page shows it: capitals and punctuation of metas are often mangled.
    let same = shown.iter().find(|h1| said.iter().any(|title| title.key == h1.key));
    let same = same.or_else(|| shown.iter().find(|h1| said.iter().any(|title| title.resembles(h1))));
    // Metas are often worded for search engines. The one heading is the title if it may be.
    let lone = shown.first().filter(|first| shown.iter().all(|h1| h1.key == first.key));
    if let Some(h1) = same.or_else(|| lone.filter(|h1| said.iter().any(|title| title.is_akin(h1)))) {
        return Some(h1.text.clone());
    }
    // Else what most places say, and of equals the most trusted.
    let votes = |title: &Title| said.iter().filter(|other| other.key == title.key).count();
    let most = said.iter().map(votes).max();
    let elected = said.iter().find(|title| Some(votes(title)) == most);
    elected.or(lone).map(|title| title.text.clone())
}

/// The title without " - Site", " | Site" or "Site: ", or without what other places leave out.
fn strip_site<'t>(title: &'t str, sites: &Sites, said: &[String], shown: &[String]) -> &'t str {
    const BARS: &[&str] =
        &[" - ", " – ", " — ", " | ", " · ", " • ", " :: ", " » ", " « ", " / ", " ~ ", ": ", "|", "｜"];
    const MOST_BARS: usize = 12;
    let mut cuts: Vec<_> =
        BARS.iter().flat_map(|bar| title.match_indices(bar).map(|(at, bar)| (at, at + bar.len()))).collect();
    cuts.sort_unstable();
    cuts.truncate(MOST_BARS);
    // The shortest rest that another place calls the title: metas first, then headings.
    for (keys, are_shown) in [(said, false), (shown, true)] {
        let known = |part: &str| {
            let key = key_of(part);
            !key.is_empty() && keys.contains(&key)
        };
        if let Some((at, _)) = cuts.iter().find(|(at, _)| known(&title[..*at])) {
            return &title[..*at];
        }
        if let Some((at, end)) = cuts.iter().rev().find(|(_, end)| known(&title[*end..])) {
            let (head, tail) = (&title[..*at], &title[*end..]);
            // A logo may be a heading: few words behind many are the site's name.
            let is_logo = are_shown && tail.split_whitespace().count() <= 3 && head.split_whitespace().count() >= 5;
            return if is_logo { head } else { tail };
        }
    }
    if let Some((at, _)) = cuts.iter().find(|(_, end)| sites.are(&title[*end..])) {
        return &title[..*at];
    }
    if let Some((_, end)) = cuts.iter().rev().find(|(at, _)| sites.are(&title[..*at])) {
        return &title[*end..];
    }
    title
}

#[cfg(test)]
mod tests {
    use super::super::metadata::{Clues, read};

    fn with<'p>(metas: &[(&'p str, &'p str)]) -> Clues<'p> {
        Clues { metas: metas.to_vec(), ..Clues::default() }
    }

    #[test]
    fn titles() {
        // Headings, og:title, title tag, site, and the title.
        type Case<'c> = (&'c [&'c str], &'c str, &'c str, &'c str, Option<&'c str>);
        let cases: &[Case<'_>] = &[
            (
                &["Heron hired"],
                "Heron hired - The Courier",
                "Heron hired | Courier",
                "The Courier",
                Some("Heron hired"),
            ),
            (&["The Courier"], "Heron hired", "Heron hired | The Courier", "The Courier", Some("Heron hired")),
            (&["Courier", "Heron “hired”"], "Heron 'hired'", "", "Courier", Some("Heron “hired”")),
            (&[], "", "Heron hired - Courier", "Courier", Some("Heron hired")),
            (&[], "", "Courier: Heron hired", "Courier", Some("Heron hired")),
            (&[], "", "Heron hired - to the end", "", Some("Heron hired - to the end")),
            (&["Heron hired"], "", "Heron hired &raquo; News &raquo; Somewhere", "", Some("Heron hired")),
            (&["Heron hired"], "", "", "", Some("Heron hired")),
            (&["Heron hired", "Owl back"], "", "", "", None),
            (&["Heron hired¶"], "", "Heron hired — Birds 2.1", "", Some("Heron hired")),
            (
                &["Exclusive: Heron hired at the airport"],
                "Heron hired at the airport",
                "",
                "",
                Some("Exclusive: Heron hired at the airport"),
            ),
            (
                &["Airport of Nyby hires a heron"],
                "Why birds work at runways",
                "",
                "",
                Some("Why birds work at runways"),
            ),
            (
                &["Airport of Nyby hires a heron"],
                "Airport hires heron: the facts",
                "",
                "",
                Some("Airport of Nyby hires a heron"),
            ),
            (&["News"], "Heron hired", "Heron hired", "", Some("Heron hired")),
            (&["Menu", "Search"], "Heron hired", "Other", "", Some("Heron hired")),
            (&[""], "  ", "\n", "", None),
            (&[], "Heron &amp;amp; gull &#8211; a&nbsp;story", "", "", Some("Heron &amp; gull – a story")),
            (&[], "", "Courier", "Courier", None),
            (&["Bird Blog"], "Heron hired", "Bird Blog: Heron hired", "", Some("Heron hired")),
            (
                &["Bird Blog"],
                "",
                "Heron hired to keep gulls away | Bird Blog",
                "",
                Some("Heron hired to keep gulls away"),
            ),
            (&["Heron hired"], "", "News | Heron hired", "", Some("Heron hired")),
            (
                &["But what they love is the sense of power and flight"],
                "What do people love about the new birds of Nyby?",
                "",
                "",
                Some("What do people love about the new birds of Nyby?"),
            ),
        ];
        for (h1, og, tag, site, want) in cases {
            let mut clues = with(&[("OG:Title", og), ("og:site_name", site)]);
            clues.h1 = h1.to_vec();
            clues.title_tag = Some(tag);
            assert_eq!(read(&clues).title.as_deref(), *want, "{h1:?} {og:?} {tag:?}");
        }
    }

    #[test]
    fn the_site_is_known_by_its_host() {
        let lone =
            |url| Clues { url, h1: vec!["RS Birds"], title_tag: Some("Services | RS Birds"), ..Clues::default() };
        assert_eq!(read(&lone(Some("https://www.rs-birds.example/x"))).title.as_deref(), Some("Services"));
        assert_eq!(read(&lone(None)).title.as_deref(), Some("RS Birds"));

        let mut clues = with(&[("og:url", "https://www.nybycourier.example/heron")]);
        clues.title_tag = Some("Heron hired | The Nyby Courier");
        assert_eq!(read(&clues).title.as_deref(), Some("Heron hired"));
    }
}
