//! What the structure of a page says: segments outside of the article, and those inside of it that
//! stand in an element with a telling name, or consist of links.

use super::{Finding, Signal, View, Voice};
use crate::Kind;
use crate::html::marks::Marks;
use crate::html::names::Tag;

macro_rules! elements {
    ($($name:ident $id:literal $kind:ident $about:literal,)*) => {
        $(static $name: Signal = Signal { id: $id, kind: Kind::$kind, about: $about, guesses: false };)*
    };
}

elements! {
    NAV "nav.element" Nav "inside of a menu or the header of the page",
    FOOTER "nav.footer" Nav "inside of the foot of the page",
    FORM "nav.form" Nav "inside of a form, a search box or a filter",
    PAGER "nav.pager" Nav "inside of the links to the next page",
    CONTENTS "nav.contents" Nav "inside of a table of contents",
    BUTTON "nav.button" Nav "a button or a label",
    ASIDE "related.aside" Related "inside of an element beside the text",
    RELATED "related.element" Related "inside of an element named for other articles",
    TEASER "related.teaser" Related "inside of an element named for teasers",
    SHARE "share.element" Share "inside of an element named for sharing",
    COUNTER "share.counter" Share "inside of an element named for ratings or counts",
    COMMENT "comment.element" Comment "inside of an element named for comments",
    AD "ad.element" Ad "inside of an element named for advertising",
    PROMO "promo.element" Promo "inside of an element named for newsletters and the like",
    LAYER "promo.layer" Promo "inside of a layer over the page",
    CAPTION "caption.element" Caption "inside of an element named for captions",
    CREDIT "credit.element" Credit "inside of an element named for credits",
    BYLINE "byline.element" Byline "inside of an element named for the author",
    DATE "date.element" Date "inside of an element named for the date",
    META "date.meta" Date "inside of an element named for data about the article",
    BIO "bio.element" Bio "inside of an element named for the author's biography",
    TAGS "tags.element" Tags "inside of an element named for topics",
    CRUMBS "tags.path" Tags "inside of the path to the page",
    CONSENT "legal.layer" Legal "inside of a layer over the page that asks for consent",
    LEGAL "legal.element" Legal "inside of an element named for cookies, rights or policies",
    SOURCE "source.element" Source "inside of an element named for references",
    CONTACT "contact.element" Contact "inside of an element named for addresses",
    SECOND "related.second" Related "a second article below the first",
    TITLE "title.element" Title "inside of an element named for the headline or standfirst",
}

static OUTSIDE: Signal = Signal {
    id: "nav.outside",
    kind: Kind::Nav,
    about: "a line outside of the element that holds the article",
    guesses: true,
};
static TEXT_OUTSIDE: Signal = Signal {
    id: "other.outside",
    kind: Kind::Other,
    about: "text outside of the element that holds the article",
    guesses: true,
};
static TEASER_OUTSIDE: Signal = Signal {
    id: "related.outside",
    kind: Kind::Related,
    about: "a linked headline outside of the element that holds the article",
    guesses: true,
};
static LINKED: Signal =
    Signal { id: "related.links", kind: Kind::Related, about: "a line of links within the article", guesses: true };

pub(super) const SIGNALS: &[&Signal] = &[
    &NAV,
    &FOOTER,
    &FORM,
    &PAGER,
    &CONTENTS,
    &BUTTON,
    &ASIDE,
    &RELATED,
    &TEASER,
    &SHARE,
    &COUNTER,
    &COMMENT,
    &AD,
    &PROMO,
    &LAYER,
    &CAPTION,
    &CREDIT,
    &BYLINE,
    &DATE,
    &META,
    &BIO,
    &TAGS,
    &CRUMBS,
    &LEGAL,
    &SOURCE,
    &CONTACT,
    &SECOND,
    &TITLE,
    &OUTSIDE,
    &TEXT_OUTSIDE,
    &TEASER_OUTSIDE,
    &CONSENT,
    &LINKED,
];

/// What each mark is called, the more telling first, and how sure it is of a segment inside of the
/// article.
const BY_MARK: &[(Marks, &Signal, f32)] = &[
    (Marks::LEGAL, &LEGAL, 0.75),
    (Marks::AD, &AD, 0.85),
    (Marks::COMMENT, &COMMENT, 0.93),
    (Marks::SHARE, &SHARE, 0.9),
    (Marks::CREDIT, &CREDIT, 0.9),
    (Marks::CAPTION, &CAPTION, 0.92),
    (Marks::BIO, &BIO, 0.9),
    (Marks::PROMO, &PROMO, 0.85),
    (Marks::RELATED, &RELATED, 0.88),
    (Marks::TEASER, &TEASER, 0.7),
    (Marks::CRUMBS, &CRUMBS, 0.93),
    (Marks::TAGS, &TAGS, 0.85),
    (Marks::PAGER, &PAGER, 0.9),
    (Marks::CONTENTS, &CONTENTS, 0.9),
    (Marks::BYLINE, &BYLINE, 0.85),
    (Marks::DATE, &DATE, 0.85),
    (Marks::META, &META, 0.85),
    (Marks::NAV, &NAV, 0.93),
    (Marks::FOOTER, &FOOTER, 0.93),
    (Marks::LAYER, &LAYER, 0.85),
    (Marks::FORM, &FORM, 0.85),
    (Marks::ASIDE, &ASIDE, 0.8),
    (Marks::TITLE, &TITLE, 0.6),
    (Marks::COUNTER, &COUNTER, 0.75),
    (Marks::CONTACT, &CONTACT, 0.6),
    (Marks::SOURCE, &SOURCE, 0.5),
    (Marks::BUTTON, &BUTTON, 0.85),
];

