//! Strategies that draw tensors for property tests.
//!
//! A law that holds for contiguous data may fail for a transposed or a sliced operand, so every tensor drawn here is
//! a *view*: permuted, stepped, offset or expanded at random, into a buffer whose other numbers are NaN (the idea
//! of [minitorch](https://minitorch.github.io), whose tests permute every storage). A failing case shrinks towards
//! contiguous tensors of small whole numbers.
//!
//! ```
//! use proptest::prelude::*;
//! use tensor::{Tensor, proptest::{shapes, tensors}};
//!
//! proptest!(|(x in shapes(3, 4).prop_flat_map(tensors::<f64>))| {
//!     let twice: Tensor<f64> = &x + &x;
//!     prop_assert_eq!(twice.to_vec(), (&x * 2.0).to_vec());
//! });
//! ```

use std::ops::RangeInclusive;

use ::proptest::bool::weighted;
use ::proptest::collection::vec;
use ::proptest::prelude::*;

use crate::layout::Layout;
use crate::storage::Storage;
use crate::{Device, Float, Shape, Tensor};

/// Shapes of at most `max_rank` dimensions whose sizes are at most `max_size`; sizes of 1 and of 0 come up often
/// enough.
pub fn shapes(max_rank: usize, max_size: usize) -> impl Strategy<Value = Shape> + Clone {
    shapes_of(0..=max_rank, prop_oneof![2 => Just(1), 16 => 1..=max_size, 1 => Just(0)])
}

/// Like [`shapes`], without empty ones, and with a rank in the given range.
pub fn filled_shapes(rank: RangeInclusive<usize>, max_size: usize) -> impl Strategy<Value = Shape> + Clone {
    shapes_of(rank, prop_oneof![1 => Just(1), 8 => 1..=max_size])
}

fn shapes_of(
    rank: RangeInclusive<usize>,
    sizes: impl Strategy<Value = usize> + Clone,
) -> impl Strategy<Value = Shape> + Clone {
    vec(sizes, rank).prop_map(|sizes| Shape::new(&sizes))
}

/// Numbers between −10 and 10: small whole ones, to which the others shrink, and any.
pub fn values<T: Float>() -> impl Strategy<Value = T> + Clone {
    prop_oneof![
        2 => (-4i8..=4).prop_map(|x| T::from_f64(x.into())),
        3 => (-10.0..10.0f64).prop_map(T::from_f64),
    ]
}

/// Numbers between 0.1 and 10, for logarithms, roots and divisors.
pub fn positive_values<T: Float>() -> impl Strategy<Value = T> + Clone {
    prop_oneof![
        1 => (1u8..=4).prop_map(|x| T::from_f64(x.into())),
        4 => (0.1..10.0f64).prop_map(T::from_f64),
    ]
}

/// Tensors of a shape with numbers from [`values`], in memory in any way that a view can lie.
pub fn tensors<T: Float>(shape: impl Into<Shape>) -> impl Strategy<Value = Tensor<T>> {
    tensors_of(shape, values())
}

/// Like [`tensors`], with numbers from another strategy.
pub fn tensors_of<T: Float>(
    shape: impl Into<Shape>,
    values: impl Strategy<Value = T>,
) -> impl Strategy<Value = Tensor<T>> {
    let shape = shape.into();
    (vec(values, shape.numel()), placements(shape))
        .prop_map(move |(data, placement)| placement.place(&Tensor::from_vec(data, shape)))
}

/// How a tensor lies in its buffer.
#[derive(Debug, Clone)]
struct Placement {
    /// Numbers before the first row.
    lead: usize,
    /// Which dimension varies slowest in memory, and so on.
    order: Vec<usize>,
    dims: Vec<Spacing>,
}

/// How one dimension lies in the buffer.
#[derive(Debug, Clone)]
struct Spacing {
    before: usize,
    after: usize,
    step: usize,
    /// Whether the first place is repeated with stride 0; the values at the others are lost.
    repeated: bool,
}

