//! Picking numbers by their index.
//!
//! Picking is linear, and its adjoint adds numbers where the index says: [`index_add`](Tensor::index_add) is the
//! backward pass of [`index_select`](Tensor::index_select) and the other way round, and so are
//! [`scatter_add`](Tensor::scatter_add) and [`gather`](Tensor::gather). Indices are plain numbers and have no
//! gradient.

use std::sync::Arc;

use crate::autograd::{Backward, Grads, Op};
use crate::dims::{resolve, resolve_set};
use crate::error::OrPanic;
use crate::kernels::Along;
use crate::layout::Layout;
use crate::{Dim, Dims, Error, Float, Result, Shape, Tensor};

/// y = the places `index` of x along a dimension, which has `size` of them.
struct IndexSelect {
    dim: usize,
    index: Arc<[usize]>,
    size: usize,
}

impl<T: Float> Op<T> for IndexSelect {
    fn name(&self) -> &'static str {
        "IndexSelect"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some(cx.dy.placed(self.dim, &self.index, self.size))]
    }
}

/// y = zeros to which x is added at the places `index`.
struct Placed {
    dim: usize,
    index: Arc<[usize]>,
}

impl<T: Float> Op<T> for Placed {
    fn name(&self) -> &'static str {
        "IndexAdd"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some(cx.dy.selected(self.dim, &self.index))]
    }
}

/// Which element of x each element of y is: x[i, index[i, j, …], …] with the index in place `dim`.
#[derive(Clone)]
struct Picks {
    dim: usize,
    index: Arc<[usize]>,
    index_shape: Shape,
}

struct Gather {
    picks: Picks,
    from: Shape,
}

impl<T: Float> Op<T> for Gather {
    fn name(&self) -> &'static str {
        "Gather"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some(cx.dy.scattered(&self.picks, self.from))]
    }
}

/// y = zeros to which x is added at the picked places.
struct Scattered {
    picks: Picks,
}

impl<T: Float> Op<T> for Scattered {
    fn name(&self) -> &'static str {
        "ScatterAdd"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some(cx.dy.gathered(&self.picks))]
    }
}

fn check_index(op: &'static str, index: &[usize], dim: usize, size: usize) -> Result<()> {
    match index.iter().find(|&&index| index >= size) {
        Some(&index) => Err(Error::Index { op, index, dim, size }),
        None => Ok(()),
    }
}

impl<T: Float> Tensor<T> {
    /// The given places along a dimension, in the given order; a place may be taken more than once.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1.0f32, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    /// assert_eq!(x.index_select(0, &[2, 0, 2]).to_vec(), [5.0, 6.0, 1.0, 2.0, 5.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such dimension or place.
    #[track_caller]
    pub fn index_select(&self, dim: impl Dim, index: &[usize]) -> Self {
        self.try_index_select(dim, index).or_panic()
    }

    /// Like [`index_select`](Self::index_select), with an error instead of a panic.
    pub fn try_index_select(&self, dim: impl Dim, index: &[usize]) -> Result<Self> {
        let dim = resolve("index_select", dim.signed(), self.layout.shape)?;
        check_index("index_select", index, dim, self.shape()[dim])?;
        Ok(self.selected(dim, &index.into()))
    }

    fn selected(&self, dim: usize, index: &Arc<[usize]>) -> Self {
        let x = self.as_slice();
        let (along, size) = (Along::new(self.shape(), dim), self.shape()[dim]);
        let y = Self::compute(self.layout.shape.with(dim, index.len()), self.device(), |out| {
            T::index_select(&x, along, index, out);
        });
        y.record(&[self], || IndexSelect { dim, index: Arc::clone(index), size })
    }

