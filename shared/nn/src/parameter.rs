//! What a module holds: parameters, which an optimizer changes, and buffers, which the module changes itself.
//!
//! Both are handles to a cell. The optimizer holds the same parameters as the network, so `optimizer.step()`
//! changes what the next `network.forward(&x)` computes with, as in PyTorch. What a graph has saved for its backward
//! pass never changes: a tensor that somebody else still holds is copied before it is written.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use tensor::{Device, Float, Tensor};

struct Cell<T: Float>(Arc<RwLock<Tensor<T>>>);

impl<T: Float> Cell<T> {
    fn new(tensor: Tensor<T>) -> Self {
        Self(Arc::new(RwLock::new(tensor)))
    }

    fn read(&self) -> RwLockReadGuard<'_, Tensor<T>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Tensor<T>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Copies numbers into the cell, whose tensor keeps its place in the graph.
    #[track_caller]
    fn set(&self, what: &str, values: &Tensor<T>) {
        let mut tensor = self.write();
        assert!(
            tensor.shape() == values.shape(),
            "set: a {what} of shape {:?} cannot take a tensor of shape {:?}",
            tensor.shape(),
            values.shape()
        );
        tensor.data_mut().copy_from_slice(&values.as_slice());
    }

    fn debug(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{name}({:?})", self.read().shape())
    }
}

/// A tensor that is learned: a leaf of the graph in a cell that the network and the optimizer share.
///
/// Cloning makes a second handle to the same cell. The leaf, with its gradient, stays the same while its numbers
/// change.
///
/// ```
/// use nn::Parameter;
/// use tensor::Tensor;
///
/// let weight = Parameter::new(Tensor::from([1.0f32, 2.0]));
/// weight.get().square().sum(..).backward();
///
/// // One step of gradient descent.
/// weight.update(|data, grad| {
///     for (x, dx) in data.iter_mut().zip(grad) {
///         *x -= 0.1 * dx;
///     }
/// });
/// assert_eq!(weight.get().to_vec(), [0.8, 1.6]);
/// ```
pub struct Parameter<T: Float = f32>(Cell<T>);

impl<T: Float> Parameter<T> {
    /// A parameter with these initial numbers.
    pub fn new(tensor: Tensor<T>) -> Self {
        Self(Cell::new(tensor.detach().requires_grad_()))
    }

    /// The tensor to compute with: a leaf that requires a gradient, unless the parameter is frozen.
    pub fn get(&self) -> Tensor<T> {
        self.0.read().clone()
    }

    /// Replaces the numbers. The gradient stays.
    ///
    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    pub fn set(&self, values: &Tensor<T>) {
        self.0.set("parameter", values);
    }

    /// The size of each dimension.
    pub fn shape(&self) -> Vec<usize> {
        self.0.read().shape().to_vec()
    }

    /// The number of elements.
    pub fn numel(&self) -> usize {
        self.0.read().numel()
    }

    /// The gradient that backward passes have accumulated.
    pub fn grad(&self) -> Option<Tensor<T>> {
        self.0.read().grad()
    }

    /// Replaces the gradient, as clipping does.
    ///
    /// # Panics
    /// If the shapes differ, or the parameter is frozen.
    #[track_caller]
    pub fn set_grad(&self, grad: Tensor<T>) {
        self.0.read().set_grad(grad);
    }

    /// Forgets the gradient, so that the next backward pass starts from nothing.
    pub fn zero_grad(&self) {
        self.0.read().take_grad();
    }

    /// Changes the numbers in place, given them and the gradient, both in row-major order. Does nothing if there is
    /// no gradient: the loss did not depend on this parameter. The parameter is locked while `step` runs, so `step`
    /// must not ask it for anything.
    pub fn update(&self, step: impl FnOnce(&mut [T], &[T])) {
        let mut tensor = self.0.write();
        if let Some(grad) = tensor.grad() {
            step(tensor.data_mut(), &grad.as_slice());
        }
    }

