//! What a page's JSON-LD says of the article.

use super::fragment;
use super::json::{Json, Wanted};

/// Scripts beyond this many bytes in all are not read. Real pages hold some thousands.
const BUDGET: usize = 4 << 20;

/// For the text itself it may be more: it is only read where the page shows none.
const BODY_BUDGET: usize = 32 << 20;

/// Values kept of one script; lists of products or of comments may have more, and say nothing.
const VALUES: u32 = 20_000;

/// How deep main entities and graphs are followed.
const DEPTH: u32 = 8;

/// What the page says elsewhere, by which the article is known among other things of its type.
#[derive(Default)]
pub(super) struct Known<'p> {
    /// Titles, as [`key_of`] gives them.
    pub titles: Vec<String>,
    /// The page's own address.
    pub url: Option<&'p str>,
}

/// What JSON-LD says, in its own words; strings are lines without HTML.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Facts {
    /// The `@type` of the thing that the page is about.
    pub page_type: Option<String>,
    /// That thing is an article or a post.
    pub is_article: bool,
    pub headline: Option<String>,
    pub authors: Vec<String>,
    pub published: Option<String>,
    pub lang: Option<String>,
    /// Names of the site: its own, the publisher's.
    pub sites: Vec<String>,
    pub url: Option<String>,
    pub description: Option<String>,
}

/// Reads the scripts; what cannot be read is passed over in silence.
pub(super) fn read(scripts: &[&str], known: &Known<'_>) -> Facts {
    let roots = parse(scripts, Wanted { key: is_wanted, values: VALUES }, BUDGET);
    let things = collect(&roots);
    let mut facts = Facts::default();
    for thing in things.iter().filter(|thing| thing.rank == Rank::Site) {
        facts.sites.extend(line_of(thing.json.get("name")));
    }
    let Some(main) = choose(&things, known) else { return facts };
    // A page's record completes that of its article, which often lacks date or language.
    let pages = things.iter().filter(|thing| thing.rank == Rank::Page && !std::ptr::eq(*thing, main));
    let about = || std::iter::once(main).chain(pages.clone()).map(|thing| thing.json);

    facts.page_type = Some(main.name.to_owned());
    facts.is_article = main.rank == Rank::Article;
    facts.headline = line_of(main.json.get("headline")).or_else(|| line_of(main.json.get("name")));
    // The author of a record about a thing for sale is the author of a review of it, if anything.
    if main.rank != Rank::Item {
        for key in ["author", "creator"] {
            if let Some(author) = main.json.get(key).filter(|_| facts.authors.is_empty()) {
                names(author, &things, DEPTH, &mut facts.authors);
            }
        }
    }
    facts.published = about().find_map(|thing| line_of(thing.get("datePublished")));
    if main.rank == Rank::Post {
        facts.published = facts.published.or_else(|| line_of(main.json.get("dateCreated")));
    }
    facts.lang = about().find_map(|thing| language(thing.get("inLanguage")?));
    facts.description = line_of(main.json.get("description"));
    facts.url = about().find_map(address);
    let publisher = about().find_map(|thing| thing.get("publisher"));
    // The publisher of a one-person site is its author.
    if let Some(publisher) = publisher.filter(|publisher| !is_person(publisher, &things)) {
        let mut found = Vec::new();
        names(publisher, &things, DEPTH, &mut found);
        // What is called publisher here is the site; elsewhere on the page it may be a shop's brand.
        found.append(&mut facts.sites);
        facts.sites = found;
    }
    facts
}

/// The article's text, if one of the scripts holds it.
pub(super) fn article_body(scripts: &[&str], known: &Known<'_>) -> Option<String> {
    let with_text = |key: &str| is_wanted(key) || matches!(key, "articleBody" | "text");
    let roots = parse(scripts, Wanted { key: with_text, values: VALUES }, BODY_BUDGET);
    let things = collect(&roots);
    let main = choose(&things, known)?;
    let keys: &[&str] = match main.rank {
        Rank::Article => &["articleBody", "text"],
        Rank::Post => &["text", "articleBody"],
        _ => &["articleBody"],
    };
    let body = keys.iter().find_map(|key| main.json.get(key))?;
    let lines: Vec<_> = body.items().iter().filter_map(Json::text).map(fragment::lines).collect();
    let text = lines.join("\n");
    (!text.trim().is_empty()).then_some(text)
}

