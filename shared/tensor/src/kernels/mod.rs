//! What computes: plain functions on slices and layouts.
//!
//! Kernels never see a tensor and know nothing of gradients; `ops` calls them through [`Kernels`](crate::float::Kernels).
//! Threads and faer live here only. Work is split into chunks whose size depends on the data alone, and partial
//! results are combined in a fixed order: the bits do not depend on the number of threads.

pub(crate) mod conv;
mod direct;
pub(crate) mod elementary;
pub(crate) mod fold;
pub(crate) mod index;
pub(crate) mod map;
pub(crate) mod matmul;
mod multiply;
pub(crate) mod norm;
pub(crate) mod pool;
pub(crate) mod softmax;
mod strided;
pub(crate) mod unfold;

pub(crate) use conv::Geometry;
pub(crate) use fold::Fold;
pub(crate) use index::{Along, Order};
pub(crate) use map::{Binary, Unary};
pub(crate) use norm::Planes;
pub(crate) use pool::{Regions, Span};
pub(crate) use softmax::Normalised;
pub(crate) use strided::Walk;

use std::num::NonZero;
use std::sync::Once;

use crate::Float;

/// The elements that one task takes: below it, a fork costs more than it gains.
pub(crate) const GRAIN: usize = 1 << 15;

/// Makes the main thread one of those that compute, if it is the first that asks. A fork from outside the threads
/// wakes one of them and sleeps until it is done, from inside it goes on with its own part. Where there would be no other
/// thread, it stays outside: somebody else's thread could wait forever for one that waits for it.
pub(crate) fn start_threads() {
    static START: Once = Once::new();
    START.call_once(|| {
        let asked =
            std::env::var("RAYON_NUM_THREADS").ok().and_then(|number| number.parse::<NonZero<usize>>().ok());
        let threads = asked.or(std::thread::available_parallelism().ok());
        if std::thread::current().name() == Some("main") && threads.is_some_and(|threads| threads.get() > 1) {
            // Whoever has built the threads already has decided otherwise.
            let _ = rayon::ThreadPoolBuilder::new().use_current_thread().build_global();
        }
    });
}

/// Hands pieces of rows of the same length to `f`, on all threads and compiled for the widest vectors: for a loop over
/// many numbers that an optimizer changes. What `f` does to one place must not depend on the others.
///
/// ```
/// let (mut x, dx) = (vec![1.0f32; 100_000], vec![10.0; 100_000]);
/// tensor::in_pieces([&mut x], &dx, |[x], dx| x.iter_mut().zip(dx).for_each(|(x, dx)| *x -= 0.1 * dx));
/// assert_eq!(x, vec![0.0; 100_000]);
/// ```
///
/// # Panics
/// If the rows differ in length.
pub fn in_pieces<T: Float, const N: usize>(
    rows: [&mut [T]; N],
    others: &[T],
    f: impl Fn([&mut [T]; N], &[T]) + Copy + Sync,
) {
    assert!(rows.iter().all(|row| row.len() == others.len()), "in_pieces: the rows differ in length");
    if others.len() <= GRAIN {
        return vectorized(
            #[inline(always)]
            || f(rows, others),
        );
    }
    let middle = (others.len() / 2).next_multiple_of(64);
    let mut right: [&mut [T]; N] = std::array::from_fn(|_| Default::default());
    let mut ends = right.iter_mut();
    let left = rows.map(|row| {
        let (start, end) = row.split_at_mut(middle);
        *ends.next().expect("a half for every row") = end;
        start
    });
    rayon::join(|| in_pieces(left, &others[..middle], f), || in_pieces(right, &others[middle..], f));
}

/// Runs a loop compiled for the widest vectors that this processor has. The loop must be inlined into the
/// closure, which is what `#[inline(always)]` on its parts is for.
#[inline(always)]
pub(crate) fn vectorized<R>(body: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(body)
}