    /// Makes the parameter a constant: no gradient, so no optimizer changes it. For fine-tuning the layers above it.
    pub fn freeze(&self) {
        let mut tensor = self.0.write();
        *tensor = tensor.detach();
    }

    /// Undoes [`freeze`](Self::freeze).
    pub fn unfreeze(&self) {
        let mut tensor = self.0.write();
        if !tensor.requires_grad() {
            *tensor = tensor.detach().requires_grad_();
        }
    }

    /// Whether backward passes reach this parameter: it is not frozen.
    pub fn requires_grad(&self) -> bool {
        self.0.read().requires_grad()
    }

    /// Moves the numbers to another device. The gradient is dropped.
    ///
    /// # Errors
    /// If that device cannot be used here.
    pub fn to(&self, device: &Device) -> tensor::Result<()> {
        let mut tensor = self.0.write();
        let moved = tensor.detach().try_to(device)?;
        *tensor = if tensor.requires_grad() { moved.requires_grad_() } else { moved };
        Ok(())
    }

    /// Whether two handles are to the same cell.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0.0, &other.0.0)
    }
}

impl<T: Float> Clone for Parameter<T> {
    fn clone(&self) -> Self {
        Self(Cell(Arc::clone(&self.0.0)))
    }
}

impl<T: Float> fmt::Debug for Parameter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.debug("Parameter", f)
    }
}

/// A tensor that belongs to a module's state but is not learned by gradients, like BatchNorm's running mean.
///
/// Cloning makes a second handle to the same cell.
pub struct Buffer<T: Float = f32>(Cell<T>);

impl<T: Float> Buffer<T> {
    /// A buffer with these initial numbers.
    pub fn new(tensor: Tensor<T>) -> Self {
        Self(Cell::new(tensor.detach()))
    }

    /// The tensor, a constant to autograd.
    pub fn get(&self) -> Tensor<T> {
        self.0.read().clone()
    }

    /// Replaces the numbers.
    ///
    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    pub fn set(&self, values: &Tensor<T>) {
        self.0.set("buffer", values);
    }

    /// Changes the numbers in place, in row-major order.
    pub fn update(&self, change: impl FnOnce(&mut [T])) {
        change(self.0.write().data_mut());
    }

    /// Moves the numbers to another device.
    ///
    /// # Errors
    /// If that device cannot be used here.
    pub fn to(&self, device: &Device) -> tensor::Result<()> {
        let mut tensor = self.0.write();
        *tensor = tensor.try_to(device)?;
        Ok(())
    }
}

impl<T: Float> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        Self(Cell(Arc::clone(&self.0.0)))
    }
}

impl<T: Float> fmt::Debug for Buffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.debug("Buffer", f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_graph_keeps_the_numbers_it_was_made_with() {
        let weight = Parameter::new(Tensor::from([3.0f64]));
        let y = weight.get().square();
        weight.set(&Tensor::from([5.0]));
        y.sum(..).backward();
        assert_eq!(weight.grad().unwrap().item(), 6.0);
        assert_eq!(weight.get().item(), 5.0);
    }

    #[test]
    fn the_leaf_survives_updates_and_gradients_accumulate() {
        let weight = Parameter::new(Tensor::from([3.0f64]));
        for _ in 0..2 {
            weight.get().sum(..).backward();
            weight.update(|data, _| data[0] += 1.0);
        }
        assert_eq!(weight.grad().unwrap().item(), 2.0);
        assert_eq!(weight.get().item(), 5.0);
        weight.zero_grad();
        weight.update(|_, _| panic!("there is no gradient"));
    }

    #[test]
    fn frozen_parameters_are_constants() {
        let weight = Parameter::new(Tensor::from([3.0f32]));
        weight.freeze();
        assert!(!weight.get().square().requires_grad());
        weight.unfreeze();
        assert!(weight.get().square().requires_grad());
    }

    #[test]
    #[should_panic(expected = "shape [2] cannot take a tensor of shape [3]")]
    fn shapes_are_kept() {
        Parameter::new(Tensor::from([0.0f32, 0.0])).set(&Tensor::zeros(3));
    }
}
