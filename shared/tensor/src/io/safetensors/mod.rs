//! The [safetensors](https://github.com/huggingface/safetensors) format: named tensors behind a JSON header.
//!
//! [`save`] and [`load`] are for files whose tensors are all of one number type; an [`Archive`] opens any file and
//! gives each tensor as it is, bytes included, for images and labels. The crate `safetensors` checks that the
//! offsets cover the file exactly; names that occur twice, of which it would keep the last, are refused here.
//!
//! ```
//! use tensor::{Tensor, safetensors};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("linear.safetensors");
//! let (weight, bias) = (Tensor::<f32>::ones([2, 3]), Tensor::<f32>::zeros(2));
//! safetensors::save(&path, &[("weight", &weight), ("bias", &bias)], &[("epoch", "3")])?;
//!
//! let loaded = safetensors::load::<f32>(&path)?;
//! assert_eq!(loaded["weight"].shape(), [2, 3]);
//! assert_eq!(safetensors::Archive::open(&path)?.metadata()["epoch"], "3");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod archive;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use ::safetensors::Dtype;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

pub use archive::{Archive, Entry};

use crate::{Float, MAX_RANK, Tensor};

/// Why a safetensors file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such file.
    #[error("{} does not exist: check the path, or make the file first", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file could not be read or written.
    #[error("{} could not be read or written: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is not in this format, or ends too early.
    #[error("{} is not a complete safetensors file: {detail}; make or fetch it again", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// There is no tensor of this name.
    #[error("{} has no tensor {name:?}: it has {}", path.display(), listing(names))]
    NoSuchTensor {
        /// The file.
        path: PathBuf,
        /// The name asked for.
        name: String,
        /// The names there are.
        names: Vec<String>,
    },
    /// The tensor holds another type of number.
    #[error("{}: tensor {name:?} holds {found}, not {expected}: read it as what it is, or convert it", path.display())]
    Type {
        /// The file.
        path: PathBuf,
        /// The tensor.
        name: String,
        /// The type in the file, as safetensors calls it.
        found: String,
        /// The type asked for.
        expected: &'static str,
    },
    /// The tensor has more dimensions than a [`Tensor`] can have, or sizes beyond all bounds.
    #[error(
        "{}: tensor {name:?} has shape {shape:?}: at most {MAX_RANK} dimensions and no more elements than a \
         computer can count can be held",
        path.display()
    )]
    Shape {
        /// The file.
        path: PathBuf,
        /// The tensor.
        name: String,
        /// The shape in the file.
        shape: Vec<usize>,
    },
    /// Two tensors to be written have the same name, or one is called `__metadata__`, which the format keeps for
    /// itself.
    #[error("{}: {name:?} is the name of another entry: give each tensor its own", path.display())]
    Name {
        /// The file.
        path: PathBuf,
        /// The name.
        name: String,
    },
}

/// The first names of a list, and how many more there are.
fn listing(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("{name:?}")).collect();
    match (names.len(), names.len().saturating_sub(SHOWN)) {
        (0, _) => "none".into(),
        (_, 0) => shown.join(", "),
        (_, more) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The result of reading or writing a safetensors file.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Writes tensors under their names, and what is to be remembered with them, in one step: the file is whole or not
/// there.
///
/// The same tensors give the same bytes.
pub fn save<T: Float>(
    path: impl AsRef<Path>,
    tensors: &[(&str, &Tensor<T>)],
    metadata: &[(&str, &str)],
) -> Result<()> {
    let path = path.as_ref();
    let bytes = encode(path, tensors, metadata)?;
    super::write_atomically(path, &bytes).map_err(|source| Error::Io { path: path.into(), source })
}

/// The bytes of the file that [`save`] would write.
pub fn to_bytes<T: Float>(tensors: &[(&str, &Tensor<T>)], metadata: &[(&str, &str)]) -> Result<Vec<u8>> {
    encode(Path::new(IN_MEMORY), tensors, metadata)
}

/// Reads all tensors of a file, which must be of type `T`.
pub fn load<T: Float>(path: impl AsRef<Path>) -> Result<BTreeMap<String, Tensor<T>>> {
    Archive::open(path)?.tensors()
}

/// Reads all tensors from the bytes of a file; they must be of type `T`.
pub fn from_bytes<T: Float>(bytes: Vec<u8>) -> Result<BTreeMap<String, Tensor<T>>> {
    Archive::from_bytes(bytes)?.tensors()
}

/// What stands for a path in errors where there is none.
const IN_MEMORY: &str = "<bytes>";
const METADATA: &str = "__metadata__";

/// What the header says of a tensor.
#[derive(Serialize)]
struct Info<'a> {
    dtype: &'a str,
    shape: &'a [usize],
    data_offsets: [usize; 2],
}

/// The header, whose entries are in the order in which they were given.
struct Header<'a> {
    metadata: &'a [(&'a str, &'a str)],
    tensors: Vec<(&'a str, Info<'a>)>,
}

impl Serialize for Header<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Entries<'a>(&'a [(&'a str, &'a str)]);
        impl Serialize for Entries<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().copied())
            }
        }
        let mut map = serializer.serialize_map(None)?;
        if !self.metadata.is_empty() {
            map.serialize_entry(METADATA, &Entries(self.metadata))?;
        }
        for (name, info) in &self.tensors {
            map.serialize_entry(name, info)?;
        }
        map.end()
    }
}

fn encode<T: Float>(
    path: &Path,
    tensors: &[(&str, &Tensor<T>)],
    metadata: &[(&str, &str)],
) -> Result<Vec<u8>> {
    let mut names = HashSet::from([METADATA]);
    let mut keys = HashSet::new();
    let repeated_name = tensors.iter().map(|(name, _)| *name).find(|name| !names.insert(name));
    let repeated_key = metadata.iter().map(|(key, _)| *key).find(|key| !keys.insert(*key));
    if let Some(name) = repeated_name.or(repeated_key) {
        return Err(Error::Name { path: path.into(), name: name.into() });
    }
    let mut end = 0;
    let infos = tensors.iter().map(|(name, x)| {
        let start = end;
        end += x.numel() * size_of::<T>();
        (*name, Info { dtype: dtype_of::<T>().1, shape: x.shape(), data_offsets: [start, end] })
    });
    let header = Header { metadata, tensors: infos.collect() };
    let mut header = serde_json::to_vec(&header)
        .map_err(|error| Error::Malformed { path: path.into(), detail: error.to_string() })?;
    // The numbers begin at a multiple of eight bytes.
    header.resize(header.len().next_multiple_of(8), b' ');
    let mut bytes = Vec::with_capacity(8 + header.len() + end);
    bytes.extend((header.len() as u64).to_le_bytes());
    bytes.extend(header);
    for (_, x) in tensors {
        T::write_le_bytes(&x.as_slice(), &mut bytes);
    }
    Ok(bytes)
}

/// What safetensors calls the number type of a tensor, as a type and as text.
fn dtype_of<T: Float>() -> (Dtype, &'static str) {
    if T::NAME == f32::NAME { (Dtype::F32, "F32") } else { (Dtype::F64, "F64") }
}
