//! Functions of two tensors, broadcast by NumPy's rules, and the operators.
//!
//! `&x * &y`, `x + &y`, `&x - 1.0`, `1.0 - &x`: an operand that is given away (`x`, not `&x`) lends its buffer to
//! the result. Numbers beside tensors are `f64`, whatever the tensor holds, so generic code can write literals.

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::autograd::{Backward, Grads, Op, is_recording};
use crate::error::OrPanic;
use crate::kernels::{Binary, Unary};
use crate::{Device, Error, Float, Result, Shape, Tensor};

/// The right-hand side of a comparison or a power: a number or a tensor.
#[derive(Clone, Copy)]
pub enum Operand<'a, T: Float> {
    /// The same number for every element.
    Number(f64),
    /// A tensor, broadcast to the other side's shape.
    Tensor(&'a Tensor<T>),
}

impl<T: Float> From<f64> for Operand<'_, T> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl<'a, T: Float> From<&'a Tensor<T>> for Operand<'a, T> {
    fn from(tensor: &'a Tensor<T>) -> Self {
        Self::Tensor(tensor)
    }
}

impl Binary {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Sub => "sub",
            Self::Mul => "mul",
            Self::Div => "div",
            Self::Pow => "pow",
            Self::Maximum => "maximum",
            Self::Minimum => "minimum",
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Slope(_) => "slope",
        }
    }

    fn is_comparison(self) -> bool {
        matches!(self, Self::Eq | Self::Ne | Self::Lt | Self::Le | Self::Gt | Self::Ge)
    }
}

/// y = f(a, b) for every pair of elements.
struct Zip<T: Float> {
    kind: Binary,
    shapes: [Shape; 2],
    operands: Option<[Tensor<T>; 2]>,
}

impl<T: Float> Op<T> for Zip<T> {
    fn name(&self) -> &'static str {
        match self.kind {
            Binary::Add => "Add",
            Binary::Sub => "Sub",
            Binary::Mul => "Mul",
            Binary::Div => "Div",
            Binary::Pow => "Pow",
            Binary::Maximum => "Maximum",
            Binary::Minimum => "Minimum",
            _ => "Comparison",
        }
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        let dy = cx.dy;
        let operands = || {
            let [a, b] = self.operands.as_ref().expect("saved in the forward pass");
            (a, b)
        };
        // ∂y/∂a·dy and ∂y/∂b·dy, before the sum over what was broadcast.
        let left = || match self.kind {
            Binary::Add | Binary::Sub => dy.clone(),
            Binary::Mul => dy * operands().1,
            Binary::Div => dy / operands().1,
            Binary::Pow => {
                let (a, b) = operands();
                dy * b * a.pow(&(b - 1.0))
            }
            kind => dy * share(kind, operands()),
        };
        let right = || match self.kind {
            Binary::Add => dy.clone(),
            Binary::Sub => -dy,
            Binary::Mul => dy * operands().0,
            Binary::Div => {
                let (a, b) = operands();
                -(dy * a / b.square())
            }
            // aᵇ·log a, and 0 where a = 0, as the limit for b > 0.
            Binary::Pow => {
                let (a, b) = operands();
                let log = Tensor::where_(&a.eq(0.0), &a.zeros_like(), &a.log());
                dy * a.pow(b) * log
            }
            kind => dy * (1.0 - share(kind, operands())),
        };
        vec![
            cx.needs(0).then(|| left().sum_to(self.shapes[0])),
            cx.needs(1).then(|| right().sum_to(self.shapes[1])),
        ]
    }
}

/// The left operand's share in the gradient of a maximum or minimum: 1 where it is chosen, ½ in a tie.
fn share<T: Float>(kind: Binary, (a, b): (&Tensor<T>, &Tensor<T>)) -> Tensor<T> {
    let chosen = match kind {
        Binary::Maximum => a.gt(b),
        _ => a.lt(b),
    };
    chosen + a.eq(b) * 0.5
}

pub(crate) fn same_device(op: &'static str, left: Device, right: Device) -> Result<()> {
    if left == right { Ok(()) } else { Err(Error::Device { op, left, right }) }
}

