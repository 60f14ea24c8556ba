//! [`Archive`]: named arrays of bytes, as the image sets are stored.
//!
//! A tensor holds real numbers; four bytes for a pixel that has 256 values would quadruple every set. So the sets keep
//! the bytes and make tensors of the images that a batch asks for.

use tensor::safetensors;

use crate::error::Result;
use crate::{DataFolder, ImageSet, Picture};

/// The arrays of one file, unpacked.
pub(crate) struct Archive<'a> {
    folder: &'a DataFolder,
    name: &'static str,
    file: safetensors::Archive,
}

impl<'a> Archive<'a> {
    pub(crate) fn new(folder: &'a DataFolder, name: &'static str, bytes: Vec<u8>) -> Result<Self> {
        let file = safetensors::Archive::from_bytes(bytes)
            .map_err(|error| folder.malformed(name, error.to_string()))?;
        Ok(Self { folder, name, file })
    }

    /// The bytes of an array that must have the given shape.
    fn array(&self, key: &str, shape: &[usize]) -> Result<Vec<u8>> {
        let malformed = |detail: String| self.folder.malformed(self.name, detail);
        let array = self.file.get(key).map_err(|error| malformed(error.to_string()))?;
        if array.shape() != shape {
            return Err(malformed(format!("{key} has shape {:?}, expected {shape:?}", array.shape())));
        }
        Ok(array.as_u8().map_err(|error| malformed(error.to_string()))?.to_vec())
    }

    /// The grey picture under a key.
    pub(crate) fn picture(&self, key: &str, height: usize, width: usize) -> Result<Picture> {
        Ok(Picture::new(self.array(key, &[height, width])?, [1, height, width]))
    }

    /// The `n` labelled images of a part of the set, stored with the shape `stored`, each of the shape `image`.
    pub(crate) fn image_set(
        &self,
        part: &str,
        n: usize,
        image: [usize; 3],
        stored: &[usize],
    ) -> Result<ImageSet> {
        let pixels = self.array(&format!("{part}.images"), stored)?;
        let labels = self.array(&format!("{part}.labels"), &[n])?;
        let classes = self.names("classes")?;
        if let Some(label) = labels.iter().find(|&&label| usize::from(label) >= classes.len()) {
            let detail = format!("the label {label} is none of its {} classes", classes.len());
            return Err(self.folder.malformed(self.name, detail));
        }
        Ok(ImageSet::new(pixels, labels, image, classes))
    }

    /// The comma-separated names under a key of the metadata.
    fn names(&self, key: &str) -> Result<Vec<String>> {
        match self.file.metadata().get(key) {
            Some(names) => Ok(names.split(',').map(str::to_owned).collect()),
            None => Err(self.folder.malformed(self.name, format!("the metadata has no {key}"))),
        }
    }
}
