//! Networks that others have trained, to load and to tune further.

use std::path::PathBuf;

use crate::DataFolder;
use crate::error::Result;

/// The file with the weights of a network that reads MNIST; 9,905 of the 10,000 test digits right.
///
/// A safetensors file of eight f32 tensors under PyTorch's names, which belong to
///
/// | name | layer | weight |
/// |---|---|---|
/// | `features.0` | 3 × 3 convolution, padding 1, ReLU, 2 × 2 max pooling | [32, 1, 3, 3] |
/// | `features.3` | 3 × 3 convolution, padding 1, ReLU, 2 × 2 max pooling | [64, 32, 3, 3] |
/// | `classifier.0` | flattened, linear, ReLU | [128, 3136] |
/// | `classifier.2` | linear | [10, 128] |
///
/// and want images as [`Mnist::standardized`](crate::Mnist::standardized) makes them. From ccexam 1.0.0, MIT licence.
///
/// # Errors
/// If the file is missing or damaged.
pub fn mnist_cnn() -> Result<PathBuf> {
    mnist_cnn_from(&DataFolder::find())
}

/// As [`mnist_cnn`], from another folder.
pub fn mnist_cnn_from(folder: &DataFolder) -> Result<PathBuf> {
    folder.path("weights/mnist-cnn.safetensors")
}
