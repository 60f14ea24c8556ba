//! Choosing between two tensors, element by element.

use crate::autograd::{Backward, Grads, Op};
use crate::error::OrPanic;
use crate::ops::arithmetic::same_device;
use crate::{Float, Result, Shape, Tensor};

/// y = a where the mask is not 0, b elsewhere.
struct Choose<T: Float> {
    mask: Tensor<T>,
    shapes: [Shape; 2],
}

impl<T: Float> Op<T> for Choose<T> {
    fn name(&self) -> &'static str {
        "Where"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        let zero = Tensor::scalar(0.0).to(&cx.dy.device());
        vec![
            cx.needs(0).then(|| Tensor::where_(&self.mask, cx.dy, &zero).sum_to(self.shapes[0])),
            cx.needs(1).then(|| Tensor::where_(&self.mask, &zero, cx.dy).sum_to(self.shapes[1])),
        ]
    }
}

impl<T: Float> Tensor<T> {
    /// The elements of `a` where the mask is not 0, those of `b` elsewhere; all three are broadcast.
    ///
    /// Unlike `&mask * a + (1.0 - &mask) * b`, what is not chosen has no influence, even if it is NaN or infinite.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([4.0f32, 0.0, -1.0]);
    /// let safe = Tensor::where_(&x.gt(0.0), &x.log(), &Tensor::scalar(0.0));
    /// assert_eq!(safe.to_vec(), [4f32.ln(), 0.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not broadcast or the devices differ.
    #[track_caller]
    pub fn where_(mask: &Self, a: &Self, b: &Self) -> Self {
        Self::try_where(mask, a, b).or_panic()
    }

    /// Like [`where_`](Self::where_), with an error instead of a panic.
    pub fn try_where(mask: &Self, a: &Self, b: &Self) -> Result<Self> {
        same_device("where", a.device(), b.device())?;
        same_device("where", mask.device(), a.device())?;
        let shapes = [a.layout.shape, b.layout.shape];
        let shape = Shape::broadcast("where", &shapes[0], &shapes[1])?;
        let shape = Shape::broadcast("where", &mask.layout.shape, &shape)?;
        let expanded = |x: &Self| x.layout.expand(shape).expect("broadcast shapes expand");
        let (mask_layout, a_layout, b_layout) = (expanded(mask), expanded(a), expanded(b));
        let y = Self::compute(shape, a.device(), |out| {
            T::choose(
                (mask.storage.host(), &mask_layout),
                (a.storage.host(), &a_layout),
                (b.storage.host(), &b_layout),
                out,
            );
        });
        Ok(y.record(&[a, b], || Choose { mask: mask.detach(), shapes }))
    }

    /// This tensor with `value` wherever the mask is not 0.
    ///
    /// # Panics
    /// If the shapes do not broadcast or the devices differ.
    #[track_caller]
    pub fn masked_fill(&self, mask: &Self, value: f64) -> Self {
        let value = Self::scalar(value).to(&self.device());
        Self::where_(mask, &value, self)
    }
}
