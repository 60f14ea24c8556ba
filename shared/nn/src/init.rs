//! Initial weights.
//!
//! A layer that adds up n products has an output of n times the variance of one of them; through many layers that
//! grows or vanishes exponentially. These functions scale the weights so that it does neither: by the number of
//! inputs of each output (fan-in) for the forward pass, by the number of outputs of each input (fan-out) for the
//! backward pass. They draw from the current generator, so [`tensor::manual_seed`] makes them repeatable.
//!
//! ```
//! use nn::init::{self, Fan, gain};
//! use nn::Linear;
//!
//! let layer: Linear = Linear::new(256, 64);
//! layer.weight.set(&init::kaiming_normal(&layer.weight.shape(), Fan::In, gain::RELU));
//! // Var(w) = gain² / fan_in
//! let variance = layer.weight.get().var(.., 0).item();
//! assert!((variance - 2.0 / 256.0).abs() < 0.1 * 2.0 / 256.0);
//! ```

use tensor::{Float, Shape, Tensor};

/// Which number of connections scales the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fan {
    /// The inputs of each output: keeps the variance in the forward pass.
    In,
    /// The outputs of each input: keeps the variance in the backward pass.
    Out,
}

/// By how much an activation shrinks the standard deviation, to be made up for by the weights before it.
pub mod gain {
    /// No activation, or a sigmoid.
    pub const LINEAR: f64 = 1.0;
    /// ReLU halves the second moment: √2.
    pub const RELU: f64 = std::f64::consts::SQRT_2;
    /// The hyperbolic tangent, 5/3 as in PyTorch.
    pub const TANH: f64 = 5.0 / 3.0;

    /// Leaky ReLU with slope a: √(2 / (1 + a²)).
    pub fn leaky_relu(slope: f64) -> f64 {
        (2.0 / (1.0 + slope * slope)).sqrt()
    }
}

/// Fan-in and fan-out of a weight [outputs, inputs, kernel…].
///
/// # Panics
/// If the shape has fewer than two dimensions.
#[track_caller]
pub fn fans(shape: impl Into<Shape>) -> (usize, usize) {
    let shape = shape.into();
    let [outputs, inputs, kernel @ ..] = &shape[..] else {
        panic!("a weight of shape {shape:?} has no fans: it needs the dimensions [outputs, inputs, …]");
    };
    let window: usize = kernel.iter().product();
    (inputs * window, outputs * window)
}

fn fan(shape: Shape, fan: Fan) -> f64 {
    let (fan_in, fan_out) = fans(shape);
    match fan {
        Fan::In => fan_in as f64,
        Fan::Out => fan_out as f64,
    }
}

/// U(−a, a) with a = gain·√(3 / fan), so that Var = gain² / fan: He et al., *Delving Deep into Rectifiers*, 2015.
///
/// # Panics
/// If the shape has fewer than two dimensions.
#[track_caller]
pub fn kaiming_uniform<T: Float>(shape: impl Into<Shape>, mode: Fan, gain: f64) -> Tensor<T> {
    let shape = shape.into();
    let bound = gain * (3.0 / fan(shape, mode)).sqrt();
    Tensor::uniform(shape, -bound, bound)
}

/// 𝒩(0, gain² / fan): He et al., *Delving Deep into Rectifiers*, 2015.
///
/// # Panics
/// If the shape has fewer than two dimensions.
#[track_caller]
pub fn kaiming_normal<T: Float>(shape: impl Into<Shape>, mode: Fan, gain: f64) -> Tensor<T> {
    let shape = shape.into();
    normal(shape, 0.0, gain / fan(shape, mode).sqrt())
}

/// U(−a, a) with a = gain·√(6 / (fan_in + fan_out)): Glorot and Bengio, *Understanding the Difficulty of Training
/// Deep Feedforward Neural Networks*, 2010.
///
/// # Panics
/// If the shape has fewer than two dimensions.
#[track_caller]
pub fn xavier_uniform<T: Float>(shape: impl Into<Shape>, gain: f64) -> Tensor<T> {
    let shape = shape.into();
    let (fan_in, fan_out) = fans(shape);
    let bound = gain * (6.0 / (fan_in + fan_out) as f64).sqrt();
    Tensor::uniform(shape, -bound, bound)
}

/// 𝒩(0, gain²·2 / (fan_in + fan_out)): Glorot and Bengio, 2010.
///
/// # Panics
/// If the shape has fewer than two dimensions.
#[track_caller]
pub fn xavier_normal<T: Float>(shape: impl Into<Shape>, gain: f64) -> Tensor<T> {
    let shape = shape.into();
    let (fan_in, fan_out) = fans(shape);
    normal(shape, 0.0, gain * (2.0 / (fan_in + fan_out) as f64).sqrt())
}

/// 𝒩(mean, std²).
pub fn normal<T: Float>(shape: impl Into<Shape>, mean: f64, std: f64) -> Tensor<T> {
    Tensor::randn(shape) * std + mean
}

/// U(low, high).
#[track_caller]
pub fn uniform<T: Float>(shape: impl Into<Shape>, low: f64, high: f64) -> Tensor<T> {
    Tensor::uniform(shape, low, high)
}

