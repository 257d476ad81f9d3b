//! What speaks against one segment.

use crate::Kind;
use crate::detect::{Finding, SITE_LINE, Voice};
use crate::features::Said;
use crate::rules::{Action, Compiled};

/// The findings on one segment, joined.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    /// Log-odds of the strongest voice.
    strongest: Option<f32>,
    /// How sure the surest voice is that does not guess by the place.
    surest: f32,
    /// Log-odds of the other voices that speak for more than even odds.
    others: f32,
    /// How sure the table of its site is. It stands apart from the others, for the model was not trained with
    /// such tables: what they say must not change what it is told.
    site: Option<f32>,
    /// Who names the segment, and with what weight.
    name: Option<(Kind, Voice, f32)>,
    /// The user says what it is, and nobody may object.
    decided: Option<Decision>,
    /// No more than this, whatever speaks.
    cap: Option<f32>,
    /// A part of the segment is protected, so that it cannot be cut as a whole.
    kept_whole: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    Protected,
    Dropped,
}

/// How much of the weight of further voices counts: they are never independent.
const AGREEMENT: f32 = 0.35;
/// No voice, and no number of them, is surer than this, in log-odds (.99).
const SUREST: f32 = 4.6;

/// Who names a segment when several kinds are claimed. Dates, names and buttons stand everywhere,
/// so what else a line is says more; in the comments all of them are comments. A guess by the
/// place comes last.
fn precedence(finding: &Finding, guesses: bool) -> f32 {
    let is_section = matches!(finding.voice, Voice::Signal(signal) if signal.id.ends_with(".section"));
    match finding.kind {
        _ if guesses => 0.0,
        Kind::Comment if is_section => 1.07,
        Kind::Date | Kind::Byline | Kind::Nav | Kind::Share | Kind::Other => 1.0,
        _ if is_section => 1.0,
        _ => 1.1,
    }
}

fn log_odds(p: f32) -> f32 {
    (p / (1.0 - p)).ln().clamp(-SUREST, SUREST)
}

fn probability(log_odds: f32) -> f32 {
    let p = 1.0 / (1.0 + (-log_odds.min(SUREST)).exp());
    // Two digits are all it can mean.
    (p * 100.0).round() / 100.0
}

impl Evidence {
    pub(super) fn add(&mut self, finding: &Finding, rules: &[Compiled]) {
        let guesses = match finding.voice {
            Voice::Signal(signal) if *signal == SITE_LINE => return self.site = Some(finding.confidence),
            Voice::Signal(signal) => signal.guesses,
            Voice::Rule(n) => {
                if rules[n].is_users {
                    self.decide(finding, rules[n].rule.action);
                }
                false
            }
        };
        let naming = finding.confidence + precedence(finding, guesses);
        if !guesses {
            self.surest = self.surest.max(finding.confidence);
        }
        let odds = log_odds(finding.confidence);
        match self.strongest {
            Some(strongest) if odds <= strongest => self.others += odds.max(0.0),
            strongest => {
                self.others += strongest.unwrap_or(0.0).max(0.0);
                self.strongest = Some(odds);
            }
        }
        if self.name.is_none_or(|(.., weight)| naming > weight) {
            self.name = Some((finding.kind, finding.voice, naming));
        }
    }

    /// The first of the user's rules that applies has the last word; to protect goes first.
    fn decide(&mut self, finding: &Finding, action: Action) {
        match action {
            Action::Protect => self.decided = Some(Decision::Protected),
            Action::Drop if self.decided.is_none() => {
                self.decided = Some(Decision::Dropped);
                self.name = Some((finding.kind, finding.voice, f32::INFINITY));
            }
            Action::Drop => {}
        }
    }

    /// Lets nothing but the user's own rules be surer than `cap`.
    pub(super) fn hold_at(&mut self, cap: f32) {
        self.cap = Some(self.cap.map_or(cap, |c| c.min(cap)));
    }

