//! The article's text out of application state: the JSON from which a single-page application
//! would draw the page.
//!
//! There is no standard, so this looks for prose under keys that name a text, prefers what stands
//! beside the page's own title, and takes nothing where two texts have an equal claim. It is only
//! asked where the page itself shows no article.

use super::flow::{DEPTH, Flow, heading_of, nested};
use super::fragment;
use super::json::Json;
use super::json_ld::key_of;
use super::script::{SHORTEST, for_each_value, simple};

/// Bytes of scripts that are read in all.
const BUDGET: usize = 32 << 20;

/// Bytes of text that are put together and weighed. Texts within texts are weighed at each level.
const WORK: usize = 64 << 20;

/// Texts that are kept to choose from.
const MOST_FOUND: usize = 1000;

/// The article's text, one paragraph a line, out of the insides of a page's scripts. `title` is
/// the page's, as far as that is known.
pub(crate) fn article(scripts: &[&str], title: Option<&str>) -> Option<String> {
    let mut search = Search { title: title.map(key_of).filter(|key| !key.is_empty()), found: Vec::new(), work: WORK };
    let mut budget = BUDGET;
    for script in scripts.iter().filter(|script| script.len() >= SHORTEST) {
        let Some(left) = budget.checked_sub(script.len()) else { continue };
        budget = left;
        for_each_value(script, &mut |json| search.visit(&json, None, 128));
    }
    search.best()
}

/// How much a key promises: 10 is a text by name, 0 says nothing.
fn promise(key: &str) -> u32 {
    const TEXTS: &[&str] = &[
        "articlebody",
        "blocks",
        "body",
        "components",
        "content",
        "contentelements",
        "contents",
        "copy",
        "document",
        "elements",
        "html",
        "main",
        "markdown",
        "paragraphs",
        "raw",
        "rendered",
        "richtext",
        "sections",
        "story",
        "text",
    ];
    const ENDS: &[&str] = &["blocks", "body", "content", "html", "markdown", "paragraphs", "text"];
    let key = simple(key);
    match key.as_str() {
        "description" | "summary" | "longdescription" => 4,
        key if TEXTS.contains(&key) || ENDS.iter().any(|end| key.ends_with(end)) => 10,
        _ => 0,
    }
}

/// A text that might be the article.
struct Found {
    text: String,
    /// The heading of the object that it stands in, as a key.
    heading: String,
    words: usize,
    promise: u32,
    score: usize,
    is_titled: bool,
}

struct Search {
    title: Option<String>,
    found: Vec<Found>,
    work: usize,
}

impl Search {
    /// Looks at all of a value; `heading` is that of the nearest object around. The depth is
    /// that of the parser.
    fn visit(&mut self, json: &Json<'_>, heading: Option<&str>, depth: u32) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match json {
            Json::List(items) => items.iter().for_each(|item| self.visit(item, heading, depth)),
            Json::Object(entries) => {
                let heading = heading_of(json).or(heading);
                for (key, value) in entries {
                    if !self.consider(key, value, heading) {
                        self.visit(value, heading, depth);
                    }
                }
            }
            Json::Text(text) => {
                if let Some(inner) = nested(text) {
                    self.visit(&inner, heading, depth.min(DEPTH));
                }
            }
            Json::Nothing => {}
        }
    }

    /// Keeps the value of a key if it is prose; what is kept need not be looked into.
    fn consider(&mut self, key: &str, value: &Json<'_>, heading: Option<&str>) -> bool {
        // Where nothing ties a text to this page, it has to be longer than notices and reviews are.
        const LONG: usize = 120;
        /// Under a heading that is not the page's title it may be another article.
        const LONGER: usize = 300;
        let promise = promise(key);
        let is_long = matches!(value, Json::Text(text) if text.len() > LONG * 4);
        if promise == 0 && (!is_long || heading.is_none()) {
            return false;
        }
        // What has a heading of its own is looked into, so that its text is found under it.
        let is_headed = heading_of(value).is_some();
        if is_headed || self.work == 0 || self.found.len() >= MOST_FOUND {
            return false;
        }
        let mut text = String::new();
        Flow { out: &mut text }.block(value, DEPTH);
        self.work = self.work.saturating_sub(text.len() + 1);
        let Some(words) = prose(&text) else { return false };
        let heading = heading.map(|heading| key_of(&fragment::line(heading))).unwrap_or_default();
        let is_titled = self.title.as_ref().is_some_and(|title| same_title(title, &heading));
        let least = match (promise, is_titled) {
            (1.., true) => 0,
            (_, false) if self.title.is_some() && !heading.is_empty() => LONGER,
            _ => LONG,
        };
        if words < least {
            return false;
        }
        let weight = if is_titled { 10 } else { 1 } * if heading.is_empty() { 2 } else { 3 };
        let score = words * weight * promise.max(3) as usize;
        // The same text is often there twice.
        if !self.found.iter().any(|other| other.words == words && other.text == text) {
            self.found.push(Found { text, heading, words, promise, score, is_titled });
        }
        true
    }

    fn best(self) -> Option<String> {
        let best = self.found.iter().enumerate().max_by_key(|(at, found)| (found.score, usize::MAX - at))?;
        let (at, best) = best;
        // Of several articles with an equal claim none is this page's.
        let rival = |other: &Found| {
            other.words * 2 >= best.words && (other.heading != best.heading || other.heading.is_empty())
        };
        if !best.is_titled && self.found.iter().enumerate().any(|(i, other)| i != at && rival(other)) {
            return None;
        }
        Some(self.joined(at))
    }
}

