//! What training needs of documents: the rows that the learned judge sees. Not part of the library's
//! interface; `train/` uses it through the command `features`.

use std::io::{self, Write};

use serde_json::json;

use crate::document::{Content, Document};
use crate::features::{self, Rows, hashed};
use crate::model::{Model, columns_hash};
use crate::{Cleaner, judge};

/// So sure, in hundredths, is the name of a segment that others may learn from it.
const NAMED: u8 = 80;

/// What the rows of all documents have in common, as JSON: the names of the columns of texts and of pages,
/// the hashes of them that a model's file must hold, and the sizes of its tables.
#[must_use]
pub fn header() -> String {
    json!({
        "text": features::names(false),
        "page": features::names(true),
        "columns_hash": [columns_hash(false), columns_hash(true)],
        "word_buckets": hashed::WORD_BUCKETS,
        "name_buckets": hashed::NAME_BUCKETS,
        "kinds": crate::Kind::ALL.map(|kind| kind.to_string()),
    })
    .to_string()
}

/// Writes what is known of a document as a line of JSON to `about`, and the rows of its segments, with the
/// weights of words and names that `model` has, to `rows`. A document that cannot be read has neither, nor has a page
/// whose text stands in a script.
///
/// # Errors
/// Those of the writers.
pub fn export(
    cleaner: &Cleaner,
    model: &Model,
    document: &Document,
    about: &mut impl Write,
    rows: &mut impl Write,
) -> io::Result<()> {
    let exported = cleaner.look_at(document, |view, findings| {
        // A page whose text stood in a script is judged as a text.
        if view.page.is_none() && matches!(document.content, Content::Html(_)) {
            return None;
        }
        let said = judge::said(view, findings);
        let Rows { segments, values, .. } = model.rows(view, &said);
        let words = segments.iter().map(|at| {
            let mut buckets = Vec::new();
            hashed::word_buckets(view, *at as usize, |bucket| buckets.push(bucket));
            buckets
        });
        // Kinds by wording or by the names of elements, as far as they are sure.
        let named = said.iter().map(|s| s.kind.filter(|_| s.sure >= NAMED && !s.guesses)).collect::<Vec<_>>();
        let structure = view.page.as_ref().map(|page| page.structure());
        let areas = structure.map(|s| {
            s.areas
                .iter()
                .map(|a| (a.parent, &s.names[a.names.start as usize..a.names.end as usize]))
                .collect::<Vec<_>>()
        });
        let line = json!({
            "id": document.id,
            "url": document.url,
            "page": structure.is_some(),
            "text": view.source,
            "spans": view.segments().iter().map(|s| (s.span.start, s.span.end)).collect::<Vec<_>>(),
            "judged": segments,
            "named": named,
            "words": words.collect::<Vec<_>>(),
            "areas": areas,
            "area": structure.map(|s| segments.iter().map(|at| s.places[*at as usize].area).collect::<Vec<_>>()),
        });
        Some((line, values))
    });
    if let Some((line, values)) = exported.flatten() {
        writeln!(about, "{line}")?;
        rows.write_all(&values)?;
    }
    Ok(())
}