/// `kind(a, b)`, into the buffer of `a` if that is given away and large enough.
fn zip<T: Float>(kind: Binary, mut a: Tensor<T>, b: &Tensor<T>) -> Result<Tensor<T>> {
    same_device(kind.name(), a.device(), b.device())?;
    let shapes = [a.layout.shape, b.layout.shape];
    let shape = Shape::broadcast(kind.name(), &shapes[0], &shapes[1])?;
    let recording = !kind.is_comparison() && is_recording(&[&a, b]);
    let operands = (recording && !matches!(kind, Binary::Add | Binary::Sub)).then(|| [a.clone(), b.clone()]);
    let node = a.node.take();
    let (right, layout) = b.raw();
    let layout = layout.expand(shape).expect("broadcast shapes expand");
    let reusable = if shapes[0] == shape { a.reuse() } else { None };
    let y = if let Some(out) = reusable {
        T::binary_assign(kind, out, (right, &layout));
        a
    } else {
        let (left, left_layout) = a.raw();
        let left_layout = left_layout.expand(shape).expect("broadcast shapes expand");
        Tensor::compute(shape, a.device(), |out| {
            T::binary(kind, (left, &left_layout), (right, &layout), out);
        })
    };
    Ok(y.record_if(recording, || vec![node, b.node.clone()], || Zip { kind, shapes, operands }))
}

impl<T: Float> Tensor<T> {
    /// dy·f'(x) in one pass, from x or y = f(x), whichever f saves; not recorded.
    pub(crate) fn times_slope(&self, kind: Unary, saved: &Self) -> Self {
        zip(Binary::Slope(kind), self.clone(), saved).or_panic()
    }

    fn zip(&self, kind: Binary, other: &Self) -> Result<Self> {
        zip(kind, self.clone(), other)
    }

    /// The element-wise sum, or why the shapes or devices do not fit; `&x + &y` panics instead.
    pub fn try_add(&self, other: &Self) -> Result<Self> {
        self.zip(Binary::Add, other)
    }

    /// The element-wise difference, or why the shapes or devices do not fit.
    pub fn try_sub(&self, other: &Self) -> Result<Self> {
        self.zip(Binary::Sub, other)
    }

    /// The element-wise product, or why the shapes or devices do not fit.
    pub fn try_mul(&self, other: &Self) -> Result<Self> {
        self.zip(Binary::Mul, other)
    }

    /// The element-wise quotient, or why the shapes or devices do not fit.
    pub fn try_div(&self, other: &Self) -> Result<Self> {
        self.zip(Binary::Div, other)
    }

    /// xᵖ, for a number or a tensor p.
    ///
    /// # Panics
    /// If the shapes do not broadcast or the devices differ.
    #[track_caller]
    pub fn pow<'a>(&self, exponent: impl Into<Operand<'a, T>>) -> Self {
        match exponent.into() {
            Operand::Number(exponent) => self.unary(Unary::Pow(exponent)),
            Operand::Tensor(exponent) => self.zip(Binary::Pow, exponent).or_panic(),
        }
    }

    /// The larger of two numbers; in a tie the gradient is shared.
    ///
    /// # Panics
    /// If the shapes do not broadcast or the devices differ.
    #[track_caller]
    pub fn maximum<'a>(&self, other: impl Into<Operand<'a, T>>) -> Self {
        self.with_operand(Binary::Maximum, other.into())
    }

    /// The smaller of two numbers; in a tie the gradient is shared.
    ///
    /// # Panics
    /// If the shapes do not broadcast or the devices differ.
    #[track_caller]
    pub fn minimum<'a>(&self, other: impl Into<Operand<'a, T>>) -> Self {
        self.with_operand(Binary::Minimum, other.into())
    }

    #[track_caller]
    fn with_operand(&self, kind: Binary, other: Operand<'_, T>) -> Self {
        match other {
            Operand::Tensor(other) => self.zip(kind, other).or_panic(),
            Operand::Number(number) => {
                let number = Self::compute(().into(), self.device(), |out| out.fill(T::from_f64(number)));
                self.zip(kind, &number).or_panic()
            }
        }
    }

    /// Whether two tensors have the same shape and the same numbers.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
    /// assert!(x.t().t().equal(&x));
    /// assert!(!x.t().equal(&x));
    /// ```
    pub fn equal(&self, other: &Self) -> bool {
        self.shape() == other.shape() && self.as_slice() == other.as_slice()
    }
}