    pub(super) fn keep_whole(&mut self) {
        self.kept_whole = true;
    }

    pub(super) fn is_kept_whole(&self) -> bool {
        self.kept_whole || self.is_protected()
    }

    pub(super) fn is_protected(&self) -> bool {
        self.decided == Some(Decision::Protected)
    }

    pub(super) fn is_decided(&self) -> bool {
        self.decided.is_some()
    }

    /// Whether a voice that does not guess is at least this sure, and nothing holds it back: then the model
    /// has no say.
    pub(super) fn is_sure(&self, least: f32) -> bool {
        self.cap.is_none() && self.surest >= least
    }

    /// How sure the surest voice is that does not guess by the place.
    pub(super) fn surest(&self) -> f32 {
        self.surest
    }

    /// No more than what the guards allow.
    pub(super) fn capped(&self, confidence: f32) -> f32 {
        self.cap.map_or(confidence, |cap| confidence.min(cap))
    }

    /// What the guards let it be at most.
    pub(super) fn cap(&self) -> Option<f32> {
        self.cap
    }

    /// How sure the table of its site is that the segment is no body, if it is in it.
    pub(super) fn by_site(&self) -> Option<f32> {
        self.site
    }

    /// How likely the segment is not body, from 0 to 1, where the table of its site speaks beside those who are
    /// `confidence` sure. They do not look at other documents and it looks at nothing else, so that its weight
    /// counts in full; of a line that is hardly junk by all other signs it makes no junk.
    pub(super) fn with_site(&self, confidence: f32) -> f32 {
        let Some(site) = self.site else { return confidence };
        self.capped(probability(log_odds(confidence) + log_odds(site)))
    }

    /// How likely the segment is not body, from 0 to 1, for all but the table of its site.
    pub(super) fn confidence(&self) -> f32 {
        if self.decided == Some(Decision::Protected) {
            return 0.0;
        }
        let Some(strongest) = self.strongest else { return 0.0 };
        if self.decided == Some(Decision::Dropped) {
            return 1.0;
        }
        self.capped(probability(strongest + AGREEMENT * self.others))
    }

    /// What rules and detectors say, joined, for the model.
    pub(super) fn said(&self) -> Said {
        let guesses = matches!(self.name, Some((_, Voice::Signal(signal), _)) if signal.guesses);
        Said { sure: (self.confidence() * 100.0).round() as u8, kind: self.name.map(|(kind, ..)| kind), guesses }
    }

    pub(super) fn says(&self) -> Option<(Kind, Voice)> {
        self.name.map(|(kind, voice, _)| (kind, voice))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_site(confidence: f32) -> Finding {
        Finding { segment: 0, part: None, kind: Kind::Other, voice: Voice::Signal(&SITE_LINE), confidence }
    }

    #[test]
    fn the_model_is_not_told_of_the_table() {
        let mut evidence = Evidence::default();
        evidence.add(&of_site(0.9), &[]);
        let said = evidence.said();
        assert_eq!((said.sure, said.kind, said.guesses), (0, None, false));
        assert_eq!((evidence.confidence(), evidence.surest()), (0.0, 0.0));
        assert!(evidence.says().is_none() && !evidence.is_sure(0.1));
    }

    #[test]
    fn the_table_makes_likelier_what_is_likely() {
        let mut evidence = Evidence::default();
        assert_eq!(evidence.with_site(0.4), 0.4, "nothing is known of the site");
        evidence.add(&of_site(0.9), &[]);
        let [body, unsure, junk] = [0.02, 0.4, 0.9].map(|alone| evidence.with_site(alone));
        assert!(body < 0.2, "{body}: by all other signs it is body");
        assert!(unsure > 0.8 && junk > 0.97, "{unsure} {junk}");
        evidence.hold_at(0.55);
        assert_eq!(evidence.with_site(0.9), 0.55, "the guards have their say");
    }
}
