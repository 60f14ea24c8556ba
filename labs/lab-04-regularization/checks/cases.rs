//! The inputs that the checks are tried on, and how far chance may carry what is random.

use grading::prelude::*;
use grading::proptest::collection::vec;
use lab_04_regularization::Region;
use tensor::Tensor;

use crate::contract::Contract;

/// What a check is given: the lab, whoever wrote it.
pub(crate) type Lab<'a> = &'a dyn Contract;

/// How far the mean of `n` independent numbers from an interval of this length may be from its expectation.
///
/// Hoeffding's inequality (1963): P(|mean − E| ≥ t) ≤ 2·exp(−2nt²/length²). With t = 4·length/√n that is below 3e-14: no
/// right solution will ever see such a mean.
pub(crate) fn chance(n: usize, length: f64) -> f64 {
    4.0 * length / (n as f64).sqrt()
}

/// The mean of some numbers.
pub(crate) fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

/// Validation losses, multiples of ¼ so that differences are exact; now and then one that is none.
pub(crate) fn losses(longest: usize) -> impl Strategy<Value = Vec<f64>> {
    vec(loss(), 1..=longest)
}

/// A validation loss.
pub(crate) fn loss() -> impl Strategy<Value = f64> {
    let number = (0..=16_u32).prop_map(|quarters| f64::from(quarters) / 4.0);
    prop_oneof![20 => number, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY)]
}

/// Parameters of up to three dimensions.
pub(crate) fn parameters() -> impl Strategy<Value = Vec<Tensor<f64>>> {
    vec(vec(1..=3_usize, 0..=3), 0..=3)
        .prop_flat_map(|shapes| shapes.into_iter().map(|shape| tensors(&shape[..])).collect::<Vec<_>>())
}

/// Images \[C, H, W\] with one to three channels and entries from [-1, 1], in any layout.
pub(crate) fn images() -> impl Strategy<Value = Tensor<f64>> {
    (1..=3_usize, 1..=5_usize, 1..=5_usize).prop_flat_map(|(c, h, w)| tensors([c, h, w]))
}

/// Images with one or three channels and entries from [0, 1].
pub(crate) fn photographs() -> impl Strategy<Value = Tensor<f64>> {
    (prop_oneof![Just(1_usize), Just(3)], 1..=4_usize, 1..=4_usize)
        .prop_flat_map(|(c, h, w)| tensors([c, h, w]).prop_map(|image| (image + 1.0) * 0.5))
}

/// An image and a region of it that is not empty.
pub(crate) fn images_with_regions() -> impl Strategy<Value = (Tensor<f64>, Region)> {
    images().prop_flat_map(|image| {
        let [_, height, width] = image.dims();
        let region = (0..height, 0..width).prop_flat_map(move |(top, left)| {
            (1..=height - top, 1..=width - left).prop_map(move |(height, width)| Region {
                top,
                left,
                height,
                width,
            })
        });
        (Just(image), region)
    })
}

/// Everything that batch normalization needs, with a gradient of its output.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pub(crate) x: Tensor<f64>,
    pub(crate) weight: Tensor<f64>,
    pub(crate) bias: Tensor<f64>,
    pub(crate) eps: f64,
    pub(crate) dy: Tensor<f64>,
}

/// Batches of two to five samples with up to three features.
pub(crate) fn batches() -> impl Strategy<Value = Batch> {
    (2..=5_usize, 1..=3_usize, 1..=10_u32).prop_flat_map(|(n, d, tenths)| {
        (tensors([n, d]), tensors([d]), tensors([d]), tensors([n, d])).prop_map(
            move |(x, weight, bias, dy)| Batch { x, weight, bias, eps: f64::from(tenths) / 10.0, dy },
        )
    })
}

/// Mean and variance of each feature, number by number.
pub(crate) fn moments(x: &Tensor<f64>) -> Vec<(f64, f64)> {
    let [n, d] = x.dims();
    let column = |j: usize| (0..n).map(|i| x.get([i, j])).collect::<Vec<_>>();
    let moments = |column: Vec<f64>| {
        let mu = mean(&column);
        (mu, mean(&column.iter().map(|v| (v - mu) * (v - mu)).collect::<Vec<_>>()))
    };
    (0..d).map(|j| moments(column(j))).collect()
}

/// Batch normalization by these means and variances, number by number.
pub(crate) fn normalized(
    x: &Tensor<f64>,
    moments: &[(f64, f64)],
    weight: &Tensor<f64>,
    bias: &Tensor<f64>,
    eps: f64,
) -> Tensor<f64> {
    Tensor::from_fn(x.shape(), |at| {
        let (mean, var) = moments[at[1]];
        weight.get([at[1]]) * (x.get([at[0], at[1]]) - mean) / (var + eps).sqrt() + bias.get([at[1]])
    })
}

/// The image whose pixel (c, i, j) is pixel `source(i, j)` of channel c of another one.
pub(crate) fn rearranged(
    image: &Tensor<f64>,
    [height, width]: [usize; 2],
    source: impl Fn(usize, usize) -> [usize; 2],
) -> Tensor<f64> {
    Tensor::from_fn([image.size(0), height, width], |at| {
        let [row, column] = source(at[1], at[2]);
        image.get([at[0], row, column])
    })
}

/// A plane whose brightness is a + b·row + c·column.
pub(crate) fn ramp(shape: [usize; 3], [a, b, c]: [f64; 3]) -> Tensor<f64> {
    Tensor::from_fn(shape, |at| a + b * at[1] as f64 + c * at[2] as f64)
}
