//! [`Module`]: something with parameters that maps tensors to tensors.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tensor::{Device, Float, Tensor};

use crate::state_dict::{self, FileError, LoadError, StateDict};
use crate::summary::Summary;
use crate::visitor::{Member, Visitor};
use crate::{Buffer, Parameter};

/// A layer, a block or a whole network.
///
/// Two methods are to be written: what it computes, and one line per member, whose names become the keys of the
/// state dict. Everything else follows. The lecture's skip connection:
///
/// ```
/// use nn::{Linear, Module, Visitor};
/// use tensor::Tensor;
///
/// struct Skip<M> {
///     inner: M,
/// }
///
/// impl<M: Module> Module for Skip<M> {
///     fn forward(&self, x: &Tensor) -> Tensor {
///         x + self.inner.forward(x)
///     }
///
///     fn visit(&self, v: &mut Visitor) {
///         v.module("inner", &self.inner);
///     }
/// }
///
/// let skip = Skip { inner: Linear::new(4, 4) };
/// let names: Vec<String> = skip.named_parameters().into_iter().map(|(name, _)| name).collect();
/// assert_eq!(names, ["inner.weight", "inner.bias"]);
/// assert_eq!(skip.forward(&Tensor::zeros([2, 4])).shape(), [2, 4]);
/// ```
pub trait Module<T: Float = f32>: Send + Sync {
    /// What the module computes.
    fn forward(&self, x: &Tensor<T>) -> Tensor<T>;

