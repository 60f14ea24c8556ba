//! [`StateDict`]: the numbers of a module or an optimizer by name, in memory and as a safetensors file.
//!
//! Loading is all or nothing. Everything is compared first, and a [`Mismatch`] lists every difference; only a state
//! dict that fits is copied into the module.

mod mismatch;

use std::collections::BTreeMap;
use std::ops::Index;
use std::path::Path;

use tensor::safetensors::{self, Archive, Entry};
use tensor::{Float, Tensor};

pub(crate) use mismatch::fit;
pub use mismatch::{Mismatch, Missing, WrongShape, WrongType};
/// Why a file could not be read or written.
pub use tensor::safetensors::Error as FileError;

/// The version of the conventions that files are written with, and the newest that is read. Files of other programs
/// have none.
const VERSION: u32 = 1;
const VERSION_KEY: &str = "dl-labs.version";

/// Tensors by name. The names of a module's members are joined by dots, as in PyTorch: `"features.0.weight"`.
///
/// ```
/// use nn::{Linear, Module};
/// use tensor::Tensor;
///
/// let linear: Linear = Linear::new(3, 2);
/// let before = linear.state_dict();
/// assert_eq!(before.names().collect::<Vec<_>>(), ["bias", "weight"]);
///
/// linear.weight.set(&Tensor::zeros([2, 3]));
/// linear.load_state_dict(&before)?;
/// assert!(linear.weight.get().equal(&before["weight"]));
/// # Ok::<(), nn::LoadError>(())
/// ```
#[derive(Clone, Default)]
pub struct StateDict<T: Float = f32>(BTreeMap<String, Tensor<T>>);

/// Why a state dict was not taken over. Nothing is changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file cannot be read, is not in the format, or is cut off.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file was written by a later version of this program.
    #[error(
        "the file has format version {found:?}, and versions up to {VERSION} are known: update this program"
    )]
    Version {
        /// The version that the file claims to have.
        found: String,
    },
    /// Names, shapes or types are not those that are needed.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
}

impl<T: Float> StateDict<T> {
    /// A state dict without tensors.
    pub fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// The tensor with this name.
    pub fn get(&self, name: &str) -> Option<&Tensor<T>> {
        self.0.get(name)
    }

    /// Adds a tensor; one that had the same name is replaced and returned.
    pub fn insert(&mut self, name: impl Into<String>, tensor: Tensor<T>) -> Option<Tensor<T>> {
        self.0.insert(name.into(), tensor.detach())
    }

    /// Takes a tensor out.
    pub fn remove(&mut self, name: &str) -> Option<Tensor<T>> {
        self.0.remove(name)
    }

    /// The names in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Names and tensors in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Tensor<T>)> {
        self.0.iter().map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// The number of tensors.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no tensor.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes a safetensors file that PyTorch reads too, in one step: it is whole or not there.
    ///
    /// # Errors
    /// If the file cannot be written; what was there before is still there then.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), FileError> {
        self.save_with(path, &[])
    }

    /// Like [`save`](Self::save), with texts to be remembered.
    pub(crate) fn save_with(&self, path: impl AsRef<Path>, texts: &[(&str, &str)]) -> Result<(), FileError> {
        let version = VERSION.to_string();
        // Other programs look for `format` to know whose conventions the shapes follow.
        let mut metadata = vec![("format", "pt"), (VERSION_KEY, version.as_str())];
        metadata.extend_from_slice(texts);
        safetensors::save(path, &self.iter().collect::<Vec<_>>(), &metadata)
    }

    /// Reads a safetensors file whose numbers are all of type `T`.
    ///
    /// # Errors
    /// If the file cannot be read, is malformed, or holds numbers of another type.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        Self::from_archive(&open(path)?)
    }

    /// Reads a safetensors file that has exactly the names, shapes and types of `expected`.
    pub(crate) fn load_like(expected: &Self, path: impl AsRef<Path>) -> Result<Self, LoadError> {
        let archive = open(path)?;
        let found: Vec<(String, Entry<'_>)> = archive.entries().map(|entry| (entry.dtype(), entry)).collect();
        fit(expected, found.iter().map(|(dtype, entry)| (entry.name(), entry.shape(), dtype.as_str())))?;
        Self::from_archive(&archive)
    }

    pub(crate) fn from_archive(archive: &Archive) -> Result<Self, LoadError> {
        let number_type = number_type::<T>();
        let mut types = Vec::new();
        let mut state = Self::new();
        for entry in archive.entries() {
            let found = entry.dtype();
            if is_readable::<T>(&found, entry.shape()) {
                state.insert(entry.name(), entry.convert()?);
            } else {
                let name = entry.name().to_owned();
                types.push(WrongType { name, expected: number_type.to_owned(), found });
            }
        }
        if types.is_empty() { Ok(state) } else { Err(Mismatch { types, ..Mismatch::default() }.into()) }
    }

    /// Names, shapes and types, to be compared.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &[usize], &str)> {
        self.iter().map(|(name, tensor)| (name, tensor.shape(), number_type::<T>()))
    }

    /// The tensors whose names start with `prefix`, without it.
    pub(crate) fn below(&self, prefix: &str) -> Self {
        let inside = |(name, tensor): (&str, &Tensor<T>)| {
            name.strip_prefix(prefix).map(|name| (name.to_owned(), tensor.clone()))
        };
        Self(self.iter().filter_map(inside).collect())
    }
}

/// Reads a file, and sees whether its conventions are known.
pub(crate) fn open(path: impl AsRef<Path>) -> Result<Archive, LoadError> {
    let archive = Archive::open(path)?;
    match archive.metadata().get(VERSION_KEY) {
        Some(found) if !found.parse::<u32>().is_ok_and(|version| version <= VERSION) => {
            Err(LoadError::Version { found: found.clone() })
        }
        _ => Ok(archive),
    }
}

/// What safetensors calls the type of a tensor's numbers.
fn number_type<T: Float>() -> &'static str {
    if T::NAME == f64::NAME { "F64" } else { "F32" }
}

/// Whether an entry of a file can be taken over: its numbers are of that type, or it is a counter, which PyTorch
/// stores as a single whole number (BatchNorm's `num_batches_tracked`).
fn is_readable<T: Float>(found: &str, shape: &[usize]) -> bool {
    found == number_type::<T>() || (shape.is_empty() && found == "I64")
}

impl<T: Float> From<BTreeMap<String, Tensor<T>>> for StateDict<T> {
    fn from(tensors: BTreeMap<String, Tensor<T>>) -> Self {
        Self(tensors)
    }
}

impl<T: Float, S: Into<String>> FromIterator<(S, Tensor<T>)> for StateDict<T> {
    fn from_iter<I: IntoIterator<Item = (S, Tensor<T>)>>(tensors: I) -> Self {
        Self(tensors.into_iter().map(|(name, tensor)| (name.into(), tensor.detach())).collect())
    }
}

impl<T: Float> Index<&str> for StateDict<T> {
    type Output = Tensor<T>;

    /// The tensor with this name.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    fn index(&self, name: &str) -> &Tensor<T> {
        match self.get(name) {
            Some(tensor) => tensor,
            None => {
                let hint = mismatch::nearest(name, self.names())
                    .map(|nearest| format!("; did you mean {nearest:?}?"))
                    .unwrap_or_default();
                panic!("there is no tensor {name:?} in this state dict{hint}")
            }
        }
    }
}

impl<T: Float> std::fmt::Debug for StateDict<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter().map(|(name, tensor)| (name, tensor.shape()))).finish()
    }
}
