//! [`Textures`]: real surfaces, as backgrounds of composed scenes.

use crate::error::Result;
use crate::{DataFolder, Picture};

/// Three photographed surfaces in grey, each [1, 512, 512].
///
/// From scikit-image, CC0 1.0.
#[derive(Debug, Clone)]
pub struct Textures {
    /// A wall.
    pub brick: Picture,
    /// A lawn.
    pub grass: Picture,
    /// A path.
    pub gravel: Picture,
}

impl Textures {
    /// Loads the three pictures.
    ///
    /// # Errors
    /// If the file is missing or damaged.
    pub fn load() -> Result<Self> {
        Self::load_from(&DataFolder::find())
    }

    /// As [`load`](Self::load), from another folder.
    pub fn load_from(folder: &DataFolder) -> Result<Self> {
        let archive = folder.read_archive("textures.safetensors.gz")?;
        let picture = |key| archive.picture(key, 512, 512);
        Ok(Self { brick: picture("brick")?, grass: picture("grass")?, gravel: picture("gravel")? })
    }
}
