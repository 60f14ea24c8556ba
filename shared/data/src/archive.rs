//! [`Archive`]: named arrays of bytes, as the image sets are stored.
//!
//! A tensor holds real numbers; four bytes for a pixel that has 256 values would quadruple every set. So the sets keep
//! the bytes and make tensors of the images that a batch asks for.

use std::collections::HashMap;

use safetensors::{Dtype, SafeTensors};

use crate::error::Result;
use crate::{DataFolder, ImageSet, Picture};

/// The arrays of one file, unpacked.
pub(crate) struct Archive<'a> {
    folder: &'a DataFolder,
    name: &'static str,
    bytes: Vec<u8>,
}

impl<'a> Archive<'a> {
    pub(crate) fn new(folder: &'a DataFolder, name: &'static str, bytes: Vec<u8>) -> Self {
        Self { folder, name, bytes }
    }

    /// The bytes of an array that must have the given shape.
    fn array(&self, key: &str, shape: &[usize]) -> Result<Vec<u8>> {
        let malformed = |detail: String| self.folder.malformed(self.name, detail);
        let tensors = SafeTensors::deserialize(&self.bytes).map_err(|error| malformed(error.to_string()))?;
        let array = tensors.tensor(key).map_err(|error| malformed(error.to_string()))?;
        if array.dtype() != Dtype::U8 || array.shape() != shape {
            return Err(malformed(format!(
                "{key} is {:?} of shape {:?}, expected U8 of shape {shape:?}",
                array.dtype(),
                array.shape()
            )));
        }
        Ok(array.data().to_vec())
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
        let malformed = |detail: String| self.folder.malformed(self.name, detail);
        let (_, header) =
            SafeTensors::read_metadata(&self.bytes).map_err(|error| malformed(error.to_string()))?;
        let metadata: Option<&HashMap<String, String>> = header.metadata().as_ref();
        match metadata.and_then(|metadata| metadata.get(key)) {
            Some(names) => Ok(names.split(',').map(str::to_owned).collect()),
            None => Err(malformed(format!("the metadata has no {key}"))),
        }
    }
}
