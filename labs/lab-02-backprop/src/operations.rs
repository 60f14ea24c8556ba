//! What can be computed with values: each operation with its partial derivatives.
//!
//! An operation knows nothing of the graph. It computes its result, differentiates itself with respect to each of its
//! operands, as in a first course in calculus, and hands both to [`Value::record`].

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::Value;

/// `&a + &b` is a call of this function.
impl Add for &Value {
    type Output = Value;

    /// a + b.
    fn add(self, other: &Value) -> Value {
        let (a, b) = (self.data(), other.data());
        todo!("1.2: record \"+\" with the sum and its derivatives with respect to a (self) and b (other)")
    }
}

impl Sub for &Value {
    type Output = Value;

    /// a − b.
    fn sub(self, other: &Value) -> Value {
        let (a, b) = (self.data(), other.data());
        todo!("1.3: record \"−\" with the difference and its two derivatives")
    }
}

impl Mul for &Value {
    type Output = Value;

    /// a · b.
    fn mul(self, other: &Value) -> Value {
        let (a, b) = (self.data(), other.data());
        todo!("1.4: record \"·\" with the product and its two derivatives")
    }
}

impl Div for &Value {
    type Output = Value;

    /// a / b.
    fn div(self, other: &Value) -> Value {
        let (a, b) = (self.data(), other.data());
        todo!("1.5: record \"/\" with the quotient and its two derivatives")
    }
}

impl Neg for &Value {
    type Output = Value;

    /// −a.
    fn neg(self) -> Value {
        let a = self.data();
        todo!("1.6: record \"−\" with −a and its derivative")
    }
}

impl Value {
    /// aⁿ, for any whole number n.
    pub fn powi(&self, n: i32) -> Value {
        let a = self.data();
        todo!("1.7: record \"power\" with aⁿ and its derivative; a⁰ is 1 everywhere, at a = 0 too")
    }

    /// eᵃ.
    pub fn exp(&self) -> Value {
        let y = self.data().exp();
        todo!("1.8: record \"exp\" with y = eᵃ and its derivative")
    }

    /// The natural logarithm, ln a.
    pub fn ln(&self) -> Value {
        let a = self.data();
        todo!("1.9: record \"ln\" with ln a and its derivative")
    }

    /// The hyperbolic tangent.
    pub fn tanh(&self) -> Value {
        let y = self.data().tanh();
        todo!("1.10: record \"tanh\" with y = tanh a and its derivative, which can be written by y alone")
    }

    /// max(a, 0). At the kink, a = 0, the derivative is taken to be 0.
    pub fn relu(&self) -> Value {
        let a = self.data();
        todo!("1.11: record \"relu\" with max(a, 0) and its derivative")
    }
}

/// So that formulas read as they do on paper: with values in place of references, and with constants on either side.
macro_rules! operators {
    ($($trait:ident $method:ident),+) => {$(
        impl $trait for Value {
            type Output = Value;
            fn $method(self, other: Value) -> Value {
                (&self).$method(&other)
            }
        }

        impl $trait<&Value> for Value {
            type Output = Value;
            fn $method(self, other: &Value) -> Value {
                (&self).$method(other)
            }
        }

        impl $trait<Value> for &Value {
            type Output = Value;
            fn $method(self, other: Value) -> Value {
                self.$method(&other)
            }
        }

        impl $trait<f64> for Value {
            type Output = Value;
            fn $method(self, constant: f64) -> Value {
                (&self).$method(&Value::new(constant))
            }
        }

        impl $trait<f64> for &Value {
            type Output = Value;
            fn $method(self, constant: f64) -> Value {
                self.$method(&Value::new(constant))
            }
        }

        impl $trait<Value> for f64 {
            type Output = Value;
            fn $method(self, other: Value) -> Value {
                (&Value::new(self)).$method(&other)
            }
        }
    )+};
}

operators!(Add add, Sub sub, Mul mul, Div div);

impl Neg for Value {
    type Output = Value;

    fn neg(self) -> Value {
        -&self
    }
}
