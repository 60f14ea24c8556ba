//! The product in blocks that fit the caches and tiles that fit the registers (Goto and van de Geijn, *Anatomy of
//! High-Performance Matrix Multiplication*, 2008).
//!
//! A tile is R rows times up to three vectors of the result. Each step of its loop loads a row of b once and each
//! number of a once for R·3 multiply-adds. The rows of b stand in *strips* as wide as a tile, which stay in the
//! first-level cache while all tiles below one another pass by.
//!
//! Every element is summed in the order of the inner index, in blocks of [`DEPTH`]: its bits do not depend on the
//! vectors' width, on the tile it falls into, or on how a caller cuts the product among threads.

#![expect(
    clippy::needless_range_loop,
    clippy::manual_memcpy,
    reason = "an index that becomes a constant keeps a sum in its register; a slice of the sums puts them into memory"
)]

use pulp::{NullaryFnOnce, Simd, WithSimd};

use super::{Lanes, Write};
use crate::Device;
use crate::layout::Layout;
use crate::storage::Storage;

/// The inner indices of a block: a strip of 48 columns of `f32` has 48 KiB, a first-level cache.
const DEPTH: usize = 256;
/// The columns of a block, 768 KiB of `f32`: within a second-level cache.
const WIDTH: usize = 16 * 48;
/// The rows of a block.
const HEIGHT: usize = 256;
/// The rows of a up to which b is read where it stands: a copy would be read too seldom.
const FEW_ROWS: usize = 16;

/// The vectors of a tile's row. With R = 8 on 32 registers or R = 4 on 16, the sums, a row of b and a number of a just fit.
const VECTORS: usize = 3;
/// The lanes of the widest vector, AVX-512's of `f32`.
const MOST_LANES: usize = 16;

/// `a · b` into or onto rows of `out` that begin `pitch` apart.
pub(crate) struct Product<'x, T> {
    pub(crate) write: Write,
    pub(crate) a: (&'x [T], &'x Layout),
    pub(crate) b: (&'x [T], &'x Layout),
    pub(crate) out: &'x mut [T],
    pub(crate) pitch: usize,
}

impl<T: Lanes> WithSimd for Product<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        if S::REGISTER_COUNT >= 32 { self.run::<S, 8, 4>(simd) } else { self.run::<S, 4, 2>(simd) }
    }
}

/// A block of an operand: some rows or columns of it, some inner indices.
#[derive(Clone, Copy)]
struct Block<'x, T> {
    /// From the block's first number on.
    x: &'x [T],
    /// How many rows of a or columns of b, and how far apart these stand.
    lines: usize,
    line_stride: usize,
    depth: usize,
    depth_stride: usize,
}

impl<'x, T: Lanes> Block<'x, T> {
    #[inline(always)]
    fn part(&self, first: usize, lines: usize) -> Self {
        Self { x: &self.x[first * self.line_stride..], lines, ..*self }
    }

    /// Copies the lines next to each other, at most `width` of them: for each inner index a row, filled up with
    /// zeros.
    #[inline(always)]
    fn pack(&self, width: usize, out: &mut [T]) {
        let Self { x, lines, line_stride, depth, depth_stride } = *self;
        let rows = out.chunks_exact_mut(width);
        if line_stride == 1 {
            for (p, row) in rows.enumerate() {
                row[..lines].copy_from_slice(&x[p * depth_stride..][..lines]);
                row[lines..].fill(T::zero());
            }
            return;
        }
        if lines < width {
            rows.for_each(|row| row[lines..].fill(T::zero()));
        }
        if depth_stride == 1 {
            // A few numbers of each line at a time, so that the rows stay in the cache until they are full.
            for first in (0..depth).step_by(16) {
                let len = 16.min(depth - first);
                for line in 0..lines {
                    let from = &x[line * line_stride + first..][..len];
                    let to = &mut out[first * width + line..];
                    if let Some(from) = from.first_chunk::<16>() {
                        let to = &mut to[..15 * width + 1];
                        for p in 0..16 {
                            to[p * width] = from[p];
                        }
                    } else {
                        for (p, &x) in from.iter().enumerate() {
                            to[p * width] = x;
                        }
                    }
                }
            }
            return;
        }
        for line in 0..lines {
            for p in 0..depth {
                out[p * width + line] = x[line * line_stride + p * depth_stride];
            }
        }
    }
}

