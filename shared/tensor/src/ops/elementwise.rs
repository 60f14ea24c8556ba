//! Functions of one number, applied to every element.
//!
//! Each comes twice: `x.exp()` makes a new tensor, `x.exp_()` takes `x` and overwrites its numbers if nobody else
//! holds them. Both are the same to autograd, which keeps what the backward pass needs.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, PI};

use crate::autograd::{Backward, Grads, Op, is_grad_enabled, is_recording};
use crate::kernels::Unary;
use crate::{Float, Tensor};

/// y = f(x) for every element. What is saved depends on how the derivative is written: by x, by y, or by neither.
struct Map<T: Float> {
    kind: Unary,
    x: Option<Tensor<T>>,
}

#[derive(PartialEq)]
enum Saves {
    Nothing,
    Input,
    Output,
}

impl Unary {
    fn name(self) -> &'static str {
        match self {
            Self::Neg => "Neg",
            Self::Abs => "Abs",
            Self::Sign => "Sign",
            Self::Exp => "Exp",
            Self::ExpM1 => "ExpM1",
            Self::Log => "Log",
            Self::Log1p => "Log1p",
            Self::Sqrt => "Sqrt",
            Self::Rsqrt => "Rsqrt",
            Self::Recip => "Recip",
            Self::Square => "Square",
            Self::Sin => "Sin",
            Self::Cos => "Cos",
            Self::Tanh => "Tanh",
            Self::Sigmoid => "Sigmoid",
            Self::Softplus => "Softplus",
            Self::Silu => "Silu",
            Self::Erf => "Erf",
            Self::Floor => "Floor",
            Self::Ceil => "Ceil",
            Self::Round => "Round",
            Self::Relu => "Relu",
            Self::Positive => "Positive",
            Self::LeakyRelu(_) => "LeakyRelu",
            Self::Elu(_) => "Elu",
            Self::Clamp(..) => "Clamp",
            Self::Pow(_) => "Pow",
            Self::Add(_) => "AddScalar",
            Self::Mul(_) => "MulScalar",
            Self::Div(_) => "DivScalar",
            Self::Fill(_) => "Fill",
            Self::IsNan => "IsNan",
        }
    }

    fn saves(self) -> Saves {
        match self {
            Self::Exp
            | Self::ExpM1
            | Self::Sqrt
            | Self::Rsqrt
            | Self::Recip
            | Self::Tanh
            | Self::Sigmoid
            | Self::Relu => Saves::Output,
            Self::Neg | Self::Add(_) | Self::Mul(_) | Self::Div(_) => Saves::Nothing,
            _ => Saves::Input,
        }
    }

    /// Whether a kernel multiplies by the derivative in one pass.
    fn has_slope(self) -> bool {
        matches!(self, Self::Square | Self::Tanh | Self::Sigmoid | Self::Softplus | Self::Silu | Self::Relu)
    }

    /// Whether the derivative is 0 almost everywhere, so that the result is a constant to autograd.
    fn is_step(self) -> bool {
        matches!(
            self,
            Self::Sign
                | Self::Floor
                | Self::Ceil
                | Self::Round
                | Self::Positive
                | Self::Fill(_)
                | Self::IsNan
        )
    }
}

impl<T: Float> Op<T> for Map<T> {
    fn name(&self) -> &'static str {
        self.kind.name()
    }

    fn saves_output(&self) -> bool {
        self.kind.saves() == Saves::Output
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        let dy = cx.dy;
        let x = || self.x.as_ref().expect("saved in the forward pass");
        let y = || cx.y();
        if self.kind.has_slope() && !is_grad_enabled() {
            let saved = if self.saves_output() { y() } else { x() };
            return vec![Some(dy.times_slope(self.kind, saved))];
        }
        vec![Some(match self.kind {
            Unary::Neg => -dy,
            Unary::Abs => dy * x().sign(),
            Unary::Exp => dy * y(),
            Unary::ExpM1 => dy * (y() + 1.0),
            Unary::Log => dy / x(),
            Unary::Log1p => dy / (x() + 1.0),
            // (√x)' = 1 / 2√x
            Unary::Sqrt => dy / (y() * 2.0),
            // (x^−½)' = −½ x^−³⁄₂
            Unary::Rsqrt => dy * y().pow(3.0) * -0.5,
            Unary::Recip => -(dy * y().square()),
            Unary::Square => dy * x() * 2.0,
            Unary::Sin => dy * x().cos(),
            Unary::Cos => -(dy * x().sin()),
            Unary::Tanh => dy * (1.0 - y().square()),
            Unary::Sigmoid => dy * y() * (1.0 - y()),
            Unary::Softplus => dy * x().sigmoid(),
            // With s = sigmoid(x): (x·s)' = s·(1 + x·(1 − s)).
            Unary::Silu => {
                let s = x().sigmoid();
                dy * (&s * (x() * (1.0 - &s) + 1.0))
            }
            Unary::Erf => dy * (-x().square()).exp_() * FRAC_2_SQRT_PI,
            Unary::Relu => dy * y().positive(),
            Unary::LeakyRelu(slope) => dy * (x().positive() * (1.0 - slope) + slope),
            // 1 above 0, αeˣ below.
            Unary::Elu(alpha) => {
                let positive = x().positive();
                let exp = x().clamp(f64::NEG_INFINITY, 0.0).exp_() * alpha;
                dy * (&positive + exp * (1.0 - &positive))
            }
            Unary::Clamp(low, high) => dy * x().ge(low) * x().le(high),
            Unary::Pow(0.0) => dy * 0.0,
            Unary::Pow(exponent) => dy * x().pow(exponent - 1.0) * exponent,
            Unary::Add(_) => dy.clone(),
            Unary::Mul(c) => dy * c,
            Unary::Div(c) => dy / c,
            Unary::Sign
            | Unary::Floor
            | Unary::Ceil
            | Unary::Round
            | Unary::Positive
            | Unary::Fill(_)
            | Unary::IsNan => unreachable!("{} is never recorded", self.kind.name()),
        })]
    }
}

