//! Optimizers: how a step is made from a gradient.
//!
//! The update rules and defaults are PyTorch's, step for step, and the arithmetic is that of the parameters'
//! number type. An optimizer changes its parameters in place, in one pass over each.

mod adam;
mod clip;
mod groups;
mod schedule;
mod sgd;

use tensor::{Float, Tensor};

use crate::state_dict::{self, LoadError};
use crate::{Parameter, StateDict};

pub use adam::{Adam, AdamW};
pub use clip::{clip_grad_norm_, clip_grad_value_};
pub use groups::ParamGroups;
pub use schedule::{CosineAnnealingLR, OneCycleLR, Schedule, StepLR};
pub use sgd::Sgd;

/// Something that changes parameters by their gradients.
pub trait Optimizer<T: Float = f32> {
    /// Changes every parameter that has a gradient.
    fn step(&mut self);

    /// The parameters, in the order in which they were given.
    fn parameters(&self) -> &[Parameter<T>];

    /// The learning rate γ.
    fn learning_rate(&self) -> f64;

    /// Changes the learning rate, as a schedule does between steps.
    fn set_learning_rate(&mut self, learning_rate: f64);

    /// The method and its settings but for the learning rate, so that a checkpoint knows whether it belongs here.
    fn describe(&self) -> String;

    /// What the optimizer remembers between steps: `"0.exp_avg"` belongs to parameter 0. The learning rate and the
    /// other settings are the program's, not part of it.
    fn state_dict(&self) -> StateDict<T>;

    /// Goes on from what another optimizer of this kind remembered.
    ///
    /// # Errors
    /// If it is of another kind or for other parameters; nothing is changed then.
    fn load_state_dict(&mut self, state: &StateDict<T>) -> Result<(), LoadError>;

    /// Forgets the gradients of all parameters.
    fn zero_grad(&mut self) {
        self.parameters().iter().for_each(Parameter::zero_grad);
    }
}

/// What is remembered of one parameter: nothing before its first gradient, then always the same tensors.
trait Memory<T: Float>: Sized {
    /// The names of the tensors in the state dict, and whether each is a single number.
    const TENSORS: &'static [(&'static str, Kind)];

    fn tensors(&self) -> Vec<Tensor<T>>;

    /// From tensors in the order of `TENSORS`, which have the right shapes.
    fn from_tensors(tensors: Vec<Tensor<T>>) -> Self;
}

#[derive(Clone, Copy)]
enum Kind {
    /// One number for each of the parameter's.
    LikeParameter,
    /// A single number.
    Scalar,
}

fn memory_to_dict<T: Float, M: Memory<T>>(memory: &[Option<M>]) -> StateDict<T> {
    let of_one = |(i, memory): (usize, &Option<M>)| {
        let tensors = memory.as_ref().map(M::tensors).unwrap_or_default();
        let named = M::TENSORS.iter().zip(tensors);
        named.map(|((name, _), tensor)| (format!("{i}.{name}"), tensor)).collect::<Vec<_>>()
    };
    memory.iter().enumerate().flat_map(of_one).collect()
}

fn memory_from_dict<T: Float, M: Memory<T>>(
    parameters: &[Parameter<T>],
    state: &StateDict<T>,
) -> Result<Vec<Option<M>>, LoadError> {
    // A parameter that never had a gradient has no entry; one that had has all of them.
    let known = |i: usize| state.names().any(|name| name.starts_with(&format!("{i}.")));
    let known: Vec<bool> = (0..parameters.len()).map(known).collect();
    let expected: StateDict<T> = parameters
        .iter()
        .enumerate()
        .filter(|(i, _)| known[*i])
        .flat_map(|(i, parameter)| {
            M::TENSORS.iter().map(move |(name, kind)| {
                let shape = match kind {
                    Kind::LikeParameter => parameter.shape(),
                    Kind::Scalar => Vec::new(),
                };
                (format!("{i}.{name}"), Tensor::zeros(&shape))
            })
        })
        .collect();
    state_dict::fit(&expected, state.entries())?;
    let tensor = |i: usize, name: &str| state[&format!("{i}.{name}")].clone();
    Ok(known
        .iter()
        .enumerate()
        .map(|(i, known)| {
            known.then(|| M::from_tensors(M::TENSORS.iter().map(|(name, _)| tensor(i, name)).collect()))
        })
        .collect())
}
