//! Running totals.

use crate::autograd::{Backward, Grads, Op};
use crate::dims::resolve;
use crate::error::OrPanic;
use crate::kernels::Along;
use crate::{Dim, Float, Tensor};

/// yₙ = Σ xₘ over m ≤ n. The gradient of xₘ is the sum of dyₙ over n ≥ m: the same from the other end.
struct Cumsum {
    dim: usize,
}

impl<T: Float> Op<T> for Cumsum {
    fn name(&self) -> &'static str {
        "Cumsum"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some(cx.dy.flip(self.dim).cumsum(self.dim).flip(self.dim))]
    }
}

impl<T: Float> Tensor<T> {
    /// The sums of the numbers up to each place along a dimension.
    ///
    /// ```
    /// use tensor::Tensor;
    /// assert_eq!(Tensor::from([1.0f32, 2.0, 3.0]).cumsum(0).to_vec(), [1.0, 3.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such dimension.
    #[track_caller]
    pub fn cumsum(&self, dim: impl Dim) -> Self {
        let dim = resolve("cumsum", dim.signed(), self.layout.shape).or_panic();
        let y = Self::compute(self.layout.shape, self.device(), |out| {
            let (x, layout) = self.raw();
            T::copy(x, layout, out);
            T::cumsum(Along::new(self.shape(), dim), out);
        });
        y.record(&[self], || Cumsum { dim })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::ops::laws::assert_linear;
    use crate::proptest::{filled_shapes, tensors};

    proptest! {
        #[test]
        fn sums_up_to_each_place(x in filled_shapes(1..=3, 5).prop_flat_map(tensors::<f64>)) {
            for dim in 0..x.rank() {
                let y = x.cumsum(dim);
                for place in 0..x.size(dim) {
                    let expected = x.narrow(dim, 0, place + 1).sum(dim);
                    let off = (y.select(dim, place) - expected).abs().max(..).item();
                    // Five terms of at most 10, summed in two orders.
                    prop_assert!(off <= 5.0 * 50.0 * f64::EPSILON, "off by {off}");
                }
                assert_linear(|x| x.cumsum(dim), &x);
            }
        }
    }
}
