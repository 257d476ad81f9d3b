//! The kinds of text that are not the article.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a removed piece of text is. Everything that has no kind is body.
///
/// The names are the words used in rules, on the command line and in every output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Kind {
    /// Ad markers and ad text.
    Ad,
    /// Description of a photo, video or graphic, with or without its credit; alt text.
    Caption,
    /// Only the credit of a photo, video or graphic.
    Credit,
    /// Where the text came from: "Source: ...", wire credits, reference entries, footnotes.
    Source,
    /// About the author.
    Bio,
    /// Author, role or agency line.
    Byline,
    /// Publication or update time, reading time.
    Date,
    /// Headline, standfirst, kicker, section label of this article.
    Title,
    /// Share, print and save controls and their counters.
    Share,
    /// Newsletter, subscribe, donate, app, follow-us and paywall text.
    Promo,
    /// Links and teasers to other articles, "read more".
    Related,
    /// Topics, breadcrumbs.
    Tags,
    /// Menus, buttons, form labels, player controls, table of contents.
    Nav,
    /// Copyright, cookie, privacy, disclaimer, affiliate disclosure, policies.
    Legal,
    /// Reader comments and their form.
    Comment,
    /// Company boilerplate, press contact, address.
    Contact,
    /// Anything else.
    Other,
}

impl Kind {
    /// Every kind, in the order of the contract.
    pub const ALL: [Self; 17] = [
        Self::Ad,
        Self::Caption,
        Self::Credit,
        Self::Source,
        Self::Bio,
        Self::Byline,
        Self::Date,
        Self::Title,
        Self::Share,
        Self::Promo,
        Self::Related,
        Self::Tags,
        Self::Nav,
        Self::Legal,
        Self::Comment,
        Self::Contact,
        Self::Other,
    ];

    /// The kind's name, as it stands in rules and output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ad => "ad",
            Self::Caption => "caption",
            Self::Credit => "credit",
            Self::Source => "source",
            Self::Bio => "bio",
            Self::Byline => "byline",
            Self::Date => "date",
            Self::Title => "title",
            Self::Share => "share",
            Self::Promo => "promo",
            Self::Related => "related",
            Self::Tags => "tags",
            Self::Nav => "nav",
            Self::Legal => "legal",
            Self::Comment => "comment",
            Self::Contact => "contact",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|k| k.name() == name).ok_or_else(|| {
            let all = Self::ALL.map(Self::name).join(", ");
            format!("unknown kind `{name}`; the kinds are: {all}")
        })
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KindSet(u32);

impl KindSet {
    /// Whether `kind` is in the set.
    #[must_use]
    pub const fn contains(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    /// Puts `kind` into the set.
    pub const fn insert(&mut self, kind: Kind) {
        self.0 |= 1 << kind as u8;
    }
}

impl FromIterator<Kind> for KindSet {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        let mut set = Self::default();
        for kind in kinds {
            set.insert(kind);
        }
        set
    }
}