macro_rules! comparisons {
    ($($(#[$doc:meta])+ $name:ident $kind:ident;)+) => {
        impl<T: Float> Tensor<T> {
            $(
                $(#[$doc])+
                /// The result is a constant to autograd.
                ///
                /// # Panics
                /// If the shapes do not broadcast or the devices differ.
                #[track_caller]
                pub fn $name<'a>(&self, other: impl Into<Operand<'a, T>>) -> Self {
                    self.with_operand(Binary::$kind, other.into())
                }
            )+
        }
    };
}

macro_rules! operator {
    ($trait:ident $method:ident $kind:ident, $number:expr, $number_first:expr) => {
        impl<T: Float> $trait<&Tensor<T>> for &Tensor<T> {
            type Output = Tensor<T>;
            #[track_caller]
            fn $method(self, other: &Tensor<T>) -> Tensor<T> {
                zip(Binary::$kind, self.clone(), other).or_panic()
            }
        }

        impl<T: Float> $trait<&Tensor<T>> for Tensor<T> {
            type Output = Tensor<T>;
            #[track_caller]
            fn $method(self, other: &Tensor<T>) -> Tensor<T> {
                zip(Binary::$kind, self, other).or_panic()
            }
        }

        impl<T: Float> $trait<Tensor<T>> for Tensor<T> {
            type Output = Tensor<T>;
            #[track_caller]
            fn $method(self, other: Tensor<T>) -> Tensor<T> {
                zip(Binary::$kind, self, &other).or_panic()
            }
        }

        impl<T: Float> $trait<Tensor<T>> for &Tensor<T> {
            type Output = Tensor<T>;
            #[track_caller]
            fn $method(self, other: Tensor<T>) -> Tensor<T> {
                // The order of the operands of a sum or product does not matter, but the right one may be reused.
                match Binary::$kind {
                    kind @ (Binary::Add | Binary::Mul) => zip(kind, other, self).or_panic(),
                    kind => zip(kind, self.clone(), &other).or_panic(),
                }
            }
        }

        impl<T: Float> $trait<f64> for Tensor<T> {
            type Output = Tensor<T>;
            fn $method(self, number: f64) -> Tensor<T> {
                let f: fn(Tensor<T>, f64) -> Tensor<T> = $number;
                f(self, number)
            }
        }

        impl<T: Float> $trait<f64> for &Tensor<T> {
            type Output = Tensor<T>;
            fn $method(self, number: f64) -> Tensor<T> {
                self.clone().$method(number)
            }
        }

        impl<T: Float> $trait<Tensor<T>> for f64 {
            type Output = Tensor<T>;
            fn $method(self, tensor: Tensor<T>) -> Tensor<T> {
                let f: fn(f64, Tensor<T>) -> Tensor<T> = $number_first;
                f(self, tensor)
            }
        }

        impl<T: Float> $trait<&Tensor<T>> for f64 {
            type Output = Tensor<T>;
            fn $method(self, tensor: &Tensor<T>) -> Tensor<T> {
                self.$method(tensor.clone())
            }
        }
    };
}

operator!(Add add Add, |x, c| x.unary_(Unary::Add(c)), |c, x| x.unary_(Unary::Add(c)));
operator!(Sub sub Sub, |x, c| x.unary_(Unary::Add(-c)), |c, x| x.neg_().unary_(Unary::Add(c)));
operator!(Mul mul Mul, |x, c| x.unary_(Unary::Mul(c)), |c, x| x.unary_(Unary::Mul(c)));
operator!(Div div Div, |x, c| x.unary_(Unary::Div(c)), |c, x| x.recip_().unary_(Unary::Mul(c)));

impl<T: Float> Neg for &Tensor<T> {
    type Output = Tensor<T>;
    fn neg(self) -> Tensor<T> {
        self.unary(Unary::Neg)
    }
}

impl<T: Float> Neg for Tensor<T> {
    type Output = Tensor<T>;
    fn neg(self) -> Tensor<T> {
        self.neg_()
    }
}

comparisons! {
    /// 1 where x = y, else 0.
    eq Eq;
    /// 1 where x ≠ y, else 0.
    ne Ne;
    /// 1 where x < y, else 0.
    lt Lt;
    /// 1 where x ≤ y, else 0.
    le Le;
    /// 1 where x > y, else 0.
    gt Gt;
    /// 1 where x ≥ y, else 0.
    ge Ge;
}
