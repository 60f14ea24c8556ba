//! Convolution and the two products that are its derivatives, as matrix products.
//!
//! With the weights of a group as a matrix W [filters, channels · taps] and the windows as columns X [channels · taps,
//! positions], y = W·X, the gradient of the input is Wᵀ·dy added back to where the columns came from, and that of the
//! weights is dy·Xᵀ summed over the batch. The columns of a whole batch would be many times larger than the batch, so
//! each task makes them for a *tile* that stays in the second-level cache: some positions of one image, or a few
//! small images side by side. The products inside are sequential; the threads share out the images.

use std::ops::Range;

use rayon::prelude::*;

use super::direct;
use super::multiply::{Lanes, Write, multiply};
use super::unfold::Piece;
use super::vectorized;
use crate::layout::{Layout, Shape};
use crate::storage::Storage;
use crate::window::Window;
use crate::{Device, Float};

/// Multiply-adds below which a fork costs more than it gains.
const GRAIN: usize = 1 << 17;
/// The most elements of a tile of columns: half a megabyte of `f32`, within a second-level cache.
const TILE: usize = 1 << 17;
/// The fewest columns that a matrix product does well with.
const WIDTH: usize = 128;
/// The most parts of a batch whose weight gradients are summed apart, and the most elements these may have.
const PARTS: usize = 16;
const PARTS_ELEMENTS: usize = 1 << 22;

/// The sizes of a convolution of [batch, groups · channels, …] with [groups · filters, channels, …].
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Geometry {
    pub(crate) batch: usize,
    pub(crate) groups: usize,
    /// Channels of the input, of one group.
    pub(crate) channels: usize,
    /// Channels of the output, of one group.
    pub(crate) filters: usize,
    pub(crate) window: Window,
}

impl Geometry {
    /// The length of a column, and of a filter.
    fn depth(&self) -> usize {
        self.channels * self.window.taps()
    }

    /// The channels of one group in an image of the input.
    fn inputs(&self, group: usize) -> Channels {
        Channels { group, channels: self.channels, len: self.window.plane(), image: self.input() }
    }

    /// The channels of one group in an image of the output.
    fn outputs(&self, group: usize) -> Channels {
        Channels { group, channels: self.filters, len: self.window.positions(), image: self.output() }
    }

    /// The elements of one image of the input.
    fn input(&self) -> usize {
        self.groups * self.channels * self.window.plane()
    }

    /// The elements of one image of the output.
    fn output(&self) -> usize {
        self.groups * self.filters * self.window.positions()
    }

    /// The weights of one group, as a range of all.
    fn weights(&self, group: usize) -> Range<usize> {
        let len = self.filters * self.depth();
        group * len..(group + 1) * len
    }

    /// How many images a task takes at a time. One, unless an image has fewer positions than a product does well
    /// with; and few enough that every core finds a task. It depends on the sizes alone.
    fn images(&self) -> usize {
        let wide = (TILE / self.depth()).clamp(1, WIDTH) / self.window.positions();
        wide.clamp(1, self.batch.div_ceil(PARTS))
    }

    /// The positions of an image, cut so that the columns of a piece fit a tile.
    fn pieces(&self) -> Vec<Piece> {
        let positions = self.window.positions();
        let most = if self.window.is_pointwise() { positions } else { (TILE / self.depth()).max(WIDTH) };
        Piece::all(&self.window, most)
    }

    /// How many images make up a part of the batch in the sum over it.
    fn part(&self) -> usize {
        let work = self.output() * self.depth();
        let weights = self.groups * self.filters * self.depth();
        let most = (PARTS_ELEMENTS / weights).min(self.batch * work / GRAIN).clamp(1, PARTS);
        self.batch.div_ceil(most)
    }
}

/// The channels of a group, `len` elements each, in images of `image` elements.
#[derive(Clone, Copy)]
struct Channels {
    group: usize,
    channels: usize,
    len: usize,
    image: usize,
}

impl Channels {
    /// Where a channel of an image begins.
    fn start(&self, image: usize, channel: usize) -> usize {
        image * self.image + (self.group * self.channels + channel) * self.len
    }

    /// Calls `visit` for each channel of each image with its elements, and with what they become when the channels
    /// of all images stand side by side, as the rows of one matrix.
    fn side_by_side(&self, images: usize, mut visit: impl FnMut(Range<usize>, Range<usize>)) {
        for image in 0..images {
            for channel in 0..self.channels {
                let (start, row) = (self.start(image, channel), (channel * images + image) * self.len);
                visit(start..start + self.len, row..row + self.len);
            }
        }
    }
}

