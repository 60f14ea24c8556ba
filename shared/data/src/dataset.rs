//! What batches are made of: [`Dataset`], which nn's training loop asks for, for the sets of this crate, and
//! [`TensorSet`] for anybody's numbers.

use nn::train::Dataset;
use tensor::{Float, Tensor};

use crate::ImageSet;

/// A batch is images [n, C, H, W] and labels.
impl Dataset for ImageSet {
    type Batch = (Tensor, Vec<usize>);

    fn len(&self) -> usize {
        ImageSet::len(self)
    }

    fn batch(&self, indices: &[usize]) -> Self::Batch {
        ImageSet::batch(self, indices)
    }
}

/// Inputs and targets, both tensors with one row for a sample.
///
/// ```
/// use data::{Batches, TensorSet};
/// use tensor::Tensor;
///
/// let x = Tensor::from([[0.0f32], [1.0], [2.0]]);
/// let y = &x * 2.0;
/// for (x, y) in Batches::of(&TensorSet::new(x, y), 2).shuffled(0).epoch(0) {
///     assert_eq!(y.to_vec(), (&x * 2.0).to_vec());
/// }
/// ```
#[derive(Debug, Clone)]
pub struct TensorSet<T: Float = f32> {
    /// The inputs, [N, …].
    pub inputs: Tensor<T>,
    /// The targets, [N, …].
    pub targets: Tensor<T>,
}

impl<T: Float> TensorSet<T> {
    /// A set of the rows of both tensors.
    ///
    /// # Panics
    /// If they do not have the same number of rows.
    #[track_caller]
    pub fn new(inputs: Tensor<T>, targets: Tensor<T>) -> Self {
        assert!(
            inputs.rank() > 0 && targets.rank() > 0 && inputs.size(0) == targets.size(0),
            "inputs of shape {:?} and targets of shape {:?} do not have the same number of rows",
            inputs.shape(),
            targets.shape()
        );
        Self { inputs: inputs.detach(), targets: targets.detach() }
    }
}

/// A batch is the rows of the inputs and of the targets.
impl<T: Float> Dataset for TensorSet<T> {
    type Batch = (Tensor<T>, Tensor<T>);

    fn len(&self) -> usize {
        self.inputs.size(0)
    }

    fn batch(&self, indices: &[usize]) -> Self::Batch {
        (self.inputs.index_select(0, indices), self.targets.index_select(0, indices))
    }
}
