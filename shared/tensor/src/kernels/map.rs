//! Element-wise kernels: one function of one or two numbers, applied everywhere.
//!
//! The work goes through blocks that stay in the first-level cache. An operand that is not contiguous is gathered
//! into the block first, so each function has exactly one loop, over slices, which the compiler vectorises.

use rayon::prelude::*;

use super::{GRAIN, Walk, vectorized};
use crate::Float;
use crate::layout::Layout;

/// A function of one number. Parameters are `f64` for either type.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unary {
    Neg,
    Abs,
    Sign,
    Exp,
    ExpM1,
    Log,
    Log1p,
    Sqrt,
    Rsqrt,
    Recip,
    Square,
    Sin,
    Cos,
    Tanh,
    Sigmoid,
    Softplus,
    Silu,
    Erf,
    Floor,
    Ceil,
    Round,
    Relu,
    /// 1 where x > 0.
    Positive,
    LeakyRelu(f64),
    Elu(f64),
    Clamp(f64, f64),
    /// xᵖ.
    Pow(f64),
    /// x + c.
    Add(f64),
    /// c·x.
    Mul(f64),
    /// x / c.
    Div(f64),
    Fill(f64),
    IsNan,
}

/// A function of two numbers. Comparisons answer 1 or 0.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Maximum,
    Minimum,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// dy·f'(x) from dy and what f saves for it, x or f(x).
    Slope(Unary),
}

const BLOCK: usize = 1 << 10;

/// The elements of `x` in row-major order.
pub(crate) fn copy<T: Float>(x: &[T], layout: &Layout, out: &mut [T]) {
    let walk = Walk::new(layout);
    each_chunk(out, |start, chunk| walk.gather(x, start, chunk));
}

pub(crate) fn unary<T: Float>(kind: Unary, x: &[T], layout: &Layout, out: &mut [T]) {
    let walk = Walk::new(layout);
    each_chunk(out, |start, chunk| {
        for (i, block) in chunk.chunks_mut(BLOCK).enumerate() {
            walk.gather(x, start + i * BLOCK, block);
            map_block(kind, block);
        }
    });
}

pub(crate) fn unary_assign<T: Float>(kind: Unary, out: &mut [T]) {
    each_chunk(out, |_, chunk| map_block(kind, chunk));
}

pub(crate) fn binary<T: Float>(kind: Binary, a: (&[T], &Layout), b: (&[T], &Layout), out: &mut [T]) {
    let (left, right) = (Walk::new(a.1), Walk::new(b.1));
    zip(kind, out, b.0, right, |start, block| left.gather(a.0, start, block));
}

pub(crate) fn binary_assign<T: Float>(kind: Binary, out: &mut [T], b: (&[T], &Layout)) {
    zip(kind, out, b.0, Walk::new(b.1), |_, _| {});
}

/// `out = kind(out, x)`, where `load` first fills each block of `out`.
fn zip<T: Float>(kind: Binary, out: &mut [T], x: &[T], walk: Walk, load: impl Fn(usize, &mut [T]) + Sync) {
    each_chunk(out, |start, chunk| {
        let mut buffer = [T::zero(); BLOCK];
        for (i, block) in chunk.chunks_mut(BLOCK).enumerate() {
            let (at, len) = (start + i * BLOCK, block.len());
            load(at, block);
            if let Some(row) = walk.as_slice(x, at, len) {
                zip_block(kind, block, row);
            } else if walk.has_long_runs() {
                walk.each_run(at, len, |done, offset, step, run| {
                    let block = &mut block[done..][..run];
                    if step == 1 {
                        zip_block(kind, block, &x[offset..][..run])
                    } else {
                        with_number(kind, block, x[offset])
                    }
                });
            } else {
                walk.gather(x, at, &mut buffer[..len]);
                zip_block(kind, block, &buffer[..len]);
            }
        }
    });
}

