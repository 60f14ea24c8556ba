//! [`Photos`]: two photographs, for filters and augmentation.

use std::io::Cursor;

use png::{ColorType, Decoder, Transformations};

use crate::error::Result;
use crate::{DataFolder, Picture};

/// Two photographs from scikit-image, CC0 1.0.
#[derive(Debug, Clone)]
pub struct Photos {
    /// A photographer at work, grey, [1, 512, 512].
    pub camera: Picture,
    /// Chelsea the cat, RGB, [3, 300, 451].
    pub chelsea: Picture,
}

impl Photos {
    /// Loads both pictures.
    ///
    /// # Errors
    /// If a file is missing or damaged.
    pub fn load() -> Result<Self> {
        Self::load_from(&DataFolder::find())
    }

    /// As [`load`](Self::load), from another folder.
    pub fn load_from(folder: &DataFolder) -> Result<Self> {
        Ok(Self {
            camera: decode(folder, "photos/camera.png")?,
            chelsea: decode(folder, "photos/chelsea.png")?,
        })
    }
}

/// Reads a PNG of grey or RGB bytes.
fn decode(folder: &DataFolder, name: &str) -> Result<Picture> {
    let bytes = folder.read(name)?;
    let malformed = |error: png::DecodingError| folder.malformed(name, error.to_string());
    let mut decoder = Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(malformed)?;
    let mut pixels = vec![0; reader.output_buffer_size().unwrap_or(0)];
    let info = reader.next_frame(&mut pixels).map_err(malformed)?;
    let channels = match info.color_type {
        ColorType::Grayscale => 1,
        ColorType::Rgb => 3,
        other => {
            return Err(folder.malformed(name, format!("its colours are {other:?}, expected grey or RGB")));
        }
    };
    // From pixel by pixel to channel by channel.
    let plane = |channel| pixels.iter().skip(channel).step_by(channels).copied();
    let shape = [channels, info.height as usize, info.width as usize];
    Ok(Picture::new((0..channels).flat_map(plane).collect(), shape))
}
