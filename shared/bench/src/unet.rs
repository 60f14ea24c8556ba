//! A U-Net of three levels for two classes (Ronneberger et al., *U-Net: Convolutional Networks for Biomedical Image
//! Segmentation*, 2015), with padding and BatchNorm, 16 channels at the top, and Adam.

use nn::{
    Adam, BatchNorm2d, Conv2d, ConvTranspose2d, MaxPool2d, Module, ReLU, Sequential, Visitor, sequential,
};
use peer::Workload;
use tensor::Tensor;

use crate::supervised::{labels, training};

fn double_conv(inputs: usize, outputs: usize) -> Sequential {
    sequential![
        Conv2d::new(inputs, outputs, 3).padding(1),
        BatchNorm2d::new(outputs),
        ReLU,
        Conv2d::new(outputs, outputs, 3).padding(1),
        BatchNorm2d::new(outputs),
        ReLU,
    ]
}

/// One level: what comes from below is enlarged and joined with what went down on this level.
struct Level {
    down: Sequential,
    below: Box<dyn Module>,
    up: ConvTranspose2d,
    join: Sequential,
}

impl Level {
    fn new(inputs: usize, channels: usize, below: impl Module + 'static) -> Self {
        Self {
            down: double_conv(inputs, channels),
            below: Box::new(below),
            up: ConvTranspose2d::new(2 * channels, channels, 2).stride(2),
            join: double_conv(2 * channels, channels),
        }
    }
}

impl Module for Level {
    fn forward(&self, x: &Tensor) -> Tensor {
        let across = self.down.forward(x);
        let below = self.below.forward(&MaxPool2d::new(2).forward(&across));
        self.join.forward(&Tensor::cat(&[self.up.forward(&below), across], 1))
    }

    fn visit(&self, v: &mut Visitor) {
        v.module("down", &self.down);
        v.module("below", &self.below);
        v.module("up", &self.up);
        v.module("join", &self.join);
    }
}

pub(crate) fn workload(batch: usize, size: usize) -> Workload {
    let bottom = double_conv(64, 128);
    let levels = Level::new(1, 16, Level::new(16, 32, Level::new(32, 64, bottom)));
    let network: Sequential = sequential![levels, Conv2d::new(16, 2, 1)];
    let optimizer = Adam::new(network.parameters(), 1e-3);
    let x = Tensor::randn([batch, 1, size, size]);
    training(network, optimizer, x, labels(batch * size * size, 2))
}
