//! What can go wrong in a tensor expression, as a typed error.
//!
//! Every operation comes twice: `x.matmul(&w)` panics at the caller's line, as indexing a slice does, because a
//! wrong shape is a mistake in the program; `x.try_matmul(&w)` returns the same as an [`Error`], for code that
//! gets its shapes from outside. The messages name the operation, both shapes and the likely remedy.

use crate::{Device, Shape};

/// A tensor expression that has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The shapes do not fit the operation.
    #[error("{op}: {detail}")]
    Shape {
        /// The operation, as it is called in an expression.
        op: &'static str,
        /// Both shapes, what is wrong with them, and the likely remedy.
        detail: String,
    },
    /// A dimension that the tensor does not have.
    #[error("{op}: there is no dimension {dim} in a tensor of shape {shape:?}")]
    Dim {
        /// The operation.
        op: &'static str,
        /// The dimension asked for; negative ones count from the end.
        dim: isize,
        /// The tensor's shape.
        shape: Shape,
    },
    /// An index outside its dimension.
    #[error("{op}: index {index} is outside dimension {dim}, which has size {size}")]
    Index {
        /// The operation.
        op: &'static str,
        /// The index asked for.
        index: usize,
        /// The dimension it was to select from.
        dim: usize,
        /// That dimension's size.
        size: usize,
    },
    /// The operands are on different devices.
    #[error("{op}: left is on {left}, right is on {right}; move one with .to(&device)")]
    Device {
        /// The operation.
        op: &'static str,
        /// Where the left operand is.
        left: Device,
        /// Where the right operand is.
        right: Device,
    },
    /// The device cannot be used here.
    #[error("no device {device}: {reason}")]
    NoDevice {
        /// The device asked for.
        device: Device,
        /// What is missing and what would mend it.
        reason: String,
    },
    /// A gradient was asked for that the graph does not hold.
    #[error("{op}: {detail}")]
    NoGradient {
        /// `backward`, `grad`, …
        op: &'static str,
        /// What is missing and what would mend it.
        detail: String,
    },
    /// A graph of the gradient was asked for, but the backward pass of an operation works on bare numbers.
    #[error(
        "{op} is not twice differentiable: its backward pass does not record a graph; \
         write it in tensor operations, or ask for first derivatives only"
    )]
    NotTwiceDifferentiable {
        /// The operation whose backward pass breaks the graph.
        op: &'static str,
    },
}

/// The result of a tensor expression.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn shape(op: &'static str, detail: impl Into<String>) -> Self {
        Self::Shape { op, detail: detail.into() }
    }
}

/// Turns an error into a panic at the line of whoever called the panicking twin.
pub(crate) trait OrPanic<T> {
    fn or_panic(self) -> T;
}

impl<T> OrPanic<T> for Result<T> {
    #[track_caller]
    fn or_panic(self) -> T {
        match self {
            Ok(value) => value,
            Err(error) => panic!("{error}"),
        }
    }
}
