//! Reductions: many numbers become one.
//!
//! The dimensions that are kept come first in the layout, those that are folded away last. Where a folded run lies
//! contiguously it is folded row by row; where the kept dimension is the contiguous one (the sum of a batch), whole
//! rows are added to a row of results. Sums are blocked, so that the rounding error of n terms grows like log n or
//! √n rather than n (Higham, *Accuracy and Stability of Numerical Algorithms*, 2002, §4.2).

use rayon::prelude::*;

use super::{GRAIN, Walk, vectorized};
use crate::Float;
use crate::layout::{Layout, Shape};

/// How two numbers become one.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fold {
    Sum,
    Max,
    Min,
}

const BLOCK: usize = 1 << 10;

/// Folds all dimensions of `layout` from the `kept`-th on; `out` has one element for each of the others.
pub(crate) fn fold<T: Float>(kind: Fold, x: &[T], layout: &Layout, kept: usize, out: &mut [T]) {
    match kind {
        Fold::Sum => fold_with(x, layout, kept, out, T::zero(), |a, b| a + b),
        // NaN wins, as in NumPy and PyTorch.
        Fold::Max => {
            fold_with(x, layout, kept, out, T::neg_infinity(), |a, b| if a > b || a.is_nan() { a } else { b })
        }
        Fold::Min => {
            fold_with(x, layout, kept, out, T::infinity(), |a, b| if a < b || a.is_nan() { a } else { b })
        }
    }
}

/// The position of the first largest element of each folded run, counted in row-major order.
pub(crate) fn argmax<T: Float>(x: &[T], layout: &Layout, kept: usize, out: &mut [usize]) {
    let (_, folded) = split(layout, kept);
    let run = folded.numel();
    let walk = Walk::new(layout);
    let mut row = vec![T::zero(); run];
    for (i, best) in out.iter_mut().enumerate() {
        walk.gather(x, i * run, &mut row);
        *best = (1..run).fold(0, |best, j| {
            // The first NaN wins.
            if row[j] > row[best] || (row[j].is_nan() && !row[best].is_nan()) { j } else { best }
        });
    }
}

/// The layouts of the kept dimensions and of the folded ones.
fn split(layout: &Layout, kept: usize) -> (Layout, Layout) {
    let part = |range: std::ops::Range<usize>| {
        let mut part = Layout::contiguous(Shape::new(&layout.shape[range.clone()]));
        part.strides[..range.len()].copy_from_slice(&layout.strides[range]);
        part
    };
    let (mut outer, inner) = (part(0..kept), part(kept..layout.rank()));
    outer.offset = layout.offset;
    (outer, inner)
}

fn fold_with<T: Float>(
    x: &[T],
    layout: &Layout,
    kept: usize,
    out: &mut [T],
    start: T,
    f: impl Fn(T, T) -> T + Copy + Sync,
) {
    let (outer, inner) = split(layout, kept);
    let run = inner.numel();
    if run == 0 {
        return out.fill(start);
    }
    if folds_whole_rows(&outer, &inner) {
        // Rows of the innermost kept dimension lie contiguously: fold row onto row.
        let width = outer.shape[kept - 1];
        let rows = outer.narrow(kept - 1, 0, 1, 1);
        each_run(out, width, run, |i, out| {
            let base = offset_of(&rows, i);
            fold_rows(x, base, &inner, out, start, f);
        });
    } else {
        let inner = Walk::new(&inner);
        each_run(out, 1, run, |i, out| {
            let x = &x[offset_of(&outer, i)..];
            out[0] = fold_blocks(x, &inner, 0, run, start, f);
        });
    }
}

/// Whether the innermost kept dimension is contiguous while the folded ones are not.
fn folds_whole_rows(outer: &Layout, inner: &Layout) -> bool {
    let Some(last) = outer.rank().checked_sub(1) else {
        return false;
    };
    let shortest = (0..inner.rank()).filter(|&i| inner.shape[i] > 1).map(|i| inner.strides[i]).min();
    outer.strides[last] == 1 && outer.shape[last] > 1 && shortest.is_some_and(|stride| stride > 1)
}

/// Calls `task` for every piece of `width` results, each of which folds `run` numbers.
fn each_run<T: Send>(out: &mut [T], width: usize, run: usize, task: impl Fn(usize, &mut [T]) + Sync) {
    if out.len().saturating_mul(run) <= GRAIN || out.len() == width {
        out.chunks_mut(width).enumerate().for_each(|(i, out)| task(i, out));
    } else {
        let least = (GRAIN / (width * run)).max(1);
        out.par_chunks_mut(width).enumerate().with_min_len(least).for_each(|(i, out)| task(i, out));
    }
}

/// Where element `i`, counted in row-major order, lies.
fn offset_of(layout: &Layout, mut i: usize) -> usize {
    let mut offset = layout.offset;
    for dim in (0..layout.rank()).rev() {
        offset += i % layout.shape[dim] * layout.strides[dim];
        i /= layout.shape[dim];
    }
    offset
}

/// Folds row onto row, 64 rows at a time, and the partial results onto each other.
fn fold_rows<T: Float>(
    x: &[T],
    base: usize,
    inner: &Layout,
    out: &mut [T],
    start: T,
    f: impl Fn(T, T) -> T + Copy,
) {
    let rows = inner.numel();
    let mut partial = vec![start; out.len()];
    out.fill(start);
    for i in 0..rows {
        let row = &x[base + offset_of(inner, i)..][..out.len()];
        fold_onto(&mut partial, row, f);
        if i % 64 == 63 || i + 1 == rows {
            fold_onto(out, &partial, f);
            partial.fill(start);
        }
    }
}

#[inline(always)]
fn fold_onto<T: Copy>(out: &mut [T], row: &[T], f: impl Fn(T, T) -> T) {
    vectorized(
        #[inline(always)]
        || out.iter_mut().zip(row).for_each(|(a, &b)| *a = f(*a, b)),
    );
}

/// Folds `len` elements from `from` on: halves are folded apart until they fit a block.
fn fold_blocks<T: Float>(
    x: &[T],
    walk: &Walk,
    from: usize,
    len: usize,
    start: T,
    f: impl Fn(T, T) -> T + Copy,
) -> T {
    if len > BLOCK {
        // A power of two, so that blocks begin where they would in a longer run.
        let half = len.next_power_of_two() / 2;
        return f(
            fold_blocks(x, walk, from, half, start, f),
            fold_blocks(x, walk, from + half, len - half, start, f),
        );
    }
    match walk.as_slice(x, from, len) {
        Some(row) => fold_slice(row, start, f),
        None => {
            let mut buffer = [T::zero(); BLOCK];
            walk.gather(x, from, &mut buffer[..len]);
            fold_slice(&buffer[..len], start, f)
        }
    }
}

/// Folds in 16 lanes side by side, then the lanes.
#[inline(always)]
fn fold_slice<T: Float>(x: &[T], start: T, f: impl Fn(T, T) -> T) -> T {
    vectorized(
        #[inline(always)]
        || {
            let mut lanes = [start; 16];
            let (chunks, rest) = x.as_chunks::<16>();
            for chunk in chunks {
                for (lane, &x) in lanes.iter_mut().zip(chunk) {
                    *lane = f(*lane, x);
                }
            }
            for (lane, &x) in lanes.iter_mut().zip(rest) {
                *lane = f(*lane, x);
            }
            let mut width = 8;
            while width > 0 {
                for i in 0..width {
                    lanes[i] = f(lanes[i], lanes[i + width]);
                }
                width /= 2;
            }
            lanes[0]
        },
    )
}
