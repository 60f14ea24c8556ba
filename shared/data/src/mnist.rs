//! [`Mnist`]: 70,000 handwritten digits, read by the crate `mnist`.
//!
//! That crate reads the four official files unpacked, panics on what it does not expect and pairs the wrong labels
//! with the images of a shortened file. So the files are unpacked into a cache, and their sizes and checksums are
//! compared, before it sees them.

use std::panic;

use ::mnist::MnistBuilder;

use crate::cache::Unpacked;
use crate::error::{DataError, Result};
use crate::{DataFolder, ImageSet};

/// The unpacked files, by the names and with the checksums that every mirror has; only the packing differs.
const FILES: [Unpacked; 4] = [
    Unpacked {
        name: "train-images-idx3-ubyte",
        packed: "mnist/train-images-idx3-ubyte.gz",
        size: 47_040_016,
        sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    },
    Unpacked {
        name: "train-labels-idx1-ubyte",
        packed: "mnist/train-labels-idx1-ubyte.gz",
        size: 60_008,
        sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    },
    Unpacked {
        name: "t10k-images-idx3-ubyte",
        packed: "mnist/t10k-images-idx3-ubyte.gz",
        size: 7_840_016,
        sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    },
    Unpacked {
        name: "t10k-labels-idx1-ubyte",
        packed: "mnist/t10k-labels-idx1-ubyte.gz",
        size: 10_008,
        sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
];

/// Handwritten digits in their official order: 60,000 to train, 10,000 to test, [1, 28, 28], 0 is paper and 255 ink.
///
/// Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document recognition, Proceedings
/// of the IEEE 86 (11), 1998. The files are Y. LeCun's, C. Cortes' and C. J. C. Burges', under CC BY-SA 3.0.
///
/// ```
/// use data::{Batches, Mnist};
///
/// let mnist = Mnist::load()?.standardized();
/// let (train, validation) = mnist.train.split(55_000);
/// let (images, labels) = Batches::of(&train, 64).shuffled(0).epoch(0).next().unwrap();
/// assert_eq!(images.shape(), [64, 1, 28, 28]);
/// assert_eq!((labels.len(), validation.len()), (64, 5_000));
/// # Ok::<(), data::DataError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Mnist {
    /// 60,000 images.
    pub train: ImageSet,
    /// 10,000 images.
    pub test: ImageSet,
}

impl Mnist {
    /// Mean and standard deviation of the training images, as everybody rounds them.
    pub const MEAN_AND_STD: (f32, f32) = (0.1307, 0.3081);

    /// Loads the set; its tensors hold numbers from 0 to 1.
    ///
    /// # Errors
    /// If a file is missing or damaged, or if there is no place to unpack it.
    pub fn load() -> Result<Self> {
        Self::load_from(&DataFolder::find())
    }

    /// As [`load`](Self::load), from another folder.
    pub fn load_from(folder: &DataFolder) -> Result<Self> {
        let unpacked = folder.cache().unpacked(folder, "mnist", &FILES)?;
        // The crate takes the folder as text.
        let Some(base_path) = unpacked.to_str() else {
            let reason = std::io::Error::new(std::io::ErrorKind::InvalidInput, "the name is not Unicode");
            return Err(DataError::NoCache { name: "mnist".into(), tried: vec![(unpacked, reason)] });
        };
        // Only somebody who changes the files right now can still make it panic, or bring it to other lengths.
        let read = panic::catch_unwind(|| MnistBuilder::new().base_path(base_path).finalize());
        let changed =
            || folder.malformed("mnist", "the unpacked files changed while they were read; try again");
        let read = read.map_err(|_| changed())?;
        let image = 28 * 28;
        let lengths = [read.trn_img.len(), read.trn_lbl.len(), read.tst_img.len(), read.tst_lbl.len()];
        if lengths != [60_000 * image, 60_000, 10_000 * image, 10_000] {
            return Err(changed());
        }
        let set = |pixels, labels| {
            ImageSet::new(pixels, labels, [1, 28, 28], (0..10).map(|digit| digit.to_string()).collect())
        };
        Ok(Self { train: set(read.trn_img, read.trn_lbl), test: set(read.tst_img, read.tst_lbl) })
    }

    /// The same images; their tensors hold (x/255 − 0.1307) / 0.3081, which has mean 0 and variance 1.
    pub fn standardized(self) -> Self {
        Self {
            train: self.train.standardized(&[Self::MEAN_AND_STD]),
            test: self.test.standardized(&[Self::MEAN_AND_STD]),
        }
    }
}
