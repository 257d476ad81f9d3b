//! Truths, predictions and dumps, read from files.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::ControlFlow;
use std::path::Path;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{Ids, Task};
use crate::document::Content;
use crate::input::{Inputs, Options, open_lines};
use crate::{Batch, Error, Kind};

/// What a document should have become.
#[derive(Debug, Deserialize)]
pub(super) struct Truth {
    #[serde(deserialize_with = "id")]
    pub(super) id: String,
    pub(super) url: Option<String>,
    #[serde(rename = "type")]
    pub(super) page_type: Option<String>,
    pub(super) lang: Option<String>,
    #[serde(rename = "truth")]
    pub(super) reference: Option<Reference>,
    /// Snippets that must stay.
    #[serde(rename = "with")]
    pub(super) keep: Option<Vec<String>>,
    /// Snippets that must go.
    #[serde(rename = "without")]
    pub(super) drop: Option<Vec<String>>,
    pub(super) labels: Option<Vec<Label>>,
    #[serde(default, deserialize_with = "kinds")]
    pub(super) kinds: Vec<Option<Kind>>,
}

/// The reference body.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "`truth` is neither a string nor a list of strings")]
pub(super) enum Reference {
    Text(String),
    /// Paragraphs; those in [brackets] are optional.
    Paragraphs(Vec<String>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Label {
    Body,
    Junk,
    /// Not scored.
    Skip,
}

/// What a document became: of a record of `cleancopy clean` the fields that are scored. Records of other
/// programs need `id` and `body` alone.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Pred {
    #[serde(deserialize_with = "id")]
    id: String,
    pub(super) url: Option<String>,
    pub(super) lang: Option<String>,
    pub(super) status: Option<String>,
    title: Option<String>,
    pub(super) body: Option<String>,
    pub(super) removed: Option<Vec<Removed>>,
    pub(super) text: Option<String>,
}

/// One cut. Places are signed and need not be in the text: what is scored was not always written by us.
#[derive(Debug, Deserialize)]
pub(super) struct Removed {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) kind: Kind,
    pub(super) confidence: Option<f64>,
}

/// The predictions of one file by their ids.
#[derive(Debug)]
pub(super) struct Preds {
    by_id: HashMap<String, Pred>,
    /// Ids that stand more than once; of these the last counts.
    pub(super) duplicates: Ids,
}

impl Preds {
    /// Reads a file of predictions; with `with_title` the title is put in front of each body.
    pub(super) fn read(path: &Path, with_title: bool, batch: &Batch) -> Result<Self, Error> {
        let mut preds = Self { by_id: HashMap::new(), duplicates: Ids::default() };
        for mut pred in read_lines::<Pred>(path, "a prediction", batch)? {
            if with_title {
                let body = pred.body.unwrap_or_default();
                pred.body = Some(format!("{}\n{body}", pred.title.as_deref().unwrap_or_default()));
            }
            match preds.by_id.entry(std::mem::take(&mut pred.id)) {
                Entry::Vacant(free) => {
                    free.insert(pred);
                }
                Entry::Occupied(mut taken) => {
                    preds.duplicates.note(taken.key());
                    taken.insert(pred);
                }
            }
        }
        Ok(preds)
    }

    pub(super) fn get(&self, id: &str) -> Option<&Pred> {
        self.by_id.get(id)
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.by_id.keys().map(String::as_str)
    }
}

/// The truth of every document, and what is given: pages or lines.
pub(super) fn read_truths(path: &Path, batch: &Batch) -> Result<(Vec<Truth>, Task), Error> {
    let truths = read_lines::<Truth>(path, "a truth", batch)?;
    let task = |truth: &Truth| if truth.labels.is_some() { Task::Lines } else { Task::Pages };
    let wrong = |what: String| Err(Error::Usage(format!("{}: {what}", path.display())));
    let Some(first) = truths.first().map(task) else {
        return wrong("no document in it".to_owned());
    };
    if let Some(odd) = truths.iter().find(|truth| task(truth) != first) {
        let id = &odd.id;
        return wrong(format!(
            "document `{id}`: some documents have `labels` and some do not; score lines and pages by themselves"
        ));
    }
    let is_scored = |t: &Truth| {
        t.reference.is_some()
            || t.labels.as_ref().is_some_and(|all| all.iter().any(|label| *label != Label::Skip))
            || [&t.keep, &t.drop].into_iter().flatten().any(|snippets| !snippets.is_empty())
    };
    if !truths.iter().any(is_scored) {
        return wrong("nothing to score in it: no `truth`, `with`, `without` or `labels`".to_owned());
    }
    Ok((truths, first))
}

/// What a dump says of a document.
#[derive(Debug)]
pub(super) struct Dumped {
    pub(super) url: Option<String>,
    pub(super) lang: Option<String>,
    /// The text, or why there is none.
    pub(super) text: Result<String, String>,
}

/// The documents of a dump, read as `cleancopy clean` reads them.
pub(super) fn read_dump(path: &Path) -> Result<HashMap<String, Dumped>, Error> {
    let documents = Inputs::new([path], Options::default())?.documents().map(|document| {
        let text = match document.content {
            Content::Text(text) => Ok(text),
            Content::Html(_) => Err("it is a page; give predictions written with --emit-text instead".to_owned()),
            Content::Unreadable(reason) => Err(reason),
        };
        (document.id, Dumped { url: document.url, lang: document.hints.lang, text })
    });
    Ok(documents.collect())
}

/// Every line of a file as a `T`, in order.
fn read_lines<T: DeserializeOwned + Send>(path: &Path, what: &str, batch: &Batch) -> Result<Vec<T>, Error> {
    let mut all = Vec::new();
    let mut failure = None;
    let parse = |_, line: Result<(u64, Vec<u8>), Error>| {
        let (number, line) = line?;
        let wrong = |byte: usize, problem: &str, said: &str| {
            let path = path.display();
            Error::Usage(format!("{path}: line {number}, byte {byte} of the line: {problem}: {said}"))
        };
        let not_what = format!("not {what}");
        // A list would be taken for the fields in their order.
        if !line.trim_ascii_start().starts_with(b"{") {
            return Err(wrong(1, &not_what, "not a JSON object"));
        }
        serde_json::from_slice(&line).map_err(|error| {
            let problem = if error.is_data() { &not_what } else { "invalid JSON" };
            let said = error.to_string();
            wrong(error.column(), problem, said.split(" at line ").next().unwrap_or_default())
        })
    };
    let weight = |line: &Result<(u64, Vec<u8>), Error>| line.as_ref().map_or(0, |(_, line)| line.len());
    batch.run(open_lines(path)?, weight, parse, |parsed| match parsed {
        Ok(parsed) => {
            all.push(parsed);
            ControlFlow::Continue(())
        }
        Err(error) => {
            failure = Some(error);
            ControlFlow::Break(())
        }
    })?;
    failure.map_or(Ok(all), Err)
}

/// A string, or a number as it is written: ids of either sort are used.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    match raw.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str(raw.get()).map_err(D::Error::custom),
        Some(b'-' | b'0'..=b'9') => Ok(raw.get().to_owned()),
        _ => Err(D::Error::custom("`id` is neither a string nor a number")),
    }
}

/// Kinds by their names; null and "" are none.
fn kinds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Option<Kind>>, D::Error> {
    let names = Option::<Vec<Option<String>>>::deserialize(deserializer)?.unwrap_or_default();
    let kind = |name: Option<String>| match name.as_deref() {
        None | Some("") => Ok(None),
        Some(name) => name.parse().map(Some).map_err(D::Error::custom),
    };
    names.into_iter().map(kind).collect()
}
