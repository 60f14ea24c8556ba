//! Matrix products through faer, on strided operands without copies.
//!
//! faer reads any strides, so a transposed or sliced operand costs nothing. Its own threading is for large
//! matrices and may order its sums by the number of threads; instead the rows of the result are cut into panels
//! whose number depends on the shape alone, each a sequential product, so the bits are always the same.

use faer::linalg::matmul::matmul as faer_matmul;
use faer::traits::ComplexField;
use faer::{Accum, MatMut, MatRef, Par};
use rayon::prelude::*;

use crate::Float;
use crate::layout::Layout;

/// Multiply-adds below which a product is not worth a fork.
const GRAIN: usize = 1 << 20;
/// The most panels of one product: enough to keep a laptop's cores even, few enough to pack operands seldom.
const PANELS: usize = 8;

/// `out[…, m, n] = a[…, m, k] · b[…, k, n]`; the leading dimensions of both are already equal, `out` is contiguous.
pub(crate) fn matmul<T: Float + ComplexField>(a: (&[T], &Layout), b: (&[T], &Layout), out: &mut [T]) {
    let rank = a.1.rank();
    let (m, k, n) = (a.1.shape[rank - 2], a.1.shape[rank - 1], b.1.shape[rank - 1]);
    if out.is_empty() {
        return;
    }
    if k == 0 {
        return out.fill(T::zero());
    }
    let work = m * k * n;
    let panels = (work / GRAIN).clamp(1, PANELS.min(m));
    let panel = m.div_ceil(panels);
    let product = |i: usize, rows: &mut [T]| {
        let (batch, first) = (i / m, i % m);
        let left = matrix(a, batch).narrow(0, first, rows.len() / n, 1);
        gemm(Accum::Replace, (a.0, &left), (b.0, &matrix(b, batch)), rows, n);
    };
    if out.len() / n * k * n <= GRAIN {
        for (i, rows) in out.chunks_mut(m * n).enumerate() {
            product(i * m, rows);
        }
    } else {
        let least = (GRAIN / work).max(1);
        out.par_chunks_mut(m * n).enumerate().with_min_len(least).for_each(|(batch, out)| {
            out.par_chunks_mut(panel * n)
                .enumerate()
                .for_each(|(i, rows)| product(batch * m + i * panel, rows));
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

/// One sequential product of strided matrices, into or onto rows that begin `pitch` apart.
pub(crate) fn gemm<T: Float + ComplexField>(
    accum: Accum,
    a: (&[T], &Layout),
    b: (&[T], &Layout),
    out: &mut [T],
    pitch: usize,
) {
    let (rows, columns) = (a.1.shape[0], b.1.shape[1]);
    // Row-major is column-major transposed; faer 0.24's own `from_row_major_slice_with_stride_mut` takes the stride
    // for that of columns and writes out of bounds.
    let out = MatMut::from_column_major_slice_with_stride_mut(out, columns, rows, pitch).transpose_mut();
    faer_matmul(out, accum, strided(a.0, a.1), strided(b.0, b.1), T::one(), Par::Seq);
}

/// A slice read as a matrix through a layout.
#[allow(unsafe_code)]
fn strided<'x, T: Float>(x: &'x [T], layout: &Layout) -> MatRef<'x, T> {
    let (rows, columns) = (layout.shape[0], layout.shape[1]);
    assert!(layout.end() <= x.len(), "a matrix of {rows} × {columns} does not fit its buffer");
    let (row_stride, column_stride) = (layout.strides[0] as isize, layout.strides[1] as isize);
    // SAFETY: every index (i, j) < (rows, columns) is at most `layout.end() - 1`, which the assertion above bounds
    // by the slice's length; the returned matrix borrows the slice for as long as it lives.
    unsafe { MatRef::from_raw_parts(x[layout.offset..].as_ptr(), rows, columns, row_stride, column_stride) }
}
