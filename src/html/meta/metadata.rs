//! What a page says of itself: title, byline, date, language, site.
//!
//! Pages say each of these in several places and contradict themselves. Places are asked in the
//! order of their trustworthiness; what none of them says is unknown.

use super::fragment;
use super::json_ld::{self, Facts, Known, key_of};
use super::title::{LONGEST_TITLE, Sites, TITLES, title};

/// What the page says of itself, raw, as collected from its tree and its scripts.
#[derive(Default)]
pub(crate) struct Clues<'p> {
    /// The page's own address, where its record tells; it helps to know the site's name.
    pub(crate) url: Option<&'p str>,
    /// The name (or property, itemprop, http-equiv) and the content of `meta` elements, in page
    /// order, a few hundred at most.
    pub(crate) metas: Vec<(&'p str, &'p str)>,
    /// The insides of `script type=application/ld+json`.
    pub(crate) json_ld: Vec<&'p str>,
    pub(crate) html_lang: Option<&'p str>,
    pub(crate) title_tag: Option<&'p str>,
    pub(crate) canonical: Option<&'p str>,
    /// Of each `time` element its `datetime`, its text, and whether it is marked as the publication.
    pub(crate) times: Vec<(&'p str, &'p str, bool)>,
    /// The texts of `h1` elements.
    pub(crate) h1: Vec<&'p str>,
    /// The texts of elements marked as author, by `rel` or `itemprop`.
    pub(crate) authors: Vec<&'p str>,
}

/// What is known of a page. Unknown is `None`, never a guess.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Metadata {
    /// The headline, without the site's name.
    pub(crate) title: Option<String>,
    /// Authors, joined by commas.
    pub(crate) byline: Option<String>,
    /// The day of publication, in the page's own notation.
    pub(crate) date: Option<String>,
    /// A language tag, as in `en` or `pt-BR`.
    pub(crate) lang: Option<String>,
    pub(crate) site_name: Option<String>,
    pub(crate) canonical_url: Option<String>,
    pub(crate) description: Option<String>,
    /// What the page is in schema.org's words, else in those of Open Graph.
    pub(crate) page_type: Option<String>,
    /// The page says that it is an article.
    pub(crate) has_article: bool,
}

impl Metadata {
    /// Whether the page is a thread of a forum, or a question with its answers, as far as it or
    /// its address tells.
    pub(crate) fn is_thread(&self, url: Option<&str>) -> bool {
        const TYPES: &[&str] = &["DiscussionForumPosting", "QAPage", "Question", "SocialMediaPosting"];
        const PARTS: &[&str] = &[
            "forum",
            "forums",
            "foren",
            "foro",
            "foros",
            "thread",
            "threads",
            "topic",
            "topics",
            "viewtopic",
            "showthread",
            "discussion",
            "discussions",
            "question",
            "questions",
            "community",
            "board",
            "boards",
            "comments",
        ];
        let names_one = |url: &str| {
            let parts = url.split(|c: char| !c.is_ascii_alphanumeric());
            parts.take(24).any(|part| PARTS.contains(&part)) || url.contains("/t/")
        };
        self.page_type.as_deref().is_some_and(|kind| TYPES.contains(&kind))
            || !self.has_article && url.or(self.canonical_url.as_deref()).is_some_and(names_one)
    }
}

/// Reads the clues, but for an article's text in the scripts: see [`article_body`].
pub(crate) fn read(clues: &Clues<'_>) -> Metadata {
    let facts = json_ld::read(&clues.json_ld, &known(clues));
    let og_type = clues.line(&["og:type"]);
    let sites = Sites::of(clues, &facts);
    let title = title(clues, &facts, &sites);
    Metadata {
        byline: byline(clues, &facts, &sites).filter(|byline| title.as_ref().is_none_or(|title| title != byline)),
        title,
        date: date(clues, &facts),
        lang: lang(clues, &facts),
        site_name: sites.name.clone(),
        canonical_url: canonical(clues, &facts),
        description: clues.line(&["og:description", "description", "twitter:description"]).or(facts.description),
        has_article: facts.is_article || og_type.as_ref().is_some_and(|t| t.eq_ignore_ascii_case("article")),
        page_type: facts.page_type.or(og_type.filter(|name| name.len() <= 40 && !name.contains(' '))),
    }
}

