//! Pooling: one number for each region of a channel.
//!
//! A region is a box, so it is described dimension by dimension; sliding windows (with padding already cut off) and
//! the adaptive kind differ in nothing else. Halving an image, by far the most common pooling, has loops of its own.

use rayon::prelude::*;

use super::{GRAIN, vectorized};
use crate::Float;

/// What one output sees along one dimension: `start`, `start + step`, … before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// How many places an average divides by, which may include padding.
    pub(crate) counted: usize,
}

/// What every output sees: the box of its spans. None of them is empty.
#[doc(hidden)]
#[derive(Debug)]
pub struct Regions {
    pub(crate) input: [usize; 3],
    pub(crate) spans: [Vec<Span>; 3],
    /// The step within a span, by dimension.
    pub(crate) steps: [usize; 3],
}

impl Regions {
    /// The elements of one channel of the input.
    pub(crate) fn plane(&self) -> usize {
        self.input.iter().product()
    }

    /// The elements of one channel of the output.
    fn outputs(&self) -> usize {
        self.spans.iter().map(Vec::len).product()
    }

    /// Whether the regions are 2 × 2, side by side from the first place on.
    fn halves(&self) -> bool {
        let single = |spans: &[Span]| spans.iter().enumerate().all(|(i, s)| *s == Span::new(i, i + 1));
        let pairs = |spans: &[Span]| spans.iter().enumerate().all(|(i, s)| *s == Span::new(2 * i, 2 * i + 2));
        self.steps == [1; 3] && single(&self.spans[0]) && pairs(&self.spans[1]) && pairs(&self.spans[2])
    }

    /// Calls `visit` with each output's number and region.
    #[inline(always)]
    fn each(&self, mut visit: impl FnMut(usize, [Span; 3])) {
        let mut output = 0;
        for &z in &self.spans[0] {
            for &y in &self.spans[1] {
                for &x in &self.spans[2] {
                    visit(output, [z, y, x]);
                    output += 1;
                }
            }
        }
    }

    /// Calls `visit` with the first place and the end of each line of a region.
    #[inline(always)]
    fn each_line(&self, [depth, height, width]: [Span; 3], mut visit: impl FnMut(usize, usize)) {
        for z in (depth.start..depth.end).step_by(self.steps[0]) {
            for y in (height.start..height.end).step_by(self.steps[1]) {
                let line = (z * self.input[1] + y) * self.input[2];
                visit(line + width.start, line + width.end);
            }
        }
    }

    /// Calls `visit` for every row of an image that is halved, with the number of its first output and that of the
    /// place where the first of its two lines begins.
    #[inline(always)]
    fn each_pair_of_lines(&self, mut visit: impl FnMut(usize, usize)) {
        let [depth, height, width] = [0, 1, 2].map(|dim| self.spans[dim].len());
        for z in 0..depth {
            for y in 0..height {
                visit((z * height + y) * width, (z * self.input[1] + 2 * y) * self.input[2]);
            }
        }
    }
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start, end, counted: end - start }
    }
}

/// The largest number of each region, and its place in its channel: the first one if several are largest.
pub(crate) fn max_pool<T: Float>(x: &[T], regions: &Regions, y: &mut [T], places: &mut [u32]) {
    let (plane, outputs, halves) = (regions.plane(), regions.outputs(), regions.halves());
    if y.is_empty() {
        return;
    }
    y.par_chunks_mut(outputs)
        .zip(places.par_chunks_mut(outputs))
        .enumerate()
        .with_min_len(planes_per_task(plane))
        .for_each(|(i, (y, places))| {
            let x = &x[i * plane..][..plane];
            vectorized(
                #[inline(always)]
                || {
                    if halves {
                        max_of_halves(x, regions, y, places);
                    } else {
                        max_of_regions(x, regions, y, places);
                    }
                },
            );
        });
}

#[inline(always)]
fn max_of_regions<T: Float>(x: &[T], regions: &Regions, y: &mut [T], places: &mut [u32]) {
    let step = regions.steps[2];
    regions.each(|output, region| {
        let mut best = None;
        regions.each_line(region, |start, end| {
            for at in (start..end).step_by(step) {
                // NaN wins, as in PyTorch.
                if best.is_none_or(|(largest, _)| x[at] > largest || x[at].is_nan()) {
                    best = Some((x[at], at));
                }
            }
        });
        let (largest, at) = best.expect("no region is empty");
        y[output] = largest;
        places[output] = at as u32;
    });
}

#[inline(always)]
fn max_of_halves<T: Float>(x: &[T], regions: &Regions, y: &mut [T], places: &mut [u32]) {
    let (width, below) = (regions.spans[2].len(), regions.input[2]);
    regions.each_pair_of_lines(|output, place| {
        let (upper, lower) = (&x[place..][..2 * width], &x[place + below..][..2 * width]);
        let (upper, lower) = (upper.as_chunks::<2>().0, lower.as_chunks::<2>().0);
        let (y, places) = (&mut y[output..][..width], &mut places[output..][..width]);
        let outputs = y.iter_mut().zip(places);
        // Checks for overflow, `enumerate` has one too, would keep the loop from being vectorised. Every place is
        // below 2³².
        for (((y, at), (&[a, b], &[c, d])), i) in outputs.zip(upper.iter().zip(lower)).zip(0..width as u32) {
            let first = (place as u32).wrapping_add(i.wrapping_mul(2));
            let second = first.wrapping_add(below as u32);
            let best = larger((a, first), (b, first.wrapping_add(1)));
            let best = larger(best, (c, second));
            (*y, *at) = larger(best, (d, second.wrapping_add(1)));
        }
    });
}

