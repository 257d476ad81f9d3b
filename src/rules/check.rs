//! Does every rule do what its examples say?

use std::fmt;

use super::{Matcher, RuleFile};
use crate::Error;
use crate::html;
use crate::segment::{Nature, segment_page, segment_text};

/// What checking a file of rules found.
#[derive(Clone, Debug, Default)]
pub struct CheckReport {
    /// Rules that were checked.
    pub rules: usize,
    /// Examples that were tried.
    pub examples: usize,
    /// What is wrong, one entry a fault: the rule and the example.
    pub faults: Vec<String>,
}

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.faults {
            writeln!(f, "{fault}")?;
        }
        write!(f, "{} rules, {} examples, {} faults", self.rules, self.examples, self.faults.len())
    }
}

/// Tries every `catch` and `spare` example of every rule of `file` on that rule alone.
///
/// # Errors
/// [`Error::Usage`] when the rules do not compile together.
pub fn check(file: &RuleFile) -> Result<CheckReport, Error> {
    let mut report = CheckReport::default();
    for rule in &file.rules {
        report.rules += 1;
        let alone = RuleFile { rules: vec![rule.clone()], ..file.clone() };
        // The place in the document is the judge's business; an example has none.
        let matcher = Matcher::new([(&alone, false)])?.ungated();
        let url = rule.sites.first().map(|site| format!("https://{site}/"));
        let selectors = matcher.selectors(url.as_deref());
        // What is seen of an example: of a rule with a selector, it is HTML.
        let seen = |example: &str| {
            rule.css.as_ref()?;
            html::parse_with(example, &selectors).map(|tree| segment_page(&tree, false, Nature::Unknown))
        };
        let mut cut = |example: &str| {
            report.examples += 1;
            let (text, segments) = seen(example).unwrap_or_else(|| (example.to_owned(), segment_text(example)));
            let mut cut: Vec<String> = Vec::new();
            for hit in matcher.hits(&text, &segments, url.as_deref()) {
                let span = hit.part.unwrap_or_else(|| segments.list[hit.segment].span.clone());
                cut.push(text[span].to_owned());
            }
            cut
        };
        let mut faults = Vec::new();
        for example in &rule.catch {
            let text = example.replace(['⟦', '⟧'], "");
            // An element may show several lines, each a hit of its own.
            let marked = seen(example).map_or_else(|| example.clone(), |(text, _)| text);
            let apart = if rule.css.is_some() { '\n' } else { '⟧' };
            let expected: Vec<&str> = if example.contains('⟦') {
                marked
                    .split('⟦')
                    .skip(1)
                    .filter_map(|p| p.split('⟧').next())
                    .flat_map(|p| p.split(apart))
                    .map(str::trim)
                    .filter(|l| !l.is_empty())
                    .collect()
            } else {
                marked.lines().map(str::trim).filter(|l| !l.is_empty()).collect()
            };
            let found = cut(&text);
            if found.is_empty() {
                faults.push(format!("{}: does not catch {text:?}", rule.id));
            } else if !expected.iter().all(|e| found.iter().any(|f| f == e)) {
                faults.push(format!("{}: of {text:?} it cuts {found:?}, not {expected:?}", rule.id));
            }
        }
        for example in &rule.spare {
            let found = cut(example);
            if !found.is_empty() {
                faults.push(format!("{}: does not spare {example:?}; it cuts {found:?}", rule.id));
            }
        }
        report.faults.extend(faults);
    }
    Ok(report)
}