impl Search {
    /// The text at `best` with the others under its heading: introductions and sections are often
    /// stored apart. What is there already, as excerpt or in another form, is not added.
    fn joined(&self, best: usize) -> String {
        const MOST: usize = 100;
        const BEGINNING: usize = 60;
        let Found { heading, text, .. } = &self.found[best];
        if heading.is_empty() {
            return text.clone();
        }
        let part = |(at, found): (usize, &'_ Found)| at == best || found.heading == *heading && found.promise == 10;
        let parts = self.found.iter().enumerate().filter(|(at, found)| part((*at, found))).take(MOST);
        let parts: Vec<_> = parts.map(|(at, found)| (at, &*found.text, key_of(&found.text))).collect();
        let mut known = key_of(text);
        let mut kept = Vec::new();
        for (at, text, key) in parts {
            let beginning: String = key.chars().take(BEGINNING).collect();
            if at != best && known.contains(&beginning) {
                continue;
            }
            if at != best {
                known.push_str(&key);
            }
            kept.push(text);
        }
        kept.join("\n")
    }
}

fn same_title(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    // One may have the site's name or a kicker besides.
    short.len() >= 8 && long.contains(short) && short.len() * 2 >= long.len() || a == b
}

/// The number of words, if `text` reads like an article.
fn prose(text: &str) -> Option<usize> {
    const WORDS: usize = 60;
    const SENTENCES: usize = 3;
    let mut letters = 0;
    let mut others = 0;
    let mut ideographs = 0;
    let mut sentences = 0;
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        match c {
            '。' | '！' | '？' | '।' | '؟' | '۔' | '።' => sentences += 1,
            '.' | '!' | '?' | '…' if before.is_alphanumeric() || matches!(before, ')' | '"' | '”' | '’' | '»') =>
            {
                let ends =
                    chars.peek().is_none_or(|next| next.is_whitespace() || matches!(next, '"' | '”' | '’' | '»' | ')'));
                sentences += usize::from(ends);
            }
            _ if c.is_whitespace() => {}
            _ if is_ideograph(c) => ideographs += 1,
            _ if c.is_alphabetic() => letters += 1,
            _ => others += 1,
        }
        before = c;
    }
    // Scripts without spaces: a word is about two signs.
    let words = text.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count() + ideographs / 2;
    let signs = letters + ideographs;
    let lines = text.lines().count();
    let lone = text.lines().filter(|line| !line.trim().contains(' ')).count();
    // A list of names or of code is no prose, whatever else is in it.
    let reads = signs >= others * 8 && letters <= words * 14 && (ideographs > letters || lone * 3 <= lines);
    (words >= WORDS && sentences >= SENTENCES && reads && !is_consent(text, words)).then_some(words)
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// Notices about cookies use the word in every sentence, in most languages.
fn is_consent(text: &str, words: usize) -> bool {
    let mut mentions = 0;
    let mut rest = text;
    while let Some(at) = rest.find("ookie") {
        mentions += 1;
        rest = &rest[at + 5..];
    }
    mentions >= 3 && mentions * 60 >= words
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "The airport at Nyby has engaged a heron to keep gulls off its southern runway, it said on \
        Monday, after two years in which nothing else had helped for longer than a week.";
    const SECOND: &str = "The bird works from six until ten, and it takes no holidays. A second one may be hired in \
        spring if the council agrees to pay for the fish, which it has not done so far.";
    const THIRD: &str = "\u{201c}We looked into the cost of a falconer,\u{201d} said Marit Sand, who is in charge of the \
        runway. \u{201c}Then we looked out of the window.\u{201d} The gulls have not been seen since the second of May. \
        Fishermen say that they have moved to the harbor, where nobody had asked for them. The council will hear both \
        sides in June, and the heron is expected to attend with its keeper.";

    fn whole() -> String {
        [FIRST, SECOND, THIRD].join("\n")
    }

    fn padded(value: &str) -> String {
        format!("{}{value}", " ".repeat(SHORTEST))
    }

    fn json(text: &str) -> String {
        serde_json::to_string(text).expect("a string")
    }

    #[test]
    fn shapes_of_articles() {
        let (a, b, c) = (json(FIRST), json(SECOND), json(THIRD));
        let html = json(&format!("<p>{FIRST}</p><figure><img src=\"x\"></figure><p>{SECOND}</p>\n<p>{THIRD}</p>"));
        let draft = json(&format!(r#"{{"blocks":[{{"text":{a},"type":"unstyled"}},{{"text":{b}}},{{"text":{c}}}]}}"#));
        for value in [
            format!(r#"{{"props":{{"pageProps":{{"post":{{"title":"Heron hired","body":{html}}}}}}}}}"#),
            format!(r#"{{"article":{{"title":"Heron hired","paragraphs":[{a},{b},{c}]}}}}"#),
            format!(
                r#"{{"headlines":{{"basic":"Heron hired"}},"content_elements":[{{"type":"text","content":{a}}},
                {{"type":"image","caption":{b},"content":{b}}},{{"type":"text","content":{b}}},
                {{"type":"interstitial_link","content":"Owl back","url":"/owl"}},{{"type":"text","content":{c}}}]}}"#
            ),
            format!(
                r#"{{"title":"Heron hired","body":[
                {{"_type":"block","children":[{{"_type":"span","text":{a}}}]}},
                {{"_type":"block","children":[{{"_type":"span","text":"The bird works from six until ten"}},
                {{"_type":"span","marks":["em"],"text":{}}}]}},
                {{"_type":"block","children":[{{"_type":"span","text":{c}}}]}}]}}"#,
                json(SECOND.strip_prefix("The bird works from six until ten").expect("its beginning"))
            ),
            format!(
                r#"{{"title":"Heron hired","content":{{"nodeType":"document","data":{{}},"content":[
                {{"nodeType":"paragraph","data":{{}},"content":[{{"nodeType":"text","value":{a},"marks":[]}}]}},
                {{"nodeType":"paragraph","content":[{{"nodeType":"text","value":{b}}}]}},
                {{"nodeType":"embedded-asset-block","data":{{"target":{{"text":"a picture"}}}}}},
                {{"nodeType":"paragraph","content":[{{"nodeType":"text","value":{c}}}]}}]}}}}"#
            ),
            format!(
                r#"{{"title":"Heron hired","content":{{"type":"doc","content":[
                {{"type":"paragraph","content":[{{"type":"text","text":{a}}}]}},
                {{"type":"blockquote","content":[{{"type":"paragraph","content":[{{"type":"text","text":{b}}}]}}]}},
                {{"type":"paragraph","content":[{{"type":"text","text":{c}}}]}}]}}}}"#
            ),
            format!(
                r#"{{"title":"Heron hired","content":{{"blocks":[{{"type":"paragraph","data":{{"text":{a}}}}},
                {{"type":"paragraph","data":{{"text":{b}}}}},{{"type":"paragraph","data":{{"text":{c}}}}}]}}}}"#
            ),
            format!(r#"{{"title":"Heron hired","rawContent":{draft},"x":{draft},"content":{draft}}}"#),
            format!(r#"{{"title":{{"rendered":"Heron hired"}},"content":{{"rendered":{html},"protected":false}}}}"#),
            format!(
                r#"{{"title":"Heron hired","sections":[{{"heading":"","content":{a}}},{{"content":{b}}},{{"content":{c}}}]}}"#
            ),
        ] {
            assert_eq!(article(&[&padded(&value)], Some("Heron hired")).as_deref(), Some(&*whole()), "{value}");
            assert_eq!(article(&[&padded(&value)], None).as_deref(), Some(&*whole()), "{value}");
        }
    }

    #[test]
    fn ways_to_hold_it() {
        let body = json(&whole());
        let value = format!(r#"{{"article":{{"title":"Heron hired","articleBody":{body}}}}}"#);
        let quoted = value.replace('\\', "\\\\").replace('\'', "\\'");
        let percent: String = value.bytes().map(|b| format!("%{b:02X}")).collect();
        for script in [
            value.clone(),
            format!("window.__INITIAL_STATE__ = {value};"),
            format!("window.__INITIAL_STATE__={value};(function(){{var s=document.currentScript}}());"),
            format!("window['__PRELOADED_STATE__'] = JSON.parse({});", json(&value)),
            format!("window.__DATA__=JSON.parse('{quoted}')"),
            format!("window.__INITIAL_DATA__={};", json(&value)),
            format!("window.state=JSON.parse(decodeURIComponent(\"{percent}\"))"),
            format!("Fusion.globalContent={value};Fusion.contextPath='/x';var a={{b:function(){{return 1}}}}"),
            format!(
                "window.__NUXT__=(function(a,b){{return {{layout:\"default\",data:[{{post:{value},n:a}}],e:b}}}}(1,null))"
            ),
            format!(
                "var x = {{\"a\": 1}}, y = [1, 2]; window.__APOLLO_STATE__ = {{ROOT_QUERY: {value}, u: undefined}};"
            ),
            value.replace('"', "&quot;"),
        ] {
            assert_eq!(article(&[&padded(&script)], Some("Heron hired")).as_deref(), Some(&*whole()), "{script}");
        }
    }

    #[test]
    fn what_is_no_article() {
        let body = json(&whole());
        let other = json(&whole().replace("heron", "falcon"));
        let cookies = json(&"This site uses cookies. Cookies are small files. You may refuse cookies here. ".repeat(8));
        for value in [
            format!(r#"{{"comments":[{{"title":"Well","body":{body}}}],"n":1}}"#),
            format!(r#"{{"i18n":{{"en":{{"help_text":{body}}}}}}}"#),
            format!(r#"{{"cookieNotice":{{"text":{body}}}}}"#),
            format!(r#"{{"notice":{{"text":{cookies}}}}}"#),
            format!(
                r#"{{"posts":[{{"title":"Heron hired","body":{body}}},{{"title":"Falcon hired","body":{other}}}]}}"#
            ),
            format!(r#"{{"related":[{{"title":"Owl back","content":{body}}}]}}"#),
            format!(r#"{{"author":{{"description":{body}}}}}"#),
            format!(
                r#"{{"content":[{}]}}"#,
                vec![r#"{"title":"Owl back. It was away.","url":"/o","text":"It flew in. Nobody saw."}"#; 40].join(",")
            ),
            format!(r#"{{"title":"Numbers","content":{}}}"#, json(&"1 2 3. 4 5 6; x_y = {z}. ".repeat(60))),
            format!(r#"{{"title":"Short","content":"One. Two. Three."{}}}"#, " ".repeat(600)),
        ] {
            assert_eq!(article(&[&padded(&value)], None), None, "{value}");
        }
    }

    #[test]
    fn the_title_decides() {
        let other = whole().replace("heron", "falcon");
        let value = format!(
            r#"{{"posts":[{{"title":"Falcon hired","body":{}}},{{"title":"Heron hired at Nyby","body":{}}}]}}"#,
            json(&other),
            json(&whole())
        );
        assert_eq!(article(&[&value], Some("Heron hired at Nyby – The Courier")).as_deref(), Some(&*whole()));
        assert_eq!(article(&[&value], Some("Falcon hired")).as_deref(), Some(&*other));
        assert_eq!(article(&[&value], None), None);
    }

    #[test]
    fn parts_under_one_heading_are_joined() {
        let value = format!(
            r#"{{"title":"Heron hired","introText":{},"bodyText":{},"shortText":{}}}"#,
            json(&format!("{FIRST} {SECOND}")),
            json(&format!("{THIRD} {}", whole().replace("heron", "falcon"))),
            json(FIRST),
        );
        let found = article(&[&value], Some("Heron hired")).expect("an article");
        assert_eq!(found.matches("engaged a heron").count(), 1);
        assert!(found.starts_with("The airport") && found.contains("falcon"));
    }

    #[test]
    fn hostile_scripts() {
        let deep = |open: &str, close: &str| format!("{}{}", open.repeat(300_000), close.repeat(300_000));
        let big = format!(r#"{{"title":"x","content":{}}}"#, json(&"Nothing at all. ".repeat(600_000)));
        let start = std::time::Instant::now();
        for script in [
            deep("[", "]"),
            deep("{\"content\":", "}"),
            deep("a={", "}"),
            deep("state={", ""),
            deep("data=[", ""),
            deep("JSON.parse(\"", ""),
            "__x=(".repeat(200_000),
            "__x=(return {".repeat(100_000),
            "=\"\\".repeat(300_000),
            format!("{{\"content\":\"{}\"}}", "\\ud800".repeat(200_000)),
            format!("[{}]", "{\"title\":1,\"content\":null,\"body\":[[]]},".repeat(30_000)),
            format!("[{}0]", "0,".repeat(1_000_000)),
            big,
        ] {
            article(&[&script], Some("x"));
        }
        assert!(start.elapsed().as_secs() < 120);
    }
}
