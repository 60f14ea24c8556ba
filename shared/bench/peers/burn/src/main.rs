//! burn's side of `cargo xtask bench`: the workloads of `../../../src` with burn's modules, on Flex, its CPU backend in
//! Rust. (NdArray is deprecated in its favour; CubeCL's CPU backend wants LLVM.)

mod generative;
mod images;
mod text;
mod training;

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Distribution, Tensor, activation};
use peer::Workload;

use crate::training::{Rule, device, labels, supervised};

fn main() -> std::io::Result<()> {
    // Not in its API: the version is that of the manifest.
    peer::serve("burn", "0.22.1 (flex)", |name, batch| {
        prepare(name, batch).ok_or("no workload of this name".to_string())
    })
}

fn prepare(name: &str, batch: Option<usize>) -> Option<Workload> {
    let or = |batch_of_the_contract| batch.unwrap_or(batch_of_the_contract);
    Some(match name {
        "gemm_64" => gemm(64, 64, 64),
        "gemm_256" => gemm(256, 256, 256),
        "gemm_1024" => gemm(1024, 1024, 1024),
        "gemm_128x784x256" => gemm(or(128), 784, 256),
        "mlp_b128" => mlp(or(128)),
        "lenet_b64" => images::lenet(or(64)),
        "resnet20_b32" => images::resnet20(or(32)),
        "unet_b4_64px" => images::unet(or(4)),
        "lstm_b32_t64" => text::lstm(or(32)),
        "gpt_b16_t64" => text::gpt(or(16)),
        "vae_b128" => generative::vae(or(128)),
        "coupling_b256" => generative::coupling(or(256)),
        "flowmatch_b256" => generative::flow_matching(or(256)),
        _ => return None,
    })
}

fn gemm(m: usize, k: usize, n: usize) -> Workload {
    let device = Device::flex();
    let a = Tensor::<2>::random([m, k], Distribution::Normal(0.0, 1.0), &device);
    let b = Tensor::<2>::random([k, n], Distribution::Normal(0.0, 1.0), &device);
    Workload::new(0, move || {
        std::hint::black_box(a.clone().matmul(b.clone()));
    })
}

/// Linear layers with an activation between them.
#[derive(Module, Debug)]
struct Mlp {
    layers: Vec<Linear>,
}

impl Mlp {
    fn new(sizes: &[usize], device: &Device) -> Self {
        let layer = |ends: &[usize]| LinearConfig::new(ends[0], ends[1]).init(device);
        Self { layers: sizes.windows(2).map(layer).collect() }
    }

    fn forward(&self, x: Tensor<2>, activation: fn(Tensor<2>) -> Tensor<2>) -> Tensor<2> {
        let Some((last, others)) = self.layers.split_last() else { return x };
        last.forward(others.iter().fold(x, |x, layer| activation(layer.forward(x))))
    }
}

fn mlp(batch: usize) -> Workload {
    let device = device();
    let x = Tensor::random([batch, 784], Distribution::Normal(0.0, 1.0), &device);
    let labels = labels(batch, 10, &device);
    let mlp = Mlp::new(&[784, 256, 128, 10], &device);
    supervised(mlp, Rule::Adam, labels, move |mlp| mlp.forward(x.clone(), activation::relu))
}
