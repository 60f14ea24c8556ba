//! How dimensions are named in a call: `x.sum(1)`, `x.sum(-1)`, `x.sum([0, 2])`, `x.sum(..)`.

use std::ops::RangeFull;

use crate::layout::{MAX_RANK, Shape};
use crate::{Error, Result};

/// One dimension, counted from 0, or from the end by a negative number: −1 is the last.
pub trait Dim: Copy {
    #[doc(hidden)]
    fn signed(self) -> isize;
}

macro_rules! dim {
    ($($integer:ty),*) => {$(
        impl Dim for $integer {
            fn signed(self) -> isize {
                self as isize
            }
        }
    )*};
}

dim!(i32, isize, usize);

/// A set of dimensions: one, an array of them, or `..` for all.
pub trait Dims {
    #[doc(hidden)]
    fn list(&self, rank: usize) -> Vec<isize>;
}

impl Dims for RangeFull {
    fn list(&self, rank: usize) -> Vec<isize> {
        (0..rank as isize).collect()
    }
}

impl<D: Dim> Dims for D {
    fn list(&self, _: usize) -> Vec<isize> {
        vec![self.signed()]
    }
}

impl<D: Dim, const N: usize> Dims for [D; N] {
    fn list(&self, _: usize) -> Vec<isize> {
        self.iter().map(|dim| dim.signed()).collect()
    }
}

impl<D: Dim> Dims for &[D] {
    fn list(&self, _: usize) -> Vec<isize> {
        self.iter().map(|dim| dim.signed()).collect()
    }
}

/// The dimension as an index below the rank.
pub(crate) fn resolve(op: &'static str, dim: isize, shape: Shape) -> Result<usize> {
    resolve_within(op, dim, shape, shape.len())
}

/// Like [`resolve`], for a place between dimensions: the rank itself is allowed.
pub(crate) fn resolve_gap(op: &'static str, dim: isize, shape: Shape) -> Result<usize> {
    resolve_within(op, dim, shape, shape.len() + 1)
}

fn resolve_within(op: &'static str, dim: isize, shape: Shape, bound: usize) -> Result<usize> {
    let from_start = if dim < 0 { dim + bound as isize } else { dim };
    usize::try_from(from_start).ok().filter(|&dim| dim < bound).ok_or(Error::Dim { op, dim, shape })
}

/// Which dimensions are in the set, `true` where they are; an error if one is named twice or missing.
pub(crate) fn resolve_set(op: &'static str, dims: &impl Dims, shape: Shape) -> Result<[bool; MAX_RANK]> {
    let mut set = [false; MAX_RANK];
    for dim in dims.list(shape.len()) {
        let at = resolve(op, dim, shape)?;
        if std::mem::replace(&mut set[at], true) {
            return Err(Error::shape(op, format!("dimension {dim} of {shape:?} is named twice")));
        }
    }
    Ok(set)
}
