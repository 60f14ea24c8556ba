//! [`Emoji`]: a small set of colour images.

use crate::error::Result;
use crate::{DataFolder, ImageSet};

/// Emoji of two designs on white in Unicode's nine groups, RGB, [3, 32, 32]. No concept of the test set is in the
/// training set in the other design.
///
/// The groups of objects, activities and symbols look alike; `only(&Emoji::DISTINCT)` is the cleaner task.
///
/// Noto Emoji: © Google, Apache-2.0. Twemoji: © Twitter, Inc and other contributors, CC BY 4.0. Changed: put on white,
/// scaled to 32 × 32.
#[derive(Debug, Clone)]
pub struct Emoji {
    /// 3,046 images.
    pub train: ImageSet,
    /// 763 images.
    pub test: ImageSet,
}

impl Emoji {
    /// The six groups that can be told from one another: smileys, people, animals, food, travel, flags.
    pub const DISTINCT: [usize; 6] = [0, 1, 2, 3, 4, 8];

    /// Mean and standard deviation of red, green and blue in the training images.
    pub const MEAN_AND_STD: [(f32, f32); 3] = [(0.7995, 0.2923), (0.7524, 0.2812), (0.7019, 0.3338)];

    /// Loads the set; its tensors hold numbers from 0 to 1.
    ///
    /// # Errors
    /// If the file is missing or damaged.
    pub fn load() -> Result<Self> {
        Self::load_from(&DataFolder::find())
    }

    /// As [`load`](Self::load), from another folder.
    pub fn load_from(folder: &DataFolder) -> Result<Self> {
        let archive = folder.read_archive("emoji32.safetensors.gz")?;
        let set = |part: &str, n| archive.image_set(part, n, [3, 32, 32], &[n, 3, 32, 32]);
        Ok(Self { train: set("train", 3_046)?, test: set("test", 763)? })
    }

    /// The same images; their tensors hold (x/255 − mean) / standard deviation of each channel of the training images.
    pub fn standardized(self) -> Self {
        Self {
            train: self.train.standardized(&Self::MEAN_AND_STD),
            test: self.test.standardized(&Self::MEAN_AND_STD),
        }
    }
}
