//! Sequences cut out of a long one: [`TokenWindows`] for text, [`forecast_windows`] for a time series.

use std::sync::Arc;

use tensor::Tensor;

use crate::{Dataset, TensorSet};

/// Windows of a sequence of tokens. In each, the target of a token is the one that follows it.
///
/// ```
/// use data::{Dataset, TokenWindows};
/// let windows = TokenWindows::new(vec![10, 11, 12, 13, 14, 15, 16], 3, 3);
/// let batch = windows.batch(&[0, 1]);
/// assert_eq!(batch.shape, [2, 3]);
/// assert_eq!(batch.inputs, [10, 11, 12, 13, 14, 15]);
/// assert_eq!(batch.targets, [11, 12, 13, 14, 15, 16]);
/// ```
#[derive(Debug, Clone)]
pub struct TokenWindows {
    tokens: Arc<[usize]>,
    length: usize,
    stride: usize,
}

/// Several windows, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenBatch {
    /// n × T tokens.
    pub inputs: Vec<usize>,
    /// n × T tokens, each the one after the input at the same place.
    pub targets: Vec<usize>,
    /// [n, T].
    pub shape: [usize; 2],
}

impl TokenWindows {
    /// Windows of `length` tokens, of which each begins `stride` tokens after the one before.
    ///
    /// # Panics
    /// If `length` or `stride` is 0.
    #[track_caller]
    pub fn new(tokens: Vec<usize>, length: usize, stride: usize) -> Self {
        assert!(
            length > 0 && stride > 0,
            "the length {length} and the stride {stride} of windows must not be 0"
        );
        Self { tokens: tokens.into(), length, stride }
    }

    /// The whole sequence.
    pub fn tokens(&self) -> &[usize] {
        &self.tokens
    }

    /// Windows of the first part of the sequence and of the rest, which have no token in common: text to train on and a
    /// hold-out.
    ///
    /// # Panics
    /// If `fraction` is not between 0 and 1.
    #[track_caller]
    pub fn split(&self, fraction: f64) -> (Self, Self) {
        assert!((0.0..=1.0).contains(&fraction), "split: the fraction {fraction} is not between 0 and 1");
        let (first, rest) = self.tokens.split_at((self.tokens.len() as f64 * fraction) as usize);
        (Self { tokens: first.into(), ..*self }, Self { tokens: rest.into(), ..*self })
    }
}

impl Dataset for TokenWindows {
    type Batch = TokenBatch;

    fn len(&self) -> usize {
        // The last window needs one more token as its target.
        (self.tokens.len() + self.stride).saturating_sub(self.length + 1) / self.stride
    }

    fn batch(&self, indices: &[usize]) -> TokenBatch {
        let windows = |shift: usize| {
            let window = |&index: &usize| &self.tokens[index * self.stride + shift..][..self.length];
            indices.iter().flat_map(window).copied().collect()
        };
        TokenBatch { inputs: windows(0), targets: windows(1), shape: [indices.len(), self.length] }
    }
}

/// All windows of a series: inputs [N, `length`, 1], and as targets the `horizon` values that follow, [N, `horizon`].
///
/// ```
/// let set = data::forecast_windows(&[1.0, 2.0, 3.0, 4.0, 5.0], 2, 1);
/// assert_eq!(set.inputs.shape(), [3, 2, 1]);
/// assert_eq!(set.targets.to_vec(), [3.0, 4.0, 5.0]);
/// ```
///
/// # Panics
/// If `length` or `horizon` is 0, or the series is shorter than both together.
#[track_caller]
pub fn forecast_windows(values: &[f32], length: usize, horizon: usize) -> TensorSet {
    assert!(length > 0 && horizon > 0, "the length {length} and the horizon {horizon} must not be 0");
    assert!(
        values.len() >= length + horizon,
        "{} values are too few for windows of {length} and a horizon of {horizon}",
        values.len()
    );
    let n = values.len() - length - horizon + 1;
    let inputs = values[..n + length - 1].windows(length).flatten().copied().collect();
    let targets = values[length..].windows(horizon).flatten().copied().collect();
    TensorSet::new(Tensor::from_vec(inputs, [n, length, 1]), Tensor::from_vec(targets, [n, horizon]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn there_are_as_many_windows_as_fit(n in 0usize..60, length in 1usize..12, stride in 1usize..12) {
            let windows = TokenWindows::new((0..n).collect(), length, stride);
            let fitting = (0..n).step_by(stride).filter(|start| start + length < n).count();
            prop_assert_eq!(windows.len(), fitting);
            let all = windows.batch(&(0..fitting).collect::<Vec<_>>());
            prop_assert!(all.inputs.iter().zip(&all.targets).all(|(input, target)| input + 1 == *target));
        }

        #[test]
        fn a_split_has_every_token_once(n in 0usize..60, fraction in 0.0..=1.0) {
            let (first, rest) = TokenWindows::new((0..n).collect(), 3, 1).split(fraction);
            prop_assert_eq!([first.tokens(), rest.tokens()].concat(), (0..n).collect::<Vec<_>>());
        }

        #[test]
        fn targets_follow_their_inputs(n in 2usize..40, length in 1usize..8, horizon in 1usize..8) {
            prop_assume!(n >= length + horizon);
            let values: Vec<f32> = (0..n).map(|i| i as f32).collect();
            let set = forecast_windows(&values, length, horizon);
            prop_assert_eq!(set.len(), n - length - horizon + 1);
            for i in 0..set.len() {
                let (x, y) = set.batch(&[i]);
                prop_assert_eq!([x.to_vec(), y.to_vec()].concat(), &values[i..i + length + horizon]);
            }
        }
    }
}
