//! im2col and col2im: windows as columns, and columns added back to where they came from.
//!
//! A channel of x becomes one row per tap of the kernel and one column per position of the window, so that a
//! convolution is a matrix product (Chellapilla, Puri and Simard, *High Performance Convolutional Neural Networks
//! for Document Processing*, 2006). What a tap meets is the same in every channel, so it is worked out once, as
//! [`Run`]s: some lines, and in each of them the same places. Left and right of these, and above and below, is padding.

use std::ops::Range;

use rayon::prelude::*;

use super::{GRAIN, vectorized};
use crate::Float;
use crate::window::Window;

/// Some positions of a window that follow each other, and what every tap meets there.
pub(crate) struct Piece {
    /// The first of the positions, and how many there are.
    pub(crate) start: usize,
    pub(crate) len: usize,
    /// The positions in one line, or those of a part of a line.
    line: usize,
    /// How far apart in x the tap meets neighbouring places, and neighbouring lines.
    place_step: usize,
    line_step: usize,
    runs: Vec<Run>,
}

/// What one tap meets of one plane.
struct Run {
    /// Which row of the columns this is, counted in taps, and where in it.
    tap: usize,
    start: usize,
    /// How many positions it is, padding included.
    len: usize,
    /// The lines that the tap meets inside the input, as a range of these positions.
    lines: Range<usize>,
    /// The places in each of these lines that the tap meets inside the input.
    met: Range<usize>,
    /// Where in x it meets the first of them.
    from: usize,
}

impl Piece {
    /// All positions, in pieces of at most `most` if that is possible: some whole lines, or a part of one.
    pub(crate) fn all(window: &Window, most: usize) -> Vec<Self> {
        let [depth, height, width] = window.axes.map(|axis| axis.output);
        let (lines, most) = (depth * height, most.max(1));
        let (line_step, place_step) = ((most / width).max(1), most.min(width));
        let mut pieces = Vec::new();
        for line in (0..lines).step_by(line_step) {
            for place in (0..width).step_by(place_step) {
                let lines = line..(line + line_step).min(lines);
                pieces.push(Self::new(window, lines, place..(place + place_step).min(width)));
            }
        }
        pieces
    }

    /// The given places of the given lines, which are counted through all planes.
    fn new(window: &Window, lines: Range<usize>, places: Range<usize>) -> Self {
        let [depth, height, width] = &window.axes;
        let mut runs = Vec::new();
        let taps = (0..depth.kernel).flat_map(|z| (0..height.kernel).map(move |y| (z, y)));
        let taps = taps.flat_map(|(z, y)| (0..width.kernel).map(move |x| (z, y, x)));
        for (tap, (tap_z, tap_y, tap_x)) in taps.enumerate() {
            let (met_z, met_y) = (depth.visited(tap_z), height.visited(tap_y));
            let met = intersection(&width.visited(tap_x), &places);
            let mut line = lines.start;
            while line < lines.end {
                let (z, first) = (line / height.output, line % height.output);
                let end = height.output.min(first + lines.end - line);
                let start = (line - lines.start) * places.len();
                let len = (end - first) * places.len();
                let met_y = intersection(&met_y, &(first..end));
                runs.push(if met.is_empty() || met_y.is_empty() || !met_z.contains(&z) {
                    Run { tap, start, len, lines: 0..0, met: 0..0, from: 0 }
                } else {
                    let from = depth.met(tap_z, z) * height.input + height.met(tap_y, met_y.start);
                    Run {
                        tap,
                        start,
                        len,
                        lines: (met_y.start - first) * places.len()..(met_y.end - first) * places.len(),
                        met: met.start - places.start..met.end - places.start,
                        from: from * width.input + width.met(tap_x, met.start),
                    }
                });
                line += end - first;
            }
        }
        Self {
            start: lines.start * width.output + places.start,
            len: lines.len() * places.len(),
            line: places.len(),
            place_step: width.stride,
            line_step: height.stride * width.input,
            runs,
        }
    }

    /// This piece of the positions over one channel, as rows that begin `pitch` apart.
    pub(crate) fn unfold<T: Float>(&self, x: &[T], columns: &mut [T], pitch: usize) {
        // Whether lines follow each other in x as they do in the row.
        let seamless = self.place_step == 1 && self.line_step == self.line;
        vectorized(
            #[inline(always)]
            || {
                for run in &self.runs {
                    let row = &mut columns[run.tap * pitch + run.start..][..run.len];
                    clear(&mut row[..run.lines.start]);
                    clear(&mut row[run.lines.end..]);
                    let lines = &mut row[run.lines.clone()];
                    if seamless {
                        copy_seamless(&x[run.from..], lines, run, self.line);
                    } else {
                        self.copy_lines(&x[run.from..], lines, run);
                    }
                }
            },
        );
    }

    #[inline(always)]
    fn copy_lines<T: Float>(&self, x: &[T], lines: &mut [T], run: &Run) {
        let mut from = 0;
        for line in lines.chunks_exact_mut(self.line) {
            clear(&mut line[..run.met.start]);
            clear(&mut line[run.met.end..]);
            let line = &mut line[run.met.clone()];
            if self.place_step == 1 {
                copy_line(&x[from..][..line.len()], line);
            } else {
                line.iter_mut().zip(x[from..].iter().step_by(self.place_step)).for_each(|(y, &x)| *y = x);
            }
            from += self.line_step;
        }
    }

