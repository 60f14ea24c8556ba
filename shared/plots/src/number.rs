//! The numbers that figures are made of: whatever a lab has at hand, without a conversion on the caller's side.

use crate::{Error, Result};

mod sealed {
    pub trait Sealed {}
}

/// A type of number that figures accept: floats, and the integers that counts and pixels come in.
pub trait Number: Copy + sealed::Sealed {
    /// The value that stands for white in a picture: 1 for floats, 255 for bytes.
    const WHITE: f64;

    /// The nearest `f64`.
    fn to_f64(self) -> f64;
}

macro_rules! number {
    ($($number:ty => $white:expr),*) => {$(
        impl sealed::Sealed for $number {}
        impl Number for $number {
            const WHITE: f64 = $white;

            fn to_f64(self) -> f64 {
                self as f64
            }
        }
    )*};
}

number!(f32 => 1.0, f64 => 1.0, u8 => 255.0, i32 => 1.0, u32 => 1.0, i64 => 1.0, u64 => 1.0, usize => 1.0);

pub(crate) fn to_f64s<T: Number>(values: &[T]) -> Vec<f64> {
    values.iter().map(|value| value.to_f64()).collect()
}

/// The smallest and the largest of the finite values, or `None` if there are none.
pub(crate) fn finite_range(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().filter(|value| value.is_finite()).fold(None, |range, value| match range {
        None => Some((value, value)),
        Some((low, high)) => Some((value.min(low), value.max(high))),
    })
}

pub(crate) fn check_lengths(figure: &str, left: (&str, usize), right: (&str, usize)) -> Result<()> {
    if left.1 == right.1 {
        return Ok(());
    }
    Err(Error::Length {
        figure: figure.to_owned(),
        left: left.0.to_owned(),
        left_len: left.1,
        right: right.0.to_owned(),
        right_len: right.1,
    })
}

/// A matrix of plain numbers, row by row: what heat maps, contours and images are drawn from.
///
/// ```
/// let from_a_slice = plots::Grid::new(2, 3, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])?;
/// let from_rows = plots::Grid::from_rows(&[vec![1.0, 2.0, 3.0], vec![4.0, 5.0, 6.0]])?;
/// assert_eq!(from_a_slice, from_rows);
/// # Ok::<(), plots::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
}

impl Grid {
    /// The matrix whose rows follow one another in `values`.
    ///
    /// # Errors
    /// [`Error::Shape`] if there are not `rows · columns` values.
    pub fn new<T: Number>(rows: usize, columns: usize, values: &[T]) -> Result<Self> {
        let needed = rows.saturating_mul(columns);
        if needed != values.len() {
            return Err(Error::Shape {
                what: "grid".to_owned(),
                shape: vec![rows, columns],
                needed,
                got: values.len(),
            });
        }
        Ok(Self { rows, columns, values: to_f64s(values) })
    }

    /// The matrix with these rows.
    ///
    /// # Errors
    /// [`Error::Length`] if a row is longer or shorter than the first.
    pub fn from_rows<T: Number, R: AsRef<[T]>>(rows: &[R]) -> Result<Self> {
        let columns = rows.first().map_or(0, |row| row.as_ref().len());
        let mut values = Vec::with_capacity(rows.len().saturating_mul(columns));
        for (index, row) in rows.iter().enumerate() {
            let row = row.as_ref();
            check_lengths("grid", ("row 0", columns), (&format!("row {index}"), row.len()))?;
            values.extend(row.iter().map(|value| value.to_f64()));
        }
        Ok(Self { rows: rows.len(), columns, values })
    }

    /// Samples `f(x, y)` on a regular grid whose first and last rows and columns lie on the borders of the ranges;
    /// row 0 is at the lowest y, as [`Contour`](crate::Contour) and [`Scatter`](crate::Scatter) expect it.
    pub fn from_fn(
        (x_low, x_high): (f64, f64),
        (y_low, y_high): (f64, f64),
        (rows, columns): (usize, usize),
        f: impl Fn(f64, f64) -> f64,
    ) -> Self {
        let at = |low: f64, high: f64, index: usize, count: usize| {
            low + (high - low) * index as f64 / count.saturating_sub(1).max(1) as f64
        };
        let values = (0..rows)
            .flat_map(|row| (0..columns).map(move |column| (row, column)))
            .map(|(row, column)| f(at(x_low, x_high, column, columns), at(y_low, y_high, row, rows)))
            .collect();
        Self { rows, columns, values }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// All values, row by row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub(crate) fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.columns + column]
    }

    pub(crate) fn map(&self, f: impl Fn(f64) -> f64) -> Self {
        Self { values: self.values.iter().map(|&value| f(value)).collect(), ..self.clone() }
    }

    /// The value at a fractional position, interpolated linearly between the four samples around it.
    pub(crate) fn sample(&self, row: f64, column: f64) -> f64 {
        let row = row.clamp(0.0, (self.rows - 1) as f64);
        let column = column.clamp(0.0, (self.columns - 1) as f64);
        let (top, left) = (row as usize, column as usize);
        let (bottom, right) = ((top + 1).min(self.rows - 1), (left + 1).min(self.columns - 1));
        let (down, along) = (row - top as f64, column - left as f64);
        // Weights of zero are left out, so that a NaN spoils only the cells that touch it.
        let mix = |a: f64, b: f64, t: f64| if t == 0.0 { a } else { a * (1.0 - t) + b * t };
        mix(
            mix(self.at(top, left), self.at(top, right), along),
            mix(self.at(bottom, left), self.at(bottom, right), along),
            down,
        )
    }
}
