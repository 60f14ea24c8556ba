//! Dropout: Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting*, 2014.

use tensor::{Float, Tensor};

use crate::{Mode, Module, Visitor};

/// In training, zeroes every number with probability p and scales the others by 1/(1 − p), so that the expected
/// output is the input; in evaluation, does nothing.
///
/// It draws from the current generator ([`tensor::manual_seed`]).
#[derive(Debug)]
pub struct Dropout {
    p: f64,
    mode: Mode,
}

impl Dropout {
    /// A layer that drops with probability `p`.
    ///
    /// # Panics
    /// If `p` is not within 0 and 1.
    #[track_caller]
    pub fn new(p: f64) -> Self {
        assert!((0.0..=1.0).contains(&p), "Dropout: {p} is no probability");
        Self { p, mode: Mode::new() }
    }
}

impl<T: Float> Module<T> for Dropout {
    fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
        if !self.mode.is_training() || self.p == 0.0 {
            return x.clone();
        }
        if self.p == 1.0 {
            return x * 0.0;
        }
        let keep = 1.0 - self.p;
        let mask = Tensor::bernoulli(x.shape(), keep).to(&x.device());
        x * (mask * (1.0 / keep))
    }

    fn visit(&self, v: &mut Visitor<'_, T>) {
        v.mode(&self.mode);
    }

    fn describe(&self) -> String {
        format!("Dropout({})", self.p)
    }
}
