//! The two number types of a tensor, and the door to the kernels.
//!
//! [`Float`] is sealed: `f32`, in which networks train, and `f64`, in which the same code is checked. Everything
//! heavy stands behind the non-generic functions of `Kernels`, so that it is compiled once, here and fully
//! optimised, and a crate that uses tensors stays small and quick to rebuild.

use std::fmt::{Debug, Display};
use std::iter::Sum;
use std::ops::{AddAssign, DivAssign, MulAssign, SubAssign};
use std::sync::Mutex;

use crate::kernels::{
    self, Along, Binary, Fold, Geometry, Normalised, Order, Planes, Regions, Unary, elementary,
};
use crate::layout::{Layout, Shape};
use crate::profile;
use crate::storage::Pool;
use crate::window::Window;

/// A real number that a tensor may hold: `f32` or `f64`.
///
/// All of `num_traits::Float` (`x.exp()`, `x.max(y)`, `T::zero()`, …) is there in generic code too:
///
/// ```
/// use tensor::Float;
/// fn sigmoid<T: Float>(x: T) -> T {
///     (T::one() + (-x).exp()).recip()
/// }
/// assert_eq!(sigmoid(0.0f32), 0.5);
/// ```
pub trait Float:
    num_traits::Float
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + Sum
    + Debug
    + Display
    + Default
    + Send
    + Sync
    + serde::Serialize
    + serde::de::DeserializeOwned
    + Kernels
    + 'static
{
    /// The distance from 1 to the next larger number: 2⁻²³ or 2⁻⁵².
    const EPSILON: Self;
    /// `"f32"` or `"f64"`.
    const NAME: &'static str;

    /// The nearest number to `x`.
    fn from_f64(x: f64) -> Self;

    /// The same number in double precision.
    fn as_f64(self) -> f64;

    /// The error function, erf(x) = 2/√π ∫₀ˣ e^(−t²) dt.
    fn erf(self) -> Self;
}

/// The kernels compiled for one number type.
#[doc(hidden)]
pub trait Kernels: Sized {
    fn pool() -> &'static Mutex<Pool<Self>>;
    fn copy(x: &[Self], layout: &Layout, out: &mut [Self]);
    fn unary(kind: Unary, x: &[Self], layout: &Layout, out: &mut [Self]);
    fn unary_assign(kind: Unary, out: &mut [Self]);
    fn binary(kind: Binary, a: (&[Self], &Layout), b: (&[Self], &Layout), out: &mut [Self]);
    fn binary_assign(kind: Binary, out: &mut [Self], b: (&[Self], &Layout));
    fn choose(mask: (&[Self], &Layout), a: (&[Self], &Layout), b: (&[Self], &Layout), out: &mut [Self]);
    fn scatter(x: &[Self], out: &mut [Self], layout: &Layout);
    fn fold(kind: Fold, x: &[Self], layout: &Layout, kept: usize, out: &mut [Self]);
    fn argmax(x: &[Self], layout: &Layout, kept: usize, out: &mut [usize]);
    fn argsort(order: Order, x: &[Self], layout: &Layout, out: &mut [usize]);
    fn index_select(x: &[Self], along: Along, index: &[usize], out: &mut [Self]);
    fn index_add(x: &[Self], along: Along, index: &[usize], out: &mut [Self]);
    fn gather(x: &[Self], layout: &Layout, dim: usize, index: &[usize], index_shape: Shape, out: &mut [Self]);
    fn scatter_add(
        x: &[Self],
        index: &[usize],
        index_shape: Shape,
        dim: usize,
        out: &mut [Self],
        layout: &Layout,
    );
    fn cumsum(along: Along, out: &mut [Self]);
    fn from_le_bytes(bytes: &[u8]) -> Vec<Self>;
    fn write_le_bytes(x: &[Self], bytes: &mut Vec<u8>);
    fn softmax(kind: Normalised, x: &[Self], layout: &Layout, out: &mut [Self]);
    fn matmul(a: (&[Self], &Layout), b: (&[Self], &Layout), out: &mut [Self]);
    fn unfold(x: &[Self], window: &Window, columns: &mut [Self]);
    fn overlap_add(columns: &[Self], window: &Window, x: &mut [Self]);
    fn conv(x: &[Self], w: &[Self], geometry: &Geometry, y: &mut [Self]);
    fn conv_input(dy: &[Self], w: &[Self], geometry: &Geometry, dx: &mut [Self]);
    fn conv_weight(x: &[Self], dy: &[Self], geometry: &Geometry, dw: &mut [Self]);
    fn max_pool(x: &[Self], regions: &Regions, y: &mut [Self], places: &mut [u32]);
    fn pick(x: &[Self], plane: usize, places: &[u32], y: &mut [Self]);
    fn put(dy: &[Self], plane: usize, places: &[u32], dx: &mut [Self]);
    fn avg_pool(x: &[Self], regions: &Regions, y: &mut [Self]);
    fn share(dy: &[Self], regions: &Regions, dx: &mut [Self]);
    fn batch_norm(
        x: &[Self],
        planes: Planes,
        affine: [Option<&[Self]>; 2],
        eps: Self,
        y: &mut [Self],
        moments: [&mut [Self]; 2],
    );
    fn batch_norm_backward(
        x_and_dy: [&[Self]; 2],
        planes: Planes,
        weight: Option<&[Self]>,
        eps: Self,
        moments: [&[Self]; 2],
        dx: &mut [Self],
        daffine: [&mut [Self]; 2],
    );
    /// eˣ, tanh x and log x as loops over many numbers take them.
    fn quick_exp(self) -> Self;
    fn quick_tanh(self) -> Self;
    fn quick_ln(self) -> Self;
    /// log(1 + x) for x in [0, 1].
    fn quick_ln_1p(self) -> Self;
}

