//! Shapes and strides: how a row of numbers is read as a tensor.
//!
//! A [`Layout`] says where element (i, j, …) lies in its buffer: at `offset + i·strides[0] + j·strides[1] + …`.
//! Transposing, slicing and expanding change only this description, never the numbers; a stride of 0 repeats one
//! number along a dimension, which is all that broadcasting is. Both types are `Copy` and need no allocation:
//! a tensor has at most [`MAX_RANK`] dimensions.

use std::fmt;
use std::ops::Deref;

use crate::{Error, Result};

/// The largest number of dimensions of a tensor: batch, channels, three of space, and one to spare.
pub const MAX_RANK: usize = 6;

/// The sizes of a tensor's dimensions. Reads as a slice: `shape[0]`, `shape.len()`.
///
/// Functions that take a shape take anything that can become one:
///
/// ```
/// use tensor::Tensor;
/// let scalar: Tensor = Tensor::zeros(());
/// let vector: Tensor = Tensor::zeros(3);
/// let matrix: Tensor = Tensor::zeros([2, 3]);
/// assert_eq!(matrix.shape(), [2, 3]);
/// ```
#[derive(Clone, Copy)]
pub struct Shape {
    rank: u8,
    dims: [usize; MAX_RANK],
}

impl Shape {
    /// The shape with these sizes.
    ///
    /// # Panics
    /// If there are more than [`MAX_RANK`].
    #[track_caller]
    pub fn new(dims: &[usize]) -> Self {
        assert!(
            dims.len() <= MAX_RANK,
            "a tensor has at most {MAX_RANK} dimensions, {dims:?} are {}",
            dims.len()
        );
        let mut shape = Self { rank: dims.len() as u8, dims: [0; MAX_RANK] };
        shape.dims[..dims.len()].copy_from_slice(dims);
        shape
    }

    /// The shape with sizes that come from outside; `None` if they are more than [`MAX_RANK`], or so large that
    /// counting elements would overflow.
    pub(crate) fn checked(dims: &[usize]) -> Option<Self> {
        let fits = dims.iter().try_fold(1usize, |n, &dim| n.checked_mul(dim.max(1))).is_some();
        (dims.len() <= MAX_RANK && fits).then(|| Self::new(dims))
    }

    /// The number of elements: the product of the sizes.
    ///
    /// # Panics
    /// If it does not fit a `usize`.
    #[track_caller]
    pub fn numel(&self) -> usize {
        let product = self.iter().try_fold(1usize, |n, &d| n.checked_mul(d));
        // A size of 0 makes the tensor empty however large the others are.
        if self.contains(&0) {
            return 0;
        }
        product.unwrap_or_else(|| panic!("a tensor of shape {self:?} has too many elements"))
    }

    pub(crate) fn push(&mut self, dim: usize) {
        self.insert(self.len(), dim);
    }

    #[track_caller]
    pub(crate) fn insert(&mut self, at: usize, dim: usize) {
        let mut dims = self.to_vec();
        dims.insert(at, dim);
        *self = Self::new(&dims);
    }

    pub(crate) fn with(mut self, at: usize, dim: usize) -> Self {
        self.dims[..self.rank as usize][at] = dim;
        self
    }

    pub(crate) fn without(self, at: usize) -> Self {
        let mut dims = self.to_vec();
        dims.remove(at);
        Self::new(&dims)
    }

    /// The shape to which both can be expanded, by NumPy's rule: aligned at the last dimension, sizes are equal or
    /// one of them is 1.
    pub(crate) fn broadcast(op: &'static str, left: &Self, right: &Self) -> Result<Self> {
        let rank = left.len().max(right.len());
        let mut dims = [0; MAX_RANK];
        for (i, dim) in dims[..rank].iter_mut().enumerate() {
            let size = |shape: &Self| match (i + shape.len()).checked_sub(rank) {
                Some(j) => shape[j],
                None => 1,
            };
            *dim = match (size(left), size(right)) {
                (a, b) if a == b => a,
                (1, b) => b,
                (a, 1) => a,
                (a, b) => {
                    return Err(Error::shape(
                        op,
                        format!(
                            "{left:?} and {right:?} do not broadcast: counted from the end, dimension {} has \
                             sizes {a} and {b}",
                            rank - i
                        ),
                    ));
                }
            };
        }
        Ok(Self::new(&dims[..rank]))
    }
}

impl Deref for Shape {
    type Target = [usize];
    fn deref(&self) -> &[usize] {
        &self.dims[..self.rank as usize]
    }
}

impl PartialEq for Shape {
    fn eq(&self, other: &Self) -> bool {
        self[..] == other[..]
    }
}

impl Eq for Shape {}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Always on one line, also in `{:#?}`.
        f.write_str("[")?;
        for (i, dim) in self.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{dim}")?;
        }
        f.write_str("]")
    }
}

impl From<()> for Shape {
    fn from((): ()) -> Self {
        Self::new(&[])
    }
}

impl From<usize> for Shape {
    fn from(dim: usize) -> Self {
        Self::new(&[dim])
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    #[track_caller]
    fn from(dims: [usize; N]) -> Self {
        Self::new(&dims)
    }
}

impl From<&[usize]> for Shape {
    #[track_caller]
    fn from(dims: &[usize]) -> Self {
        Self::new(dims)
    }
}

impl From<&Vec<usize>> for Shape {
    #[track_caller]
    fn from(dims: &Vec<usize>) -> Self {
        Self::new(dims)
    }
}

/// Where each element of a tensor lies in its buffer.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    pub(crate) shape: Shape,
    pub(crate) strides: [usize; MAX_RANK],
    pub(crate) offset: usize,
}

