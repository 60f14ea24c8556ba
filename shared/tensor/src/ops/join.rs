//! Several tensors become one, and one becomes larger.

use std::borrow::Borrow;

use crate::autograd::{Backward, Grads, Op};
use crate::dims::{resolve, resolve_gap};
use crate::error::OrPanic;
use crate::layout::Layout;
use crate::ops::arithmetic::same_device;
use crate::{Dim, Error, Float, Result, Shape, Tensor};

/// Tensors joined along a dimension, where each has its size; each gets its own piece of the gradient.
struct Cat {
    dim: usize,
    sizes: Vec<usize>,
}

impl<T: Float> Op<T> for Cat {
    fn name(&self) -> &'static str {
        "Cat"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        let starts = self.sizes.iter().scan(0, |end, size| {
            *end += size;
            Some(*end - size)
        });
        let pieces = starts.zip(&self.sizes).enumerate();
        pieces.map(|(i, (start, &size))| cx.needs(i).then(|| cx.dy.narrow(self.dim, start, size))).collect()
    }
}

impl<T: Float> Tensor<T> {
    /// Tensors one after the other along a dimension; their other sizes are equal.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let a = Tensor::from([[1.0f32, 2.0]]);
    /// let b = Tensor::from([[3.0f32, 4.0], [5.0, 6.0]]);
    /// assert_eq!(Tensor::cat(&[&a, &b], 0).shape(), [3, 2]);
    /// assert_eq!(Tensor::cat(&[&b, &b], -1).to_vec(), [3.0, 4.0, 3.0, 4.0, 5.0, 6.0, 5.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// If there are no tensors, another size differs, the dimension does not exist or the devices differ.
    #[track_caller]
    pub fn cat(tensors: &[impl Borrow<Self>], dim: impl Dim) -> Self {
        Self::try_cat(tensors, dim).or_panic()
    }

    /// Like [`cat`](Self::cat), with an error instead of a panic.
    pub fn try_cat(tensors: &[impl Borrow<Self>], dim: impl Dim) -> Result<Self> {
        let tensors: Vec<&Self> = tensors.iter().map(Borrow::borrow).collect();
        let Some(first) = tensors.first() else {
            return Err(Error::shape("cat", "there is no tensor to join"));
        };
        let dim = resolve("cat", dim.signed(), first.layout.shape)?;
        let mut shape = first.layout.shape.with(dim, 0);
        for x in &tensors {
            same_device("cat", first.device(), x.device())?;
            if x.rank() != shape.len() || x.layout.shape.with(dim, 0) != shape.with(dim, 0) {
                let (left, right) = (first.layout.shape, x.layout.shape);
                let detail = format!("{left:?} and {right:?} differ in more than dimension {dim}");
                return Err(Error::shape("cat", detail));
            }
            shape = shape.with(dim, shape[dim] + x.shape()[dim]);
        }
        let sizes: Vec<usize> = tensors.iter().map(|x| x.shape()[dim]).collect();
        let whole = Layout::contiguous(shape);
        let y = Self::compute(shape, first.device(), |out| {
            let mut start = 0;
            for x in &tensors {
                let len = x.shape()[dim];
                T::scatter(&x.as_slice(), out, &whole.narrow(dim, start, len, 1));
                start += len;
            }
        });
        Ok(y.record(&tensors, || Cat { dim, sizes }))
    }

    /// Tensors of one shape along a new dimension.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let (a, b) = (Tensor::from([1.0f32, 2.0]), Tensor::from([3.0f32, 4.0]));
    /// assert_eq!(Tensor::stack(&[&a, &b], 0).to_vec(), [1.0, 2.0, 3.0, 4.0]);
    /// assert_eq!(Tensor::stack(&[&a, &b], 1).to_vec(), [1.0, 3.0, 2.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// If there are no tensors, the shapes or devices differ, or `dim` is beyond the last dimension by more than
    /// one.
    #[track_caller]
    pub fn stack(tensors: &[impl Borrow<Self>], dim: impl Dim) -> Self {
        Self::try_stack(tensors, dim).or_panic()
    }

    /// Like [`stack`](Self::stack), with an error instead of a panic.
    pub fn try_stack(tensors: &[impl Borrow<Self>], dim: impl Dim) -> Result<Self> {
        let tensors: Vec<&Self> = tensors.iter().map(Borrow::borrow).collect();
        let Some(first) = tensors.first() else {
            return Err(Error::shape("stack", "there is no tensor to join"));
        };
        let shape = first.layout.shape;
        let dim = resolve_gap("stack", dim.signed(), shape)?;
        if let Some(other) = tensors.iter().find(|x| x.layout.shape != shape) {
            let detail = format!("{shape:?} and {:?} are not the same shape", other.layout.shape);
            return Err(Error::shape("stack", detail));
        }
        let rows: Vec<Self> = tensors.iter().map(|x| x.unsqueeze(dim)).collect();
        Self::try_cat(&rows, dim)
    }