/// What a thread needs besides the operands, allocated once for all its tasks.
struct Scratch<T: Float> {
    columns: Storage<T>,
    outputs: Storage<T>,
}

impl<T: Float> Scratch<T> {
    fn new(geometry: &Geometry, pieces: &[Piece]) -> Self {
        let images = geometry.images();
        let width = images * pieces.iter().map(|piece| piece.len).max().unwrap_or(0);
        let columns = if geometry.window.is_pointwise() && images == 1 { 0 } else { width };
        let outputs = if images == 1 { 0 } else { width };
        Self {
            columns: Storage::dirty(columns * geometry.depth(), Device::Cpu),
            outputs: Storage::dirty(outputs * geometry.filters, Device::Cpu),
        }
    }
}

/// y = conv(x, w)
pub(crate) fn conv<T: Lanes>(x: &[T], w: &[T], geometry: &Geometry, y: &mut [T]) {
    if x.is_empty() || y.is_empty() {
        return y.fill(T::zero());
    }
    if direct::fits(geometry) {
        return direct::conv(x, w, geometry, y);
    }
    let (input, output) = (geometry.input(), geometry.output());
    let weights = rows(geometry.filters, geometry.depth(), geometry.depth());
    let pieces = geometry.pieces();
    each_task(geometry, &pieces, y, output, |scratch, first, y| {
        let images = y.len() / output;
        let x = &x[first * input..][..images * input];
        for group in 0..geometry.groups {
            let w = (&w[geometry.weights(group)], &weights);
            let outputs = geometry.outputs(group);
            for piece in &pieces {
                let (columns, layout) = columns(x, images, geometry, group, piece, &mut scratch.columns);
                let columns = (columns, &layout);
                if images == 1 {
                    let y = &mut y[outputs.start(0, 0) + piece.start..];
                    multiply(Write::Over, w, columns, y, outputs.len);
                } else {
                    let width = images * piece.len;
                    let product = &mut scratch.outputs.host_mut()[..geometry.filters * width];
                    multiply(Write::Over, w, columns, product, width);
                    outputs.side_by_side(images, |at, from| y[at].copy_from_slice(&product[from]));
                }
            }
        }
    });
}

/// dx = convᵀ(dy, w): the gradient of the input, and transposed convolution.
pub(crate) fn conv_input<T: Lanes>(dy: &[T], w: &[T], geometry: &Geometry, dx: &mut [T]) {
    if dx.is_empty() || dy.is_empty() {
        return dx.fill(T::zero());
    }
    if direct::fits(geometry) {
        return direct::conv_input(dy, w, geometry, dx);
    }
    let (input, output, window) = (geometry.input(), geometry.output(), &geometry.window);
    let weights = rows(geometry.filters, geometry.depth(), geometry.depth()).permute(&[1, 0]);
    let pieces = geometry.pieces();
    each_task(geometry, &pieces, dx, input, |scratch, first, dx| {
        let images = dx.len() / input;
        let dy = &dy[first * output..][..images * output];
        let pointwise = window.is_pointwise() && images == 1;
        if !pointwise {
            dx.fill(T::zero());
        }
        for group in 0..geometry.groups {
            let w = (&w[geometry.weights(group)], &weights);
            let inputs = geometry.inputs(group);
            for piece in &pieces {
                let (dy, layout) = outputs(dy, images, geometry, group, piece, &mut scratch.outputs);
                let dy = (dy, &layout);
                if pointwise {
                    let dx = &mut dx[inputs.start(0, 0) + piece.start..];
                    multiply(Write::Over, w, dy, dx, inputs.len);
                    continue;
                }
                let width = images * piece.len;
                let columns = &mut scratch.columns.host_mut()[..geometry.depth() * width];
                multiply(Write::Over, w, dy, columns, width);
                for image in 0..images {
                    for channel in 0..inputs.channels {
                        let columns = &columns[channel * window.taps() * width + image * piece.len..];
                        let dx = &mut dx[inputs.start(image, channel)..][..inputs.len];
                        piece.overlap_add(columns, width, dx);
                    }
                }
            }
        }
    });
}

