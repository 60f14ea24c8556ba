//! How much of the input one number of a deep layer depends on, and what a layer costs.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

use crate::Window;

/// Which places of the input, along one dimension, the outputs of a stack of layers depend on.
///
/// Output i can depend on the places from `start + i·jump` to `start + i·jump + size − 1`, as far as they exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReceptiveField {
    /// r: how many places of the input the field spans.
    pub size: usize,
    /// j: how far apart the fields of neighbouring outputs are.
    pub jump: usize,
    /// The first place of output 0's field; below 0 where it begins in the padding.
    pub start: isize,
}

/// The receptive field of a stack of layers, from the first to the last, along dimension `dim`.
///
/// An input sees itself: size 1, jump 1, start 0. A layer with kernel k, stride s, dilation d and `before` places of
/// padding in front widens the field by the k − 1 steps of d places between its first and its last tap, each worth
/// the jump of the layer below (Araujo, Norris and Sim, *Computing Receptive Fields of Convolutional Neural
/// Networks*, 2019):
///
/// r ← r + (k − 1)·d·j,  start ← start − before·j,  j ← j·s
pub fn receptive_field(layers: &[Window], dim: usize) -> ReceptiveField {
    let mut field = ReceptiveField { size: 1, jump: 1, start: 0 };
    todo!("6.1: from layer to layer, the field's size and start, then the jump")
}

/// How many numbers a convolution from C to O channels learns, biases included. The size of the images is not among
/// the arguments.
pub fn conv_parameters(channels: usize, out_channels: usize, kernel: [usize; 2], groups: usize) -> usize {
    let [kh, kw] = kernel;
    todo!("6.2: each output channel has a kernel over the channels of its group, and a bias")
}

/// How many numbers a fully connected layer learns between images of C and of O channels, each with `pixels` pixels:
/// one weight from every number to every number, and a bias each.
pub fn linear_parameters(channels: usize, out_channels: usize, pixels: usize) -> usize {
    todo!("6.3: every output has a weight for each input, and a bias")
}
