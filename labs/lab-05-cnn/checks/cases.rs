//! The inputs that the checks are tried on, and what a window sees on them.

use grading::prelude::*;
use lab_05_cnn::{Padding, Window};
use tensor::Tensor;

/// What each position of a window sees along one dimension: for every tap the place of the input, `None` for padding.
///
/// No formula stands behind it: the input is laid out with its padding, and the window moves along until its last
/// tap would leave.
pub(crate) fn views(window: &Window, dim: usize, n: usize) -> Vec<Vec<Option<usize>>> {
    let (k, s, d) = (window.kernel[dim], window.stride[dim], window.dilation[dim]);
    let spare = match window.padding {
        Padding::Valid => 0,
        Padding::Same => (k - 1) * d,
        Padding::Numbers(numbers) => 2 * numbers[dim],
    };
    // An odd number of places has its larger half behind.
    let (front, behind) = (spare / 2, spare.div_ceil(2));
    let mut extended = vec![None; front];
    extended.extend((0..n).map(Some));
    extended.extend(vec![None; behind]);
    let view = |start: usize| (0..k).map(|tap| extended.get(start + tap * d).copied()).collect();
    (0..).step_by(s).map_while(view).collect()
}

/// The least input size that a window fits on.
pub(crate) fn least_size(window: &Window, dim: usize) -> usize {
    (1..).find(|&n| !views(window, dim, n).is_empty()).unwrap_or(1)
}

/// The height and width of a window's output.
pub(crate) fn output_shape(window: &Window, [height, width]: [usize; 2]) -> [usize; 2] {
    [views(window, 0, height).len(), views(window, 1, width).len()]
}

/// ⟨a, b⟩, over all entries.
pub(crate) fn inner(a: &Tensor<f64>, b: &Tensor<f64>) -> f64 {
    a.to_vec().into_iter().zip(b.to_vec()).map(|(a, b)| a * b).sum()
}

/// A tensor with a single 1.
pub(crate) fn one_hot(shape: &[usize], place: &[usize]) -> Tensor<f64> {
    Tensor::from_fn(shape, |index| f64::from(index == place))
}

/// Windows of up to 3 × 3 taps, with every kind of padding.
pub(crate) fn windows() -> impl Strategy<Value = Window> {
    windows_up_to(3, 3, 2, 2)
}

/// Windows with at most these kernels, strides, dilations and numbers of padding.
pub(crate) fn windows_up_to(
    kernel: usize,
    stride: usize,
    dilation: usize,
    padding: usize,
) -> impl Strategy<Value = Window> {
    let numbers = [0..=padding, 0..=padding].prop_map(Padding::Numbers);
    let padding = prop_oneof![Just(Padding::Valid), numbers, Just(Padding::Same)];
    ([1..=kernel, 1..=kernel], [1..=stride, 1..=stride], [1..=dilation, 1..=dilation], padding)
        .prop_map(|(kernel, stride, dilation, padding)| Window { kernel, stride, padding, dilation })
}

/// Everything that a convolution needs, with a gradient of its output.
#[derive(Debug, Clone)]
pub(crate) struct Convolution {
    pub(crate) x: Tensor<f64>,
    pub(crate) weight: Tensor<f64>,
    pub(crate) bias: Tensor<f64>,
    pub(crate) window: Window,
    pub(crate) groups: usize,
    pub(crate) dy: Tensor<f64>,
}

impl Convolution {
    /// How many products each output adds up, with the bias.
    pub(crate) fn terms(&self) -> usize {
        let [_, channels, kh, kw] = self.weight.dims::<4>();
        channels * kh * kw + 1
    }

    pub(crate) fn no_bias(&self) -> Tensor<f64> {
        self.bias.zeros_like()
    }
}

/// Small convolutions of every kind.
pub(crate) fn convolutions() -> impl Strategy<Value = Convolution> {
    convolutions_of(windows(), 1..=2)
}

/// Small convolutions with one of these windows, on so many images.
pub(crate) fn convolutions_of(
    windows: impl Strategy<Value = Window>,
    batch: std::ops::RangeInclusive<usize>,
) -> impl Strategy<Value = Convolution> {
    // Groups, input and output channels of each, and how much larger than necessary the image is.
    let sizes = (batch, 1..=2_usize, 1..=2_usize, 1..=2_usize, [0..=4_usize, 0..=4]);
    (windows, sizes).prop_flat_map(|(window, (batch, groups, inputs, outputs, [higher, wider]))| {
        let image = [least_size(&window, 0) + higher, least_size(&window, 1) + wider];
        let [oh, ow] = output_shape(&window, image);
        let [kh, kw] = window.kernel;
        let x = tensors([batch, groups * inputs, image[0], image[1]]);
        let weight = tensors([groups * outputs, inputs, kh, kw]);
        let bias = tensors([groups * outputs]);
        let dy = tensors([batch, groups * outputs, oh, ow]);
        (x, weight, bias, dy).prop_map(move |(x, weight, bias, dy)| Convolution {
            x,
            weight,
            bias,
            window,
            groups,
            dy,
        })
    })
}

/// Images and a window for pooling, with a gradient of its output.
#[derive(Debug, Clone)]
pub(crate) struct Pooling {
    pub(crate) x: Tensor<f64>,
    pub(crate) window: Window,
    pub(crate) dy: Tensor<f64>,
}

/// Small poolings with one of these windows, on so many images. With `ties`, all numbers are multiples of ½.
pub(crate) fn poolings_of(
    windows: impl Strategy<Value = Window>,
    batch: std::ops::RangeInclusive<usize>,
    ties: bool,
) -> impl Strategy<Value = Pooling> {
    let sizes = (batch, 1..=2_usize, [0..=4_usize, 0..=4]);
    (windows, sizes).prop_flat_map(move |(window, (batch, channels, [higher, wider]))| {
        let image = [least_size(&window, 0) + higher, least_size(&window, 1) + wider];
        let [oh, ow] = output_shape(&window, image);
        let x = tensors([batch, channels, image[0], image[1]]);
        let dy = tensors([batch, channels, oh, ow]);
        (x, dy).prop_map(move |(x, dy)| {
            let x = if ties { x.map(|v| (2.0 * v).round() / 2.0) } else { x };
            Pooling { x, window, dy }
        })
    })
}

/// Windows for max pooling: each sees at least one place of any input that it fits on.
pub(crate) fn pooling_windows() -> impl Strategy<Value = Window> {
    ([2..=3_usize, 2..=3], [1..=3_usize, 1..=3], [0..=1_usize, 0..=1]).prop_map(
        |(kernel, stride, padding)| Window::new(kernel).stride(stride).padding(Padding::Numbers(padding)),
    )
}
