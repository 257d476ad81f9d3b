//! From the elements that rules name to the segments, and parts of segments, that they show.

use std::ops::Range;

use super::Segment;
use crate::html::layout::{Area, is_block};
use crate::html::tree::{NodeId, Step, Tree};

/// What an element that a rule names shows of one segment.
#[derive(Clone, Debug)]
pub(crate) struct Selected {
    /// The number of the rule.
    pub(crate) rule: u32,
    pub(crate) segment: usize,
    /// The bytes of the source, if not the whole segment.
    pub(crate) part: Option<Range<usize>>,
}

/// What the selected elements of a page show, rule by rule. Elements that show nothing have no area
/// and give nothing.
pub(super) fn selected(tree: &Tree, areas: &[Area], segments: &[Segment], text: &str) -> Vec<Selected> {
    let mut found = Vec::new();
    // The rule before, and the end of what it has: one of its elements within another adds nothing,
    // and without this their number would be multiplied by their depth.
    let mut had = (u32::MAX, 0);
    for (rule, node) in &tree.selected {
        // Nodes of such a tree have their numbers in the order of the page, and so have areas.
        let Ok(at) = areas.binary_search_by_key(node, |area| area.node) else { continue };
        let Area { span, blocks, tag, .. } = &areas[at];
        if had.0 == *rule && span.end <= had.1 {
            continue;
        }
        had = (*rule, span.end);
        // A line of blanks is dropped, and its place in the text is taken by the next.
        if !is_block(*tag) && !has_text(tree, *node) {
            continue;
        }
        // An inline element ends within the line that is still open.
        for (segment, Segment { span: whole, .. }) in
            segments.iter().enumerate().take(blocks.end + 1).skip(blocks.start)
        {
            let (start, end) = (span.start.max(whole.start), span.end.min(whole.end));
            let Some(shown) = text.get(start..end) else { continue };
            let start = start + (shown.len() - shown.trim_start().len());
            let part = start..start + shown.trim().len();
            if !part.is_empty() {
                let part = (part != *whole).then_some(part);
                found.push(Selected { rule: *rule, segment, part });
            }
        }
    }
    found
}

/// Whether there is any text in a node.
fn has_text(tree: &Tree, node: NodeId) -> bool {
    let mut step = Some(Step::Enter(node));
    while let Some(now) = step.filter(|step| *step != Step::Leave(node)) {
        if let Step::Enter(id) = now
            && !tree.text(id).trim().is_empty()
        {
            return true;
        }
        step = tree.after(now);
    }
    false
}
