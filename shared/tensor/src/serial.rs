//! Tensors through serde, as `{ "shape": [2, 3], "data": [ … ] }` in text and with their strides in binary formats.
//!
//! Text is for people: the numbers in row-major order. A binary format carries a view as it is, gaps and repeated
//! elements included, so that a function which is asked over a pipe meets the layouts that it would meet at home.
//! Device and graph are carried by neither. What comes in is checked: the numbers fill the shape, the shape is one that
//! a tensor can have, and the strides stay inside the numbers.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

use crate::layout::{Layout, MAX_RANK};
use crate::storage::Storage;
use crate::{Device, Float, Shape, Tensor};

/// A view may skip so many times its own elements and is still carried with its gaps.
const GAPS: usize = 4;
/// A view may repeat its elements up to so many in all: what comes in must not claim a petabyte in twenty bytes.
const REPEATED: usize = 1 << 24;

#[derive(serde::Serialize)]
#[serde(rename = "Tensor", bound = "")]
struct Text<'a, T: Float> {
    shape: &'a [usize],
    data: &'a [T],
}

#[derive(serde::Deserialize)]
#[serde(rename = "Tensor", bound = "", deny_unknown_fields)]
struct OwnedText<T: Float> {
    shape: Vec<usize>,
    data: Vec<T>,
}

#[derive(serde::Serialize)]
#[serde(rename = "Tensor", bound = "")]
struct Binary<'a, T: Float> {
    shape: &'a [usize],
    strides: &'a [usize],
    data: &'a [T],
}

#[derive(serde::Deserialize)]
#[serde(rename = "Tensor", bound = "")]
struct OwnedBinary<T: Float> {
    shape: Vec<usize>,
    strides: Vec<usize>,
    data: Vec<T>,
}

/// JSON has no NaN and no infinities: serde_json writes them as `null`, which does not come back.
impl<T: Float> Serialize for Tensor<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return Text { shape: self.shape(), data: &self.as_slice() }.serialize(serializer);
        }
        let (x, layout) = self.raw();
        let span = layout.end().saturating_sub(layout.offset);
        if span > GAPS * layout.numel() {
            let strides = &Layout::contiguous(layout.shape).strides[..layout.rank()];
            return Binary { shape: self.shape(), strides, data: &self.as_slice() }.serialize(serializer);
        }
        let strides = &layout.strides[..layout.rank()];
        let data = if span == 0 { &[] } else { &x[layout.offset..layout.offset + span] };
        Binary { shape: self.shape(), strides, data }.serialize(serializer)
    }
}

impl<'de, T: Float> Deserialize<'de> for Tensor<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let OwnedText { shape, data } = OwnedText::deserialize(deserializer)?;
            return Self::try_from_vec(data, checked(&shape)?).map_err(D::Error::custom);
        }
        let OwnedBinary { shape: sizes, strides, data } = OwnedBinary::deserialize(deserializer)?;
        let shape: Shape = checked(&sizes)?;
        let layout = strided(shape, &strides, data.len()).ok_or_else(|| {
            D::Error::custom(format!(
                "strides {strides:?} for shape {sizes:?} do not fit {} numbers",
                data.len()
            ))
        })?;
        Ok(Self::from_storage(Storage::new(data, Device::Cpu), layout))
    }
}

fn checked<E: Error>(sizes: &[usize]) -> Result<Shape, E> {
    Shape::checked(sizes).ok_or_else(|| {
        E::custom(format!(
            "no tensor has shape {sizes:?}: at most {MAX_RANK} dimensions and no more elements than a computer can \
             count can be held"
        ))
    })
}

