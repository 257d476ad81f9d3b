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