/// The same number everywhere.
pub fn constant<T: Float>(shape: impl Into<Shape>, value: f64) -> Tensor<T> {
    Tensor::full(shape, value)
}

/// Zeros, as for a bias.
pub fn zeros<T: Float>(shape: impl Into<Shape>) -> Tensor<T> {
    Tensor::zeros(shape)
}

/// A weight whose rows, or columns if there are fewer of them, are orthogonal and of length `gain`: Saxe, McClelland
/// and Ganguli, *Exact Solutions to the Nonlinear Dynamics of Learning in Deep Linear Neural Networks*, 2013.
/// Dimensions after the first are read as one.
///
/// # Panics
/// If the shape has fewer than two dimensions.
#[track_caller]
pub fn orthogonal<T: Float>(shape: impl Into<Shape>, gain: f64) -> Tensor<T> {
    let shape = shape.into();
    assert!(shape.len() >= 2, "orthogonal: a weight of shape {shape:?} is no matrix");
    let rows = shape[0];
    let columns: usize = shape[1..].iter().product();
    let (count, length) = (rows.min(columns), rows.max(columns));
    // Gram and Schmidt on random directions; the second pass removes what rounding left of the first.
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(count);
    for _ in 0..count {
        let mut vector = Tensor::<f64>::randn(length).to_vec();
        for _ in 0..2 {
            for known in &basis {
                let overlap: f64 = vector.iter().zip(known).map(|(v, k)| v * k).sum();
                vector.iter_mut().zip(known).for_each(|(v, k)| *v -= overlap * k);
            }
        }
        let norm = vector.iter().map(|v| v * v).sum::<f64>().sqrt();
        vector.iter_mut().for_each(|v| *v /= norm);
        basis.push(vector);
    }
    let at = |row: usize, column: usize| {
        if rows <= columns { basis[row][column] } else { basis[column][row] }
    };
    let matrix = Tensor::from_fn([rows, columns], |index| T::from_f64(gain * at(index[0], index[1])));
    matrix.reshape(shape)
}

/// PyTorch's default for the weights and biases of linear and convolutional layers: U(−1/√fan_in, 1/√fan_in), which
/// it writes as Kaiming's with a leaky ReLU of slope √5.
pub(crate) fn by_fan_in<T: Float>(shape: impl Into<Shape>, fan_in: usize) -> Tensor<T> {
    let bound = if fan_in > 0 { 1.0 / (fan_in as f64).sqrt() } else { 0.0 };
    Tensor::uniform(shape, -bound, bound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::manual_seed;

    /// The sample variance of n independent numbers differs from theirs by 5 standard errors at most:
    /// σ²·√((κ − 1)/n), where the kurtosis κ is 3 for normal and 9/5 for uniform numbers.
    fn assert_variance(weights: &Tensor<f64>, variance: f64, kurtosis: f64) {
        let error = variance * ((kurtosis - 1.0) / weights.numel() as f64).sqrt();
        let found = weights.var(.., 0).item();
        assert!((found - variance).abs() < 5.0 * error, "{found} is not {variance} ± {error}");
        let error = (variance / weights.numel() as f64).sqrt();
        assert!(weights.mean(..).item().abs() < 5.0 * error);
    }

    #[test]
    fn variances_are_those_of_the_papers() {
        manual_seed(1);
        let shape = [64, 32, 3, 3];
        let (fan_in, fan_out) = fans(shape);
        assert_eq!((fan_in, fan_out), (288, 576));
        assert_variance(&kaiming_uniform(shape, Fan::In, gain::RELU), 2.0 / 288.0, 1.8);
        assert_variance(&kaiming_uniform(shape, Fan::Out, gain::LINEAR), 1.0 / 576.0, 1.8);
        assert_variance(&kaiming_normal(shape, Fan::In, gain::leaky_relu(0.5)), 1.6 / 288.0, 3.0);
        assert_variance(&xavier_uniform(shape, gain::TANH), 25.0 / 9.0 * 2.0 / 864.0, 1.8);
        assert_variance(&xavier_normal(shape, 1.0), 2.0 / 864.0, 3.0);
        // U(−b, b) has variance b²/3.
        assert_variance(&by_fan_in(shape, fan_in), 1.0 / 288.0 / 3.0, 1.8);
    }

    #[test]
    fn uniform_weights_stay_within_their_bound() {
        manual_seed(2);
        let bound = 1.0 / 5f64.sqrt();
        let weights: Tensor<f64> = by_fan_in([400, 5], 5);
        assert!(weights.abs().max(..).item() <= bound);
        assert!(weights.abs().max(..).item() > 0.99 * bound);
    }

    #[test]
    fn orthogonal_weights_keep_lengths() {
        manual_seed(3);
        for shape in [[5, 12], [12, 5], [7, 7]] {
            let w: Tensor<f64> = orthogonal(shape, 2.0);
            let gram = if shape[0] <= shape[1] { w.matmul(&w.t()) } else { w.t().matmul(&w) };
            let identity = Tensor::eye(shape[0].min(shape[1])) * 4.0;
            // A dozen products of numbers up to 2.
            assert!((gram - identity).abs().max(..).item() < 12.0 * 4.0 * 8.0 * f64::EPSILON);
        }
    }
}
