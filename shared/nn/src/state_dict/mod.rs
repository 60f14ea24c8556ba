//! [`StateDict`]: the numbers of a module or an optimizer by name, in memory and as a safetensors file.
//!
//! Loading is all or nothing. Everything is compared first, and a [`Mismatch`] lists every difference; only a state
//! dict that fits is copied into the module.

mod file;
mod mismatch;

use std::collections::BTreeMap;
use std::io;
use std::ops::Index;
use std::path::{Path, PathBuf};

use tensor::{Float, Tensor};

pub(crate) use file::{Entries, Metadata};
pub(crate) use mismatch::fit;
pub use mismatch::{Mismatch, Missing, WrongShape, WrongType};

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
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is no safetensors file, or a truncated one.
    #[error("{} is not a complete safetensors file: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file was written by a later version of this program.
    #[error("{} has format version {found:?}, this program knows up to {}: use a newer one", path.display(), file::VERSION)]
    Version {
        /// The file.
        path: PathBuf,
        /// The version it claims to have.
        found: String,
    },
    /// Names, shapes or types are not those that are needed.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
}

/// Why a file was not written. What was there before is still there.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {source}", path.display())]
pub struct SaveError {
    /// The file.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
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

    /// Writes a safetensors file that PyTorch reads too.
    ///
    /// # Errors
    /// If the file cannot be written; what was there before is still there then.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        let path = path.as_ref();
        file::encode(self.iter(), Metadata::new())
            .and_then(|bytes| crate::atomic::write(path, &bytes))
            .map_err(|source| SaveError { path: path.to_owned(), source })
    }

    /// Reads a safetensors file whose numbers are all of type `T`.
    ///
    /// # Errors
    /// If the file cannot be read, is malformed, or holds numbers of another type.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        let path = path.as_ref();
        let bytes = read(path)?;
        let entries = Entries::parse(&bytes, path)?;
        Ok(entries.state_dict(path)?)
    }

    /// Reads a safetensors file that has exactly the names, shapes and types of `expected`.
    pub(crate) fn read_for(expected: &Self, path: &Path) -> Result<Self, LoadError> {
        let bytes = read(path)?;
        let entries = Entries::parse(&bytes, path)?;
        fit(expected, entries.iter())?;
        Ok(entries.state_dict(path)?)
    }

    /// Names, shapes and types, to be compared.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &[usize], String)> {
        self.iter().map(|(name, tensor)| (name, tensor.shape(), file::type_name::<T>()))
    }

    /// The tensors whose names start with `prefix`, without it.
    pub(crate) fn below(&self, prefix: &str) -> Self {
        let inside = |(name, tensor): (&str, &Tensor<T>)| {
            name.strip_prefix(prefix).map(|name| (name.to_owned(), tensor.clone()))
        };
        Self(self.iter().filter_map(inside).collect())
    }
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, LoadError> {
    std::fs::read(path).map_err(|source| LoadError::Read { path: path.to_owned(), source })
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