impl<T: Lanes> Product<'_, T> {
    /// R rows a tile, or H, the half of it, at the end.
    #[inline(always)]
    fn run<S: Simd, const R: usize, const H: usize>(self, simd: S) {
        let Self { write, a: (a, a_layout), b: (b, b_layout), out, pitch } = self;
        let ([rows, inner], columns) = ([a_layout.shape[0], a_layout.shape[1]], b_layout.shape[1]);
        assert!(a_layout.end() <= a.len() && b_layout.end() <= b.len(), "a matrix does not fit its buffer");
        assert!(b_layout.shape[0] == inner, "{inner} inner indices for {}", b_layout.shape[0]);
        if rows == 0 || columns == 0 {
            return;
        }
        if inner == 0 {
            if write == Write::Over {
                out.chunks_mut(pitch).take(rows).for_each(|row| row[..columns].fill(T::zero()));
            }
            return;
        }
        let lanes = T::lanes::<S>();
        let a = Block {
            x: &a[a_layout.offset..],
            lines: rows,
            line_stride: a_layout.strides[0],
            depth: inner,
            depth_stride: a_layout.strides[1],
        };
        let b = Block {
            x: &b[b_layout.offset..],
            lines: columns,
            line_stride: b_layout.strides[1],
            depth: inner,
            depth_stride: b_layout.strides[0],
        };
        let depth = inner.div_ceil(inner.div_ceil(DEPTH));
        let padded = columns.min(WIDTH).next_multiple_of(lanes);
        let direct = rows <= FEW_ROWS && b.line_stride == 1;
        let mut strips = Storage::dirty(depth * if direct { VECTORS * lanes } else { padded }, Device::Cpu);
        let strips = strips.host_mut();
        let in_place = |lines: usize| lines == R && a.depth_stride == 1;
        let packed = if a.depth_stride == 1 && rows.is_multiple_of(R) {
            0
        } else {
            rows.min(HEIGHT).next_multiple_of(R)
        };
        let mut packed = Storage::dirty(depth * packed, Device::Cpu);
        let packed = packed.host_mut();

        for column in (0..columns).step_by(WIDTH) {
            let b = b.part(column, WIDTH.min(columns - column));
            for p in (0..inner).step_by(depth) {
                let depth = depth.min(inner - p);
                let write = if p == 0 { write } else { Write::Onto };
                let a = Block { x: &a.x[p * a.depth_stride..], depth, ..a };
                let b = Block { x: &b.x[p * b.depth_stride..], depth, ..b };
                if !direct {
                    each_strip(
                        b.lines,
                        lanes,
                        #[inline(always)]
                        |first, width, vectors| {
                            let strip = &mut strips[first * depth..][..vectors * lanes * depth];
                            b.part(first, width).pack(vectors * lanes, strip);
                        },
                    );
                }
                for row in (0..rows).step_by(HEIGHT) {
                    let a = a.part(row, HEIGHT.min(rows - row));
                    let out = &mut out[row * pitch + column..];
                    for first in (0..a.lines).step_by(R) {
                        let lines = R.min(a.lines - first);
                        if !in_place(lines) {
                            let width = if lines > H { R } else { H };
                            a.part(first, lines).pack(width, &mut packed[first * depth..][..width * depth]);
                        }
                    }
                    // Without packing, the tiles of few rows pass over b from left to right.
                    each_strip(
                        b.lines,
                        lanes,
                        #[inline(always)]
                        |first, width, vectors| {
                            let (strip, step) = if !direct {
                                (&strips[first * depth..][..vectors * lanes * depth], vectors * lanes)
                            } else if width == vectors * lanes {
                                (&b.x[first..], b.depth_stride)
                            } else {
                                let strip = &mut strips[..vectors * lanes * depth];
                                b.part(first, width).pack(vectors * lanes, strip);
                                (&*strip, vectors * lanes)
                            };
                            let out = &mut out[first..];
                            let strip = Strip { x: strip, rows: Even(step), depth, width, pitch };
                            match vectors {
                                1 => simd.vectorize(Tiles::<S, T, _, R, H, 1> {
                                    simd,
                                    write,
                                    a,
                                    packed,
                                    strip,
                                    out,
                                }),
                                2 => simd.vectorize(Tiles::<S, T, _, R, H, 2> {
                                    simd,
                                    write,
                                    a,
                                    packed,
                                    strip,
                                    out,
                                }),
                                _ => simd.vectorize(Tiles::<S, T, _, R, H, 3> {
                                    simd,
                                    write,
                                    a,
                                    packed,
                                    strip,
                                    out,
                                }),
                            }
                        },
                    );
                }
            }
        }
    }
}

