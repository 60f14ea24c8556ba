//! [`Batches`]: a set, batch by batch, in an order that depends on the seed and the epoch and on nothing else.

use std::iter::FusedIterator;
use std::ops::Range;

use tensor::Generator;

use crate::Dataset;

/// How a set is cut into batches.
///
/// Each epoch goes once through the set. Its order is that of the set, or with [`shuffled`](Self::shuffled) a random
/// one that belongs to (seed, epoch): training that was interrupted in epoch 7 goes on with the batches of epoch 7.
///
/// ```
/// use data::{Batches, TokenWindows};
///
/// let set = TokenWindows::new((0..101).collect(), 10, 10);
/// let batches = Batches::of(&set, 4).shuffled(0);
/// assert_eq!(batches.len(), 3);
/// for epoch in 0..2 {
///     for batch in batches.epoch(epoch) {
///         assert_eq!(batch.inputs.len(), batch.targets.len());
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Batches<'a, D: ?Sized> {
    set: &'a D,
    size: usize,
    seed: Option<u64>,
    keeps_last: bool,
}

impl<'a, D: Dataset + ?Sized> Batches<'a, D> {
    /// Batches of `size` samples in the order of the set; the last one has what is left.
    ///
    /// # Panics
    /// If `size` is 0.
    #[track_caller]
    pub fn of(set: &'a D, size: usize) -> Self {
        assert!(size > 0, "a batch needs at least one sample");
        Self { set, size, seed: None, keeps_last: true }
    }

    /// In another random order in each epoch, each order with the same probability.
    pub fn shuffled(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }

    /// Leaves out the last batch if it is smaller than the others. BatchNorm cannot be trained on a batch of one.
    pub fn drop_last(self) -> Self {
        Self { keeps_last: false, ..self }
    }

    /// The number of batches in an epoch.
    pub fn len(&self) -> usize {
        if self.keeps_last { self.set.len().div_ceil(self.size) } else { self.set.len() / self.size }
    }

    /// Whether an epoch has no batch.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The samples in the order of an epoch, those left out by [`drop_last`](Self::drop_last) included.
    pub fn order(&self, epoch: u64) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.set.len()).collect();
        if let Some(seed) = self.seed {
            Generator::seed(mix(mix(seed) ^ epoch)).shuffle(&mut order);
        }
        order
    }

    /// The batches of an epoch.
    pub fn epoch(&self, epoch: u64) -> Epoch<'a, D> {
        Epoch { set: self.set, size: self.size, order: self.order(epoch), remaining: 0..self.len() }
    }
}

/// Scatters neighbouring numbers over all 64 bits, so that the generators of (seed, epoch) and (seed + 1, epoch − 1)
/// have nothing in common. The last step of SplitMix64 (Steele, Lea, Flood, 2014).
fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The batches of one epoch, made when they are asked for.
#[derive(Debug)]
pub struct Epoch<'a, D: ?Sized> {
    set: &'a D,
    size: usize,
    order: Vec<usize>,
    remaining: Range<usize>,
}

impl<D: Dataset + ?Sized> Iterator for Epoch<'_, D> {
    type Item = D::Batch;

    fn next(&mut self) -> Option<D::Batch> {
        let batch = self.remaining.next()?;
        let start = batch * self.size;
        let end = (start + self.size).min(self.order.len());
        Some(self.set.batch(&self.order[start..end]))
    }

    fn nth(&mut self, n: usize) -> Option<D::Batch> {
        // Going on in the middle of an epoch must not cost the batches before.
        self.remaining.start = self.remaining.start.saturating_add(n).min(self.remaining.end);
        self.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.remaining.size_hint()
    }
}

impl<D: Dataset + ?Sized> ExactSizeIterator for Epoch<'_, D> {}
impl<D: Dataset + ?Sized> FusedIterator for Epoch<'_, D> {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whose batches are the indices themselves.
    struct Indices(usize);

    impl Dataset for Indices {
        type Batch = Vec<usize>;

        fn len(&self) -> usize {
            self.0
        }

        fn batch(&self, indices: &[usize]) -> Vec<usize> {
            indices.to_vec()
        }
    }

    proptest! {
        #[test]
        fn every_sample_once_in_an_epoch(n in 0usize..200, size in 1usize..40, seed: u64, epoch: u64) {
            let set = Indices(n);
            let batches = Batches::of(&set, size).shuffled(seed);
            let epoch: Vec<Vec<usize>> = batches.epoch(epoch).collect();
            prop_assert_eq!(epoch.len(), batches.len());
            let (last, others) = epoch.split_last().map_or((0, &[][..]), |(last, others)| (last.len(), others));
            prop_assert!(others.iter().all(|batch| batch.len() == size));
            prop_assert!(n == 0 || (1..=size).contains(&last));
            let mut seen = epoch.concat();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..n).collect::<Vec<_>>());
        }

        #[test]
        fn drop_last_keeps_the_whole_batches(n in 0usize..200, size in 1usize..40, seed: u64) {
            let set = Indices(n);
            let all: Vec<_> = Batches::of(&set, size).shuffled(seed).epoch(3).collect();
            let whole: Vec<_> = Batches::of(&set, size).shuffled(seed).drop_last().epoch(3).collect();
            prop_assert_eq!(whole.len(), n / size);
            prop_assert_eq!(&all[..whole.len()], &whole[..]);
        }

        #[test]
        fn nth_skips_as_many(n in 1usize..100, size in 1usize..9, skip in 0usize..20, seed: u64) {
            let set = Indices(n);
            let batches = Batches::of(&set, size).shuffled(seed);
            let all: Vec<_> = batches.epoch(0).collect();
            let mut epoch = batches.epoch(0);
            prop_assert_eq!(epoch.nth(skip), all.get(skip).cloned());
            prop_assert_eq!(epoch.len(), all.len().saturating_sub(skip + 1));
        }
    }

    #[test]
    fn without_shuffling_the_order_is_the_sets() {
        let batches: Vec<_> = Batches::of(&Indices(5), 2).epoch(9).collect();
        assert_eq!(batches, [vec![0, 1], vec![2, 3], vec![4]]);
    }

    #[test]
    fn the_order_belongs_to_seed_and_epoch() {
        let set = Indices(50);
        let order = |seed, epoch| Batches::of(&set, 7).shuffled(seed).order(epoch);
        assert_eq!(order(1, 2), order(1, 2));
        for other in [order(1, 3), order(2, 2), order(2, 1), order(0, 3)] {
            assert_ne!(order(1, 2), other);
        }
    }

    #[test]
    fn the_order_is_the_same_on_every_platform() {
        let set = Indices(10);
        assert_eq!(Batches::of(&set, 1).shuffled(0).order(0), [7, 9, 0, 6, 1, 5, 2, 4, 3, 8]);
    }

    #[test]
    fn all_orders_are_equally_frequent() {
        // 6 orders, 6,000 epochs: each comes 1,000 ± 29 times; five standard deviations are 145.
        let set = Indices(3);
        let batches = Batches::of(&set, 3).shuffled(0);
        let mut counts = std::collections::HashMap::new();
        (0..6_000).for_each(|epoch| *counts.entry(batches.order(epoch)).or_insert(0i32) += 1);
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|count| (count - 1_000).abs() < 145), "{counts:?}");
    }
}
