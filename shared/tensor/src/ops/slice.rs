//! Parts of a tensor, and tensors put into larger ones.
//!
//! Taking a part is a view; its adjoint puts the part into zeros. Both are linear, and each is the other's backward
//! pass.

use crate::autograd::{Backward, Grads, Op};
use crate::dims::resolve;
use crate::error::OrPanic;
use crate::layout::Layout;
use crate::slices::Cut;
use crate::{Dim, Error, Float, Result, Slices, Tensor};

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
        vec![Some(cx.dy.embed(self.whole, self.part, 0.0))]
    }
}

/// y is one number everywhere but for `part`, which shows x.
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

    /// One number laid out as `whole`, which is contiguous, with this tensor where `part` says.
    pub(crate) fn embed(&self, whole: Layout, part: Layout, value: f64) -> Self {
        let x = self.as_slice();
        let y = Self::compute(whole.shape, self.device(), |out| {
            out.fill(T::from_f64(value));
            T::scatter(&x, out, &part);
        });
        y.record(&[self], || Embed { part })
    }

    /// A view of a part of the tensor, as NumPy's `x[..., 0:3, 5]`: a place removes its dimension, a range keeps it,
    /// and dimensions that are not mentioned stay whole. Negative numbers count from the end (of a range like
    /// `1..-1` Clippy says that it is empty; [`narrow`](Self::narrow) says the same by its length).
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x: Tensor = Tensor::arange(24).reshape([2, 3, 4]);
    /// assert_eq!(x.slice(1).shape(), [3, 4]);
    /// assert_eq!(x.slice((.., 0..2, 3)).to_vec(), [3.0, 7.0, 15.0, 19.0]);
    /// assert_eq!(x.slice((0, -1, 1..=2)).to_vec(), [9.0, 10.0]);
    /// ```
    ///
    /// # Panics
    /// If a place or a range is not within its dimension, or there are more of them than dimensions.
    #[track_caller]
    pub fn slice(&self, slices: impl Slices) -> Self {
        self.try_slice(slices).or_panic()
    }

    /// Like [`slice`](Self::slice), with an error instead of a panic.
    pub fn try_slice(&self, slices: impl Slices) -> Result<Self> {
        let cuts = slices.cuts();
        let shape = self.layout.shape;
        if cuts.len() > shape.len() {
            let detail =
                format!("{} places or ranges for the {} dimensions of {shape:?}", cuts.len(), shape.len());
            return Err(Error::shape("slice", detail));
        }
        let mut parts = Vec::with_capacity(cuts.len());
        for (dim, (cut, &size)) in cuts.iter().zip(shape.iter()).enumerate() {
            parts.push(cut.within(size).ok_or_else(|| {
                let detail =
                    format!("{cut} is not within dimension {dim} of {shape:?}, which has size {size}");
                Error::shape("slice", detail)
            })?);
        }
        Ok(self.part(|layout| {
            let narrowed = parts
                .iter()
                .enumerate()
                .fold(*layout, |layout, (dim, &(start, len))| layout.narrow(dim, start, len, 1));
            // From the last to the first, so that the places of the others do not change.
            let removed = (0..cuts.len()).rev().filter(|&dim| matches!(cuts[dim], Cut::Place(_)));
            removed.fold(narrowed, |layout, dim| layout.remove(dim))
        }))
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

    /// One place along a dimension, which is removed: `x.select(0, 3)` is the fourth row.
    ///
    /// # Panics
    /// If there is no such dimension or place.
    #[track_caller]
    pub fn select(&self, dim: impl Dim, place: usize) -> Self {
        self.try_select(dim, place).or_panic()
    }

    /// Like [`select`](Self::select), with an error instead of a panic.
    pub fn try_select(&self, dim: impl Dim, place: usize) -> Result<Self> {
        let shape = self.layout.shape;
        let dim = resolve("select", dim.signed(), shape)?;
        if place >= shape[dim] {
            return Err(Error::Index { op: "select", index: place, dim, size: shape[dim] });
        }
        Ok(self.part(|layout| layout.narrow(dim, place, 1, 1).remove(dim)))
    }

    /// The slices along a dimension, which is removed.
    ///
    /// # Panics
    /// If there is no such dimension.
    #[track_caller]
    pub fn unbind(&self, dim: impl Dim) -> Vec<Self> {
        let dim = resolve("unbind", dim.signed(), self.layout.shape).or_panic();
        (0..self.shape()[dim]).map(|place| self.select(dim, place)).collect()
    }

    /// Every `step`-th place along a dimension, from the first on.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x: Tensor = Tensor::arange(5);
    /// assert_eq!(x.step_by(0, 2).to_vec(), [0.0, 2.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such dimension or the step is 0.
    #[track_caller]
    pub fn step_by(&self, dim: impl Dim, step: usize) -> Self {
        let dim = resolve("step_by", dim.signed(), self.layout.shape).or_panic();
        assert!(step > 0, "step_by: a step of 0 never gets on");
        let size = self.shape()[dim];
        // No step need be larger than the dimension, and the stride does not overflow.
        let step = step.min(size.max(1));
        self.part(|layout| layout.narrow(dim, 0, size.div_ceil(step), step))
    }

    /// Pieces of `size` places along a dimension; the last one has what is left.
    ///
    /// # Panics
    /// If there is no such dimension or the size is 0.
    #[track_caller]
    pub fn split(&self, size: usize, dim: impl Dim) -> Vec<Self> {
        let dim = resolve("split", dim.signed(), self.layout.shape).or_panic();
        assert!(size > 0, "split: pieces of size 0 never fill a dimension");
        let whole = self.shape()[dim];
        (0..whole).step_by(size).map(|start| self.narrow(dim, start, size.min(whole - start))).collect()
    }

    /// At most `n` pieces of equal size along a dimension; the last one may be smaller, as in PyTorch.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let gates: Tensor = Tensor::zeros([32, 4 * 10]);
    /// let [input, forget, output, candidate] = gates.chunk(4, 1).try_into().unwrap();
    /// assert_eq!(candidate.shape(), [32, 10]);
    /// # let _ = (input, forget, output);
    /// ```
    ///
    /// # Panics
    /// If there is no such dimension or `n` is 0.
    #[track_caller]
    pub fn chunk(&self, n: usize, dim: impl Dim) -> Vec<Self> {
        let dim = resolve("chunk", dim.signed(), self.layout.shape).or_panic();
        assert!(n > 0, "chunk: a tensor cannot be cut into 0 pieces");
        self.split(self.shape()[dim].div_ceil(n).max(1), dim)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::Tensor;
    use crate::ops::laws::assert_linear;
    use crate::proptest::{filled_shapes, shapes, tensors};

    /// A tensor of rank 3 and, for each dimension, a start and an end that is not smaller.
    fn boxes() -> impl Strategy<Value = (Tensor<f64>, [std::ops::Range<usize>; 3])> {
        filled_shapes(3..=3, 4).prop_flat_map(|shape| {
            let range = |size: usize| (0..=size, 0..=size).prop_map(|(a, b)| a.min(b)..a.max(b));
            (tensors(shape), [range(shape[0]), range(shape[1]), range(shape[2])])
        })
    }

    proptest! {
        #[test]
        fn ranges_take_what_is_in_them((x, [a, b, c]) in boxes()) {
            let y = x.slice((a.clone(), b.start.., ..c.end));
            let expected = Tensor::from_fn([a.len(), x.size(1) - b.start, c.end], |i| {
                x.get([a.start + i[0], b.start + i[1], i[2]])
            });
            prop_assert_eq!(y.shape(), expected.shape());
            prop_assert_eq!(y.to_vec(), expected.to_vec());
            assert_linear(|x| x.slice((a.clone(), .., c.clone())), &x);
        }

        #[test]
        fn places_remove_their_dimension((x, [a, b, c]) in boxes()) {
            let at = [a, b, c].map(|range| range.start);
            prop_assume!(at.iter().zip(x.shape()).all(|(at, size)| at < size));
            let y = x.slice((at[0], .., at[2]));
            let expected: Vec<f64> = (0..x.size(1)).map(|i| x.get([at[0], i, at[2]])).collect();
            prop_assert_eq!((y.shape(), y.to_vec()), (&[x.size(1)][..], expected));
            prop_assert_eq!(x.slice((at[0], at[1], at[2])).item(), x.get(at));
            prop_assert_eq!(x.select(1, at[1]).to_vec(), x.slice((.., at[1])).to_vec());
            assert_linear(|x| x.slice((.., at[1])), &x);
        }

        #[test]
        fn pieces_make_up_the_whole(x in filled_shapes(1..=3, 7).prop_flat_map(tensors::<f64>), size in 1usize..4) {
            let pieces = x.split(size, -1);
            prop_assert_eq!(Tensor::cat(&pieces, -1).to_vec(), x.to_vec());
            prop_assert!(pieces[..pieces.len() - 1].iter().all(|piece| piece.size(-1) == size));
            let chunks = x.chunk(size, 0);
            prop_assert!(chunks.len() <= size);
            prop_assert_eq!(Tensor::cat(&chunks, 0).to_vec(), x.to_vec());
            prop_assert_eq!(Tensor::stack(&x.unbind(0), 0).to_vec(), x.to_vec());
            assert_linear(|x| x.split(size, -1).swap_remove(0), &x);
        }

        #[test]
        fn steps_skip(x in shapes(3, 7).prop_flat_map(tensors::<f64>), step in 1usize..9) {
            prop_assume!(x.rank() > 0);
            let every: Vec<usize> = (0..x.size(0)).step_by(step).collect();
            prop_assert_eq!(x.step_by(0, step).to_vec(), x.index_select(0, &every).to_vec());
            assert_linear(|x| x.step_by(0, step), &x);
        }
    }

    #[test]
    #[allow(clippy::reversed_empty_ranges)]
    fn negative_places_count_from_the_end() {
        let x: Tensor = Tensor::arange(5);
        assert_eq!(x.slice(-1).item(), 4.0);
        assert_eq!(x.slice(-3..-1).to_vec(), [2.0, 3.0]);
        assert_eq!(x.slice(-2..).to_vec(), [3.0, 4.0]);
        assert_eq!(x.slice(1..=-1).to_vec(), [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(x.slice(5..).numel(), 0);
    }

    #[test]
    fn views_share_their_numbers() {
        let x: Tensor = Tensor::arange(24).reshape([2, 3, 4]);
        let y = x.slice((1, 1.., 0..4)).step_by(1, 2);
        assert_eq!(y.layout.offset, 16);
        assert_eq!(y.strides(), [4, 2]);
        assert!(std::sync::Arc::ptr_eq(&x.storage, &y.storage));
    }

    #[test]
    fn empty_views_of_empty_tensors() {
        let x: Tensor = Tensor::zeros([4, 0]);
        assert_eq!(x.narrow(0, 3, 1).as_slice().len(), 0);
        assert_eq!(x.slice((4.., ..)).shape(), [0, 0]);
        assert_eq!(x.split(2, 1).len(), 0);
        assert_eq!(x.step_by(1, usize::MAX).shape(), [4, 0]);
    }

    #[test]
    fn errors_name_the_place_and_the_dimension() {
        let x: Tensor = Tensor::zeros([2, 3]);
        let message = |result: crate::Result<Tensor>| result.unwrap_err().to_string();
        assert_eq!(
            message(x.try_slice((.., 1..7))),
            "slice: 1..7 is not within dimension 1 of [2, 3], which has size 3"
        );
        assert_eq!(
            message(x.try_slice(-3)),
            "slice: place -3 is not within dimension 0 of [2, 3], which has size 2"
        );
        #[allow(clippy::reversed_empty_ranges)]
        let backwards = x.try_slice(2..1);
        assert_eq!(message(backwards), "slice: 2..1 is not within dimension 0 of [2, 3], which has size 2");
        assert_eq!(
            message(x.try_slice((0, 0, 0))),
            "slice: 3 places or ranges for the 2 dimensions of [2, 3]"
        );
        assert_eq!(message(x.try_select(-1, 3)), "select: index 3 is outside dimension 1, which has size 3");
        assert!(x.try_slice(usize::MAX).is_err());
    }
}
