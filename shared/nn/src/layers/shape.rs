//! Layers that compute nothing.

use tensor::{Float, Tensor};

use crate::{Module, Visitor};

/// Joins all dimensions but the first: [N, C, H, W] → [N, C·H·W], between the convolutional and the linear layers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flatten;

impl<T: Float> Module<T> for Flatten {
    fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        x.flatten(1)
    }

    fn visit(&self, _: &mut Visitor<'_, T>) {}
}

/// y = x: a place in a network where nothing happens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Identity;

impl<T: Float> Module<T> for Identity {
    fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        x.clone()
    }

    fn visit(&self, _: &mut Visitor<'_, T>) {}
}
