//! Rows side by side, column by column.

/// The rows of a block: enough that the compiler makes a few instructions of a question to all of them.
pub(crate) const LANES: usize = 32;

/// Up to [`LANES`] rows. What a lane holds that was not filled is of no row.
#[derive(Debug)]
pub(crate) struct Block {
    columns: Vec<[u8; LANES]>,
}

impl Block {
    pub(crate) fn new(width: usize) -> Self {
        Self { columns: vec![[0; LANES]; width] }
    }

    pub(crate) fn columns(&self) -> &[[u8; LANES]] {
        &self.columns
    }

    /// Puts values into a row, from this column on.
    #[inline]
    pub(crate) fn put(&mut self, lane: usize, from: usize, values: &[u8]) {
        debug_assert!(lane < LANES, "a block has no lane {lane}");
        let lane = lane % LANES;
        for (column, value) in self.columns[from..from + values.len()].iter_mut().zip(values) {
            column[lane] = *value;
        }
    }

    /// Puts the first columns of a row of another block, as many as there are, into a row.
    pub(crate) fn copy(&mut self, lane: usize, other: &Self, from: usize) {
        debug_assert!(lane < LANES && from < LANES, "a block has no lane {lane} or {from}");
        let (lane, from) = (lane % LANES, from % LANES);
        for (column, other) in self.columns.iter_mut().zip(&other.columns) {
            column[lane] = other[from];
        }
    }

    /// A row.
    pub(crate) fn row(&self, lane: usize) -> impl Iterator<Item = u8> {
        self.columns.iter().map(move |column| column[lane])
    }
}
