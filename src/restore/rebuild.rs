//! A source text from body and cuts alone.
//!
//! The cuts say at which bytes of the source they stood, the body says what stood between them but
//! not with how much white space. So for each cut the place in the body is sought at which the
//! bytes before it add up: first taking every paragraph break of the source to be of one width,
//! then letting each vary. If no place or more than one fits, the text is not determined, and that
//! is said: a text put together wrongly would be worse than none.

use crate::record::{Record, RemovedSpan};

/// The widest paragraph break that is considered, in bytes: a blank line with CRLF.
const WIDEST: usize = 4;

pub(super) fn rebuild(record: &Record) -> Result<String, String> {
    let body = Body::new(&record.body);
    let removed = &record.removed;
    let of_one_width = |width: usize| -> Result<Vec<usize>, usize> {
        let places = places(removed, |first, from, bytes| body.fitting(first, from, bytes, width))?;
        body.leaves(&places, record, |breaks| (breaks * width, (breaks + 2) * width + 2))?;
        Ok(places)
    };
    let of_any_width = || -> Result<Vec<usize>, usize> {
        let places = places(removed, |_, from, bytes| body.loosely_fitting(from, bytes))?;
        body.leaves(&places, record, |breaks| (breaks, (breaks + 2) * WIDEST))?;
        Ok(places)
    };
    let places =
        (1..=WIDEST).find_map(|width| of_one_width(width).ok()).map_or_else(of_any_width, Ok).map_err(|number| {
            format!(
                "where removed[{number}] stood in the body cannot be told from the record; write \
                 the run with --emit-text"
            )
        })?;
    Ok(body.with_cuts(removed, &places))
}

/// For each cut the joint of the body it stood at; `Err` is the first cut without one.
fn places(removed: &[RemovedSpan], fitting: impl Fn(bool, usize, usize) -> Option<usize>) -> Result<Vec<usize>, usize> {
    let mut places = Vec::with_capacity(removed.len());
    let (mut joint, mut end) = (0, 0);
    for (number, cut) in removed.iter().enumerate() {
        joint = fitting(number == 0, joint, cut.start - end).ok_or(number)?;
        end = cut.end;
        places.push(joint);
    }
    Ok(places)
}

/// The body as words between joints: places where something may have been cut.
struct Body<'b> {
    text: &'b str,
    joints: Vec<Joint>,
}

/// White space in the body, or its beginning or end.
struct Joint {
    /// Where the word before it ends.
    before: usize,
    /// Where the word after it begins.
    after: usize,
    /// It is a paragraph break, or the beginning or the end.
    is_break: bool,
}

impl<'b> Body<'b> {
    fn new(text: &'b str) -> Self {
        let mut joints = Vec::new();
        let mut at = text.len() - text.trim_start().len();
        joints.push(Joint { before: 0, after: at, is_break: true });
        while at < text.len() {
            let before = text[at..].find(char::is_whitespace).map_or(text.len(), |word| at + word);
            let rest = text[before..].trim_start();
            at = text.len() - rest.len();
            let is_break = at == text.len() || text[before..at].matches('\n').count() > 1;
            joints.push(Joint { before, after: at, is_break });
        }
        Self { text, joints }
    }

    /// The joint up to which the words from joint `from` on take `bytes` bytes in the source, if
    /// breaks are all of this `width`; `first` if nothing was cut before. Of several the most likely: at a break, set apart by breaks.
    fn fitting(&self, first: bool, from: usize, bytes: usize, width: usize) -> Option<usize> {
        let mut best: Option<(usize, usize)> = None;
        let mut unique = true;
        self.between(from, |to, words, inner, breaks| {
            let least = words + inner + breaks * width;
            if least > bytes {
                return false;
            }
            if let Some(cost) = self.cost(first, from, to, bytes - least, width) {
                unique = best.is_none_or(|(least, _)| cost != least);
                if best.is_none_or(|(least, _)| cost < least) {
                    best = Some((cost, to));
                    unique = true;
                }
            }
            true
        });
        best.filter(|_| unique).map(|(_, to)| to)
    }

