//! The columns of a Parquet file: which of them is what, and as what they are read.

use std::fs::File;
use std::sync::Arc;

use arrow_schema::{DataType, Field, FieldRef, Fields as Columns, Schema, SchemaRef};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::errors::ParquetError;
use parquet::file::metadata::PageIndexPolicy;

use super::cell;
use super::fields::{Candidates, Fields};
use super::record::hint_names;
use super::row::{Path, locate};

/// The footer, set so that strings at the top are read as views; and the columns as they are in the file.
pub(super) fn load(file: &File, fields: &Fields) -> Result<(ArrowReaderMetadata, SchemaRef), ParquetError> {
    let options = || ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Skip);
    // The types that Arrow's own schema gives are a help, not a need.
    let plain = ArrowReaderMetadata::load(file, options())
        .or_else(|_| ArrowReaderMetadata::load(file, options().with_skip_arrow_metadata(true)))?;
    let schema = Arc::clone(plain.schema());
    let used = needed(schema.fields(), fields);
    let views = schema.fields().iter().enumerate().map(|(at, field)| as_view(field, used.contains(&at)));
    let views = Schema::new_with_metadata(views.collect::<Vec<_>>(), schema.metadata().clone());
    let footer = Arc::clone(plain.metadata());
    let viewed = ArrowReaderMetadata::try_new(footer, options().with_schema(Arc::new(views)));
    Ok((viewed.unwrap_or(plain), schema))
}

/// The field with a type of views, if it is of strings or bytes. Of those that are held by number only the
/// ones that are used, for what passes through is to be of the same type again.
fn as_view(field: &FieldRef, is_used: bool) -> FieldRef {
    let view = |data_type: &DataType| match data_type {
        DataType::Utf8 | DataType::LargeUtf8 => Some(DataType::Utf8View),
        DataType::Binary | DataType::LargeBinary => Some(DataType::BinaryView),
        _ => None,
    };
    let view = match field.data_type() {
        DataType::Dictionary(_, values) if is_used => view(values),
        other => view(other),
    };
    match view {
        Some(view) => Arc::new(Field::clone(field).with_data_type(view)),
        None => Arc::clone(field),
    }
}

/// The columns that documents are made of: where there is an id, address, page, text or hint.
pub(crate) fn needed(columns: &Columns, fields: &Fields) -> Vec<usize> {
    let named = [fields.id(), fields.url(), fields.site(), fields.text()]
        .map(|names| locate(columns, names).into_iter().next());
    let pages = locate(columns, fields.html());
    let hints = hint_names().flat_map(|name| locate(columns, Candidates::Given(name)));
    let mut tops: Vec<_> = named.into_iter().flatten().chain(pages).chain(hints).map(|path| path[0]).collect();
    tops.sort_unstable();
    tops.dedup();
    tops
}

/// The columns that are taken out of every row that has something there.
pub(crate) fn always_used(columns: &Columns, fields: &Fields) -> Vec<usize> {
    let text_is_meant = matches!((fields.text(), fields.html()), (Candidates::Given(_), Candidates::Usual(_)));
    let (text, pages) = (locate(columns, fields.text()), locate(columns, fields.html()));
    let content = if text_is_meant { text.iter().chain(&pages).next() } else { pages.iter().chain(&text).next() };
    let (id, url) = (locate(columns, fields.id()), locate(columns, fields.url()));
    let top = |path: Option<&Path>| path.filter(|path| path.len() == 1).map(|path| path[0]);
    let is_string = |at: &usize| cell::is_string(columns[*at].data_type());
    let is_id = |at: &usize| is_string(at) || columns[*at].data_type().is_numeric();
    let strings = [top(content), top(url.first())].into_iter().flatten().filter(is_string);
    strings.chain(top(id.first()).filter(is_id)).collect()
}
