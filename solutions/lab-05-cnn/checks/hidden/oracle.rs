//! What the lab's functions should answer, computed in another way: a convolution as the list of all its products,
//! max pooling by sorting. Beside it, the harder inputs.

use grading::prelude::*;
use lab_05_cnn::{Padding, Window};
use tensor::Tensor;

use crate::cases::{Convolution, Pooling, convolutions_of, least_size, views, windows_up_to};
use crate::hidden::Lab;

/// Windows with strides beyond the kernel, padding beyond it, and wide holes.
pub(super) fn hard_windows() -> impl Strategy<Value = Window> {
    windows_up_to(4, 5, 4, 6)
}

/// Convolutions on empty and larger batches, with hard windows.
pub(super) fn hard_convolutions() -> impl Strategy<Value = Convolution> {
    convolutions_of(hard_windows(), 0..=3)
}

/// Depthwise convolutions: as many groups as channels, up to two outputs for each.
pub(super) fn depthwise_convolutions() -> impl Strategy<Value = Convolution> {
    (windows_up_to(3, 2, 2, 2), 1..=5_usize, 1..=2_usize, 0..=3_usize).prop_flat_map(
        |(window, groups, outputs, more)| {
            let image = [0, 1].map(|dim| least_size(&window, dim) + more);
            let [oh, ow] = [0, 1].map(|dim| views(&window, dim, image[dim]).len());
            let [kh, kw] = window.kernel;
            let x = tensors([2, groups, image[0], image[1]]);
            let weight = tensors([groups * outputs, 1, kh, kw]);
            let (bias, dy) = (tensors([groups * outputs]), tensors([2, groups * outputs, oh, ow]));
            (x, weight, bias, dy).prop_map(move |(x, weight, bias, dy)| Convolution {
                x,
                weight,
                bias,
                window,
                groups,
                dy,
            })
        },
    )
}

/// Where one product of a convolution comes from, and where it goes.
pub(super) struct Product {
    pub(super) x: [usize; 4],
    pub(super) weight: [usize; 4],
    pub(super) y: [usize; 4],
}

/// All products of a convolution.
pub(super) fn products(case: &Convolution) -> Vec<Product> {
    let [batch, channels, height, width] = case.x.dims();
    let [out, per_group, kh, kw] = case.weight.dims();
    let (rows, columns) = (views(&case.window, 0, height), views(&case.window, 1, width));
    let mut products = Vec::new();
    // From the input's side: each number meets every tap of every kernel of its group.
    for (n, c) in (0..batch).flat_map(|n| (0..channels).map(move |c| (n, c))) {
        let group = c / per_group;
        for o in (0..out).filter(|o| o * case.groups / out == group) {
            for (i, row) in rows.iter().enumerate() {
                for (j, column) in columns.iter().enumerate() {
                    for (a, b) in (0..kh).flat_map(|a| (0..kw).map(move |b| (a, b))) {
                        if let (Some(row), Some(column)) = (row[a], column[b]) {
                            products.push(Product {
                                x: [n, c, row, column],
                                weight: [o, c % per_group, a, b],
                                y: [n, o, i, j],
                            });
                        }
                    }
                }
            }
        }
    }
    products
}

/// A tensor of zeros to which numbers are added.
pub(super) struct Sums {
    pub(super) shape: [usize; 4],
    pub(super) sums: Vec<f64>,
}

impl Sums {
    pub(super) fn of(shape: [usize; 4]) -> Sums {
        Sums { shape, sums: vec![0.0; shape.iter().product()] }
    }

    pub(super) fn add(&mut self, at: [usize; 4], value: f64) {
        let place = at.iter().zip(self.shape).fold(0, |place, (index, size)| place * size + index);
        self.sums[place] += value;
    }

    pub(super) fn tensor(self) -> Tensor<f64> {
        Tensor::from_vec(self.sums, self.shape)
    }
}

/// The convolution as the sum of all its products.
pub(super) fn convolved(case: &Convolution) -> Tensor<f64> {
    let mut y = Sums::of(case.dy.dims());
    for product in products(case) {
        y.add(product.y, case.weight.get(product.weight) * case.x.get(product.x));
    }
    y.tensor() + case.bias.reshape([case.bias.numel(), 1, 1])
}

pub(super) fn convolve(lab: Lab, case: &Convolution) -> Result<Tensor<f64>, Fault> {
    let Convolution { x, weight, bias, window, groups, .. } = case.clone();
    lab.conv2d(x, weight, bias, window, groups)
}

pub(super) fn gradients_of(lab: Lab, case: &Convolution) -> Result<[Tensor<f64>; 3], Fault> {
    let Convolution { x, weight, bias, window, groups, dy } = case.clone();
    lab.conv2d_gradients(x, weight, bias, window, groups, dy)
}

/// The forward and backward pass of max pooling by sorting what each window sees.
pub(super) fn max_pooled(case: &Pooling) -> (Tensor<f64>, Tensor<f64>) {
    let [_, _, height, width] = case.x.dims();
    let (rows, columns) = (views(&case.window, 0, height), views(&case.window, 1, width));
    let (mut y, mut dx) = (Sums::of(case.dy.dims()), Sums::of(case.x.dims()));
    let [batch, channels, oh, ow] = case.dy.dims();
    for place in 0..case.dy.numel() {
        let at = [
            place / ow / oh / channels % batch.max(1),
            place / ow / oh % channels,
            place / ow % oh,
            place % ow,
        ];
        let mut seen: Vec<[usize; 4]> = rows[at[2]]
            .iter()
            .flatten()
            .flat_map(|&row| columns[at[3]].iter().flatten().map(move |&column| [at[0], at[1], row, column]))
            .collect();
        // A stable sort leaves equal numbers in their order, 0 and −0 too.
        seen.sort_by(|&a, &b| case.x.get(b).partial_cmp(&case.x.get(a)).expect("no NaN is drawn"));
        y.add(at, case.x.get(seen[0]));
        dx.add(seen[0], case.dy.get(at));
    }
    (y.tensor(), dx.tensor())
}

/// LeNet-5's features and logits by the oracles of this file.
pub(super) fn lenet_by_oracle(parameters: &[Tensor<f64>], x: &Tensor<f64>) -> (Tensor<f64>, Tensor<f64>) {
    let block = |x: &Tensor<f64>, layer: usize, window: Window| {
        let (weight, bias) = (parameters[2 * layer].clone(), parameters[2 * layer + 1].clone());
        let [batch, _, height, width] = x.dims();
        let [oh, ow] = [views(&window, 0, height).len(), views(&window, 1, width).len()];
        let dy = Tensor::zeros([batch, weight.size(0), oh, ow]);
        let y = convolved(&Convolution { x: x.clone(), weight, bias, window, groups: 1, dy });
        let y = y.maximum(0.0);
        // Pairs of rows and columns as dimensions of their own.
        y.reshape([batch, y.size(1), oh / 2, 2, ow / 2, 2]).max([3, 5])
    };
    let layer =
        |x: &Tensor<f64>, layer: usize| x.matmul(&parameters[2 * layer].t()) + &parameters[2 * layer + 1];
    let five = Window::new([5, 5]);
    let features = block(&block(x, 0, five.padding(Padding::Same)), 1, five);
    let flat = features.reshape([x.size(0), 400]);
    let hidden = layer(&layer(&flat, 2).maximum(0.0), 3).maximum(0.0);
    (features, layer(&hidden, 4))
}
