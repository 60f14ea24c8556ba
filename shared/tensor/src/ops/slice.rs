//! Parts of a tensor, and tensors put into larger ones.
//!
//! Taking a part is a view; its adjoint puts the part into zeros. Both are linear, and each is the other's backward
//! pass.

use crate::autograd::{Backward, Grads, Op};
use crate::dims::resolve;
use crate::error::OrPanic;
use crate::layout::Layout;
use crate::{Dim, Error, Float, Result, Tensor};

/// y is what `part` shows of x; `whole` is the layout of x as if it were contiguous.
struct Part {
    whole: Layout,
    part: Layout,
}

impl<T: Float> Op<T> for Part {
    fn name(&self) -> &'static str {
        "Slice"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some(cx.dy.embed(self.whole, self.part))]
    }
}

/// y is zeros but for `part`, which shows x.
struct Embed {
    part: Layout,
}

impl<T: Float> Op<T> for Embed {
    fn name(&self) -> &'static str {
        "Embed"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        let dy = cx.dy.contiguous();
        let mut part = self.part;
        part.offset += dy.layout.offset;
        let whole = Layout::contiguous(dy.layout.shape);
        let dx = dy.view(part).record(&[&dy], || Part { whole, part: self.part });
        vec![Some(dx)]
    }
}

impl<T: Float> Tensor<T> {
    /// A part of this tensor; `cut` takes it out of any layout of this shape.
    pub(crate) fn part(&self, cut: impl Fn(&Layout) -> Layout) -> Self {
        self.view(cut(&self.layout)).record(&[self], || {
            let whole = Layout::contiguous(self.layout.shape);
            Part { whole, part: cut(&whole) }
        })
    }

    /// Zeros laid out as `whole`, which is contiguous, with this tensor where `part` says.
    pub(crate) fn embed(&self, whole: Layout, part: Layout) -> Self {
        let x = self.as_slice();
        let y = Self::compute(whole.shape, self.device(), |out| {
            out.fill(T::zero());
            T::scatter(&x, out, &part);
        });
        y.record(&[self], || Embed { part })
    }

    /// `len` places from `start` on along a dimension.
    ///
    /// # Panics
    /// If they are not all within the dimension.
    #[track_caller]
    pub fn narrow(&self, dim: impl Dim, start: usize, len: usize) -> Self {
        self.try_narrow(dim, start, len).or_panic()
    }

    /// Like [`narrow`](Self::narrow), with an error instead of a panic.
    pub fn try_narrow(&self, dim: impl Dim, start: usize, len: usize) -> Result<Self> {
        let shape = self.layout.shape;
        let dim = resolve("narrow", dim.signed(), shape)?;
        if start.checked_add(len).is_none_or(|end| end > shape[dim]) {
            let detail = format!("{len} places from {start} on are not within dimension {dim} of {shape:?}");
            return Err(Error::shape("narrow", detail));
        }
        Ok(self.part(|layout| layout.narrow(dim, start, len, 1)))
    }
}
