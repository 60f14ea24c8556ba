//! Forward mode: a number and its derivative, computed side by side.
//!
//! With ε² = 0, f(x + x'ε) = f(x) + f'(x)x'ε: the coefficient of ε is the derivative, and every operation carries it
//! on by the chain rule (Clifford 1873; Wengert 1964). One run gives the derivative with respect to *one* input, so a
//! gradient of n inputs takes n runs; that is what reverse mode saves.

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::Real;

/// value + derivative · ε.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dual {
    /// The number.
    pub value: f64,
    /// Its derivative with respect to the chosen input.
    pub derivative: f64,
}

impl Dual {
    /// The input with respect to which to differentiate: its derivative is 1.
    pub fn variable(value: f64) -> Self {
        Self { value, derivative: 1.0 }
    }

    /// A number that does not depend on that input.
    pub fn constant(value: f64) -> Self {
        Self { value, derivative: 0.0 }
    }

    /// f(x), where the slope f'(x) is given: the chain rule.
    fn chain(self, value: f64, slope: f64) -> Self {
        Self { value, derivative: slope * self.derivative }
    }
}

impl Add for Dual {
    type Output = Dual;
    fn add(self, other: Dual) -> Dual {
        Dual { value: self.value + other.value, derivative: self.derivative + other.derivative }
    }
}

impl Sub for Dual {
    type Output = Dual;
    fn sub(self, other: Dual) -> Dual {
        Dual { value: self.value - other.value, derivative: self.derivative - other.derivative }
    }
}

impl Mul for Dual {
    type Output = Dual;
    fn mul(self, other: Dual) -> Dual {
        let derivative = self.derivative * other.value + self.value * other.derivative;
        Dual { value: self.value * other.value, derivative }
    }
}

impl Div for Dual {
    type Output = Dual;
    fn div(self, other: Dual) -> Dual {
        let value = self.value / other.value;
        Dual { value, derivative: (self.derivative - value * other.derivative) / other.value }
    }
}

impl Neg for Dual {
    type Output = Dual;
    fn neg(self) -> Dual {
        Dual { value: -self.value, derivative: -self.derivative }
    }
}

macro_rules! with_constant {
    ($($trait:ident $method:ident),+) => {$(
        impl $trait<f64> for Dual {
            type Output = Dual;
            fn $method(self, constant: f64) -> Dual {
                self.$method(Dual::constant(constant))
            }
        }
    )+};
}

with_constant!(Add add, Sub sub, Mul mul, Div div);

impl Real for Dual {
    fn value(self) -> f64 {
        self.value
    }

    fn exp(self) -> Self {
        let y = self.value.exp();
        self.chain(y, y)
    }

    fn ln(self) -> Self {
        self.chain(self.value.ln(), self.value.recip())
    }

    fn sqrt(self) -> Self {
        let y = self.value.sqrt();
        self.chain(y, 0.5 / y)
    }

    fn sin(self) -> Self {
        self.chain(self.value.sin(), self.value.cos())
    }

    fn cos(self) -> Self {
        self.chain(self.value.cos(), -self.value.sin())
    }

    fn tanh(self) -> Self {
        let y = self.value.tanh();
        self.chain(y, 1.0 - y * y)
    }

    fn relu(self) -> Self {
        self.chain(self.value.max(0.0), if self.value > 0.0 { 1.0 } else { 0.0 })
    }

    fn powi(self, n: i32) -> Self {
        let slope = if n == 0 { 0.0 } else { f64::from(n) * self.value.powi(n - 1) };
        self.chain(self.value.powi(n), slope)
    }
}
