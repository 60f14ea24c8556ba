//! Vectors of either number type: the few of `pulp`'s operations that a product needs, under one name for `f32` and
//! `f64`.

use pulp::Simd;

#[cfg(feature = "faer")]
use super::faer::Factor;
#[cfg(not(feature = "faer"))]
use crate::Float as Factor;
use crate::Float;

/// A number that comes in vectors.
pub(crate) trait Lanes: Float + Factor {
    /// As many numbers as fit a register.
    type Vector<S: Simd>: Copy;

    /// The numbers of a register.
    fn lanes<S: Simd>() -> usize;
    /// The same number in every lane.
    fn splat<S: Simd>(simd: S, x: Self) -> Self::Vector<S>;
    /// a·b + c with one rounding, or with two on a processor without the instruction.
    fn fused<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>, c: Self::Vector<S>)
    -> Self::Vector<S>;
    /// a + b.
    fn plus<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// The sum of the lanes.
    fn total<S: Simd>(simd: S, a: Self::Vector<S>) -> Self;
    /// Whole vectors; a rest is left out.
    fn vectors<S: Simd>(x: &[Self]) -> &[Self::Vector<S>];
    /// Whole vectors; a rest is left out.
    fn vectors_mut<S: Simd>(x: &mut [Self]) -> &mut [Self::Vector<S>];
}

macro_rules! lanes {
    ($float:ident $vector:ident $lanes:ident $splat:ident $mul_add:ident $add:ident $total:ident $slice:ident $slice_mut:ident) => {
        impl Lanes for $float {
            type Vector<S: Simd> = S::$vector;

            #[inline(always)]
            fn lanes<S: Simd>() -> usize {
                S::$lanes
            }

            #[inline(always)]
            fn splat<S: Simd>(simd: S, x: Self) -> S::$vector {
                simd.$splat(x)
            }

            #[inline(always)]
            fn fused<S: Simd>(simd: S, a: S::$vector, b: S::$vector, c: S::$vector) -> S::$vector {
                simd.$mul_add(a, b, c)
            }

            #[inline(always)]
            fn plus<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$add(a, b)
            }

            #[inline(always)]
            fn total<S: Simd>(simd: S, a: S::$vector) -> $float {
                simd.$total(a)
            }

            #[inline(always)]
            fn vectors<S: Simd>(x: &[Self]) -> &[S::$vector] {
                S::$slice(x).0
            }

            #[inline(always)]
            fn vectors_mut<S: Simd>(x: &mut [Self]) -> &mut [S::$vector] {
                S::$slice_mut(x).0
            }
        }
    };
}

lanes!(f32 f32s F32_LANES splat_f32s mul_add_e_f32s add_f32s reduce_sum_f32s as_simd_f32s as_mut_simd_f32s);
lanes!(f64 f64s F64_LANES splat_f64s mul_add_e_f64s add_f64s reduce_sum_f64s as_simd_f64s as_mut_simd_f64s);
