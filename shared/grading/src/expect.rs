//! What a property says about an answer, in words that become the failure's text.
//!
//! Each expectation is a `Result` to be followed by `?`. Between the two may stand suspicions: well-known
//! mistakes, with the answer that each would give.
//!
//! ```
//! use grading::prelude::*;
//!
//! fn mean_is_right(got: f64, x: &[f64]) -> Verdict {
//!     let sum: f64 = x.iter().sum();
//!     expect::close("mean", &got, &(sum / x.len() as f64), Tolerance::sum_of(x.len()))
//!         .suspect("the sum is not divided by N", || sum)
//!         .suspect("it is divided by N - 1, as a sample variance is", || sum / (x.len() - 1) as f64)?;
//!     Ok(())
//! }
//!
//! let Err(Stop::Fail(failure)) = mean_is_right(6.0, &[1.0, 2.0, 3.0]) else { panic!() };
//! assert_eq!(failure.mistake.as_deref(), Some("the sum is not divided by N"));
//! assert_eq!(failure.expected.as_deref(), Some("2.0"));
//! ```

use std::borrow::Borrow;
use std::fmt::Debug;

use crate::approximate::{Approximate, Difference};
use crate::event::{Failure, FailureKind};
use crate::fault::guard;
use crate::tolerance::Tolerance;
use crate::verdict::{Stop, Verdict};

/// An answer that is not the expected one, kept so that [`Suspect::suspect`] can compare it with others.
pub struct Mismatch<'a, T: ?Sized> {
    failure: Box<Failure>,
    /// Whether the answer agrees with another candidate.
    agrees: Box<dyn Fn(&T) -> bool + 'a>,
}

impl<T: ?Sized> From<Mismatch<'_, T>> for Stop {
    fn from(mismatch: Mismatch<'_, T>) -> Stop {
        Stop::Fail(mismatch.failure)
    }
}

/// What [`equal`] and [`close`] return: to be followed by suspicions or `?`.
pub type Expectation<'a, T> = Result<(), Mismatch<'a, T>>;

/// Names likely mistakes behind a wrong answer.
pub trait Suspect<T: ?Sized> {
    /// If the answer is wrong and equals `answer()`, says that `mistake` is likely.
    ///
    /// The first suspicion that fits is kept. `answer` is called for wrong answers only, and may panic: then
    /// it does not fit.
    #[must_use]
    fn suspect<O: Borrow<T>>(self, mistake: &str, answer: impl FnOnce() -> O) -> Self;
}

impl<T: ?Sized> Suspect<T> for Expectation<'_, T> {
    fn suspect<O: Borrow<T>>(self, mistake: &str, answer: impl FnOnce() -> O) -> Self {
        self.map_err(|mut mismatch| {
            let fits = || guard(answer).is_ok_and(|other| (mismatch.agrees)(other.borrow()));
            if mismatch.failure.mistake.is_none() && fits() {
                mismatch.failure.mistake = Some(mistake.to_string());
            }
            mismatch
        })
    }
}

/// Expects exactly this value, for counts, shapes, indices, names and errors.
pub fn equal<'a, G, E>(name: &str, got: G, expected: E) -> Expectation<'a, E>
where
    G: PartialEq<E> + Debug + 'a,
    E: Debug,
{
    if got == expected {
        return Ok(());
    }
    let failure =
        Failure { got: Some(format!("{got:?}")), expected: Some(format!("{expected:?}")), ..wrong(name) };
    Err(Mismatch { failure: Box::new(failure), agrees: Box::new(move |other| got == *other) })
}

/// Expects these numbers up to `tolerance`: floats, slices, vectors, tensors.
///
/// The failure names the first entry that differs, the largest difference, and what was allowed. Another
/// shape is a failure of its own.
pub fn close<'a, T>(name: &str, got: &'a T, expected: &T, tolerance: Tolerance) -> Expectation<'a, T>
where
    T: Approximate + ?Sized,
{
    let failure = match got.difference(expected, tolerance) {
        None => return Ok(()),
        Some(Difference::Shape { got, expected }) => {
            Failure::new(FailureKind::Wrong, format!("{name} has the shape {got:?}, expected {expected:?}"))
        }
        Some(Difference::Values(text)) => Failure { difference: Some(text), ..wrong(name) },
    };
    let failure = Failure { got: Some(got.show()), expected: Some(expected.show()), ..failure };
    Err(Mismatch {
        failure: Box::new(failure),
        agrees: Box::new(move |other| got.difference(other, tolerance).is_none()),
    })
}

/// Expects a condition; `message` says what does not hold, with the numbers.
pub fn that(condition: bool, message: impl FnOnce() -> String) -> Verdict {
    if condition { Ok(()) } else { Err(Failure::new(FailureKind::Wrong, message()).into()) }
}

/// Drops a case for which the law says nothing. Prefer a strategy that draws no such case: a check that draws
/// too few valid cases fails.
pub fn assume(condition: bool) -> Verdict {
    if condition { Ok(()) } else { Err(Stop::Discard) }
}

fn wrong(name: &str) -> Failure {
    Failure::new(FailureKind::Wrong, format!("{name} came out wrong"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure_of<T: ?Sized>(expectation: Expectation<'_, T>) -> Failure {
        match expectation {
            Ok(()) => panic!("the expectation holds"),
            Err(mismatch) => *mismatch.failure,
        }
    }

    #[test]
    fn equal_takes_owned_and_borrowed_values() {
        assert!(equal("shape", &[2_usize, 3][..], [2, 3]).is_ok());
        assert!(equal("count", 3, 3).is_ok());
        let failure = failure_of(equal("count", 3, 4).suspect("one too few", || 3));
        assert_eq!(failure.message, "count came out wrong");
        assert_eq!(failure.got.as_deref(), Some("3"));
        assert_eq!(failure.expected.as_deref(), Some("4"));
        assert_eq!(failure.mistake.as_deref(), Some("one too few"));
    }

    #[test]
    fn the_first_fitting_suspicion_is_kept() {
        let got = vec![1.0, 2.0];
        let failure = failure_of(
            close("y", &got, &vec![3.0, 4.0], Tolerance::EXACT)
                .suspect("panics", || -> Vec<f64> { panic!("bad reference") })
                .suspect("does not fit", || vec![1.0])
                .suspect("fits", || vec![1.0, 2.0])
                .suspect("fits too", || vec![1.0, 2.0]),
        );
        assert_eq!(failure.mistake.as_deref(), Some("fits"));
    }

    #[test]
    fn a_right_answer_is_suspected_of_nothing() {
        let holds =
            close("y", &1.0, &1.0, Tolerance::EXACT).suspect("never called", || -> f64 { unreachable!() });
        assert!(holds.is_ok());
    }

    #[test]
    fn another_length_is_a_failure_of_its_own() {
        let failure = failure_of(close("y", &[1.0, 2.0][..], &[1.0][..], Tolerance::within(9.0)));
        assert_eq!(failure.message, "y has the shape [2], expected [1]");
        assert_eq!(failure.difference, None);
    }

    #[test]
    fn conditions_and_assumptions() {
        assert!(that(true, || unreachable!()).is_ok());
        assert!(assume(true).is_ok());
        assert!(matches!(assume(false), Err(Stop::Discard)));
        let Err(Stop::Fail(failure)) = that(false, || "the sum is 2".into()) else {
            panic!("a condition that does not hold");
        };
        assert_eq!(failure.message, "the sum is 2");
    }
}
