//! A run of records, rendered to bytes by the worker that cleaned them.

use std::io::{self, Write};

use arrow_array::{RecordBatch, StructArray};
use flate2::write::GzEncoder;

use super::columns::{Columns, ExtraColumn};
use super::removals;
use super::summary::Summary;
use super::target::Compression;
use super::{csv, diff, names};
use crate::input::{Cursor, Origin, Typed};
use crate::report::{Sample, Shared};
use crate::{Record, Status};

/// What the output holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Nothing is written.
    Nothing,
    /// The body if there is one document, else records.
    Auto,
    /// JSON records, one a line.
    Records,
    /// The flat fields of records, as rows of CSV.
    Csv,
    /// Records as rows of Parquet.
    Parquet,
    /// Bodies one after the other, two blank lines between them.
    Text,
    /// The cuts as unified diffs.
    Diff,
    /// A file for each body.
    Bodies,
}

/// How pages are rendered.
#[derive(Clone, Debug)]
pub struct Layout {
    /// What the output holds.
    pub form: Form,
    /// How it is compressed.
    pub compression: Compression,
    /// Whether a removal report is written.
    pub removals: bool,
    /// Where a report for people is written, what it shows so far.
    pub shown: Option<Shared>,
    /// Whether the records hold the source text.
    pub emit_text: bool,
    /// Of Parquet, the types of the input's columns that are passed through; without them these are JSON.
    pub extra: Option<Typed>,
}

impl Layout {
    /// The columns of a Parquet file.
    pub(super) fn columns(&self) -> Columns {
        let extra = self.extra.clone().map_or(ExtraColumn::Json, |Typed(types)| ExtraColumn::Typed(types));
        Columns::new(self.emit_text, extra)
    }
}

/// A body for a folder.
#[derive(Debug)]
pub(super) struct Body {
    /// Its path below `bodies/`, before clashes are settled, without `.txt`.
    pub(super) stem: String,
    pub(super) text: String,
}

/// Rendered records. Make one for each piece of work, [`add`](Self::add) records, then
/// [`finish`](Self::finish) it.
#[derive(Debug)]
pub struct Page {
    layout: Layout,
    /// It is the first of its run.
    first: bool,
    pub(super) records: Vec<u8>,
    pub(super) removals: Vec<u8>,
    /// Records that are yet to become columns, and the columns.
    rows: Vec<Record>,
    /// What is passed through with them, as columns.
    pub extra: Option<StructArray>,
    pub(super) batches: io::Result<Vec<RecordBatch>>,
    pub(super) bodies: Vec<Body>,
    /// The first record's body, while it may turn out to be the only one.
    pub(super) only_body: Option<String>,
    /// Counts of these records alone.
    pub summary: Summary,
    /// What of them is shown in a report.
    pub(super) sample: Sample,
    /// Faults of these records.
    has_error: bool,
    /// Where reading goes on after them.
    pub after: Cursor,
    /// There is more of the chunk that they are of, so that reading could not go on after them.
    pub goes_on: bool,
    heft: usize,
}

impl Page {
    /// An empty page, the `number`-th (from 0) of its run.
    #[must_use]
    pub fn new(layout: &Layout, number: usize) -> Self {
        let first = number == 0;
        let records = if first && layout.form == Form::Csv { csv::header(layout.emit_text) } else { Vec::new() };
        Self {
            layout: layout.clone(),
            first,
            records,
            removals: Vec::new(),
            rows: Vec::new(),
            extra: None,
            batches: Ok(Vec::new()),
            bodies: Vec::new(),
            only_body: None,
            summary: Summary::default(),
            sample: Sample::default(),
            has_error: false,
            after: Cursor::default(),
            goes_on: false,
            heft: 0,
        }
    }

    /// About how many bytes its records have.
    #[must_use]
    pub fn heft(&self) -> usize {
        self.heft
    }

    /// About how large it is.
    pub(super) fn bytes(&self) -> usize {
        let bodies: usize = self.bodies.iter().map(|body| body.text.len()).sum();
        self.records.len() + self.removals.len() + bodies
    }

    /// Whether records must come with their text, for `emit_text`, for what a report shows around a cut, or for a diff.
    #[must_use]
    pub fn wants_text(layout: &Layout) -> bool {
        layout.emit_text || layout.removals || layout.shown.is_some() || layout.form == Form::Diff
    }

    /// Whether it is the first page and holds one document.
    pub(super) fn is_single(&self) -> bool {
        self.first && self.summary.documents == 1
    }

    /// Whether it holds a document that could not be read.
    #[must_use]
    pub fn has_error(&self) -> bool {
        self.has_error
    }

    /// Renders one record.
    pub fn add(&mut self, mut record: Record, origin: &Origin) {
        self.heft += record.body.len() + record.text.as_ref().map_or(0, String::len);
        self.heft += record.removed.iter().map(|removed| removed.text.len()).sum::<usize>();
        self.summary.add(&record, origin.record, origin.byte);
        self.has_error |= record.status == Status::Error;
        if self.layout.removals {
            removals::write(&mut self.removals, &record);
        }
        if let Some(shown) = &self.layout.shown {
            shown.add(&mut self.sample, &record);
        }
        if self.layout.form == Form::Diff {
            diff::write(&mut self.records, &record);
        }
        if !self.layout.emit_text {
            record.text = None;
        }
        match self.layout.form {
            Form::Nothing | Form::Diff => {}
            Form::Records => self.add_json(&record),
            Form::Csv => csv::write(&mut self.records, &record, self.layout.emit_text),
            Form::Parquet => self.rows.push(record),
            Form::Auto => {
                self.add_json(&record);
                if self.is_single() {
                    self.only_body = Some(record.body);
                }
            }
            Form::Text if record.body.is_empty() => {}
            Form::Text => {
                if !self.first || !self.records.is_empty() {
                    self.records.extend_from_slice(b"\n\n");
                }
                self.records.extend_from_slice(record.body.as_bytes());
                self.records.push(b'\n');
            }
            Form::Bodies if record.status == Status::Error => {}
            Form::Bodies => {
                let stem = match origin.record {
                    Some(number) => {
                        let generated = record.id == format!("{}#{number}", record.source);
                        let number = number.to_string();
                        let id = if generated { &number } else { &record.id };
                        format!("{}/{}", origin.place.mirror, names::safe(id))
                    }
                    None => names::text_stem(&origin.place.mirror).to_owned(),
                };
                self.bodies.push(Body { stem, text: record.body });
            }
        }
    }

    fn add_json(&mut self, record: &Record) {
        // Writing to memory fails only on a value that is not JSON; a record is none.
        let result = serde_json::to_writer(&mut self.records, record);
        debug_assert!(result.is_ok(), "{result:?}");
        self.records.push(b'\n');
    }

    /// Does what is done to all records together: compression piece by piece, and columns.
    #[must_use]
    pub fn finish(mut self) -> Self {
        if self.layout.form == Form::Parquet {
            self.batches = self.layout.columns().batches(&std::mem::take(&mut self.rows), self.extra.take().as_ref());
        }
        if self.layout.compression == Compression::Gzip && !self.records.is_empty() {
            self.records = gzip(&self.records);
        }
        self
    }
}

/// One gzip member. Its header holds no time, so the same input gives the same bytes.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), flate2::Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
