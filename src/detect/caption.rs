//! Captions: the description of a picture has no wording of its own, but its credit has.

use std::ops::Range;

use super::{Finding, Signal, View};
use crate::Kind;
use crate::text::{EndMark, Shape};

pub(super) const SIGNALS: &[&Signal] = &[&CREDITED, &ENDS_IN_CREDIT, &ALT];

static CREDITED: Signal =
    Signal { id: "caption.credited", kind: Kind::Caption, about: "the line above a photo credit", guesses: false };
static ENDS_IN_CREDIT: Signal = Signal {
    id: "caption.with_credit",
    kind: Kind::Caption,
    about: "a line without end mark before the credit it ends in",
    guesses: false,
};
static ALT: Signal = Signal {
    id: "caption.alt",
    kind: Kind::Caption,
    about: "a line without end mark above a caption: the picture's alternative text",
    guesses: false,
};

/// The longest caption, in words.
const LONGEST: u32 = 45;

/// Where prose first and last stands, and the first line that can be a headline.
struct Landmarks {
    first_prose: usize,
    last_prose: Option<usize>,
    headline: usize,
}

impl Landmarks {
    fn of(view: &View<'_>) -> Self {
        let all = 0..view.len();
        let unknown = |at: &usize| view.surety(*at) < 0.6;
        let is_prose = |at: &usize| view.shape(*at).is_prose();
        Self {
            first_prose: all.clone().filter(unknown).find(is_prose).unwrap_or(view.len()),
            last_prose: all.clone().rev().find(is_prose),
            headline: all.filter(unknown).find(|at| view.shape(*at).words >= 4).unwrap_or(view.len()),
        }
    }

    fn is_before_prose(&self, at: usize) -> bool {
        at <= self.first_prose
    }

    fn is_prose_after(&self, at: usize) -> bool {
        self.last_prose.is_some_and(|last| last >= at)
    }
}

pub(super) fn detect(view: &View<'_>, findings: &mut Vec<Finding>) {
    let marks = Landmarks::of(view);
    for finding in &view.wording {
        if let (Kind::Credit, Some(part)) = (finding.kind, &finding.part) {
            let confidence = before_credit(view, &marks, finding.segment, part.clone());
            findings.extend(confidence.map(|c| Finding::whole(finding.segment, &ENDS_IN_CREDIT, c)));
        }
    }
    for credit in 1..view.len() {
        // Behind the article a line above a copyright sign is rather a footer.
        if view.named(credit, 0.8) != Some(Kind::Credit) || view.layout.is_tail(credit.saturating_sub(2)) {
            continue;
        }
        let caption = credit - 1;
        let Some(confidence) = captionness(view, &marks, caption) else { continue };
        findings.push(Finding::whole(caption, &CREDITED, confidence));
        if caption > 0 && confidence >= 0.8 && is_alt(view, &marks, caption - 1) {
            findings.push(Finding::whole(caption - 1, &ALT, 0.8));
        }
    }
    // A caption that its wording gives away has an alternative text above it as well.
    for caption in 1..view.len() {
        if view.named(caption, 0.8) == Some(Kind::Caption)
            && is_alt(view, &marks, caption - 1)
            && shares_words(view, caption - 1, caption)
        {
            findings.push(Finding::whole(caption - 1, &ALT, 0.8));
        }
    }
}

/// How likely a line that holds a credit is a caption as a whole, and not a paragraph behind which
/// a picture stood.
fn before_credit(view: &View<'_>, marks: &Landmarks, at: usize, credit: Range<usize>) -> Option<f32> {
    // Not a caption; and one line with a thousand credits must not be measured a thousand times.
    if view.shape(at).words > LONGEST * 2 {
        return None;
    }
    let span = view.segment(at).span.clone();
    let behind = view.source[credit.end..span.end].trim_matches(|c: char| !c.is_alphanumeric());
    let before = view.source[span.start..credit.start].trim();
    let shape = Shape::of(before);
    if !behind.is_empty() || shape.words == 0 || shape.words > LONGEST {
        return None;
    }
    Some(match shape.end {
        EndMark::Sentence if shape.words > 20 || shape.sentences > 1 => return None,
        EndMark::Sentence if marks.is_before_prose(at) => 0.8,
        EndMark::Sentence => 0.6,
        _ => 0.9,
    })
}

/// How likely the line above a credit is its caption, if it can be one at all.
fn captionness(view: &View<'_>, marks: &Landmarks, at: usize) -> Option<f32> {
    let shape = view.shape(at);
    if shape.words > LONGEST || shape.sentences > 2 || view.surety(at) >= 0.6 || shape.end == EndMark::Colon {
        return None;
    }
    let below = view.segment(at + 1).after_gap;
    Some(match shape.end {
        // Before the article begins there is no paragraph that it could be. The first line of
        // all is rather the headline.
        _ if at > 0 && marks.is_before_prose(at) && marks.is_prose_after(at + 2) => 0.85,
        // Set directly above its credit, in a dump that sets paragraphs apart.
        _ if view.segment(at).after_gap && !below => 0.9,
        // Long for a sub-heading, and not written like one.
        EndMark::None if shape.words >= 9 && shape.capital_share() < 0.5 => 0.75,
        EndMark::None => 0.5,
        _ if shape.words <= 25 && shape.sentences <= 1 => 0.6,
        _ => 0.4,
    })
}

/// The alternative text must not be mistaken for the headline itself.
fn is_alt(view: &View<'_>, marks: &Landmarks, at: usize) -> bool {
    let shape = view.shape(at);
    shape.end == EndMark::None
        && (3..=30).contains(&shape.words)
        && view.surety(at) < 0.6
        && (marks.headline < at || view.layout.start < at)
}

fn shares_words(view: &View<'_>, a: usize, b: usize) -> bool {
    let other = view.folded(b);
    let (mut all, mut shared) = (0, 0);
    for word in view.folded(a).split(' ').filter(|w| w.chars().count() > 3) {
        all += 1;
        shared += usize::from(other.contains(word));
    }
    all > 0 && shared * 2 >= all
}
