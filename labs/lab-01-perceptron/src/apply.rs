//! Activations by name, on whole tensors: where the functions of step 1 meet the gradients of training. Given.
//!
//! `apply` calls the function on each number and records itself as an operation of the graph. When the gradient comes
//! back, the chain rule asks for the derivative: y = φ(x) gives dx = φ′(x)·dy. Lab 02 is about the graph.

use serde::{Deserialize, Serialize};
use tensor::{Backward, Grads, Op, Tensor};

use crate::activation::*;

/// Which function a layer ends in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Activation {
    /// φ(x) = x: none.
    Identity,
    /// [`heaviside`].
    Heaviside,
    /// [`sigmoid`].
    Sigmoid,
    /// [`tanh`].
    Tanh,
    /// [`relu`].
    ReLU,
    /// [`leaky_relu`] with its α.
    LeakyReLU(f64),
    /// [`elu`] with its α.
    ELU(f64),
    /// [`swish`].
    Swish,
    /// [`gelu`].
    GELU,
}

impl Activation {
    /// φ(x).
    pub fn value(self, x: f64) -> f64 {
        match self {
            Activation::Identity => x,
            Activation::Heaviside => heaviside(x),
            Activation::Sigmoid => sigmoid(x),
            Activation::Tanh => tanh(x),
            Activation::ReLU => relu(x),
            Activation::LeakyReLU(alpha) => leaky_relu(x, alpha),
            Activation::ELU(alpha) => elu(x, alpha),
            Activation::Swish => swish(x),
            Activation::GELU => gelu(x),
        }
    }

    /// φ′(x).
    pub fn derivative(self, x: f64) -> f64 {
        match self {
            Activation::Identity => 1.0,
            Activation::Heaviside => heaviside_derivative(x),
            Activation::Sigmoid => sigmoid_derivative(x),
            Activation::Tanh => tanh_derivative(x),
            Activation::ReLU => relu_derivative(x),
            Activation::LeakyReLU(alpha) => leaky_relu_derivative(x, alpha),
            Activation::ELU(alpha) => elu_derivative(x, alpha),
            Activation::Swish => swish_derivative(x),
            Activation::GELU => gelu_derivative(x),
        }
    }

    /// φ of every number of a tensor, of any shape.
    pub fn apply(self, x: &Tensor<f64>) -> Tensor<f64> {
        if self == Activation::Identity {
            return x.clone();
        }
        x.map(|x| self.value(x)).record(&[x], || Applied { activation: self, x: x.detach() })
    }
}

/// An activation as an operation of the graph, with the x that it was applied to.
struct Applied {
    activation: Activation,
    x: Tensor<f64>,
}

impl Op<f64> for Applied {
    fn name(&self) -> &'static str {
        "Activation"
    }

    /// dx = φ′(x)·dy, number by number.
    fn backward(&self, cx: &Backward<'_, f64>) -> Grads<f64> {
        let slope = self.x.map(|x| self.activation.derivative(x));
        // Outside of any graph, as the slope is: asked for φ″, the engine says that it has none.
        vec![Some(slope * cx.dy.detach())]
    }
}
