//! Comparing numbers, one or many, up to a tolerance.

use std::fmt::Debug;

use crate::tolerance::Tolerance;

/// How many numbers are printed before the rest is left out.
const MOST_SHOWN: usize = 64;

/// Numbers that can be compared up to a tolerance.
pub trait Approximate {
    /// Where and by how much `self` differs from `expected`; `None` where every entry agrees.
    fn difference(&self, expected: &Self, tolerance: Tolerance) -> Option<Difference>;

    /// The value as text, shortened where it is large.
    fn show(&self) -> String;
}

/// How two values differ.
#[derive(Debug, Clone, PartialEq)]
pub enum Difference {
    /// Their shapes do.
    Shape {
        /// The answer's.
        got: Vec<usize>,
        /// The right one.
        expected: Vec<usize>,
    },
    /// Some of their entries do: the first of them, how many, and the largest difference.
    Values(String),
}

/// Compares entries in row-major order; both slices have the entries of `shape`.
pub(crate) fn difference_of_entries(
    got: &[f64],
    expected: &[f64],
    shape: &[usize],
    tolerance: Tolerance,
) -> Option<Difference> {
    let wrong: Vec<usize> = (0..expected.len()).filter(|&i| !tolerance.admits(got[i], expected[i])).collect();
    let &first = wrong.first()?;
    // NaN is the largest difference of all.
    let error = |i: usize| match (got[i] - expected[i]).abs() {
        error if error.is_nan() => f64::INFINITY,
        error => error,
    };
    let worst = wrong.iter().copied().fold(first, |a, b| if error(b) > error(a) { b } else { a });
    let one = |i: usize| {
        format!(
            "got {:?}, expected {:?}, off by {:.1e} where {:.1e} is allowed",
            got[i],
            expected[i],
            (got[i] - expected[i]).abs(),
            tolerance.bound(expected[i]),
        )
    };
    if shape.is_empty() {
        return Some(Difference::Values(one(first)));
    }
    let mut text = format!("first at {:?}: {}", index_of(first, shape), one(first));
    if expected.len() > 1 {
        text += &format!("\n{} of {} entries differ", wrong.len(), expected.len());
    }
    if worst != first {
        text += &format!(", the most at {:?}: {}", index_of(worst, shape), one(worst));
    }
    Some(Difference::Values(text))
}

/// The index along each dimension of an entry's place in row-major order.
fn index_of(mut place: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for (i, &size) in index.iter_mut().zip(shape).rev() {
        *i = place % size;
        place /= size;
    }
    index
}

fn difference_of_slices<T: Copy + Into<f64>>(
    got: &[T],
    expected: &[T],
    tolerance: Tolerance,
) -> Option<Difference> {
    if got.len() != expected.len() {
        return Some(Difference::Shape { got: vec![got.len()], expected: vec![expected.len()] });
    }
    let wide = |values: &[T]| values.iter().map(|&v| v.into()).collect::<Vec<f64>>();
    difference_of_entries(&wide(got), &wide(expected), &[got.len()], tolerance)
}

fn show_slice<T: Debug>(values: &[T]) -> String {
    if values.len() <= MOST_SHOWN {
        return format!("{values:?}");
    }
    let mut text = format!("{:?}", &values[..MOST_SHOWN]);
    text.pop();
    text + &format!(", … {} more]", values.len() - MOST_SHOWN)
}

macro_rules! approximate {
    ($float:ty) => {
        impl Approximate for $float {
            fn difference(&self, expected: &Self, tolerance: Tolerance) -> Option<Difference> {
                difference_of_entries(&[f64::from(*self)], &[f64::from(*expected)], &[], tolerance)
            }

            fn show(&self) -> String {
                format!("{self:?}")
            }
        }

        impl Approximate for [$float] {
            fn difference(&self, expected: &Self, tolerance: Tolerance) -> Option<Difference> {
                difference_of_slices(self, expected, tolerance)
            }

            fn show(&self) -> String {
                show_slice(self)
            }
        }

        impl Approximate for Vec<$float> {
            fn difference(&self, expected: &Self, tolerance: Tolerance) -> Option<Difference> {
                difference_of_slices(self, expected, tolerance)
            }

            fn show(&self) -> String {
                show_slice(self)
            }
        }
    };
}

approximate!(f32);
approximate!(f64);

#[cfg(test)]
mod tests {
    use super::*;

    fn text(difference: Option<Difference>) -> String {
        match difference {
            Some(Difference::Values(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_first_and_the_worst_entry_are_named() {
        let got = [0.0, 1.5, 2.0, 3.0, 4.0, 9.0];
        let expected = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
        let found = difference_of_entries(&got, &expected, &[2, 3], Tolerance::within(0.01));
        assert_eq!(
            text(found),
            "first at [0, 1]: got 1.5, expected 1.0, off by 5.0e-1 where 2.0e-2 is allowed\n\
             2 of 6 entries differ, the most at [1, 2]: got 9.0, expected 5.0, off by 4.0e0 where 6.0e-2 is allowed"
        );
    }

    #[test]
    fn nan_is_a_difference_and_the_largest() {
        let found = [1.0, f64::NAN][..].difference(&[2.0, f64::NAN][..], Tolerance::within(0.1));
        let text = text(found);
        assert!(text.starts_with("first at [0]"), "{text}");
        assert!(text.contains("the most at [1]: got NaN"), "{text}");
    }

    #[test]
    fn single_numbers_have_no_index() {
        let found = 1.0_f32.difference(&2.0, Tolerance::EXACT);
        assert_eq!(text(found), "got 1.0, expected 2.0, off by 1.0e0 where 0.0e0 is allowed");
        assert_eq!(2.0_f64.difference(&2.0, Tolerance::EXACT), None);
    }

    #[test]
    fn empty_slices_agree() {
        let none: [f64; 0] = [];
        assert_eq!(none[..].difference(&none[..], Tolerance::EXACT), None);
    }

    #[test]
    fn long_slices_are_shortened() {
        let text = vec![0.0_f64; 100].show();
        assert!(text.ends_with("0.0, … 36 more]"), "{text}");
    }
}
