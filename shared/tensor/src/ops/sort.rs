//! Sorting along a dimension: indices, and the numbers they pick, which have a gradient.

use crate::dims::resolve;
use crate::error::OrPanic;
use crate::kernels::{Along, Order};
use crate::{Dim, Float, Tensor};

impl<T: Float> Tensor<T> {
    /// The places that sort the numbers along a dimension, smallest first, NaN last, in row-major order of this
    /// tensor's shape. Equal numbers stay in their order.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[0.3f32, 0.1, 0.2], [1.0, 2.0, 0.0]]);
    /// assert_eq!(x.argsort(1), [1, 2, 0, 2, 0, 1]);
    /// ```
    ///
    /// # Panics
    /// If there is no such dimension.
    #[track_caller]
    pub fn argsort(&self, dim: impl Dim) -> Vec<usize> {
        let dim = resolve("argsort", dim.signed(), self.layout.shape).or_panic();
        self.order(Order::SmallestFirst, dim, self.shape()[dim])
    }

    /// The numbers sorted along a dimension, smallest first, and the places they came from.
    ///
    /// # Panics
    /// If there is no such dimension.
    #[track_caller]
    pub fn sort(&self, dim: impl Dim) -> (Self, Vec<usize>) {
        let index = self.argsort(dim);
        (self.gather(dim, &index, self.layout.shape), index)
    }

    /// The `k` largest numbers along a dimension, largest first, and the places they came from. NaN counts as
    /// larger than any number.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let (best, classes) = Tensor::from([[0.1f32, 2.0, -1.0, 0.5]]).topk(2, -1);
    /// assert_eq!((best.to_vec(), classes), (vec![2.0, 0.5], vec![1, 3]));
    /// ```
    ///
    /// # Panics
    /// If there is no such dimension or it has fewer than `k` places.
    #[track_caller]
    pub fn topk(&self, k: usize, dim: impl Dim) -> (Self, Vec<usize>) {
        let shape = self.layout.shape;
        let dim = resolve("topk", dim.signed(), shape).or_panic();
        assert!(k <= shape[dim], "topk: there are no {k} numbers along dimension {dim} of {shape:?}");
        let index = self.order(Order::LargestFirst, dim, k);
        (self.gather(dim, &index, shape.with(dim, k)), index)
    }

    /// The first `k` places along `dim` in the given order, in row-major order of the result.
    fn order(&self, order: Order, dim: usize, k: usize) -> Vec<usize> {
        let Along { outer, size, inner } = Along::new(self.shape(), dim);
        let behind: Vec<usize> = (0..self.rank()).filter(|&other| other != dim).chain([dim]).collect();
        let mut runs = vec![0; self.numel()];
        T::argsort(order, self.storage.host(), &self.layout.permute(&behind), &mut runs);
        let places = (0..outer).flat_map(|o| (0..k).flat_map(move |p| (0..inner).map(move |i| (o, p, i))));
        places.map(|(o, p, i)| runs[(o * inner + i) * size + p]).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::Tensor;
    use crate::proptest::{filled_shapes, tensors};

    proptest! {
        #[test]
        fn sorts_each_run(x in filled_shapes(1..=3, 6).prop_flat_map(tensors::<f64>)) {
            for dim in 0..x.rank() {
                let (sorted, index) = x.sort(dim);
                prop_assert_eq!(x.gather(dim, &index, sorted.shape()).to_vec(), sorted.to_vec());
                let n = x.size(dim);
                let steps = sorted.narrow(dim, 1, n - 1) - sorted.narrow(dim, 0, n - 1);
                prop_assert!(steps.to_vec().iter().all(|&step| step >= 0.0));
                let (all, _) = x.topk(n, dim);
                prop_assert_eq!(all.flip(dim).to_vec(), sorted.to_vec());
                prop_assert_eq!(x.topk(1, dim).1, x.argmax(dim));
            }
        }
    }

    #[test]
    fn nan_is_the_largest() {
        let x = Tensor::from([f32::NAN, 1.0, f32::INFINITY, -1.0]);
        assert_eq!(x.argsort(0), [3, 1, 2, 0]);
        assert_eq!(x.topk(2, 0).1, [0, 2]);
    }

    #[test]
    fn equal_numbers_stay_in_order() {
        let x = Tensor::from([1.0f32, 0.0, 1.0, 0.0]);
        assert_eq!(x.argsort(0), [1, 3, 0, 2]);
        assert_eq!(x.topk(3, 0).1, [0, 2, 1]);
    }

    #[test]
    fn the_gradient_of_a_sort_finds_its_place() {
        let x = Tensor::from([3.0f64, 1.0, 2.0]).requires_grad_();
        (x.sort(0).0 * Tensor::from([1.0, 10.0, 100.0])).sum(..).backward();
        assert_eq!(x.grad().unwrap().to_vec(), [100.0, 1.0, 10.0]);
    }
}
