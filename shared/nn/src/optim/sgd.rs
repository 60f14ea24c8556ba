//! Stochastic gradient descent.

use tensor::{Float, Tensor, in_pieces};

use super::{Kind, Memory, Optimizer, memory_from_dict, memory_to_dict};
use crate::state_dict::LoadError;
use crate::{Parameter, StateDict};

/// θ ← θ − γ·g, with the gradient g of a mini-batch; optionally with momentum.
///
/// With momentum μ the step is along b ← μ·b + g, where b is g in the first step, or with Nesterov's look-ahead along
/// g + μ·b (Sutskever et al., *On the Importance of Initialization and Momentum in Deep Learning*, 2013). Weight decay
/// λ adds λ·θ to g.
///
/// ```
/// use nn::{Linear, Module, Optimizer, Sgd};
///
/// let network: Linear = Linear::new(2, 1);
/// let mut optimizer = Sgd::new(network.parameters(), 0.1).momentum(0.9).nesterov().weight_decay(1e-4);
/// assert_eq!(optimizer.learning_rate(), 0.1);
/// ```
pub struct Sgd<T: Float = f32> {
    parameters: Vec<Parameter<T>>,
    velocity: Vec<Option<Velocity<T>>>,
    learning_rate: f64,
    momentum: f64,
    weight_decay: f64,
    nesterov: bool,
}

/// b, PyTorch's `momentum_buffer`.
struct Velocity<T: Float>(Tensor<T>);

impl<T: Float> Memory<T> for Velocity<T> {
    const TENSORS: &'static [(&'static str, Kind)] = &[("momentum_buffer", Kind::LikeParameter)];

    fn tensors(&self) -> Vec<Tensor<T>> {
        vec![self.0.clone()]
    }

    fn from_tensors(mut tensors: Vec<Tensor<T>>) -> Self {
        Self(tensors.remove(0))
    }
}

impl<T: Float> Sgd<T> {
    /// Plain gradient descent.
    pub fn new(parameters: Vec<Parameter<T>>, learning_rate: f64) -> Self {
        let velocity = parameters.iter().map(|_| None).collect();
        Self { parameters, velocity, learning_rate, momentum: 0.0, weight_decay: 0.0, nesterov: false }
    }

    /// Sets μ, usually 0.9.
    #[must_use]
    pub fn momentum(mut self, momentum: f64) -> Self {
        self.momentum = momentum;
        self
    }

    /// Looks ahead along the velocity. Needs momentum.
    #[must_use]
    pub fn nesterov(mut self) -> Self {
        self.nesterov = true;
        self
    }

    /// Sets λ, the strength of the L2 penalty ½λ‖θ‖².
    #[must_use]
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        self.weight_decay = weight_decay;
        self
    }
}

impl<T: Float> Optimizer<T> for Sgd<T> {
    fn step(&mut self) {
        let rate = T::from_f64(self.learning_rate);
        let momentum = T::from_f64(self.momentum);
        let decay = T::from_f64(self.weight_decay);
        for (parameter, velocity) in self.parameters.iter().zip(&mut self.velocity) {
            let shape = parameter.shape();
            parameter.update(|theta, grad| {
                if self.momentum == 0.0 {
                    for (theta, &g) in theta.iter_mut().zip(grad) {
                        *theta -= rate * (g + decay * *theta);
                    }
                    return;
                }
                // In the first step b = μ·0 + g.
                let Velocity(b) = velocity.get_or_insert_with(|| Velocity(Tensor::zeros(&shape)));
                in_pieces([theta, b.data_mut()], grad, |[theta, b], grad| {
                    for ((theta, &g), b) in theta.iter_mut().zip(grad).zip(b) {
                        let g = g + decay * *theta;
                        *b = momentum * *b + g;
                        *theta -= rate * if self.nesterov { g + momentum * *b } else { *b };
                    }
                });
            });
        }
    }

    fn parameters(&self) -> &[Parameter<T>] {
        &self.parameters
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.learning_rate = learning_rate;
    }

    fn describe(&self) -> String {
        let nesterov = if self.nesterov { ", nesterov" } else { "" };
        format!("Sgd(momentum {}, weight decay {}{nesterov})", self.momentum, self.weight_decay)
    }

    fn state_dict(&self) -> StateDict<T> {
        memory_to_dict(&self.velocity)
    }

    fn load_state_dict(&mut self, state: &StateDict<T>) -> Result<(), LoadError> {
        self.velocity = memory_from_dict(&self.parameters, state)?;
        Ok(())
    }
}
