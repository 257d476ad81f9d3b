//! What is shown of a document: its source text, kept and cut, shortened if it is long.

use serde::{Deserialize, Serialize};

use super::markup;
use super::sample::sure;
use crate::restore::Piece;
use crate::sites::site_of;
use crate::{Kind, Record, Status};

/// A text that takes more bytes in the report is shortened,
const LONG: usize = 12_000;
/// to about so many.
const LENGTH: usize = 8_000;
/// Of the pieces of a longer one so many bytes are shown: at either end of a kept one, at the beginning of a cut.
const KEPT_END: usize = 240;
const CUT_START: usize = 600;

/// A document as it is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Shown {
    /// Which of the run it is, from 0.
    pub(super) number: u64,
    pub(super) id: String,
    pub(super) source: String,
    pub(super) url: Option<String>,
    pub(super) title: Option<String>,
    pub(super) lang: Option<String>,
    pub(super) status: Status,
    pub(super) error: Option<String>,
    /// Characters of the source text, and of all cuts.
    pub(super) characters: (usize, usize),
    /// All cuts.
    pub(super) cuts: usize,
    pub(super) parts: Vec<Part>,
    /// About how many bytes it takes in the report.
    pub(super) cost: usize,
}

/// A part of what is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Part {
    Kept(String),
    Cut(Cut),
    /// Characters that are left out of a kept piece.
    Gap(usize),
    /// Characters, kept and cut, and cuts that are left out at the end.
    Rest(usize, usize),
}

/// A cut, or the beginning of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Cut {
    pub(super) kind: Kind,
    pub(super) rule: String,
    pub(super) confidence: f64,
    /// Whether it is a part of a line, and the rest of the line is kept.
    pub(super) within: bool,
    pub(super) text: String,
    /// Characters of it that are left out.
    pub(super) more: usize,
}

