//! Convolution by shifted rows, for windows that move by single steps.
//!
//! A channel with its padding is laid out as one long row, line after line. What a tap of the kernel meets at all
//! positions is then the same row, read from another place on, and a filter's output is a weighted sum of such rows: no
//! columns are made. At the end of a line the row holds positions where the window would wrap around; they are
//! computed with the others and left out. Zeros behind a line are also those before the next, so that little is
//! computed in vain: 6 % of a 3 × 3 convolution of 32 × 32 places, 11 % of 16 × 16.
//!
//! The gradient of the input is a convolution of the same kind, with the kernel mirrored. That of the weights is how
//! the rows of dy, zero where positions are left out, correlate with the shifted rows of x.

use std::ops::Range;

use rayon::prelude::*;

use super::conv::Geometry;
use super::multiply::{Lanes, ROUND, correlate_shifted, weigh_shifted};
use crate::Device;
use crate::storage::Storage;
use crate::window::{Axis, Window};

/// Multiply-adds below which a fork costs more than it gains.
const GRAIN: usize = 1 << 16;
/// The positions that make a row worth its tile: images with fewer stand side by side in it.
const FORWARD: usize = 48;
/// The same for the sums over positions, at whose end the lanes of every sum are added up.
const WEIGHTS: usize = 1 << 10;

/// Whether the window can be read as shifted rows, in both directions.
pub(crate) fn fits(geometry: &Geometry) -> bool {
    let window = &geometry.window;
    let small = |axis: &Axis| axis.stride == 1 && axis.before <= reach(axis) && after(axis) <= reach(axis);
    !window.is_pointwise() && window.axes.iter().all(small)
}

/// The distance from the first tap to the last.
fn reach(axis: &Axis) -> usize {
    axis.dilation * (axis.kernel - 1)
}

/// The zeros behind the input.
fn after(axis: &Axis) -> usize {
    axis.output + reach(axis) - axis.before - axis.input
}

/// How the channels of some images lie in long rows.
struct Rows {
    /// How far apart neighbours along depth, height and width stand, and the images.
    steps: [usize; 3],
    image: usize,
    /// Where the first number of the input stands.
    start: usize,
    /// The positions of a row that are computed, rounded up.
    len: usize,
    /// The length of a row of the padded input.
    padded: usize,
}

impl Rows {
    fn new(window: &Window, images: usize) -> Self {
        let pitch = |axis: &Axis| axis.input + axis.before.max(after(axis));
        let [depth, height, width] = &window.axes;
        let line = pitch(width);
        let plane = line * pitch(height);
        let steps = [plane, line, 1];
        let image = plane * pitch(depth);
        let at = |places: [usize; 3]| -> usize { places.iter().zip(steps).map(|(i, step)| i * step).sum() };
        let axes = &window.axes;
        let last = (images - 1) * image + at(axes.each_ref().map(|axis| axis.output - 1));
        let len = (last + 1).next_multiple_of(ROUND);
        Self {
            steps,
            image,
            start: at(axes.each_ref().map(|axis| axis.before)),
            len,
            padded: len + at(axes.each_ref().map(reach)),
        }
    }

    /// Where the row begins that each tap of each channel meets.
    fn offsets(&self, window: &Window, channels: usize) -> Vec<usize> {
        let [depth, height, width] = &window.axes;
        let mut offsets = Vec::with_capacity(channels * window.taps());
        for channel in 0..channels {
            for z in 0..depth.kernel {
                for y in 0..height.kernel {
                    for x in 0..width.kernel {
                        let shift = z * depth.dilation * self.steps[0] + y * height.dilation * self.steps[1];
                        offsets.push(channel * self.padded + shift + x * width.dilation);
                    }
                }
            }
        }
        offsets
    }

