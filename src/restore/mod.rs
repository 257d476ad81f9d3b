//! The way back: from a record to its source text, checked against the partition law.
//!
//! Removed spans are byte ranges into the source text, sorted, disjoint, on character boundaries.
//! What is not removed is, but for white space, the body. So the two together are the source.

mod rebuild;

use crate::record::{Record, RemovedSpan, Status};

/// A source text that was given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restored {
    /// Byte for byte: the record held it.
    Exact(String),
    /// Every visible character in its order; white space may differ.
    Visible(String),
    /// There never was one.
    None,
}

impl Restored {
    /// The text, if there is one.
    #[must_use]
    pub fn into_text(self) -> Option<String> {
        match self {
            Self::Exact(text) | Self::Visible(text) => Some(text),
            Self::None => None,
        }
    }
}

/// The source text of a record: its `text` if it has one, else rebuilt from body and cuts.
///
/// # Errors
/// Says in words how the record breaks the law, or that it does not determine the text.
pub fn source_text(record: &Record) -> Result<Restored, String> {
    if record.status == Status::Error {
        return Ok(Restored::None);
    }
    check_order(&record.removed)?;
    match &record.text {
        Some(text) => {
            check(text, record)?;
            Ok(Restored::Exact(text.clone()))
        }
        None if record.removed.is_empty() => Ok(Restored::Visible(record.body.clone())),
        None => rebuild::rebuild(record).map(Restored::Visible),
    }
}

/// Spans must be sorted, disjoint, not empty, and as long as the text they cut.
fn check_order(removed: &[RemovedSpan]) -> Result<(), String> {
    let mut end = 0;
    for (number, cut) in removed.iter().enumerate() {
        if cut.start >= cut.end {
            return Err(format!("removed[{number}] is empty ({}..{})", cut.start, cut.end));
        }
        if cut.start < end {
            return Err(format!("removed[{number}] begins at {} before the one before it ends", cut.start));
        }
        if cut.text.len() != cut.end - cut.start {
            return Err(format!("removed[{number}].text is not of the length of its span"));
        }
        end = cut.end;
    }
    Ok(())
}

/// The law, with the source text at hand.
fn check(text: &str, record: &Record) -> Result<(), String> {
    let mut kept = Vec::with_capacity(record.removed.len() + 1);
    let mut at = 0;
    for (number, cut) in record.removed.iter().enumerate() {
        let Some(there) = text.get(cut.start..cut.end) else {
            return Err(format!(
                "removed[{number}] ({}..{}) is not within the text, or not on character boundaries",
                cut.start, cut.end
            ));
        };
        if there != cut.text {
            return Err(format!("removed[{number}].text is not what stands in the text at {}..{}", cut.start, cut.end));
        }
        kept.push(&text[at..cut.start]);
        at = cut.end;
    }
    kept.push(&text[at..]);
    let source = kept.iter().flat_map(|piece| visible(piece));
    let mut count = 0_usize;
    let mut body = visible(&record.body);
    for wanted in source {
        match body.next() {
            Some(c) if c == wanted => count += 1,
            Some(c) => {
                return Err(format!(
                    "the body has {c:?} as visible character {count}, the text without the cuts {wanted:?}"
                ));
            }
            None => {
                return Err(format!(
                    "the body ends after {count} visible characters, the text without the cuts goes on"
                ));
            }
        }
    }
    match body.next() {
        Some(_) => Err(format!("the text without the cuts ends after {count} visible characters, the body goes on")),
        None => Ok(()),
    }
}

fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    /// A record of a text in which `[` and `]` mark what is cut, with this body.
    fn record(marked: &str, body: &str, with_text: bool) -> (String, Record) {
        let mut text = String::new();
        let mut removed: Vec<RemovedSpan> = Vec::new();
        for c in marked.chars() {
            match c {
                '[' => removed.push(RemovedSpan {
                    start: text.len(),
                    end: 0,
                    kind: Kind::Ad,
                    rule: "ad.test".into(),
                    confidence: 1.0,
                    text: String::new(),
                }),
                ']' => {
                    let cut = removed.last_mut().expect("an open cut");
                    cut.end = text.len();
                    cut.text = text[cut.start..].to_owned();
                }
                c => text.push(c),
            }
        }
        let mut record: Record =
            serde_json::from_str(r#"{"id": "1", "status": "ok", "body": "", "removed": []}"#).expect("a record");
        record.body = body.to_owned();
        record.removed = removed;
        record.stats.chars_in = text.chars().count();
        record.text = with_text.then(|| text.clone());
        (text, record)
    }

    #[test]
    fn a_record_with_its_text_gives_it_back() {
        let (text, record) = record("[Ad]\nOne  two.\n", "One two.", true);
        assert_eq!(source_text(&record), Ok(Restored::Exact(text)));
    }

    #[test]
    fn every_breach_of_the_law_is_said() {
        let whole = || record("One.\n[Ad]\nTwo.", "One.\n\nTwo.", true).1;
        type Breach = (&'static str, fn(&mut Record));
        let breaches: [Breach; 7] = [
            ("the body has 't'", |r| r.body = "One.\n\ntwo.".into()),
            ("the body ends after 4", |r| r.body = "One.".into()),
            ("the body goes on", |r| r.body.push('x')),
            ("is not what stands", |r| r.removed[0].text = "aD".into()),
            ("is empty", |r| r.removed[0].end = r.removed[0].start),
            ("before the one before it ends", |r| r.removed.push(r.removed[0].clone())),
            ("is not within the text", |r| {
                r.removed[0].start += 1000;
                r.removed[0].end += 1000;
            }),
        ];
        assert!(source_text(&whole()).is_ok());
        for (words, breach) in breaches {
            let mut record = whole();
            breach(&mut record);
            let violation = source_text(&record).expect_err(words);
            assert!(violation.contains(words), "{violation}");
        }
    }

    #[test]
    fn without_its_text_a_record_is_rebuilt() {
        for (marked, body) in [
            ("[Ad]\nOne two.\nThree.\n[By Jo]\n", "One two.\n\nThree."),
            ("One.\n\n[Ad]\n\nTwo.\n\n[Ad]\n\n[Ad]\n\nThree.", "One.\n\nTwo.\n\nThree."),
            ("He said. [Ad] The end.\nMore of it. [Photo: X]\nLast.", "He said. The end.\n\nMore of it.\n\nLast."),
            ("A.\n[Ad]\nB.\n[Ad]\nC.\n[Ad]", "A.\n\nB.\n\nC."),
            ("One line.\r\n[Ad]\r\nTwo lines.\r\nThree.\r\n[End]", "One line.\n\nTwo lines.\n\nThree."),
            ("Odd one.\n\n\n[Ad]\nOdd two.\n\nOdd three.\n[End]", "Odd one.\n\nOdd two.\n\nOdd three."),
            ("Größe.\n[Anzeige für Öl]\nÜber Äpfel – und Öfen.\n", "Größe.\n\nÜber Äpfel – und Öfen."),
            ("[All of it]", ""),
        ] {
            let (text, record) = record(marked, body, false);
            let restored = source_text(&record).unwrap_or_else(|why| panic!("{marked:?}: {why}"));
            let Restored::Visible(rebuilt) = restored else { panic!("{marked:?}: {restored:?}") };
            assert!(visible(&rebuilt).eq(visible(&text)), "{marked:?} became {rebuilt:?}");
        }
    }

    #[test]
    fn what_the_record_does_not_determine_is_not_guessed() {
        // Nine bytes stand before the cut: "a b c d e" with single spaces, or "a" and a gap.
        let (_, record) = record("a b      [Ad]\n\n\n\n\n\nc d e f g", "a b c d e f g", false);
        assert!(source_text(&record).is_err());
    }
}
