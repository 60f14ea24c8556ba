//! Other views of the same numbers: reshaping, permuting, expanding. Only a reshape of permuted data copies.

use crate::autograd::{Backward, Grads, Op};
use crate::dims::{resolve, resolve_gap, resolve_set};
use crate::error::OrPanic;
use crate::{Device, Dim, Dims, Error, Float, Result, Shape, Tensor};

/// Stands for the one size in a [`reshape`](Tensor::reshape) that follows from the others, PyTorch's −1.
pub const INFER: usize = usize::MAX;

/// The same elements in the same order under another shape; its backward pass restores the shape.
struct Reshape {
    from: Shape,
}

impl<T: Float> Op<T> for Reshape {
    fn name(&self) -> &'static str {
        "Reshape"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some(cx.dy.reshape(self.from))]
    }
}

struct Permute {
    inverse: Vec<usize>,
}

impl<T: Float> Op<T> for Permute {
    fn name(&self) -> &'static str {
        "Permute"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some(cx.dy.permute(&self.inverse[..]))]
    }
}

/// Repeats numbers; its backward pass adds up what the repetitions received.
struct Expand {
    from: Shape,
}

impl<T: Float> Op<T> for Expand {
    fn name(&self) -> &'static str {
        "Expand"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some(cx.dy.sum_to(self.from))]
    }
}

pub(crate) struct Contiguous;

impl<T: Float> Op<T> for Contiguous {
    fn name(&self) -> &'static str {
        "Contiguous"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some(cx.dy.clone())]
    }
}

pub(crate) struct Move {
    pub(crate) from: Device,
}

impl<T: Float> Op<T> for Move {
    fn name(&self) -> &'static str {
        "To"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some(cx.dy.to(&self.from))]
    }
}

impl<T: Float> Tensor<T> {
    /// The same elements in row-major order under another shape; one size may be [`INFER`].
    ///
    /// ```
    /// use tensor::{INFER, Tensor};
    /// let x: Tensor = Tensor::arange(6);
    /// assert_eq!(x.reshape([2, 3]).shape(), [2, 3]);
    /// assert_eq!(x.reshape([3, INFER]).shape(), [3, 2]);
    /// ```
    ///
    /// # Panics
    /// If the shape has not as many elements.
    #[track_caller]
    pub fn reshape(&self, shape: impl Into<Shape>) -> Self {
        self.try_reshape(shape).or_panic()
    }

    /// Like [`reshape`](Self::reshape), with an error instead of a panic.
    pub fn try_reshape(&self, shape: impl Into<Shape>) -> Result<Self> {
        let from = self.layout.shape;
        let shape = self.inferred(shape.into())?;
        if shape == from {
            return Ok(self.clone());
        }
        let source = self.detach().contiguous();
        let layout = source.layout.reshape(shape).expect("contiguous data takes any shape");
        Ok(source.view(layout).record(&[self], || Reshape { from }))
    }

    fn inferred(&self, shape: Shape) -> Result<Shape> {
        let error = || {
            let (from, numel) = (self.layout.shape, self.numel());
            let asked: Vec<String> =
                shape.iter().map(|&d| if d == INFER { "INFER".into() } else { d.to_string() }).collect();
            let detail = format!("{from:?} has {numel} elements, which do not fill [{}]", asked.join(", "));
            Error::shape("reshape", detail)
        };
        let Some(free) = shape.iter().position(|&dim| dim == INFER) else {
            return if shape.numel() == self.numel() { Ok(shape) } else { Err(error()) };
        };
        let others = shape.with(free, 1);
        if others.contains(&INFER) || others.numel() == 0 || !self.numel().is_multiple_of(others.numel()) {
            return Err(error());
        }
        Ok(shape.with(free, self.numel() / others.numel()))
    }

    /// Joins all dimensions from `start` on into one: `x.flatten(1)` leaves the batch.
    ///
    /// # Panics
    /// If there is no dimension `start`.
    #[track_caller]
    pub fn flatten(&self, start: impl Dim) -> Self {
        if self.rank() == 0 {
            return self.reshape(1);
        }
        let start = resolve("flatten", start.signed(), self.layout.shape).or_panic();
        let (kept, joined) = self.shape().split_at(start);
        let mut shape = Shape::new(kept);
        shape.push(joined.iter().product());
        self.reshape(shape)
    }

    /// Dimension `order[i]` of this tensor becomes dimension i.
    ///
    /// # Panics
    /// If `order` does not name every dimension once.
    #[track_caller]
    pub fn permute(&self, order: impl Dims) -> Self {
        self.try_permute(order).or_panic()
    }

