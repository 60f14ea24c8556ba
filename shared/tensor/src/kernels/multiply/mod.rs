//! One product of two strided matrices, on one thread.
//!
//! With the feature `faer` it is faer's, whose kernels are written for each kind of vector unit: what networks train
//! with. faer takes most of a minute to compile, so without the feature the loops in `tiles` take its place: at
//! the sizes of a check nobody can tell, and a first build is ready in half the time.

#[cfg(feature = "faer")]
mod faer;
#[cfg(any(test, not(feature = "faer")))]
mod tiles;

#[cfg(feature = "faer")]
pub(crate) use self::faer::{Factor, multiply};
#[cfg(not(feature = "faer"))]
pub(crate) use self::tiles::{Factor, multiply};

/// What becomes of the numbers that stand where a product is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Write {
    /// They are overwritten.
    Over,
    /// The product is added to them.
    Onto,
}

#[cfg(test)]
mod tests {
    use super::{Write, multiply, tiles};
    use crate::Float;
    use crate::layout::{Layout, Shape};
    use crate::random::Generator;

    /// Matrices of every storage order and of sizes around the tiles', against three loops.
    #[test]
    fn both_ways_give_what_three_loops_give() {
        let mut generator = Generator::seed(1);
        for (rows, inner, columns) in
            [(1, 1, 1), (4, 3, 16), (5, 17, 33), (3, 0, 2), (13, 40, 7), (16, 300, 48)]
        {
            for transposed in [[false, false], [false, true], [true, false], [true, true]] {
                for write in [Write::Over, Write::Onto] {
                    let mut draw =
                        |n: usize| -> Vec<f64> { (0..n).map(|_| generator.uniform() - 0.5).collect() };
                    let (a, b) = (draw(rows * inner), draw(inner * columns));
                    let pitch = columns + 2;
                    let before = draw((rows - 1) * pitch + columns);
                    let a_layout = matrix(rows, inner, transposed[0]);
                    let b_layout = matrix(inner, columns, transposed[1]);
                    let mut chosen = before.clone();
                    multiply(write, (&a, &a_layout), (&b, &b_layout), &mut chosen, pitch);
                    let mut tiled = before.clone();
                    tiles::multiply(write, (&a, &a_layout), (&b, &b_layout), &mut tiled, pitch);
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
                        for (way, got) in [("chosen", &chosen), ("tiled", &tiled)] {
                            assert!(
                                (got[place] - expected).abs() <= bound,
                                "{way} {rows}×{inner}×{columns} {transposed:?} {write:?} at ({i}, {j}): {} for {expected}",
                                got[place]
                            );
                        }
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