fn placements(shape: Shape) -> impl Strategy<Value = Placement> {
    let order = Just((0..shape.len()).collect::<Vec<_>>()).prop_shuffle();
    let spacing = (0..=2usize, 0..=2usize, 1..=3usize, weighted(0.15))
        .prop_map(|(before, after, step, repeated)| Spacing { before, after, step, repeated });
    (0..=3usize, order, vec(spacing, shape.len())).prop_map(|(lead, order, dims)| Placement {
        lead,
        order,
        dims,
    })
}

impl Placement {
    /// The same numbers, but for repeated dimensions, lying as this says.
    fn place<T: Float>(&self, x: &Tensor<T>) -> Tensor<T> {
        let shape = x.layout.shape;
        let single = (0..shape.len())
            .filter(|&dim| self.dims[dim].repeated && shape[dim] > 0)
            .fold(x.clone(), |x, dim| x.narrow(dim, 0, 1));
        // The room that the dimensions take in memory, slowest first, and the places in it that are used.
        let rooms: Vec<usize> = self
            .order
            .iter()
            .map(|&dim| {
                let Spacing { before, after, step, .. } = self.dims[dim];
                before + single.shape()[dim] * step + after
            })
            .collect();
        let room = Layout::contiguous(Shape::new(&rooms));
        let used = self.order.iter().enumerate().fold(room, |layout, (i, &dim)| {
            layout.narrow(i, self.dims[dim].before, single.shape()[dim], self.dims[dim].step)
        });
        let mut inverse = vec![0; shape.len()];
        self.order.iter().enumerate().for_each(|(i, &dim)| inverse[dim] = i);
        let mut layout = used.permute(&inverse);
        layout.offset += self.lead;
        let mut buffer = vec![T::nan(); self.lead + room.numel()];
        T::scatter(&single.as_slice(), &mut buffer, &layout);
        let placed = Tensor::from_storage(Storage::new(buffer, Device::Cpu), layout);
        placed.expand(shape)
    }
}

#[cfg(test)]
mod tests {
    use ::proptest::strategy::ValueTree;
    use ::proptest::test_runner::TestRunner;

    use super::*;

    proptest! {
        #[test]
        fn placing_keeps_the_numbers(
            (shape, placement) in shapes(4, 4).prop_flat_map(|shape| (Just(shape), placements(shape)))
        ) {
            let x = Tensor::<f32>::arange(shape.numel()).reshape(shape);
            let placed = placement.place(&x);
            prop_assert_eq!(placed.shape(), &shape[..]);
            let expected = (0..shape.len())
                .filter(|&dim| placement.dims[dim].repeated && shape[dim] > 0)
                .fold(x, |x, dim| x.narrow(dim, 0, 1).expand(shape));
            prop_assert_eq!(placed.to_vec(), expected.to_vec());
        }

        #[test]
        fn drawn_numbers_are_finite(x in shapes(4, 4).prop_flat_map(tensors::<f32>)) {
            prop_assert!(!x.has_non_finite());
        }
    }

    #[test]
    fn shrinks_to_a_contiguous_tensor_of_zeros() {
        let mut runner = TestRunner::deterministic();
        let mut strided = 0;
        for _ in 0..20 {
            let mut tree = tensors::<f64>([2, 3]).new_tree(&mut runner).unwrap();
            strided += usize::from(!tree.current().is_contiguous());
            // Everything fails: the shrinking goes as far as it can.
            while tree.simplify() {}
            let x = tree.current();
            assert_eq!((x.strides(), x.layout.offset), (&[3, 1][..], 0));
            assert_eq!(x.storage.len(), 6);
            assert!(x.to_vec().iter().all(|x| x.abs() <= 4.0 && x.fract() == 0.0));
        }
        assert!(strided > 10, "only {strided} of 20 tensors were not contiguous");
    }
}
