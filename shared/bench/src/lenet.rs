//! LeNet-5 with ReLU and max pooling, on images of 28 × 28, with Adam.

use nn::{Adam, Conv2d, Flatten, Linear, MaxPool2d, Module, ReLU, Sequential, sequential};
use peer::Workload;
use tensor::Tensor;

use crate::supervised::{labels, training};

pub(crate) fn workload(batch: usize) -> Workload {
    let network: Sequential = sequential![
        Conv2d::new(1, 6, 5).padding(2),
        ReLU,
        MaxPool2d::new(2),
        Conv2d::new(6, 16, 5),
        ReLU,
        MaxPool2d::new(2),
        Flatten,
        Linear::new(400, 120),
        ReLU,
        Linear::new(120, 84),
        ReLU,
        Linear::new(84, 10),
    ];
    let optimizer = Adam::new(network.parameters(), 1e-3);
    training(network, optimizer, Tensor::randn([batch, 1, 28, 28]), labels(batch, 10))
}
