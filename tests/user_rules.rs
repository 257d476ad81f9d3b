//! The user's own rules: they win over the built-in ones, and a bad file says what is bad.

use std::path::Path;

use cleancopy::document::Hints;
use cleancopy::rules::{RuleFile, check};
use cleancopy::{Cleaned, Cleaner, Config, Error, Kind};

const PATH: &str = "mine.toml";

fn rules(text: &str) -> RuleFile {
    RuleFile::parse(Path::new(PATH), text).unwrap_or_else(|error| panic!("{error}"))
}

fn cleaner(text: &str) -> Cleaner {
    Cleaner::new(Config::default().with_rules(rules(text))).expect("the rules compile")
}

/// The message that a file of rules is refused with.
fn refused(text: &str) -> String {
    match RuleFile::parse(Path::new(PATH), text) {
        Err(Error::Rules { path, message }) => {
            assert_eq!(path, Path::new(PATH));
            message
        }
        other => panic!("not refused for its rules: {other:?}"),
    }
}

fn cut<'t>(cleaned: &'t Cleaned<'_>) -> Vec<(Kind, String, &'t str)> {
    let removals = cleaned.removals().iter();
    removals.map(|r| (r.kind, r.rule.to_string(), &cleaned.source()[r.span.clone()])).collect()
}

/// An article into the middle of which `line` is put.
fn article(line: &str) -> String {
    format!(
        "The council voted on Tuesday night to close the old bridge for repairs that will last until spring.\n\
         Traffic will be led over the new bridge, and two bus lines will take another way through the town.\n\
         {line}\n\
         Shopkeepers in the old town said that they had not been asked, and that they would protest.\n\
         The mayor answered that the bridge would fall down if nothing was done, and that nobody wanted that.\n"
    )
}

#[test]
fn phrases_are_dropped_in_any_case_and_typography() {
    let cleaner = cleaner(
        r#"
        [[rule]]
        id = "promo.kettle"
        kind = "promo"
        scope = "line"
        phrases = ["the kettle's on # times a day"]
        "#,
    );
    for line in
        ["The kettle's on 3 times a day", "THE KETTLE’S ON 12 TIMES A DAY!", "“The\u{a0}kettle’s on 1,200 times a day”"]
    {
        let text = article(line);
        let cleaned = cleaner.clean_text(&text);
        assert_eq!(cut(&cleaned), [(Kind::Promo, "promo.kettle".to_owned(), line)]);
        assert_eq!(cleaned.removals()[0].confidence, 1.0, "the user is always sure");
        assert!(!cleaned.body().contains(line));
    }
    let text = article("The kettle's on 3 times a day in the town hall, the mayor said on Tuesday.");
    assert!(cut(&cleaner.clean_text(&text)).is_empty(), "a `line` rule wants the whole line");
}

#[test]
fn patterns_are_dropped() {
    let cleaner = cleaner(
        r#"
        [[rule]]
        id = "other.ticket"
        scope = "prefix"
        pattern = '^ticket [a-z]+-#:'
        "#,
    );
    let text = article("Ticket ABC-123: a line that nobody but us would call junk, and that ends like prose.");
    let cleaned = cleaner.clean_text(&text);
    assert_eq!(cut(&cleaned).len(), 1);
    assert_eq!(cut(&cleaned)[0].0, Kind::Other, "the kind is `other` where none is given");
    assert!(cut(&cleaned)[0].2.starts_with("Ticket ABC"));
}

#[test]
fn raw_patterns_see_the_text_as_it_stands() {
    let cleaner = cleaner(
        r#"
        [[rule]]
        id = "other.code"
        scope = "line"
        raw = true
        pattern = '^[A-Z]{3}-\d{4}$'
        "#,
    );
    let text = article("QRX-2041");
    assert_eq!(cut(&cleaner.clean_text(&text)), [(Kind::Other, "other.code".to_owned(), "QRX-2041")]);
    for other in ["qrx-2041", "QRX-20411"] {
        let text = article(other);
        assert!(cut(&cleaner.clean_text(&text)).iter().all(|(_, rule, _)| rule != "other.code"), "{other}");
    }
}