    /// Calls `visit` with where each line of an image of these sizes lies, in its channel and in its row.
    #[inline(always)]
    fn each_line(&self, [depth, height, width]: [usize; 3], mut visit: impl FnMut(usize, usize)) {
        for z in 0..depth {
            for y in 0..height {
                visit((z * height + y) * width, z * self.steps[0] + y * self.steps[1]);
            }
        }
    }
}

/// Channels next to each other in images of `image` elements, and how they lie there.
struct Channels {
    first: usize,
    count: usize,
    sizes: [usize; 3],
    image: usize,
}

impl Channels {
    /// Copies the channels of some images into rows of `pitch`, from `start` on.
    fn lay_out<T: Lanes>(&self, x: &[T], rows: &Rows, start: usize, pitch: usize, out: &mut [T]) {
        let (width, plane) = (self.sizes[2], self.sizes.iter().product::<usize>());
        for (image, x) in x.chunks_exact(self.image).enumerate() {
            let channels = x[self.first * plane..].chunks_exact(plane).take(self.count);
            for (x, row) in channels.zip(out.chunks_exact_mut(pitch)) {
                let row = &mut row[start + image * rows.image..];
                rows.each_line(self.sizes, |from, to| copy(&x[from..][..width], &mut row[to..][..width]));
            }
        }
    }

    /// The way back: what was computed in rows, without the positions that are left out.
    fn pick_up<T: Lanes>(&self, rows: &Rows, computed: &[T], y: &mut [T]) {
        let (width, plane) = (self.sizes[2], self.sizes.iter().product::<usize>());
        for (image, y) in y.chunks_exact_mut(self.image).enumerate() {
            let channels = y[self.first * plane..].chunks_exact_mut(plane).take(self.count);
            for (y, row) in channels.zip(computed.chunks_exact(rows.len)) {
                let row = &row[image * rows.image..];
                rows.each_line(self.sizes, |to, from| copy(&row[from..][..width], &mut y[to..][..width]));
            }
        }
    }
}

/// Lines are mostly so short that a call of `memcpy` would cost more than what it does.
#[inline(always)]
fn copy<T: Copy>(from: &[T], to: &mut [T]) {
    let (blocks, rest) = from.as_chunks::<8>();
    let (to_blocks, to_rest) = to.as_chunks_mut::<8>();
    blocks.iter().zip(to_blocks).for_each(|(from, to)| *to = *from);
    rest.iter().zip(to_rest).for_each(|(from, to)| *to = *from);
}

/// y = conv(x, w)
pub(crate) fn conv<T: Lanes>(x: &[T], w: &[T], geometry: &Geometry, y: &mut [T]) {
    let Geometry { batch, groups, channels, filters, window } = *geometry;
    let together = (FORWARD / Rows::new(&window, 1).len).clamp(1, batch);
    let rows = Rows::new(&window, together);
    let offsets = rows.offsets(&window, channels);
    let (input, positions) = (groups * channels * window.plane(), window.positions());
    let output = groups * filters * positions;
    // Where there are fewer images than threads, these share the filters of an image.
    let threads = rayon::current_num_threads();
    let parts =
        if groups == 1 && together == 1 { threads.div_ceil(batch).min(filters.div_ceil(8)) } else { 1 };
    let filters = filters.div_ceil(parts).next_multiple_of(if parts == 1 { 1 } else { 8 });
    let least = (GRAIN / (together * output * offsets.len() / groups)).max(1);
    y.par_chunks_mut(together * output).enumerate().with_min_len(least).for_each(|(i, y)| {
        let images = y.len() / output;
        let x = &x[i * together * input..][..images * input];
        let scratch = || {
            let padded = Storage::filled(T::zero(), channels * rows.padded, Device::Cpu);
            (padded, Storage::dirty(filters * rows.len, Device::Cpu))
        };
        let compute = |(padded, computed): &mut (Storage<T>, Storage<T>),
                       group: usize,
                       first: usize,
                       y: &mut [T],
                       image: usize| {
            let count = filters.min(geometry.filters - first);
            let sizes = window.axes.map(|axis| axis.input);
            let from = Channels { first: group * channels, count: channels, sizes, image: input };
            from.lay_out(x, &rows, rows.start, rows.padded, padded.host_mut());
            let computed = &mut computed.host_mut()[..count * rows.len];
            let w = &w[(group * geometry.filters + first) * offsets.len()..][..count * offsets.len()];
            weigh_shifted(w, padded.host(), &offsets, computed, rows.len);
            let sizes = window.axes.map(|axis| axis.output);
            let to = Channels {
                first: if parts == 1 { group * geometry.filters } else { 0 },
                count,
                sizes,
                image,
            };
            to.pick_up(&rows, computed, y);
        };
        if parts == 1 {
            let mut scratch = scratch();
            (0..groups).for_each(|group| compute(&mut scratch, group, 0, y, output));
        } else {
            y.par_chunks_mut(filters * positions).enumerate().for_each(|(part, y)| {
                let len = y.len();
                compute(&mut scratch(), 0, part * filters, y, len);
            });
        }
    });
}