    /// This tensor with the places of `source` along a dimension added to the given places: the adjoint of
    /// [`index_select`](Self::index_select).
    ///
    /// ```
    /// use tensor::Tensor;
    /// let counts: Tensor = Tensor::zeros(3).index_add(0, &[2, 0, 2], &Tensor::ones(3));
    /// assert_eq!(counts.to_vec(), [1.0, 0.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such dimension or place, `source` has not one place for each index or differs in another
    /// dimension, or the devices differ.
    #[track_caller]
    pub fn index_add(&self, dim: impl Dim, index: &[usize], source: &Self) -> Self {
        self.try_index_add(dim, index, source).or_panic()
    }

    /// Like [`index_add`](Self::index_add), with an error instead of a panic.
    pub fn try_index_add(&self, dim: impl Dim, index: &[usize], source: &Self) -> Result<Self> {
        let shape = self.layout.shape;
        let dim = resolve("index_add", dim.signed(), shape)?;
        check_index("index_add", index, dim, shape[dim])?;
        let expected = shape.with(dim, index.len());
        if source.layout.shape != expected {
            let detail = format!(
                "{} places of {shape:?} are of shape {expected:?}, the source is {:?}",
                index.len(),
                source.layout.shape
            );
            return Err(Error::shape("index_add", detail));
        }
        self.try_add(&source.placed(dim, &index.into(), shape[dim]))
    }

    fn placed(&self, dim: usize, index: &Arc<[usize]>, size: usize) -> Self {
        let x = self.as_slice();
        let shape = self.layout.shape.with(dim, size);
        let y = Self::compute(shape, self.device(), |out| {
            out.fill(T::zero());
            T::index_add(&x, Along::new(&shape, dim), index, out);
        });
        y.record(&[self], || Placed { dim, index: Arc::clone(index) })
    }

    /// One number for each index, which says its place along `dim`; its other places are those of the index in
    /// `index_shape`: y[i, j] = x[i, index[i, j]] for dimension 1.
    ///
    /// ```
    /// use tensor::Tensor;
    /// // What each sample's label was given.
    /// let log_p = Tensor::from([[-0.1f32, -2.3], [-0.7, -0.6], [-1.2, -0.4]]);
    /// let labels = [0, 1, 1];
    /// assert_eq!(log_p.gather(1, &labels, [3, 1]).to_vec(), [-0.1, -0.6, -0.4]);
    /// ```
    ///
    /// # Panics
    /// If there is no such dimension or place, the index does not fill its shape, or that has another rank or more
    /// places than this tensor in another dimension.
    #[track_caller]
    pub fn gather(&self, dim: impl Dim, index: &[usize], index_shape: impl Into<Shape>) -> Self {
        self.try_gather(dim, index, index_shape).or_panic()
    }

    /// Like [`gather`](Self::gather), with an error instead of a panic.
    pub fn try_gather(&self, dim: impl Dim, index: &[usize], index_shape: impl Into<Shape>) -> Result<Self> {
        let picks = self.picks("gather", dim.signed(), index, index_shape.into())?;
        Ok(self.gathered(&picks))
    }

    fn picks(&self, op: &'static str, dim: isize, index: &[usize], index_shape: Shape) -> Result<Picks> {
        let shape = self.layout.shape;
        let dim = resolve(op, dim, shape)?;
        if index.len() != index_shape.numel() {
            let detail = format!("{} indices do not fill a shape of {index_shape:?}", index.len());
            return Err(Error::shape(op, detail));
        }
        let fits = |other| other == dim || index_shape[other] <= shape[other];
        if index_shape.len() != shape.len() || !(0..shape.len()).all(fits) {
            let detail = format!(
                "an index of shape {index_shape:?} does not fit {shape:?}: only dimension {dim} may be larger"
            );
            return Err(Error::shape(op, detail));
        }
        check_index(op, index, dim, shape[dim])?;
        Ok(Picks { dim, index: index.into(), index_shape })
    }

    fn gathered(&self, picks: &Picks) -> Self {
        let (x, layout) = self.raw();
        let y = Self::compute(picks.index_shape, self.device(), |out| {
            T::gather(x, layout, picks.dim, &picks.index, picks.index_shape, out);
        });
        y.record(&[self], || Gather { picks: picks.clone(), from: self.layout.shape })
    }