macro_rules! float {
    ($float:ident, $erf:path, $exp:path, $tanh:path, $ln:path, $ln_1p:path) => {
        impl Float for $float {
            const EPSILON: Self = $float::EPSILON;
            const NAME: &'static str = stringify!($float);

            #[inline]
            fn from_f64(x: f64) -> Self {
                x as Self
            }

            #[inline]
            fn as_f64(self) -> f64 {
                self.into()
            }

            #[inline]
            fn erf(self) -> Self {
                $erf(self)
            }
        }

        impl Kernels for $float {
            fn pool() -> &'static Mutex<Pool<Self>> {
                static POOL: Mutex<Pool<$float>> = Mutex::new(Pool::new());
                &POOL
            }

            fn copy(x: &[Self], layout: &Layout, out: &mut [Self]) {
                let _timed = profile::start(format_args!("copy"), || {
                    size_of::<Self>() * (profile::reached(x, layout) + out.len())
                });
                kernels::map::copy(x, layout, out);
            }

            fn unary(kind: Unary, x: &[Self], layout: &Layout, out: &mut [Self]) {
                let _timed = profile::start(format_args!("{kind:?}"), || {
                    size_of::<Self>() * (profile::reached(x, layout) + out.len())
                });
                kernels::map::unary(kind, x, layout, out);
            }

            fn unary_assign(kind: Unary, out: &mut [Self]) {
                let _timed = profile::start(format_args!("{kind:?}"), || size_of::<Self>() * (2 * out.len()));
                kernels::map::unary_assign(kind, out);
            }

            fn binary(kind: Binary, a: (&[Self], &Layout), b: (&[Self], &Layout), out: &mut [Self]) {
                let _timed = profile::start(format_args!("{kind:?}"), || {
                    size_of::<Self>() * (profile::reached(a.0, a.1) + profile::reached(b.0, b.1) + out.len())
                });
                kernels::map::binary(kind, a, b, out);
            }

            fn binary_assign(kind: Binary, out: &mut [Self], b: (&[Self], &Layout)) {
                let _timed = profile::start(format_args!("{kind:?}"), || {
                    size_of::<Self>() * (profile::reached(b.0, b.1) + 2 * out.len())
                });
                kernels::map::binary_assign(kind, out, b);
            }

            fn choose(
                mask: (&[Self], &Layout),
                a: (&[Self], &Layout),
                b: (&[Self], &Layout),
                out: &mut [Self],
            ) {
                let _timed = profile::start(format_args!("where"), || size_of::<Self>() * (3 * out.len()));
                kernels::map::choose(mask, a, b, out);
            }

            fn scatter(x: &[Self], out: &mut [Self], layout: &Layout) {
                let _timed = profile::start(format_args!("scatter"), || size_of::<Self>() * (2 * x.len()));
                kernels::map::scatter(x, out, layout);
            }

            fn fold(kind: Fold, x: &[Self], layout: &Layout, kept: usize, out: &mut [Self]) {
                let _timed = profile::start(format_args!("{kind:?}"), || {
                    size_of::<Self>() * (profile::reached(x, layout) + out.len())
                });
                kernels::fold::fold(kind, x, layout, kept, out);
            }

            fn argmax(x: &[Self], layout: &Layout, kept: usize, out: &mut [usize]) {
                let _timed = profile::start(format_args!("argmax"), || {
                    size_of::<Self>() * (profile::reached(x, layout))
                });
                kernels::fold::argmax(x, layout, kept, out);
            }

            fn argsort(order: Order, x: &[Self], layout: &Layout, out: &mut [usize]) {
                let _timed = profile::start(format_args!("argsort"), || {
                    size_of::<Self>() * (profile::reached(x, layout))
                });
                kernels::index::argsort(order, x, layout, out);
            }

            fn index_select(x: &[Self], along: Along, index: &[usize], out: &mut [Self]) {
                let _timed =
                    profile::start(format_args!("index_select"), || size_of::<Self>() * (2 * out.len()));
                kernels::index::index_select(x, along, index, out);
            }

            fn index_add(x: &[Self], along: Along, index: &[usize], out: &mut [Self]) {
                let _timed = profile::start(format_args!("index_add"), || size_of::<Self>() * (2 * x.len()));
                kernels::index::index_add(x, along, index, out);
            }

            fn gather(
                x: &[Self],
                layout: &Layout,
                dim: usize,
                index: &[usize],
                index_shape: Shape,
                out: &mut [Self],
            ) {
                let _timed = profile::start(format_args!("gather"), || size_of::<Self>() * (2 * out.len()));
                kernels::index::gather(x, layout, dim, index, index_shape, out);
            }

            fn scatter_add(
                x: &[Self],
                index: &[usize],
                index_shape: Shape,
                dim: usize,
                out: &mut [Self],
                layout: &Layout,
            ) {
                let _timed =
                    profile::start(format_args!("scatter_add"), || size_of::<Self>() * (2 * x.len()));
                kernels::index::scatter_add(x, index, index_shape, dim, out, layout);
            }

            fn cumsum(along: Along, out: &mut [Self]) {
                let _timed = profile::start(format_args!("cumsum"), || size_of::<Self>() * (2 * out.len()));
                kernels::index::cumsum(along, out);
            }

            fn from_le_bytes(bytes: &[u8]) -> Vec<Self> {
                let (chunks, _) = bytes.as_chunks();
                chunks.iter().map(|&chunk| Self::from_le_bytes(chunk)).collect()
            }

            fn write_le_bytes(x: &[Self], bytes: &mut Vec<u8>) {
                x.iter().for_each(|x| bytes.extend(x.to_le_bytes()));
            }

            fn softmax(kind: Normalised, x: &[Self], layout: &Layout, out: &mut [Self]) {
                let _timed = profile::start(format_args!("{kind:?}"), || size_of::<Self>() * (2 * out.len()));
                kernels::softmax::softmax(kind, x, layout, out);
            }

            fn matmul(a: (&[Self], &Layout), b: (&[Self], &Layout), out: &mut [Self]) {
                let _timed = profile::start(format_args!("matmul"), || {
                    size_of::<Self>() * (profile::reached(a.0, a.1) + profile::reached(b.0, b.1) + out.len())
                });
                kernels::matmul::matmul(a, b, out);
            }

            fn unfold(x: &[Self], window: &Window, columns: &mut [Self]) {
                let _timed =
                    profile::start(format_args!("unfold"), || size_of::<Self>() * (x.len() + columns.len()));
                kernels::unfold::unfold(x, window, columns);
            }

            fn overlap_add(columns: &[Self], window: &Window, x: &mut [Self]) {
                let _timed = profile::start(format_args!("overlap_add"), || {
                    size_of::<Self>() * (x.len() + columns.len())
                });
                kernels::unfold::overlap_add(columns, window, x);
            }

            fn conv(x: &[Self], w: &[Self], geometry: &Geometry, y: &mut [Self]) {
                let _timed = profile::start(format_args!("conv"), || {
                    size_of::<Self>() * (x.len() + w.len() + y.len())
                });
                kernels::conv::conv(x, w, geometry, y);
            }

            fn conv_input(dy: &[Self], w: &[Self], geometry: &Geometry, dx: &mut [Self]) {
                let _timed = profile::start(format_args!("conv_input"), || {
                    size_of::<Self>() * (dy.len() + w.len() + dx.len())
                });
                kernels::conv::conv_input(dy, w, geometry, dx);
            }

            fn conv_weight(x: &[Self], dy: &[Self], geometry: &Geometry, dw: &mut [Self]) {
                let _timed = profile::start(format_args!("conv_weight"), || {
                    size_of::<Self>() * (x.len() + dy.len() + dw.len())
                });
                kernels::conv::conv_weight(x, dy, geometry, dw);
            }

            fn max_pool(x: &[Self], regions: &Regions, y: &mut [Self], places: &mut [u32]) {
                let _timed =
                    profile::start(format_args!("max_pool"), || size_of::<Self>() * (x.len() + 2 * y.len()));
                kernels::pool::max_pool(x, regions, y, places);
            }

            fn pick(x: &[Self], plane: usize, places: &[u32], y: &mut [Self]) {
                let _timed = profile::start(format_args!("pick"), || size_of::<Self>() * (3 * y.len()));
                kernels::pool::pick(x, plane, places, y);
            }

            fn put(dy: &[Self], plane: usize, places: &[u32], dx: &mut [Self]) {
                let _timed =
                    profile::start(format_args!("put"), || size_of::<Self>() * (2 * dy.len() + dx.len()));
                kernels::pool::put(dy, plane, places, dx);
            }

            fn avg_pool(x: &[Self], regions: &Regions, y: &mut [Self]) {
                let _timed =
                    profile::start(format_args!("avg_pool"), || size_of::<Self>() * (x.len() + y.len()));
                kernels::pool::avg_pool(x, regions, y);
            }

            fn share(dy: &[Self], regions: &Regions, dx: &mut [Self]) {
                let _timed =
                    profile::start(format_args!("share"), || size_of::<Self>() * (dy.len() + dx.len()));
                kernels::pool::share(dy, regions, dx);
            }

            fn batch_norm(
                x: &[Self],
                planes: Planes,
                affine: [Option<&[Self]>; 2],
                eps: Self,
                y: &mut [Self],
                moments: [&mut [Self]; 2],
            ) {
                kernels::norm::batch_norm(x, planes, affine, eps, y, moments);
            }

            fn batch_norm_backward(
                x_and_dy: [&[Self]; 2],
                planes: Planes,
                weight: Option<&[Self]>,
                eps: Self,
                moments: [&[Self]; 2],
                dx: &mut [Self],
                daffine: [&mut [Self]; 2],
            ) {
                kernels::norm::batch_norm_backward(x_and_dy, planes, weight, eps, moments, dx, daffine);
            }

            #[inline(always)]
            fn quick_exp(self) -> Self {
                $exp(self)
            }

            #[inline(always)]
            fn quick_tanh(self) -> Self {
                $tanh(self)
            }

            #[inline(always)]
            fn quick_ln(self) -> Self {
                $ln(self)
            }

            #[inline(always)]
            fn quick_ln_1p(self) -> Self {
                $ln_1p(self)
            }
        }
    };
}

float!(f32, libm::erff, elementary::exp, elementary::tanh, elementary::ln, elementary::ln_1p_unit);
float!(f64, libm::erf, f64::exp, f64::tanh, f64::ln, f64::ln_1p);
