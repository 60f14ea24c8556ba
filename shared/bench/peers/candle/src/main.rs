//! candle's side of `cargo xtask bench`: the workloads of `../../../src` with candle-nn, whose layers are used where they
//! can be differentiated.

mod generative;
mod images;
mod layers;
mod text;
mod training;

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{Linear, Module, VarBuilder, VarMap, linear};
use peer::Workload;

use crate::training::{Rule, labels, supervised};

fn main() -> std::io::Result<()> {
    // Not in its API: the version is that of the manifest.
    peer::serve("candle", "0.11.1", |name, batch| match prepare(name, batch) {
        Ok(Some(workload)) => Ok(workload),
        Ok(None) => Err("no workload of this name".to_string()),
        Err(error) => Err(format!("{error}").replace('\n', " ")),
    })
}

fn prepare(name: &str, batch: Option<usize>) -> Result<Option<Workload>> {
    let or = |batch_of_the_contract| batch.unwrap_or(batch_of_the_contract);
    Ok(Some(match name {
        "gemm_64" => gemm(64, 64, 64)?,
        "gemm_256" => gemm(256, 256, 256)?,
        "gemm_1024" => gemm(1024, 1024, 1024)?,
        "gemm_128x784x256" => gemm(or(128), 784, 256)?,
        "mlp_b128" => mlp(or(128))?,
        "lenet_b64" => images::lenet(or(64))?,
        "resnet20_b32" => images::resnet20(or(32))?,
        "unet_b4_64px" => images::unet(or(4))?,
        "lstm_b32_t64" => text::lstm(or(32))?,
        "gpt_b16_t64" => text::gpt(or(16))?,
        "vae_b128" => generative::vae(or(128))?,
        "coupling_b256" => generative::coupling(or(256))?,
        "flowmatch_b256" => generative::flow_matching(or(256))?,
        _ => return Ok(None),
    }))
}

fn gemm(m: usize, k: usize, n: usize) -> Result<Workload> {
    let a = Tensor::randn(0f32, 1.0, (m, k), &Device::Cpu)?;
    let b = Tensor::randn(0f32, 1.0, (k, n), &Device::Cpu)?;
    Ok(Workload::new(0, move || {
        std::hint::black_box(a.matmul(&b).expect("a product"));
    }))
}

/// Linear layers of these sizes.
fn linears(sizes: &[usize], vb: &VarBuilder) -> Result<Vec<Linear>> {
    let layer = |(i, ends): (usize, &[usize])| linear(ends[0], ends[1], vb.pp(i));
    sizes.windows(2).enumerate().map(layer).collect()
}

/// Linear layers with an activation between them.
fn through(layers: &[Linear], activation: fn(&Tensor) -> Result<Tensor>, x: &Tensor) -> Result<Tensor> {
    let Some((last, others)) = layers.split_last() else { return Ok(x.clone()) };
    let x = others.iter().try_fold(x.clone(), |x, layer| activation(&layer.forward(&x)?))?;
    last.forward(&x)
}

fn mlp(batch: usize) -> Result<Workload> {
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    let layers = linears(&[784, 256, 128, 10], &vb)?;
    let x = Tensor::randn(0f32, 1.0, (batch, 784), &Device::Cpu)?;
    let forward = move |x: &Tensor| through(&layers, Tensor::relu, x);
    supervised(&variables, Rule::Adam, forward, x, labels(batch, 10)?)
}