/// Names that are given to other things as well: of a paragraph inside of the article they are not
/// believed.
const DOUBTFUL: Marks = Marks::AD
    .or(Marks::ASIDE)
    .or(Marks::CONTENTS)
    .or(Marks::BUTTON)
    .or(Marks::SHARE)
    .or(Marks::DATE)
    .or(Marks::META)
    .or(Marks::PAGER)
    .or(Marks::TAGS)
    .or(Marks::TITLE)
    .or(Marks::COUNTER)
    .or(Marks::TEASER);

/// Names of small things that lists of goods, posts and answers have as well, with their text inside.
const OF_ITEMS: Marks =
    Marks::FORM.or(Marks::META).or(Marks::DATE).or(Marks::BYLINE).or(Marks::TITLE).or(Marks::BUTTON);
/// A line of so many words is more than a date or a name.
const WORDY: u32 = 8;

pub(super) fn detect(view: &View<'_>, findings: &mut Vec<Finding>) {
    let Some(page) = &view.page else { return };
    // In menus and comments stand names, dates and section labels that are not the article's.
    let is_foreign =
        |at: usize| !page.article.contains(&at) && page.marks(at).any(Marks::NAV.or(Marks::COMMENT).or(Marks::FOOTER));
    let is_own = |kind: Kind| matches!(kind, Kind::Title | Kind::Byline | Kind::Date | Kind::Source);
    findings.retain(|f| f.part.is_some() || is_users(view, f) || !is_own(f.kind) || !is_foreign(f.segment));
    let is_consent = consent(view);
    for at in 0..view.len() {
        let marks = page.marks(at);
        let (place, shape) = (page.place(at), view.shape(at));
        // Questions that open their answer.
        let is_question = shape.words > 3 && matches!(shape.last, '?' | '？' | '؟');
        let marks = if is_question { marks.without(Marks::BUTTON) } else { marks };
        let named = BY_MARK.iter().find(|(mark, ..)| marks.any(*mark)).map(|(_, signal, sure)| {
            let is_consent = is_consent[at] && **signal == LAYER;
            (if is_consent { &CONSENT } else { *signal }, *sure)
        });
        if page.article.contains(&at) {
            if let Some((signal, sure)) = named {
                // Small things have no paragraphs.
                let is_paragraph = shape.is_prose() && shape.words >= 20 && marks.only_in(DOUBTFUL);
                findings.push(Finding::whole(at, signal, if is_paragraph { 0.6 } else { sure }));
            }
            if page.is_prose && place.linked > 0.8 && !matches!(place.tag, Tag::Td | Tag::Th | Tag::Tr) {
                findings.push(Finding::whole(at, &LINKED, 0.6));
            }
        } else if !page.is_lead(view.segments(), at) {
            let finding = match named {
                // Lines of goods and posts have dates, names and forms of their own: let the model see.
                Some((signal, _)) if shape.words >= WORDY && marks.only_in(OF_ITEMS) => {
                    Finding::whole(at, signal, 0.75)
                }
                Some((signal, _)) => Finding::whole(at, signal, 0.95),
                None if page.is_of_second(at) => Finding::whole(at, &SECOND, 0.93),
                None if shape.is_sentence() || shape.is_prose() => Finding::whole(at, &TEXT_OUTSIDE, 0.93),
                None if place.linked > 0.8 && shape.words >= 5 => Finding::whole(at, &TEASER_OUTSIDE, 0.93),
                None => Finding::whole(at, &OUTSIDE, 0.93),
            };
            findings.push(finding);
        }
    }
}

fn is_users(view: &View<'_>, finding: &Finding) -> bool {
    matches!(finding.voice, Voice::Rule(n) if view.rules[n].is_users)
}

/// Words that layers over a page use when they ask for consent, folded.
const CONSENT_WORDS: &[&str] = &[
    "cookie",
    "consent",
    "privacy",
    "gdpr",
    "rgpd",
    "datenschutz",
    "einwillig",
    "confidentialit",
    "privacidad",
    "privacidade",
    "privatliv",
    "integritet",
    "prywatno",
    "súkromi",
    "soukrom",
    "gizlilik",
    "tietosuoj",
    "конфиденциал",
    "конфіденц",
    "απορρητ",
    "クッキー",
    "隐私",
    "隱私",
    "개인정보",
    "خصوصية",
    "פרטיות",
];

/// The segments of layers over the page that ask for consent, all of them.
fn consent(view: &View<'_>) -> Vec<bool> {
    let mut is_consent = vec![false; view.len()];
    let Some(page) = &view.page else { return is_consent };
    for at in (0..view.len()).filter(|at| page.marks(*at).any(Marks::LAYER)) {
        is_consent[at] = CONSENT_WORDS.iter().any(|word| view.folded(at).contains(word));
    }
    for at in 1..view.len() {
        is_consent[at] |= is_consent[at - 1] && page.marks(at).any(Marks::LAYER);
    }
    for at in (1..view.len()).rev() {
        is_consent[at - 1] |= is_consent[at] && page.marks(at - 1).any(Marks::LAYER);
    }
    is_consent
}