/// Calls `visit` with the first column of each strip, its width, and the vectors that hold it. Strips are as wide as
/// can be, but the last two are alike: one vector alone keeps the multipliers waiting.
#[inline(always)]
fn each_strip(columns: usize, lanes: usize, mut visit: impl FnMut(usize, usize, usize)) {
    let mut first = 0;
    while first < columns {
        let left = (columns - first).div_ceil(lanes);
        let vectors = if left == VECTORS + 1 { 2 } else { left.min(VECTORS) };
        visit(first, (vectors * lanes).min(columns - first), vectors);
        first += vectors * lanes;
    }
}

/// Where the rows of a strip begin, one for each inner index.
trait Rows: Copy {
    fn start(self, p: usize) -> usize;
}

/// One after the other, at equal distances.
#[derive(Clone, Copy)]
struct Even(usize);

impl Rows for Even {
    #[inline(always)]
    fn start(self, p: usize) -> usize {
        p * self.0
    }
}

/// Anywhere, as the taps of a convolution see an image.
#[derive(Clone, Copy)]
struct Listed<'x>(&'x [usize]);

impl Rows for Listed<'_> {
    #[inline(always)]
    fn start(self, p: usize) -> usize {
        self.0[p]
    }
}

/// A strip of b with a row for each inner index, and where its products go.
struct Strip<'x, T, B> {
    x: &'x [T],
    rows: B,
    depth: usize,
    width: usize,
    pitch: usize,
}

/// All rows of a, R at a time, times a strip of V vectors.
struct Tiles<'x, S, T, B, const R: usize, const H: usize, const V: usize> {
    simd: S,
    write: Write,
    a: Block<'x, T>,
    /// The rows of a that are not read where they stand.
    packed: &'x [T],
    strip: Strip<'x, T, B>,
    out: &'x mut [T],
}

impl<S: Simd, T: Lanes, B: Rows, const R: usize, const H: usize, const V: usize> NullaryFnOnce
    for Tiles<'_, S, T, B, R, H, V>
{
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { simd, write, a, packed, strip, out } = self;
        let mut row = 0;
        while row < a.lines {
            let lines = (a.lines - row).min(R);
            let out = &mut out[row * strip.pitch..];
            if lines == R && a.depth_stride == 1 {
                let mut x: [&[T]; R] = [&[]; R];
                for r in 0..R {
                    x[r] = &a.x[(row + r) * a.line_stride..][..strip.depth];
                }
                let sums = strip.sums::<S, R, V>(
                    simd,
                    #[inline(always)]
                    |p, r| x[r][p],
                );
                strip.write::<S, R, V>(simd, write, sums, lines, out);
            } else if lines > H {
                let packed = packed[row * strip.depth..][..strip.depth * R].as_chunks::<R>().0;
                let sums = strip.sums::<S, R, V>(
                    simd,
                    #[inline(always)]
                    |p, r| packed[p][r],
                );
                strip.write::<S, R, V>(simd, write, sums, lines, out);
            } else {
                let packed = packed[row * strip.depth..][..strip.depth * H].as_chunks::<H>().0;
                let sums = strip.sums::<S, H, V>(
                    simd,
                    #[inline(always)]
                    |p, r| packed[p][r],
                );
                strip.write::<S, H, V>(simd, write, sums, lines, out);
            }
            row += lines;
        }
    }
}

