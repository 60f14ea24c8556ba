//! Dropout: in every training step, a random part of the neurons is missing (Srivastava, Hinton, Krizhevsky,
//! Sutskever and Salakhutdinov, *Dropout: A Simple Way to Prevent Neural Networks from Overfitting*, 2014).
//!
//! It is *inverted* dropout, as every framework has it: what remains is scaled up in training, so that nothing at all
//! happens in evaluation.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use nn::{Mode, Module, Visitor};
use tensor::{Float, Tensor};

/// A random mask: each entry is, independently, 0 with probability `p` and 1/(1 − p) otherwise, so that its mean is 1.
/// With p = 1 all entries are 0.
///
/// It draws from the current generator ([`tensor::manual_seed`]).
pub fn dropout_mask<T: Float>(shape: &[usize], p: f64) -> Tensor<T> {
    todo!("2.1: ones with probability 1 − p, scaled so that the mean is 1; mind p = 1")
}

/// A layer that drops each number of its input with probability p in training, and does nothing in evaluation.
///
/// ```
/// use lab_04_regularization::Dropout;
/// use nn::Module;
/// use tensor::Tensor;
///
/// let dropout = Dropout::new(0.5);
/// let x: Tensor = Tensor::ones([2, 4]);
/// assert!(dropout.forward(&x).to_vec().iter().all(|&y| y == 0.0 || y == 2.0));
/// Module::<f32>::eval(&dropout);
/// assert!(dropout.forward(&x).equal(&x));
/// ```
#[derive(Debug)]
pub struct Dropout {
    p: f64,
    mode: Mode,
}

impl Dropout {
    /// A layer that drops with probability `p`.
    ///
    /// # Panics
    /// If `p` is no probability.
    #[track_caller]
    pub fn new(p: f64) -> Self {
        assert!((0.0..=1.0).contains(&p), "Dropout: {p} is no probability");
        Dropout { p, mode: Mode::new() }
    }
}

impl<T: Float> Module<T> for Dropout {
    /// y = m ⊙ x with a new mask m in training, y = x in evaluation.
    fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        todo!("2.2: the input times a mask if `self.mode.is_training()`, else the input")
    }

    fn visit(&self, v: &mut Visitor<'_, T>) {
        v.mode(&self.mode);
    }

    fn describe(&self) -> String {
        format!("Dropout({})", self.p)
    }
}
