//! The LSTM and the GPT on characters.

use candle_core::{D, DType, Device, Result, Tensor};
use candle_nn::ops::{layer_norm_slow, softmax};
use candle_nn::rnn::{LSTMConfig, RNN, lstm as lstm_layer};
use candle_nn::{Init, Linear, Module, VarBuilder, VarMap, embedding, linear, linear_no_bias};
use peer::Workload;

use crate::training::{Rule, labels, supervised};

const SYMBOLS: usize = 96;
const LENGTH: usize = 64;

fn text(batch: usize) -> Result<Tensor> {
    labels(batch * LENGTH, SYMBOLS)?.reshape((batch, LENGTH))
}

pub(crate) fn lstm(batch: usize) -> Result<Workload> {
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    let embedding = embedding(SYMBOLS, 32, vb.pp("embedding"))?;
    let lstm = lstm_layer(32, 128, LSTMConfig::default(), vb.pp("lstm"))?;
    let head = linear(128, SYMBOLS, vb.pp("head"))?;
    let forward = move |x: &Tensor| {
        let states = lstm.seq(&embedding.forward(x)?)?;
        head.forward(&lstm.states_to_tensor(&states)?)?.flatten_to(1)
    };
    supervised(&variables, Rule::Adam, forward, text(batch)?, labels(batch * LENGTH, SYMBOLS)?)
}

/// candle-nn's layer has no backward pass; the function that its tests compare it with has one.
struct LayerNorm {
    weight: Tensor,
    bias: Tensor,
}

impl LayerNorm {
    fn new(features: usize, vb: VarBuilder) -> Result<Self> {
        Ok(Self {
            weight: vb.get_with_hints(features, "weight", Init::Const(1.0))?,
            bias: vb.get_with_hints(features, "bias", Init::Const(0.0))?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        layer_norm_slow(x, &self.weight, &self.bias, 1e-5)
    }
}

struct Block {
    heads: usize,
    norm1: LayerNorm,
    qkv: Linear,
    out: Linear,
    norm2: LayerNorm,
    up: Linear,
    down: Linear,
}

impl Block {
    fn new(features: usize, heads: usize, vb: VarBuilder) -> Result<Self> {
        Ok(Self {
            heads,
            norm1: LayerNorm::new(features, vb.pp("norm1"))?,
            qkv: linear(features, 3 * features, vb.pp("qkv"))?,
            out: linear(features, features, vb.pp("out"))?,
            norm2: LayerNorm::new(features, vb.pp("norm2"))?,
            up: linear(features, 4 * features, vb.pp("up"))?,
            down: linear(4 * features, features, vb.pp("down"))?,
        })
    }

    /// `mask` is −∞ where a place must not look.
    fn forward(&self, x: &Tensor, mask: &Tensor) -> Result<Tensor> {
        let (batch, length, features) = x.dims3()?;
        let size = features / self.heads;
        let qkv = self.qkv.forward(&self.norm1.forward(x)?)?.chunk(3, 2)?;
        let heads = |x: &Tensor| x.reshape((batch, length, self.heads, size))?.transpose(1, 2)?.contiguous();
        let (q, k, v) = (heads(&qkv[0])?, heads(&qkv[1])?, heads(&qkv[2])?);
        let scores = (q.matmul(&k.t()?)? * (size as f64).powf(-0.5))?.broadcast_add(mask)?;
        let y = softmax(&scores, D::Minus1)?.matmul(&v)?;
        let y = y.transpose(1, 2)?.reshape((batch, length, features))?;
        let x = (x + self.out.forward(&y)?)?;
        &x + self.down.forward(&self.up.forward(&self.norm2.forward(&x)?)?.gelu()?)?
    }
}

pub(crate) fn gpt(batch: usize) -> Result<Workload> {
    let features = 128;
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    let symbol = embedding(SYMBOLS, features, vb.pp("symbol"))?;
    let position = embedding(LENGTH, features, vb.pp("position"))?;
    let block = |i: usize| Block::new(features, 4, vb.pp(format!("block{i}")));
    let blocks = (0..4).map(block).collect::<Result<Vec<_>>>()?;
    let norm = LayerNorm::new(features, vb.pp("norm"))?;
    let head = linear_no_bias(features, SYMBOLS, vb.pp("head"))?;
    let places = Tensor::arange(0u32, LENGTH as u32, &Device::Cpu)?;
    let hidden = |i: usize| if i % LENGTH > i / LENGTH { f32::NEG_INFINITY } else { 0.0 };
    let mask: Vec<f32> = (0..LENGTH * LENGTH).map(hidden).collect();
    let mask = Tensor::from_vec(mask, (LENGTH, LENGTH), &Device::Cpu)?;
    let forward = move |x: &Tensor| {
        let x = symbol.forward(x)?.broadcast_add(&position.forward(&places)?)?;
        let x = blocks.iter().try_fold(x, |x, block| block.forward(&x, &mask))?;
        head.forward(&norm.forward(&x)?)?.flatten_to(1)
    };
    supervised(&variables, Rule::AdamW, forward, text(batch)?, labels(batch * LENGTH, SYMBOLS)?)
}