/// The article's text as JSON-LD gives it: one paragraph a line where it tells paragraphs apart.
/// Reads the scripts anew, so ask only where the page itself shows no article.
pub(crate) fn article_body(clues: &Clues<'_>) -> Option<String> {
    json_ld::article_body(&clues.json_ld, &known(clues))
}

fn known<'p>(clues: &Clues<'p>) -> Known<'p> {
    if clues.json_ld.is_empty() {
        return Known::default();
    }
    let titles = clues.all(TITLES).chain(clues.h1.iter().copied()).filter(|title| title.len() <= LONGEST_TITLE);
    let url = clues.canonical.or_else(|| clues.all(&["og:url"]).next()).or(clues.url);
    Known { titles: titles.map(|title| key_of(&fragment::line(title))).collect(), url }
}

impl<'p> Clues<'p> {
    /// The contents of the metas of these names; names in their order, of one name the first first.
    pub(super) fn all(&self, names: &'static [&'static str]) -> impl Iterator<Item = &'p str> {
        names.iter().flat_map(|name| self.metas.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|m| m.1))
    }

    /// The first of them that says anything, as a line.
    pub(super) fn line(&self, names: &'static [&'static str]) -> Option<String> {
        self.all(names)
            .filter(|content| content.len() <= LONGEST_LINE)
            .map(fragment::line)
            .find(|line| !line.is_empty())
    }
}

/// Longer contents are no name, title or description of anything.
const LONGEST_LINE: usize = 10_000;

fn byline(clues: &Clues<'_>, facts: &Facts, sites: &Sites) -> Option<String> {
    const AUTHORS: &[&[&str]] = &[
        &["author"],
        &["article:author"],
        &["parsely-author"],
        &["sailthru.author"],
        &["dc.creator", "dcterms.creator"],
        &["citation_author"],
        &["byl", "author_name", "og:article:author", "article:author_name", "mediator_author"],
    ];
    let of = |raw: &mut dyn Iterator<Item = &str>| {
        let mut names: Vec<String> = Vec::new();
        for name in raw.take(40).filter_map(|name| person(name, sites)) {
            if names.len() < 20 && !names.iter().any(|known| key_of(known) == key_of(&name)) {
                names.push(name);
            }
        }
        // "Last, First" is one name.
        let separator = if names.iter().any(|name| name.contains(',')) { "; " } else { ", " };
        (!names.is_empty()).then(|| names.join(separator))
    };
    let said = of(&mut facts.authors.iter().map(String::as_str));
    let said = said.or_else(|| AUTHORS.iter().find_map(|names| of(&mut clues.all(names))));
    said.or_else(|| {
        // Comments and teasers have authors too: only what is the same everywhere is the byline.
        let shown: Vec<_> = clues.authors.iter().take(40).filter_map(|name| person(name, sites)).collect();
        let keys: Vec<_> = shown.iter().map(|name| key_of(name)).collect();
        let shortest = (0..shown.len()).min_by_key(|at| keys[*at].len())?;
        keys.iter().all(|key| key.contains(&keys[shortest])).then(|| shown[shortest].clone())
    })
}