impl<T: Float> Tensor<T> {
    pub(crate) fn unary(&self, kind: Unary) -> Self {
        self.clone().unary_(kind)
    }

    /// Applies `kind` to a tensor that is given away.
    pub(crate) fn unary_(mut self, kind: Unary) -> Self {
        let recording = !kind.is_step() && is_recording(&[&self]);
        let saved = (recording && kind.saves() == Saves::Input).then(|| self.clone());
        let node = self.node.take();
        let y = if let Some(out) = self.reuse() {
            T::unary_assign(kind, out);
            self
        } else {
            self.fill_with(kind)
        };
        y.record_if(recording, || vec![node], || Map { kind, x: saved })
    }
}

macro_rules! unary {
    ($($(#[$doc:meta])+ $name:ident $in_place:ident $kind:ident;)+) => {
        impl<T: Float> Tensor<T> {
            $(
                $(#[$doc])+
                pub fn $name(&self) -> Self {
                    self.unary(Unary::$kind)
                }

                #[doc = concat!("[`", stringify!($name), "`](Self::", stringify!($name), ") in place where possible.")]
                #[must_use]
                pub fn $in_place(self) -> Self {
                    self.unary_(Unary::$kind)
                }
            )+
        }
    };
}

unary! {
    /// −x.
    neg neg_ Neg;
    /// |x|.
    abs abs_ Abs;
    /// −1, 0 or 1. Its derivative is taken to be 0.
    sign sign_ Sign;
    /// eˣ.
    exp exp_ Exp;
    /// eˣ − 1, exact for small x.
    expm1 expm1_ ExpM1;
    /// The natural logarithm.
    log log_ Log;
    /// log(1 + x), exact for small x.
    log1p log1p_ Log1p;
    /// √x.
    sqrt sqrt_ Sqrt;
    /// 1/√x.
    rsqrt rsqrt_ Rsqrt;
    /// 1/x.
    recip recip_ Recip;
    /// x².
    square square_ Square;
    /// sin x.
    sin sin_ Sin;
    /// cos x.
    cos cos_ Cos;
    /// The hyperbolic tangent, (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ).
    tanh tanh_ Tanh;
    /// The logistic function, 1 / (1 + e⁻ˣ).
    sigmoid sigmoid_ Sigmoid;
    /// Swish, x·sigmoid(x), called SiLU in PyTorch.
    silu silu_ Silu;
    /// log(1 + eˣ), a smooth ReLU, without overflow.
    softplus softplus_ Softplus;
    /// The error function, 2/√π ∫₀ˣ e^(−t²) dt.
    erf erf_ Erf;
    /// The largest whole number that is not above x. Its derivative is taken to be 0.
    floor floor_ Floor;
    /// The smallest whole number that is not below x. Its derivative is taken to be 0.
    ceil ceil_ Ceil;
    /// The nearest whole number, of two the even one. Its derivative is taken to be 0.
    round round_ Round;
    /// max(x, 0); the derivative at 0 is taken to be 0.
    relu relu_ Relu;
    /// Heaviside's step: 1 where x > 0, else 0. Its derivative is taken to be 0.
    positive positive_ Positive;
    /// 1 where x is NaN, else 0.
    is_nan is_nan_ IsNan;
}

impl<T: Float> Tensor<T> {
    /// x where it is positive, `slope`·x elsewhere.
    pub fn leaky_relu(&self, slope: f64) -> Self {
        self.unary(Unary::LeakyRelu(slope))
    }

    /// x where it is positive, α(eˣ − 1) elsewhere.
    pub fn elu(&self, alpha: f64) -> Self {
        self.unary(Unary::Elu(alpha))
    }

    /// x·Φ(x), where Φ is the distribution function of the standard normal distribution
    /// (Hendrycks and Gimpel, 2016).
    pub fn gelu(&self) -> Self {
        self * ((self * FRAC_1_SQRT_2).erf_() + 1.0) * 0.5
    }

    /// The approximation of GELU by a hyperbolic tangent, ½x(1 + tanh(√(2/π)(x + 0.044715x³))), as in GPT-2.
    pub fn gelu_tanh(&self) -> Self {
        let inner = (self + self.pow(3.0) * 0.044715) * (2.0 / PI).sqrt();
        self * (inner.tanh_() + 1.0) * 0.5
    }

    /// Numbers below `low` become `low`, those above `high` become `high`.
    pub fn clamp(&self, low: f64, high: f64) -> Self {
        self.unary(Unary::Clamp(low, high))
    }

    /// log σ(x) = −log(1 + e⁻ˣ), without overflow.
    pub fn log_sigmoid(&self) -> Self {
        self.neg().softplus_().neg_()
    }
}