impl Shown {
    /// What is shown of a record, the `number`-th of its run, with these pieces.
    pub(super) fn of(record: &Record, pieces: &[Piece<'_>], number: u64) -> Self {
        let parts = parts(pieces);
        let cost = |part: &Part| match part {
            Part::Kept(text) => markup::length(text),
            Part::Cut(cut) => cost_of_cut(&cut.rule, &cut.text),
            Part::Gap(_) | Part::Rest(..) => 60,
        };
        let name = |name: &String| clip(name, NAME).to_owned();
        let (id, source) = (name(&record.id), name(&record.source));
        let [url, title, error] = [&record.url, &record.title, &record.error].map(|text| text.as_ref().map(name));
        let names = [Some(&id), Some(&source), url.as_ref(), title.as_ref(), error.as_ref()];
        let named: usize = names.into_iter().flatten().map(|name| markup::length(name)).sum();
        Self {
            number,
            id,
            source,
            url,
            title,
            lang: record.lang.as_deref().and_then(crate::text::language),
            status: record.status,
            error,
            characters: (record.stats.chars_in, record.removed.iter().map(|cut| cut.text.chars().count()).sum()),
            cuts: record.removed.len(),
            cost: 600 + named + parts.iter().map(cost).sum::<usize>(),
            parts,
        }
    }

    /// The host of its address.
    pub(super) fn site(&self) -> Option<String> {
        site_of(None, self.url.as_deref())
    }

    /// The cuts that are shown.
    pub(super) fn shown_cuts(&self) -> impl Iterator<Item = &Cut> {
        self.parts.iter().filter_map(|part| match part {
            Part::Cut(cut) => Some(cut),
            _ => None,
        })
    }
}

/// About how many bytes a cut takes in the report.
fn cost_of_cut(rule: &str, text: &str) -> usize {
    130 + markup::length(clip(rule, NAME)) + markup::length(text)
}

/// The longest name that is shown, in bytes.
pub(super) const NAME: usize = 300;

fn parts(pieces: &[Piece<'_>]) -> Vec<Part> {
    let cost = |piece: &Piece<'_>| match piece {
        Piece::Kept(text) => markup::length(text),
        Piece::Cut(cut) => cost_of_cut(&cut.rule, &cut.text),
    };
    let sum = pieces.iter().try_fold(0, |sum, piece| Some(sum + cost(piece)).filter(|sum| *sum <= LONG));
    let is_short = sum.is_some();
    let mut parts = Vec::new();
    let mut left = LENGTH;
    for (number, piece) in pieces.iter().enumerate() {
        if left == 0 {
            let rest = &pieces[number..];
            let characters = rest.iter().map(|piece| piece.text().chars().count()).sum();
            parts.push(Part::Rest(characters, rest.iter().filter(|piece| matches!(piece, Piece::Cut(_))).count()));
            break;
        }
        let shown = match piece {
            Piece::Kept(text) if is_short || text.len() <= 3 * KEPT_END => {
                parts.push(Part::Kept((*text).to_owned()));
                markup::length(text)
            }
            Piece::Kept(text) => {
                let (head, tail) = (words_of(clip(text, KEPT_END)), clip_start(text, KEPT_END));
                let tail = tail.trim_start_matches(|c: char| !c.is_whitespace());
                let tail = if tail.is_empty() { clip_start(text, KEPT_END) } else { tail };
                let between = &text[head.len()..text.len() - tail.len()];
                parts.extend([
                    Part::Kept(head.to_owned()),
                    Part::Gap(between.chars().count()),
                    Part::Kept(tail.to_owned()),
                ]);
                markup::length(head) + markup::length(tail)
            }
            Piece::Cut(cut) => {
                let is_whole = is_short || cut.text.len() <= CUT_START;
                let text = if is_whole { &*cut.text } else { words_of(clip(&cut.text, CUT_START)) };
                parts.push(Part::Cut(Cut {
                    kind: cut.kind,
                    rule: clip(&cut.rule, NAME).to_owned(),
                    confidence: sure(cut),
                    within: is_within(pieces, number),
                    text: text.to_owned(),
                    more: cut.text[text.len()..].chars().count(),
                }));
                cost_of_cut(&cut.rule, text)
            }
        };
        left = left.saturating_sub(shown);
    }
    parts.retain(|part| !matches!(part, Part::Kept(text) if text.is_empty()));
    parts
}

/// Whether text is kept on the line of this cut.
pub(super) fn is_within(pieces: &[Piece<'_>], number: usize) -> bool {
    let shows = |line: Option<&str>| line.is_some_and(|line| !line.trim().is_empty());
    let before = match number.checked_sub(1).map(|at| pieces[at]) {
        Some(Piece::Kept(text)) => shows(text.rsplit('\n').next()),
        _ => false,
    };
    let after = match pieces.get(number + 1) {
        Some(Piece::Kept(text)) => shows(text.split('\n').next()),
        _ => false,
    };
    before || after
}

/// A text without the word at its end, which may be only the beginning of one; all of it where words are not set apart.
fn words_of(text: &str) -> &str {
    text.rfind(char::is_whitespace).filter(|at| *at > 0).map_or(text, |at| &text[..at])
}

/// The beginning of a text, so many bytes at the most, whole characters.
pub(super) fn clip(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// The end of a text, so many bytes at the most, whole characters.
pub(super) fn clip_start(text: &str, bytes: usize) -> &str {
    &text[text.ceil_char_boundary(text.len().saturating_sub(bytes))..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::RemovedSpan;

    fn cut(text: &str, start: usize) -> RemovedSpan {
        RemovedSpan {
            start,
            end: start + text.len(),
            kind: Kind::Ad,
            rule: "ad.test".into(),
            confidence: 0.9,
            text: text.into(),
            body_at: None,
        }
    }

    #[test]
    fn a_short_text_is_shown_whole() {
        let ad = cut("Ad", 4);
        let shown = parts(&[Piece::Kept("One\n"), Piece::Cut(&ad), Piece::Kept("\nTwo")]);
        let [Part::Kept(one), Part::Cut(ad), Part::Kept(two)] = &shown[..] else { panic!("{shown:?}") };
        assert_eq!((&**one, &*ad.text, ad.within, &**two), ("One\n", "Ad", false, "\nTwo"));
    }

    #[test]
    fn a_cut_beside_kept_text_of_its_line_is_within_it() {
        let ad = cut("Ad", 4);
        let within = |before, after| is_within(&[Piece::Kept(before), Piece::Cut(&ad), Piece::Kept(after)], 1);
        assert!(within("One. ", "\nTwo") && within("One\n", " Two."));
        assert!(!within("One.\n ", " \nTwo") && !is_within(&[Piece::Cut(&ad)], 0));
        assert!(!is_within(&[Piece::Cut(&ad), Piece::Cut(&ad)], 1));
    }

    #[test]
    fn a_long_text_is_shown_around_its_cuts_and_says_what_is_left_out() {
        let long = "é".repeat(3_000);
        let cuts: Vec<_> = (0..200).map(|n| cut(&"ü".repeat(400), n * 10_000)).collect();
        let mut pieces = vec![Piece::Kept(&long)];
        for cut in &cuts {
            pieces.extend([Piece::Cut(cut), Piece::Kept("\n")]);
        }
        let shown = parts(&pieces);
        let (mut characters, mut all) = (0, 0);
        for part in &shown {
            match part {
                Part::Kept(text) => characters += text.chars().count(),
                Part::Cut(cut) => (characters, all) = (characters + cut.text.chars().count() + cut.more, all + 1),
                Part::Gap(gap) => characters += gap,
                Part::Rest(rest, cuts) => (characters, all) = (characters + rest, all + cuts),
            }
        }
        assert_eq!((characters, all), (3_000 + 200 * 401, 200));
        assert!(shown.len() < 60, "{}", shown.len());
    }
}