/// Letters and digits in lower case: titles and names that differ in nothing else are the same.
pub(super) fn key_of(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The keys that are read; all others are skipped unseen.
fn is_wanted(key: &str) -> bool {
    matches!(
        key,
        "@type"
            | "@id"
            | "@graph"
            | "@value"
            | "headline"
            | "name"
            | "alternateName"
            | "givenName"
            | "familyName"
            | "author"
            | "creator"
            | "datePublished"
            | "dateCreated"
            | "inLanguage"
            | "publisher"
            | "url"
            | "description"
            | "mainEntity"
            | "mainEntityOfPage"
    )
}

fn parse<'j>(scripts: &[&'j str], wanted: Wanted, mut budget: usize) -> Vec<Json<'j>> {
    let mut roots = Vec::new();
    for script in scripts {
        let Some(left) = budget.checked_sub(script.len()) else { continue };
        budget = left;
        roots.extend(Json::parse_lenient(script.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}'), wanted));
    }
    roots
}

/// What a thing tells of the page, the most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Article,
    /// A forum's post or question, a recipe: written by somebody on some day.
    Post,
    /// Something for sale or to attend.
    Item,
    Page,
    Site,
    /// Organisations, persons, lists, images: not what the page is.
    Part,
}

impl Rank {
    fn of(name: &str) -> Self {
        match name {
            "BlogPosting" | "LiveBlogPosting" | "SocialMediaPosting" | "Report" | "APIReference" => Self::Article,
            "DiscussionForumPosting" | "Question" | "Recipe" | "HowTo" => Self::Post,
            "Product" | "ProductGroup" | "JobPosting" | "Event" | "Course" | "Book" | "SoftwareApplication" => {
                Self::Item
            }
            "WebSite" => Self::Site,
            _ if name.ends_with("Article") => Self::Article,
            _ if name.ends_with("Review") => Self::Post,
            _ if name.ends_with("Page") => Self::Page,
            _ => Self::Part,
        }
    }
}

/// An object of the scripts that might be what the page is about, or part of it.
struct Thing<'j> {
    json: &'j Json<'j>,
    rank: Rank,
    name: &'j str,
}

/// All things in page order: those of the roots, of graphs, and main entities.
fn collect<'j>(roots: &'j [Json<'j>]) -> Vec<Thing<'j>> {
    let mut things = Vec::new();
    let mut open: Vec<_> = roots.iter().rev().map(|root| (root, DEPTH)).collect();
    while let Some((json, depth)) = open.pop() {
        let Some(depth) = depth.checked_sub(1) else { continue };
        if let Json::List(items) = json {
            open.extend(items.iter().rev().map(|item| (item, depth)));
            continue;
        }
        let (rank, name) = typed(json);
        if !name.is_empty() {
            things.push(Thing { json, rank, name });
        }
        for key in ["mainEntityOfPage", "mainEntity", "@graph"] {
            // The questions of a FAQ are parts of it, and a list is no thing.
            if key == "mainEntity" && name == "FAQPage" {
                continue;
            }
            open.extend(json.get(key).map(|inner| (inner, depth)));
        }
    }
    things
}

/// The most telling type of an object.
fn typed<'j>(json: &'j Json<'j>) -> (Rank, &'j str) {
    let types = json.get("@type").map_or(&[][..], Json::items);
    let names = types.iter().filter_map(|name| match name {
        Json::Text(name) => name.rsplit(['/', '#', ':']).next(),
        _ => None,
    });
    names.map(|name| (Rank::of(name), name)).min_by_key(|(rank, _)| *rank).unwrap_or((Rank::Part, ""))
}

