//! The sizes that take part in a convolution, collected and compared once.

use tensor::{Float, Tensor};

use crate::Window;

/// The sizes of a convolution, in PyTorch's order: images are \[N, C, H, W\], kernels \[O, C/G, kh, kw\].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// N, the number of images.
    pub batch: usize,
    /// C, the channels of the input.
    pub channels: usize,
    /// \[H, W\], the height and width of the input.
    pub image: [usize; 2],
    /// O, the channels of the output.
    pub out_channels: usize,
    /// \[OH, OW\], the height and width of the output.
    pub out_image: [usize; 2],
    /// G, the number of groups.
    pub groups: usize,
}

impl Sizes {
    /// The sizes of the convolution of `x` with `weight` and `bias`.
    ///
    /// # Panics
    /// If they do not fit together.
    #[track_caller]
    pub fn of<T: Float>(
        x: &Tensor<T>,
        weight: &Tensor<T>,
        bias: &Tensor<T>,
        window: &Window,
        groups: usize,
    ) -> Sizes {
        let [batch, channels, height, width] = x.dims();
        let [out_channels, channels_seen, kh, kw] = weight.dims();
        assert!(
            groups > 0 && channels % groups == 0 && out_channels % groups == 0,
            "{channels} input and {out_channels} output channels cannot be cut into {groups} equal groups"
        );
        assert!(
            channels_seen == channels / groups,
            "an input of shape {:?} in {groups} groups needs kernels of shape [{out_channels}, {}, {kh}, {kw}], \
             got {:?}",
            x.shape(),
            channels / groups,
            weight.shape()
        );
        assert!(
            [kh, kw] == window.kernel,
            "kernels of shape {:?} do not fit a window of {:?}",
            weight.shape(),
            window.kernel
        );
        assert!(
            bias.shape() == [out_channels],
            "{out_channels} output channels need a bias of shape [{out_channels}], got {:?}",
            bias.shape()
        );
        let image = [height, width];
        let out_image = window.output_shape(image);
        Sizes { batch, channels, image, out_channels, out_image, groups }
    }
}
