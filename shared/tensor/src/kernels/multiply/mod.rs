//! One product of two strided matrices, on one thread.
//!
//! There are two ways. `blocked` is our own, always there, and what convolutions are made of. With the feature `faer`
//! (for whatever trains) a product of whole matrices that is [`LARGE`] is faer's, whose kernels are written in machine
//! code for each kind of vector unit. faer takes most of a minute to compile; what only checks does without it. Neither way
//! shows in its bits how the rows were cut among threads.

mod blocked;
#[cfg(feature = "faer")]
mod faer;
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

/// The multiply-adds from which on faer is the faster one. One thread of a Xeon with AVX-512, f32, faer's time by ours: 32³ 1.77, 48³
/// 1.32, 64³ 0.94, 96³ 0.91, 64 × 400 × 120 0.99, 256³ 0.94, 128 × 784 × 128 1.03, 1024³ 0.91.
pub(crate) const LARGE: usize = 1 << 18;

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

/// The same for a product that has [`LARGE`] multiply-adds or more, of which this may be some rows: by faer, if it is
/// there.
pub(crate) fn multiply_large<T: Lanes>(
    write: Write,
    a: (&[T], &Layout),
    b: (&[T], &Layout),
    out: &mut [T],
    pitch: usize,
) {
    #[cfg(feature = "faer")]
    faer::multiply(write, a, b, out, pitch);
    #[cfg(not(feature = "faer"))]
    multiply(write, a, b, out, pitch);
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
    use super::{Lanes, Write, multiply, multiply_large};
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
                    let [mut blocked, mut large] = [before.clone(), before.clone()];
                    multiply(write, (&a, &a_layout), (&b, &b_layout), &mut blocked, pitch);
                    multiply_large(write, (&a, &a_layout), (&b, &b_layout), &mut large, pitch);
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
                        for (way, product) in [("blocked", &blocked), ("large", &large)] {
                            assert!(
                                (product[place] - expected).abs() <= bound,
                                "{way} {rows}×{inner}×{columns} {transposed:?} {write:?} at ({i}, {j}): {} for {expected}",
                                product[place]
                            );
                        }
                    }
                }
            }
        }
    }

    /// Threads cut a product into as many panels of rows as they are: that must not show.
    #[test]
    fn the_bits_do_not_depend_on_how_rows_are_cut() {
        fn assert_same_bits<T: Lanes>() {
            let mut generator = Generator::seed(2);
            for (rows, inner, columns) in
                [(64, 64, 64), (128, 784, 256), (200, 33, 129), (40, 1100, 70), (500, 300, 20)]
            {
                for transposed in [[false, false], [false, true], [true, false]] {
                    let mut draw = |n: usize| -> Vec<T> {
                        (0..n).map(|_| T::from_f64(generator.uniform() - 0.5)).collect()
                    };
                    let (a, b) = (draw(rows * inner), draw(inner * columns));
                    let a_layout = matrix(rows, inner, transposed[0]);
                    let b_layout = matrix(inner, columns, transposed[1]);
                    for way in [multiply::<T>, multiply_large::<T>] {
                        let product = |panel: usize| {
                            let mut product = vec![T::zero(); rows * columns];
                            for (i, out) in product.chunks_mut(panel * columns).enumerate() {
                                let part = a_layout.narrow(0, i * panel, out.len() / columns, 1);
                                way(Write::Over, (&a, &part), (&b, &b_layout), out, columns);
                            }
                            product
                        };
                        let whole = product(rows);
                        for panel in [rows.div_ceil(2), 8 * rows.div_ceil(3 * 8), 16] {
                            assert!(
                                whole == product(panel),
                                "{rows}×{inner}×{columns} {transposed:?} by {panel}"
                            );
                        }
                    }
                }
            }
        }
        assert_same_bits::<f32>();
        assert_same_bits::<f64>();
    }

    fn matrix(rows: usize, columns: usize, transposed: bool) -> Layout {
        if transposed {
            Layout::contiguous(Shape::from([columns, rows])).permute(&[1, 0])
        } else {
            Layout::contiguous(Shape::from([rows, columns]))
        }
    }
}
