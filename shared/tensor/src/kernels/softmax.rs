//! Softmax and its logarithm along the last dimension.
//!
//! Both subtract the row's maximum first, so that no exponential overflows: softmax(x)ᵢ = e^(xᵢ−m) / Σⱼ e^(xⱼ−m),
//! log softmax(x)ᵢ = xᵢ − m − log Σⱼ e^(xⱼ−m).

use rayon::prelude::*;

use super::{GRAIN, Walk};
use crate::Float;
use crate::layout::Layout;

/// Which of the two is computed.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Normalised {
    Softmax,
    LogSoftmax,
}

/// `out` is contiguous and has the shape of `layout`, whose last dimension is normalised.
pub(crate) fn softmax<T: Float>(kind: Normalised, x: &[T], layout: &Layout, out: &mut [T]) {
    let width = layout.shape[layout.rank() - 1];
    if out.is_empty() {
        return;
    }
    let walk = Walk::new(layout);
    let rows_per_task = (GRAIN / 4 / width).max(1);
    out.par_chunks_mut(rows_per_task * width).enumerate().for_each(|(i, rows)| {
        walk.gather(x, i * rows_per_task * width, rows);
        for row in rows.chunks_mut(width) {
            let max =
                row.iter().copied().fold(T::neg_infinity(), |a, b| if b > a || b.is_nan() { b } else { a });
            if kind == Normalised::LogSoftmax {
                let sum: T = row.iter().map(|&x| (x - max).exp()).sum();
                let shift = max + sum.ln();
                row.iter_mut().for_each(|x| *x -= shift);
            } else {
                row.iter_mut().for_each(|x| *x = (*x - max).exp());
                let scale = row.iter().copied().sum::<T>().recip();
                row.iter_mut().for_each(|x| *x *= scale);
            }
        }
    });
}
