//! One product of two strided matrices, on one thread.

mod blocked;
mod lanes;

pub(crate) use self::blocked::ROUND;
use self::blocked::{Correlated, Product, Shifted};
pub(crate) use self::lanes::Lanes;
use crate::layout::Layout;

/// What becomes of the numbers that stand where a product is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Write {
    /// They are overwritten.
    Over,
    /// The product is added to them.
    Onto,
}

/// `a · b` into or onto rows that begin `pitch` apart.
pub(crate) fn multiply<T: Lanes>(
    write: Write,
    a: (&[T], &Layout),
    b: (&[T], &Layout),
    out: &mut [T],
    pitch: usize,
) {
    pulp::Arch::new().dispatch(Product { write, a, b, out, pitch });
}

/// out[f, q] = Σₚ w[f, p] · x[offsets[p] + q], where rows of the result have `len` elements, a multiple of [`ROUND`].
pub(crate) fn weigh_shifted<T: Lanes>(w: &[T], x: &[T], offsets: &[usize], out: &mut [T], len: usize) {
    pulp::Arch::new().dispatch(Shifted { a: w, x, offsets, out, len });
}

/// out[f, p] += Σ_q a[f, q] · x[offsets[p] + q], where rows of a have `len` elements, a multiple of [`ROUND`].
pub(crate) fn correlate_shifted<T: Lanes>(a: &[T], x: &[T], offsets: &[usize], out: &mut [T], len: usize) {
    pulp::Arch::new().dispatch(Correlated { a, x, offsets, out, len });
}

#[cfg(test)]
mod tests {
    use super::{Write, multiply};
    use crate::Float;
    use crate::layout::{Layout, Shape};
    use crate::random::Generator;

    /// Matrices of every storage order and of sizes around those of tiles, strips and blocks, against three loops.
    #[test]
    fn a_product_is_what_three_loops_give() {
        let mut generator = Generator::seed(1);
        for (rows, inner, columns) in [
            (1, 1, 1),
            (4, 3, 16),
            (5, 17, 33),
            (3, 0, 2),
            (13, 40, 7),
            (16, 300, 48),
            (20, 17, 65),
            (259, 3, 50),
            (17, 2, 800),
        ] {
            for transposed in [[false, false], [false, true], [true, false], [true, true]] {
                for write in [Write::Over, Write::Onto] {
                    let mut draw =
                        |n: usize| -> Vec<f64> { (0..n).map(|_| generator.uniform() - 0.5).collect() };
                    let (a, b) = (draw(rows * inner), draw(inner * columns));
                    let pitch = columns + 2;
                    let before = draw((rows - 1) * pitch + columns);
                    let a_layout = matrix(rows, inner, transposed[0]);
                    let b_layout = matrix(inner, columns, transposed[1]);
                    let mut product = before.clone();
                    multiply(write, (&a, &a_layout), (&b, &b_layout), &mut product, pitch);
                    let at = |x: &[f64], layout: &Layout, i: usize, j: usize| {
                        x[layout.offset + i * layout.strides[0] + j * layout.strides[1]]
                    };
                    // Each order of the sums errs by at most (inner + 1)·ε/2·Σ|aᵢₚbₚⱼ| ≤ (inner + 1)·ε/2·(inner/4 + 1).
                    let bound = (inner + 1) as f64 * <f64 as Float>::EPSILON * (inner as f64 / 4.0 + 1.0);
                    for (place, &was) in before.iter().enumerate() {
                        let (i, j) = (place / pitch, place % pitch);
                        let expected = if j >= columns {
                            was
                        } else {
                            let sum: f64 =
                                (0..inner).map(|p| at(&a, &a_layout, i, p) * at(&b, &b_layout, p, j)).sum();
                            if write == Write::Onto { was + sum } else { sum }
                        };
                        assert!(
                            (product[place] - expected).abs() <= bound,
                            "{rows}×{inner}×{columns} {transposed:?} {write:?} at ({i}, {j}): {} for {expected}",
                            product[place]
                        );
                    }
                }
            }
        }
    }

    fn matrix(rows: usize, columns: usize, transposed: bool) -> Layout {
        if transposed {
            Layout::contiguous(Shape::from([columns, rows])).permute(&[1, 0])
        } else {
            Layout::contiguous(Shape::from([rows, columns]))
        }
    }
}
