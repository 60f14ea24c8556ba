//! The multi-layer perceptron 784-256-128-10 with Adam.

use nn::{Adam, Linear, Module, ReLU, Sequential, sequential};
use peer::Workload;
use tensor::Tensor;

use crate::supervised::{labels, training};

pub(crate) fn workload(batch: usize) -> Workload {
    let network: Sequential =
        sequential![Linear::new(784, 256), ReLU, Linear::new(256, 128), ReLU, Linear::new(128, 10)];
    let optimizer = Adam::new(network.parameters(), 1e-3);
    training(network, optimizer, Tensor::randn([batch, 784]), labels(batch, 10))
}