    /// Adds rows that [`unfold`](Self::unfold) would have made to the channel that they would have been made from.
    pub(crate) fn overlap_add<T: Float>(&self, columns: &[T], pitch: usize, x: &mut [T]) {
        vectorized(
            #[inline(always)]
            || {
                for run in &self.runs {
                    let row = &columns[run.tap * pitch + run.start..][run.lines.clone()];
                    let x = &mut x[run.from..];
                    let mut to = 0;
                    for line in row.chunks_exact(self.line) {
                        let line = &line[run.met.clone()];
                        if self.place_step == 1 {
                            add_line(line, &mut x[to..][..line.len()]);
                        } else {
                            let x = x[to..].iter_mut().step_by(self.place_step);
                            x.zip(line).for_each(|(x, &y)| *x += y);
                        }
                        to += self.line_step;
                    }
                }
            },
        );
    }
}

/// Every channel of `x` as columns: `[planes, …]` becomes `[planes · taps, positions]`.
pub(crate) fn unfold<T: Float>(x: &[T], window: &Window, columns: &mut [T]) {
    let (plane, positions, rows) = (window.plane(), window.positions(), window.taps() * window.positions());
    let pieces = Piece::all(window, positions);
    let least = (GRAIN / rows).max(1);
    columns.par_chunks_mut(rows).enumerate().with_min_len(least).for_each(|(i, columns)| {
        for piece in &pieces {
            piece.unfold(&x[i * plane..][..plane], columns, positions);
        }
    });
}

/// The adjoint of [`unfold`]: every place of `x` gets the sum of the columns' elements that it became.
pub(crate) fn overlap_add<T: Float>(columns: &[T], window: &Window, x: &mut [T]) {
    let (plane, positions, rows) = (window.plane(), window.positions(), window.taps() * window.positions());
    let pieces = Piece::all(window, positions);
    let least = (GRAIN / rows).max(1);
    x.par_chunks_mut(plane.max(1)).enumerate().with_min_len(least).for_each(|(i, x)| {
        x.fill(T::zero());
        for piece in &pieces {
            piece.overlap_add(&columns[i * rows..][..rows], positions, x);
        }
    });
}

fn intersection(a: &Range<usize>, b: &Range<usize>) -> Range<usize> {
    a.start.max(b.start)..a.end.min(b.end)
}

/// Copies all lines at once, where they lie in `x` as they do in the row: from the first place that is met to the
/// last. What is padding between them is cleared afterwards.
#[inline(always)]
fn copy_seamless<T: Float>(x: &[T], lines: &mut [T], run: &Run, line: usize) {
    if lines.is_empty() {
        return;
    }
    let end = lines.len() - (line - run.met.end);
    let copied = &mut lines[run.met.start..end];
    copied.copy_from_slice(&x[..copied.len()]);
    for line in lines.chunks_exact_mut(line) {
        clear(&mut line[..run.met.start]);
        clear(&mut line[run.met.end..]);
    }
}

/// Lines are mostly so short that a call of `memset` would cost more than what it does.
#[inline(always)]
fn clear<T: Float>(line: &mut [T]) {
    match line {
        [] => {}
        [x] => *x = T::zero(),
        _ => line.fill(T::zero()),
    }
}

/// Copies a line, which is mostly so short that a call of `memcpy` would cost more than what it does: a block at
/// its start and one at its end, which may overlap.
#[inline(always)]
fn copy_line<T: Copy>(from: &[T], to: &mut [T]) {
    match to.len() {
        4..=8 => copy_ends::<T, 4>(from, to),
        9..=16 => copy_ends::<T, 8>(from, to),
        17..=32 => copy_ends::<T, 16>(from, to),
        _ => to.copy_from_slice(from),
    }
}

#[inline(always)]
fn copy_ends<T: Copy, const N: usize>(from: &[T], to: &mut [T]) {
    if let (Some(first), Some(last)) = (from.first_chunk::<N>(), from.last_chunk::<N>()) {
        to[..N].copy_from_slice(first);
        let end = to.len() - N;
        to[end..].copy_from_slice(last);
    }
}

/// Adds one line to another, in blocks as wide as its length allows.
#[inline(always)]
fn add_line<T: Float>(from: &[T], to: &mut [T]) {
    match to.len() {
        0..4 => to.iter_mut().zip(from).for_each(|(a, &b)| *a += b),
        4..8 => add_blocks::<T, 4>(from, to),
        8..16 => add_blocks::<T, 8>(from, to),
        _ => add_blocks::<T, 16>(from, to),
    }
}

/// The last block may overlap the one before it, so its sums are made before anything is written.
#[inline(always)]
fn add_blocks<T: Float, const N: usize>(from: &[T], to: &mut [T]) {
    let (Some(a), Some(b)) = (to.last_chunk::<N>(), from.last_chunk::<N>()) else { return };
    let last: [T; N] = std::array::from_fn(|i| a[i] + b[i]);
    for (a, b) in to.as_chunks_mut::<N>().0.iter_mut().zip(from.as_chunks::<N>().0) {
        a.iter_mut().zip(b).for_each(|(a, &b)| *a += b);
    }
    let end = to.len() - N;
    to[end..].copy_from_slice(&last);
}
