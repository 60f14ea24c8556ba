//! How parts of a tensor are named in a call: `x.slice((.., 0..3, -1))`.

use std::fmt;
use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

/// What [`slice`](crate::Tensor::slice) takes along one dimension: one place, a range of them, or `..` for all. Negative
/// numbers count from the end.
pub trait Slice {
    #[doc(hidden)]
    fn cut(&self) -> Cut;
}

/// What [`slice`](crate::Tensor::slice) takes of a tensor: a [`Slice`] of the first dimension, or a tuple with one for each
/// of the first dimensions.
pub trait Slices {
    #[doc(hidden)]
    fn cuts(&self) -> Vec<Cut>;
}

/// The places to take along one dimension, before its size is known.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub enum Cut {
    Place(isize),
    Range(isize, End),
}

/// Where a range of places ends.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub enum End {
    Open,
    Before(isize),
    Through(isize),
}

impl Cut {
    /// The first place, and how many there are, within a dimension of the given size.
    pub(crate) fn within(self, size: usize) -> Option<(usize, usize)> {
        let place = |i: isize| if i < 0 { size.checked_sub(i.unsigned_abs()) } else { Some(i as usize) };
        let (start, end) = match self {
            Self::Place(i) => (place(i)?, place(i)?.checked_add(1)?),
            Self::Range(start, End::Open) => (place(start)?, size),
            Self::Range(start, End::Before(end)) => (place(start)?, place(end)?),
            Self::Range(start, End::Through(last)) => (place(start)?, place(last)?.checked_add(1)?),
        };
        (start <= end && end <= size).then(|| (start, end - start))
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Place(i) => write!(f, "place {i}"),
            Self::Range(start, End::Open) => write!(f, "{start}.."),
            Self::Range(start, End::Before(end)) => write!(f, "{start}..{end}"),
            Self::Range(start, End::Through(last)) => write!(f, "{start}..={last}"),
        }
    }
}

impl Slice for RangeFull {
    fn cut(&self) -> Cut {
        Cut::Range(0, End::Open)
    }
}

/// A place as a number that may count from the end; one too large for that is outside every dimension.
fn place(place: impl TryInto<isize>) -> isize {
    place.try_into().unwrap_or(isize::MAX)
}

macro_rules! slice_by {
    ($($integer:ident),*) => {$(
        impl Slice for $integer {
            fn cut(&self) -> Cut {
                Cut::Place(place(*self))
            }
        }

        impl Slice for Range<$integer> {
            fn cut(&self) -> Cut {
                Cut::Range(place(self.start), End::Before(place(self.end)))
            }
        }

        impl Slice for RangeInclusive<$integer> {
            fn cut(&self) -> Cut {
                Cut::Range(place(*self.start()), End::Through(place(*self.end())))
            }
        }

        impl Slice for RangeFrom<$integer> {
            fn cut(&self) -> Cut {
                Cut::Range(place(self.start), End::Open)
            }
        }

        impl Slice for RangeTo<$integer> {
            fn cut(&self) -> Cut {
                Cut::Range(0, End::Before(place(self.end)))
            }
        }

        impl Slice for RangeToInclusive<$integer> {
            fn cut(&self) -> Cut {
                Cut::Range(0, End::Through(place(self.end)))
            }
        }
    )*};
}

slice_by!(i32, isize, usize);

impl<S: Slice> Slices for S {
    fn cuts(&self) -> Vec<Cut> {
        vec![self.cut()]
    }
}

macro_rules! slices_by {
    ($($slice:ident $at:tt),*) => {
        impl<$($slice: Slice),*> Slices for ($($slice,)*) {
            fn cuts(&self) -> Vec<Cut> {
                vec![$(self.$at.cut()),*]
            }
        }
    };
}

slices_by!(A 0);
slices_by!(A 0, B 1);
slices_by!(A 0, B 1, C 2);
slices_by!(A 0, B 1, C 2, D 3);
slices_by!(A 0, B 1, C 2, D 3, E 4);
slices_by!(A 0, B 1, C 2, D 3, E 4, F 5);
