//! ResNet-20 for images of 32 × 32 (He et al., *Deep Residual Learning for Image Recognition*, 2015, section 4.2), with
//! projections where the shape changes, and SGD with momentum.

use nn::{BatchNorm2d, Conv2d, Linear, Module, ReLU, Sequential, Sgd, Visitor, sequential};
use peer::Workload;
use tensor::Tensor;

use crate::supervised::{labels, training};

fn conv3x3(inputs: usize, outputs: usize, stride: usize) -> Conv2d {
    Conv2d::new(inputs, outputs, 3).stride(stride).padding(1).without_bias()
}

/// relu(F(x) + x), where F is two convolutions.
struct Block {
    residual: Sequential,
    shortcut: Sequential,
}

impl Block {
    fn new(inputs: usize, outputs: usize, stride: usize) -> Self {
        let residual = sequential![
            conv3x3(inputs, outputs, stride),
            BatchNorm2d::new(outputs),
            ReLU,
            conv3x3(outputs, outputs, 1),
            BatchNorm2d::new(outputs),
        ];
        let shortcut = if stride == 1 && inputs == outputs {
            sequential![]
        } else {
            sequential![
                Conv2d::new(inputs, outputs, 1).stride(stride).without_bias(),
                BatchNorm2d::new(outputs)
            ]
        };
        Self { residual, shortcut }
    }
}

impl Module for Block {
    fn forward(&self, x: &Tensor) -> Tensor {
        (self.residual.forward(x) + self.shortcut.forward(x)).relu()
    }

    fn visit(&self, v: &mut Visitor) {
        v.module("residual", &self.residual);
        v.module("shortcut", &self.shortcut);
    }
}

struct ResNet20 {
    body: Sequential,
    head: Linear,
}

impl ResNet20 {
    fn new() -> Self {
        let mut body = sequential![conv3x3(3, 16, 1), BatchNorm2d::new(16), ReLU];
        let mut inputs = 16;
        for outputs in [16, 32, 64] {
            for _ in 0..3 {
                let stride = if inputs == outputs { 1 } else { 2 };
                body = body.push(Block::new(inputs, outputs, stride));
                inputs = outputs;
            }
        }
        Self { body, head: Linear::new(64, 10) }
    }
}

impl Module for ResNet20 {
    fn forward(&self, x: &Tensor) -> Tensor {
        self.head.forward(&self.body.forward(x).mean([2, 3]))
    }

    fn visit(&self, v: &mut Visitor) {
        v.module("body", &self.body);
        v.module("head", &self.head);
    }
}

pub(crate) fn workload(batch: usize) -> Workload {
    let network = ResNet20::new();
    let optimizer = Sgd::new(network.parameters(), 0.1).momentum(0.9).weight_decay(1e-4);
    training(network, optimizer, Tensor::randn([batch, 3, 32, 32]), labels(batch, 10))
}
