//! What the user wants. All defaults live here.

use std::sync::Arc;

use crate::kind::KindSet;
use crate::rules::RuleFile;
use crate::sites::SiteLines;
use crate::{Kind, Model};

/// A named balance between body lost and junk left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Cut only what is beyond doubt.
    Precise,
    /// The default: lose next to no body text, cut most junk.
    #[default]
    Balanced,
    /// Cut whatever is more likely junk than not.
    Thorough,
}

impl Mode {
    /// The least probability of being junk, from 0 to 1, at which a segment is cut.
    pub(crate) const fn threshold(self) -> f32 {
        match self {
            Self::Precise => 0.9,
            Self::Balanced => 0.58,
            Self::Thorough => 0.4,
        }
    }

    /// How sure a rule must be, from 0 to 1, for the learned model to have no say.
    pub(crate) const fn sure(self) -> f32 {
        match self {
            Self::Precise => 0.97,
            Self::Balanced => 0.8,
            Self::Thorough => 0.7,
        }
    }
}

/// How to clean. `Config::default()` is what the command does without flags.
#[derive(Clone, Debug)]
pub struct Config {
    mode: Mode,
    keep: KindSet,
    only: Option<KindSet>,
    min_confidence: f32,
    max_doc_bytes: usize,
    rule_files: Vec<RuleFile>,
    model: Option<Arc<Model>>,
    site_lines: Option<Arc<SiteLines>>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            keep: KindSet::default(),
            only: None,
            min_confidence: 0.0,
            max_doc_bytes: 32 << 20,
            rule_files: Vec::new(),
            model: None,
            site_lines: None,
        }
    }
}

impl Config {
    /// Sets the balance between body lost and junk left. Default: [`Mode::Balanced`].
    #[must_use]
    pub fn with_mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Leaves these kinds in the body. Default: none.
    #[must_use]
    pub fn with_keep(mut self, kinds: impl IntoIterator<Item = Kind>) -> Self {
        self.keep = kinds.into_iter().collect();
        self
    }

    /// Cuts these kinds alone. Default: all kinds are cut.
    #[must_use]
    pub fn with_only(mut self, kinds: impl IntoIterator<Item = Kind>) -> Self {
        self.only = Some(kinds.into_iter().collect());
        self
    }

    /// Cuts nothing of a confidence below this, from 0 to 1. Default: 0 (the mode decides).
    #[must_use]
    pub fn with_min_confidence(mut self, confidence: f32) -> Self {
        self.min_confidence = confidence;
        self
    }

    /// Passes documents of more bytes through uncut. Default: 32 MiB.
    #[must_use]
    pub fn with_max_doc_bytes(mut self, bytes: usize) -> Self {
        self.max_doc_bytes = bytes;
        self
    }

    /// Adds a file of the user's own rules, which win over the built-in ones.
    #[must_use]
    pub fn with_rules(mut self, rules: RuleFile) -> Self {
        self.rule_files.push(rules);
        self
    }

    /// Judges by this model instead of the one built in.
    #[must_use]
    pub fn with_model(mut self, model: Model) -> Self {
        self.model = Some(Arc::new(model));
        self
    }

    /// Takes the lines that recur in a document's site as evidence against them. Default: none are known.
    #[must_use]
    pub fn with_site_lines(mut self, lines: SiteLines) -> Self {
        self.site_lines = Some(Arc::new(lines));
        self
    }

    pub(crate) fn site_lines(&self) -> Option<&SiteLines> {
        self.site_lines.as_deref()
    }

    pub(crate) fn model(&self) -> &Model {
        self.model.as_deref().unwrap_or_else(|| Model::built_in())
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether a segment of this kind may be cut.
    pub(crate) fn cuts(&self, kind: Kind) -> bool {
        !self.keep.contains(kind) && self.only.is_none_or(|only| only.contains(kind))
    }

    pub(crate) fn min_confidence(&self) -> f32 {
        self.min_confidence
    }

    /// The largest document, in bytes, that is cleaned.
    #[must_use]
    pub fn max_doc_bytes(&self) -> usize {
        self.max_doc_bytes
    }

    pub(crate) fn rule_files(&self) -> &[RuleFile] {
        &self.rule_files
    }
}
