//! Adam, with and without decoupled weight decay.

use tensor::{Float, Tensor, in_pieces};

use super::{Kind, Memory, Optimizer, memory_from_dict, memory_to_dict};
use crate::state_dict::LoadError;
use crate::{Parameter, StateDict};

/// What Adam remembers of a parameter.
struct Moments<T: Float> {
    /// How many gradients the means are made from: t.
    step: u64,
    /// The running mean of the gradient: m.
    exp_avg: Tensor<T>,
    /// The running mean of its square: v.
    exp_avg_sq: Tensor<T>,
}

impl<T: Float> Moments<T> {
    fn zeros(shape: &[usize]) -> Self {
        Self { step: 0, exp_avg: Tensor::zeros(shape), exp_avg_sq: Tensor::zeros(shape) }
    }
}

impl<T: Float> Memory<T> for Moments<T> {
    const TENSORS: &'static [(&'static str, Kind)] =
        &[("step", Kind::Scalar), ("exp_avg", Kind::LikeParameter), ("exp_avg_sq", Kind::LikeParameter)];

    fn tensors(&self) -> Vec<Tensor<T>> {
        // From 2²⁴ on f32 does not hold every t, when the corrections 1 − βᵗ have long been 1.
        vec![Tensor::scalar(self.step as f64), self.exp_avg.clone(), self.exp_avg_sq.clone()]
    }

    fn from_tensors(tensors: Vec<Tensor<T>>) -> Self {
        let [step, exp_avg, exp_avg_sq] =
            tensors.try_into().unwrap_or_else(|_| unreachable!("three tensors"));
        Self { step: step.item().as_f64() as u64, exp_avg, exp_avg_sq }
    }
}

/// The settings that Adam and AdamW share, and their common step.
struct Rule<T: Float> {
    parameters: Vec<Parameter<T>>,
    moments: Vec<Option<Moments<T>>>,
    learning_rate: f64,
    betas: (f64, f64),
    eps: f64,
    weight_decay: f64,
}

/// Where the weight decay enters.
#[derive(Clone, Copy)]
enum Decay {
    /// As the gradient of an L2 penalty, which is then scaled like the rest of the gradient.
    InGradient,
    /// Directly at the weights.
    Decoupled,
}

impl<T: Float> Rule<T> {
    fn new(parameters: Vec<Parameter<T>>, learning_rate: f64, weight_decay: f64) -> Self {
        let moments = parameters.iter().map(|_| None).collect();
        Self { parameters, moments, learning_rate, betas: (0.9, 0.999), eps: 1e-8, weight_decay }
    }

    fn step(&mut self, decay: Decay) {
        let (beta1, beta2) = self.betas;
        let one = T::one();
        let (in_gradient, shrink) = match decay {
            Decay::InGradient => (T::from_f64(self.weight_decay), one),
            Decay::Decoupled => (T::zero(), T::from_f64(1.0 - self.learning_rate * self.weight_decay)),
        };
        let (new_in_m, old_in_v, new_in_v) =
            (T::from_f64(1.0 - beta1), T::from_f64(beta2), T::from_f64(1.0 - beta2));
        let eps = T::from_f64(self.eps);
        for (parameter, moments) in self.parameters.iter().zip(&mut self.moments) {
            let shape = parameter.shape();
            parameter.update(|theta, grad| {
                let Moments { step, exp_avg, exp_avg_sq } =
                    moments.get_or_insert_with(|| Moments::zeros(&shape));
                *step += 1;
                let t = *step as f64;
                // m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ), because both means started at 0.
                let size = T::from_f64(self.learning_rate / (1.0 - beta1.powf(t)));
                let correction = T::from_f64((1.0 - beta2.powf(t)).sqrt());
                let rows = [theta, exp_avg.data_mut(), exp_avg_sq.data_mut()];
                in_pieces(rows, grad, |[theta, m, v], grad| {
                    for (((theta, &g), m), v) in theta.iter_mut().zip(grad).zip(m).zip(v) {
                        let g = g + in_gradient * *theta;
                        *theta *= shrink;
                        *m += new_in_m * (g - *m);
                        *v = old_in_v * *v + new_in_v * g * g;
                        *theta -= size * *m / (v.sqrt() / correction + eps);
                    }
                });
            });
        }
    }
}