/// dx = convᵀ(dy, w), as a convolution.
pub(crate) fn conv_input<T: Lanes>(dy: &[T], w: &[T], geometry: &Geometry, dx: &mut [T]) {
    let Geometry { groups, channels, filters, window, .. } = *geometry;
    let taps = window.taps();
    let mut mirrored = Storage::dirty(w.len(), Device::Cpu);
    let mut numbers = mirrored.host_mut().iter_mut();
    for group in w.chunks_exact(filters * channels * taps).take(groups) {
        for channel in 0..channels {
            for filter in 0..filters {
                let kernel = &group[(filter * channels + channel) * taps..][..taps];
                kernel.iter().rev().zip(&mut numbers).for_each(|(&w, to)| *to = w);
            }
        }
    }
    let turned = |axis: Axis| Axis {
        input: axis.output,
        output: axis.input,
        before: reach(&axis) - axis.before,
        ..axis
    };
    let window = Window { axes: window.axes.map(turned) };
    let geometry = Geometry { channels: filters, filters: channels, window, ..*geometry };
    conv(dy, mirrored.host(), &geometry, dx);
}

/// dw += Σ dy·Xᵀ over some images.
pub(crate) fn add_weight_gradient<T: Lanes>(
    x: &[T],
    dy: &[T],
    batch: Range<usize>,
    geometry: &Geometry,
    dw: &mut [T],
) {
    let Geometry { groups, channels, filters, window, .. } = *geometry;
    let together = (WEIGHTS / Rows::new(&window, 1).len).clamp(1, batch.len());
    let rows = Rows::new(&window, together);
    let offsets = rows.offsets(&window, channels);
    let (input, output) = (groups * channels * window.plane(), groups * filters * window.positions());
    let inputs = window.axes.map(|axis| axis.input);
    let outputs = window.axes.map(|axis| axis.output);
    let mut padded = Storage::filled(T::zero(), channels * rows.padded, Device::Cpu);
    let mut spread = Storage::filled(T::zero(), filters * rows.len, Device::Cpu);
    for first in batch.clone().step_by(together) {
        let images = together.min(batch.end - first);
        if images < together {
            spread.host_mut().fill(T::zero());
        }
        for group in 0..groups {
            let from = Channels { first: group * channels, count: channels, sizes: inputs, image: input };
            from.lay_out(
                &x[first * input..][..images * input],
                &rows,
                rows.start,
                rows.padded,
                padded.host_mut(),
            );
            let from = Channels { first: group * filters, count: filters, sizes: outputs, image: output };
            from.lay_out(&dy[first * output..][..images * output], &rows, 0, rows.len, spread.host_mut());
            let weights = filters * offsets.len();
            correlate_shifted(
                spread.host(),
                padded.host(),
                &offsets,
                &mut dw[group * weights..][..weights],
                rows.len,
            );
        }
    }
}