#[test]
fn inline_rules_cut_only_the_match() {
    let cleaner = cleaner(
        r#"
        [[rule]]
        id = "other.mark"
        scope = "inline"
        raw = true
        pattern = '\[\[[A-Z]+\]\]'
        "#,
    );
    let text = article("The mayor [[SIC]] said [[NOTE]] that all would be well in the end, and went home early.");
    let cleaned = cleaner.clean_text(&text);
    let found: Vec<&str> = cut(&cleaned).iter().map(|(_, _, text)| *text).collect();
    assert_eq!(found, ["[[SIC]]", "[[NOTE]]"]);
    assert!(cleaned.body().contains("The mayor said that all would be well"), "{}", cleaned.body());
}

#[test]
fn what_is_protected_stays() {
    let text = article("ADVERTISEMENT");
    let plain = Cleaner::new(Config::default()).expect("the built-in rules compile");
    assert_eq!(cut(&plain.clean_text(&text)).len(), 1, "the example is one that is cut without the rule");
    let cleaner = cleaner(
        r#"
        [[rule]]
        id = "other.keep"
        scope = "line"
        action = "protect"
        phrases = ["advertisement"]
        "#,
    );
    assert!(cut(&cleaner.clean_text(&text)).is_empty());
}

#[test]
fn what_is_protected_stays_whatever_the_user_drops() {
    let cleaner = cleaner(
        r#"
        [[rule]]
        id = "other.drop"
        scope = "contains"
        phrases = ["zorblax"]

        [[rule]]
        id = "other.keep"
        scope = "contains"
        action = "protect"
        phrases = ["dear reader"]
        "#,
    );
    let both = article("Dear reader, the zorblax is upon us");
    assert!(cut(&cleaner.clean_text(&both)).is_empty());
    let one = article("The zorblax is upon us");
    assert_eq!(cut(&cleaner.clean_text(&one)).len(), 1);
}

#[test]
fn a_protected_part_keeps_the_line_around_it() {
    let cleaner = cleaner(
        r#"
        [[rule]]
        id = "other.sic"
        scope = "inline"
        action = "protect"
        raw = true
        pattern = '\[SIC\]'

        [[rule]]
        id = "other.drop"
        scope = "inline"
        raw = true
        pattern = '\[[A-Z]+\]'
        "#,
    );
    let text = article("The bridge was [SIC] unsafe, he wrote, and [REF] no more of it was ever found by anyone.");
    let cleaned = cleaner.clean_text(&text);
    assert_eq!(cut(&cleaned).iter().map(|(.., text)| *text).collect::<Vec<_>>(), ["[REF]"]);
}

#[test]
fn what_is_protected_keeps_its_inline_markers() {
    let line = "The mayor was pleased with the result. Advertisement The council will meet again on Friday at noon.";
    let text = article(line);
    let plain = Cleaner::new(Config::default()).expect("the built-in rules compile");
    assert_eq!(cut(&plain.clean_text(&text)).len(), 1, "the example is one that is cut without the rule");
    let cleaner = cleaner(
        r#"
        [[rule]]
        id = "other.keep"
        scope = "contains"
        action = "protect"
        phrases = ["council will meet"]
        "#,
    );
    assert!(cut(&cleaner.clean_text(&text)).is_empty());
}

#[test]
fn the_users_name_for_a_line_wins() {
    let cleaner = cleaner(
        r#"
        [[rule]]
        id = "nav.mine"
        kind = "nav"
        scope = "line"
        phrases = ["advertisement"]
        "#,
    );
    let text = article("Advertisement");
    assert_eq!(cut(&cleaner.clean_text(&text)), [(Kind::Nav, "nav.mine".to_owned(), "Advertisement")]);
}

#[test]
fn the_first_paragraph_is_cut_if_the_user_says_so() {
    let cleaner = cleaner(
        r#"
        [[rule]]
        id = "other.lead"
        scope = "prefix"
        phrases = ["the council voted on tuesday"]
        "#,
    );
    let text = article("A line of its own.");
    let cleaned = cleaner.clean_text(&text);
    assert_eq!(cut(&cleaned).first().map(|c| c.1.as_str()), Some("other.lead"));
}

