//! Rules: what a piece of boilerplate is worded like, as data.
//!
//! `README.md` beside this file describes the format; `data/` holds the tables, one file a
//! language. [`RuleFile`] is one parsed file, the built-in ones and the user's alike.

mod check;
mod css;
mod edge;
mod matcher;
mod outline;
mod pattern;
mod scan;
mod trial;

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::text::fold;
use crate::{Error, Kind};

pub use check::{CheckReport, check};
pub(crate) use matcher::{Compiled, Hit, Matcher};

/// The built-in tables: name and text.
const TABLES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/tables.rs"));

/// A rule that is code: what it looks for is a matter of place, neighbours and shape, not of
/// wording. Its id stands in the output like that of any rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeRule {
    /// Unique name; begins with the kind.
    pub id: &'static str,
    /// The kind of what it finds.
    pub kind: Kind,
    /// What it takes for what, in one sentence.
    pub about: &'static str,
}

/// Every rule that is code, sorted by id.
#[must_use]
pub fn code_rules() -> Vec<CodeRule> {
    let signals = crate::detect::signals().chain(crate::judge::SIGNALS.iter().copied());
    let mut rules: Vec<CodeRule> = signals.map(|s| CodeRule { id: s.id, kind: s.kind, about: s.about }).collect();
    rules.sort_by_key(|rule| rule.id);
    rules
}

/// One TOML file of rules.
#[derive(Clone, Debug)]
pub struct RuleFile {
    /// Where it came from; for messages.
    pub path: PathBuf,
    /// The language of its rules, or `any`.
    pub lang: String,
    /// Its rules, in their order.
    pub rules: Vec<Rule>,
}

/// Which part of a segment a rule looks at, and how much of it is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The whole segment.
    Line,
    /// Its beginning; all is cut.
    Prefix,
    /// Its end; all is cut.
    Suffix,
    /// Anywhere; all is cut.
    Contains,
    /// Only the match is cut.
    Inline,
    /// The sentence that begins with the match is cut.
    Sentence,
}

impl Scope {
    /// The name that stands in a rules file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Prefix => "prefix",
            Self::Suffix => "suffix",
            Self::Contains => "contains",
            Self::Inline => "inline",
            Self::Sentence => "sentence",
        }
    }
}

/// Where in a document a rule counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// Everywhere.
    #[default]
    Any,
    /// Before the first paragraph of prose.
    Head,
    /// After the last.
    Tail,
    /// Either.
    Edge,
}

/// What a heading opens: what follows it is of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Opens {
    /// The short lines that follow.
    Lines,
    /// The next paragraph.
    Paragraph,
    /// All until the end of the document.
    Rest,
}

/// What a rule does with what it finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is cut.
    #[default]
    Drop,
    /// It is kept, whatever other rules say. Only in the user's files.
    Protect,
}

/// One rule, as it stands in a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Unique name; begins with the kind.
    pub id: String,
    /// The kind of what it finds. Default, for the user's rules: `other`.
    #[serde(default = "other")]
    pub kind: Kind,
    /// What it looks at and cuts. Not for `css`.
    #[serde(default, deserialize_with = "one_or_many")]
    pub scope: Vec<Scope>,
    /// How sure it is, from 0 to 1, with no other evidence. Default: 1.
    #[serde(default = "certain")]
    pub confidence: f32,
    /// Exact wordings, in any case and typography; `#` stands for a number.
    #[serde(default)]
    pub phrases: Vec<String>,
    /// A regular expression, in place of phrases.
    pub pattern: Option<String>,
    /// A CSS selector, in place of phrases: the elements of a page that it names. Only in the user's
    /// files.
    pub css: Option<String>,
    /// Literals of which one must occur before the pattern is tried.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Whether the pattern is matched against the text as it stands instead of its folded form.
    #[serde(default)]
    pub raw: bool,
    /// Longer segments are left alone.
    pub max_words: Option<u32>,
    /// Where it counts.
    #[serde(default)]
    pub place: Place,
    /// What it opens.
    pub opens: Option<Opens>,
    /// Whether it cuts or protects.
    #[serde(default)]
    pub action: Action,
    /// Hosts (with their sub-domains) whose documents it is for. Default: all.
    #[serde(default)]
    pub sites: Vec<String>,
    /// Lines it must catch; a part that is cut stands in `⟦ ⟧`. For `css`, HTML.
    #[serde(default)]
    pub catch: Vec<String>,
    /// Look-alikes that it must not touch. For `css`, HTML.
    #[serde(default)]
    pub spare: Vec<String>,
}

fn other() -> Kind {
    Kind::Other
}