/// The thing that the page is about. Of several of one rank the one that is said to be this page,
/// or to have its title; a list of teasers has none.
fn choose<'t, 'j>(things: &'t [Thing<'j>], known: &Known<'_>) -> Option<&'t Thing<'j>> {
    let is_titled = |thing: &&Thing<'_>| {
        heading(thing).map(|heading| key_of(&fragment::line(heading))).is_some_and(|key| known.titles.contains(&key))
    };
    // A review may be the page, or what a buyer says on it.
    let eligible = || {
        let eligible =
            |thing: &&Thing<'_>| thing.rank < Rank::Site && (!thing.name.ends_with("Review") || is_titled(thing));
        things.iter().filter(eligible)
    };
    let rank = eligible().map(|thing| thing.rank).min()?;
    let of_rank = || eligible().filter(|thing| thing.rank == rank);
    let first = of_rank().find(|thing| heading(thing).is_some()).or_else(|| of_rank().next())?;
    let same = |thing: &Thing<'_>| heading(thing).is_none() || heading(thing) == heading(first);
    if rank == Rank::Page || of_rank().all(same) {
        // A record may be split in two; the one with the author is the fuller.
        return of_rank().find(|thing| thing.json.get("author").is_some()).or(Some(first));
    }
    let is_here = |thing: &&Thing<'_>| {
        known.url.is_some_and(|here| address(thing.json).is_some_and(|url| same_address(&url, here)))
    };
    let found = of_rank().find(is_titled).or_else(|| of_rank().find(is_here));
    // An article list is on many pages; what the page itself is, is then said by its own record.
    found.or_else(|| things.iter().find(|thing| thing.rank == Rank::Page))
}

fn heading<'j>(thing: &Thing<'j>) -> Option<&'j str> {
    thing.json.get("headline").or(thing.json.get("name")).and_then(Json::text)
}

/// Two addresses but for scheme, `www.`, query and a final slash.
fn same_address(a: &str, b: &str) -> bool {
    let bare = |url: &'_ str| -> String {
        let url = url.split(['?', '#']).next().unwrap_or_default();
        let url = url.split_once("://").map_or(url, |(_, rest)| rest);
        url.strip_prefix("www.").unwrap_or(url).trim_end_matches('/').to_ascii_lowercase()
    };
    let a = bare(a);
    !a.is_empty() && a == bare(b)
}

/// The address that a thing gives as its own.
fn address(json: &Json<'_>) -> Option<String> {
    let id = |value: &Json<'_>| value.get("@id").or(value.get("url")).and_then(Json::text).map(str::to_owned);
    let page = json.get("mainEntityOfPage");
    let found = json.get("url").and_then(Json::text).map(str::to_owned);
    let found = found.or_else(|| page.and_then(|page| page.text().map(str::to_owned).or_else(|| id(page))));
    found.or_else(|| id(json)).filter(|url| url.starts_with("http")).map(|url| fragment::line(&url))
}

/// The names of persons or organisations: strings, objects, lists of these, references.
fn names(json: &Json<'_>, things: &[Thing<'_>], depth: u32, out: &mut Vec<String>) {
    const MOST: usize = 20;
    let Some(depth) = depth.checked_sub(1) else { return };
    for one in json.items().iter().take(MOST) {
        let found = match one {
            Json::Text(name) => Some(fragment::line(name)),
            Json::List(_) => {
                names(one, things, depth, out);
                continue;
            }
            _ => name_of(one).or_else(|| name_of(referred(one, things)?)),
        };
        let found = found.filter(|name| !name.is_empty() && out.len() < MOST && !out.contains(name));
        out.extend(found);
    }
}

/// The thing that a reference means.
fn referred<'j>(reference: &Json<'_>, things: &[Thing<'j>]) -> Option<&'j Json<'j>> {
    let id = reference.get("@id")?.text()?;
    things.iter().find(|t| t.json.get("@id").and_then(Json::text) == Some(id)).map(|thing| thing.json)
}

