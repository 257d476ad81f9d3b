//! The stages of cleaning one by one, for the benches. Not part of the library's interface.

use crate::detect::{self, Finding, View};
use crate::document::Hints;
use crate::judge;
use crate::rules::{Matcher, RuleFile};
use crate::segment::{self, Segments};
use crate::{Config, Error};

static NO_HINTS: Hints = Hints { title: None, byline: None, date: None, lang: None };

/// The built-in rules, compiled.
#[derive(Debug)]
pub struct Rules(Matcher);

impl Rules {
    /// Compiles them.
    ///
    /// # Errors
    /// [`Error::Rules`] when a rule does not compile.
    pub fn built_in() -> Result<Self, Error> {
        let files = RuleFile::built_in()?;
        Matcher::new(files.iter().map(|file| (file, false))).map(Self)
    }
}

/// A text in its segments.
#[derive(Debug)]
pub struct Segmented(Segments);

/// What was found in a text.
pub struct Detected<'a> {
    view: View<'a>,
    findings: Vec<Finding>,
}

/// The first stage: a text into segments.
#[must_use]
pub fn segment(text: &str) -> Segmented {
    Segmented(segment::segment_text(text))
}

/// The second: rules and detectors on the segments.
#[must_use]
pub fn detect<'a>(rules: &'a Rules, text: &'a str, segmented: &'a Segmented) -> Detected<'a> {
    let hits = rules.0.hits(text, &segmented.0, None);
    let view = View::new(text, &segmented.0, hits, rules.0.rules(), &NO_HINTS);
    let findings = detect::detect(&view);
    Detected { view, findings }
}

/// The third: findings into verdicts; returns how many segments are cut whole.
#[must_use]
pub fn judge(detected: &Detected<'_>, config: &Config) -> usize {
    let (verdicts, _) = judge::judge(&detected.view, &detected.findings, config);
    verdicts.iter().filter(|verdict| verdict.cut).count()
}
