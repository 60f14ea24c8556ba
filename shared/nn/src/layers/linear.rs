//! The fully connected layer.

use tensor::{Float, Tensor};

use crate::{Module, Parameter, Visitor, init};

/// y = x·Wᵀ + b for every row x: [.., inputs] → [.., outputs].
///
/// Weight [outputs, inputs] and bias `[outputs]` start as U(−1/√inputs, 1/√inputs). The lecture's perceptron:
///
/// ```
/// use nn::{Linear, Module, Tanh, sequential};
/// use tensor::Tensor;
///
/// let input_features = 6;
/// let output_features = 8;
///
/// let linear_transform = Linear::new(input_features, output_features);
/// let activation = Tanh;
///
/// let perceptron = sequential![linear_transform, activation];
///
/// let batch_size = 32;
///
/// let x: Tensor = Tensor::zeros([batch_size, input_features]);
///
/// let z = perceptron.forward(&x);
///
/// assert_eq!(z.shape(), [batch_size, output_features]);
/// ```
#[derive(Debug)]
pub struct Linear<T: Float = f32> {
    /// W: [outputs, inputs].
    pub weight: Parameter<T>,
    /// b: `[outputs]`.
    pub bias: Option<Parameter<T>>,
}

impl<T: Float> Linear<T> {
    /// A layer with random weights.
    pub fn new(inputs: usize, outputs: usize) -> Self {
        Self {
            weight: Parameter::new(init::by_fan_in([outputs, inputs], inputs)),
            bias: Some(Parameter::new(init::by_fan_in(outputs, inputs))),
        }
    }

    /// The layer without b.
    #[must_use]
    pub fn without_bias(mut self) -> Self {
        self.bias = None;
        self
    }
}

impl<T: Float> Module<T> for Linear<T> {
    #[track_caller]
    fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        let weight = self.weight.get();
        let [outputs, inputs] = weight.dims();
        assert!(
            x.shape().last() == Some(&inputs),
            "Linear({inputs}, {outputs}): an input of shape {:?} does not have {inputs} features in its last \
             dimension",
            x.shape()
        );
        let bias = self.bias.as_ref().map(Parameter::get);
        x.linear(&weight, bias.as_ref())
    }

    fn visit(&self, v: &mut Visitor<'_, T>) {
        v.parameter("weight", &self.weight);
        v.parameter("bias", &self.bias);
    }

    fn describe(&self) -> String {
        let shape = self.weight.shape();
        let bias = if self.bias.is_some() { "" } else { ", no bias" };
        format!("Linear({}, {}{bias})", shape[1], shape[0])
    }
}
