//! Decay beside the gradient: steps that make weights smaller, beside the optimizer's own.
//!
//! A penalty in the loss goes through the optimizer, which may do with its gradient what it likes: Adam divides it by
//! its size. These steps go past the optimizer. For L2 that is *decoupled weight decay* (Loshchilov and Hutter, *Decoupled
//! Weight Decay Regularization*, 2019); for L1 it is the *proximal* step, which arrives at exact zeros (Daubechies,
//! Defrise and De Mol, 2004; Parikh and Boyd, *Proximal Algorithms*, 2014).

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use nn::Parameter;
use tensor::{Float, Tensor};

/// Decoupled weight decay: θ ← (1 − ηλ)·θ, with the learning rate η and the decay λ, to be taken between the backward
/// pass and the optimizer's step. A parameter without a gradient decays too.
pub fn decay_weights<T: Float>(parameters: &[Parameter<T>], learning_rate: f64, decay: f64) {
    todo!("4.1: every parameter becomes (1 − ηλ) times itself")
}

/// Soft thresholding, number by number: towards 0 by t, and no further. S(x, t) = sign(x)·max(|x| − t, 0).
pub fn soft_threshold<T: Float>(x: &Tensor<T>, t: f64) -> Tensor<T> {
    todo!("4.2: sign(x)·max(|x| − t, 0)")
}

/// The proximal step of the penalty λ·Σ|θ|: θ ← S(θ, ηλ), to be taken after the optimizer's step for the loss
/// without the penalty.
pub fn proximal_step<T: Float>(parameters: &[Parameter<T>], learning_rate: f64, strength: f64) {
    todo!("4.3: soft thresholding of every parameter, by ηλ")
}
