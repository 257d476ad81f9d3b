//! Parquet files: one document a row.

use std::io;

use super::chunk::{Items, Origin, Place, Reading, unreadable};
use super::cursor::Within;
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
    pub(super) fn new(place: Place, file: std::fs::File, reading: &Reading, at: ParquetCursor) -> io::Result<Self> {
        let unused = if reading.extra { Unused::Json } else { Unused::Skipped };
        let input = ParquetInput::open(file, &reading.fields, unused).map_err(io::Error::other)?;
        Ok(Self { place, rows: input.rows(at) })
    }
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
        Ok(unreadable(&self.place, id, format!("row {number}: {reason}; {lost} rows are lost")))
    }
}
