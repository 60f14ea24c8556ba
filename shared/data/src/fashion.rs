//! [`FashionMnist`]: MNIST's shape with articles of clothing.

use crate::error::Result;
use crate::{DataFolder, ImageSet};

/// Photographs of clothing in ten classes, [1, 28, 28], 0 is the background: the first 10,000 of the official training
/// set and the first 2,000 of the official test set, in their order.
///
/// H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms,
/// arXiv 1708.07747, 2017. © 2017 Zalando SE, MIT licence.
#[derive(Debug, Clone)]
pub struct FashionMnist {
    /// 10,000 images.
    pub train: ImageSet,
    /// 2,000 images.
    pub test: ImageSet,
}

impl FashionMnist {
    /// Mean and standard deviation of the training images.
    pub const MEAN_AND_STD: (f32, f32) = (0.2863, 0.3540);

    /// Loads the set; its tensors hold numbers from 0 to 1.
    ///
    /// # Errors
    /// If the file is missing or damaged.
    pub fn load() -> Result<Self> {
        Self::load_from(&DataFolder::find())
    }

    /// As [`load`](Self::load), from another folder.
    pub fn load_from(folder: &DataFolder) -> Result<Self> {
        let archive = folder.read_archive("fashion-mnist.safetensors.gz")?;
        let set = |part: &str, n| archive.image_set(part, n, [1, 28, 28], &[n, 28, 28]);
        Ok(Self { train: set("train", 10_000)?, test: set("test", 2_000)? })
    }

    /// The same images; their tensors hold (x/255 − mean) / standard deviation of the training images.
    pub fn standardized(self) -> Self {
        Self {
            train: self.train.standardized(&[Self::MEAN_AND_STD]),
            test: self.test.standardized(&[Self::MEAN_AND_STD]),
        }
    }
}