/// A name as it may be printed, if `raw` is one.
fn person(raw: &str, sites: &Sites) -> Option<String> {
    const LONGEST: usize = 200;
    /// What content systems put where nobody is named.
    const NOBODY: &[&str] = &[
        "admin",
        "administrator",
        "adminuser",
        "anonymous",
        "author",
        "by",
        "default",
        "guest",
        "na",
        "nobody",
        "none",
        "null",
        "root",
        "siteadmin",
        "superadmin",
        "superuser",
        "system",
        "test",
        "undefined",
        "unknown",
        "user",
        "webadmin",
        "webmaster",
        "wpadmin",
    ];
    if raw.len() > LONGEST * 4 {
        return None;
    }
    let line = fragment::line(raw);
    let mut name = line.as_str();
    for prefix in ["written by: ", "written by ", "posted by ", "author: ", "by: ", "by "] {
        if let Some(head) = name.get(..prefix.len()).filter(|head| head.eq_ignore_ascii_case(prefix)) {
            name = name[head.len()..].trim_start();
            break;
        }
    }
    let edge = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '|' | '-' | '–' | '—' | '•' | '·' | '"');
    let name = name.trim_matches(edge);
    let key = key_of(name);
    let is_name = !key.is_empty()
        && name.len() <= LONGEST
        && key.chars().any(char::is_alphabetic)
        && !name.contains(['@', '{', '}', '[', ']', '<', '>', '\\', '%'])
        && !name.starts_with(['/', '#', '$'])
        && !is_address(name)
        && !NOBODY.contains(&key.as_str())
        && !sites.sign_as(name);
    is_name.then(|| name.to_owned())
}

/// A web address, with its scheme or without.
pub(super) fn is_address(text: &str) -> bool {
    text.contains("://")
        || text.starts_with("www.")
        || (!text.contains(' ') && text.contains('.') && (text.contains('/') || !text.ends_with('.') && is_host(text)))
}

fn is_host(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default();
    // "J.R.Roe" is no host.
    last.len() >= 2 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'))
}

fn date(clues: &Clues<'_>, facts: &Facts) -> Option<String> {
    const DATES: &[&str] = &[
        "article:published_time",
        "og:article:published_time",
        "og:published_time",
        "article:published",
        "rnews:datepublished",
        "parsely-pub-date",
        "sailthru.date",
        "publish-date",
        "publishdate",
        "publish_date",
        "publication_date",
        "publicationdate",
        "published_date",
        "published-date",
        "published_at",
        "pubdate",
        "pub_date",
        "dc.date.issued",
        "dcterms.issued",
        "dcterms.created",
        "dc.date.created",
        "dc.date",
        "dcterms.date",
        "citation_publication_date",
        "citation_date",
        "cxenseparse:recs:publishtime",
        "mediator_published_time",
        "article_date_original",
        "date",
    ];
    let said = facts.published.as_deref().and_then(day).or_else(|| clues.all(DATES).find_map(day));
    // Comments and reviews carry the same mark: several different ones are nobody's.
    let said = said.or_else(|| only(clues.all(&["datepublished"]).take(200).filter_map(day)));
    said.or_else(|| {
        let marked = clues.times.iter().take(500).filter(|time| time.2);
        only(marked.filter_map(|(machine, shown, _)| day(machine).or_else(|| day(shown))))
    })
}

/// The value that all are, but for the time of day.
fn only(mut values: impl Iterator<Item = String>) -> Option<String> {
    let first = values.next()?;
    let start = |date: &str| date.chars().take(10).collect::<String>();
    let same = values.all(|other| start(&other) == start(&first));
    same.then_some(first)
}

/// `raw` if it looks like a date: a year and a month or day, in whatever notation.
fn day(raw: &str) -> Option<String> {
    const LONGEST: usize = 80;
    if raw.len() > LONGEST * 4 {
        return None;
    }
    let line = fragment::line(raw).trim_matches(['"', '\'', ' ']).to_owned();
    if line.is_empty() || line.len() > LONGEST || line.contains(['{', '}', '<', '>', '[', ']']) {
        return None;
    }
    let mut numbers: Vec<&str> = line.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).collect();
    numbers.truncate(8);
    let is_year = |n: &&str| n.len() == 4 && (*n > "1700" && *n < "2100") && *n != "1970";
    let of_eight = |n: &&str| n.len() == 8 && is_year(&&n[..4]) && (&n[4..6] <= "12") && (&n[6..] <= "31");
    let word = line.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    let year = numbers.iter().any(is_year);
    let short_year = numbers.len() >= 3 && numbers[..3].iter().all(|n| n.len() <= 2) && line.contains(['/', '.', '-']);
    // Digits of other scripts, and years of other calendars.
    let other = line.chars().filter(|c| c.is_numeric() && !c.is_ascii()).count() >= 4;
    let epoch = line.starts_with("1970-01-01") || line.starts_with("0001-");
    let looks = year && (numbers.len() >= 2 || word) || short_year || other || numbers.iter().any(of_eight);
    (looks && !epoch).then_some(line)
}