fn is_person(json: &Json<'_>, things: &[Thing<'_>]) -> bool {
    let person = |json: &Json<'_>| {
        let types = json.get("@type").map_or(&[][..], Json::items);
        types.iter().any(|name| name.text().is_some_and(|name| name.ends_with("Person")))
    };
    person(json) || referred(json, things).is_some_and(person)
}

fn name_of(json: &Json<'_>) -> Option<String> {
    // Names of several authors in one object are rare but real.
    if let Some(Json::List(list)) = json.get("name") {
        let list: Vec<_> = list.iter().filter_map(Json::text).map(fragment::line).collect();
        return (!list.is_empty()).then(|| list.join(", "));
    }
    line_of(json.get("name")).or_else(|| {
        let given = line_of(json.get("givenName"))?;
        Some(format!("{given} {}", line_of(json.get("familyName"))?))
    })
}

fn language(json: &Json<'_>) -> Option<String> {
    // A language may be an object with its code as second name.
    let text = json.text().or_else(|| json.get("alternateName")?.text()).or_else(|| json.get("name")?.text());
    text.map(fragment::line).filter(|lang| !lang.is_empty())
}

fn line_of(json: Option<&Json<'_>>) -> Option<String> {
    json?.text().map(fragment::line).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(script: &str) -> Facts {
        read(&[script], &Known::default())
    }

    #[test]
    fn an_article() {
        let found = facts(
            r#"{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Heron hired &amp; paid",
            "author": [{"@type": "Person", "name": "Dov Heller"}, {"@type": "Person", "name": "Ros Tindle"}],
            "datePublished": "2031-05-02T08:00:00+02:00", "dateModified": "2031-05-03", "inLanguage": "en-GB",
            "publisher": {"@type": "Organization", "name": "The Nyby Courier", "logo": {"url": "x"}},
            "description": "A <b>bird</b>\nin service.", "url": "https://courier.example/heron",
            "articleBody": "Not read here.", "isAccessibleForFree": true, "wordCount": 120}"#,
        );
        assert_eq!(
            found,
            Facts {
                page_type: Some("NewsArticle".into()),
                is_article: true,
                headline: Some("Heron hired & paid".into()),
                authors: vec!["Dov Heller".into(), "Ros Tindle".into()],
                published: Some("2031-05-02T08:00:00+02:00".into()),
                lang: Some("en-GB".into()),
                sites: vec!["The Nyby Courier".into()],
                url: Some("https://courier.example/heron".into()),
                description: Some("A bird in service.".into()),
            }
        );
    }

    #[test]
    fn shapes_of_authors() {
        for (author, want) in [
            (r#""Dov Heller""#, &["Dov Heller"][..]),
            (r#"["Dov Heller", "Ros Tindle"]"#, &["Dov Heller", "Ros Tindle"]),
            (r#"{"name": "Dov Heller"}"#, &["Dov Heller"]),
            (r#"{"name": ["Dov Heller", "Ros Tindle"]}"#, &["Dov Heller, Ros Tindle"]),
            (r#"[[{"name": "Dov Heller"}], {"name": "Dov Heller"}]"#, &["Dov Heller"]),
            (r#"{"givenName": "Dov", "familyName": "Heller"}"#, &["Dov Heller"]),
            (r#"{"name": {"@value": "Dov Heller"}}"#, &["Dov Heller"]),
            ("null", &[]),
            ("12", &[]),
            (r#"{"name": 12}"#, &[]),
            (r#"[null, 7, {}, [], {"name": null}, ""]"#, &[]),
        ] {
            let found = facts(&format!(r#"{{"@type": "Article", "headline": "x", "author": {author}}}"#));
            assert_eq!(found.authors, want, "{author}");
        }
    }

    #[test]
    fn graphs_and_references() {
        let found = facts(
            r#"{"@graph": [{"@type": "WebSite", "@id": "/#site", "name": "Courier"},
            {"@type": "WebPage", "@id": "/x", "name": "Heron - Courier", "datePublished": "2031-05-02", "inLanguage": "en"},
            {"@type": ["Article", "BlogPosting"], "headline": "Heron", "author": {"@id": "/#dov"},
             "publisher": {"@id": "/#org"}, "mainEntityOfPage": {"@id": "/x"}},
            {"@type": "Organization", "@id": "/#org", "name": "Courier Ltd"},
            {"@type": ["Person"], "@id": "/#dov", "name": "Dov Heller"}]}"#,
        );
        assert!(found.is_article);
        assert_eq!(found.headline.as_deref(), Some("Heron"));
        assert_eq!(found.authors, ["Dov Heller"]);
        assert_eq!(found.published.as_deref(), Some("2031-05-02"));
        assert_eq!(found.lang.as_deref(), Some("en"));
        assert_eq!(found.sites, ["Courier Ltd", "Courier"]);
    }

    #[test]
    fn which_thing_it_is() {
        for (script, want) in [
            (
                r#"{"@type": "WebPage", "name": "P", "mainEntity": {"@type": "Article", "name": "A"}}"#,
                Some(("Article", "A")),
            ),
            (
                r#"{"@type": "NewsArticle", "headline": "A", "mainEntityOfPage": {"@type": "WebPage", "name": "P"}}"#,
                Some(("NewsArticle", "A")),
            ),
            (
                r#"[{"@type": "Product", "name": "Net"}, {"@type": "http://schema.org/TechArticle", "headline": "A"}]"#,
                Some(("TechArticle", "A")),
            ),
            (
                r#"{"@type": "FAQPage", "name": "P", "mainEntity": [{"@type": "Question", "name": "Q"}]}"#,
                Some(("FAQPage", "P")),
            ),
            (r#"{"@type": "QAPage", "mainEntity": {"@type": "Question", "name": "Q"}}"#, Some(("Question", "Q"))),
            (r#"{"@type": "DiscussionForumPosting", "headline": "D"}"#, Some(("DiscussionForumPosting", "D"))),
            // Teasers: none of them is this page.
            (r#"[{"@type": "Article", "headline": "A"}, {"@type": "Article", "headline": "B"}]"#, None),
            (r#"{"@type": "Organization", "name": "Courier"}"#, None),
            (r#"{"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "name": "Home"}]}"#, None),
        ] {
            let found = facts(script);
            let found = found.page_type.as_deref().map(|kind| (kind, found.headline.as_deref().unwrap_or_default()));
            assert_eq!(found, want, "{script}");
        }
    }

    #[test]
    fn of_several_the_one_with_the_title() {
        let script = r#"[{"@type": "Article", "headline": "Owl back", "url": "https://courier.example/owl"},
            {"@type": "Article", "headline": "Heron hired", "url": "http://www.courier.example/heron/?x"}]"#;
        let by_title = Known { titles: vec!["heronhired".into()], url: None };
        assert_eq!(read(&[script], &by_title).headline.as_deref(), Some("Heron hired"));
        let by_url = Known { titles: Vec::new(), url: Some("https://courier.example/heron") };
        assert_eq!(read(&[script], &by_url).headline.as_deref(), Some("Heron hired"));
        assert_eq!(read(&[script], &Known::default()).headline, None);
    }

    #[test]
    fn reviews() {
        let script = r#"{"@type": "CriticReview", "name": "A kettle tried", "author": {"name": "Dov Heller"}}"#;
        let known = Known { titles: vec!["akettletried".into()], url: None };
        assert_eq!(read(&[script], &known).authors, ["Dov Heller"]);
        assert_eq!(read(&[script], &Known::default()), Facts::default());
    }

    #[test]
    fn broken_scripts() {
        for script in [
            "{\"@type\": \"Article\", \"headline\": \"Heron\", \"description\": \"one\n\ttwo\",}",
            "<!-- {\"@type\": \"Article\", \"headline\": \"Heron\"} -->",
            "//<![CDATA[\n{\"@type\": \"Article\", \"headline\": \"Heron\"}\n//]]>",
            "{\"@type\": \"Article\", \"headline\": \"Heron\" // the title\n, \"author\": null}",
            "{\"@type\": \"Article\", \"headline\": \"Heron\", \"description\": \"the \"old\" gulls\"}",
            "{\"@type\": \"Article\", \"headline\": \"Heron\", \"author\": {\"name\": \"Dov",
            "\u{feff} {\"@type\": \"Article\", \"headline\": \"Heron\", \"name\": \"\\ud83d\"};",
            "{\"@type\": \"Organization\"},{\"@type\": \"Article\", \"headline\": \"Heron\"}",
            "{&quot;@type&quot;: &quot;Article&quot;, &quot;headline&quot;: &quot;Heron&quot;}",
        ] {
            assert_eq!(facts(script).headline.as_deref(), Some("Heron"), "{script}");
        }
        for script in
            ["", "null", "12", "\"x\"", "[]", "{}", "{{{", "<p>", "undefined", "[[[[]]]]", "{\"@type\": null}"]
        {
            assert_eq!(facts(script), Facts::default(), "{script}");
        }
    }

    #[test]
    fn wrong_types_everywhere() {
        let keys = ["@type", "headline", "name", "author", "datePublished", "inLanguage", "publisher", "url", "@graph"];
        let values = [
            "null",
            "1",
            "-1.5e9",
            "true",
            "\"\"",
            "\"x\"",
            "[]",
            "{}",
            "[null]",
            "[[1]]",
            "{\"name\": {\"@value\": []}}",
        ];
        for key in keys {
            for value in values {
                facts(&format!(r#"{{"@type": "Article", "{key}": {value}}}"#));
                let all: Vec<_> = keys.iter().map(|key| format!("\"{key}\": {value}")).collect();
                facts(&format!("{{{}}}", all.join(",")));
            }
        }
    }

    #[test]
    fn bodies() {
        for (body, want) in [
            (r#""One &amp; two.\n\nThree.""#, Some("One & two.\nThree.")),
            (r#""<p>One.</p><p>Two.</p>""#, Some("One.\nTwo.")),
            (r#"["One.", "Two."]"#, Some("One.\nTwo.")),
            (r#"{"@value": "One."}"#, Some("One.")),
            ("\" \"", None),
            ("null", None),
            ("[1]", None),
        ] {
            let script = format!(r#"{{"@type": "Article", "headline": "x", "articleBody": {body}}}"#);
            assert_eq!(article_body(&[&script], &Known::default()).as_deref(), want, "{body}");
        }
        let product = r#"{"@type": "Product", "name": "Net", "articleBody": "x", "text": "y"}"#;
        assert_eq!(article_body(&[product], &Known::default()).as_deref(), Some("x"));
    }

    #[test]
    fn hostile_scripts() {
        let start = std::time::Instant::now();
        let long =
            format!(r#"{{"@type": "Article", "headline": "x", "articleBody": "{}"}}"#, "a b. ".repeat(2_000_000));
        assert_eq!(article_body(&[&long], &Known::default()).map(|body| body.len()), Some(9_999_999));
        assert_eq!(facts(&long), Facts::default(), "too long for metadata");
        let nested = format!("{}1{}", "{\"@graph\":[".repeat(100_000), "]}".repeat(100_000));
        let main = "{\"@type\":\"Article\",\"mainEntity\":".repeat(100_000);
        let wide = format!(r#"{{"@type": "Article", "author": [{}"x"]}}"#, r#"{"name": "Dov"},"#.repeat(200_000));
        let many = format!("[{}1]", r#"{"@type":"Article","headline":"x","author":{"@id":"y"}},"#.repeat(50_000));
        for script in [&nested, &main, &wide, &many, &"[".repeat(3_000_000), &"\"".repeat(3_000_000)] {
            facts(script);
        }
        assert!(start.elapsed().as_secs() < 60);
    }
}