    /// Like [`permute`](Self::permute), with an error instead of a panic.
    pub fn try_permute(&self, order: impl Dims) -> Result<Self> {
        let shape = self.layout.shape;
        let order = order
            .list(shape.len())
            .into_iter()
            .map(|dim| resolve("permute", dim, shape))
            .collect::<Result<Vec<usize>>>()?;
        let mut inverse = vec![INFER; shape.len()];
        for (i, &dim) in order.iter().enumerate() {
            inverse[dim] = i;
        }
        if order.len() != shape.len() || inverse.contains(&INFER) {
            let detail = format!("{order:?} does not name every dimension of {shape:?} once");
            return Err(Error::shape("permute", detail));
        }
        Ok(self.view(self.layout.permute(&order)).record(&[self], || Permute { inverse }))
    }

    /// Swaps two dimensions.
    ///
    /// # Panics
    /// If one of them does not exist.
    #[track_caller]
    pub fn transpose(&self, first: impl Dim, second: impl Dim) -> Self {
        let shape = self.layout.shape;
        let first = resolve("transpose", first.signed(), shape).or_panic();
        let second = resolve("transpose", second.signed(), shape).or_panic();
        let mut order: Vec<usize> = (0..shape.len()).collect();
        order.swap(first, second);
        self.permute(&order[..])
    }

    /// The transpose of a matrix, or of each matrix of a batch: the last two dimensions are swapped.
    ///
    /// # Panics
    /// If there are fewer than two dimensions.
    #[track_caller]
    pub fn t(&self) -> Self {
        assert!(
            self.rank() >= 2,
            "t: a tensor of shape {:?} has no two dimensions to swap",
            self.layout.shape
        );
        self.transpose(-2, -1)
    }

    /// A new dimension of size 1 at `dim`.
    ///
    /// # Panics
    /// If `dim` is beyond the last dimension by more than one.
    #[track_caller]
    pub fn unsqueeze(&self, dim: impl Dim) -> Self {
        let from = self.layout.shape;
        let at = resolve_gap("unsqueeze", dim.signed(), from).or_panic();
        self.view(self.layout.unsqueeze(at)).record(&[self], || Reshape { from })
    }

    /// Removes a dimension of size 1.
    ///
    /// # Panics
    /// If the dimension does not exist or has another size.
    #[track_caller]
    pub fn squeeze(&self, dim: impl Dim) -> Self {
        let from = self.layout.shape;
        let at = resolve("squeeze", dim.signed(), from).or_panic();
        assert!(from[at] == 1, "squeeze: dimension {at} of {from:?} has size {}, not 1", from[at]);
        self.view(self.layout.remove(at)).record(&[self], || Reshape { from })
    }

    /// Repeats dimensions of size 1, and adds leading ones, up to `shape`, without copying.
    ///
    /// # Panics
    /// If another size would have to change.
    #[track_caller]
    pub fn expand(&self, shape: impl Into<Shape>) -> Self {
        self.try_expand(shape).or_panic()
    }

    /// Like [`expand`](Self::expand), with an error instead of a panic.
    pub fn try_expand(&self, shape: impl Into<Shape>) -> Result<Self> {
        let (from, shape) = (self.layout.shape, shape.into());
        if from == shape {
            return Ok(self.clone());
        }
        let layout = self.layout.expand(shape).ok_or_else(|| {
            Error::shape("expand", format!("{from:?} cannot be repeated to {shape:?}: only sizes of 1 can"))
        })?;
        Ok(self.view(layout).record(&[self], || Expand { from }))
    }

    /// The sum over what broadcasting from `shape` to this tensor's shape repeats: the adjoint of
    /// [`expand`](Self::expand).
    ///
    /// # Panics
    /// If `shape` does not broadcast to this tensor's shape.
    #[track_caller]
    pub fn sum_to(&self, shape: impl Into<Shape>) -> Self {
        let shape = shape.into();
        let from = self.layout.shape;
        if from == shape {
            return self.clone();
        }
        let lead = from.len().checked_sub(shape.len());
        let repeated: Option<Vec<usize>> = lead.and_then(|lead| {
            let fits = (0..shape.len()).all(|i| shape[i] == from[lead + i] || shape[i] == 1);
            fits.then(|| (0..from.len()).filter(|&i| i < lead || shape[i - lead] != from[i]).collect())
        });
        let repeated = repeated.unwrap_or_else(|| panic!("sum_to: {shape:?} does not broadcast to {from:?}"));
        self.sum(&repeated[..]).reshape(shape)
    }

    /// The tensor with the given dimensions of size 1 put back, as after a reduction that removed them.
    pub(crate) fn restore_dims(&self, op: &'static str, dims: &impl Dims, shape: Shape) -> Result<Self> {
        let set = resolve_set(op, dims, shape)?;
        Ok((0..shape.len()).filter(|&dim| set[dim]).fold(self.clone(), |x, dim| x.unsqueeze(dim)))
    }
}