/// `out = a` where the mask is not 0, `b` elsewhere.
pub(crate) fn choose<T: Float>(mask: (&[T], &Layout), a: (&[T], &Layout), b: (&[T], &Layout), out: &mut [T]) {
    let (mask_walk, a_walk, b_walk) = (Walk::new(mask.1), Walk::new(a.1), Walk::new(b.1));
    each_chunk(out, |start, chunk| {
        let (mut chosen, mut other) = ([T::zero(); BLOCK], [T::zero(); BLOCK]);
        for (i, block) in chunk.chunks_mut(BLOCK).enumerate() {
            let (at, len) = (start + i * BLOCK, block.len());
            mask_walk.gather(mask.0, at, &mut chosen[..len]);
            a_walk.gather(a.0, at, block);
            b_walk.gather(b.0, at, &mut other[..len]);
            for ((y, &mask), &b) in block.iter_mut().zip(&chosen).zip(&other) {
                *y = if mask != T::zero() { *y } else { b };
            }
        }
    });
}

/// Writes `x`, in row-major order, to where `layout` says in `out`.
pub(crate) fn scatter<T: Float>(x: &[T], out: &mut [T], layout: &Layout) {
    Walk::new(layout).scatter(x, out);
}

/// Calls `task` with pieces of `out` and where each starts, on all threads if there is enough to do.
fn each_chunk<T: Send>(out: &mut [T], task: impl Fn(usize, &mut [T]) + Sync) {
    if out.len() <= GRAIN {
        task(0, out);
    } else {
        out.par_chunks_mut(GRAIN).enumerate().for_each(|(i, chunk)| task(i * GRAIN, chunk));
    }
}

#[inline(always)]
fn each<T: Copy>(block: &mut [T], f: impl Fn(T) -> T) {
    vectorized(
        #[inline(always)]
        || block.iter_mut().for_each(|x| *x = f(*x)),
    );
}

#[inline(always)]
fn each_pair<T: Copy>(block: &mut [T], other: &[T], f: impl Fn(T, T) -> T) {
    vectorized(
        #[inline(always)]
        || block.iter_mut().zip(other).for_each(|(a, &b)| *a = f(*a, b)),
    );
}

fn map_block<T: Float>(kind: Unary, x: &mut [T]) {
    let (zero, one) = (T::zero(), T::one());
    let truth = |yes: bool| if yes { one } else { zero };
    match kind {
        Unary::Neg => each(x, |x| -x),
        Unary::Abs => each(x, |x| x.abs()),
        Unary::Sign => each(x, |x| if x.is_nan() { x } else { truth(x > zero) - truth(x < zero) }),
        Unary::Exp => each(x, |x| x.quick_exp()),
        Unary::ExpM1 => each(x, |x| x.exp_m1()),
        Unary::Log => each(x, |x| x.quick_ln()),
        Unary::Log1p => each(x, |x| x.ln_1p()),
        Unary::Sqrt => each(x, |x| x.sqrt()),
        Unary::Rsqrt => each(x, |x| x.sqrt().recip()),
        Unary::Recip => each(x, |x| x.recip()),
        Unary::Square => each(x, |x| x * x),
        Unary::Sin => each(x, |x| x.sin()),
        Unary::Cos => each(x, |x| x.cos()),
        Unary::Tanh => each(x, |x| x.quick_tanh()),
        Unary::Sigmoid => each(x, |x| (one + (-x).quick_exp()).recip()),
        Unary::Silu => each(x, |x| x / (one + (-x).quick_exp())),
        // log(1 + eˣ) without overflow.
        // In steps, since all in one is more than the compiler puts into a loop of vectors.
        Unary::Softplus => {
            for block in x.chunks_mut(256) {
                let mut rest = [zero; 256];
                let rest = &mut rest[..block.len()];
                rest.copy_from_slice(block);
                each(rest, |x| (-x.abs()).quick_exp());
                each(rest, |x| x.quick_ln_1p());
                each_pair(block, rest, |x, rest| (if x < zero { zero } else { x }) + rest);
            }
        }
        Unary::Erf => each(x, |x| x.erf()),
        Unary::Floor => each(x, |x| x.floor()),
        Unary::Ceil => each(x, |x| x.ceil()),
        // Ties go to the even neighbour, as in NumPy and PyTorch.
        Unary::Round => each(x, |x| T::from_f64(x.as_f64().round_ties_even())),
        // Written so that NaN stays NaN.
        Unary::Relu => each(x, |x| if x < zero { zero } else { x }),
        Unary::Positive => each(x, |x| truth(x > zero)),
        Unary::LeakyRelu(slope) => {
            let slope = T::from_f64(slope);
            each(x, |x| if x > zero { x } else { slope * x });
        }
        Unary::Elu(alpha) => {
            let alpha = T::from_f64(alpha);
            each(x, |x| if x > zero { x } else { alpha * x.exp_m1() });
        }
        Unary::Clamp(low, high) => {
            let (low, high) = (T::from_f64(low), T::from_f64(high));
            each(x, |x| {
                if x < low {
                    low
                } else if x > high {
                    high
                } else {
                    x
                }
            });
        }
        Unary::Pow(exponent) => match exponent as i32 {
            power if f64::from(power) == exponent => each(x, |x| x.powi(power)),
            _ => {
                let exponent = T::from_f64(exponent);
                each(x, |x| x.powf(exponent));
            }
        },
        Unary::Add(c) => {
            let c = T::from_f64(c);
            each(x, |x| x + c);
        }
        Unary::Mul(c) => {
            let c = T::from_f64(c);
            each(x, |x| x * c);
        }
        Unary::Div(c) => {
            let c = T::from_f64(c);
            each(x, |x| x / c);
        }
        Unary::Fill(c) => x.fill(T::from_f64(c)),
        Unary::IsNan => each(x, |x| truth(x.is_nan())),
    }
}