    /// How unlikely it is (0 is likely) that `rest` bytes of white space stand at the two ends together.
    fn cost(&self, first: bool, from: usize, to: usize, rest: usize, width: usize) -> Option<usize> {
        if from == to {
            // Nothing between two cuts but a break, or a space, or nothing.
            return [width, 1, 0].into_iter().position(|space| space == rest);
        }
        let likely = |joint: &Joint| if joint.is_break { [width, 1, 0] } else { [1, 0, width] };
        let starts = if first { [0; 3] } else { likely(&self.joints[from]) };
        let ends = likely(&self.joints[to]);
        let pairs = starts
            .iter()
            .enumerate()
            .flat_map(|(a, start)| ends.iter().enumerate().map(move |(b, end)| (a + b, start + end)));
        let end_cost = usize::from(!self.joints[to].is_break);
        pairs.filter(|(_, space)| *space == rest).map(|(cost, _)| cost + end_cost).min()
    }

    /// As [`fitting`](Self::fitting), but breaks may be of any width, and only breaks count.
    fn loosely_fitting(&self, from: usize, bytes: usize) -> Option<usize> {
        let mut found = Vec::new();
        self.between(from, |to, words, inner, breaks| {
            let least = words + inner + breaks;
            if least > bytes {
                return false;
            }
            if self.joints[to].is_break && bytes <= words + inner + (breaks + 2) * WIDEST {
                found.push(to);
            }
            true
        });
        match found[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Tries the joints from `from` on, with the bytes of the words up to there, of the white space
    /// inside paragraphs, and the number of breaks; until `go_on` says no.
    fn between(&self, from: usize, mut go_on: impl FnMut(usize, usize, usize, usize) -> bool) {
        let (mut words, mut inner, mut breaks) = (0, 0, 0);
        for to in from..self.joints.len() {
            if to > from {
                words += self.joints[to].before - self.joints[to - 1].after;
            }
            if !go_on(to, words, inner, breaks) {
                return;
            }
            // From here on the joint is no longer an end.
            let joint = &self.joints[to];
            if to > from {
                if joint.is_break {
                    breaks += 1;
                } else {
                    inner += joint.after - joint.before;
                }
            }
        }
    }

    /// Whether what is left of the body after the last cut is as long as the record's count of
    /// characters says: a cut put in a wrong place shows here at the latest. `space` gives the
    /// least and the most white space for a number of breaks. `Err` is the number of the last cut.
    fn leaves(&self, places: &[usize], record: &Record, space: impl Fn(usize) -> (usize, usize)) -> Result<(), usize> {
        let (Some(last), Some(cut)) = (places.last(), record.removed.last()) else { return Ok(()) };
        if record.stats.chars_in == 0 {
            return Ok(());
        }
        // Bytes before the end of the last cut as characters: those beyond ASCII count less.
        let cuts = record.removed.iter().map(|cut| cut.text.as_str());
        let before = cuts.chain([&self.text[..self.joints[*last].before]]);
        let more: usize = before.map(|text| text.len() - text.chars().count()).sum();
        let left = record.stats.chars_in.saturating_sub(cut.end - more);
        let mut least = 0;
        let mut breaks = 0;
        self.between(*last, |to, _, inner, count| {
            least = self.text[self.joints[*last].after.min(self.joints[to].before)..self.joints[to].before]
                .chars()
                .filter(|c| !c.is_whitespace())
                .count()
                + inner;
            breaks = count;
            true
        });
        let (low, high) = space(breaks);
        let fits = (least + low..=least + high).contains(&left);
        if fits { Ok(()) } else { Err(places.len() - 1) }
    }

    fn with_cuts(&self, removed: &[RemovedSpan], places: &[usize]) -> String {
        let mut out = String::new();
        let mut add = |piece: &str, space: &str| {
            if !piece.is_empty() {
                if !out.is_empty() {
                    out.push_str(space);
                }
                out.push_str(piece);
            }
        };
        let mut at = 0;
        let mut space = "\n";
        for (cut, &place) in removed.iter().zip(places) {
            let joint = &self.joints[place];
            if joint.before > at {
                add(&self.text[at..joint.before], space);
            }
            space = if joint.is_break { "\n" } else { " " };
            add(&cut.text, space);
            at = joint.after;
        }
        add(&self.text[at.min(self.text.len())..], space);
        out
    }
}
