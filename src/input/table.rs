//! Parquet files: one document a row.

use std::fs::File;
use std::io;
use std::path::Path;

use arrow_array::StructArray;
use arrow_schema::Fields as Columns;

use super::chunk::{Extra, Items, Origin, Place, Reading, unreadable};
use super::cursor::Within;
use super::fields::Fields;
use super::parquet::{ParquetBatch, ParquetCursor, ParquetDamage, ParquetInput, ParquetItem, ParquetRows, Unused};
use super::source::Source;
use crate::document::Document;

/// The rows of one file.
pub(super) struct Table {
    place: Place,
    rows: ParquetRows,
}

impl Table {
    /// Reads a file from there on.
    pub(super) fn new(place: Place, file: File, reading: &Reading, at: ParquetCursor) -> io::Result<Self> {
        let unused = match reading.extra {
            Extra::None => Unused::Skipped,
            Extra::Json => Unused::Json,
            Extra::Typed => Unused::Typed,
        };
        let input = ParquetInput::open(file, &reading.fields, unused).map_err(io::Error::other)?;
        Ok(Self { place, rows: input.with_most(reading.limit).rows(at) })
    }
}

/// The columns of Parquet files that are not used, with their types.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed(pub(crate) Columns);

/// The columns of a file that are not used; `None` if it cannot be opened.
pub(super) fn extra_types(path: &Path, fields: &Fields) -> Option<Typed> {
    let file = File::open(path).ok()?;
    ParquetInput::open(file, fields, Unused::Typed).ok().map(|input| Typed(input.extra_fields()))
}

impl Source for Table {
    fn next(&mut self) -> Option<Box<dyn Items>> {
        let item = self.rows.next()?;
        let place = self.place.clone();
        Some(match item {
            ParquetItem::Rows(batch) => Box::new(Rows { place, batch }),
            ParquetItem::Damage(damage) => Box::new(Lost { place, damage }),
        })
    }

    fn within(&self) -> Within {
        Within::Parquet(self.rows.cursor())
    }

    fn is_done(&self) -> bool {
        false
    }
}

#[derive(Debug)]
struct Rows {
    place: Place,
    batch: ParquetBatch,
}

impl Items for Rows {
    fn len(&self) -> usize {
        self.batch.len()
    }

    fn weight(&self) -> usize {
        self.batch.weight()
    }

    fn origin(&self, index: usize) -> Origin {
        Origin { place: self.place.clone(), record: Some(self.batch.number(index)), byte: None }
    }

    fn extra(&self) -> Option<StructArray> {
        self.batch.extra().ok()
    }

    fn document(&self, index: usize, _: &Reading) -> Result<Document, String> {
        Ok(self.batch.document(index, &self.place.source))
    }
}

/// Rows that cannot be read: one document, for nothing is known of each.
#[derive(Debug)]
struct Lost {
    place: Place,
    damage: ParquetDamage,
}

impl Items for Lost {
    fn len(&self) -> usize {
        1
    }

    fn weight(&self) -> usize {
        0
    }

    fn origin(&self, _: usize) -> Origin {
        Origin { place: self.place.clone(), record: Some(self.damage.number), byte: None }
    }

    fn document(&self, _: usize, _: &Reading) -> Result<Document, String> {
        let ParquetDamage { number, lost, reason } = &self.damage;
        let id = format!("{}#{number}", self.place.source);
        let others = if *lost > 1 { format!("; {lost} rows are lost") } else { String::new() };
        Ok(unreadable(&self.place, id, format!("row {number}: {reason}{others}")))
    }
}