    /// The tensor with `(before, after)` places of one number added along each dimension.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1.0f32, 2.0]]);
    /// assert_eq!(x.pad(&[(0, 1), (2, 0)], 0.0).to_vec(), [0.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If there is not one pair for each dimension.
    #[track_caller]
    pub fn pad(&self, padding: &[(usize, usize)], value: f64) -> Self {
        self.try_pad(padding, value).or_panic()
    }

    /// Like [`pad`](Self::pad), with an error instead of a panic.
    pub fn try_pad(&self, padding: &[(usize, usize)], value: f64) -> Result<Self> {
        self.check_padding("pad", padding)?;
        let from = self.layout.shape;
        let sizes: Vec<usize> =
            from.iter().zip(padding).map(|(size, (before, after))| before + size + after).collect();
        let whole = Layout::contiguous(Shape::new(&sizes));
        let part = padding
            .iter()
            .enumerate()
            .fold(whole, |part, (dim, &(before, _))| part.narrow(dim, before, from[dim], 1));
        Ok(self.embed(whole, part, value))
    }

    /// The tensor continued beyond its edges by its mirror image, in which the edge itself is not repeated:
    /// 3 2 ⟨1 2 3⟩ 2 1.
    ///
    /// # Panics
    /// If there is not one pair for each dimension, or a pad is not smaller than its dimension.
    #[track_caller]
    pub fn pad_reflect(&self, padding: &[(usize, usize)]) -> Self {
        self.check_padding("pad_reflect", padding).or_panic();
        let shape = self.layout.shape;
        for (dim, &(before, after)) in padding.iter().enumerate() {
            assert!(
                before.max(after) < shape[dim].max(1),
                "pad_reflect: ({before}, {after}) is not smaller than dimension {dim} of {shape:?}"
            );
        }
        self.pad_by_index(padding, |i, size| {
            let period = 2 * (size - 1).max(1);
            let i = i.rem_euclid(period);
            i.min(period - i).min(size - 1)
        })
    }

    /// The tensor continued beyond its edges by the numbers on them: 1 1 ⟨1 2 3⟩ 3 3.
    ///
    /// # Panics
    /// If there is not one pair for each dimension, or a dimension to pad is empty.
    #[track_caller]
    pub fn pad_replicate(&self, padding: &[(usize, usize)]) -> Self {
        self.check_padding("pad_replicate", padding).or_panic();
        let shape = self.layout.shape;
        for (dim, &pad) in padding.iter().enumerate() {
            assert!(
                pad == (0, 0) || shape[dim] > 0,
                "pad_replicate: dimension {dim} of {shape:?} has no edge to repeat"
            );
        }
        self.pad_by_index(padding, |i, size| i.clamp(0, size - 1))
    }

    /// Selects from each padded dimension the places that `source` gives, counted from the first true one.
    fn pad_by_index(&self, padding: &[(usize, usize)], source: impl Fn(isize, isize) -> isize) -> Self {
        let pads = padding.iter().enumerate().filter(|(_, pad)| **pad != (0, 0));
        pads.fold(self.clone(), |x, (dim, &(before, after))| {
            let size = x.shape()[dim] as isize;
            let places = -(before as isize)..size + after as isize;
            let index: Vec<usize> = places.map(|i| source(i, size) as usize).collect();
            x.index_select(dim, &index)
        })
    }

