//! The variational autoencoder 784-400-20 for binary images (Kingma and Welling, *Auto-Encoding Variational Bayes*,
//! 2013), with Adam.

use nn::loss::{Reduction, binary_cross_entropy_with_logits_with};
use nn::{Adam, Linear, Module, Optimizer, ReLU, Sequential, Visitor, sequential};
use peer::Workload;
use tensor::Tensor;

struct Vae {
    encoder: Sequential,
    mean: Linear,
    log_variance: Linear,
    decoder: Sequential,
}

impl Vae {
    fn new() -> Self {
        Self {
            encoder: sequential![Linear::new(784, 400), ReLU],
            mean: Linear::new(400, 20),
            log_variance: Linear::new(400, 20),
            decoder: sequential![Linear::new(20, 400), ReLU, Linear::new(400, 784)],
        }
    }

    /// The negative evidence lower bound, per image.
    fn loss(&self, x: &Tensor) -> Tensor {
        let h = self.encoder.forward(x);
        let mu = self.mean.forward(&h);
        let log_var = self.log_variance.forward(&h);
        let z = &mu + (&log_var * 0.5).exp() * mu.randn_like();
        let reconstruction =
            binary_cross_entropy_with_logits_with(&self.decoder.forward(&z), x, Reduction::Sum);
        let kl = (1.0 + &log_var - mu.square() - log_var.exp()).sum(..) * -0.5;
        (reconstruction + kl) / x.size(0) as f64
    }
}

impl Module for Vae {
    fn forward(&self, x: &Tensor) -> Tensor {
        self.decoder.forward(&self.mean.forward(&self.encoder.forward(x)))
    }

    fn visit(&self, v: &mut Visitor) {
        v.module("encoder", &self.encoder);
        v.module("mean", &self.mean);
        v.module("log_variance", &self.log_variance);
        v.module("decoder", &self.decoder);
    }
}

pub(crate) fn workload(batch: usize) -> Workload {
    let vae = Vae::new();
    let mut optimizer = Adam::new(vae.parameters(), 1e-3);
    let x = Tensor::rand([batch, 784]);
    Workload::new(vae.num_parameters(), move || {
        optimizer.zero_grad();
        vae.loss(&x).backward();
        optimizer.step();
    })
}