    /// This tensor with each number of `source` added to the place that the index, of the same shape, says along
    /// `dim`: the adjoint of [`gather`](Self::gather).
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x: Tensor = Tensor::zeros([2, 3]);
    /// let source = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.scatter_add(1, &[0, 2, 1, 1], &source).to_vec(), [1.0, 0.0, 2.0, 0.0, 7.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such dimension or place, there is not one index for each number of `source`, that has another
    /// rank or more places than this tensor in another dimension, or the devices differ.
    #[track_caller]
    pub fn scatter_add(&self, dim: impl Dim, index: &[usize], source: &Self) -> Self {
        self.try_scatter_add(dim, index, source).or_panic()
    }

    /// Like [`scatter_add`](Self::scatter_add), with an error instead of a panic.
    pub fn try_scatter_add(&self, dim: impl Dim, index: &[usize], source: &Self) -> Result<Self> {
        let picks = self.picks("scatter_add", dim.signed(), index, source.layout.shape)?;
        self.try_add(&source.scattered(&picks, self.layout.shape))
    }

    fn scattered(&self, picks: &Picks, shape: Shape) -> Self {
        let x = self.as_slice();
        let whole = Layout::contiguous(shape);
        let y = Self::compute(shape, self.device(), |out| {
            out.fill(T::zero());
            T::scatter_add(&x, &picks.index, picks.index_shape, picks.dim, out, &whole);
        });
        y.record(&[self], || Scattered { picks: picks.clone() })
    }

    /// A row of zeros with a single 1 for each label: [labels, classes].
    ///
    /// # Panics
    /// If a label is not below the number of classes.
    #[track_caller]
    pub fn one_hot(labels: &[usize], classes: usize) -> Self {
        let mut data = vec![T::zero(); labels.len() * classes];
        for (row, &label) in labels.iter().enumerate() {
            assert!(label < classes, "one_hot: there is no class {label} among {classes}");
            data[row * classes + label] = T::one();
        }
        Self::from_vec(data, [labels.len(), classes])
    }

    /// The order of the places along the given dimensions reversed.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.flip(1).to_vec(), [2.0, 1.0, 4.0, 3.0]);
    /// assert_eq!(x.flip(..).to_vec(), [4.0, 3.0, 2.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If a dimension does not exist or is named twice.
    #[track_caller]
    pub fn flip(&self, dims: impl Dims) -> Self {
        let set = resolve_set("flip", &dims, self.layout.shape).or_panic();
        (0..self.rank()).filter(|&dim| set[dim]).fold(self.clone(), |x, dim| {
            let reversed: Vec<usize> = (0..x.shape()[dim]).rev().collect();
            x.index_select(dim, &reversed)
        })
    }

