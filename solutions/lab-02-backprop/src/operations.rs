//! What can be computed with values: each operation with its partial derivatives.
//!
//! An operation knows nothing of the graph. It computes its result, differentiates itself with respect to each of its
//! operands, as in a first course in calculus, and hands both to [`Value::record`].

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::Value;

/// `&a + &b` is a call of this function.
impl Add for &Value {
    type Output = Value;

    /// a + b.
    fn add(self, other: &Value) -> Value {
        let (a, b) = (self.data(), other.data());
        // BEGIN SOLUTION 1.2: record "+" with the sum and its derivatives with respect to a (self) and b (other)
        Value::record("+", a + b, &[(self, 1.0), (other, 1.0)])
        // END SOLUTION
    }
}

impl Sub for &Value {
    type Output = Value;

    /// a − b.
    fn sub(self, other: &Value) -> Value {
        let (a, b) = (self.data(), other.data());
        // BEGIN SOLUTION 1.3: record "−" with the difference and its two derivatives
        Value::record("−", a - b, &[(self, 1.0), (other, -1.0)])
        // END SOLUTION
    }
}

impl Mul for &Value {
    type Output = Value;

    /// a · b.
    fn mul(self, other: &Value) -> Value {
        let (a, b) = (self.data(), other.data());
        // BEGIN SOLUTION 1.4: record "·" with the product and its two derivatives
        Value::record("·", a * b, &[(self, b), (other, a)])
        // END SOLUTION
    }
}

impl Div for &Value {
    type Output = Value;

    /// a / b.
    fn div(self, other: &Value) -> Value {
        let (a, b) = (self.data(), other.data());
        // BEGIN SOLUTION 1.5: record "/" with the quotient and its two derivatives
        Value::record("/", a / b, &[(self, 1.0 / b), (other, -a / (b * b))])
        // END SOLUTION
    }
}

impl Neg for &Value {
    type Output = Value;

    /// −a.
    fn neg(self) -> Value {
        let a = self.data();
        // BEGIN SOLUTION 1.6: record "−" with −a and its derivative
        Value::record("−", -a, &[(self, -1.0)])
        // END SOLUTION
    }
}

impl Value {
    /// aⁿ, for any whole number n.
    pub fn powi(&self, n: i32) -> Value {
        let a = self.data();
        // BEGIN SOLUTION 1.7: record "power" with aⁿ and its derivative; a⁰ is 1 everywhere, at a = 0 too
        let slope = if n == 0 { 0.0 } else { f64::from(n) * a.powi(n - 1) };
        Value::record("power", a.powi(n), &[(self, slope)])
        // END SOLUTION
    }

    /// eᵃ.
    pub fn exp(&self) -> Value {
        let y = self.data().exp();
        // BEGIN SOLUTION 1.8: record "exp" with y = eᵃ and its derivative
        Value::record("exp", y, &[(self, y)])
        // END SOLUTION
    }

    /// The natural logarithm, ln a.
    pub fn ln(&self) -> Value {
        let a = self.data();
        // BEGIN SOLUTION 1.9: record "ln" with ln a and its derivative
        Value::record("ln", a.ln(), &[(self, 1.0 / a)])
        // END SOLUTION
    }

    /// The hyperbolic tangent.
    pub fn tanh(&self) -> Value {
        let y = self.data().tanh();
        // BEGIN SOLUTION 1.10: record "tanh" with y = tanh a and its derivative, which can be written by y alone
        Value::record("tanh", y, &[(self, 1.0 - y * y)])
        // END SOLUTION
    }

    /// max(a, 0). At the kink, a = 0, the derivative is taken to be 0.
    pub fn relu(&self) -> Value {
        let a = self.data();
        // BEGIN SOLUTION 1.11: record "relu" with max(a, 0) and its derivative
        Value::record("relu", a.max(0.0), &[(self, if a > 0.0 { 1.0 } else { 0.0 })])
        // END SOLUTION
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
