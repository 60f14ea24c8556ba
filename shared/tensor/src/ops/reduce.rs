//! Reductions over any set of dimensions: `x.sum(..)`, `x.mean([0, 2])`, `x.max(-1)`.
//!
//! Each removes the dimensions it reduces; with `_keepdim` they stay with size 1, so that the result broadcasts
//! against the tensor it came from.

use crate::autograd::{Backward, Grads, Op};
use crate::dims::resolve_set;
use crate::error::OrPanic;
use crate::kernels::Fold;
use crate::layout::Layout;
use crate::{Dim, Dims, Error, Float, Result, Shape, Tensor};

/// y = Σ x over some dimensions; `kept` is the shape of y with those as 1.
struct Sum {
    kept: Shape,
    from: Shape,
}

impl<T: Float> Op<T> for Sum {
    fn name(&self) -> &'static str {
        "Sum"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some(cx.dy.reshape(self.kept).expand(self.from))]
    }
}

/// y = max x or min x; elements that tie for it share the gradient evenly.
struct Extremum<T: Float> {
    x: Tensor<T>,
    kept: Shape,
    dims: Vec<usize>,
}

impl<T: Float> Op<T> for Extremum<T> {
    fn name(&self) -> &'static str {
        "Extremum"
    }

    fn saves_output(&self) -> bool {
        true
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        let chosen = self.x.eq(&cx.y().detach().reshape(self.kept));
        let ties = chosen.sum_keepdim(&self.dims[..]);
        vec![Some(cx.dy.reshape(self.kept) * (chosen / ties))]
    }
}

/// A set of dimensions to reduce, resolved against a shape.
struct Reduction {
    dims: Vec<usize>,
    /// The reduced dimensions moved behind the others.
    layout: Layout,
    /// The shape of the result with the reduced dimensions removed, and with them as 1.
    removed: Shape,
    kept: Shape,
}

impl Reduction {
    fn new(op: &'static str, layout: &Layout, dims: &impl Dims) -> Result<Self> {
        let shape = layout.shape;
        let set = resolve_set(op, dims, shape)?;
        let (dims, others): (Vec<usize>, Vec<usize>) = (0..shape.len()).partition(|&dim| set[dim]);
        let order: Vec<usize> = others.iter().chain(&dims).copied().collect();
        let layout = layout.permute(&order);
        Ok(Self {
            removed: Shape::new(&layout.shape[..others.len()]),
            kept: dims.iter().fold(shape, |kept, &dim| kept.with(dim, 1)),
            layout,
            dims,
        })
    }

    fn compute<T: Float>(&self, kind: Fold, x: &Tensor<T>) -> Tensor<T> {
        Tensor::compute(self.removed, x.device(), |out| {
            T::fold(kind, x.storage.host(), &self.layout, self.removed.len(), out);
        })
    }
}

impl<T: Float> Tensor<T> {
    /// The sum over dimensions.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.sum(..).item(), 10.0);
    /// assert_eq!(x.sum(0).to_vec(), [4.0, 6.0]);
    /// assert_eq!(x.sum_keepdim(-1).shape(), [2, 1]);
    /// ```
    ///
    /// # Panics
    /// If a dimension does not exist or is named twice.
    #[track_caller]
    pub fn sum(&self, dims: impl Dims) -> Self {
        self.try_sum(dims).or_panic()
    }

    /// Like [`sum`](Self::sum), with an error instead of a panic.
    pub fn try_sum(&self, dims: impl Dims) -> Result<Self> {
        let from = self.layout.shape;
        let reduction = Reduction::new("sum", &self.layout, &dims)?;
        Ok(reduction.compute(Fold::Sum, self).record(&[self], || Sum { kept: reduction.kept, from }))
    }

    /// The sum over dimensions, which stay with size 1.
    ///
    /// # Panics
    /// If a dimension does not exist or is named twice.
    #[track_caller]
    pub fn sum_keepdim(&self, dims: impl Dims) -> Self {
        self.sum(dims.list(self.rank()).as_slice()).restore_dims("sum", &dims, self.layout.shape).or_panic()
    }

    /// The mean over dimensions; of no numbers it is NaN.
    ///
    /// # Panics
    /// If a dimension does not exist or is named twice.
    #[track_caller]
    pub fn mean(&self, dims: impl Dims) -> Self {
        let count = self.count("mean", &dims).or_panic();
        self.sum(dims) / count
    }

    /// The mean over dimensions, which stay with size 1.
    ///
    /// # Panics
    /// If a dimension does not exist or is named twice.
    #[track_caller]
    pub fn mean_keepdim(&self, dims: impl Dims) -> Self {
        let count = self.count("mean", &dims).or_panic();
        self.sum_keepdim(dims) / count
    }