impl<T: Lanes, B: Rows> Strip<'_, T, B> {
    /// The products of R rows, whose numbers `a` tells by inner index and row, with the strip.
    #[inline(always)]
    fn sums<S: Simd, const R: usize, const V: usize>(
        &self,
        simd: S,
        a: impl Fn(usize, usize) -> T,
    ) -> [[T::Vector<S>; V]; R] {
        let mut sums = [[T::splat(simd, T::zero()); V]; R];
        let width = V * T::lanes::<S>();
        for p in 0..self.depth {
            let b = T::vectors::<S>(&self.x[self.rows.start(p)..][..width]);
            let Some(b) = b.first_chunk::<V>() else { unreachable!() };
            let b = *b;
            for r in 0..R {
                let a = T::splat(simd, a(p, r));
                for v in 0..V {
                    sums[r][v] = T::fused(simd, a, b[v], sums[r][v]);
                }
            }
        }
        sums
    }

    /// Writes a tile, of which only `lines` rows and `self.width` columns are wanted.
    #[inline(always)]
    fn write<S: Simd, const R: usize, const V: usize>(
        &self,
        simd: S,
        write: Write,
        sums: [[T::Vector<S>; V]; R],
        lines: usize,
        out: &mut [T],
    ) {
        // Every index into the sums is a constant once the loops are unrolled, or they would live in memory.
        let lanes = T::lanes::<S>();
        if self.width == V * lanes {
            for r in 0..R {
                if r < lines {
                    let row = T::vectors_mut::<S>(&mut out[r * self.pitch..][..V * lanes]);
                    for v in 0..V {
                        row[v] = match write {
                            Write::Over => sums[r][v],
                            Write::Onto => T::plus(simd, row[v], sums[r][v]),
                        };
                    }
                }
            }
            return;
        }
        let mut tile = [[T::zero(); VECTORS * MOST_LANES]; R];
        for r in 0..R {
            let row = T::vectors_mut::<S>(&mut tile[r]);
            for v in 0..V {
                row[v] = sums[r][v];
            }
        }
        for (r, tile) in tile.iter().enumerate().take(lines) {
            let row = &mut out[r * self.pitch..][..self.width];
            match write {
                Write::Over => row.copy_from_slice(&tile[..self.width]),
                Write::Onto => row.iter_mut().zip(tile).for_each(|(x, &sum)| *x += sum),
            }
        }
    }
}

/// out[f, q] = Σₚ a[f, p] · x[offsets[p] + q]: every row of the result is a weighted sum of shifted rows.
pub(crate) struct Shifted<'x, T> {
    /// A row of weights for each row of the result.
    pub(crate) a: &'x [T],
    pub(crate) x: &'x [T],
    pub(crate) offsets: &'x [usize],
    pub(crate) out: &'x mut [T],
    /// The length of a row of the result, a multiple of [`ROUND`].
    pub(crate) len: usize,
}

/// What the lengths of rows are rounded up to, so that they are whole vectors of any width.
pub(crate) const ROUND: usize = MOST_LANES;

impl<T: Lanes> WithSimd for Shifted<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        if S::REGISTER_COUNT >= 32 { self.run::<S, 8, 4>(simd) } else { self.run::<S, 4, 2>(simd) }
    }
}

impl<T: Lanes> Shifted<'_, T> {
    #[inline(always)]
    fn run<S: Simd, const R: usize, const H: usize>(self, simd: S) {
        let Self { a, x, offsets, out, len } = self;
        let (depth, lanes) = (offsets.len(), T::lanes::<S>());
        let lines = out.len() / len;
        let a = Block { x: a, lines, line_stride: depth, depth, depth_stride: 1 };
        let tail = lines % R;
        let mut packed =
            Storage::dirty(if tail == 0 { 0 } else { lines.next_multiple_of(R) * depth }, Device::Cpu);
        let packed = packed.host_mut();
        if tail > 0 {
            let width = if tail > H { R } else { H };
            a.part(lines - tail, tail).pack(width, &mut packed[(lines - tail) * depth..][..width * depth]);
        }
        let packed = &*packed;
        each_strip(
            len,
            lanes,
            #[inline(always)]
            |first, width, vectors| {
                let (write, out) = (Write::Over, &mut out[first..]);
                let strip = Strip { x: &x[first..], rows: Listed(offsets), depth, width, pitch: len };
                match vectors {
                    1 => simd.vectorize(Tiles::<S, T, _, R, H, 1> { simd, write, a, packed, strip, out }),
                    2 => simd.vectorize(Tiles::<S, T, _, R, H, 2> { simd, write, a, packed, strip, out }),
                    _ => simd.vectorize(Tiles::<S, T, _, R, H, 3> { simd, write, a, packed, strip, out }),
                }
            },
        );
    }
}

