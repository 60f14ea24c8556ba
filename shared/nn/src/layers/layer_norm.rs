//! Layer normalisation: Ba, Kiros and Hinton, *Layer Normalization*, 2016.

use tensor::{Float, Shape, Tensor};

use crate::{Module, Parameter, Visitor};

/// Standardises every sample over its last dimensions, then scales and shifts each feature:
/// y = γ·(x − μ) / √(σ² + ε) + β, the same in training and evaluation.
///
/// ```
/// use nn::{LayerNorm, Module};
/// use tensor::Tensor;
///
/// let norm = LayerNorm::new(4);
/// let y = norm.forward(&Tensor::from([[1.0f32, 2.0, 3.0, 4.0], [10.0, 20.0, 30.0, 40.0]]));
/// assert!(y.mean(1).abs().max(..).item() < 1e-6);
/// ```
#[derive(Debug)]
pub struct LayerNorm<T: Float = f32> {
    /// γ, of the normalised shape; ones at first.
    pub weight: Option<Parameter<T>>,
    /// β, of the normalised shape; zeros at first.
    pub bias: Option<Parameter<T>>,
    shape: Shape,
    eps: f64,
}

impl<T: Float> LayerNorm<T> {
    /// A layer for inputs whose last dimensions have this shape, with γ = 1, β = 0 and ε = 10⁻⁵.
    pub fn new(shape: impl Into<Shape>) -> Self {
        let shape = shape.into();
        Self {
            weight: Some(Parameter::new(Tensor::ones(shape))),
            bias: Some(Parameter::new(Tensor::zeros(shape))),
            shape,
            eps: 1e-5,
        }
    }

    /// The layer with another ε.
    #[must_use]
    pub fn eps(mut self, eps: f64) -> Self {
        self.eps = eps;
        self
    }

    /// The layer without β.
    #[must_use]
    pub fn without_bias(mut self) -> Self {
        self.bias = None;
        self
    }

    /// The layer without γ and β.
    #[must_use]
    pub fn without_affine(mut self) -> Self {
        (self.weight, self.bias) = (None, None);
        self
    }
}

impl<T: Float> Module<T> for LayerNorm<T> {
    #[track_caller]
    fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        assert!(
            x.shape().ends_with(&self.shape),
            "LayerNorm({:?}): the last dimensions of an input of shape {:?} are others",
            self.shape,
            x.shape()
        );
        let dims: Vec<usize> = (x.rank() - self.shape.len()..x.rank()).collect();
        let centred = x - x.mean_keepdim(&dims[..]);
        let var = centred.square().mean_keepdim(&dims[..]);
        let mut y = centred * (var + self.eps).rsqrt_();
        if let Some(weight) = &self.weight {
            y = y * weight.get();
        }
        match &self.bias {
            Some(bias) => y + bias.get(),
            None => y,
        }
    }

    fn visit(&self, v: &mut Visitor<'_, T>) {
        v.parameter("weight", &self.weight);
        v.parameter("bias", &self.bias);
    }

    fn describe(&self) -> String {
        format!("LayerNorm({:?})", self.shape)
    }
}
