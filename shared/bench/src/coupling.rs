//! RealNVP in two dimensions: eight affine couplings with subnets 1-64-64-2 (Dinh et al., *Density Estimation Using
//! Real NVP*, 2016), with Adam.

use std::f64::consts::TAU;

use nn::{Adam, Linear, Module, Optimizer, ReLU, Sequential, sequential};
use peer::Workload;
use tensor::Tensor;

/// The mean of −log p(x), where a standard normal is what the couplings map x to.
fn loss(couplings: &Sequential, x: &Tensor) -> Tensor {
    let mut x = x.clone();
    let mut log_det = Tensor::zeros([x.size(0)]);
    for (i, subnet) in couplings.iter().enumerate() {
        let (first, second) = (x.slice((.., 0..1)), x.slice((.., 1..2)));
        let (a, b) = if i % 2 == 0 { (first, second) } else { (second, first) };
        let [s, t] = subnet.forward(&a).chunk(2, 1).try_into().expect("two halves");
        let s = s.tanh();
        let b = b * s.exp() + t;
        log_det = log_det + s.sum(1);
        x = if i % 2 == 0 { Tensor::cat(&[a, b], 1) } else { Tensor::cat(&[b, a], 1) };
    }
    (x.square().sum(1) * 0.5 + TAU.ln() - log_det).mean(..)
}

pub(crate) fn workload(batch: usize) -> Workload {
    let subnet = || -> Sequential {
        sequential![Linear::new(1, 64), ReLU, Linear::new(64, 64), ReLU, Linear::new(64, 2)]
    };
    let couplings: Sequential = (0..8).map(|_| subnet()).collect();
    let mut optimizer = Adam::new(couplings.parameters(), 1e-3);
    let x = Tensor::randn([batch, 2]);
    Workload::new(couplings.num_parameters(), move || {
        optimizer.zero_grad();
        loss(&couplings, &x).backward();
        optimizer.step();
    })
}
