//! The guards: what holds a cut back, and when a whole document is better left alone.

use super::{Evidence, Verdict};
use crate::detect::{SITE_LINE, View, Voice};
use crate::html::names::Tag;
use crate::record::Status;

/// What the verdicts make of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The cuts stand.
    Cut,
    /// Nothing is cut, and this is why.
    Leave(Status),
}

/// Wording at least this sure may cut the first paragraphs.
const STRONG: f32 = 0.9;
/// What other evidence may reach at most on text that a guard protects: below every mode's bar
/// but the most thorough.
const HELD: f32 = 0.55;
/// Paragraphs at either end of the article that only strong evidence may cut.
const GUARDED: usize = 2;
/// The largest share of sentence-like text, by words, that may go.
const SHARE_CAP: f32 = 0.75;
/// Below so many words of sentence-like text a share says nothing.
const SHARE_FROM: u32 = 60;

/// Caps the evidence on text that must not go lightly: the article's first and last paragraphs.
pub(super) fn hold_back(view: &View<'_>, evidence: &mut [Evidence]) {
    let prose = |at: &usize| view.shape(*at).is_prose();
    let inside = view.layout.start..view.layout.end;
    let first = inside.clone().filter(prose).take(GUARDED);
    let last = inside.rev().filter(prose).take(GUARDED);
    for at in first.chain(last) {
        let e = &mut evidence[at];
        let by_wording = matches!(e.says(), Some((_, Voice::Rule(n))) if view.rules[n].rule.confidence >= STRONG);
        let by_signal = matches!(e.says(), Some((_, Voice::Signal(s))) if !s.guesses);
        if !by_wording && !by_signal && !e.is_decided() {
            e.hold_at(HELD);
        }
    }
}

/// Caps the evidence on a text in which nobody is sure of anything: it is clean already, and what looks
/// like the margin of a dump is its last line.
pub(super) fn leave_clean(view: &View<'_>, evidence: &mut [Evidence]) {
    /// A voice this sure shows that there is boilerplate at all.
    const SURE: f32 = 0.85;
    if view.page.is_none() && !evidence.iter().any(|e| e.surest() >= SURE) {
        // What the table of the site is sure of, it is not by this text alone.
        let is_known = |e: &Evidence| e.surest() >= HELD || e.by_site().is_some_and(|site| site >= SURE);
        evidence.iter_mut().filter(|e| !is_known(e)).for_each(|e| e.hold_at(HELD));
    }
}

/// Keeps a heading that goes only because it recurs in its site, where what stands below it stays: "System
/// Requirements", "What we like" are on all pages that have such a section.
pub(super) fn keep_headings(view: &View<'_>, verdicts: &mut [Verdict]) {
    let Some(page) = &view.page else { return };
    for at in 1..verdicts.len() {
        let (here, below) = (page.place(at - 1), page.place(at));
        let is_heading = matches!(here.tag, Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6) && here.linked < 0.5;
        if is_heading && is_of_site(&verdicts[at - 1]) && !verdicts[at].cut && below.linked < 0.5 {
            verdicts[at - 1].cut = false;
        }
    }
}

/// Whether it is the table of its site that speaks against a segment.
fn is_of_site(verdict: &Verdict) -> bool {
    matches!(verdict.says, Some((_, Voice::Signal(signal))) if *signal == SITE_LINE)
}

/// Keeps what only the model, or the place, would cut out of the midst of kept text: an item of a list or table, a
/// quotation, a sub-heading, a line of a broken paragraph.
pub(super) fn keep_company(view: &View<'_>, verdicts: &mut [Verdict]) {
    /// From this on the model is as good as a rule.
    const SURE: f32 = 0.9;
    let Some(page) = &view.page else { return };
    // What goes because it recurs in its site says nothing of the text that it stands in.
    let is_cut: Vec<bool> = verdicts.iter().map(|verdict| verdict.cut && !is_of_site(verdict)).collect();
    for at in 1..verdicts.len().saturating_sub(1) {
        let verdict = &mut verdicts[at];
        let by_model = matches!(verdict.says, Some((_, Voice::Signal(signal))) if signal.guesses);
        if !verdict.cut || !by_model || verdict.confidence >= SURE || is_cut[at - 1] || is_cut[at + 1] {
            continue;
        }
        let [above, here, below] = [at - 1, at, at + 1].map(|at| page.place(at));
        let is_alike = above.tag == here.tag && below.tag == here.tag;
        verdict.cut = match here.tag {
            Tag::Li | Tag::Dd | Tag::Dt | Tag::Td | Tag::Th | Tag::Tr => !is_alike,
            Tag::Blockquote | Tag::Pre => false,
            Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6 => below.linked > 0.5,
            _ => !view.segment(at).joined,
        };
    }
}

/// Whether the cuts are plausible as a whole.
pub(super) fn outcome(view: &View<'_>, verdicts: &[Verdict]) -> Outcome {
    let (mut running, mut running_cut, mut kept) = (0, 0, 0);
    for (at, verdict) in verdicts.iter().enumerate() {
        let shape = view.shape(at);
        kept += u32::from(!verdict.cut) * shape.words;
        if shape.is_sentence() || shape.is_prose() {
            running += shape.words;
            running_cut += u32::from(verdict.cut) * shape.words;
        }
    }
    if kept == 0 && verdicts.iter().any(|v| v.cut) {
        if (0..view.len()).all(|at| view.folded(at).is_empty()) {
            return Outcome::Cut;
        }
        return Outcome::Leave(Status::NotArticle);
    }
    if let Some(page) = &view.page {
        // Most of a page's text may be junk, so a share says nothing.
        return if super::nature::has_no_text(view, running - running_cut) {
            Outcome::Leave(Status::NotArticle)
        } else if !page.article.is_empty() {
            Outcome::Cut
        } else if running >= SHARE_FROM {
            // There is text, but all of it stands where no article does.
            Outcome::Leave(Status::Suspect)
        } else {
            Outcome::Leave(Status::NotArticle)
        };
    }
    if running >= SHARE_FROM && running_cut as f32 > running as f32 * SHARE_CAP {
        return Outcome::Leave(Status::Suspect);
    }
    Outcome::Cut
}
