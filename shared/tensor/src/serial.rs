//! Tensors through serde, as `{ "shape": [2, 3], "data": [ … ] }`.
//!
//! Only the numbers and their shape are carried, in row-major order; device and graph are not. What comes in is
//! checked: the numbers fill the shape, and the shape is one that a tensor can have.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

use crate::layout::MAX_RANK;
use crate::{Float, Shape, Tensor};

#[derive(serde::Serialize)]
#[serde(rename = "Tensor", bound = "")]
struct Borrowed<'a, T: Float> {
    shape: &'a [usize],
    data: &'a [T],
}

#[derive(serde::Deserialize)]
#[serde(rename = "Tensor", bound = "", deny_unknown_fields)]
struct Owned<T: Float> {
    shape: Vec<usize>,
    data: Vec<T>,
}

/// JSON has no NaN and no infinities: serde_json writes them as `null`, which does not come back.
impl<T: Float> Serialize for Tensor<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Borrowed { shape: self.shape(), data: &self.as_slice() }.serialize(serializer)
    }
}

impl<'de, T: Float> Deserialize<'de> for Tensor<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Owned { shape: sizes, data } = Owned::deserialize(deserializer)?;
        let shape = Shape::checked(&sizes).ok_or_else(|| {
            D::Error::custom(format!(
                "no tensor has shape {sizes:?}: at most {MAX_RANK} dimensions and no more elements than a \
                 computer can count can be held"
            ))
        })?;
        Self::try_from_vec(data, shape).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
