//! The learned judge: from the rows of a document to how likely each segment is not body.
//!
//! A forest of oblivious trees sums up what the columns of a row say, one forest for texts and one for
//! pages; another names what is likely to be cut. All sums are of integers, so their order does not
//! matter. `train/` makes the file; `train/MODEL.md` says from what, and how good it is.

mod file;
mod forest;

use std::sync::LazyLock;

use crate::detect::View;
use crate::features::{self, Block, Features, LANES, Rows, Said, Weights};
use crate::judge::Weight;
use crate::{Error, Kind};
pub(crate) use file::columns_hash;
use forest::Forest;

/// What was learned: the judges of texts and of pages, and what names the lines that they cut.
#[derive(Debug, Default)]
pub struct Model {
    text: Judge,
    page: Judge,
    /// One output a kind; none if it was not trained.
    kinds: Option<Forest<KINDS>>,
}

const KINDS: usize = Kind::ALL.len();

/// The judge of one sort of document.
#[derive(Debug, Default)]
struct Judge {
    /// Weights of hashed words, and of hashed names of elements; empty if there are none.
    words: Vec<i8>,
    names: Vec<i8>,
    /// None if it was not trained; the model then says nothing.
    forest: Option<Forest<1>>,
    /// For each hundredth of confidence but the first, the least score that has it.
    confidence: Vec<i32>,
}

/// What the model says of one segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opinion {
    /// How likely the segment is not body, in hundredths.
    pub(crate) sure: u8,
    /// What it would most likely be; not asked, and [`Kind::Other`], where wording names it.
    pub(crate) kind: Kind,
}

/// Less likely junk than this, in hundredths, is cut in no mode, and needs no name.
const LEAST: u8 = 30;

/// A score is this many to one of log-odds; `train/trees.py` scales them so.
const ONE: f32 = 1024.0;
/// A column that changes the log-odds by less has nothing to say.
const LEAST_WEIGHT: f32 = 0.005;

impl Model {
    /// The model that is built in.
    #[must_use]
    pub fn built_in() -> &'static Self {
        // A test reads the same bytes.
        static MODEL: LazyLock<Model> =
            LazyLock::new(|| Model::parse(include_bytes!("cleancopy.model")).unwrap_or_default());
        &MODEL
    }

    /// Reads a model as `train/` writes it.
    ///
    /// # Errors
    /// [`Error::Model`] if these are not the bytes of a model, or those of one for other features.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        file::parse(bytes).map_err(Error::Model)
    }

    fn judge(&self, view: &View<'_>) -> &Judge {
        if view.page.is_some() { &self.page } else { &self.text }
    }

    fn features<'v>(&self, view: &'v View<'v>, said: &'v [Said]) -> Features<'v> {
        let Judge { words, names, .. } = self.judge(view);
        Features::new(view, said, Weights { words, names })
    }

    /// The rows of a document.
    pub(crate) fn rows(&self, view: &View<'_>, said: &[Said]) -> Rows {
        self.features(view, said).rows()
    }

    /// What the columns of a segment's row say, and how much, the largest first; nothing of columns that make no
    /// difference, nor if the model is not asked.
    pub(crate) fn weights(&self, view: &View<'_>, said: &[Said], segment: usize) -> Vec<Weight> {
        let judge = self.judge(view);
        let features = self.features(view, said);
        let (Some(forest), true) = (&judge.forest, features.judged().contains(&(segment as u32))) else {
            return Vec::new();
        };
        let mut block = Block::new(features.width());
        features.fill(&[segment as u32], &mut block);
        let row: Vec<u8> = block.row(0).collect();
        let weights = features::names(view.page.is_some()).into_iter().zip(&row).zip(forest.weights(&row));
        let mut weights: Vec<Weight> = weights
            .filter(|(_, weight)| weight.abs() >= LEAST_WEIGHT * ONE)
            .map(|((feature, value), weight)| Weight { feature, value: *value, weight: weight / ONE })
            .collect();
        weights.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
        weights
    }

    /// What the model says of each segment; nothing of those that the structure of a page settles.
    pub(crate) fn opinions(&self, view: &View<'_>, said: &[Said]) -> Vec<Option<Opinion>> {
        let mut opinions = vec![None; view.len()];
        let judge = self.judge(view);
        let Some(forest) = &judge.forest else { return opinions };
        let features = self.features(view, said);
        let mut block = Block::new(features.width());
        let mut likely = Likely::new(self.kinds.as_ref());
        for segments in features.judged().chunks(LANES) {
            features.fill(segments, &mut block);
            for (lane, (segment, [score])) in segments.iter().zip(forest.scores(&block, LANES)).enumerate() {
                let sure = judge.confidence.partition_point(|least| *least <= score) as u8;
                opinions[*segment as usize] = Some(Opinion { sure, kind: Kind::Other });
                // What a line is by its wording goes before what the model would call it.
                let is_named = said[*segment as usize].kind.is_some() && !said[*segment as usize].guesses;
                if sure >= LEAST && !is_named {
                    likely.add(*segment, &block, lane, &mut opinions);
                }
            }
        }
        likely.name(&mut opinions);
        opinions
    }
}

