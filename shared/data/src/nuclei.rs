//! [`Nuclei`]: a microscope image with a mask for every cell nucleus.

use tensor::Tensor;

use crate::error::Result;
use crate::{DataFolder, Picture};

/// A fluorescence image of 512 × 512 pixels in which 125 nuclei are outlined by hand.
///
/// From the 2018 Data Science Bowl (BBBC038v1): J. C. Caicedo et al., Nature Methods 16, 1247, 2019; CC0 1.0, by way
/// of stardist.
///
/// ```
/// let nuclei = data::Nuclei::load()?;
/// let (train, test) = nuclei.split(384);
/// assert_eq!(train.image.shape(), [1, 512, 384]);
/// assert_eq!(test.mask().shape(), [1, 512, 128]);
/// # Ok::<(), data::DataError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Nuclei {
    /// The image, [1, 512, 512].
    pub image: Picture,
    /// To which nucleus each pixel belongs, [1, 512, 512]: 1 to 125, or 0 for the background.
    pub instances: Picture,
}

impl Nuclei {
    /// Loads the image and its instances.
    ///
    /// # Errors
    /// If the file is missing or damaged.
    pub fn load() -> Result<Self> {
        Self::load_from(&DataFolder::find())
    }

    /// As [`load`](Self::load), from another folder.
    pub fn load_from(folder: &DataFolder) -> Result<Self> {
        let archive = folder.read_archive("nuclei.safetensors.gz")?;
        Ok(Self {
            image: archive.picture("image", 512, 512)?,
            instances: archive.picture("instances", 512, 512)?,
        })
    }

    /// 1 where there is a nucleus and 0 elsewhere, [1, H, W].
    pub fn mask(&self) -> Tensor {
        let mask = self.instances.bytes().iter().map(|&instance| f32::from(u8::from(instance > 0))).collect();
        Tensor::from_vec(mask, self.instances.shape())
    }

    /// Whether there is a nucleus (1) or not (0) at each pixel, row by row: the indices that a per-pixel
    /// cross-entropy takes.
    pub fn labels(&self) -> Vec<usize> {
        self.instances.bytes().iter().map(|&instance| usize::from(instance > 0)).collect()
    }

    /// The columns left of `column` and the others; the usual split into training and test part is at 384.
    ///
    /// # Panics
    /// If the image has fewer columns.
    #[track_caller]
    pub fn split(&self, column: usize) -> (Self, Self) {
        let [_, height, width] = self.image.shape();
        assert!(column <= width, "split: the image has {width} columns, fewer than {column}");
        (self.crop([0, 0], [height, column]), self.crop([0, column], [height, width - column]))
    }

    /// The part that begins at (top, left) and has the given height and width, as training takes them at random.
    ///
    /// # Panics
    /// If the part reaches over the edge.
    #[track_caller]
    pub fn crop(&self, corner: [usize; 2], size: [usize; 2]) -> Self {
        Self { image: self.image.crop(corner, size), instances: self.instances.crop(corner, size) }
    }
}
