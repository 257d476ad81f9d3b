//! Oblivious trees over small numbers.

use crate::features::{Block, LANES};

/// The deepest tree.
pub(super) const DEEPEST: usize = 6;
const LEAVES: usize = 1 << DEEPEST;

/// A sum of trees, in each of which all nodes of a level ask the same question.
#[derive(Debug)]
pub(super) struct Forest<const OUTPUTS: usize> {
    /// What each output begins with.
    pub(super) bias: [i32; OUTPUTS],
    pub(super) trees: Vec<Tree<OUTPUTS>>,
}

/// One tree. The number of its levels and of its leaves is fixed, so that a leaf is found without a test.
#[derive(Debug)]
pub(super) struct Tree<const OUTPUTS: usize> {
    questions: [Question; DEEPEST],
    leaves: [[i16; OUTPUTS]; LEAVES],
}

/// Whether a column is at least so much.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    pub(super) column: u16,
    pub(super) least: u8,
}

impl<const OUTPUTS: usize> Tree<OUTPUTS> {
    /// A tree of one to [`DEEPEST`] questions, the first of which is the lowest bit of a leaf's number. A
    /// shallower tree asks its first question again, and what the answer is then makes no difference.
    pub(super) fn new(questions: &[Question], leaves: &[[i16; OUTPUTS]]) -> Self {
        debug_assert_eq!(leaves.len(), 1 << questions.len());
        Self {
            questions: std::array::from_fn(|level| *questions.get(level).unwrap_or(&questions[0])),
            leaves: std::array::from_fn(|leaf| leaves[leaf % leaves.len()]),
        }
    }

    /// The number of the leaf of each row.
    #[inline]
    fn leaves_of(&self, block: &Block) -> [u8; LANES] {
        let columns = self.questions.map(|question| &block.columns()[usize::from(question.column)]);
        let mut leaves = [0; LANES];
        for (lane, leaf) in leaves.iter_mut().enumerate() {
            for (level, question) in self.questions.iter().enumerate() {
                *leaf |= u8::from(columns[level][lane] >= question.least) << level;
            }
        }
        leaves
    }
}

impl<const OUTPUTS: usize> Forest<OUTPUTS> {
    /// The scores of the first rows of a block, as many as are asked for. With one output it takes longer to
    /// leave rows out than to sum them up.
    #[inline]
    pub(super) fn scores(&self, block: &Block, rows: usize) -> [[i32; OUTPUTS]; LANES] {
        let mut scores = [self.bias; LANES];
        for tree in &self.trees {
            for (scores, leaf) in scores[..rows].iter_mut().zip(tree.leaves_of(block)) {
                let leaf = &tree.leaves[usize::from(leaf) % LEAVES];
                // Made whole and put back, so that the compiler adds several outputs at once.
                *scores = std::array::from_fn(|output| scores[output].wrapping_add(i32::from(leaf[output])));
            }
        }
        scores
    }
}

impl Forest<1> {
    /// By how much each column of a row changes its score: what a tree says at the mean of all leaves that are left
    /// behind a question, less that mean before it, summed up for the column it asks of. Together, and with the means of
    /// all leaves, they make up the score.
    #[expect(clippy::cast_precision_loss, reason = "for people to read")]
    pub(super) fn weights(&self, row: &[u8]) -> Vec<f32> {
        let mut weights = vec![0.0; row.len()];
        for tree in &self.trees {
            let mut left: Vec<f32> = tree.leaves.iter().map(|[leaf]| f32::from(*leaf)).collect();
            let mean = |leaves: &[f32]| leaves.iter().sum::<f32>() / leaves.len() as f32;
            let mut before = mean(&left);
            for question in &tree.questions {
                // The question of this level is the lowest bit of what is left of a leaf's number.
                let answer = usize::from(row[usize::from(question.column)] >= question.least);
                left = left.into_iter().skip(answer).step_by(2).collect();
                let behind = mean(&left);
                weights[usize::from(question.column)] += behind - before;
                before = behind;
            }
        }
        weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two trees of two questions, and one of one, over three columns, of which one is not asked of.
    fn forest() -> Forest<2> {
        let question = |(column, least)| Question { column, least };
        let tree = |questions: &[(u16, u8)], leaves: &[[i16; 2]]| {
            Tree::new(&questions.iter().copied().map(question).collect::<Vec<_>>(), leaves)
        };
        Forest {
            bias: [1, -1],
            trees: vec![
                tree(&[(0, 5), (2, 1)], &[[10, -10], [20, -20], [30, -30], [40, -40]]),
                tree(&[(2, 255), (0, 0)], &[[0, 0], [0, 0], [100, 7], [200, 9]]),
                tree(&[(2, 1)], &[[1000, 0], [3000, 0]]),
            ],
        }
    }

    #[test]
    fn questions_lead_to_their_leaf() {
        let mut block = Block::new(3);
        for (lane, row) in [[4, 9, 0], [5, 9, 1], [5, 9, 255]].iter().enumerate() {
            block.put(lane, 0, row);
        }
        // The second tree: column 0 is always at least nothing, so it is leaf 2, or 3 where column 2 is 255.
        assert_eq!(forest().scores(&block, 3)[..3], [[1111, -4], [3141, -34], [3241, -32]]);
    }

    #[test]
    fn weights_make_up_the_score() {
        let question = |(column, least)| Question { column, least };
        let forest = Forest {
            bias: [7],
            trees: vec![
                Tree::new(&[question((0, 5)), question((2, 1))], &[[10], [20], [30], [80]]),
                Tree::new(&[question((2, 1))], &[[0], [100]]),
            ],
        };
        // Of the first tree leaf 3 by way of 20 and 80, of the second leaf 1; their means are 35 and 50.
        assert_eq!(forest.weights(&[9, 9, 9]), [15.0, 0.0, 30.0 + 50.0]);
        let mut block = Block::new(3);
        block.put(0, 0, &[9, 9, 9]);
        assert_eq!(forest.scores(&block, 1)[0], [7 + 35 + 50 + 15 + 30 + 50]);
        assert_eq!(forest.weights(&[0, 9, 0]), [-15.0, 0.0, -10.0 - 50.0]);
    }

    #[test]
    fn rows_of_a_block_do_not_mix() {
        let mut block = Block::new(3);
        let row = |lane: usize| [(lane % 7) as u8, 0, (lane % 3 * 127) as u8];
        for lane in 0..LANES {
            block.put(lane, 0, &row(lane));
        }
        let together = forest().scores(&block, LANES);
        for (lane, scores) in together.iter().enumerate() {
            let mut alone = Block::new(3);
            alone.copy(5, &block, lane);
            assert!(alone.row(5).eq(row(lane)));
            assert_eq!(forest().scores(&alone, 6)[5], *scores);
        }
    }
}