fn lang(clues: &Clues<'_>, facts: &Facts) -> Option<String> {
    let html = clues.html_lang.into_iter();
    let metas = clues.all(&["og:locale", "content-language", "dc.language", "language"]);
    html.chain(metas).find_map(tag).or_else(|| tag(facts.lang.as_deref()?))
}

/// A language tag in its usual form: `en`, `pt-BR`, `zh-Hans-CN`.
fn tag(raw: &str) -> Option<String> {
    const LONGEST: usize = 35;
    // Lists of languages, encodings as in `en_US.UTF-8`.
    let raw = raw.split([',', ';', '.', '@', ' ']).find(|part| !part.is_empty())?;
    if raw.len() > LONGEST {
        return None;
    }
    let mut parts = raw.split(['-', '_']);
    let language = parts.next()?.to_ascii_lowercase();
    let letters = language.bytes().all(|b| b.is_ascii_lowercase());
    if !letters || !(2..=3).contains(&language.len()) || matches!(&*language, "xx" | "und" | "zxx" | "mul" | "mis") {
        return None;
    }
    let mut tag = language;
    for part in parts {
        let letters = part.bytes().all(|b| b.is_ascii_alphabetic());
        let part = match part.len() {
            2 if letters => part.to_ascii_uppercase(),
            3 if part.bytes().all(|b| b.is_ascii_digit()) => part.to_owned(),
            4 if letters && !part.eq_ignore_ascii_case("none") => {
                part[..1].to_ascii_uppercase() + &part[1..].to_ascii_lowercase()
            }
            5..=8 if part.bytes().all(|b| b.is_ascii_alphanumeric()) => part.to_ascii_lowercase(),
            // Extensions and nonsense end what is known.
            _ => break,
        };
        tag.push('-');
        tag.push_str(&part);
    }
    Some(tag)
}

fn canonical(clues: &Clues<'_>, facts: &Facts) -> Option<String> {
    let urls = clues.canonical.into_iter().chain(clues.all(&["og:url"])).chain(facts.url.as_deref());
    urls.map(str::trim).find(|url| is_web(url)).map(fragment::line)
}

