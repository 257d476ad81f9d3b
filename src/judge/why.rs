//! Why one segment is kept or cut: everything that was said of it, for people to read.

use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

use super::{Outcome, Weighed, judge, weigh};
use crate::detect::{Finding, View, Voice};
use crate::{Config, Kind};

/// Why a segment is kept or cut.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Why {
    /// What decided, in words.
    pub because: String,
    /// How likely it is no body, from 0 to 1, when all is said.
    pub confidence: f32,
    /// From here on it would be cut.
    pub threshold: f32,
    /// Every rule and detector that spoke, the surest first.
    pub voices: Vec<Spoke>,
    /// How sure all of these together are.
    pub voices_together: f32,
    /// How sure the learned model is; `None` if it was not asked: what rules are sure of, it has no say in, and clear
    /// body text is none of its business.
    pub model: Option<f32>,
    /// What the model saw and what difference that made, the largest first; empty if it was not asked.
    pub features: Vec<Weight>,
    /// How sure the table of its site is, if the segment is in it.
    pub site: Option<f32>,
    /// The guards let nothing but your own rules be surer than this.
    pub held_at: Option<f32>,
}

/// What a rule or detector said.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Spoke {
    /// Its id.
    pub rule: Arc<str>,
    /// What it takes the segment for.
    pub kind: Kind,
    /// How sure it is, from 0 to 1, with no other evidence.
    pub confidence: f32,
    /// The bytes of the source text it speaks of, if not the whole segment.
    pub span: Option<Range<usize>>,
    /// Whether it speaks for keeping it.
    pub protects: bool,
    /// What it looks for, if it is code and not a phrase or pattern.
    pub about: Option<&'static str>,
}

/// A feature of a segment, and the difference that it made.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Weight {
    /// Its name.
    pub feature: String,
    /// Its value, from 0 to 255.
    pub value: u8,
    /// By how much it changed the log-odds that the segment is not body: positive speaks for a cut, negative for body.
    /// It is what the trees say behind their questions of it less what they say before, all answers alike.
    pub weight: f32,
}

/// Looks at all that was said of one segment.
pub(crate) fn why(
    view: &View<'_>,
    findings: &[Finding],
    config: &Config,
    segment: usize,
    rule_id: impl Fn(Voice) -> Arc<str>,
) -> Why {
    let Weighed { said, opinions, evidence, threshold, .. } = weigh(view, findings, config);
    let (verdicts, outcome) = judge(view, findings, config);
    let (verdict, held) = (&verdicts[segment], &evidence[segment]);
    let mut voices: Vec<Spoke> = findings
        .iter()
        .filter(|finding| finding.segment == segment)
        .map(|finding| Spoke {
            rule: rule_id(finding.voice),
            kind: finding.kind,
            confidence: finding.confidence,
            span: finding.part.clone(),
            protects: matches!(finding.voice, Voice::Rule(n) if view.rules[n].protects()),
            about: match finding.voice {
                Voice::Signal(signal) => Some(signal.about),
                Voice::Rule(_) => None,
            },
        })
        .collect();
    voices.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then_with(|| a.rule.cmp(&b.rule)));
    // A rule with many phrases may match by several.
    voices.dedup_by(|a, b| a.rule == b.rule && a.span == b.span);
    let model = opinions[segment].map(|opinion| f32::from(opinion.sure) / 100.0);
    let reached = verdict.confidence >= threshold;
    let because = match (outcome, verdict.says) {
        _ if held.is_protected() => "a rule of yours keeps it".to_owned(),
        _ if held.is_decided() && verdict.cut => "a rule of yours cuts it".to_owned(),
        (Outcome::Leave(status), _) => format!("nothing of the document is cut: it is {}", status.name()),
        _ if verdict.cut => format!("it is {:.2} sure, and {threshold:.2} is enough", verdict.confidence),
        (_, None) if verdict.parts.is_empty() => "nothing speaks against it".to_owned(),
        _ if !verdict.parts.is_empty() => "only a part of it is cut".to_owned(),
        _ if held.is_kept_whole() => "a rule of yours keeps a part of it".to_owned(),
        (_, Some((kind, _))) if reached && !config.cuts(kind) => format!("the kind {kind} is kept"),
        _ if reached => "it would be cut, but what stands above and below is kept and of its sort".to_owned(),
        // What the guards held back.
        _ if held.cap().is_some() && model.unwrap_or(held.surest()) >= threshold => {
            "the first and last paragraphs, and texts in which nothing is surely junk, need surer evidence".to_owned()
        }
        _ => format!("it is {:.2} sure, and {threshold:.2} is needed", verdict.confidence),
    };
    Why {
        because,
        confidence: verdict.confidence,
        threshold,
        voices,
        voices_together: f32::from(said[segment].sure) / 100.0,
        model,
        features: model.map(|_| config.model().weights(view, &said, segment)).unwrap_or_default(),
        site: held.by_site(),
        held_at: held.cap(),
    }
}