#[test]
fn keep_and_only_hold_for_the_users_rules_too() {
    let text = article("zorblax");
    let mine = || {
        rules(
            r#"
            [[rule]]
            id = "promo.mine"
            kind = "promo"
            scope = "line"
            phrases = ["zorblax"]
            "#,
        )
    };
    for config in [Config::default().with_keep([Kind::Promo]), Config::default().with_only([Kind::Ad])] {
        let cleaner = Cleaner::new(config.with_rules(mine())).expect("the rules compile");
        assert!(cut(&cleaner.clean_text(&text)).is_empty());
    }
}

#[test]
fn rules_of_a_site_are_for_its_host_and_what_is_below() {
    let cleaner = cleaner(
        r#"
        [[rule]]
        id = "other.site"
        scope = "line"
        sites = ["paper.example", "*.Wire.example"]
        phrases = ["zorblax"]
        "#,
    );
    let text = article("zorblax");
    let is_cut = |url| !cut(&cleaner.clean_text_with(&text, url, &Hints::default())).is_empty();
    for url in [
        "https://paper.example/news/1",
        "https://PAPER.example",
        "http://www.paper.example:8080/a?b=c#d",
        "https://user@m.paper.example/",
        "paper.example/news",
        "https://news.wire.example/x",
        "https://wire.example/x",
    ] {
        assert!(is_cut(Some(url)), "{url}");
    }
    for url in [
        "https://notpaper.example/",
        "https://paper.example.org/",
        "https://other.example/?from=paper.example",
        "https://other.example/paper.example",
        "https://example/",
        "",
    ] {
        assert!(!is_cut(Some(url)), "{url}");
    }
    assert!(!is_cut(None), "no address, no rules of a site");
}

#[test]
fn several_files_are_joined() {
    let file =
        |word: &str| rules(&format!("[[rule]]\nid = \"other.{word}\"\nscope = \"line\"\nphrases = [\"{word}\"]\n"));
    let config = Config::default().with_rules(file("zorblax")).with_rules(file("quuxly"));
    let cleaner = Cleaner::new(config).expect("the rules compile");
    for word in ["zorblax", "quuxly"] {
        let text = article(word);
        assert_eq!(cut(&cleaner.clean_text(&text)), [(Kind::Other, format!("other.{word}"), word)]);
    }
}

#[test]
fn examples_of_ones_own_rules_are_checked() {
    let file = rules(
        r#"
        [[rule]]
        id = "other.site"
        scope = "inline"
        sites = ["paper.example"]
        pattern = 'zor[a-z]+'
        catch = ["He said ⟦zorblax⟧ and left", "nothing of it"]
        spare = ["zor", "zorro"]
        "#,
    );
    let report = check(&file).expect("it compiles");
    assert_eq!((report.rules, report.examples, report.faults.len()), (1, 4, 2), "{report}");
}

#[test]
fn a_bad_file_names_its_line() {
    for (text, line) in [
        ("[[rule]\nid = 1", "line 1"),
        ("[[rule]]\nid = \"a.b\"\nscope = \"everywhere\"\nphrases = [\"x\"]", "line 3"),
        ("[[rule]]\nid = \"a.b\"\nscope = \"line\"\nphrase = [\"x\"]", "line 4"),
        ("\n\n[[rule]]\nid = \"a.b\"\nkind = \"advert\"\nscope = \"line\"\nphrases = [\"x\"]", "line 5"),
        ("[[rule]]\nscope = \"line\"\nphrases = [\"x\"]", "id"),
        ("[[rule]]\nid = \"a.b\"\nphrases = [\"x\"]", "scope"),
        ("rules = []", "line 1"),
    ] {
        let message = refused(text);
        assert!(message.contains(line), "{text:?} should name {line}: {message}");
    }
}

