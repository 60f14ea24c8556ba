//! Picking numbers by their index, and the adjoint: adding numbers where an index says.
//!
//! Additions to the same place happen in the order of the index, on one thread, so that their sum has the same bits
//! every time.

use rayon::prelude::*;

use super::{GRAIN, Walk};
use crate::Float;
use crate::layout::{Layout, Shape};

/// A contiguous tensor seen along one dimension: `outer` times `size` rows of `inner` numbers.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Along {
    pub(crate) outer: usize,
    pub(crate) size: usize,
    pub(crate) inner: usize,
}

impl Along {
    pub(crate) fn new(shape: &[usize], dim: usize) -> Self {
        let product = |dims: &[usize]| dims.iter().product();
        Self { outer: product(&shape[..dim]), size: shape[dim], inner: product(&shape[dim + 1..]) }
    }
}

/// Row `index[j]` of `x` becomes row j of `out`, in each of the outer blocks.
pub(crate) fn index_select<T: Float>(x: &[T], along: Along, index: &[usize], out: &mut [T]) {
    let Along { size, inner, .. } = along;
    if out.is_empty() {
        return;
    }
    let rows = (GRAIN / inner).max(1);
    out.par_chunks_mut(rows * inner).enumerate().for_each(|(i, chunk)| {
        for (row, out) in chunk.chunks_mut(inner).enumerate() {
            let row = i * rows + row;
            let (block, j) = (row / index.len(), row % index.len());
            out.copy_from_slice(&x[(block * size + index[j]) * inner..][..inner]);
        }
    });
}

/// Row j of `x` is added to row `index[j]` of `out`, which `along` describes, in each of the outer blocks.
pub(crate) fn index_add<T: Float>(x: &[T], along: Along, index: &[usize], out: &mut [T]) {
    let Along { outer, size, inner } = along;
    for block in 0..outer {
        for (j, &place) in index.iter().enumerate() {
            let row = &x[(block * index.len() + j) * inner..][..inner];
            let out = &mut out[(block * size + place) * inner..][..inner];
            out.iter_mut().zip(row).for_each(|(y, &x)| *y += x);
        }
    }
}

/// `layout` as the index of a gather walks it: without `dim`, along which the index itself tells the place.
fn across(layout: &Layout, dim: usize, index_shape: Shape) -> Walk {
    let mut across = Layout { shape: index_shape, ..*layout };
    across.strides[dim] = 0;
    Walk::new(&across)
}

/// `out[i, j, …] = x[i, index[i, j, …], …]` with the index in place `dim`.
pub(crate) fn gather<T: Float>(
    x: &[T],
    layout: &Layout,
    dim: usize,
    index: &[usize],
    index_shape: Shape,
    out: &mut [T],
) {
    let stride = layout.strides[dim];
    across(layout, dim, index_shape).each_run(0, out.len(), |done, offset, step, run| {
        let index = &index[done..][..run];
        for (i, (y, place)) in out[done..][..run].iter_mut().zip(index).enumerate() {
            *y = x[offset + i * step + place * stride];
        }
    });
}

/// `out[i, index[i, j, …], …] += x[i, j, …]` with the index in place `dim`; `layout` is that of `out`.
pub(crate) fn scatter_add<T: Float>(
    x: &[T],
    index: &[usize],
    index_shape: Shape,
    dim: usize,
    out: &mut [T],
    layout: &Layout,
) {
    let stride = layout.strides[dim];
    across(layout, dim, index_shape).each_run(0, x.len(), |done, offset, step, run| {
        let index = &index[done..][..run];
        for (i, (&x, place)) in x[done..][..run].iter().zip(index).enumerate() {
            out[offset + i * step + place * stride] += x;
        }
    });
}

/// `out` holds x; each row becomes the sum of the rows up to it. The sums are kept in double precision.
pub(crate) fn cumsum<T: Float>(along: Along, out: &mut [T]) {
    let Along { size, inner, .. } = along;
    if out.is_empty() {
        return;
    }
    out.par_chunks_mut(size * inner).with_min_len((GRAIN / (size * inner)).max(1)).for_each(|block| {
        let mut sums = vec![0.0; inner];
        for row in block.chunks_mut(inner) {
            for (sum, x) in sums.iter_mut().zip(row) {
                *sum += x.as_f64();
                *x = T::from_f64(*sum);
            }
        }
    });
}

/// Which numbers come first.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Order {
    SmallestFirst,
    LargestFirst,
}

/// The places that sort each run of the last dimension; NaN counts as larger than any number, and equal numbers stay
/// in their order.
pub(crate) fn argsort<T: Float>(order: Order, x: &[T], layout: &Layout, out: &mut [usize]) {
    let width = layout.shape[layout.rank() - 1];
    if out.is_empty() {
        return;
    }
    let walk = Walk::new(layout);
    let mut row = vec![T::zero(); width];
    for (i, places) in out.chunks_mut(width).enumerate() {
        walk.gather(x, i * width, &mut row);
        places.iter_mut().enumerate().for_each(|(j, place)| *place = j);
        places.sort_by(|&a, &b| {
            let (a, b) = (row[a], row[b]);
            let ascending = a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()));
            match order {
                Order::SmallestFirst => ascending,
                Order::LargestFirst => ascending.reverse(),
            }
        });
    }
}