    /// Names the members: `v.parameter("weight", &self.weight)`, `v.module("conv1", &self.conv1)`, …
    fn visit(&self, v: &mut Visitor<'_, T>);

    /// What the summary calls this module: the type's name, with its sizes if a layer overrides this.
    fn describe(&self) -> String {
        let name = std::any::type_name::<Self>();
        let name = name.split('<').next().unwrap_or(name);
        name.rsplit("::").next().unwrap_or(name).to_owned()
    }

    /// All parameters, for an optimizer. One that is used in several places is listed once.
    fn parameters(&self) -> Vec<Parameter<T>> {
        self.named_parameters().into_iter().map(|(_, parameter)| parameter).collect()
    }

    /// All parameters with their full names. One that is used in several places has its first name.
    fn named_parameters(&self) -> Vec<(String, Parameter<T>)> {
        let mut parameters: Vec<(String, Parameter<T>)> = Vec::new();
        self.visit(&mut Visitor::new(&mut |name, member| {
            if let Member::Parameter(parameter) = member
                && !parameters.iter().any(|(_, known)| known.is(parameter))
            {
                parameters.push((name.to_owned(), parameter.clone()));
            }
        }));
        parameters
    }

    /// All buffers with their full names.
    fn named_buffers(&self) -> Vec<(String, Buffer<T>)> {
        let mut buffers = Vec::new();
        self.visit(&mut Visitor::new(&mut |name, member| {
            if let Member::Buffer(buffer) = member {
                buffers.push((name.to_owned(), buffer.clone()));
            }
        }));
        buffers
    }

    /// The numbers of all parameters and buffers by name. Later training does not change them.
    ///
    /// # Panics
    /// If two members have the same name.
    fn state_dict(&self) -> StateDict<T> {
        let mut tensors = BTreeMap::new();
        self.visit(&mut Visitor::new(&mut |name, member| {
            let tensor = match member {
                Member::Parameter(parameter) => parameter.get().detach(),
                Member::Buffer(buffer) => buffer.get(),
                Member::Mode(_) | Member::Module(_) => return,
            };
            let twice = tensors.insert(name.to_owned(), tensor).is_some();
            assert!(!twice, "two members are called {name:?}: every line of `visit` needs a name of its own");
        }));
        tensors.into()
    }

    /// Takes over the numbers of a state dict, which must have exactly the names and shapes of this module.
    ///
    /// # Errors
    /// If a name is missing or unexpected or a shape differs; all of them are listed, and nothing is changed.
    fn load_state_dict(&self, state: &StateDict<T>) -> Result<(), LoadError> {
        state_dict::fit(&self.state_dict(), state.entries())?;
        self.visit(&mut Visitor::new(&mut |name, member| match member {
            Member::Parameter(parameter) => parameter.set(&state[name]),
            Member::Buffer(buffer) => buffer.set(&state[name]),
            Member::Mode(_) | Member::Module(_) => {}
        }));
        Ok(())
    }

    /// Writes the [`state_dict`](Self::state_dict) to a safetensors file.
    ///
    /// # Errors
    /// If the file cannot be written; what was there before is still there then.
    fn save(&self, path: impl AsRef<Path>) -> Result<(), FileError>
    where
        Self: Sized,
    {
        self.state_dict().save(path)
    }

    /// Takes over the numbers of a safetensors file, written by [`save`](Self::save) or by PyTorch.
    ///
    /// # Errors
    /// If the file cannot be read or does not have exactly the names, shapes and types of this module; nothing is
    /// changed then.
    fn load(&self, path: impl AsRef<Path>) -> Result<(), LoadError>
    where
        Self: Sized,
    {
        let state = StateDict::load_like(&self.state_dict(), path)?;
        self.load_state_dict(&state)
    }

    /// Turns training behaviour on, as it is at first: dropout drops, BatchNorm normalises by the batch.
    fn train(&self) {
        set_mode(self, true);
    }

    /// Turns evaluation behaviour on: no dropout, and BatchNorm normalises by its running statistics.
    fn eval(&self) {
        set_mode(self, false);
    }

    /// Whether any part of the module is in training mode. `false` if no part makes a difference.
    fn is_training(&self) -> bool {
        let mut training = false;
        self.visit(&mut Visitor::new(&mut |_, member| {
            if let Member::Mode(mode) = member {
                training |= mode.is_training();
            }
        }));
        training
    }

    /// Forgets the gradients of all parameters.
    fn zero_grad(&self) {
        self.parameters().iter().for_each(Parameter::zero_grad);
    }

    /// Moves all parameters and buffers to another device. Make the optimizer afterwards.
    ///
    /// # Errors
    /// If that device cannot be used here.
    fn to(&self, device: &Device) -> tensor::Result<()> {
        // Asked first, so that no part of the module moves if the device is missing.
        Tensor::<T>::scalar(0.0).try_to(device)?;
        let mut result = Ok(());
        self.visit(&mut Visitor::new(&mut |_, member| {
            let moved = match member {
                Member::Parameter(parameter) => parameter.to(device),
                Member::Buffer(buffer) => buffer.to(device),
                Member::Mode(_) | Member::Module(_) => Ok(()),
            };
            if result.is_ok() {
                result = moved;
            }
        }));
        result
    }

    /// The number of learned numbers.
    fn num_parameters(&self) -> usize {
        self.parameters().iter().map(Parameter::numel).sum()
    }

    /// A table of the modules inside and their parameters, to be printed.
    fn summary(&self) -> Summary {
        Summary::new(self.describe(), |v| self.visit(v))
    }
}

fn set_mode<T: Float, M: Module<T> + ?Sized>(module: &M, training: bool) {
    module.visit(&mut Visitor::new(&mut |_, member| {
        if let Member::Mode(mode) = member {
            mode.set(training);
        }
    }));
}

macro_rules! through_pointer {
    ($($pointer:ty),+) => {$(
        impl<T: Float, M: Module<T> + ?Sized> Module<T> for $pointer {
            fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
                (**self).forward(x)
            }

            fn visit(&self, v: &mut Visitor<'_, T>) {
                (**self).visit(v);
            }

            fn describe(&self) -> String {
                (**self).describe()
            }
        }
    )+};
}

through_pointer!(&M, Box<M>, Arc<M>);