#[test]
fn a_bad_rule_is_named() {
    for (rest, why) in [
        ("scope = \"line\"", "phrases"),
        ("scope = \"line\"\nphrases = [\"x\"]\npattern = \"x\"", "phrases"),
        ("scope = []\nphrases = [\"x\"]", "scope"),
        ("scope = \"line\"\nphrases = [\" \"]", "no letter"),
        ("scope = \"line\"\nphrases = [\"***\"]", "no letter"),
        ("scope = \"prefix\"\nphrases = [\"\u{200b}\"]", "no letter"),
        ("scope = \"line\"\nphrases = [\"x\"]\nsites = [\"https://paper.example\"]", "sites"),
        ("scope = \"line\"\nphrases = [\"x\"]\nconfidence = 1.5", "confidence"),
        ("scope = \"line\"\nphrases = [\"x\"]\nraw = true", "raw"),
        ("scope = \"line\"\npattern = \"(x\"", "pattern"),
        ("scope = \"line\"\npattern = \"x*\"", "empty"),
        ("", "css"),
        ("css = \".a\"\nphrases = [\"x\"]", "css"),
        ("css = \".a\"\nscope = \"line\"", "scope"),
        ("css = \".a\"\nneeds = [\"x\"]", "needs"),
        ("css = \"\"", "EmptySelector"),
        ("css = \"div >\"", "`div >`"),
        ("css = \"a:hover\"", "UnsupportedPseudo"),
        ("css = \"a::before\"", "before"),
        ("css = \"p[\"", "`p[`"),
    ] {
        let message = refused(&format!("[[rule]]\nid = \"other.bad\"\n{rest}\n"));
        assert!(message.contains("other.bad") && message.contains(why), "{rest:?}: {message}");
    }
}

#[test]
fn an_empty_file_changes_nothing() {
    let text = article("Advertisement");
    let plain = Cleaner::new(Config::default()).expect("the built-in rules compile");
    assert_eq!(cleaner("").clean_text(&text).removals(), plain.clean_text(&text).removals());
}

/// A page with this inside of its article, and an address.
fn page(inside: &str) -> String {
    let paragraphs: Vec<String> = article("@").lines().map(|line| format!("<p>{line}</p>\n")).collect();
    let paragraphs = paragraphs.concat().replace("<p>@</p>", inside);
    format!(
        "<!doctype html><html lang=en><head><title>The old bridge closes</title></head><body><main><article>\n\
         <h1>The old bridge closes</h1>\n{paragraphs}</article></main></body></html>"
    )
}

/// A rule with this selector, and more lines.
fn css(selector: &str, more: &str) -> String {
    format!("[[rule]]\nid = \"other.mine\"\ncss = '{selector}'\n{more}\n")
}

const STORY: &str =
    "A story of its own stands here, told at length and in whole sentences, so that nobody would cut it.";