    /// The places along a dimension moved on by `shift`, those beyond the end to the start.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x: Tensor = Tensor::arange(4);
    /// assert_eq!(x.roll(1, 0).to_vec(), [3.0, 0.0, 1.0, 2.0]);
    /// assert_eq!(x.roll(-1, 0).to_vec(), [1.0, 2.0, 3.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such dimension.
    #[track_caller]
    pub fn roll(&self, shift: isize, dim: impl Dim) -> Self {
        let dim = resolve("roll", dim.signed(), self.layout.shape).or_panic();
        let size = self.shape()[dim];
        let first = shift.wrapping_neg().rem_euclid(size.max(1) as isize) as usize;
        let places: Vec<usize> = (first..size).chain(0..first.min(size)).collect();
        self.index_select(dim, &places)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::ops::laws::assert_linear;
    use crate::proptest::{filled_shapes, shapes, tensors};
    use crate::{Shape, Tensor};

    /// A tensor of rank 3, a dimension, and some places along it.
    fn selections() -> impl Strategy<Value = (Tensor<f64>, usize, Vec<usize>)> {
        (filled_shapes(3..=3, 4), 0..3usize).prop_flat_map(|(shape, dim)| {
            let index = proptest::collection::vec(0..shape[dim], 0..6);
            (tensors(shape), Just(dim), index)
        })
    }

    /// A tensor of rank 3, a dimension, and an index for a gather along it.
    fn gathers() -> impl Strategy<Value = (Tensor<f64>, usize, Vec<usize>, Shape)> {
        (filled_shapes(3..=3, 4), 0..3usize, 0..6usize, 0..3usize).prop_flat_map(
            |(shape, dim, size, fewer)| {
                let other = (dim + 1) % 3;
                let index_shape = shape.with(dim, size).with(other, shape[other].saturating_sub(fewer));
                let index = proptest::collection::vec(0..shape[dim], index_shape.numel());
                (tensors(shape), Just(dim), index, Just(index_shape))
            },
        )
    }

    proptest! {
        #[test]
        fn selects_by_index((x, dim, index) in selections()) {
            let y = x.index_select(dim, &index);
            let mut shape = x.dims::<3>();
            shape[dim] = index.len();
            let expected = Tensor::from_fn(shape, |at| {
                let mut from = [at[0], at[1], at[2]];
                from[dim] = index[at[dim]];
                x.get(from)
            });
            prop_assert_eq!(y.shape(), expected.shape());
            prop_assert_eq!(y.to_vec(), expected.to_vec());
            assert_linear(|x| x.index_select(dim, &index), &x);
            assert_linear(|y| x.zeros_like().index_add(dim, &index, y), &y);
        }

        #[test]
        fn gathers_by_index((x, dim, index, index_shape) in gathers()) {
            let y = x.gather(dim, &index, index_shape);
            let strides = [index_shape[1] * index_shape[2], index_shape[2], 1];
            let expected = Tensor::from_fn(index_shape, |at| {
                let mut from = [at[0], at[1], at[2]];
                from[dim] = index[at.iter().zip(strides).map(|(i, stride)| i * stride).sum::<usize>()];
                x.get(from)
            });
            prop_assert_eq!(y.shape(), expected.shape());
            prop_assert_eq!(y.to_vec(), expected.to_vec());
            assert_linear(|x| x.gather(dim, &index, index_shape), &x);
            assert_linear(|y| x.zeros_like().scatter_add(dim, &index, y), &y);
        }

        #[test]
        fn flips_and_rolls_come_back(x in shapes(3, 5).prop_flat_map(tensors::<f64>), shift in -9isize..9) {
            prop_assert_eq!(x.flip(..).flip(..).to_vec(), x.to_vec());
            prop_assume!(x.rank() > 0);
            prop_assert_eq!(x.roll(shift, 0).roll(-shift, 0).to_vec(), x.to_vec());
            assert_linear(|x| x.flip(0).roll(shift, -1), &x);
        }
    }

    #[test]
    fn one_number_a_label() {
        let x: Tensor = Tensor::one_hot(&[1, 0, 1], 2);
        assert_eq!(x.to_vec(), [0.0, 1.0, 1.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn errors_name_the_index() {
        let x: Tensor = Tensor::zeros([2, 3]);
        let message = |result: crate::Result<Tensor>| result.unwrap_err().to_string();
        assert_eq!(
            message(x.try_index_select(-1, &[0, 3])),
            "index_select: index 3 is outside dimension 1, which has size 3"
        );
        assert_eq!(
            message(x.try_gather(1, &[0, 1], [3, 1])),
            "gather: 2 indices do not fill a shape of [3, 1]"
        );
        assert_eq!(
            message(x.try_gather(1, &[0, 1, 0], [3, 1])),
            "gather: an index of shape [3, 1] does not fit [2, 3]: only dimension 1 may be larger"
        );
        assert_eq!(
            message(x.try_index_add(0, &[0], &Tensor::zeros(3))),
            "index_add: 1 places of [2, 3] are of shape [1, 3], the source is [3]"
        );
    }
}