macro_rules! optimizer {
    ($name:ident, $decay:expr) => {
        impl<T: Float> $name<T> {
            /// Sets β₁ and β₂, the weights of the past in the two running means; 0.9 and 0.999 if not called.
            #[must_use]
            pub fn betas(mut self, beta1: f64, beta2: f64) -> Self {
                self.0.betas = (beta1, beta2);
                self
            }

            /// Sets ε, which keeps the division finite; 10⁻⁸ if not called.
            #[must_use]
            pub fn eps(mut self, eps: f64) -> Self {
                self.0.eps = eps;
                self
            }

            /// Sets λ, the strength of the weight decay.
            #[must_use]
            pub fn weight_decay(mut self, weight_decay: f64) -> Self {
                self.0.weight_decay = weight_decay;
                self
            }
        }

        impl<T: Float> Optimizer<T> for $name<T> {
            fn step(&mut self) {
                self.0.step($decay);
            }

            fn parameters(&self) -> &[Parameter<T>] {
                &self.0.parameters
            }

            fn learning_rate(&self) -> f64 {
                self.0.learning_rate
            }

            fn set_learning_rate(&mut self, learning_rate: f64) {
                self.0.learning_rate = learning_rate;
            }

            fn describe(&self) -> String {
                let Rule { betas: (beta1, beta2), eps, weight_decay, .. } = &self.0;
                let name = stringify!($name);
                format!("{name}(betas {beta1} {beta2}, eps {eps:e}, weight decay {weight_decay})")
            }

            fn state_dict(&self) -> StateDict<T> {
                memory_to_dict(&self.0.moments)
            }

            fn load_state_dict(&mut self, state: &StateDict<T>) -> Result<(), LoadError> {
                self.0.moments = memory_from_dict(&self.0.parameters, state)?;
                Ok(())
            }
        }
    };
}

/// Adam: Kingma and Ba, *Adam: A Method for Stochastic Optimization*, 2014.
///
/// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − γ·m̂ / (√v̂ + ε), where m̂ and v̂ make up for m and v starting
/// at 0. Weight decay λ, 0 by default, adds λ·θ to g.
///
/// ```
/// use nn::{Adam, Linear, Module};
///
/// let network: Linear = Linear::new(6, 5);
/// let mut optimizer = Adam::new(network.parameters(), 1e-3);
/// ```
pub struct Adam<T: Float = f32>(Rule<T>);

impl<T: Float> Adam<T> {
    /// Adam with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸ and no weight decay.
    pub fn new(parameters: Vec<Parameter<T>>, learning_rate: f64) -> Self {
        Self(Rule::new(parameters, learning_rate, 0.0))
    }
}

optimizer!(Adam, Decay::InGradient);

/// Adam with decoupled weight decay: Loshchilov and Hutter, *Decoupled Weight Decay Regularization*, 2017.
///
/// θ ← (1 − γλ)·θ before the step of [`Adam`], so that weights with large gradients decay as fast as the others.
///
/// ```
/// use nn::{AdamW, Linear, Module};
///
/// let network: Linear = Linear::new(6, 5);
/// let mut optimizer = AdamW::new(network.parameters(), 1e-3).weight_decay(0.01);
/// ```
pub struct AdamW<T: Float = f32>(Rule<T>);

impl<T: Float> AdamW<T> {
    /// AdamW with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸ and weight decay 0.01.
    pub fn new(parameters: Vec<Parameter<T>>, learning_rate: f64) -> Self {
        Self(Rule::new(parameters, learning_rate, 0.01))
    }
}

optimizer!(AdamW, Decay::Decoupled);
