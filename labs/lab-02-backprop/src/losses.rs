//! Losses: from predictions to the one number that training makes small, and the gradient with which every backward
//! pass begins.
//!
//! The backward functions take `dloss`, the derivative of whatever follows with respect to the loss: 1 if the loss is the
//! end of the computation.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use tensor::{Float, Tensor};

/// What [`softmax_cross_entropy`] returns.
#[derive(Debug, Clone)]
pub struct CrossEntropy<T: Float> {
    /// −ln p(label), averaged over the samples.
    pub loss: T,
    /// The softmax of the logits, \[N, K\]: each row sums to 1. The backward pass needs it.
    pub probabilities: Tensor<T>,
}

/// The cross-entropy of logits z \[N, K\] with the right class of each of the N samples:
///
/// ℒ = 1/N · Σₙ −ln pₙ\[labelₙ\], where pₙ = softmax(zₙ), pₙₖ = exp(zₙₖ) / Σⱼ exp(zₙⱼ).
///
/// With the largest logit of each row subtracted first, nothing overflows, whatever the logits are.
///
/// # Panics
/// If there is not one label below K for each row, or no row.
pub fn softmax_cross_entropy<T: Float>(logits: &Tensor<T>, labels: &[usize]) -> CrossEntropy<T> {
    let [n, _classes] = logits.dims();
    assert!(n > 0 && labels.len() == n, "{} labels for logits of shape {:?}", labels.len(), logits.shape());
    let shifted = logits - logits.max_keepdim(1);
    todo!("5.6: subtract each row's maximum; ln p = z − ln Σ exp z; the mean of −ln p at the labels")
}

/// The backward pass of [`softmax_cross_entropy`] from its probabilities \[N, K\]: the gradient of the logits \[N, K\].
///
/// # Panics
/// If there is not one label below K for each row.
pub fn softmax_cross_entropy_backward<T: Float>(
    probabilities: &Tensor<T>,
    labels: &[usize],
    dloss: T,
) -> Tensor<T> {
    let [n, classes] = probabilities.dims();
    assert!(labels.len() == n, "{} labels for probabilities of shape {:?}", labels.len(), [n, classes]);
    todo!("5.7: (softmax − one-hot) / N, times dloss; Tensor::one_hot(labels, classes) has the ones")
}

/// The mean over all numbers of the squared difference between a prediction and its target, both of the same shape.
///
/// # Panics
/// If the shapes differ.
pub fn mse<T: Float>(prediction: &Tensor<T>, target: &Tensor<T>) -> T {
    assert!(prediction.shape() == target.shape(), "mse: {:?} and {:?}", prediction.shape(), target.shape());
    todo!("5.8: the mean of the squared differences, as a number")
}

/// The backward pass of [`mse`]: the gradient of the prediction, of the same shape.
///
/// # Panics
/// If the shapes differ.
pub fn mse_backward<T: Float>(prediction: &Tensor<T>, target: &Tensor<T>, dloss: T) -> Tensor<T> {
    assert!(prediction.shape() == target.shape(), "mse: {:?} and {:?}", prediction.shape(), target.shape());
    todo!("5.9: the derivative of the mean of the squares, times dloss")
}
