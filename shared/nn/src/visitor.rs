//! How everything that holds for all modules gets at what is inside one.
//!
//! A module names its members once, in [`Module::visit`]; lists of parameters, state dicts, train and eval mode,
//! moving to a device and the summary are all written with a [`Visitor`].

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use tensor::Float;

use crate::{Buffer, Module, Parameter};

/// Goes through the members of a module and of the modules inside it, and knows their full names.
pub struct Visitor<'a, T: Float = f32> {
    path: String,
    found: &'a mut dyn FnMut(&str, Member<'_, T>),
}

/// Something that a module consists of.
pub enum Member<'a, T: Float = f32> {
    /// A learned tensor.
    Parameter(&'a Parameter<T>),
    /// A tensor that is state but not learned.
    Buffer(&'a Buffer<T>),
    /// The switch between training and evaluation.
    Mode(&'a Mode),
    /// A module, whose own members follow.
    Module(&'a dyn Module<T>),
}

impl<'a, T: Float> Visitor<'a, T> {
    /// A visitor that hands every member with its full name, such as `"features.0.weight"`, to a function.
    pub fn new(found: &'a mut dyn FnMut(&str, Member<'_, T>)) -> Self {
        Self { path: String::new(), found }
    }

    /// A parameter, or none: `v.parameter("bias", &self.bias)` takes an `Option` too.
    pub fn parameter<'p>(&mut self, name: &str, parameter: impl Into<Option<&'p Parameter<T>>>) {
        if let Some(parameter) = parameter.into() {
            self.within(name, |v| (v.found)(&v.path, Member::Parameter(parameter)));
        }
    }

    /// A buffer, or none.
    pub fn buffer<'b>(&mut self, name: &str, buffer: impl Into<Option<&'b Buffer<T>>>) {
        if let Some(buffer) = buffer.into() {
            self.within(name, |v| (v.found)(&v.path, Member::Buffer(buffer)));
        }
    }

    /// A module inside this one.
    pub fn module(&mut self, name: &str, module: &dyn Module<T>) {
        self.within(name, |v| {
            (v.found)(&v.path, Member::Module(module));
            module.visit(v);
        });
    }

    /// The switch that [`Module::train`] and [`Module::eval`] turn.
    pub fn mode(&mut self, mode: &Mode) {
        (self.found)(&self.path, Member::Mode(mode));
    }

    fn within(&mut self, name: &str, visit: impl FnOnce(&mut Self)) {
        let outside = self.path.len();
        if outside > 0 {
            self.path.push('.');
        }
        self.path.push_str(name);
        visit(self);
        self.path.truncate(outside);
    }
}

/// Whether a module is being trained; new ones are. For layers that behave differently in evaluation.
pub struct Mode(AtomicBool);

impl Mode {
    /// A switch that stands on training.
    pub fn new() -> Self {
        Self(AtomicBool::new(true))
    }

    /// Whether the module is being trained.
    pub fn is_training(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, training: bool) {
        self.0.store(training, Ordering::Relaxed);
    }
}

impl Default for Mode {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_training() { "training" } else { "evaluation" })
    }
}
