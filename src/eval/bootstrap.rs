//! How sure a figure is: the bootstrap.
//!
//! Documents are drawn again with replacement, as many as there are, and the figure is taken anew; the middle
//! 95 % of such figures are the interval. Pages of one site share their faults, so where addresses are
//! known whole hosts are drawn: as if other sites had been visited, not only other pages of the same.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use super::metric::Metric;
use super::{Both, Scored};
use crate::{Batch, Error};

/// Resamples that one worker makes at a time.
const PIECE: usize = 50;

/// Fewer additions than this are not worth the start of threads.
const SMALL: usize = 2_000_000;

/// Random numbers, the same for the same seed on every machine (SplitMix64).
pub(super) struct Random(u64);

impl Random {
    /// Each `stream` of a seed has numbers of its own, so it does not matter who draws them when.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut of_stream = Self(stream);
        Self(seed ^ of_stream.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    #[expect(clippy::cast_possible_truncation, reason = "it is below `end`")]
    pub(super) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }
}

/// What is drawn: the documents of one host, or a single one.
pub(super) struct Units(Vec<Both>);

/// A metric in every resample where it could be taken, and its difference to the other prediction.
#[derive(Clone, Debug, Default)]
pub(super) struct Resampled {
    pub(super) values: Vec<f64>,
    pub(super) differences: Vec<f64>,
}

impl Units {
    pub(super) fn new(documents: &[&Scored]) -> Self {
        let mut units: Vec<Both> = Vec::new();
        let mut hosts = BTreeMap::new();
        for document in documents {
            let at = document.host.as_deref().map_or(units.len(), |host| *hosts.entry(host).or_insert(units.len()));
            match units.get_mut(at) {
                Some(unit) => unit.add(&document.sums),
                None => units.push(document.sums.clone()),
            }
        }
        Self(units)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Every metric in `count` resamples. With fewer than two units there is nothing to draw.
    pub(super) fn resample(
        &self,
        metrics: &[Metric],
        count: usize,
        seed: u64,
        batch: &Batch,
    ) -> Result<Vec<Resampled>, Error> {
        let mut all = vec![Resampled::default(); metrics.len()];
        if self.len() < 2 {
            return Ok(all);
        }
        let is_small = count.saturating_mul(self.len() * metrics.len()) < SMALL;
        let batch = if is_small { batch.clone().with_threads(NonZeroUsize::MIN) } else { batch.clone() };
        let piece = |_, first| {
            let numbers = first..count.min(first + PIECE);
            numbers.map(|number| self.once(metrics, seed, number as u64)).collect::<Vec<_>>()
        };
        batch.run(
            (0..count).step_by(PIECE),
            |_| 1,
            piece,
            |piece| {
                for resample in piece {
                    for (metric, (value, difference)) in all.iter_mut().zip(resample) {
                        metric.values.extend(value);
                        metric.differences.extend(difference);
                    }
                }
                ControlFlow::Continue(())
            },
        )?;
        Ok(all)
    }

    fn once(&self, metrics: &[Metric], seed: u64, number: u64) -> Vec<(Option<f64>, Option<f64>)> {
        let mut random = Random::new(seed, number);
        let mut sums = self.0[random.below(self.len())].clone();
        for _ in 1..self.len() {
            sums.add(&self.0[random.below(self.len())]);
        }
        metrics.iter().map(|metric| (metric.of(&sums.pred), sums.difference(*metric))).collect()
    }
}

/// The middle 95 % of the values: percentiles, between two values in proportion.
pub(super) fn interval(values: &[f64]) -> Option<[f64; 2]> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    Some([0.025, 0.975].map(|share| percentile(&values, share * last as f64)))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place among the values")]
fn percentile(sorted: &[f64], place: f64) -> f64 {
    let below = place.floor();
    let (low, high) = (sorted[below as usize], sorted[place.ceil() as usize]);
    low + (high - low) * (place - below)
}

#[cfg(test)]
mod tests {
    use super::super::Task;
    use super::super::metric::Sums;
    use super::*;

    fn scored(host: Option<&str>, value: f64, other: Option<f64>) -> Scored {
        let sums = |value| {
            let mut sums = Sums::new(Task::Pages);
            sums.mean(Metric::TokenF1, Some(value));
            sums
        };
        let sums = Both { pred: sums(value), other: other.map(sums) };
        Scored { host: host.map(str::to_owned), group: None, has_reference: true, sums }
    }

    fn resampled(documents: &[Scored], threads: usize, seed: u64) -> Resampled {
        let batch = Batch::default().with_threads(NonZeroUsize::new(threads).expect("some"));
        let units = Units::new(&documents.iter().collect::<Vec<_>>());
        let mut all = units.resample(&[Metric::TokenF1], 1000, seed, &batch).expect("threads start");
        all.remove(0)
    }

    #[test]
    fn it_is_the_same_for_any_number_of_threads_and_other_for_another_seed() {
        // Enough documents that threads are started.
        let documents: Vec<_> = (0..2_500).map(|n| scored(None, f64::from(n % 7) / 7.0, Some(0.5))).collect();
        let one = resampled(&documents, 1, 1);
        for threads in [2, 5] {
            let more = resampled(&documents, threads, 1);
            assert!(one.values == more.values && one.differences == more.differences);
        }
        assert_ne!(one.values, resampled(&documents, 1, 2).values);
        assert_eq!(one.values.len(), 1000);
    }

    #[test]
    fn the_interval_is_as_wide_as_theory_says() {
        // The mean of 400 fair coins: 0.5 with a standard error of 0.025.
        let coins: Vec<_> = (0..400).map(|n| scored(None, f64::from(n % 2), None)).collect();
        let [low, high] = interval(&resampled(&coins, 1, 1).values).expect("an interval");
        assert!((low - 0.451).abs() < 0.008 && (high - 0.549).abs() < 0.008, "{low} to {high}");
        // The same coins in 40 piles of one host each, all alike in a pile: wider by the root of ten.
        let hosts: Vec<_> = (0..40).map(|n| format!("h{n}")).collect();
        let piles: Vec<_> = (0_u8..200)
            .chain(0..200)
            .map(|n| scored(Some(&hosts[usize::from(n % 40)]), f64::from(n % 2), None))
            .collect();
        let [low, high] = interval(&resampled(&piles, 1, 1).values).expect("an interval");
        assert!((low - 0.345).abs() < 0.03 && (high - 0.655).abs() < 0.03, "{low} to {high}");
    }

    #[test]
    fn differences_are_taken_on_the_same_documents() {
        let documents: Vec<_> =
            (0..50).map(|n| scored(None, f64::from(n) / 50.0, Some(f64::from(n) / 50.0 - 0.1))).collect();
        let resampled = resampled(&documents, 1, 1);
        assert!(resampled.differences.iter().all(|difference| (difference - 0.1).abs() < 1e-9));
        let [low, high] = interval(&resampled.values).expect("an interval");
        assert!(high - low > 0.1, "while the figures themselves vary: {low} to {high}");
    }

    #[test]
    fn one_unit_has_no_interval() {
        let documents = [scored(Some("a"), 0.1, None), scored(Some("a"), 0.9, None)];
        assert_eq!(interval(&resampled(&documents, 1, 1).values), None);
    }

    #[test]
    fn percentiles_lie_between_values() {
        let values: Vec<_> = (0..=100).rev().map(f64::from).collect();
        assert_eq!(interval(&values), Some([2.5, 97.5]));
        assert_eq!(interval(&[3.0]), Some([3.0, 3.0]));
        assert_eq!(interval(&[]), None);
    }
}