pub(super) fn is_web(url: &str) -> bool {
    let web =
        ["http://", "https://"].iter().any(|s| url.get(..s.len()).is_some_and(|head| head.eq_ignore_ascii_case(s)));
    web && url.len() <= 4096 && !url.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<'p>(metas: &[(&'p str, &'p str)]) -> Clues<'p> {
        Clues { metas: metas.to_vec(), ..Clues::default() }
    }

    #[test]
    fn nothing_is_known_of_an_empty_page() {
        assert_eq!(read(&Clues::default()), Metadata::default());
        assert_eq!(article_body(&Clues::default()), None);
    }

    #[test]
    fn bylines() {
        for (metas, want) in [
            (&[("author", "Dov Heller")][..], Some("Dov Heller")),
            (&[("author", "By Dov Heller")], Some("Dov Heller")),
            (&[("author", "BY: DOV HELLER")], Some("DOV HELLER")),
            (&[("author", "Byron Tindle")], Some("Byron Tindle")),
            (
                &[("author", "Dov Heller"), ("author", "Ros Tindle"), ("author", "Dov  Heller")],
                Some("Dov Heller, Ros Tindle"),
            ),
            (&[("article:author", "https://social.example/dov"), ("parsely-author", "Dov Heller")], Some("Dov Heller")),
            (&[("author", "desk@courier.example"), ("DC.creator", "Dov Heller")], Some("Dov Heller")),
            (
                &[("citation_author", "Heller, Dov"), ("citation_author", "Tindle, Ros")],
                Some("Heller, Dov; Tindle, Ros"),
            ),
            (&[("author", "The Courier"), ("og:site_name", "Courier")], None),
            (&[("author", "Dov Heller"), ("og:url", "https://dovheller.example/")], Some("Dov Heller")),
            (&[("author", "The Courier"), ("og:url", "https://courier.example/")], None),
            (&[("author", "admin")], None),
            (&[("author", "@dov")], None),
            (&[("author", "courier.example")], None),
            (&[("author", "{{author}}")], None),
            (&[("author", "12345")], None),
            (&[("author", "  ")], None),
            (&[("author", "by")], None),
            (&[("author", "J.R. Heller")], Some("J.R. Heller")),
            (&[("author", "J.R.Heller")], Some("J.R.Heller")),
            (&[("author", "null"), ("sailthru.author", "\"Dov Heller\"")], Some("Dov Heller")),
            (&[("author", "Heron hired"), ("og:title", "Heron hired")], None),
            (&[("twitter:creator", "@dov")], None),
        ] {
            assert_eq!(read(&with(metas)).byline.as_deref(), want, "{metas:?}");
        }
        for (authors, want) in [
            (&["By Dov Heller", "Dov Heller"][..], Some("Dov Heller")),
            (&["Dov Heller", "About Dov Heller"], Some("Dov Heller")),
            (&["Dov Heller", "Ros Tindle"], None),
            (&["\n"], None),
        ] {
            assert_eq!(
                read(&Clues { authors: authors.to_vec(), ..Clues::default() }).byline.as_deref(),
                want,
                "{authors:?}"
            );
        }
    }

    #[test]
    fn scripts_before_metas() {
        let mut clues = with(&[("author", "Desk"), ("og:type", "article"), ("article:published_time", "2031-05-04")]);
        clues.json_ld = vec![
            r#"{"@type": "NewsArticle", "headline": "Heron hired", "author": "Dov Heller", "datePublished": "2031-05-02",
            "publisher": {"name": "Courier"}, "articleBody": "One. <br>Two."}"#,
        ];
        let page = read(&clues);
        assert_eq!(page.byline.as_deref(), Some("Dov Heller"));
        assert_eq!(page.date.as_deref(), Some("2031-05-02"));
        assert_eq!(page.site_name.as_deref(), Some("Courier"));
        assert_eq!(page.page_type.as_deref(), Some("NewsArticle"));
        assert!(page.has_article);
        assert_eq!(article_body(&clues).as_deref(), Some("One.\nTwo."));
        // The site as its own author says nothing.
        clues.json_ld = vec![
            r#"{"@type": "Article", "headline": "x", "author": {"name": "Courier"}, "publisher": {"name": "Courier"}}"#,
        ];
        assert_eq!(read(&clues).byline.as_deref(), Some("Desk"));
        // But the person who publishes alone does.
        clues.json_ld = vec![
            r#"{"@type": "Article", "headline": "x", "author": {"name": "Dov Heller"},
            "publisher": {"@type": ["Person", "Organization"], "name": "Dov Heller"}}"#,
        ];
        assert_eq!(read(&clues).byline.as_deref(), Some("Dov Heller"));
    }

    #[test]
    fn dates() {
        for (raw, want) in [
            ("2031-05-02T08:00:00+02:00", true),
            ("20310502", true),
            ("2 May 2031", true),
            ("May 2031", true),
            ("2. mai 2031", true),
            ("02/05/31", true),
            ("2031年5月2日", true),
            ("٢ مايو ٢٠٣١", true),
            ("Thu, 09/25/2031 - 11:38", true),
            ("\"2031-05-02\"", true),
            ("2031", false),
            ("yesterday", false),
            ("1970-01-01T00:00:00Z", false),
            ("0001-01-01T00:00:00", false),
            ("1927000000", false),
            ("{{date}}", false),
            ("", false),
            ("May 2", false),
        ] {
            assert_eq!(day(raw).is_some(), want, "{raw}");
        }
        for (metas, want) in [
            (&[("article:modified_time", "2031-05-02")][..], None),
            (&[("og:updated_time", "2031-05-02")], None),
            (&[("article:published_time", " 2031-05-02 ")], Some("2031-05-02")),
            (&[("date", "soon"), ("DC.date.issued", "2031-05-02")], Some("2031-05-02")),
            (&[("datePublished", "2031-05-02"), ("datePublished", "2031-05-02T09:00")], Some("2031-05-02")),
            (&[("datePublished", "2031-05-02"), ("datePublished", "2030-01-01")], None),
        ] {
            assert_eq!(read(&with(metas)).date.as_deref(), want, "{metas:?}");
        }
        for (times, want) in [
            (&[("2031-05-02", "today", true)][..], Some("2031-05-02")),
            (&[("", "2 May 2031", true)], Some("2 May 2031")),
            (&[("2031-05-02", "today", false)], None),
            (&[("2031-05-02", "", true), ("2030-01-01", "", false)], Some("2031-05-02")),
            (&[("2031-05-02", "", true), ("2030-01-01", "", true)], None),
        ] {
            assert_eq!(read(&Clues { times: times.to_vec(), ..Clues::default() }).date.as_deref(), want, "{times:?}");
        }
    }

    #[test]
    fn languages() {
        for (raw, want) in [
            ("en", Some("en")),
            ("EN-us", Some("en-US")),
            ("pt_BR", Some("pt-BR")),
            ("zh-hans-cn", Some("zh-Hans-CN")),
            ("es-419", Some("es-419")),
            ("de-AT, en", Some("de-AT")),
            ("en_US.UTF-8", Some("en-US")),
            ("sr-Latn", Some("sr-Latn")),
            ("en-none", Some("en")),
            ("xx-none", None),
            ("", None),
            ("-", None),
            ("english", None),
            ("{{lang}}", None),
            ("e", None),
            ("en-x-private", Some("en")),
            ("en-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", None),
            ("日本語", None),
        ] {
            assert_eq!(tag(raw).as_deref(), want, "{raw}");
        }
        let mut clues = with(&[("og:locale", "de_DE"), ("content-language", "fr")]);
        assert_eq!(read(&clues).lang.as_deref(), Some("de-DE"));
        clues.html_lang = Some("it");
        assert_eq!(read(&clues).lang.as_deref(), Some("it"));
        clues.html_lang = Some("{{lang}}");
        assert_eq!(read(&clues).lang.as_deref(), Some("de-DE"));
    }

    #[test]
    fn addresses() {
        let mut clues = with(&[("og:url", "https://courier.example/a?b=1&amp;c=2")]);
        clues.canonical = Some("/a");
        assert_eq!(read(&clues).canonical_url.as_deref(), Some("https://courier.example/a?b=1&c=2"));
        clues.canonical = Some(" https://courier.example/a ");
        assert_eq!(read(&clues).canonical_url.as_deref(), Some("https://courier.example/a"));
    }

    #[test]
    fn hostile_clues() {
        let start = std::time::Instant::now();
        let long = "x - ".repeat(500_000);
        let mut metas = Vec::new();
        for name in TITLES.iter().chain(&["author", "date", "og:site_name", "og:locale", "description", "og:url"]) {
            metas.extend([(*name, long.as_str()), (*name, "a - b | c: d"), (*name, "\u{0}"), (*name, "é")]);
        }
        let clues = Clues {
            url: Some(&long),
            metas,
            json_ld: vec![&long; 3],
            html_lang: Some(&long),
            title_tag: Some(&long),
            canonical: Some(&long),
            times: vec![(&long, &long, true); 300],
            h1: vec![&long; 300],
            authors: vec![&long; 300],
        };
        read(&clues);
        article_body(&clues);
        assert!(start.elapsed().as_secs() < 30);
    }
}
