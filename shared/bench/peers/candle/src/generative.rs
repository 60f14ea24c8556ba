//! The VAE, RealNVP and flow matching.

use std::f64::consts::TAU;

use candle_core::{D, DType, Device, Result, Tensor};
use candle_nn::{Module, VarBuilder, VarMap, linear, loss};
use peer::Workload;

use crate::training::{Rule, training};
use crate::{linears, through};

pub(crate) fn vae(batch: usize) -> Result<Workload> {
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    let encoder = linear(784, 400, vb.pp("encoder"))?;
    let (mean, log_variance) = (linear(400, 20, vb.pp("mean"))?, linear(400, 20, vb.pp("log_variance"))?);
    let decoder = linears(&[20, 400, 784], &vb.pp("decoder"))?;
    let x = Tensor::rand(0f32, 1.0, (batch, 784), &Device::Cpu)?;
    training(&variables, Rule::Adam, move || {
        let h = encoder.forward(&x)?.relu()?;
        let (mu, log_var) = (mean.forward(&h)?, log_variance.forward(&h)?);
        let z = (&mu + ((&log_var * 0.5)?.exp()? * mu.randn_like(0.0, 1.0)?)?)?;
        let logits = through(&decoder, Tensor::relu, &z)?;
        // The mean over the elements, by the layer's own function, as a mean over images.
        let reconstruction = (loss::binary_cross_entropy_with_logit(&logits, &x)? * 784.0)?;
        let kl = (((log_var.clone() + 1.0)? - mu.sqr()?)? - log_var.exp()?)?.sum_all()?;
        reconstruction - (kl * (0.5 / batch as f64))?
    })
}

pub(crate) fn coupling(batch: usize) -> Result<Workload> {
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    let subnet = |i: usize| linears(&[1, 64, 64, 2], &vb.pp(format!("coupling{i}")));
    let subnets = (0..8).map(subnet).collect::<Result<Vec<_>>>()?;
    let data = Tensor::randn(0f32, 1.0, (batch, 2), &Device::Cpu)?;
    training(&variables, Rule::Adam, move || {
        let mut x = data.clone();
        let mut log_det = Tensor::zeros(batch, DType::F32, &Device::Cpu)?;
        for (i, subnet) in subnets.iter().enumerate() {
            let (first, second) = (x.narrow(1, 0, 1)?, x.narrow(1, 1, 1)?);
            let (a, b) = if i % 2 == 0 { (first, second) } else { (second, first) };
            let halves = through(subnet, Tensor::relu, &a)?.chunk(2, 1)?;
            let s = halves[0].tanh()?;
            let b = ((b * s.exp()?)? + &halves[1])?;
            log_det = (log_det + s.sum(1)?)?;
            x = if i % 2 == 0 { Tensor::cat(&[a, b], 1)? } else { Tensor::cat(&[b, a], 1)? };
        }
        (((x.sqr()?.sum(D::Minus1)? * 0.5)? + TAU.ln())? - log_det)?.mean_all()
    })
}

pub(crate) fn flow_matching(batch: usize) -> Result<Workload> {
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    let velocity = linears(&[3, 256, 256, 256, 2], &vb)?;
    let x1 = Tensor::randn(0f32, 1.0, (batch, 2), &Device::Cpu)?;
    training(&variables, Rule::Adam, move || {
        let x0 = x1.randn_like(0.0, 1.0)?;
        let t = Tensor::rand(0f32, 1.0, (batch, 1), &Device::Cpu)?;
        let xt = (x0.broadcast_mul(&(1.0 - &t)?)? + x1.broadcast_mul(&t)?)?;
        let v = through(&velocity, Tensor::silu, &Tensor::cat(&[xt, t], 1)?)?;
        loss::mse(&v, &(&x1 - x0)?)
    })
}
