//! Where a sliding window stands: the geometry that convolutions and pooling share.
//!
//! A window of k taps slides over n places in steps of the stride s. Its taps are d places apart (the dilation), and
//! the input is extended by zeros on both sides (the padding) so that the window can stand at the border. Height and
//! width are independent of each other: dimension 0 is the height, dimension 1 the width.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// How far the input is extended, on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Padding {
    /// Not at all: only windows that lie within the input count.
    Valid,
    /// So far that a window of stride 1 has as many positions as the input has places.
    Same,
    /// By so many places above and below, and by so many on the left and on the right.
    Numbers([usize; 2]),
}

/// A window that slides over images; each field has a number for the height and one for the width.
///
/// ```
/// use lab_05_cnn::{Padding, Window};
///
/// let window = Window::new([3, 5]).stride([2, 1]).padding(Padding::Same);
/// assert_eq!(window.dilation, [1, 1]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// k: how many taps the window has.
    pub kernel: [usize; 2],
    /// s: how far the window moves from one output to the next.
    pub stride: [usize; 2],
    /// How far the input is extended.
    pub padding: Padding,
    /// d: how far apart neighbouring taps are; 1 for a window without holes.
    pub dilation: [usize; 2],
}

impl Window {
    /// A window with stride 1, no padding and no holes.
    pub const fn new(kernel: [usize; 2]) -> Window {
        Window { kernel, stride: [1, 1], padding: Padding::Valid, dilation: [1, 1] }
    }

    /// A window whose stride is its size, as pooling has it: each place is seen once.
    pub const fn tiles(kernel: [usize; 2]) -> Window {
        Window::new(kernel).stride(kernel)
    }

    /// The same window with another stride.
    #[must_use]
    pub const fn stride(self, stride: [usize; 2]) -> Window {
        Window { stride, ..self }
    }

    /// The same window with another padding.
    #[must_use]
    pub const fn padding(self, padding: Padding) -> Window {
        Window { padding, ..self }
    }

    /// The same window with another dilation.
    #[must_use]
    pub const fn dilation(self, dilation: [usize; 2]) -> Window {
        Window { dilation, ..self }
    }

    /// How many places are added before and after the input along dimension `dim`.
    ///
    /// "Same" adds d(k − 1) places in all, one half on each side; where that number is odd, the odd one goes behind.
    pub fn margins(&self, dim: usize) -> (usize, usize) {
        todo!("1.1: the places added before and after, for each kind of padding")
    }

    /// The number of positions of the window along dimension `dim` of an input with `n` places.
    ///
    /// The window spans d(k − 1) + 1 places, which the extended input is known to have.
    pub fn output_size(&self, dim: usize, n: usize) -> usize {
        let (before, after) = self.margins(dim);
        todo!("1.2: the number of positions, ⌊(before + n + after − d(k − 1) − 1) / s⌋ + 1")
    }

    /// The place of the input, along dimension `dim` with `n` places, that lies under tap `tap` of the window at
    /// position `output`; `None` if that is padding.
    pub fn source(&self, dim: usize, output: usize, tap: usize, n: usize) -> Option<usize> {
        let (before, _) = self.margins(dim);
        todo!("1.3: the place output·s + tap·d − before, if there is one")
    }

    /// The positions at which tap `tap` lies on the input, which are neighbours: all o with
    /// 0 ≤ o·s + tap·d − before < n.
    pub fn reach(&self, dim: usize, tap: usize, n: usize) -> Range<usize> {
        let (before, _) = self.margins(dim);
        let positions = self.output_size(dim, n);
        let offset = tap * self.dilation[dim];
        let first_from =
            |place: usize| place.saturating_sub(offset).div_ceil(self.stride[dim]).min(positions);
        first_from(before)..first_from(before + n)
    }

    /// The places of the input that the window sees at each position, from first to last; padding is left out.
    pub fn places(&self, dim: usize, n: usize) -> Vec<Vec<usize>> {
        let seen_at =
            |output| (0..self.kernel[dim]).filter_map(|tap| self.source(dim, output, tap, n)).collect();
        (0..self.output_size(dim, n)).map(seen_at).collect()
    }

    /// The height and width of the output for an input of this height and width.
    ///
    /// # Panics
    /// If a size is 0, or the window is larger than the extended input.
    #[track_caller]
    pub fn output_shape(&self, size: [usize; 2]) -> [usize; 2] {
        for dim in [0, 1] {
            let (k, s, d, n) = (self.kernel[dim], self.stride[dim], self.dilation[dim], size[dim]);
            assert!(
                k > 0 && s > 0 && d > 0 && n > 0,
                "kernel {k}, stride {s}, dilation {d} and input {n} must be at least 1"
            );
            let (before, after) = self.margins(dim);
            let span = d * (k - 1) + 1;
            assert!(
                span <= before + n + after,
                "a window that spans {span} places does not fit into {before} + {n} + {after}; \
                 use a smaller kernel or more padding"
            );
        }
        [self.output_size(0, size[0]), self.output_size(1, size[1])]
    }
}
