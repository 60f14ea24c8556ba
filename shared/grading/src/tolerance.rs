//! How far an answer may be from the right one: bounds derived from the arithmetic, not tuned until the tests
//! pass.

/// An answer g agrees with the expected e if |g − e| ≤ absolute + relative·|e|, entry by entry. NaN agrees
/// with nothing.
///
/// ```
/// use grading::Tolerance;
///
/// // A dot product of 100 terms, each a product of numbers in [-1, 1].
/// assert!(Tolerance::sum_of(100).absolute < 3e-12);
/// // The same with entries up to 255 on one side.
/// assert!(Tolerance::sum_of(100).times(255.0).absolute < 1e-9);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// Of the expected entry's size.
    pub relative: f64,
    /// Whatever the entry's size.
    pub absolute: f64,
}

impl Tolerance {
    /// No difference at all (0 and −0 are equal): for what is copied, compared or counted, not computed.
    pub const EXACT: Tolerance = Tolerance { relative: 0.0, absolute: 0.0 };

    /// For sums of `n` products in f64 whose factors are at most 1 in size, added in any order.
    ///
    /// A computed dot product differs from the true one by at most γₙ·Σ|aᵢ||bᵢ|, where γₙ = nu/(1 − nu) and u
    /// is the unit roundoff, whatever the order of summation (Higham 2002, *Accuracy and Stability of
    /// Numerical Algorithms*, §3.1). Both sides of the comparison are computed, so the bound counts twice,
    /// which taking ε = 2u for u does; and Σ|aᵢ||bᵢ| ≤ n for factors in \[−1, 1\]. Hence absolute = n·nε/(1 −
    /// nε). The sum itself is no measure of the error: it may cancel.
    ///
    /// For larger factors multiply by their size with [`times`](Self::times).
    pub fn sum_of(n: usize) -> Tolerance {
        Self::sum_of_with_epsilon(n, f64::EPSILON)
    }

    /// [`sum_of`](Self::sum_of) for sums in f32, judged in f64.
    pub fn sum_of_f32(n: usize) -> Tolerance {
        Self::sum_of_with_epsilon(n, f64::from(f32::EPSILON))
    }

    /// For `n` operations of f64 that do not cancel (a chain of products, an exponential): relative = nε/(1 −
    /// nε).
    pub fn operations(n: usize) -> Tolerance {
        Tolerance { relative: gamma(n, f64::EPSILON), absolute: 0.0 }
    }

    /// For approximations that are not about rounding, such as finite differences: absolute and relative
    /// alike.
    pub const fn within(bound: f64) -> Tolerance {
        Tolerance { relative: bound, absolute: bound }
    }

    /// The tolerance where the terms are larger: `magnitude` is the largest |a|·|b|, or Σ|a||b|/n where that
    /// is known.
    #[must_use]
    pub fn times(self, magnitude: f64) -> Tolerance {
        Tolerance { relative: self.relative, absolute: self.absolute * magnitude }
    }

    /// Both errors together: the tolerance of a sum of two answers, or of one computed from the other.
    #[must_use]
    pub fn plus(self, other: Tolerance) -> Tolerance {
        Tolerance { relative: self.relative + other.relative, absolute: self.absolute + other.absolute }
    }

    /// The largest difference from `expected` that is let pass.
    pub fn bound(self, expected: f64) -> f64 {
        self.absolute + self.relative * expected.abs()
    }

    /// Whether `got` agrees with `expected`. Equal infinities agree, NaN never does.
    pub fn admits(self, got: f64, expected: f64) -> bool {
        // An infinite `expected` has an infinite bound, which must not let everything pass.
        got == expected || (expected.is_finite() && (got - expected).abs() <= self.bound(expected))
    }

    fn sum_of_with_epsilon(n: usize, epsilon: f64) -> Tolerance {
        let n = n.max(1);
        Tolerance { relative: 0.0, absolute: n as f64 * gamma(n, epsilon) }
    }
}

/// γₙ = nε/(1 − nε); infinite where the bound says nothing.
fn gamma(n: usize, epsilon: f64) -> f64 {
    let n_epsilon = n as f64 * epsilon;
    if n_epsilon < 1.0 { n_epsilon / (1.0 - n_epsilon) } else { f64::INFINITY }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_in_another_order_is_admitted_and_little_more() {
        // Terms of alternating sign, which cancel: the result is far smaller than the terms.
        let terms: Vec<f64> =
            (0..1000).map(|i| (f64::from(i) * 0.7).sin() * (f64::from(i) * 1.3).cos()).collect();
        let forward: f64 = terms.iter().sum();
        let backward: f64 = terms.iter().rev().sum();
        let tolerance = Tolerance::sum_of(terms.len());
        assert!(tolerance.admits(forward, backward));
        assert!(!tolerance.admits(forward + 1e-9, backward));
    }

    #[test]
    fn what_is_not_a_number_is_never_right() {
        let loose = Tolerance::within(f64::MAX);
        for (got, expected) in [
            (f64::NAN, f64::NAN),
            (f64::NAN, 1.0),
            (1.0, f64::NAN),
            (1.0, f64::INFINITY),
            (f64::NEG_INFINITY, f64::INFINITY),
        ] {
            assert!(!loose.admits(got, expected), "{got} {expected}");
        }
        assert!(Tolerance::EXACT.admits(f64::INFINITY, f64::INFINITY));
        assert!(Tolerance::EXACT.admits(0.0, -0.0));
        assert!(!Tolerance::EXACT.admits(1.0, 1.0 + f64::EPSILON));
    }

    #[test]
    fn bounds_have_their_formula() {
        assert_eq!(Tolerance::sum_of(1).absolute, gamma(1, f64::EPSILON));
        assert_eq!(Tolerance::sum_of(0), Tolerance::sum_of(1));
        let eight = 8.0 * f64::EPSILON;
        assert_eq!(Tolerance::sum_of(8).absolute, 8.0 * (eight / (1.0 - eight)));
        assert_eq!(Tolerance::operations(8).relative, eight / (1.0 - eight));
        let sum = Tolerance::within(1.0).plus(Tolerance::within(2.0)).times(3.0);
        assert_eq!((sum.relative, sum.absolute), (3.0, 9.0));
    }
}
