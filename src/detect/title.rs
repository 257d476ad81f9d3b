//! The headline, and the kicker and standfirst around it.

use super::{Finding, Signal, View};
use crate::Kind;
use crate::text::{EndMark, Shape, fold};

pub(super) const SIGNALS: &[&Signal] = &[&HEADLINE, &GIVEN, &KICKER, &STANDFIRST];

static HEADLINE: Signal = Signal {
    id: "title.headline",
    kind: Kind::Title,
    about: "the first line like a headline before the first paragraph",
    guesses: false,
};
static GIVEN: Signal = Signal {
    id: "title.given",
    kind: Kind::Title,
    about: "a line that repeats the title of the record",
    guesses: false,
};
static KICKER: Signal = Signal {
    id: "title.kicker",
    kind: Kind::Title,
    about: "a short label directly above the headline",
    guesses: false,
};

static STANDFIRST: Signal = Signal {
    id: "title.standfirst",
    kind: Kind::Title,
    about: "a line between the headline and a byline, date or caption",
    guesses: false,
};

/// The longest headline, in words.
const LONGEST: u32 = 30;

pub(super) fn detect(view: &View<'_>, findings: &mut Vec<Finding>) {
    let given = given(view, findings);
    if given.is_some() {
        return;
    }
    let Some(first) = (0..view.len()).find(|at| is_paragraph(view, *at)) else { return };
    let Some(headline) = (0..first)
        .find(|at| view.surety(*at) < 0.6 && looks_like_headline(view.shape(*at)) && !view.text(*at).contains('\t'))
    else {
        return;
    };
    // The nearer to the top and to the prose, the surer.
    let unknown = |at: &usize| view.surety(*at) < 0.8 && view.shape(*at).words > 3;
    let above = (0..headline).filter(unknown).count();
    let below = (headline + 1..first).filter(unknown).count();
    let confidence = match (above, below) {
        (0, 0) => 0.85,
        (0..=2, 0..=4) => 0.8,
        (0..=8, 0..=8) => 0.72,
        _ => 0.6,
    };
    findings.push(Finding::whole(headline, &HEADLINE, confidence));
    standfirst(view, headline, first, findings);
    if headline > 0 && view.surety(headline - 1) < 0.6 && view.shape(headline - 1).words <= 3 {
        findings.push(Finding::whole(headline - 1, &KICKER, 0.8));
    }
}

/// The standfirst has no mark of its own but its place.
fn standfirst(view: &View<'_>, headline: usize, first: usize, findings: &mut Vec<Finding>) {
    let (at, next) = (headline + 1, headline + 2);
    if next >= first || view.surety(at) >= 0.6 || view.shape(at).words < 5 || view.shape(at).end == EndMark::Colon {
        return;
    }
    if matches!(view.named(next, 0.8), Some(Kind::Byline | Kind::Date | Kind::Caption | Kind::Credit | Kind::Share)) {
        findings.push(Finding::whole(at, &STANDFIRST, 0.78));
    }
}

/// Whether what the signal finds is the headline itself.
pub(crate) fn is_headline(signal: &Signal) -> bool {
    *signal == HEADLINE || *signal == GIVEN
}

/// A paragraph of the article, as far as the rules do not object.
fn is_paragraph(view: &View<'_>, at: usize) -> bool {
    let shape = view.shape(at);
    (shape.is_prose() || shape.is_sentence() && shape.words >= 9) && view.surety(at) < 0.6
}

fn looks_like_headline(shape: &Shape) -> bool {
    let length = if shape.unspaced > 0 { 3..=LONGEST } else { 4..=LONGEST };
    length.contains(&shape.words)
        && matches!(shape.end, EndMark::None | EndMark::Sentence)
        && !matches!(shape.last, '.' | '。' | '।')
        && shape.letters * 2 > shape.chars
        && !shape.first.is_lowercase()
}

/// Lines before and at the beginning of the article that repeat the record's own title.
fn given(view: &View<'_>, findings: &mut Vec<Finding>) -> Option<usize> {
    let title = view.hints.title.as_deref()?;
    let mut folded = String::new();
    fold(title.trim(), &mut folded);
    let letters = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let title = letters(&folded);
    if title.chars().count() < 8 {
        return None;
    }
    let mut found = None;
    for at in 0..view.len() {
        let line = view.folded(at);
        if line.len() > folded.len() * 2 + 16 {
            continue;
        }
        let line = letters(line);
        // The title of a page often has the site's name behind it, or before it.
        if line == title || line.chars().count() >= 12 && (title.starts_with(&line) || title.ends_with(&line)) {
            let early = at < view.layout.start + 3;
            findings.push(Finding::whole(at, &GIVEN, if early { 0.97 } else { 0.75 }));
            found = found.or(early.then_some(at));
        }
    }
    found
}
