//! LeNet-5, ResNet-20 and the U-Net.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig, ConvTranspose2d, ConvTranspose2dConfig};
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Distribution, Tensor};
use peer::Workload;

use crate::Mlp;
use crate::training::{Rule, device, labels, supervised};

fn images(batch: usize, channels: usize, size: usize, device: &Device) -> Tensor<4> {
    Tensor::random([batch, channels, size, size], Distribution::Normal(0.0, 1.0), device)
}

fn pool() -> MaxPool2d {
    MaxPool2dConfig::new([2, 2]).init()
}

#[derive(Module, Debug)]
struct LeNet {
    conv1: Conv2d,
    conv2: Conv2d,
    pool: MaxPool2d,
    head: Mlp,
}

impl LeNet {
    fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let x = self.pool.forward(relu(self.conv1.forward(x)));
        let x = self.pool.forward(relu(self.conv2.forward(x)));
        self.head.forward(x.flatten(1, 3), relu)
    }
}

pub(crate) fn lenet(batch: usize) -> Workload {
    let device = device();
    let padding = PaddingConfig2d::Explicit(2, 2, 2, 2);
    let lenet = LeNet {
        conv1: Conv2dConfig::new([1, 6], [5, 5]).with_padding(padding).init(&device),
        conv2: Conv2dConfig::new([6, 16], [5, 5]).init(&device),
        pool: pool(),
        head: Mlp::new(&[400, 120, 84, 10], &device),
    };
    let x = images(batch, 1, 28, &device);
    supervised(lenet, Rule::Adam, labels(batch, 10, &device), move |lenet| lenet.forward(x.clone()))
}

/// A convolution with BatchNorm behind it.
#[derive(Module, Debug)]
struct ConvNorm {
    conv: Conv2d,
    norm: BatchNorm,
}

impl ConvNorm {
    fn new(channels: [usize; 2], kernel: usize, stride: usize, bias: bool, device: &Device) -> Self {
        let margin = kernel / 2;
        let config = Conv2dConfig::new(channels, [kernel, kernel])
            .with_stride([stride, stride])
            .with_padding(PaddingConfig2d::Explicit(margin, margin, margin, margin))
            .with_bias(bias);
        Self { conv: config.init(device), norm: BatchNormConfig::new(channels[1]).init(device) }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.norm.forward(self.conv.forward(x))
    }
}

/// relu(F(x) + x), where F is two convolutions.
#[derive(Module, Debug)]
struct Block {
    first: ConvNorm,
    second: ConvNorm,
    shortcut: Option<ConvNorm>,
}

impl Block {
    fn new(inputs: usize, outputs: usize, stride: usize, device: &Device) -> Self {
        let projects = stride != 1 || inputs != outputs;
        Self {
            first: ConvNorm::new([inputs, outputs], 3, stride, false, device),
            second: ConvNorm::new([outputs, outputs], 3, 1, false, device),
            shortcut: projects.then(|| ConvNorm::new([inputs, outputs], 1, stride, false, device)),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let y = self.second.forward(relu(self.first.forward(x.clone())));
        let x = match &self.shortcut {
            Some(shortcut) => shortcut.forward(x),
            None => x,
        };
        relu(y + x)
    }
}

#[derive(Module, Debug)]
struct ResNet20 {
    stem: ConvNorm,
    blocks: Vec<Block>,
    head: Linear,
}

impl ResNet20 {
    fn new(device: &Device) -> Self {
        let mut blocks = Vec::new();
        let mut inputs = 16;
        for outputs in [16, 32, 64] {
            for _ in 0..3 {
                blocks.push(Block::new(inputs, outputs, if inputs == outputs { 1 } else { 2 }, device));
                inputs = outputs;
            }
        }
        let stem = ConvNorm::new([3, 16], 3, 1, false, device);
        Self { stem, blocks, head: LinearConfig::new(64, 10).init(device) }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let x = relu(self.stem.forward(x));
        let x = self.blocks.iter().fold(x, |x, block| block.forward(x));
        self.head.forward(x.mean_dims(&[2, 3]).flatten(1, 3))
    }
}

pub(crate) fn resnet20(batch: usize) -> Workload {
    let device = device();
    let x = images(batch, 3, 32, &device);
    let labels = labels(batch, 10, &device);
    supervised(ResNet20::new(&device), Rule::Sgd, labels, move |resnet| resnet.forward(x.clone()))
}

#[derive(Module, Debug)]
struct DoubleConv {
    first: ConvNorm,
    second: ConvNorm,
}

impl DoubleConv {
    fn new(inputs: usize, outputs: usize, device: &Device) -> Self {
        Self {
            first: ConvNorm::new([inputs, outputs], 3, 1, true, device),
            second: ConvNorm::new([outputs, outputs], 3, 1, true, device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        relu(self.second.forward(relu(self.first.forward(x))))
    }
}

/// One level of the U-Net.
#[derive(Module, Debug)]
struct Level {
    down: DoubleConv,
    up: ConvTranspose2d,
    join: DoubleConv,
}

#[derive(Module, Debug)]
struct UNet {
    levels: Vec<Level>,
    bottom: DoubleConv,
    pool: MaxPool2d,
    head: Conv2d,
}

impl UNet {
    fn new(device: &Device) -> Self {
        let level = |(inputs, channels)| Level {
            down: DoubleConv::new(inputs, channels, device),
            up: ConvTranspose2dConfig::new([2 * channels, channels], [2, 2]).with_stride([2, 2]).init(device),
            join: DoubleConv::new(2 * channels, channels, device),
        };
        Self {
            levels: [(1, 16), (16, 32), (32, 64)].map(level).into(),
            bottom: DoubleConv::new(64, 128, device),
            pool: pool(),
            head: Conv2dConfig::new([16, 2], [1, 1]).init(device),
        }
    }

    fn forward(&self, mut x: Tensor<4>) -> Tensor<4> {
        let mut across = Vec::new();
        for level in &self.levels {
            let y = level.down.forward(x);
            x = self.pool.forward(y.clone());
            across.push(y);
        }
        x = self.bottom.forward(x);
        for (level, across) in self.levels.iter().zip(across).rev() {
            x = level.join.forward(Tensor::cat(vec![level.up.forward(x), across], 1));
        }
        self.head.forward(x)
    }
}

pub(crate) fn unet(batch: usize) -> Workload {
    let device = device();
    let x = images(batch, 1, 64, &device);
    let pixels = batch * 64 * 64;
    supervised(UNet::new(&device), Rule::Adam, labels(pixels, 2, &device), move |unet| {
        // A row of logits for each pixel.
        unet.forward(x.clone()).permute([0, 2, 3, 1]).reshape([pixels, 2])
    })
}
