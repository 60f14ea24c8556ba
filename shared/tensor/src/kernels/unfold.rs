//! im2col and col2im: windows as columns, and columns added back to where they came from.
//!
//! A channel of x becomes one row per tap of the kernel and one column per position of the window, so that a
//! convolution is a matrix product (Chellapilla, Puri and Simard, *High Performance Convolutional Neural Networks
//! for Document Processing*, 2006). A row is made line by line: along the last dimension the places that a tap meets
//! are one run, and what is left and right of them is padding.

use std::ops::Range;

use rayon::prelude::*;

use super::{GRAIN, vectorized};
use crate::Float;
use crate::window::Window;

/// Every channel of `x` as columns: `[planes, …]` becomes `[planes · taps, positions]`.
pub(crate) fn unfold<T: Float>(x: &[T], window: &Window, columns: &mut [T]) {
    let (plane, positions, rows) = (window.plane(), window.positions(), window.taps() * window.positions());
    if columns.is_empty() {
        return;
    }
    let least = (GRAIN / rows).max(1);
    columns.par_chunks_mut(rows).enumerate().with_min_len(least).for_each(|(i, columns)| {
        unfold_plane(&x[i * plane..][..plane], window, 0..positions, columns, positions);
    });
}

/// The adjoint of [`unfold`]: every place of `x` gets the sum of the columns' elements that it became.
pub(crate) fn overlap_add<T: Float>(columns: &[T], window: &Window, x: &mut [T]) {
    let (plane, positions, rows) = (window.plane(), window.positions(), window.taps() * window.positions());
    if x.is_empty() {
        return;
    }
    let least = (GRAIN / rows.max(1)).max(1);
    x.par_chunks_mut(plane).enumerate().with_min_len(least).for_each(|(i, x)| {
        x.fill(T::zero());
        overlap_add_plane(&columns[i * rows..][..rows], positions, window, 0..positions, x);
    });
}

/// Some positions of the window over one channel, as rows that begin `pitch` apart.
pub(crate) fn unfold_plane<T: Float>(
    x: &[T],
    window: &Window,
    positions: Range<usize>,
    columns: &mut [T],
    pitch: usize,
) {
    let step = window.axes[2].stride;
    for (i, tap) in taps(window).enumerate() {
        let row = &mut columns[i * pitch..][..positions.len()];
        each_line(window, tap, &positions, |line, met, from| {
            let line = &mut row[line];
            line[..met.start].fill(T::zero());
            line[met.end..].fill(T::zero());
            let line = &mut line[met];
            if step == 1 {
                line.copy_from_slice(&x[from..][..line.len()]);
            } else {
                line.iter_mut().zip(x[from..].iter().step_by(step)).for_each(|(y, &x)| *y = x);
            }
        });
    }
}

/// Adds rows that [`unfold_plane`] would have made to the channel that they would have been made from.
pub(crate) fn overlap_add_plane<T: Float>(
    columns: &[T],
    pitch: usize,
    window: &Window,
    positions: Range<usize>,
    x: &mut [T],
) {
    let step = window.axes[2].stride;
    vectorized(
        #[inline(always)]
        || {
            for (i, tap) in taps(window).enumerate() {
                let row = &columns[i * pitch..][..positions.len()];
                each_line(
                    window,
                    tap,
                    &positions,
                    #[inline(always)]
                    |line, met, from| {
                        let line = &row[line][met];
                        if step == 1 {
                            let x = &mut x[from..][..line.len()];
                            x.iter_mut().zip(line).for_each(|(x, &y)| *x += y);
                        } else {
                            x[from..].iter_mut().step_by(step).zip(line).for_each(|(x, &y)| *x += y);
                        }
                    },
                );
            }
        },
    );
}

/// The taps of the kernel in row-major order.
fn taps(window: &Window) -> impl Iterator<Item = [usize; 3]> {
    let [depth, height, width] = window.axes.map(|axis| axis.kernel);
    (0..depth).flat_map(move |z| (0..height).flat_map(move |y| (0..width).map(move |x| [z, y, x])))
}

/// Calls `visit` for every line of the output that has some of the positions, with where they are among the
/// positions, which of them the tap meets inside the input, and where it meets the first of those. The next ones
/// follow at the stride.
#[inline(always)]
fn each_line(
    window: &Window,
    tap: [usize; 3],
    positions: &Range<usize>,
    mut visit: impl FnMut(Range<usize>, Range<usize>, usize),
) {
    let [depth, height, width] = &window.axes;
    let [planes, lines, places] = [0, 1, 2].map(|dim| window.axes[dim].visited(tap[dim]));
    let (line, mut first) = (positions.start / width.output, positions.start % width.output);
    let (mut z, mut y) = (line / height.output, line % height.output);
    let mut done = 0;
    while done < positions.len() {
        let len = (width.output - first).min(positions.len() - done);
        let met = places.start.max(first)..places.end.min(first + len);
        if met.is_empty() || !planes.contains(&z) || !lines.contains(&y) {
            visit(done..done + len, 0..0, 0);
        } else {
            let line = depth.met(tap[0], z) * height.input + height.met(tap[1], y);
            let from = line * width.input + width.met(tap[2], met.start);
            visit(done..done + len, met.start - first..met.end - first, from);
        }
        done += len;
        first = 0;
        y += 1;
        if y == height.output {
            (z, y) = (z + 1, 0);
        }
    }
}