/// Likely junk that waits for a name, until there is a block of it.
struct Likely<'m> {
    kinds: Option<&'m Forest<KINDS>>,
    segments: Vec<u32>,
    block: Block,
}

impl<'m> Likely<'m> {
    fn new(kinds: Option<&'m Forest<KINDS>>) -> Self {
        Self { kinds, segments: Vec::with_capacity(LANES), block: Block::new(features::WIDTH_OF_TEXT) }
    }

    /// Adds a segment, the row of which is in this block.
    fn add(&mut self, segment: u32, block: &Block, lane: usize, opinions: &mut [Option<Opinion>]) {
        self.block.copy(self.segments.len(), block, lane);
        self.segments.push(segment);
        if self.segments.len() == LANES {
            self.name(opinions);
        }
    }

    /// Names all that wait.
    fn name(&mut self, opinions: &mut [Option<Opinion>]) {
        let Some(kinds) = self.kinds.filter(|_| !self.segments.is_empty()) else { return self.segments.clear() };
        let scores = kinds.scores(&self.block, self.segments.len());
        for (segment, scores) in self.segments.drain(..).zip(scores) {
            // Of two that score the same, the first.
            let best = (0..KINDS).rev().max_by_key(|kind| scores[*kind]);
            if let (Some(opinion), Some(best)) = (&mut opinions[segment as usize], best) {
                opinion.kind = Kind::ALL[best];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_model_is_whole() {
        let model = Model::parse(include_bytes!("cleancopy.model")).expect("it can be read");
        for judge in [&model.text, &model.page] {
            assert!(judge.forest.as_ref().is_some_and(|forest| !forest.trees.is_empty()));
            assert_eq!(judge.confidence.len(), 99);
            assert!(judge.confidence.is_sorted(), "more confidence needs a higher score");
        }
        assert!(model.kinds.is_some_and(|forest| !forest.trees.is_empty()));
    }

    #[test]
    fn a_broken_model_is_refused() {
        let whole = include_bytes!("cleancopy.model");
        assert!(matches!(Model::parse(b""), Err(Error::Model(_))));
        assert!(matches!(Model::parse(b"CCMODEL2"), Err(Error::Model(_))));
        for cut in (0..whole.len()).step_by(997) {
            assert!(matches!(Model::parse(&whole[..cut]), Err(Error::Model(_))), "cut at {cut}");
        }
        let longer = [whole.as_slice(), b"x"].concat();
        assert!(matches!(Model::parse(&longer), Err(Error::Model(_))));
        let mut other = whole.to_vec();
        other[9] ^= 1;
        let message = Model::parse(&other).expect_err("other columns").to_string();
        assert!(message.contains("other features"), "{message}");
    }
}
