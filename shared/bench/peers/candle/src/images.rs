//! LeNet-5, ResNet-20 and the U-Net.

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{
    Conv2dConfig, ConvTranspose2d, ConvTranspose2dConfig, Module, VarBuilder, VarMap, conv_transpose2d,
    conv2d, linear,
};
use peer::Workload;

use crate::layers::{ConvNorm, Layer, through};
use crate::linears;
use crate::training::{Rule, labels, supervised};

pub(crate) fn lenet(batch: usize) -> Result<Workload> {
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    let conv1 = conv2d(1, 6, 5, Conv2dConfig { padding: 2, ..Default::default() }, vb.pp("conv1"))?;
    let conv2 = conv2d(6, 16, 5, Conv2dConfig::default(), vb.pp("conv2"))?;
    let head = linears(&[400, 120, 84, 10], &vb)?;
    let forward = move |x: &Tensor| {
        let x = conv1.forward(x)?.relu()?.max_pool2d(2)?;
        let x = conv2.forward(&x)?.relu()?.max_pool2d(2)?;
        crate::through(&head, Tensor::relu, &x.flatten_from(1)?)
    };
    let x = Tensor::randn(0f32, 1.0, (batch, 1, 28, 28), &Device::Cpu)?;
    supervised(&variables, Rule::Adam, forward, x, labels(batch, 10)?)
}

/// relu(F(x) + x), where F is two convolutions.
struct Block {
    residual: Vec<Layer>,
    shortcut: Vec<Layer>,
}

impl Block {
    fn new(inputs: usize, outputs: usize, stride: usize, vb: &VarBuilder) -> Result<Self> {
        let conv = |inputs, kernel, stride| ConvNorm { inputs, outputs, kernel, stride, bias: false };
        let mut residual = Vec::from(conv(inputs, 3, stride).layers(&vb.pp("first"))?);
        residual.push(Layer::Relu);
        residual.extend(conv(outputs, 3, 1).layers(&vb.pp("second"))?);
        let mut shortcut = Vec::new();
        if stride != 1 || inputs != outputs {
            shortcut.extend(conv(inputs, 1, stride).layers(&vb.pp("shortcut"))?);
        }
        Ok(Self { residual, shortcut })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        (through(&self.residual, x)? + through(&self.shortcut, x)?)?.relu()
    }
}

pub(crate) fn resnet20(batch: usize) -> Result<Workload> {
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    let stem =
        ConvNorm { inputs: 3, outputs: 16, kernel: 3, stride: 1, bias: false }.layers(&vb.pp("stem"))?;
    let mut blocks = Vec::new();
    let mut inputs = 16;
    for outputs in [16, 32, 64] {
        for _ in 0..3 {
            let stride = if inputs == outputs { 1 } else { 2 };
            blocks.push(Block::new(inputs, outputs, stride, &vb.pp(format!("block{}", blocks.len())))?);
            inputs = outputs;
        }
    }
    let head = linear(64, 10, vb.pp("head"))?;
    let forward = move |x: &Tensor| {
        let x = through(&stem, x)?.relu()?;
        let x = blocks.iter().try_fold(x, |x, block| block.forward(&x))?;
        head.forward(&x.mean((2, 3))?)
    };
    let x = Tensor::randn(0f32, 1.0, (batch, 3, 32, 32), &Device::Cpu)?;
    supervised(&variables, Rule::Sgd, forward, x, labels(batch, 10)?)
}

fn double_conv(inputs: usize, outputs: usize, vb: &VarBuilder) -> Result<Vec<Layer>> {
    let conv = |inputs| ConvNorm { inputs, outputs, kernel: 3, stride: 1, bias: true };
    let mut layers = Vec::from(conv(inputs).layers(&vb.pp("first"))?);
    layers.push(Layer::Relu);
    layers.extend(conv(outputs).layers(&vb.pp("second"))?);
    layers.push(Layer::Relu);
    Ok(layers)
}

/// One level of the U-Net.
struct Level {
    down: Vec<Layer>,
    up: ConvTranspose2d,
    join: Vec<Layer>,
}

impl Level {
    fn new(inputs: usize, channels: usize, vb: &VarBuilder) -> Result<Self> {
        let twice = ConvTranspose2dConfig { stride: 2, ..Default::default() };
        Ok(Self {
            down: double_conv(inputs, channels, &vb.pp("down"))?,
            up: conv_transpose2d(2 * channels, channels, 2, twice, vb.pp("up"))?,
            join: double_conv(2 * channels, channels, &vb.pp("join"))?,
        })
    }
}

pub(crate) fn unet(batch: usize) -> Result<Workload> {
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    let levels = [(1, 16), (16, 32), (32, 64)];
    let level = |&(inputs, channels): &(usize, usize)| Level::new(inputs, channels, &vb.pp(channels));
    let levels = levels.iter().map(level).collect::<Result<Vec<_>>>()?;
    let bottom = double_conv(64, 128, &vb.pp("bottom"))?;
    let head = conv2d(16, 2, 1, Conv2dConfig::default(), vb.pp("head"))?;
    let forward = move |x: &Tensor| {
        let mut x = x.clone();
        let mut across = Vec::new();
        for level in &levels {
            let y = through(&level.down, &x)?;
            x = y.max_pool2d(2)?;
            across.push(y);
        }
        x = through(&bottom, &x)?;
        for (level, across) in levels.iter().zip(across).rev() {
            x = through(&level.join, &Tensor::cat(&[level.up.forward(&x)?, across], 1)?)?;
        }
        // A row of logits for each pixel.
        head.forward(&x)?.permute((0, 2, 3, 1))?.contiguous()?.reshape(((), 2))
    };
    let x = Tensor::randn(0f32, 1.0, (batch, 1, 64, 64), &Device::Cpu)?;
    supervised(&variables, Rule::Adam, forward, x, labels(batch * 64 * 64, 2)?)
}
