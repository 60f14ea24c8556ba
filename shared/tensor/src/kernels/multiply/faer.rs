//! The product by faer, which reads any strides: a transposed or sliced operand costs nothing.

use ::faer::linalg::matmul::matmul;
/// What faer can multiply.
pub(crate) use ::faer::traits::ComplexField as Factor;
use ::faer::{Accum, MatMut, MatRef, Par};

use super::Write;
use crate::Float;
use crate::layout::Layout;

/// `a · b` into or onto rows that begin `pitch` apart.
pub(crate) fn multiply<T: Float + Factor>(
    write: Write,
    a: (&[T], &Layout),
    b: (&[T], &Layout),
    out: &mut [T],
    pitch: usize,
) {
    let (rows, columns) = (a.1.shape[0], b.1.shape[1]);
    // Row-major is column-major transposed; faer 0.24's own `from_row_major_slice_with_stride_mut` takes the stride
    // for that of columns and writes out of bounds.
    let out = MatMut::from_column_major_slice_with_stride_mut(out, columns, rows, pitch).transpose_mut();
    let accum = match write {
        Write::Over => Accum::Replace,
        Write::Onto => Accum::Add,
    };
    matmul(out, accum, strided(a.0, a.1), strided(b.0, b.1), T::one(), Par::Seq);
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