/// The larger of two numbers with their places: the first in a tie, and NaN before any number.
#[inline(always)]
fn larger<T: Float>(best: (T, u32), next: (T, u32)) -> (T, u32) {
    let replace = (next.0 > best.0) | next.0.is_nan();
    (if replace { next.0 } else { best.0 }, if replace { next.1 } else { best.1 })
}

/// The element of each channel of `x` at each of the places.
pub(crate) fn pick<T: Float>(x: &[T], plane: usize, places: &[u32], y: &mut [T]) {
    let Some(outputs) = per_plane(places.len(), x.len(), plane) else { return };
    y.par_chunks_mut(outputs)
        .zip(places.par_chunks(outputs))
        .enumerate()
        .with_min_len(planes_per_task(plane))
        .for_each(|(i, (y, places))| {
            let x = &x[i * plane..][..plane];
            y.iter_mut().zip(places).for_each(|(y, &at)| *y = x[at as usize]);
        });
}

/// The adjoint of [`pick`]: adds every element of `dy` to the place of its channel that it came from.
pub(crate) fn put<T: Float>(dy: &[T], plane: usize, places: &[u32], dx: &mut [T]) {
    let Some(outputs) = per_plane(places.len(), dx.len(), plane) else { return };
    dx.par_chunks_mut(plane).enumerate().with_min_len(planes_per_task(plane)).for_each(|(i, dx)| {
        let picked = i * outputs..(i + 1) * outputs;
        dx.fill(T::zero());
        dy[picked.clone()].iter().zip(&places[picked]).for_each(|(&dy, &at)| dx[at as usize] += dy);
    });
}

/// How many outputs each channel has, if there are any channels.
fn per_plane(outputs: usize, inputs: usize, plane: usize) -> Option<usize> {
    (inputs > 0).then(|| outputs / (inputs / plane))
}

/// The average of each region. Lines are summed apart, which keeps the rounding error of large regions small.
pub(crate) fn avg_pool<T: Float>(x: &[T], regions: &Regions, y: &mut [T]) {
    let (plane, outputs, halves) = (regions.plane(), regions.outputs(), regions.halves());
    if y.is_empty() {
        return;
    }
    y.par_chunks_mut(outputs).enumerate().with_min_len(planes_per_task(plane)).for_each(|(i, y)| {
        let x = &x[i * plane..][..plane];
        vectorized(
            #[inline(always)]
            || {
                if halves {
                    average_of_halves(x, regions, y);
                } else {
                    average_of_regions(x, regions, y);
                }
            },
        );
    });
}

#[inline(always)]
fn average_of_regions<T: Float>(x: &[T], regions: &Regions, y: &mut [T]) {
    let step = regions.steps[2];
    regions.each(|output, region| {
        let mut sum = T::zero();
        regions.each_line(region, |start, end| sum += x[start..end].iter().step_by(step).copied().sum());
        y[output] = sum / counted(region);
    });
}

#[inline(always)]
fn average_of_halves<T: Float>(x: &[T], regions: &Regions, y: &mut [T]) {
    let (width, below) = (regions.spans[2].len(), regions.input[2]);
    let quarter = T::from_f64(0.25);
    regions.each_pair_of_lines(|output, place| {
        let (upper, lower) = (&x[place..][..2 * width], &x[place + below..][..2 * width]);
        let lines = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
        for (y, (&[a, b], &[c, d])) in y[output..][..width].iter_mut().zip(lines) {
            *y = ((a + b) + (c + d)) * quarter;
        }
    });
}

/// The adjoint of [`avg_pool`]: every place of a region gets its share of the output's gradient.
pub(crate) fn share<T: Float>(dy: &[T], regions: &Regions, dx: &mut [T]) {
    let (plane, outputs, halves) = (regions.plane(), regions.outputs(), regions.halves());
    if dx.is_empty() {
        return;
    }
    dx.par_chunks_mut(plane).enumerate().with_min_len(planes_per_task(plane)).for_each(|(i, dx)| {
        let dy = &dy[i * outputs..][..outputs];
        dx.fill(T::zero());
        vectorized(
            #[inline(always)]
            || {
                if halves {
                    share_with_halves(dy, regions, dx);
                } else {
                    share_with_regions(dy, regions, dx);
                }
            },
        );
    });
}

#[inline(always)]
fn share_with_regions<T: Float>(dy: &[T], regions: &Regions, dx: &mut [T]) {
    let step = regions.steps[2];
    regions.each(|output, region| {
        let share = dy[output] / counted(region);
        regions.each_line(region, |start, end| {
            dx[start..end].iter_mut().step_by(step).for_each(|dx| *dx += share);
        });
    });
}

#[inline(always)]
fn share_with_halves<T: Float>(dy: &[T], regions: &Regions, dx: &mut [T]) {
    let (width, below) = (regions.spans[2].len(), regions.input[2]);
    let quarter = T::from_f64(0.25);
    regions.each_pair_of_lines(|output, place| {
        for line in [place, place + below] {
            let pairs = dx[line..][..2 * width].as_chunks_mut::<2>().0;
            pairs.iter_mut().zip(&dy[output..]).for_each(|(dx, &dy)| *dx = [dy * quarter; 2]);
        }
    });
}

fn counted<T: Float>(region: [Span; 3]) -> T {
    T::from_f64(region.iter().map(|span| span.counted as f64).product())
}

fn planes_per_task(plane: usize) -> usize {
    (GRAIN / plane).max(1)
}
