//! Reading a strided operand in row-major order.
//!
//! Every element-wise kernel works on short contiguous blocks; [`Walk::gather`] fills such a block from any
//! layout. So the arithmetic is written once, for slices, whatever the strides of its operands.

use crate::layout::{Layout, MAX_RANK};

/// A layout with its dimensions merged as far as they go: a contiguous tensor walks as one long row.
#[derive(Clone, Copy)]
pub(crate) struct Walk {
    rank: usize,
    dims: [usize; MAX_RANK],
    strides: [usize; MAX_RANK],
    offset: usize,
    len: usize,
}

impl Walk {
    pub(crate) fn new(layout: &Layout) -> Self {
        let mut walk = Self {
            rank: 0,
            dims: [1; MAX_RANK],
            strides: [0; MAX_RANK],
            offset: layout.offset,
            len: layout.numel(),
        };
        for (&dim, &stride) in layout.shape.iter().zip(&layout.strides) {
            if dim == 1 {
                continue;
            }
            if walk.rank > 0 && walk.strides[walk.rank - 1] == stride * dim {
                walk.dims[walk.rank - 1] *= dim;
                walk.strides[walk.rank - 1] = stride;
            } else {
                walk.dims[walk.rank] = dim;
                walk.strides[walk.rank] = stride;
                walk.rank += 1;
            }
        }
        walk
    }

    /// The elements from `start` on as they lie, if they lie one after the other.
    #[inline(always)]
    pub(crate) fn as_slice<'x, T>(&self, x: &'x [T], start: usize, len: usize) -> Option<&'x [T]> {
        let row = self.rank == 0 || (self.rank == 1 && self.strides[0] == 1);
        row.then(|| &x[self.offset + start..][..len])
    }

    /// Whether rows are long enough, and lie such, that each is worth a loop of its own.
    pub(crate) fn has_long_runs(&self) -> bool {
        let last = self.rank.checked_sub(1);
        last.is_some_and(|last| self.dims[last] >= 32 && self.strides[last] <= 1)
    }

    /// Copies the elements `start..start + out.len()`, counted in row-major order.
    pub(crate) fn gather<T: Copy>(&self, x: &[T], start: usize, out: &mut [T]) {
        if out.is_empty() {
            return;
        }
        if let Some(row) = self.as_slice(x, start, out.len()) {
            return out.copy_from_slice(row);
        }
        self.each_run(start, out.len(), |done, offset, step, run| {
            copy_run(x, offset, step, &mut out[done..][..run]);
        });
    }

    /// Writes `x` to the elements in row-major order.
    pub(crate) fn scatter<T: Copy>(&self, x: &[T], out: &mut [T]) {
        self.each_run(0, self.len, |done, offset, step, run| {
            let x = &x[done..][..run];
            if step == 1 {
                out[offset..][..run].copy_from_slice(x);
            } else {
                // At the end of the buffer the last step would go beyond it.
                x.iter().enumerate().for_each(|(i, &x)| out[offset + i * step] = x);
            }
        });
    }

    /// Calls `visit` with how many elements are done, the offset of the next, the step to the one after it, and how
    /// many follow at that step, until `len` elements from `start` on have been seen.
    #[inline(always)]
    pub(super) fn each_run(
        &self,
        start: usize,
        len: usize,
        mut visit: impl FnMut(usize, usize, usize, usize),
    ) {
        if len == 0 {
            return;
        }
        let Some(last) = self.rank.checked_sub(1) else {
            return visit(0, self.offset, 0, 1);
        };
        let (width, step) = (self.dims[last], self.strides[last]);
        // Where `start` lies: its index in each dimension, and the offset of its row.
        let mut index = [0; MAX_RANK];
        let (mut row, mut offset) = (start / width, self.offset);
        let mut column = start % width;
        for dim in (0..last).rev() {
            index[dim] = row % self.dims[dim];
            row /= self.dims[dim];
            offset += index[dim] * self.strides[dim];
        }
        let mut done = 0;
        loop {
            let run = (width - column).min(len - done);
            visit(done, offset + column * step, step, run);
            done += run;
            if done == len {
                return;
            }
            column = 0;
            // The next row: count up as an odometer does.
            for dim in (0..last).rev() {
                index[dim] += 1;
                offset += self.strides[dim];
                if index[dim] < self.dims[dim] {
                    break;
                }
                offset -= index[dim] * self.strides[dim];
                index[dim] = 0;
            }
        }
    }
}

fn copy_run<T: Copy>(x: &[T], from: usize, step: usize, out: &mut [T]) {
    match step {
        0 => out.fill(x[from]),
        1 => out.copy_from_slice(&x[from..][..out.len()]),
        _ => out.iter_mut().zip(x[from..].iter().step_by(step)).for_each(|(y, &x)| *y = x),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Shape;

    /// Every element by its index, one at a time.
    fn naive(x: &[usize], layout: &Layout) -> Vec<usize> {
        let mut index = vec![0; layout.rank()];
        let mut out = Vec::new();
        for _ in 0..layout.numel() {
            let at: usize = index.iter().zip(layout.strides).map(|(i, s)| i * s).sum();
            out.push(x[layout.offset + at]);
            for dim in (0..index.len()).rev() {
                index[dim] += 1;
                if index[dim] < layout.shape[dim] {
                    break;
                }
                index[dim] = 0;
            }
        }
        out
    }

    #[test]
    fn gathers_any_range_of_any_layout() {
        let x: Vec<usize> = (0..1000).collect();
        let base = Layout::contiguous(Shape::new(&[3, 4, 5, 2]));
        let row = Layout::contiguous(Shape::new(&[1, 4, 1]));
        let layouts = [
            base,
            base.permute(&[3, 1, 0, 2]),
            base.permute(&[0, 1, 3, 2]).narrow(2, 1, 1, 1),
            base.narrow(2, 0, 3, 2).narrow(0, 1, 2, 1),
            row.expand(Shape::new(&[2, 3, 4, 5])).unwrap(),
            Layout::contiguous(Shape::new(&[])),
            base.narrow(1, 0, 0, 1),
        ];
        for layout in layouts {
            let expected = naive(&x, &layout);
            let walk = Walk::new(&layout);
            assert_eq!(walk.len, expected.len());
            for start in 0..=expected.len() {
                for len in [0, 1, 3, expected.len()] {
                    let end = (start + len).min(expected.len());
                    let mut out = vec![usize::MAX; end - start];
                    walk.gather(&x, start, &mut out);
                    assert_eq!(out, expected[start..end], "{layout:?} from {start}");
                }
            }
        }
    }

    #[test]
    fn scatters_to_where_it_gathers_from() {
        let base = Layout::contiguous(Shape::new(&[3, 4, 5]));
        for layout in [base, base.permute(&[2, 0, 1]), base.narrow(2, 1, 2, 2), base.narrow(0, 2, 1, 1)] {
            let walk = Walk::new(&layout);
            let x: Vec<usize> = (1..=walk.len).collect();
            let mut out = vec![0; 60];
            walk.scatter(&x, &mut out);
            assert_eq!(naive(&out, &layout), x, "{layout:?}");
            assert_eq!(out.iter().filter(|&&x| x == 0).count(), 60 - walk.len);
        }
    }
}
