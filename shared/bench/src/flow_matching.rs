//! Conditional flow matching in two dimensions (Lipman et al., *Flow Matching for Generative Modeling*, 2022): a
//! velocity field 3-256-256-256-2 with SiLU, and Adam.

use nn::loss::mse_loss;
use nn::{Adam, Linear, Module, Optimizer, Sequential, SiLU, sequential};
use peer::Workload;
use tensor::Tensor;

/// The velocity at a point between noise and data is to be the way from one to the other.
fn loss(velocity: &Sequential, x1: &Tensor) -> Tensor {
    let x0 = x1.randn_like();
    let t = Tensor::rand([x1.size(0), 1]);
    let xt = (1.0 - &t) * &x0 + &t * x1;
    mse_loss(&velocity.forward(&Tensor::cat(&[xt, t], 1)), &(x1 - x0))
}

pub(crate) fn workload(batch: usize) -> Workload {
    let velocity: Sequential = sequential![
        Linear::new(3, 256),
        SiLU,
        Linear::new(256, 256),
        SiLU,
        Linear::new(256, 256),
        SiLU,
        Linear::new(256, 2),
    ];
    let mut optimizer = Adam::new(velocity.parameters(), 1e-3);
    let x1 = Tensor::randn([batch, 2]);
    Workload::new(velocity.num_parameters(), move || {
        optimizer.zero_grad();
        loss(&velocity, &x1).backward();
        optimizer.step();
    })
}