impl Layout {
    /// Row-major order from the start of the buffer.
    pub(crate) fn contiguous(shape: Shape) -> Self {
        let mut strides = [0; MAX_RANK];
        let mut step = 1;
        for (stride, &dim) in strides[..shape.len()].iter_mut().zip(shape.iter()).rev() {
            *stride = step;
            step *= dim.max(1);
        }
        Self { shape, strides, offset: 0 }
    }

    pub(crate) fn rank(&self) -> usize {
        self.shape.len()
    }

    pub(crate) fn numel(&self) -> usize {
        self.shape.numel()
    }

    /// Whether the elements lie one after the other in row-major order.
    pub(crate) fn is_contiguous(&self) -> bool {
        let mut step = 1;
        for (&stride, &dim) in self.strides[..self.rank()].iter().zip(self.shape.iter()).rev() {
            if dim == 0 {
                return true;
            }
            if dim != 1 && stride != step {
                return false;
            }
            step *= dim;
        }
        true
    }

    /// The same elements with dimension `order[i]` in place i.
    pub(crate) fn permute(&self, order: &[usize]) -> Self {
        let mut layout = *self;
        for (i, &dim) in order.iter().enumerate() {
            layout.shape.dims[i] = self.shape[dim];
            layout.strides[i] = self.strides[dim];
        }
        layout
    }

    /// Elements `start`, `start + step`, … along one dimension, `len` of them.
    pub(crate) fn narrow(&self, dim: usize, start: usize, len: usize, step: usize) -> Self {
        let mut layout = *self;
        layout.shape.dims[dim] = len;
        // An empty view stays at the start, so that its offset is within any buffer.
        layout.offset += if layout.shape.contains(&0) { 0 } else { start * self.strides[dim] };
        layout.strides[dim] *= step;
        layout
    }

    /// A dimension of size 1 and stride 0 before `at`.
    #[track_caller]
    pub(crate) fn unsqueeze(&self, at: usize) -> Self {
        let mut layout = *self;
        layout.shape.insert(at, 1);
        layout.strides.copy_within(at..MAX_RANK - 1, at + 1);
        layout.strides[at] = 0;
        layout
    }

    pub(crate) fn remove(&self, at: usize) -> Self {
        let mut layout = *self;
        layout.shape = self.shape.without(at);
        layout.strides.copy_within(at + 1.., at);
        layout
    }

    /// Repeats dimensions of size 1 (and adds leading ones) up to `shape`; `None` where that cannot be.
    pub(crate) fn expand(&self, shape: Shape) -> Option<Self> {
        let lead = shape.len().checked_sub(self.rank())?;
        let mut strides = [0; MAX_RANK];
        for (i, &dim) in self.shape.iter().enumerate() {
            if dim == shape[lead + i] {
                strides[lead + i] = self.strides[i];
            } else if dim != 1 {
                return None;
            }
        }
        Some(Self { shape, strides, offset: self.offset })
    }

    /// The same elements, read in row-major order, as another shape; `None` if that needs a copy.
    pub(crate) fn reshape(&self, shape: Shape) -> Option<Self> {
        self.is_contiguous().then(|| Self { offset: self.offset, ..Self::contiguous(shape) })
    }

    /// The least number of elements a buffer must have to be read through this layout.
    pub(crate) fn end(&self) -> usize {
        if self.numel() == 0 {
            return 0;
        }
        let last: usize = self.shape.iter().zip(self.strides).map(|(&dim, stride)| (dim - 1) * stride).sum();
        self.offset + last + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(dims: &[usize]) -> Layout {
        Layout::contiguous(Shape::new(dims))
    }

    #[test]
    fn row_major() {
        let x = layout(&[2, 3, 4]);
        assert_eq!(x.strides[..3], [12, 4, 1]);
        assert!(x.is_contiguous());
        assert_eq!(x.end(), 24);
        assert!(!x.permute(&[2, 0, 1]).is_contiguous());
        assert_eq!(x.permute(&[2, 0, 1]).end(), 24);
    }

    #[test]
    fn dimensions_of_size_one_do_not_matter_for_contiguity() {
        assert!(layout(&[1, 3]).permute(&[1, 0]).is_contiguous());
        assert!(layout(&[0, 3]).permute(&[1, 0]).is_contiguous());
        assert!(!layout(&[3]).narrow(0, 0, 2, 2).is_contiguous());
    }

    #[test]
    fn broadcasting_follows_numpy() {
        let broadcast = |a: &[usize], b: &[usize]| Shape::broadcast("add", &Shape::new(a), &Shape::new(b));
        assert_eq!(*broadcast(&[32, 1], &[6]).unwrap(), [32, 6]);
        assert_eq!(*broadcast(&[], &[2, 0]).unwrap(), [2, 0]);
        let error = broadcast(&[32, 6], &[8, 6]).unwrap_err().to_string();
        assert_eq!(
            error,
            "add: [32, 6] and [8, 6] do not broadcast: counted from the end, dimension 2 has sizes 32 and 8"
        );
    }

    #[test]
    fn unsqueeze_and_remove_are_inverse() {
        let x = layout(&[2, 3, 4]).permute(&[1, 2, 0]);
        for at in 0..=3 {
            assert_eq!(x.unsqueeze(at).remove(at).shape, x.shape);
            assert_eq!(x.unsqueeze(at).remove(at).strides[..3], x.strides[..3]);
        }
    }

    #[test]
    #[should_panic(expected = "too many elements")]
    fn the_number_of_elements_does_not_wrap() {
        Shape::new(&[usize::MAX, 2]).numel();
    }
}
