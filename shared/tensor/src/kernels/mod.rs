//! What computes: plain functions on slices and layouts.
//!
//! Kernels never see a tensor and know nothing of gradients; `ops` calls them through [`Kernels`](crate::float::Kernels).
//! Threads and faer live here only. Work is split into chunks whose size depends on the data alone, and partial
//! results are combined in a fixed order: the bits do not depend on the number of threads.

pub(crate) mod conv;
mod direct;
pub(crate) mod fold;
pub(crate) mod index;
pub(crate) mod map;
pub(crate) mod matmul;
mod multiply;
pub(crate) mod pool;
pub(crate) mod softmax;
mod strided;
pub(crate) mod unfold;

pub(crate) use conv::Geometry;
pub(crate) use fold::Fold;
pub(crate) use index::{Along, Order};
pub(crate) use map::{Binary, Unary};
pub(crate) use pool::{Regions, Span};
pub(crate) use softmax::Normalised;
pub(crate) use strided::Walk;

/// The elements that one task takes: below it, a fork costs more than it gains.
pub(crate) const GRAIN: usize = 1 << 15;

/// Runs a loop compiled for the widest vectors that this processor has. The loop must be inlined into the
/// closure, which is what `#[inline(always)]` on its parts is for.
#[inline(always)]
pub(crate) fn vectorized<R>(body: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(body)
}