/// out[f, p] += Σ_q a[f, q] · x[offsets[p] + q]: how every row of a correlates with every shifted row.
///
/// A tile is R rows times P shifts, each a vector of partial sums.
pub(crate) struct Correlated<'x, T> {
    pub(crate) a: &'x [T],
    pub(crate) x: &'x [T],
    pub(crate) offsets: &'x [usize],
    pub(crate) out: &'x mut [T],
    /// The length of a row of a, a multiple of [`ROUND`].
    pub(crate) len: usize,
}

impl<T: Lanes> WithSimd for Correlated<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        if S::REGISTER_COUNT >= 32 { self.run::<S, 4, 6>(simd) } else { self.run::<S, 3, 4>(simd) }
    }
}

impl<T: Lanes> Correlated<'_, T> {
    #[inline(always)]
    fn run<S: Simd, const R: usize, const P: usize>(self, simd: S) {
        let Self { a, x, offsets, out, len } = self;
        let (rows, depth) = (a.len() / len, offsets.len());
        for p in (0..depth).step_by(P) {
            for row in (0..rows).step_by(R) {
                // At the ends a tile repeats the last row or shift; what is repeated is left out.
                let mut lines: [&[T]; R] = [&[]; R];
                for (r, line) in lines.iter_mut().enumerate() {
                    *line = &a[(row + r).min(rows - 1) * len..][..len];
                }
                let mut shifts: [&[T]; P] = [&[]; P];
                for (i, shift) in shifts.iter_mut().enumerate() {
                    *shift = &x[offsets[(p + i).min(depth - 1)]..][..len];
                }
                let sums = simd.vectorize(CorrelatedTile { simd, lines, shifts });
                for (r, sums) in sums.iter().enumerate().take(rows - row) {
                    let out = &mut out[(row + r) * depth + p..];
                    out.iter_mut().zip(sums).take(depth - p).for_each(|(x, &sum)| *x += sum);
                }
            }
        }
    }
}

struct CorrelatedTile<'x, S, T, const R: usize, const P: usize> {
    simd: S,
    lines: [&'x [T]; R],
    shifts: [&'x [T]; P],
}

impl<S: Simd, T: Lanes, const R: usize, const P: usize> NullaryFnOnce for CorrelatedTile<'_, S, T, R, P> {
    type Output = [[T; P]; R];

    #[inline(always)]
    fn call(self) -> [[T; P]; R] {
        let Self { simd, lines, shifts } = self;
        let vectors = lines[0].len() / T::lanes::<S>();
        let mut a: [&[T::Vector<S>]; R] = [&[]; R];
        for r in 0..R {
            a[r] = &T::vectors::<S>(lines[r])[..vectors];
        }
        let mut x: [&[T::Vector<S>]; P] = [&[]; P];
        for i in 0..P {
            x[i] = &T::vectors::<S>(shifts[i])[..vectors];
        }
        let mut sums = [[T::splat(simd, T::zero()); P]; R];
        for q in 0..vectors {
            for i in 0..P {
                let x = x[i][q];
                for r in 0..R {
                    sums[r][i] = T::fused(simd, a[r][q], x, sums[r][i]);
                }
            }
        }
        let mut totals = [[T::zero(); P]; R];
        for r in 0..R {
            for i in 0..P {
                totals[r][i] = T::total(simd, sums[r][i]);
            }
        }
        totals
    }
}
