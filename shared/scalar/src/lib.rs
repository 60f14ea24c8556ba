//! Automatic differentiation of functions of single numbers, as small as it gets.
//!
//! Read in this order: [`dual`](Dual) carries a derivative along with every value, forwards; [`Tape`] records what was
//! computed and walks back over it, which gives the derivatives with respect to *all* inputs at once; [`draw`] shows
//! the recording. The tensor library does the same with tensors in place of numbers.
//!
//! ```
//! use scalar::{Real, Tape};
//!
//! let tape = Tape::new();
//! let (x, y) = (tape.var(2.0), tape.var(3.0));
//! let z = x * y + x.sin();
//!
//! let gradient = z.backward();
//! assert_eq!(gradient.wrt(x), 3.0 + 2f64.cos()); // ∂z/∂x = y + cos x
//! assert_eq!(gradient.wrt(y), 2.0); //              ∂z/∂y = x
//! ```

mod draw;
mod dual;
mod tape;

use std::ops::{Add, Div, Mul, Neg, Sub};

pub use draw::draw;
pub use dual::Dual;
pub use tape::{Gradient, Tape, Var};

/// What can be computed with: plain numbers, [`Dual`] numbers and recorded [`Var`]iables alike, so that one function
/// serves for its value, its derivative forwards and its gradient backwards.
///
/// ```
/// use scalar::{Dual, Real, Tape};
///
/// fn f<R: Real>(x: R) -> R {
///     (x * x + 1.0).ln()
/// }
///
/// let tape = Tape::new();
/// let x = tape.var(2.0);
/// assert_eq!(f(2.0), 5f64.ln());
/// assert_eq!(f(Dual::variable(2.0)).derivative, 0.8); // 2x / (x² + 1)
/// assert_eq!(f(x).backward().wrt(x), 0.8);
/// ```
pub trait Real:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
{
    /// The number itself.
    fn value(self) -> f64;
    /// eˣ.
    fn exp(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// √x.
    fn sqrt(self) -> Self;
    /// sin x.
    fn sin(self) -> Self;
    /// cos x.
    fn cos(self) -> Self;
    /// The hyperbolic tangent.
    fn tanh(self) -> Self;
    /// max(x, 0); the derivative at 0 is taken to be 0.
    fn relu(self) -> Self;
    /// xⁿ.
    fn powi(self, n: i32) -> Self;
}

macro_rules! real_by_methods {
    ($($method:ident),+) => {
        impl Real for f64 {
            fn value(self) -> f64 {
                self
            }

            fn relu(self) -> f64 {
                self.max(0.0)
            }

            fn powi(self, n: i32) -> f64 {
                f64::powi(self, n)
            }

            $(fn $method(self) -> f64 {
                f64::$method(self)
            })+
        }
    };
}

real_by_methods!(exp, ln, sqrt, sin, cos, tanh);