fn certain() -> f32 {
    1.0
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Scope>, D::Error> {
    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "`scope` is one of line, prefix, suffix, contains, inline, sentence, or a list of them"
    )]
    enum OneOrMany {
        One(Scope),
        Many(Vec<Scope>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(scope) => vec![scope],
        OneOrMany::Many(scopes) => scopes,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    rule: Vec<Rule>,
}

impl RuleFile {
    /// Parses the text of a rules file.
    ///
    /// # Errors
    /// [`Error::Rules`] when it is not TOML or a rule is not well-formed; the message names the
    /// line or the rule and says what to do.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        let file = Self::read(path, text)?;
        file.validate()?;
        Ok(file)
    }

    /// Reads a file without looking at its patterns, which takes most of the time.
    fn read(path: &Path, text: &str) -> Result<Self, Error> {
        let table: Table = toml::from_str(text)
            .map_err(|e| Error::Rules { path: path.to_path_buf(), message: in_one_line(&e.to_string()) })?;
        Ok(Self { path: path.to_path_buf(), lang: table.lang.unwrap_or_else(|| "any".to_owned()), rules: table.rule })
    }

    /// The built-in tables. Their patterns are checked by the tests, not here.
    ///
    /// # Errors
    /// [`Error::Rules`] when a table is not well-formed, which the tests rule out.
    pub fn built_in() -> Result<Vec<Self>, Error> {
        TABLES.iter().map(|(name, text)| Self::read(Path::new(name), text)).collect()
    }

    /// Checks what [`RuleFile::parse`] checks.
    ///
    /// # Errors
    /// [`Error::Rules`] names the first rule that is not well-formed.
    pub fn validate(&self) -> Result<(), Error> {
        self.rules.iter().try_for_each(|rule| rule.validate().map_err(|why| self.error(rule, &why)))
    }

    fn error(&self, rule: &Rule, why: &str) -> Error {
        Error::Rules { path: self.path.clone(), message: format!("rule `{}`: {why}", rule.id) }
    }
}

impl Rule {
    fn validate(&self) -> Result<(), String> {
        let ways = [!self.phrases.is_empty(), self.pattern.is_some(), self.css.is_some()];
        if ways.into_iter().filter(|way| *way).count() != 1 {
            return Err("give one of `phrases`, `pattern` or `css`".into());
        }
        if self.css.is_some() && !(self.scope.is_empty() && self.needs.is_empty() && !self.raw) {
            return Err("`scope`, `needs` and `raw` are not for `css`: it cuts what its elements show".into());
        }
        if self.css.is_none() && self.scope.is_empty() {
            return Err("`scope` is missing or empty".into());
        }
        if !(0.0..=1.0).contains(&self.confidence) {
            return Err(format!("`confidence` is {}, but must be from 0 to 1", self.confidence));
        }
        if self.raw && self.pattern.is_none() {
            return Err("`raw` is for patterns; phrases are always folded".into());
        }
        if self.id.trim().is_empty() {
            return Err("`id` is empty".into());
        }
        for phrase in &self.phrases {
            let mut folded = String::new();
            fold(phrase, &mut folded);
            if !folded.contains(|c: char| c.is_alphanumeric() || c == '#') {
                return Err(format!("the phrase {phrase:?} holds no letter or digit; give a `pattern` instead"));
            }
        }
        if let Some(site) = self.sites.iter().find(|s| s.trim().is_empty() || s.contains(['/', ':'])) {
            return Err(format!("`sites` takes hosts such as example.com, not {site:?}"));
        }
        if let Some(pattern) = &self.pattern {
            let regex = regex::Regex::new(pattern).map_err(|e| format!("the pattern does not compile: {e}"))?;
            if regex.is_match("") {
                return Err("the pattern matches the empty string".into());
            }
        }
        if let Some(css) = &self.css {
            css::parse(css)?;
        }
        Ok(())
    }

    /// Whether the rule is for documents of this address.
    pub(crate) fn is_for(&self, url: Option<&str>) -> bool {
        self.sites.is_empty()
            || url.and_then(host).is_some_and(|host| self.sites.iter().any(|site| is_under(&host, site)))
    }
}

/// An error of the parser, which draws the line and points at the place, without the drawing.
fn in_one_line(error: &str) -> String {
    let is_drawing = |l: &&str| l.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').starts_with('|');
    let said = error.lines().filter(|l| !is_drawing(l)).map(str::trim).filter(|l| !l.is_empty());
    said.collect::<Vec<_>>().join(": ")
}

/// The host of an address, in lower case.
pub(crate) fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

/// Whether `host` is `site` or a sub-domain of it.
fn is_under(host: &str, site: &str) -> bool {
    let site = site.trim_start_matches("*.").to_ascii_lowercase();
    host == site || host.strip_suffix(&site).is_some_and(|rest| rest.ends_with('.'))
}
