//! Matrix products of batches, on strided operands without copies.
//!
//! The rows of the result are cut into panels, as many as there are threads, each a sequential product on one of them.
//! The bits of a product do not depend on where it is cut, so they are the same for any number of threads.

use rayon::prelude::*;

use super::multiply::{LARGE, Lanes, Write, multiply, multiply_large};
use crate::layout::Layout;

/// Multiply-adds below which a product is not worth a fork.
const GRAIN: usize = 1 << 18;
/// The fewest rows of a panel: each copies all of b.
const PANEL: usize = 16;

/// `out[…, m, n] = a[…, m, k] · b[…, k, n]`; the leading dimensions of both are already equal, `out` is contiguous.
pub(crate) fn matmul<T: Lanes>(a: (&[T], &Layout), b: (&[T], &Layout), out: &mut [T]) {
    let rank = a.1.rank();
    let (m, k, n) = (a.1.shape[rank - 2], a.1.shape[rank - 1], b.1.shape[rank - 1]);
    if out.is_empty() {
        return;
    }
    if k == 0 {
        return out.fill(T::zero());
    }
    let work = m * k * n;
    let multiply = if work >= LARGE { multiply_large } else { multiply };
    let panels = (m / PANEL).clamp(1, rayon::current_num_threads());
    let panel = m.div_ceil(panels).next_multiple_of(8);
    let panel_of = |i: usize, rows: &mut [T]| {
        let (batch, first) = (i / m, i % m);
        let left = matrix(a, batch).narrow(0, first, rows.len() / n, 1);
        multiply(Write::Over, (a.0, &left), (b.0, &matrix(b, batch)), rows, n);
    };
    if out.len() / n * k * n <= GRAIN {
        for (i, rows) in out.chunks_mut(m * n).enumerate() {
            panel_of(i * m, rows);
        }
    } else {
        let least = (GRAIN / work).max(1);
        out.par_chunks_mut(m * n).enumerate().with_min_len(least).for_each(|(batch, out)| {
            if work <= GRAIN {
                return panel_of(batch * m, out);
            }
            out.par_chunks_mut(panel * n)
                .enumerate()
                .for_each(|(i, rows)| panel_of(batch * m + i * panel, rows));
        });
    }
}

/// The last two dimensions at the `batch`-th place of the leading ones.
fn matrix((_, layout): (&[impl Sized], &Layout), mut batch: usize) -> Layout {
    let mut matrix = *layout;
    while matrix.rank() > 2 {
        let last = matrix.rank() - 3;
        let size = matrix.shape[last];
        matrix = matrix.narrow(last, batch % size, 1, 1).remove(last);
        batch /= size;
    }
    matrix
}
