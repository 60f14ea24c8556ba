//! Activation functions and their derivatives, on single numbers.
//!
//! A neuron that only adds up is a linear function, and so is any network of such neurons (step 5). The activation φ is
//! what bends it. Training needs φ′ as well.
//!
//! Four of the functions have a kink or a jump at 0. As in the lecture, 0 belongs to the left branch (`x ≤ 0`), and we
//! let the derivative follow: at 0 it is that of the left branch. No result may be NaN, however large x is.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use std::f64::consts::{PI, SQRT_2};

/// Θ(x): 0 for x ≤ 0, and 1 for x > 0. The step of McCulloch and Pitts (1943), named after Heaviside.
pub fn heaviside(x: f64) -> f64 {
    todo!("1.1: 0 for x ≤ 0, 1 for x > 0")
}

/// Θ′(x) = 0: the step is flat wherever it has a derivative, and at 0 we say so too.
pub fn heaviside_derivative(x: f64) -> f64 {
    todo!("1.2: 0, whatever x is")
}

/// σ(x) = 1/(1 + e⁻ˣ), a soft step from 0 to 1.
pub fn sigmoid(x: f64) -> f64 {
    todo!("1.3: 1/(1 + e⁻ˣ)")
}

/// σ′(x) = σ(x)·(1 − σ(x)).
pub fn sigmoid_derivative(x: f64) -> f64 {
    todo!("1.4: σ(x)·(1 − σ(x))")
}

/// tanh(x) = (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ), a soft step from −1 to 1.
pub fn tanh(x: f64) -> f64 {
    todo!("1.5: the hyperbolic tangent, without dividing infinity by infinity")
}

/// tanh′(x) = 1 − tanh²(x).
pub fn tanh_derivative(x: f64) -> f64 {
    todo!("1.6: 1 − tanh²(x)")
}

/// ReLU(x): 0 for x ≤ 0, and x for x > 0, the *rectified linear unit*.
pub fn relu(x: f64) -> f64 {
    todo!("1.7: 0 for x ≤ 0, x for x > 0")
}

/// ReLU′(x): 0 for x ≤ 0, and 1 for x > 0.
pub fn relu_derivative(x: f64) -> f64 {
    todo!("1.8: the slope of the branch that x is on")
}

/// αx for x ≤ 0, and x for x > 0; `alpha` is usually 0.01, but may be any number.
pub fn leaky_relu(x: f64, alpha: f64) -> f64 {
    todo!("1.9: αx for x ≤ 0, x for x > 0")
}

/// α for x ≤ 0, and 1 for x > 0.
pub fn leaky_relu_derivative(x: f64, alpha: f64) -> f64 {
    todo!("1.10: the slope of the branch that x is on")
}

/// ELU(x): α(eˣ − 1) for x ≤ 0, and x for x > 0, the *exponential linear unit*.
pub fn elu(x: f64, alpha: f64) -> f64 {
    todo!("1.11: α(eˣ − 1) for x ≤ 0, x for x > 0")
}

/// ELU′(x): αeˣ for x ≤ 0, and 1 for x > 0.
pub fn elu_derivative(x: f64, alpha: f64) -> f64 {
    todo!("1.12: the derivative of the branch that x is on")
}

/// Swish(x) = x·σ(x), which PyTorch calls SiLU.
pub fn swish(x: f64) -> f64 {
    todo!("1.13: x·σ(x)")
}

/// Swish′(x) = σ(x) + x·σ′(x), by the product rule.
pub fn swish_derivative(x: f64) -> f64 {
    todo!("1.14: σ(x) + x·σ′(x)")
}

/// GELU(x) = x·Φ(x), where Φ is [`normal_cdf`].
pub fn gelu(x: f64) -> f64 {
    todo!("1.15: x·Φ(x)")
}

/// GELU′(x) = Φ(x) + x·Φ′(x), where Φ′ is [`normal_density`].
pub fn gelu_derivative(x: f64) -> f64 {
    todo!("1.16: Φ(x) + x·Φ′(x)")
}

/// Φ(x) = ½(1 + erf(x/√2)), the probability that a standard normal number is below x. Given.
pub fn normal_cdf(x: f64) -> f64 {
    // The complement erfc(−x) = 1 + erf(x) loses no digits where Φ is close to 0.
    0.5 * libm::erfc(-x / SQRT_2)
}

/// Φ′(x) = e^(−x²/2)/√(2π), the density of a standard normal number. Given.
pub fn normal_density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}
