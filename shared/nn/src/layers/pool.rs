//! Pooling: windows of an image, or of a sequence or volume, become single numbers.

use tensor::{Float, Pooling, Sizes, Tensor};

use crate::{Module, Visitor};

macro_rules! pools {
    ($($(#[$doc:meta])+ $name:ident $dimensions:literal $method:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, Copy)]
        pub struct $name(Pooling<$dimensions>);

        impl $name {
            /// A layer with windows of this size, one beside the other. A [`Pooling`] sets more than that.
            pub fn new(pooling: impl Into<Pooling<$dimensions>>) -> Self {
                Self(pooling.into())
            }

            /// Sets the step from one window to the next, which is otherwise the window's size.
            #[must_use]
            pub fn stride(self, stride: impl Sizes<$dimensions>) -> Self {
                Self(self.0.stride(stride))
            }

            /// Sets how many places surround the input at each end.
            #[must_use]
            pub fn padding(self, padding: impl Sizes<$dimensions>) -> Self {
                Self(self.0.padding(padding))
            }
        }

        impl<T: Float> Module<T> for $name {
            #[track_caller]
            fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
                x.$method(&self.0)
            }

            fn visit(&self, _: &mut Visitor<'_, T>) {}

            fn describe(&self) -> String {
                let Pooling { kernel, stride, padding, .. } = self.0;
                let stride = if stride == kernel { String::new() } else { format!(", stride {stride:?}") };
                let padded = padding != [0; $dimensions];
                let padding = if padded { format!(", padding {padding:?}") } else { String::new() };
                format!("{}({kernel:?}{stride}{padding})", stringify!($name))
            }
        }
    )+};
}

pools! {
    /// The largest number of each window over [N, C, L].
    MaxPool1d 1 max_pool1d;
    /// The largest number of each window over [N, C, H, W]: `MaxPool2d::new(2)` halves an image,
    /// `MaxPool2d::new(3).stride(2).padding(1)` does so with windows that overlap.
    MaxPool2d 2 max_pool2d;
    /// The largest number of each window over [N, C, D, H, W].
    MaxPool3d 3 max_pool3d;
    /// The average of each window over [N, C, L].
    AvgPool1d 1 avg_pool1d;
    /// The average of each window over [N, C, H, W].
    AvgPool2d 2 avg_pool2d;
    /// The average of each window over [N, C, D, H, W].
    AvgPool3d 3 avg_pool3d;
}

macro_rules! adaptive_pools {
    ($($(#[$doc:meta])+ $name:ident $dimensions:literal $method:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, Copy)]
        pub struct $name([usize; $dimensions]);

        impl $name {
            /// A layer whose output has this size, whatever its input has.
            pub fn new(size: impl Sizes<$dimensions>) -> Self {
                Self(size.sizes())
            }
        }

        impl<T: Float> Module<T> for $name {
            #[track_caller]
            fn forward(&self, x: &Tensor<T>) -> Tensor<T> {
                x.$method(self.0)
            }

            fn visit(&self, _: &mut Visitor<'_, T>) {}

            fn describe(&self) -> String {
                format!("{}({:?})", stringify!($name), self.0)
            }
        }
    )+};
}

adaptive_pools! {
    /// The averages of a fixed number of regions of [N, C, L].
    AdaptiveAvgPool1d 1 adaptive_avg_pool1d;
    /// The averages of a fixed number of regions of [N, C, H, W]; `AdaptiveAvgPool2d::new(1)` is global average
    /// pooling.
    AdaptiveAvgPool2d 2 adaptive_avg_pool2d;
    /// The averages of a fixed number of regions of [N, C, D, H, W].
    AdaptiveAvgPool3d 3 adaptive_avg_pool3d;
    /// The largest numbers of a fixed number of regions of [N, C, L].
    AdaptiveMaxPool1d 1 adaptive_max_pool1d;
    /// The largest numbers of a fixed number of regions of [N, C, H, W].
    AdaptiveMaxPool2d 2 adaptive_max_pool2d;
    /// The largest numbers of a fixed number of regions of [N, C, D, H, W].
    AdaptiveMaxPool3d 3 adaptive_max_pool3d;
}
