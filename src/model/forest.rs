//! Oblivious trees over small numbers.

use crate::features::Rows;

/// Rows that are scored side by side: the compiler makes one instruction of a question to all of them.
const LANES: usize = 32;

/// A sum of trees, in each of which all nodes of a level ask the same question.
#[derive(Debug, Default)]
pub(super) struct Forest {
    /// What each output begins with.
    pub(super) bias: Vec<i32>,
    /// Questions of each tree.
    pub(super) depth: usize,
    /// The columns that are asked of.
    pub(super) columns: Vec<u16>,
    /// Tree by tree the questions: whether the column of this number in `columns` is at least so much. The
    /// first is the lowest bit of the leaf's number.
    pub(super) questions: Vec<(u16, u8)>,
    /// Tree by tree the leaves, of each the outputs.
    pub(super) leaves: Vec<i16>,
}

/// The deepest tree, so that the number of a leaf is a byte.
pub(super) const DEEPEST: usize = 8;

impl Forest {
    pub(super) fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// The scores of these rows, of each all outputs.
    pub(super) fn scores(&self, rows: &Rows, which: &[usize]) -> Vec<i32> {
        let outputs = self.outputs();
        let mut scores = Vec::with_capacity(which.len() * outputs);
        let mut block = vec![[0; LANES]; self.columns.len()];
        let mut sums = vec![[0; LANES]; outputs];
        for chunk in which.chunks(LANES) {
            for (lane, row) in chunk.iter().enumerate() {
                let row = &rows.values[row * rows.width..(row + 1) * rows.width];
                for (values, column) in block.iter_mut().zip(&self.columns) {
                    values[lane] = row[usize::from(*column)];
                }
            }
            self.sum(&block, &mut sums);
            for lane in 0..chunk.len() {
                scores.extend(sums.iter().map(|sum| sum[lane]));
            }
        }
        scores
    }

    /// Sums up the trees for a block of rows, into one array an output.
    fn sum(&self, block: &[[u8; LANES]], sums: &mut [[i32; LANES]]) {
        for (sum, bias) in sums.iter_mut().zip(&self.bias) {
            *sum = [*bias; LANES];
        }
        let (outputs, depth) = (self.outputs(), self.depth.max(1));
        let leaves = (outputs << depth).max(1);
        for (questions, leaves) in self.questions.chunks_exact(depth).zip(self.leaves.chunks_exact(leaves)) {
            let mut leaf = [0u8; LANES];
            for (bit, (column, least)) in questions.iter().enumerate() {
                for (leaf, value) in leaf.iter_mut().zip(&block[usize::from(*column)]) {
                    *leaf |= u8::from(value >= least) << bit;
                }
            }
            for (output, sum) in sums.iter_mut().enumerate() {
                for (sum, leaf) in sum.iter_mut().zip(leaf) {
                    *sum += i32::from(leaves[usize::from(leaf) * outputs + output]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two trees of two questions over three columns, of which one is not asked of.
    fn forest() -> Forest {
        Forest {
            bias: vec![1, -1],
            depth: 2,
            columns: vec![0, 2],
            questions: vec![(0, 5), (1, 1), (1, 255), (0, 0)],
            leaves: vec![10, -10, 20, -20, 30, -30, 40, -40, 0, 0, 0, 0, 100, 7, 200, 9],
        }
    }

    #[test]
    fn questions_lead_to_their_leaf() {
        let rows = Rows { segments: vec![0, 1, 2], values: vec![4, 9, 0, 5, 9, 1, 5, 9, 255], width: 3 };
        // The second tree: column 0 is always at least nothing, so it is leaf 2, or 3 where column 2 is 255.
        assert_eq!(forest().scores(&rows, &[0, 1, 2]), [1 + 10 + 100, -1 - 10 + 7, 141, -34, 241, -32]);
        assert_eq!(forest().scores(&rows, &[2]), [241, -32]);
    }

    #[test]
    fn blocks_of_rows_do_not_mix() {
        let count = 3 * LANES + 5;
        let values: Vec<u8> = (0..count).flat_map(|row| [(row % 7) as u8, 0, (row % 2) as u8]).collect();
        let rows = Rows { segments: (0..count as u32).collect(), values, width: 3 };
        let all: Vec<usize> = (0..count).collect();
        let together = forest().scores(&rows, &all);
        let alone: Vec<i32> = all.iter().flat_map(|row| forest().scores(&rows, &[*row])).collect();
        assert_eq!(together, alone);
        assert!(forest().scores(&rows, &[]).is_empty());
    }
}
