//! [`Picture`]: one image of bytes.

use tensor::Tensor;

/// An image: C × H × W bytes, 0 is black.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    bytes: Vec<u8>,
    shape: [usize; 3],
}

impl Picture {
    /// An image of C × H × W bytes, channel by channel.
    ///
    /// # Panics
    /// If there are not as many bytes as the shape says.
    #[track_caller]
    pub fn new(bytes: Vec<u8>, shape: [usize; 3]) -> Self {
        let needed: usize = shape.iter().product();
        assert!(bytes.len() == needed, "{} bytes do not fill a picture of shape {shape:?}", bytes.len());
        Self { bytes, shape }
    }

    /// Channels, height, width.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// The bytes, channel by channel and row by row.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The image as a tensor [C, H, W] of numbers from 0 to 1.
    pub fn tensor(&self) -> Tensor {
        let numbers = self.bytes.iter().map(|&byte| f32::from(byte) / 255.0).collect();
        Tensor::from_vec(numbers, self.shape)
    }

    /// The part that begins at (top, left) and has the given height and width.
    ///
    /// ```
    /// use data::Picture;
    /// let picture = Picture::new((0..12).collect(), [1, 3, 4]);
    /// assert_eq!(picture.crop([1, 2], [2, 2]).bytes(), [6, 7, 10, 11]);
    /// ```
    ///
    /// # Panics
    /// If the part reaches over the edge.
    #[track_caller]
    pub fn crop(&self, [top, left]: [usize; 2], [height, width]: [usize; 2]) -> Self {
        let [channels, rows, columns] = self.shape;
        assert!(
            top + height <= rows && left + width <= columns,
            "crop: {height} × {width} from ({top}, {left}) reaches over the edge of {rows} × {columns}"
        );
        let lines = (0..channels).flat_map(|channel| {
            (top..top + height).flat_map(move |row| {
                let start = (channel * rows + row) * columns + left;
                &self.bytes[start..start + width]
            })
        });
        Self { bytes: lines.copied().collect(), shape: [channels, height, width] }
    }
}
