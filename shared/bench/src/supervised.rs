//! One step of supervised training, as in the lecture's loop.

use nn::loss::cross_entropy;
use nn::{Module, Optimizer};
use peer::Workload;
use tensor::Tensor;

/// Trains `network` on one batch over and over: what it contains does not change what a step costs.
pub(crate) fn training(
    network: impl Module + 'static,
    mut optimizer: impl Optimizer + 'static,
    x: Tensor,
    labels: Vec<usize>,
) -> Workload {
    Workload::new(network.num_parameters(), move || {
        optimizer.zero_grad();
        let loss = cross_entropy(&network.forward(&x), &labels);
        loss.backward();
        optimizer.step();
    })
}

/// Labels that visit all classes.
pub(crate) fn labels(number: usize, classes: usize) -> Vec<usize> {
    (0..number).map(|i| i * 7 % classes).collect()
}