    /// How many numbers each result of a reduction is made of.
    fn count(&self, op: &'static str, dims: &impl Dims) -> Result<f64> {
        let set = resolve_set(op, dims, self.layout.shape)?;
        Ok(self.shape().iter().zip(set).filter(|(_, reduced)| *reduced).map(|(&n, _)| n as f64).product())
    }

    /// The variance over dimensions, Σ(x − x̄)² / (n − correction): 1 for the unbiased estimate, 0 for the second
    /// moment, which BatchNorm uses.
    ///
    /// # Panics
    /// If a dimension does not exist or is named twice.
    #[track_caller]
    pub fn var(&self, dims: impl Dims, correction: usize) -> Self {
        let list = dims.list(self.rank());
        let count = self.count("var", &dims).or_panic();
        let centred = self - self.mean_keepdim(list.as_slice());
        centred.square_().sum(list.as_slice()) / (count - correction as f64).max(0.0)
    }

    /// The standard deviation over dimensions, the root of [`var`](Self::var).
    ///
    /// # Panics
    /// If a dimension does not exist or is named twice.
    #[track_caller]
    pub fn std(&self, dims: impl Dims, correction: usize) -> Self {
        self.var(dims, correction).sqrt_()
    }

    /// The largest number over dimensions. Elements that tie for it share the gradient evenly.
    ///
    /// # Panics
    /// If a dimension does not exist or is named twice, or there is nothing to choose from.
    #[track_caller]
    pub fn max(&self, dims: impl Dims) -> Self {
        self.extremum("max", Fold::Max, dims).or_panic()
    }

    /// The largest number over dimensions, which stay with size 1.
    ///
    /// # Panics
    /// As [`max`](Self::max).
    #[track_caller]
    pub fn max_keepdim(&self, dims: impl Dims) -> Self {
        self.max(dims.list(self.rank()).as_slice()).restore_dims("max", &dims, self.layout.shape).or_panic()
    }

    /// The smallest number over dimensions. Elements that tie for it share the gradient evenly.
    ///
    /// # Panics
    /// As [`max`](Self::max).
    #[track_caller]
    pub fn min(&self, dims: impl Dims) -> Self {
        self.extremum("min", Fold::Min, dims).or_panic()
    }

    fn extremum(&self, op: &'static str, kind: Fold, dims: impl Dims) -> Result<Self> {
        let reduction = Reduction::new(op, &self.layout, &dims)?;
        if self.numel() == 0 && reduction.removed.numel() > 0 {
            let detail =
                format!("there is nothing to choose from in a tensor of shape {:?}", self.layout.shape);
            return Err(Error::shape(op, detail));
        }
        Ok(reduction.compute(kind, self).record(&[self], || Extremum {
            x: self.clone(),
            kept: reduction.kept,
            dims: reduction.dims.clone(),
        }))
    }

    /// The position of the first largest number along a dimension, for every place in the others, in row-major
    /// order.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let logits = Tensor::from([[0.1f32, 2.0, -1.0], [3.0, 0.0, 3.0]]);
    /// assert_eq!(logits.argmax(1), [1, 0]);
    /// ```
    ///
    /// # Panics
    /// If the dimension does not exist or is empty.
    #[track_caller]
    pub fn argmax(&self, dim: impl Dim) -> Vec<usize> {
        let reduction = Reduction::new("argmax", &self.layout, &dim.signed()).or_panic();
        let mut out = vec![0; reduction.removed.numel()];
        assert!(
            out.is_empty() || self.numel() > 0,
            "argmax: there is nothing to choose from in a tensor of shape {:?}",
            self.layout.shape
        );
        T::argmax(self.storage.host(), &reduction.layout, reduction.removed.len(), &mut out);
        out
    }

    /// The position of the first smallest number along a dimension; see [`argmax`](Self::argmax).
    ///
    /// # Panics
    /// If the dimension does not exist or is empty.
    #[track_caller]
    pub fn argmin(&self, dim: impl Dim) -> Vec<usize> {
        self.detach().neg_().argmax(dim)
    }

    /// log Σ eˣ over dimensions, without overflow: the maximum is taken out of the exponent first.
    ///
    /// # Panics
    /// If a dimension does not exist or is named twice.
    #[track_caller]
    pub fn logsumexp(&self, dims: impl Dims) -> Self {
        let list = dims.list(self.rank());
        if self.numel() == 0 {
            return self.exp().sum(list.as_slice()).log_();
        }
        // An infinite maximum would make ∞ − ∞; 0 is as good.
        let max =
            self.detach().max_keepdim(list.as_slice()).map(|m| if m.is_finite() { m } else { T::zero() });
        let sum = (self - &max).exp_().sum(list.as_slice());
        let shape = sum.layout.shape;
        sum.log_() + max.reshape(shape)
    }

    /// The Euclidean norm of all elements, √Σx².
    pub fn norm(&self) -> Self {
        self.square().sum(..).sqrt_()
    }
}