/// The second operand is the same number throughout, as when channels are broadcast.
fn with_number<T: Float>(kind: Binary, a: &mut [T], b: T) {
    match kind {
        Binary::Add => each(a, |a| a + b),
        Binary::Sub => each(a, |a| a - b),
        Binary::Mul => each(a, |a| a * b),
        Binary::Div => each(a, |a| a / b),
        _ => {
            for block in a.chunks_mut(64) {
                zip_block(kind, block, &[b; 64][..block.len()]);
            }
        }
    }
}

fn zip_block<T: Float>(kind: Binary, a: &mut [T], b: &[T]) {
    let truth = |yes: bool| if yes { T::one() } else { T::zero() };
    match kind {
        Binary::Add => each_pair(a, b, |a, b| a + b),
        Binary::Sub => each_pair(a, b, |a, b| a - b),
        Binary::Mul => each_pair(a, b, |a, b| a * b),
        Binary::Div => each_pair(a, b, |a, b| a / b),
        Binary::Pow => each_pair(a, b, |a, b| a.powf(b)),
        // NaN wins, as in NumPy and PyTorch; `f32::max` would drop it.
        Binary::Maximum => each_pair(a, b, |a, b| if a > b || a.is_nan() { a } else { b }),
        Binary::Minimum => each_pair(a, b, |a, b| if a < b || a.is_nan() { a } else { b }),
        Binary::Eq => each_pair(a, b, |a, b| truth(a == b)),
        Binary::Ne => each_pair(a, b, |a, b| truth(a != b)),
        Binary::Lt => each_pair(a, b, |a, b| truth(a < b)),
        Binary::Le => each_pair(a, b, |a, b| truth(a <= b)),
        Binary::Gt => each_pair(a, b, |a, b| truth(a > b)),
        Binary::Ge => each_pair(a, b, |a, b| truth(a >= b)),
        Binary::Slope(kind) => slope(kind, a, b),
    }
}

/// dy·f'(x): what is saved is y = f(x) for those whose derivative is written by it.
fn slope<T: Float>(kind: Unary, dy: &mut [T], saved: &[T]) {
    let (zero, one) = (T::zero(), T::one());
    match kind {
        Unary::Relu => each_pair(dy, saved, |dy, y| if y > zero { dy } else { zero }),
        Unary::Tanh => each_pair(dy, saved, |dy, y| dy * (one - y * y)),
        Unary::Sigmoid => each_pair(dy, saved, |dy, y| dy * y * (one - y)),
        Unary::Softplus => each_pair(dy, saved, |dy, x| dy / (one + (-x).quick_exp())),
        Unary::Silu => each_pair(dy, saved, |dy, x| {
            let s = (one + (-x).quick_exp()).recip();
            dy * (s * (one + x * (one - s)))
        }),
        Unary::Square => each_pair(dy, saved, |dy, x| dy * (x + x)),
        _ => unreachable!("{kind:?} has no kernel for its derivative"),
    }
}