/// The lines, and parts of lines, that the rule `other.mine` cuts of a page.
fn cut_of_mine(rules: &str, page: &str) -> Vec<String> {
    let cleaned = cleaner(rules).clean_html(page, None);
    let mine = cut(&cleaned).into_iter().filter(|(_, rule, _)| rule == "other.mine");
    // Neighbours of one rule are one cut.
    mine.flat_map(|(.., text)| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn elements_are_dropped() {
    let aside = format!("<section class='x more'><h2>A heading</h2><p>{STORY}</p><ul><li>One<li>Two</ul></section>");
    let all = ["A heading", STORY, "One", "Two"];
    for selector in [
        ".more",
        "section",
        "section.x.more",
        ".none, .more",
        "article > section",
        "h1 ~ section",
        "p + .x",
        "section:has(> ul)",
    ] {
        assert_eq!(cut_of_mine(&css(selector, ""), &page(&aside)), all, "{selector}");
    }
    for (selector, found) in [
        ("section li", vec!["One", "Two"]),
        ("li:first-child", vec!["One"]),
        ("h2, ul li:nth-of-type(2)", vec!["A heading", "Two"]),
        ("section, section *", all.to_vec()),
    ] {
        assert_eq!(cut_of_mine(&css(selector, ""), &page(&aside)), found, "{selector}");
    }
    let cleaned = cleaner(&css(".more", "kind = \"related\"")).clean_html(&page(&aside), None);
    assert!(
        cleaned
            .removals()
            .iter()
            .filter(|r| &*r.rule == "other.mine")
            .all(|r| r.kind == Kind::Related && r.confidence == 1.0)
    );
    assert!(cleaned.body().contains("The council voted") && !cleaned.body().contains("A story of its own"));
}

#[test]
fn what_a_selector_asks_for_may_be_any_attribute() {
    let aside = format!("<div data-zone='Z9' onclick='x()' style='color: red'><p>{STORY}</p></div>");
    for selector in ["[data-zone=Z9]", "[data-zone^=Z]", "[onclick]", "div[style*=red]", "div[data-zone=z9 i]"] {
        assert_eq!(cut_of_mine(&css(selector, ""), &page(&aside)), [STORY], "{selector}");
    }
}

#[test]
fn elements_within_a_line_are_a_part_of_it() {
    let line = "<p>The mayor was pleased <em>(so she said)</em> with what the <a href='/x'>old bridge</a> cost<sup>1</sup>.</p>";
    for (selector, found) in [
        ("em", vec!["(so she said)"]),
        ("p a[href]", vec!["old bridge"]),
        ("sup", vec!["1"]),
        ("em, sup", vec!["(so she said)", "1"]),
        ("p > *", vec!["(so she said)", "old bridge", "1"]),
    ] {
        assert_eq!(cut_of_mine(&css(selector, ""), &page(line)), found, "{selector}");
    }
    let cleaned = cleaner(&css("p em, p sup", "")).clean_html(&page(line), None);
    assert!(cleaned.body().contains("The mayor was pleased with what the old bridge cost."), "{}", cleaned.body());
    // An element that shows all of a line is the line.
    let whole = format!("<p><span><i>{STORY}</i></span></p>");
    assert_eq!(cut_of_mine(&css("i", ""), &page(&whole)), [STORY]);
    // One that goes on over a break shows a part of each line.
    let broken = "<p>One word <b>and two<br>and three</b> and no more.</p>";
    assert_eq!(cut_of_mine(&css("b", ""), &page(broken)), ["and two", "and three"]);
}

#[test]
fn elements_that_show_nothing_are_nothing() {
    let nothing = format!(
        "<p><span class=x>&nbsp;</span><br><span class=x></span>{STORY}</p><div class=x hidden>Hidden</div><img class=x alt=Nothing>"
    );
    assert!(cut_of_mine(&css(".x, img, head, title, script, template", ""), &page(&nothing)).is_empty());
}

#[test]
fn a_selector_without_a_match_changes_nothing() {
    let plain = Cleaner::new(Config::default()).expect("the built-in rules compile");
    let page = page(&format!(
        "<!-- x --><svg><title>Drawing</title></svg><div class=share><a href=x>Share</a></div><p>{STORY}</p>"
    ));
    let without = plain.clean_html(&page, None);
    let with = cleaner(&css(".none", "")).clean_html(&page, None);
    assert_eq!((with.body(), with.removals(), with.source()), (without.body(), without.removals(), without.source()));
}

#[test]
fn elements_are_protected() {
    let block = "<div class='share box'><a href=x>Share</a> <a href=y>Print</a></div><div class=keep><div class=ad>Advertisement</div></div>";
    let plain = Cleaner::new(Config::default()).expect("the built-in rules compile");
    let cleaned = plain.clean_html(&page(block), None);
    assert!(cut(&cleaned).len() >= 2, "the example is one that is cut without the rule");
    let cleaned = cleaner(&css(".box, .keep", "action = \"protect\"")).clean_html(&page(block), None);
    assert!(cleaned.body().contains("Share Print") && cleaned.body().contains("Advertisement"), "{}", cleaned.body());
    // To protect goes before to drop, wherever either stands.
    let both = css("article", "") + "[[rule]]\nid = \"other.keep\"\ncss = \"p\"\naction = \"protect\"\n";
    let cleaned = cleaner(&both).clean_html(&page(block), None);
    assert!(cleaned.body().starts_with("The council voted") && !cleaned.body().contains("Advertisement"));
    // What stands in a protected part keeps the line around it.
    let line = "<p class=drop>Of all this, <q>only this stays</q></p>";
    let both = css(".drop", "") + "[[rule]]\nid = \"other.keep\"\ncss = \"q\"\naction = \"protect\"\n";
    assert!(cut_of_mine(&both, &page(line)).is_empty());
}

#[test]
fn the_users_part_of_a_line_goes_before_ours() {
    let line = "<p>The mayor was pleased with the result. Advertisement <b>The council</b> will meet again on Friday at noon.</p>";
    let marked = line.replace("Advertisement <b>The council</b>", "<b>Advertisement The council</b>");
    assert_eq!(cut_of_mine(&css("b", ""), &page(line)), ["The council"]);
    assert_eq!(cut_of_mine(&css("b", ""), &page(&marked)), ["Advertisement The council"]);
}

#[test]
fn selectors_of_a_site_are_for_its_host_or_the_address_that_the_page_names() {
    let rules = css(".x", "sites = [\"paper.example\"]");
    let inside = format!("<div class=x>{STORY}</div>");
    let cleaner = cleaner(&rules);
    let is_cut = |page: &str, url| !cut(&cleaner.clean_html(page, url)).iter().all(|(_, rule, _)| rule != "other.mine");
    assert!(is_cut(&page(&inside), Some("https://www.paper.example/a")));
    assert!(!is_cut(&page(&inside), Some("https://wire.example/a")));
    assert!(!is_cut(&page(&inside), None));
    let named = page(&inside).replace("<head>", "<head><link rel=canonical href='https://paper.example/bridge'>");
    assert!(is_cut(&named, None));
    assert!(!is_cut(&named, Some("https://wire.example/a")));
}

#[test]
fn selectors_are_nothing_to_plain_text() {
    let text = article("<p class=x>zorblax</p>");
    assert!(cut_of_text(&cleaner(&css("*", "")), &text).is_empty());
}

fn cut_of_text(cleaner: &Cleaner, text: &str) -> Vec<String> {
    cut(&cleaner.clean_text(text))
        .into_iter()
        .filter(|(_, rule, _)| rule == "other.mine")
        .map(|c| c.2.to_owned())
        .collect()
}

#[test]
fn keep_only_and_max_words_hold_for_selectors_too() {
    let inside = format!("<div class=x>{STORY}</div>");
    for config in [Config::default().with_keep([Kind::Other]), Config::default().with_only([Kind::Ad])] {
        let cleaner = Cleaner::new(config.with_rules(rules(&css(".x", "")))).expect("the rules compile");
        assert!(cut(&cleaner.clean_html(&page(&inside), None)).iter().all(|(_, rule, _)| rule != "other.mine"));
    }
    assert!(cut_of_mine(&css(".x", "max_words = 5"), &page(&inside)).is_empty());
}

#[test]
fn examples_of_selectors_are_pages() {
    let file = rules(
        r#"
        [[rule]]
        id = "other.box"
        css = ".box, p > sup"
        sites = ["paper.example"]
        catch = [
            "<div class=box><p>One</p><p>Two &amp; three</p></div>",
            "<p>A line</p> <div class=box>⟦<p>One</p><p>Two</p>⟧</div>",
            "<p>A note<sup>⟦1⟧</sup> in a line</p>",
            "<p>No box</p>",
            "<p class=box>In a box</p><p>⟦Not in it⟧</p>",
        ]
        spare = ["<p class=boxes>x</p>", "<p class=box>x</p>"]
        "#,
    );
    let report = check(&file).expect("it compiles");
    assert_eq!((report.rules, report.examples, report.faults.len()), (1, 7, 3), "{report}");
}

#[test]
fn the_page_of_a_selector_is_bounded_as_every_page() {
    let cleaner = cleaner(&css("h2 ~ p", ""));
    let siblings = format!("<body>{}", "<p>x".repeat(60_000));
    let deep = format!("<body>{}x", "<div>".repeat(100_000));
    let attributes: String = (0..100_000).map(|n| format!(" a{n}=b")).collect();
    let formatting: String = (0..5_000).map(|n| format!("<b id=x{n}><p>")).collect();
    let started = std::time::Instant::now();
    for page in [&siblings, &deep, &format!("<p{attributes}>x"), &formatting] {
        let _ = cleaner.clean_html(page, None);
    }
    // Without bounds each of them takes minutes.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn a_selected_heading_may_open_a_section_and_a_place_may_be_asked_for() {
    let inside = "<h3 class=x>Zorblax</h3><p>One thing</p><p>Another thing</p>";
    let plain = cut_of_mine(&css(".x", ""), &page(inside));
    assert_eq!(plain, ["Zorblax"]);
    let cleaned = cleaner(&css(".x", "kind = \"related\"\nopens = \"lines\"")).clean_html(&page(inside), None);
    assert!(!cleaned.body().contains("One thing"), "{}", cleaned.body());
    assert!(cut_of_mine(&css(".x", "place = \"tail\""), &page(inside)).is_empty());
}
