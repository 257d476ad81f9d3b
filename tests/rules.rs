//! Every built-in rule: well-formed, named, and true to its own examples.
//!
//! Each test looks at all files and lists every fault it finds, so that one run is enough to mend
//! a table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cleancopy::rules::{Action, Rule, RuleFile, check, code_rules};

fn built_in() -> Vec<RuleFile> {
    RuleFile::built_in().expect("the built-in tables are well-formed")
}

/// Calls `visit` with every rule; it returns what is wrong with it, if anything.
fn each_rule(mut visit: impl FnMut(&RuleFile, &Rule) -> Option<String>) {
    let mut faults = Vec::new();
    for file in &built_in() {
        for rule in &file.rules {
            faults.extend(visit(file, rule).map(|why| format!("{}: {}: {why}", file.path.display(), rule.id)));
        }
    }
    none(&faults);
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_example_holds() {
    let (mut rules, mut faults) = (0, Vec::new());
    for file in &built_in() {
        match check(file) {
            Ok(report) => {
                rules += report.rules;
                faults.extend(report.faults.iter().map(|fault| format!("{}: {fault}", file.path.display())));
            }
            Err(error) => faults.push(format!("{}: {error}", file.path.display())),
        }
    }
    assert!(rules > 100, "only {rules} rules were found");
    none(&faults);
}

#[test]
fn every_file_is_well_formed() {
    let files = built_in();
    let faults: Vec<String> = files.iter().filter_map(|file| file.validate().err()).map(|e| e.to_string()).collect();
    none(&faults);
    let empty: Vec<String> =
        files.iter().filter(|f| f.rules.is_empty()).map(|f| format!("{}: no rules", f.path.display())).collect();
    none(&empty);
}

#[test]
fn selectors_are_for_the_users_rules() {
    // A page is parsed a second time for them.
    each_rule(|_, rule| rule.css.as_ref().map(|_| "has `css`".to_owned()));
}

#[test]
fn every_rule_has_a_catch_and_a_spare() {
    each_rule(|_, rule| match (rule.catch.is_empty(), rule.spare.is_empty()) {
        (false, false) => None,
        (true, false) => Some("no `catch`".to_owned()),
        (false, true) => Some("no `spare`".to_owned()),
        (true, true) => Some("neither `catch` nor `spare`".to_owned()),
    });
}

#[test]
fn ids_are_unique_and_begin_with_their_kind() {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    each_rule(|file, rule| {
        let here = file.path.display().to_string();
        if let Some(there) = seen.insert(rule.id.clone(), here) {
            return Some(format!("the id is taken in {there}"));
        }
        well_named(&rule.id, rule.kind.name())
    });
}

/// What is wrong with an id: it is `kind.name` and perhaps more, in lower-case ASCII.
fn well_named(id: &str, kind: &str) -> Option<String> {
    if id.strip_prefix(kind).and_then(|rest| rest.strip_prefix('.')).is_none_or(str::is_empty) {
        return Some(format!("the id does not begin with `{kind}.`"));
    }
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    (!id.chars().all(plain)).then(|| "the id holds more than a-z, 0-9, `.`, `_` and `-`".to_owned())
}

#[test]
fn rules_that_are_code_are_named_like_the_others() {
    let mut taken: BTreeSet<String> = built_in().into_iter().flat_map(|f| f.rules).map(|rule| rule.id).collect();
    let mut faults = Vec::new();
    let rules = code_rules();
    assert!(!rules.is_empty());
    for rule in &rules {
        // That a line recurs does not tell its kind: what is cut by this rule has the kind that others give it.
        let kind = if rule.id == "site.line" { "site" } else { rule.kind.name() };
        faults.extend(well_named(rule.id, kind).map(|why| format!("{}: {why}", rule.id)));
        if !taken.insert(rule.id.to_owned()) {
            faults.push(format!("{}: the id is taken", rule.id));
        }
        if rule.about.trim().is_empty() {
            faults.push(format!("{}: does not say what it is about", rule.id));
        }
    }
    none(&faults);
    assert!(rules.is_sorted_by_key(|rule| rule.id), "code_rules() is sorted by id");
}

#[test]
fn phrases_are_unique_within_a_rule() {
    // The folding of the crate is not to be seen from here; lower case and single spaces find
    // nearly all of what it would take for the same.
    let plain = |phrase: &String| phrase.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    each_rule(|_, rule| {
        let mut seen = BTreeSet::new();
        let twice: Vec<&String> = rule.phrases.iter().filter(|p| !seen.insert(plain(p))).collect();
        (!twice.is_empty()).then(|| format!("twice: {twice:?}"))
    });
}

#[test]
fn nothing_matches_the_empty_string() {
    // White space, what folds to nothing, and marks alone: as the only line, and between others.
    let nothing = ["", " \n\u{a0}\n", "\u{200b}", "\u{200b}\n\u{feff}"].map(str::to_owned).to_vec();
    let mut faults = Vec::new();
    for file in &built_in() {
        let rules = file.rules.iter().map(|rule| Rule { catch: Vec::new(), spare: nothing.clone(), ..rule.clone() });
        let file = RuleFile { rules: rules.collect(), ..file.clone() };
        match check(&file) {
            Ok(report) => faults.extend(report.faults),
            Err(error) => faults.push(error.to_string()),
        }
    }
    none(&faults);
    each_rule(|_, rule| {
        let empty = |text: &String| {
            text.chars().all(|c| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}'))
        };
        if rule.phrases.iter().any(empty) {
            return Some("a phrase is empty".to_owned());
        }
        rule.needs.iter().any(empty).then(|| "one of its `needs` is empty and always there".to_owned())
    });
}

#[test]
fn built_in_rules_are_for_everyone() {
    each_rule(|_, rule| {
        if !rule.sites.is_empty() {
            return Some("`sites` is for the user's files".to_owned());
        }
        (rule.action == Action::Protect).then(|| "`protect` is for the user's files".to_owned())
    });
}

#[test]
fn a_false_example_is_found() {
    let text = r#"
        [[rule]]
        id = "ad.test"
        kind = "ad"
        scope = "line"
        phrases = ["advertisement"]
        catch = ["Advertisement", "Sponsored"]
        spare = ["Advertisement is a long word.", "ADVERTISEMENT"]
    "#;
    let file = RuleFile::parse(Path::new("test.toml"), text).expect("a rules file");
    let report = check(&file).expect("it compiles");
    assert_eq!((report.rules, report.examples), (1, 4));
    assert_eq!(report.faults.len(), 2, "{report}");
    assert!(report.faults[0].contains("ad.test") && report.faults[0].contains("Sponsored"), "{report}");
    assert!(report.faults[1].contains("ADVERTISEMENT"), "{report}");
}