/// The layout with these strides, if it uses exactly `len` numbers.
fn strided(shape: Shape, strides: &[usize], len: usize) -> Option<Layout> {
    let mut layout = Layout::contiguous(shape);
    if strides.len() != shape.len() {
        return None;
    }
    layout.strides[..strides.len()].copy_from_slice(strides);
    if shape.numel() == 0 {
        return (len == 0).then_some(layout);
    }
    let mut last = 0_usize;
    for (&dim, &stride) in shape.iter().zip(strides) {
        last = last.checked_add((dim - 1).checked_mul(stride)?)?;
    }
    (last.checked_add(1)? == len && shape.numel() <= len.max(REPEATED)).then_some(layout)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::GAPS;
    use crate::Tensor;
    use crate::proptest::{shapes, tensors};

    proptest! {
        #[test]
        fn json_gives_the_same_numbers_back(x in shapes(4, 4).prop_flat_map(tensors::<f64>)) {
            let text = serde_json::to_string(&x).unwrap();
            let back: Tensor<f64> = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(back.shape(), x.shape());
            prop_assert_eq!(back.to_vec(), x.to_vec());
        }
    }

    proptest! {
        #[test]
        fn binary_gives_the_same_view_back(x in shapes(4, 4).prop_flat_map(tensors::<f64>)) {
            let back: Tensor<f64> = postcard::from_bytes(&postcard::to_allocvec(&x).unwrap()).unwrap();
            prop_assert_eq!(back.shape(), x.shape());
            prop_assert_eq!(back.to_vec(), x.to_vec());
            let (_, layout) = x.raw();
            if layout.end() - layout.offset.min(layout.end()) <= GAPS * layout.numel() {
                prop_assert_eq!(back.raw().1.strides, layout.strides);
            } else {
                prop_assert!(back.is_contiguous());
            }
        }

        #[test]
        fn bytes_from_anywhere_are_a_tensor_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(x) = postcard::from_bytes::<Tensor<f32>>(&bytes) {
                prop_assert_eq!(x.to_vec().len(), x.numel());
            }
        }
    }

    #[test]
    fn binary_keeps_bits_and_drops_what_a_view_does_not_show() {
        let nan = f64::from_bits(0x7ff8_0000_0000_1234);
        let x = Tensor::from([nan, f64::NEG_INFINITY, -0.0]);
        let back: Tensor<f64> = postcard::from_bytes(&postcard::to_allocvec(&x).unwrap()).unwrap();
        let bits = |x: &Tensor<f64>| x.to_vec().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&back), bits(&x));
        let corner = Tensor::<f64>::zeros([1000]).narrow(0, 3, 2);
        assert!(postcard::to_allocvec(&corner).unwrap().len() < 32);
    }

    #[test]
    fn strides_that_lead_outside_or_claim_too_much_are_refused() {
        let refused = |shape: &[usize], strides: &[usize], data: &[f32]| {
            let bytes = postcard::to_allocvec(&(shape, strides, data)).unwrap();
            postcard::from_bytes::<Tensor<f32>>(&bytes).is_err()
        };
        assert!(!refused(&[2, 2], &[2, 1], &[1.0; 4]));
        assert!(!refused(&[2, 2], &[0, 0], &[1.0]));
        assert!(refused(&[2, 2], &[3, 1], &[1.0; 4]));
        assert!(refused(&[2, 2], &[1, 1], &[1.0; 4]));
        assert!(refused(&[2, 2], &[2], &[1.0; 4]));
        assert!(refused(&[2, 0], &[1, 1], &[1.0]));
        assert!(refused(&[2, 2], &[usize::MAX, 1], &[1.0; 4]));
        assert!(refused(&[1 << 40], &[0], &[1.0]));
    }

    #[test]
    fn is_a_shape_and_numbers() {
        let text = serde_json::to_string(&Tensor::from([[1.0f32, 2.5]]).requires_grad_()).unwrap();
        assert_eq!(text, r#"{"shape":[1,2],"data":[1.0,2.5]}"#);
        assert!(!serde_json::from_str::<Tensor<f32>>(&text).unwrap().requires_grad());
    }

    #[test]
    fn what_is_no_tensor_is_refused() {
        let refused = |text: &str| serde_json::from_str::<Tensor<f32>>(text).unwrap_err().to_string();
        assert_eq!(
            refused(r#"{"shape":[2,2],"data":[1,2,3]}"#),
            "from_vec: 3 numbers do not fill a tensor of shape [2, 2]"
        );
        let many = refused(r#"{"shape":[1,1,1,1,1,1,1],"data":[1]}"#);
        assert!(many.starts_with("no tensor has shape [1, 1, 1, 1, 1, 1, 1]"), "{many}");
        let large = refused(r#"{"shape":[18446744073709551615,2,0],"data":[]}"#);
        assert!(large.starts_with("no tensor has shape"), "{large}");
        assert!(refused(r#"{"shape":[1],"data":[1],"more":0}"#).contains("unknown field `more`"));
        assert!(refused(r#"{"shape":[-1],"data":[]}"#).contains("invalid value"));
    }
}
