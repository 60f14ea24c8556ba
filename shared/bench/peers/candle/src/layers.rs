//! Chains of layers that behave differently in training, which candle-nn's `Sequential` does not take.

use candle_core::{Result, Tensor};
use candle_nn::{BatchNorm, Conv2d, Conv2dConfig, Module, VarBuilder, batch_norm, conv2d, conv2d_no_bias};

pub(crate) enum Layer {
    Conv(Conv2d),
    Norm(BatchNorm),
    Relu,
}

impl Layer {
    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        match self {
            Layer::Conv(conv) => conv.forward(x),
            Layer::Norm(norm) => norm.forward_train(x),
            Layer::Relu => x.relu(),
        }
    }
}

pub(crate) fn through(layers: &[Layer], x: &Tensor) -> Result<Tensor> {
    layers.iter().try_fold(x.clone(), |x, layer| layer.forward(&x))
}

/// A convolution with BatchNorm behind it, and a bias or not.
pub(crate) struct ConvNorm {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) kernel: usize,
    pub(crate) stride: usize,
    pub(crate) bias: bool,
}

impl ConvNorm {
    pub(crate) fn layers(self, vb: &VarBuilder) -> Result<[Layer; 2]> {
        let Self { inputs, outputs, kernel, stride, bias } = self;
        let config = Conv2dConfig { padding: kernel / 2, stride, ..Default::default() };
        let make = if bias { conv2d } else { conv2d_no_bias };
        let conv = make(inputs, outputs, kernel, config, vb.pp("conv"))?;
        Ok([Layer::Conv(conv), Layer::Norm(batch_norm(outputs, 1e-5, vb.pp("norm"))?)])
    }
}
