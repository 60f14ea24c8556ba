//! Windows as columns, and back: PyTorch's `unfold` and `fold`, known as im2col and col2im.
//!
//! Both are linear, and each is the adjoint of the other and so its backward pass.

use crate::autograd::{Backward, Grads, Op};
use crate::error::OrPanic;
use crate::window::Window;
use crate::{Convolution, Error, Float, Result, Shape, Tensor};

/// y holds the windows over x as columns.
struct Unfold {
    window: Window,
    from: Shape,
}

impl<T: Float> Op<T> for Unfold {
    fn name(&self) -> &'static str {
        "Unfold"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some(cx.dy.overlap_add(self.window, self.from))]
    }
}

/// Every element of y is the sum of the elements of x that stand for it in one window or another.
struct OverlapAdd {
    window: Window,
    from: Shape,
}

impl<T: Float> Op<T> for OverlapAdd {
    fn name(&self) -> &'static str {
        "Fold"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some(cx.dy.windows(self.window, self.from))]
    }
}

impl<T: Float> Tensor<T> {
    /// The windows over [batch, channels, …] as columns: [batch, channels · taps, positions], PyTorch's `unfold`
    /// and the literature's im2col. Groups make no difference; padding shows as zeros.
    ///
    /// A convolution is a product with these columns:
    ///
    /// ```
    /// use tensor::{Convolution, Tensor};
    /// let (x, w) = (Tensor::<f64>::randn([2, 3, 8, 8]), Tensor::randn([4, 3, 5, 5]));
    /// let columns = x.unfold([5, 5], &Convolution::default());
    /// assert_eq!(columns.shape(), [2, 75, 16]);
    /// let y = w.reshape([4, 75]).matmul(&columns).reshape([2, 4, 4, 4]);
    /// assert!((y - x.conv2d(&w, &Convolution::default())).abs().max(..).item() < 1e-12);
    /// ```
    ///
    /// # Panics
    /// If there are not as many dimensions behind the first two as the kernel has, or it does not fit.
    #[track_caller]
    pub fn unfold<const D: usize>(&self, kernel: [usize; D], convolution: &Convolution<D>) -> Self {
        self.try_unfold(kernel, convolution).or_panic()
    }

    /// Like [`unfold`](Self::unfold), with an error instead of a panic.
    pub fn try_unfold<const D: usize>(
        &self,
        kernel: [usize; D],
        convolution: &Convolution<D>,
    ) -> Result<Self> {
        let (_, _, input) = images("unfold", self.layout.shape)?;
        let window = convolution.window("unfold", input, kernel)?;
        let [n, channels] = [self.shape()[0], self.shape()[1]];
        Ok(self.windows(window, Shape::new(&[n, channels * window.taps(), window.positions()])))
    }

    /// Adds columns [batch, channels · taps, positions] up to the [batch, channels, …] over which the windows
    /// slide: the adjoint of [`unfold`](Self::unfold), PyTorch's `fold` and the literature's col2im. What fell on
    /// the padding is dropped.
    ///
    /// ```
    /// use tensor::{Convolution, Tensor};
    /// // Of a line of 3, windows of 2: the middle is seen twice.
    /// let columns = Tensor::<f32>::ones([1, 2, 2]);
    /// assert_eq!(columns.fold([3], [2], &Convolution::default()).to_vec(), [1.0, 2.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If the columns are not those of a tensor with this size.
    #[track_caller]
    pub fn fold<const D: usize>(
        &self,
        size: [usize; D],
        kernel: [usize; D],
        convolution: &Convolution<D>,
    ) -> Self {
        self.try_fold(size, kernel, convolution).or_panic()
    }

    /// Like [`fold`](Self::fold), with an error instead of a panic.
    pub fn try_fold<const D: usize>(
        &self,
        size: [usize; D],
        kernel: [usize; D],
        convolution: &Convolution<D>,
    ) -> Result<Self> {
        let shape = self.layout.shape;
        let window = convolution.window("fold", size, kernel)?;
        let (taps, positions) = (window.taps(), window.positions());
        match shape[..] {
            [n, rows, columns] if rows.is_multiple_of(taps) && columns == positions => {
                let mut to = Shape::new(&[n, rows / taps]);
                size.iter().for_each(|&size| to.push(size));
                Ok(self.overlap_add(window, to))
            }
            _ => {
                let detail = format!(
                    "{shape:?} are not the columns of a tensor of size {size:?}: a kernel of {kernel:?} takes \
                     [batch, channels · {taps}, {positions}]"
                );
                Err(Error::shape("fold", detail))
            }
        }
    }

    fn windows(&self, window: Window, to: Shape) -> Self {
        let x = self.contiguous();
        let y = Self::compute(to, x.device(), |out| T::unfold(x.row_major(), &window, out));
        y.record(&[&x], || Unfold { window, from: x.layout.shape })
    }

    fn overlap_add(&self, window: Window, to: Shape) -> Self {
        let x = self.contiguous();
        let y = Self::compute(to, x.device(), |out| T::overlap_add(x.row_major(), &window, out));
        y.record(&[&x], || OverlapAdd { window, from: x.layout.shape })
    }

    /// The numbers of a contiguous tensor.
    pub(crate) fn row_major(&self) -> &[T] {
        &self.storage.host()[self.layout.offset..][..self.numel()]
    }
}

/// Takes [batch, channels, …] apart, with `D` dimensions of space.
pub(crate) fn images<const D: usize>(op: &'static str, shape: Shape) -> Result<(usize, usize, [usize; D])> {
    match shape[..] {
        [n, channels, ref space @ ..] if space.len() == D => {
            Ok((n, channels, std::array::from_fn(|dim| space[dim])))
        }
        _ => {
            let space = ["length", "height, width", "depth, height, width"][D - 1];
            let hint = match shape.len() {
                rank if rank == D + 1 => "; add a batch of one with .unsqueeze(0)",
                _ => "",
            };
            let detail = format!("input {shape:?} is not [batch, channels, {space}]{hint}");
            Err(Error::shape(op, detail))
        }
    }
}
