//! The way back: from a record to its source text, checked against the partition law.
//!
//! Removed spans are byte ranges into the source text, sorted, disjoint, on character boundaries.
//! What is not removed is, but for white space, the body. So the two together are the source.

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
    let pieces = pieces(record)?;
    let text = pieces.iter().map(Piece::text);
    if record.text.is_none() {
        return Ok(Restored::Visible(text.collect()));
    }
    check_body(&pieces, &record.body)?;
    Ok(Restored::Exact(text.collect()))
}

/// A piece of a source text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Piece<'r> {
    /// It is kept; or white space that stands for what was there.
    Kept(&'r str),
    /// It was cut.
    Cut(&'r RemovedSpan),
}

impl<'r> Piece<'r> {
    /// What stands there.
    #[must_use]
    pub fn text(&self) -> &'r str {
        match self {
            Self::Kept(text) => text,
            Self::Cut(cut) => &cut.text,
        }
    }
}

/// The pieces of a record's source text, in order: byte for byte those of its `text` if it has one, else body and
/// cuts put together, every cut at its place in the body, set apart as its surroundings are.
///
/// # Errors
/// Says in words how the record breaks the law, as far as that must be known here, or that it does not determine
/// the text.
pub fn pieces(record: &Record) -> Result<Vec<Piece<'_>>, String> {
    check_order(&record.removed)?;
    let Some(text) = &record.text else { return rebuilt(record) };
    let mut pieces = Vec::with_capacity(2 * record.removed.len() + 1);
    let mut at = 0;
    for (number, cut) in record.removed.iter().enumerate() {
        let (Some(kept), Some(there)) = (text.get(at..cut.start), text.get(cut.start..cut.end)) else {
            return Err(format!(
                "removed[{number}] ({}..{}) is not within the text, or not on character boundaries",
                cut.start, cut.end
            ));
        };
        if there != cut.text {
            return Err(format!("removed[{number}].text is not what stands in the text at {}..{}", cut.start, cut.end));
        }
        pieces.extend([Piece::Kept(kept), Piece::Cut(cut)]);
        at = cut.end;
    }
    pieces.push(Piece::Kept(&text[at..]));
    Ok(pieces)
}

fn rebuilt(record: &Record) -> Result<Vec<Piece<'_>>, String> {
    let body = &record.body;
    let mut pieces = Vec::with_capacity(4 * record.removed.len() + 1);
    let mut from = 0;
    // Whether what stands in front ends with white space, or nothing does.
    let mut is_apart = true;
    for (number, cut) in record.removed.iter().enumerate() {
        let at = cut.body_at.ok_or_else(|| {
            format!("removed[{number}] does not say where it stood (`body_at`), and the record holds no `text`")
        })?;
        let piece = body.get(from..at).ok_or_else(|| {
            format!("removed[{number}].body_at is {at}, which is not a place in the body behind the cut before it")
        })?;
        if !piece.is_empty() {
            is_apart = piece.ends_with(char::is_whitespace);
            pieces.push(Piece::Kept(piece));
        }
        // Two paragraphs were parted by a line break; within one, a space is enough.
        let parted = body[..at].ends_with('\n') || body[at..].starts_with('\n') || at == 0 || at == body.len();
        let space = if parted { "\n" } else { " " };
        if !is_apart {
            pieces.push(Piece::Kept(space));
        }
        pieces.push(Piece::Cut(cut));
        is_apart = cut.text.ends_with(char::is_whitespace);
        if !body[at..].starts_with(char::is_whitespace) && at < body.len() {
            pieces.push(Piece::Kept(space));
            is_apart = true;
        }
        from = at;
    }
    pieces.push(Piece::Kept(&body[from..]));
    Ok(pieces)
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

/// The law: body and kept pieces are the same, but for white space.
fn check_body(pieces: &[Piece<'_>], body: &str) -> Result<(), String> {
    let source = pieces.iter().flat_map(|piece| match piece {
        Piece::Kept(text) => visible(text),
        Piece::Cut(_) => visible(""),
    });
    let mut count = 0_usize;
    let mut body = visible(body);
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
                    body_at: None,
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
        let cleaner = crate::Cleaner::new(crate::Config::default()).expect("the rules compile");
        for text in [
            "Advertisement\nThe council voted on Tuesday night to close the old bridge for repairs.\nAdvertisement",
            "The council voted on Tuesday to close it. Advertisement The work will take until the spring.",
            "\u{2028}\u{1}\r\nß\n\n\u{200b}\nAdvertisement\u{85}Die Brücke wird am Montag für Reparaturen geschlossen.",
        ] {
            let document =
                crate::Document { content: crate::document::Content::Text(text.into()), ..Default::default() };
            let record = cleaner.clean_document(document, false);
            let restored = source_text(&record).expect("it can be restored").into_text().expect("a text");
            assert!(visible(&restored).eq(visible(text)), "{text:?} became {restored:?}");
        }
    }

    #[test]
    fn a_place_that_is_none_is_said() {
        let mut record = record("One.\n[Ad]\nTwo.", "One.\n\nTwo.", false).1;
        assert!(source_text(&record).expect_err("no place").contains("does not say where it stood"));
        record.removed[0].body_at = Some(99);
        assert!(source_text(&record).expect_err("no such place").contains("not a place in the body"));
        record.removed[0].body_at = Some(4);
        assert_eq!(source_text(&record), Ok(Restored::Visible("One.\nAd\n\nTwo.".into())));
    }
}
