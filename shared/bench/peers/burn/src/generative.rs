//! The VAE, RealNVP and flow matching.

use std::f64::consts::TAU;

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::{relu, silu, softplus};
use burn::tensor::{Distribution, Tensor};
use peer::Workload;

use crate::Mlp;
use crate::training::{Rule, device, training};

const NORMAL: Distribution = Distribution::Normal(0.0, 1.0);

#[derive(Module, Debug)]
struct Vae {
    encoder: Linear,
    mean: Linear,
    log_variance: Linear,
    decoder: Mlp,
}

impl Vae {
    fn loss(&self, x: Tensor<2>) -> Tensor<1> {
        let batch = x.dims()[0] as f64;
        let h = relu(self.encoder.forward(x.clone()));
        let (mu, log_var) = (self.mean.forward(h.clone()), self.log_variance.forward(h));
        let z = mu.clone() + (log_var.clone() * 0.5).exp() * mu.random_like(NORMAL);
        let logits = self.decoder.forward(z, relu);
        // The cross-entropy with logits: log(1 + eˣ) − t·x.
        let reconstruction = (softplus(logits.clone(), 1.0) - x * logits).sum();
        let kl = (log_var.clone() + 1.0 - mu.square() - log_var.exp()).sum() * -0.5;
        (reconstruction + kl) / batch
    }
}

pub(crate) fn vae(batch: usize) -> Workload {
    let device = device();
    let linear = |inputs, outputs| LinearConfig::new(inputs, outputs).init(&device);
    let vae = Vae {
        encoder: linear(784, 400),
        mean: linear(400, 20),
        log_variance: linear(400, 20),
        decoder: Mlp::new(&[20, 400, 784], &device),
    };
    let x = Tensor::random([batch, 784], Distribution::Default, &device);
    training(vae, Rule::Adam, move |vae| vae.loss(x.clone()))
}

pub(crate) fn coupling(batch: usize) -> Workload {
    let device = device();
    let subnets: Vec<Mlp> = (0..8).map(|_| Mlp::new(&[1, 64, 64, 2], &device)).collect();
    let data = Tensor::<2>::random([batch, 2], NORMAL, &device);
    training(subnets, Rule::Adam, move |subnets| {
        let mut x = data.clone();
        let mut log_det = Tensor::<2>::zeros([batch, 1], &device);
        for (i, subnet) in subnets.iter().enumerate() {
            let (first, second) = (x.clone().narrow(1, 0, 1), x.narrow(1, 1, 1));
            let (a, b) = if i % 2 == 0 { (first, second) } else { (second, first) };
            let st = subnet.forward(a.clone(), relu);
            let (s, t) = (st.clone().narrow(1, 0, 1).tanh(), st.narrow(1, 1, 1));
            let b = b * s.clone().exp() + t;
            log_det = log_det + s;
            x = Tensor::cat(if i % 2 == 0 { vec![a, b] } else { vec![b, a] }, 1);
        }
        (x.square().sum_dim(1) * 0.5 + TAU.ln() - log_det).mean()
    })
}

pub(crate) fn flow_matching(batch: usize) -> Workload {
    let device = device();
    let velocity = Mlp::new(&[3, 256, 256, 256, 2], &device);
    let x1 = Tensor::<2>::random([batch, 2], NORMAL, &device);
    training(velocity, Rule::Adam, move |velocity| {
        let x0 = x1.random_like(NORMAL);
        let t = Tensor::<2>::random([batch, 1], Distribution::Default, &device);
        let xt = (t.clone() * -1.0 + 1.0) * x0.clone() + t.clone() * x1.clone();
        let v = velocity.forward(Tensor::cat(vec![xt, t], 1), silu);
        (v - (x1.clone() - x0)).square().mean()
    })
}
