//! The LSTM and the GPT on characters.

use burn::module::Module;
use burn::nn::{
    Embedding, EmbeddingConfig, LayerNorm, LayerNormConfig, Linear, LinearConfig, Lstm, LstmConfig,
};
use burn::tensor::activation::{gelu_approximate, softmax};
use burn::tensor::{Bool, Device, Int, Tensor};
use peer::Workload;

use crate::training::{Rule, device, labels, supervised};

const SYMBOLS: usize = 96;
const LENGTH: usize = 64;

#[derive(Module, Debug)]
struct CharLstm {
    embedding: Embedding,
    lstm: Lstm,
    head: Linear,
}

impl CharLstm {
    fn forward(&self, x: Tensor<2, Int>) -> Tensor<3> {
        self.head.forward(self.lstm.forward(self.embedding.forward(x), None).0)
    }
}

pub(crate) fn lstm(batch: usize) -> Workload {
    let device = device();
    let network = CharLstm {
        embedding: EmbeddingConfig::new(SYMBOLS, 32).init(&device),
        lstm: LstmConfig::new(32, 128, true).init(&device),
        head: LinearConfig::new(128, SYMBOLS).init(&device),
    };
    let labels = labels(batch * LENGTH, SYMBOLS, &device);
    let x = labels.clone().reshape([batch, LENGTH]);
    supervised(network, Rule::Adam, labels, move |network| network.forward(x.clone()).flatten(0, 1))
}

#[derive(Module, Debug)]
struct Block {
    norm1: LayerNorm,
    qkv: Linear,
    out: Linear,
    norm2: LayerNorm,
    up: Linear,
    down: Linear,
    heads: usize,
}

impl Block {
    fn new(features: usize, heads: usize, device: &Device) -> Self {
        let linear = |inputs, outputs| LinearConfig::new(inputs, outputs).init(device);
        let norm = || LayerNormConfig::new(features).init(device);
        Self {
            norm1: norm(),
            qkv: linear(features, 3 * features),
            out: linear(features, features),
            norm2: norm(),
            up: linear(features, 4 * features),
            down: linear(4 * features, features),
            heads,
        }
    }

    /// `mask` is true where a place must not look.
    fn forward(&self, x: Tensor<3>, mask: Tensor<4, Bool>) -> Tensor<3> {
        let [batch, length, features] = x.dims();
        let size = features / self.heads;
        let heads = |x: Tensor<3>| x.reshape([batch, length, self.heads, size]).swap_dims(1, 2);
        let qkv = self.qkv.forward(self.norm1.forward(x.clone())).chunk(3, 2);
        let [q, k, v] = <[_; 3]>::try_from(qkv).expect("three parts").map(heads);
        let scores = q.matmul(k.swap_dims(2, 3)) * (size as f64).powf(-0.5);
        let y = softmax(scores.mask_fill(mask, f32::NEG_INFINITY), 3).matmul(v);
        let x = x + self.out.forward(y.swap_dims(1, 2).reshape([batch, length, features]));
        let y = self.down.forward(gelu_approximate(self.up.forward(self.norm2.forward(x.clone()))));
        x + y
    }
}

#[derive(Module, Debug)]
struct Gpt {
    symbol: Embedding,
    position: Embedding,
    blocks: Vec<Block>,
    norm: LayerNorm,
    head: Linear,
}

pub(crate) fn gpt(batch: usize) -> Workload {
    let features = 128;
    let device = device();
    let gpt = Gpt {
        symbol: EmbeddingConfig::new(SYMBOLS, features).init(&device),
        position: EmbeddingConfig::new(LENGTH, features).init(&device),
        blocks: (0..4).map(|_| Block::new(features, 4, &device)).collect(),
        norm: LayerNormConfig::new(features).init(&device),
        head: LinearConfig::new(features, SYMBOLS).with_bias(false).init(&device),
    };
    let labels = labels(batch * LENGTH, SYMBOLS, &device);
    let text = labels.clone().reshape([batch, LENGTH]);
    let places = Tensor::<1, Int>::arange(0..LENGTH as i64, &device).reshape([1, LENGTH]);
    let mask = Tensor::<2, Bool>::tril_mask([LENGTH, LENGTH], 0, &device)
        .reshape([1, 1, LENGTH, LENGTH])
        .expand([batch, 4, LENGTH, LENGTH]);
    supervised(gpt, Rule::AdamW, labels, move |gpt| {
        let x = gpt.symbol.forward(text.clone()) + gpt.position.forward(places.clone());
        let x = gpt.blocks.iter().fold(x, |x, block| block.forward(x, mask.clone()));
        gpt.head.forward(gpt.norm.forward(x)).flatten(0, 1)
    })
}
