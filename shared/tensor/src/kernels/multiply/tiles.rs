//! The product by tiles: a few rows times a few columns of the result at a time, in registers.
//!
//! Every number of a tile of R × C is used C or R times once it is in a register, so R·C multiply-adds cost R + C loads
//! instead of 2·R·C (Goto and van de Geijn 2008, whose innermost loop this is). The rows and columns of a tile are
//! copied next to each other first, which makes one case of all strides, and the ends are filled up with zeros, which
//! makes one case of all sizes.

/// What these loops can multiply.
pub(crate) use crate::Float as Factor;

use super::Write;
use crate::kernels::vectorized;
use crate::layout::Layout;

/// The rows and columns of a tile: 4 × 16 sums and a row of 16 fit the sixteen registers of AVX2.
const ROWS: usize = 4;
const COLUMNS: usize = 16;

/// `a · b` into or onto rows that begin `pitch` apart.
pub(crate) fn multiply<T: Factor>(
    write: Write,
    (a, a_layout): (&[T], &Layout),
    (b, b_layout): (&[T], &Layout),
    out: &mut [T],
    pitch: usize,
) {
    let (rows, inner, columns) = (a_layout.shape[0], a_layout.shape[1], b_layout.shape[1]);
    let left = packed::<T, ROWS>(a, a_layout, rows, inner, [0, 1]);
    let right = packed::<T, COLUMNS>(b, b_layout, columns, inner, [1, 0]);
    for i in 0..rows.div_ceil(ROWS) {
        let left = &left[i * inner..(i + 1) * inner];
        for j in 0..columns.div_ceil(COLUMNS) {
            let tile = vectorized(|| tile(left, &right[j * inner..(j + 1) * inner]));
            let width = COLUMNS.min(columns - j * COLUMNS);
            for (r, sums) in tile.iter().enumerate().take(rows - i * ROWS) {
                let out = &mut out[(i * ROWS + r) * pitch + j * COLUMNS..][..width];
                match write {
                    Write::Over => out.copy_from_slice(&sums[..width]),
                    Write::Onto => out.iter_mut().zip(sums).for_each(|(out, &sum)| *out += sum),
                }
            }
        }
    }
}

/// Strips of `N` lines: for each strip, for each inner index, the `N` numbers of the lines. `dims` are the line's and
/// the inner dimension.
fn packed<T: Factor, const N: usize>(
    x: &[T],
    layout: &Layout,
    lines: usize,
    inner: usize,
    dims: [usize; 2],
) -> Vec<[T; N]> {
    assert!(layout.end() <= x.len(), "a matrix of {lines} lines of {inner} does not fit its buffer");
    let [line_stride, inner_stride] = dims.map(|dim| layout.strides[dim]);
    let mut strips = vec![[T::zero(); N]; lines.div_ceil(N) * inner];
    for line in 0..lines {
        let strip = &mut strips[line / N * inner..][..inner];
        let start = layout.offset + line * line_stride;
        for (p, numbers) in strip.iter_mut().enumerate() {
            numbers[line % N] = x[start + p * inner_stride];
        }
    }
    strips
}

#[inline(always)]
fn tile<T: Factor>(left: &[[T; ROWS]], right: &[[T; COLUMNS]]) -> [[T; COLUMNS]; ROWS] {
    let mut sums = [[T::zero(); COLUMNS]; ROWS];
    for (left, right) in left.iter().zip(right) {
        for r in 0..ROWS {
            for c in 0..COLUMNS {
                sums[r][c] += left[r] * right[c];
            }
        }
    }
    sums
}
