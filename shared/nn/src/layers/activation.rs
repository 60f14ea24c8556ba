//! Activations as modules, for use in a [`Sequential`](crate::Sequential).
//!
//! Without one between them, linear layers fold into a single linear layer.

use tensor::{Float, Tensor};

use crate::{Module, Visitor};

macro_rules! activations {
    ($($(#[$doc:meta])+ $name:ident => $method:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct $name;

        impl<T: Float> Module<T> for $name {
            fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
                x.$method()
            }

            fn visit(&self, _: &mut Visitor<'_, T>) {}
        }
    )+};
}

activations! {
    /// max(x, 0).
    ReLU => relu;
    /// The hyperbolic tangent.
    Tanh => tanh;
    /// 1 / (1 + e⁻ˣ).
    Sigmoid => sigmoid;
    /// x·sigmoid(x), also called Swish.
    SiLU => silu;
    /// x·Φ(x), with the distribution function Φ of the standard normal distribution.
    GELU => gelu;
    /// log(1 + eˣ).
    Softplus => softplus;
}

/// x where it is positive, slope·x elsewhere; the default slope is 0.01.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeakyReLU(pub f64);

impl Default for LeakyReLU {
    fn default() -> Self {
        Self(0.01)
    }
}

/// x where it is positive, α(eˣ − 1) elsewhere; the default α is 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ELU(pub f64);

impl Default for ELU {
    fn default() -> Self {
        Self(1.0)
    }
}

/// e^xᵢ / Σⱼ e^xⱼ along a dimension; −1 is the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Softmax(pub isize);

/// The logarithm of [`Softmax`], which stays finite where that vanishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogSoftmax(pub isize);

macro_rules! activations_with_a_setting {
    ($($name:ident => $method:ident;)+) => {$(
        impl<T: Float> Module<T> for $name {
            fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
                x.$method(self.0)
            }

            fn visit(&self, _: &mut Visitor<'_, T>) {}

            fn describe(&self) -> String {
                format!("{self:?}")
            }
        }
    )+};
}

activations_with_a_setting! {
    LeakyReLU => leaky_relu;
    ELU => elu;
    Softmax => softmax;
    LogSoftmax => log_softmax;
}
