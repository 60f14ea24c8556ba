//! Parts of matrices: diagonals and triangles.

use crate::layout::Layout;
use crate::{Float, Shape, Tensor};

impl<T: Float> Tensor<T> {
    /// The diagonal of a matrix as a vector (a view), or the matrix of zeros with this vector on its diagonal.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.diag().to_vec(), [1.0, 4.0]);
    /// assert_eq!(x.diag().diag().to_vec(), [1.0, 0.0, 0.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// If this is neither a vector nor a matrix.
    #[track_caller]
    pub fn diag(&self) -> Self {
        match self.shape() {
            &[n] => {
                let whole = Layout::contiguous(Shape::new(&[n, n]));
                self.embed(whole, diagonal(&whole), 0.0)
            }
            [_, _] => self.part(diagonal),
            shape => panic!("diag: a tensor of shape {shape:?} is neither a vector nor a matrix"),
        }
    }

    /// The lower triangles of the last two dimensions, zeros elsewhere: the diagonal and what is below it, or what
    /// is not above the `k`-th diagonal over it.
    ///
    /// ```
    /// use tensor::Tensor;
    /// // Which earlier words each word of a sentence may look at.
    /// let mask: Tensor = Tensor::ones([3, 3]).tril(0);
    /// assert_eq!(mask.to_vec(), [1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If there are fewer than two dimensions.
    #[track_caller]
    pub fn tril(&self, k: isize) -> Self {
        self.triangle("tril", |row, column| column.saturating_sub(row) <= k)
    }

    /// The upper triangles of the last two dimensions, zeros elsewhere: the diagonal and what is above it, or what
    /// is not below the `k`-th diagonal over it.
    ///
    /// # Panics
    /// If there are fewer than two dimensions.
    #[track_caller]
    pub fn triu(&self, k: isize) -> Self {
        self.triangle("triu", |row, column| column.saturating_sub(row) >= k)
    }

    #[track_caller]
    fn triangle(&self, op: &'static str, within: impl Fn(isize, isize) -> bool) -> Self {
        let &[.., rows, columns] = self.shape() else {
            panic!("{op}: a tensor of shape {:?} has no rows and columns", self.layout.shape);
        };
        let mask = Self::from_fn([rows, columns], |index| {
            T::from_f64(f64::from(within(index[0] as isize, index[1] as isize)))
        });
        let device = self.device();
        Self::where_(&mask.to(&device), self, &Self::scalar(0.0).to(&device))
    }
}

/// The diagonal of a matrix: one step down and one to the right at a time.
fn diagonal(matrix: &Layout) -> Layout {
    let n = matrix.shape[0].min(matrix.shape[1]);
    let mut diagonal = matrix.narrow(0, 0, n, 1).remove(1);
    diagonal.strides[0] += matrix.strides[1];
    diagonal
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::Tensor;
    use crate::ops::laws::assert_linear;
    use crate::proptest::{filled_shapes, tensors};

    proptest! {
        #[test]
        fn diagonals(x in filled_shapes(2..=2, 5).prop_flat_map(tensors::<f64>)) {
            let n = x.size(0).min(x.size(1));
            let expected: Vec<f64> = (0..n).map(|i| x.get([i, i])).collect();
            prop_assert_eq!(x.diag().to_vec(), expected);
            prop_assert_eq!(x.diag().diag().diag().to_vec(), x.diag().to_vec());
            assert_linear(Tensor::diag, &x);
            assert_linear(Tensor::diag, &x.select(0, 0));
        }

        #[test]
        fn triangles_share_the_diagonal(x in filled_shapes(2..=3, 5).prop_flat_map(tensors::<f64>), k in -5isize..6) {
            prop_assert_eq!((x.tril(k) + x.triu(k + 1)).to_vec(), x.to_vec());
            assert_linear(|x| x.tril(k), &x);
        }
    }

    #[test]
    fn triangles_hide_what_is_not_finite() {
        let x: Tensor = Tensor::full([2, 2], f64::INFINITY);
        assert_eq!(x.triu(1).to_vec(), [0.0, f32::INFINITY, 0.0, 0.0]);
    }
}
