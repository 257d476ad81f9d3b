//! What a detector sees: the document, what the rules said of it, and where its prose is.

use super::{Finding, Layout, Page, Voice};
use crate::Kind;
use crate::document::Hints;
use crate::rules::{Action, Compiled, Hit, Place};
use crate::segment::{Segment, Segments};
use crate::sites::OfSite;
use crate::text::Shape;

/// One document, ready to be judged.
pub(crate) struct View<'a> {
    pub(crate) source: &'a str,
    pub(crate) hints: &'a Hints,
    pub(crate) rules: &'a [Compiled],
    pub(crate) layout: Layout,
    /// Of a page, where its article is.
    pub(crate) page: Option<Page<'a>>,
    /// The lines that recur in its site, where any are known.
    pub(crate) site: Option<&'a OfSite>,
    /// What the rules found, in the order of the segments.
    pub(crate) wording: Vec<Finding>,
    /// For each segment, the strongest finding of the rules that speaks of all of it.
    strongest: Vec<Option<(Kind, f32)>>,
    segments: &'a Segments,
}

impl<'a> View<'a> {
    pub(crate) fn new(
        source: &'a str,
        segments: &'a Segments,
        hits: Vec<Hit>,
        rules: &'a [Compiled],
        hints: &'a Hints,
        site: Option<&'a OfSite>,
    ) -> Self {
        let count = segments.list.len();
        // Rules that count only in some places wait until the places are known.
        let mut junk = vec![0.0f32; count];
        let mut placed = vec![0.0f32; count];
        let mut interrupts = vec![false; count];
        for hit in hits.iter().filter(|h| h.part.is_none() && rules[h.rule].rule.action == Action::Drop) {
            let rule = &rules[hit.rule].rule;
            if rule.place == Place::Any {
                junk[hit.segment] = junk[hit.segment].max(rule.confidence);
                let kind = matches!(rule.kind, Kind::Ad | Kind::Caption | Kind::Credit | Kind::Promo | Kind::Related);
                interrupts[hit.segment] |= kind && rule.opens.is_none();
            }
            placed[hit.segment] = placed[hit.segment].max(rule.confidence);
        }
        let page = segments.page.as_ref().map(|structure| Page::new(structure, &segments.list, &junk));
        let layout = match &page {
            Some(page) => Layout { start: page.article.start, end: page.article.end },
            None => Layout::of(&segments.list, &junk, &interrupts),
        };
        let layout = layout.without_edges(&segments.list, &placed);
        let mut strongest: Vec<Option<(Kind, f32)>> = vec![None; count];
        let mut wording = Vec::with_capacity(hits.len());
        for hit in hits {
            let rule = &rules[hit.rule].rule;
            let counts = match rule.place {
                Place::Any => true,
                Place::Head => layout.is_head(hit.segment),
                Place::Tail => layout.is_tail(hit.segment),
                Place::Edge => layout.is_head(hit.segment) || layout.is_tail(hit.segment),
            };
            if !counts {
                continue;
            }
            if hit.part.is_none()
                && rule.action == Action::Drop
                && strongest[hit.segment].is_none_or(|(_, c)| c < rule.confidence)
            {
                strongest[hit.segment] = Some((rule.kind, rule.confidence));
            }
            wording.push(Finding {
                segment: hit.segment,
                part: hit.part,
                kind: rule.kind,
                voice: Voice::Rule(hit.rule),
                confidence: rule.confidence,
            });
        }
        Self { source, hints, rules, layout, page, site, wording, strongest, segments }
    }

    pub(crate) fn len(&self) -> usize {
        self.segments.list.len()
    }

    pub(crate) fn segments(&self) -> &'a [Segment] {
        &self.segments.list
    }

    pub(crate) fn segment(&self, at: usize) -> &'a Segment {
        &self.segments.list[at]
    }

    pub(crate) fn shape(&self, at: usize) -> &'a Shape {
        &self.segments.list[at].shape
    }

    /// Whether the structure of the page settles what becomes of a segment.
    pub(crate) fn is_settled(&self, at: usize) -> bool {
        self.segments.settled.get(at).copied().unwrap_or(false)
    }

    /// The segment as it stands in the source.
    pub(crate) fn text(&self, at: usize) -> &'a str {
        &self.source[self.segments.list[at].span.clone()]
    }

    /// The segment as rules see it.
    pub(crate) fn folded(&self, at: usize) -> &'a str {
        &self.segments.folded[self.segments.list[at].folded.clone()]
    }

    /// How sure the rules are of the segment, from 0 to 1.
    pub(crate) fn surety(&self, at: usize) -> f32 {
        self.strongest[at].map_or(0.0, |(_, c)| c)
    }

    /// The kind the rules give the segment, if they are at least this sure.
    pub(crate) fn named(&self, at: usize, least: f32) -> Option<Kind> {
        self.strongest[at].filter(|(_, c)| *c >= least).map(|(k, _)| k)
    }
}