    fn check_padding(&self, op: &'static str, padding: &[(usize, usize)]) -> Result<()> {
        if padding.len() == self.rank() {
            return Ok(());
        }
        let shape = self.layout.shape;
        let detail =
            format!("{} pairs (before, after) for {shape:?}: one a dimension is needed", padding.len());
        Err(Error::shape(op, detail))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::ops::laws::assert_linear;
    use crate::proptest::{filled_shapes, shapes, tensors};
    use crate::{Device, Tensor};

    /// Two tensors that differ in the size of the last dimension alone.
    fn pairs() -> impl Strategy<Value = (Tensor<f64>, Tensor<f64>)> {
        (filled_shapes(1..=3, 4), 0..4usize)
            .prop_flat_map(|(shape, size)| (tensors(shape), tensors(shape.with(shape.len() - 1, size))))
    }

    proptest! {
        #[test]
        fn joined_tensors_can_be_taken_apart((a, b) in pairs()) {
            let y = Tensor::cat(&[&a, &b, &a], -1);
            prop_assert_eq!(y.narrow(-1, 0, a.size(-1)).to_vec(), a.to_vec());
            prop_assert_eq!(y.narrow(-1, a.size(-1), b.size(-1)).to_vec(), b.to_vec());
            assert_linear(|a| Tensor::cat(&[a, &b.zeros_like(), a], -1), &a);
        }

        #[test]
        fn stacked_tensors_are_slices(x in shapes(3, 4).prop_flat_map(tensors::<f64>), at in 0..4usize) {
            let dim = at.min(x.rank());
            let y = Tensor::stack(&[&x, &(&x * 2.0)], dim);
            prop_assert_eq!(y.select(dim, 0).to_vec(), x.to_vec());
            prop_assert_eq!(y.select(dim, 1).to_vec(), (&x * 2.0).to_vec());
            assert_linear(|x| Tensor::stack(&[x, x], dim), &x);
        }

        #[test]
        fn padding_surrounds(x in shapes(2, 4).prop_flat_map(tensors::<f64>), pads in any::<[(u8, u8); 2]>()) {
            let pads: Vec<_> =
                pads[..x.rank()].iter().map(|&(a, b)| (usize::from(a % 4), usize::from(b % 4))).collect();
            let y = x.pad(&pads, 7.0);
            let inside = pads.iter().enumerate().fold(y.clone(), |y, (dim, pad)| y.narrow(dim, pad.0, x.size(dim)));
            prop_assert_eq!(inside.to_vec(), x.to_vec());
            let others = (y.numel() - x.numel()) as f64;
            let rest = y.sum(..).item() - x.sum(..).item() - 7.0 * others;
            prop_assert!(rest.abs() < 1e-10, "what surrounds x is off by {rest}");
            assert_linear(|x| x.pad(&pads, 0.0), &x);
        }
    }

    #[test]
    fn mirrors_and_edges() {
        let x = Tensor::from([1.0f64, 2.0, 3.0]);
        assert_eq!(x.pad_reflect(&[(2, 2)]).to_vec(), [3.0, 2.0, 1.0, 2.0, 3.0, 2.0, 1.0]);
        assert_eq!(x.pad_replicate(&[(2, 1)]).to_vec(), [1.0, 1.0, 1.0, 2.0, 3.0, 3.0]);
        assert_linear(|x| x.pad_reflect(&[(1, 2)]), &x);
        assert_linear(|x| x.pad_replicate(&[(3, 1)]), &x);
        let plane: Tensor = Tensor::arange(4).reshape([2, 2]);
        assert_eq!(
            plane.pad_reflect(&[(1, 0), (0, 1)]).to_vec(),
            [2.0, 3.0, 2.0, 0.0, 1.0, 0.0, 2.0, 3.0, 2.0]
        );
        let single: Tensor = Tensor::ones([1, 2]);
        assert_eq!(single.pad_reflect(&[(0, 0), (1, 0)]).shape(), [1, 3]);
    }

    #[test]
    fn errors_name_both_shapes() {
        let (a, b): (Tensor, Tensor) = (Tensor::zeros([2, 3]), Tensor::zeros([4, 2]));
        let message = |result: crate::Result<Tensor>| result.unwrap_err().to_string();
        assert_eq!(
            message(Tensor::try_cat(&[&a, &b], 0)),
            "cat: [2, 3] and [4, 2] differ in more than dimension 0"
        );
        assert_eq!(
            message(Tensor::try_stack(&[&a, &b], 0)),
            "stack: [2, 3] and [4, 2] are not the same shape"
        );
        assert_eq!(message(Tensor::try_cat(&[] as &[&Tensor], 0)), "cat: there is no tensor to join");
        assert_eq!(
            message(a.try_pad(&[(1, 1)], 0.0)),
            "pad: 1 pairs (before, after) for [2, 3]: one a dimension is needed"
        );
        let moved = a.to(&Device::CpuTwin);
        assert_eq!(
            message(Tensor::try_cat(&[&a, &moved], 0)),
            "cat: left is on cpu, right is on cpu:1; move one with .to(&device)"
        );
    }

    #[test]
    #[should_panic(expected = "pad_reflect: (3, 0) is not smaller than dimension 0 of [3]")]
    fn a_mirror_is_no_larger_than_what_it_shows() {
        Tensor::<f32>::zeros(3).pad_reflect(&[(3, 0)]);
    }
}