/// dw = Σ dy·Xᵀ: the gradient of the weights, summed over the batch in parts and these in their order.
pub(crate) fn conv_weight<T: Lanes>(x: &[T], dy: &[T], geometry: &Geometry, dw: &mut [T]) {
    if dw.is_empty() || x.is_empty() || dy.is_empty() {
        return dw.fill(T::zero());
    }
    let pieces = geometry.pieces();
    let part = geometry.part();
    let parts = geometry.batch.div_ceil(part);
    let sums: Vec<Storage<T>> = (0..parts)
        .into_par_iter()
        .map(|i| {
            let images = i * part..((i + 1) * part).min(geometry.batch);
            let mut sum = Storage::filled(T::zero(), dw.len(), Device::Cpu);
            if direct::fits(geometry) {
                direct::add_weight_gradient(x, dy, images, geometry, sum.host_mut());
            } else {
                add_weight_gradient(x, dy, images, geometry, &pieces, sum.host_mut());
            }
            sum
        })
        .collect();
    dw.copy_from_slice(sums[0].host());
    for sum in &sums[1..] {
        vectorized(
            #[inline(always)]
            || dw.iter_mut().zip(sum.host()).for_each(|(a, &b)| *a += b),
        );
    }
}

fn add_weight_gradient<T: Lanes>(
    x: &[T],
    dy: &[T],
    batch: Range<usize>,
    geometry: &Geometry,
    pieces: &[Piece],
    dw: &mut [T],
) {
    let (input, output) = (geometry.input(), geometry.output());
    let mut scratch = Scratch::new(geometry, pieces);
    for first in batch.clone().step_by(geometry.images()) {
        let images = geometry.images().min(batch.end - first);
        let x = &x[first * input..][..images * input];
        let dy = &dy[first * output..][..images * output];
        for group in 0..geometry.groups {
            let dw = &mut dw[geometry.weights(group)];
            for piece in pieces {
                let (dy, dy_layout) = outputs(dy, images, geometry, group, piece, &mut scratch.outputs);
                let (columns, layout) = columns(x, images, geometry, group, piece, &mut scratch.columns);
                let transposed = layout.permute(&[1, 0]);
                multiply(Write::Onto, (dy, &dy_layout), (columns, &transposed), dw, geometry.depth());
            }
        }
    }
}

/// Calls `task` with the number of the first of some images and their part of `out`.
fn each_task<T: Float>(
    geometry: &Geometry,
    pieces: &[Piece],
    out: &mut [T],
    image: usize,
    task: impl Fn(&mut Scratch<T>, usize, &mut [T]) + Sync,
) {
    let images = geometry.images();
    let least = (GRAIN / (images * geometry.output() * geometry.depth())).max(1);
    out.par_chunks_mut(images * image)
        .enumerate()
        .with_min_len(least)
        .for_each_init(|| Scratch::new(geometry, pieces), |scratch, (i, out)| task(scratch, i * images, out));
}

/// A matrix whose rows begin `pitch` apart.
fn rows(rows: usize, columns: usize, pitch: usize) -> Layout {
    let mut layout = Layout::contiguous(Shape::new(&[rows, columns]));
    layout.strides[0] = pitch;
    layout
}

/// The windows of a group at a piece of the positions of some images, as the columns of a matrix. One tap that moves
/// by single steps sees the image as it is.
fn columns<'a, T: Float>(
    x: &'a [T],
    images: usize,
    geometry: &Geometry,
    group: usize,
    piece: &Piece,
    buffer: &'a mut Storage<T>,
) -> (&'a [T], Layout) {
    let (inputs, window) = (geometry.inputs(group), &geometry.window);
    if window.is_pointwise() && images == 1 {
        return (&x[inputs.start(0, 0) + piece.start..], rows(inputs.channels, piece.len, inputs.len));
    }
    let width = images * piece.len;
    let columns = &mut buffer.host_mut()[..geometry.depth() * width];
    for image in 0..images {
        for channel in 0..inputs.channels {
            let x = &x[inputs.start(image, channel)..][..inputs.len];
            let columns = &mut columns[channel * window.taps() * width + image * piece.len..];
            piece.unfold(x, columns, width);
        }
    }
    (columns, rows(geometry.depth(), width, width))
}

/// What a group's filters have at a piece of the positions of some images, a row a filter.
fn outputs<'a, T: Float>(
    y: &'a [T],
    images: usize,
    geometry: &Geometry,
    group: usize,
    piece: &Piece,
    buffer: &'a mut Storage<T>,
) -> (&'a [T], Layout) {
    let outputs = geometry.outputs(group);
    if images == 1 {
        return (&y[outputs.start(0, 0) + piece.start..], rows(outputs.channels, piece.len, outputs.len));
    }
    let width = images * outputs.len;
    let buffer = &mut buffer.host_mut()[..outputs.channels * width];
    outputs.side_by_side(images, |from, at| buffer[at].copy_from_slice(&y[from]));
    (buffer, rows(outputs.channels, width, width))
}
