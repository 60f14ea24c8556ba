//! State dicts as safetensors files.
//!
//! The format is a JSON header with names, types, shapes and offsets, followed by the numbers. The crate
//! `safetensors` checks that the offsets cover the file exactly, so a truncated file is found out before a number is
//! read. The metadata says which version of this program's conventions the file follows; files of other programs
//! have none.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::Path;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors, View};
use tensor::{Float, Tensor};

use super::{LoadError, Mismatch, StateDict, WrongType};

/// The version that is written, and the newest that is read.
pub(super) const VERSION: u32 = 1;
const VERSION_KEY: &str = "dl-labs.version";

pub(crate) type Metadata = HashMap<String, String>;

/// What safetensors calls the number type of a tensor.
pub(super) fn type_name<T: Float>() -> String {
    dtype::<T>().to_string()
}

fn dtype<T: Float>() -> Dtype {
    if T::NAME == "f64" { Dtype::F64 } else { Dtype::F32 }
}

/// Whether an entry of a file can be read as a `Tensor<T>`: it has that type, or it is a counter, which PyTorch
/// stores as a single whole number (BatchNorm's `num_batches_tracked`).
pub(super) fn is_readable<T: Float>(number_type: &str, shape: &[usize]) -> bool {
    number_type == type_name::<T>() || (shape.is_empty() && number_type == Dtype::I64.to_string())
}

struct Written<'a, T: Float>(&'a Tensor<T>);

impl<T: Float> View for Written<'_, T> {
    fn dtype(&self) -> Dtype {
        dtype::<T>()
    }

    fn shape(&self) -> &[usize] {
        self.0.shape()
    }

    fn data(&self) -> Cow<'_, [u8]> {
        let numbers = self.0.as_slice();
        let numbers = numbers.iter().map(|x| x.as_f64());
        match dtype::<T>() {
            Dtype::F64 => numbers.flat_map(f64::to_le_bytes).collect(),
            _ => numbers.flat_map(|x| (x as f32).to_le_bytes()).collect(),
        }
    }

    fn data_len(&self) -> usize {
        self.0.numel() * size_of::<T>()
    }
}

/// The bytes of a safetensors file.
pub(crate) fn encode<'a, T: Float>(
    tensors: impl Iterator<Item = (&'a str, &'a Tensor<T>)>,
    mut metadata: Metadata,
) -> io::Result<Vec<u8>> {
    metadata.insert(VERSION_KEY.to_owned(), VERSION.to_string());
    // Other programs look for this key to know whose conventions the shapes follow.
    metadata.insert("format".to_owned(), "pt".to_owned());
    let tensors = tensors.map(|(name, tensor)| (name, Written(tensor)));
    safetensors::serialize(tensors, Some(metadata)).map_err(io::Error::other)
}

/// A safetensors file that has been read and checked, but not yet turned into tensors.
pub(crate) struct Entries<'data> {
    tensors: BTreeMap<String, TensorView<'data>>,
    metadata: Metadata,
}

impl<'data> Entries<'data> {
    pub(crate) fn parse(bytes: &'data [u8], path: &Path) -> Result<Self, LoadError> {
        let malformed = |error: safetensors::SafeTensorError| LoadError::Malformed {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(malformed)?;
        let metadata = header.metadata().clone().unwrap_or_default();
        if let Some(found) = metadata.get(VERSION_KEY)
            && !found.parse::<u32>().is_ok_and(|version| version <= VERSION)
        {
            return Err(LoadError::Version { path: path.to_owned(), found: found.clone() });
        }
        // In the order of their names, for messages that do not change from run to run.
        let tensors = SafeTensors::deserialize(bytes).map_err(malformed)?.tensors().into_iter().collect();
        Ok(Self { tensors, metadata })
    }

    pub(crate) fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Names, shapes and types, to be compared.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &[usize], String)> {
        self.tensors.iter().map(|(name, view)| (name.as_str(), view.shape(), view.dtype().to_string()))
    }

    /// The tensors, if all of them can be read as `Tensor<T>`.
    pub(crate) fn state_dict<T: Float>(&self, path: &Path) -> Result<StateDict<T>, LoadError> {
        let mut types = Vec::new();
        let mut state = StateDict::new();
        for (name, view) in &self.tensors {
            let found = view.dtype().to_string();
            if !is_readable::<T>(&found, view.shape()) {
                types.push(WrongType { name: name.clone(), expected: type_name::<T>(), found });
            } else if view.shape().len() > tensor::MAX_RANK {
                let reason = format!(
                    "{name:?} has shape {:?}, and a tensor has at most {} dimensions",
                    view.shape(),
                    tensor::MAX_RANK
                );
                return Err(LoadError::Malformed { path: path.to_owned(), reason });
            } else if types.is_empty() {
                let numbers = decode(view.dtype(), view.data());
                state.insert(name.as_str(), Tensor::from_vec(numbers, view.shape()));
            }
        }
        if types.is_empty() { Ok(state) } else { Err(Mismatch { types, ..Mismatch::default() }.into()) }
    }
}

/// Little-endian numbers. `safetensors` has checked that there are as many bytes as the shape needs.
fn decode<T: Float>(dtype: Dtype, bytes: &[u8]) -> Vec<T> {
    fn each<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> {
        bytes.as_chunks::<N>().0.iter().copied()
    }
    match dtype {
        Dtype::F32 => each(bytes).map(|x| T::from_f64(f32::from_le_bytes(x).into())).collect(),
        Dtype::F64 => each(bytes).map(|x| T::from_f64(f64::from_le_bytes(x))).collect(),
        Dtype::I64 => each(bytes).map(|x| T::from_f64(i64::from_le_bytes(x) as f64)).collect(),
        other => unreachable!("{other} is not readable"),
    }
}
