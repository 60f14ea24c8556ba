//! Reading: an [`Archive`] is a file whose header has been checked.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use ::safetensors::{Dtype, SafeTensorError, SafeTensors};
use serde::de::{self, Deserializer as _, IgnoredAny, MapAccess, Visitor};

use super::{Error, IN_MEMORY, Result, dtype_of};
use crate::io::Number;
use crate::{Float, Shape, Tensor};

/// A safetensors file that has been read and checked, but whose tensors are still bytes.
#[derive(Debug)]
pub struct Archive {
    path: PathBuf,
    bytes: Vec<u8>,
    entries: BTreeMap<String, Stored>,
    metadata: BTreeMap<String, String>,
}

/// Where a tensor is in the bytes of its file.
#[derive(Debug)]
struct Stored {
    dtype: Dtype,
    shape: Vec<usize>,
    range: Range<usize>,
}

impl Archive {
    /// Reads a file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => Error::Missing { path: path.into() },
            _ => Error::Io { path: path.into(), source },
        })?;
        Self::parse(path, bytes)
    }

    /// Takes the bytes of a file.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self> {
        Self::parse(IN_MEMORY, bytes)
    }

    /// Takes the bytes of a file, such as one that was compressed; `path` is what errors call it.
    pub fn parse(path: impl Into<PathBuf>, bytes: Vec<u8>) -> Result<Self> {
        let path = path.into();
        let malformed = |detail| Error::Malformed { path: path.clone(), detail };
        let (header, parsed) =
            SafeTensors::read_metadata(&bytes).map_err(|error| malformed(explain(&error, &bytes)))?;
        let start = 8 + header;
        serde_json::Deserializer::from_slice(&bytes[8..start])
            .deserialize_map(DistinctNames)
            .map_err(|error| malformed(error.to_string()))?;
        let entries = parsed
            .tensors()
            .into_iter()
            .map(|(name, info)| {
                let range = start + info.data_offsets.0..start + info.data_offsets.1;
                (name, Stored { dtype: info.dtype, shape: info.shape.clone(), range })
            })
            .collect();
        let metadata = parsed.metadata().clone().unwrap_or_default().into_iter().collect();
        Ok(Self { path, bytes, entries, metadata })
    }

    /// What was remembered with the tensors.
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// The names of the tensors, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// The tensors in the alphabetical order of their names.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.entries.iter().map(|(name, stored)| self.entry(name, stored))
    }

    /// The tensor of this name.
    pub fn get(&self, name: &str) -> Result<Entry<'_>> {
        let (name, stored) = self.entries.get_key_value(name).ok_or_else(|| Error::NoSuchTensor {
            path: self.path.clone(),
            name: name.into(),
            names: self.names().map(String::from).collect(),
        })?;
        Ok(self.entry(name, stored))
    }

    fn entry<'a>(&'a self, name: &'a str, stored: &'a Stored) -> Entry<'a> {
        let bytes = &self.bytes[stored.range.clone()];
        Entry { path: &self.path, name, dtype: stored.dtype, shape: &stored.shape, bytes }
    }

    /// All tensors, which must be of type `T`.
    pub fn tensors<T: Float>(&self) -> Result<BTreeMap<String, Tensor<T>>> {
        self.entries().map(|entry| Ok((entry.name.to_owned(), entry.tensor()?))).collect()
    }
}

/// What is wrong with a file, in the words of its reader.
fn explain(error: &SafeTensorError, bytes: &[u8]) -> String {
    let len = bytes.len();
    match error {
        SafeTensorError::HeaderTooSmall => {
            format!("it has {len} bytes, not even the 8 of the header's length")
        }
        SafeTensorError::InvalidHeaderLength => format!("its header is longer than its {len} bytes"),
        SafeTensorError::InvalidOffset(name) => {
            format!("the bytes of tensor {name:?} overlap with another's, or leave a gap")
        }
        SafeTensorError::MetadataIncompleteBuffer => {
            format!("its tensors do not end where its {len} bytes end, so it may be cut off")
        }
        other => other.to_string(),
    }
}

/// Visits the header to see that no name occurs twice.
struct DistinctNames;

impl<'de> Visitor<'de> for DistinctNames {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map from names to tensors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut names = HashSet::new();
        while let Some((name, IgnoredAny)) = map.next_entry::<String, _>()? {
            if names.contains(&name) {
                return Err(de::Error::custom(format!("the name {name:?} occurs twice")));
            }
            names.insert(name);
        }
        Ok(())
    }
}

/// A tensor in an [`Archive`].
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    path: &'a Path,
    name: &'a str,
    dtype: Dtype,
    shape: &'a [usize],
    bytes: &'a [u8],
}

impl<'a> Entry<'a> {
    /// Its name.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The type of its numbers, as safetensors calls it: `F32`, `U8`, ….
    pub fn dtype(&self) -> String {
        self.dtype.to_string()
    }

    /// The size of each dimension, which may be more than a [`Tensor`] can have.
    pub fn shape(&self) -> &'a [usize] {
        self.shape
    }

    /// Its bytes, in row-major order, each number with the least significant byte first.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Its numbers if they are of type `U8`, such as pixels and labels.
    pub fn as_u8(&self) -> Result<&'a [u8]> {
        if self.dtype == Dtype::U8 { Ok(self.bytes) } else { Err(self.wrong_type("U8")) }
    }

    /// The tensor, whose numbers must be of type `T`.
    pub fn tensor<T: Float>(&self) -> Result<Tensor<T>> {
        let (dtype, expected) = dtype_of::<T>();
        if self.dtype != dtype {
            return Err(self.wrong_type(expected));
        }
        self.filled(<T as crate::float::Kernels>::from_le_bytes(self.bytes))
    }

    /// The tensor with its numbers, of any common type, converted to `T`.
    pub fn convert<T: Float>(&self) -> Result<Tensor<T>> {
        let number = match self.dtype {
            Dtype::U8 => Number::U8,
            Dtype::I32 => Number::I32,
            Dtype::I64 => Number::I64,
            Dtype::F32 => Number::F32,
            Dtype::F64 => Number::F64,
            _ => return Err(self.wrong_type("U8, I32, I64, F32 or F64")),
        };
        self.filled(number.read(self.bytes))
    }

    fn filled<T: Float>(&self, data: Vec<T>) -> Result<Tensor<T>> {
        let shape = Shape::checked(self.shape).ok_or_else(|| Error::Shape {
            path: self.path.into(),
            name: self.name.into(),
            shape: self.shape.into(),
        })?;
        Ok(Tensor::from_vec(data, shape))
    }

    fn wrong_type(&self, expected: &'static str) -> Error {
        let (path, name) = (self.path.into(), self.name.into());
        Error::Type { path, name, found: self.dtype(), expected }
    }
}
