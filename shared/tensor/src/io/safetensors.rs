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

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use ::safetensors::{Dtype, SafeTensorError, SafeTensors};
use serde::de::{self, Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Serialize, ser};

use super::Number;
use crate::{Float, MAX_RANK, Shape, Tensor};

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
    super::write_atomically(path, &[&bytes]).map_err(|source| Error::Io { path: path.into(), source })
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
            fn serialize<S: ser::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
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
    range: std::ops::Range<usize>,
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::proptest::{shapes, tensors};

    /// A file with this header and so many bytes of numbers.
    fn file(header: &str, bytes: usize) -> Vec<u8> {
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header.as_bytes());
        file.resize(file.len() + bytes, 0);
        file
    }

    fn message(bytes: Vec<u8>) -> String {
        Archive::from_bytes(bytes).unwrap_err().to_string()
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            x in shapes(4, 4).prop_flat_map(tensors::<f32>),
            y in shapes(4, 4).prop_flat_map(tensors::<f32>),
            name in "\\PC*",
        ) {
            prop_assume!(name != METADATA && name != "y");
            let bytes = to_bytes(&[(&name, &x), ("y", &y)], &[(&name, "…"), ("\"", "\n")]).unwrap();
            let archive = Archive::from_bytes(bytes).unwrap();
            prop_assert_eq!(&archive.metadata()[&name], "…");
            let tensors = archive.tensors::<f32>().unwrap();
            prop_assert_eq!((tensors[&name].shape(), tensors[&name].to_vec()), (x.shape(), x.to_vec()));
            prop_assert_eq!((tensors["y"].shape(), tensors["y"].to_vec()), (y.shape(), y.to_vec()));
        }

        #[test]
        fn no_bytes_cause_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = from_bytes::<f32>(bytes);
        }

        #[test]
        fn no_change_of_a_byte_causes_a_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut bytes = to_bytes(&[("x", &Tensor::<f64>::ones([2, 3]))], &[("a", "b")]).unwrap();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(tensors) = from_bytes::<f64>(bytes) {
                prop_assert!(tensors.values().all(|x| x.numel() == 6));
            }
        }

        #[test]
        fn a_file_that_is_cut_off_is_refused(at in any::<prop::sample::Index>()) {
            let mut bytes = to_bytes(&[("x", &Tensor::<f64>::ones([2, 3]))], &[]).unwrap();
            bytes.truncate(at.index(bytes.len()));
            let error = from_bytes::<f64>(bytes).unwrap_err();
            prop_assert!(matches!(error, Error::Malformed { .. }), "{}", error);
        }
    }

    #[test]
    fn the_same_tensors_give_the_same_bytes() {
        let x: Tensor = Tensor::arange(3);
        let bytes = to_bytes(&[("b", &x), ("a", &x)], &[("z", "1"), ("y", "2")]).unwrap();
        let header = r#"{"__metadata__":{"z":"1","y":"2"},"b":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"a":{"dtype":"F32","shape":[3],"data_offsets":[12,24]}}"#;
        let padded = header.len().next_multiple_of(8);
        assert_eq!(bytes[..8], (padded as u64).to_le_bytes());
        assert_eq!(&bytes[8..8 + header.len()], header.as_bytes());
        assert_eq!(bytes.len(), 8 + padded + 24);
    }

    #[test]
    fn the_reference_reads_what_is_written() {
        let bytes = to_bytes(&[("x", &Tensor::from([1.0f32, -2.0]))], &[]).unwrap();
        let parsed = SafeTensors::deserialize(&bytes).unwrap();
        let x = parsed.tensor("x").unwrap();
        assert_eq!((x.dtype(), x.shape()), (Dtype::F32, &[2][..]));
        assert_eq!(x.data(), [1.0f32.to_le_bytes(), (-2.0f32).to_le_bytes()].as_flattened());
    }

    #[test]
    fn files_are_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.safetensors");
        for value in [1.0, 2.0] {
            save(&path, &[("x", &Tensor::<f32>::full(2, value))], &[]).unwrap();
            assert_eq!(load::<f32>(&path).unwrap()["x"].to_vec(), [value as f32; 2]);
        }
        let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(files.len(), 1);
    }

    #[test]
    fn bytes_and_converted_numbers() {
        let header = r#"{"labels":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"n":{"dtype":"I32","shape":[1],"data_offsets":[2,6]},"flags":{"dtype":"BOOL","shape":[1],"data_offsets":[6,7]}}"#;
        let mut bytes = file(header, 7);
        let start = bytes.len() - 7;
        bytes[start..].copy_from_slice(&[7, 255, 254, 255, 255, 255, 1]);
        let archive = Archive::parse("images.safetensors.gz", bytes).unwrap();
        let labels = archive.get("labels").unwrap();
        assert_eq!((labels.dtype().as_str(), labels.shape()), ("U8", &[2][..]));
        assert_eq!(labels.as_u8().unwrap(), [7, 255]);
        assert_eq!(labels.convert::<f32>().unwrap().to_vec(), [7.0, 255.0]);
        assert_eq!(archive.get("n").unwrap().convert::<f64>().unwrap().to_vec(), [-2.0]);
        assert_eq!(
            labels.tensor::<f32>().unwrap_err().to_string(),
            "images.safetensors.gz: tensor \"labels\" holds U8, not F32: read it as what it is, or convert it"
        );
        assert!(archive.get("n").unwrap().as_u8().is_err());
        assert!(archive.get("flags").unwrap().convert::<f32>().is_err());
        assert_eq!(
            archive.get("images").unwrap_err().to_string(),
            "images.safetensors.gz has no tensor \"images\": it has \"flags\", \"labels\", \"n\""
        );
    }

    #[test]
    fn missing_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("none.safetensors");
        assert!(matches!(load::<f32>(&path), Err(Error::Missing { path: named }) if named == path));
        assert!(matches!(load::<f32>(folder.path()), Err(Error::Io { .. })));
        let nowhere = folder.path().join("no/such/folder/x.safetensors");
        let error = save::<f32>(&nowhere, &[], &[]).unwrap_err();
        assert!(error.to_string().contains("no/such/folder"), "{error}");
    }

    #[test]
    fn hostile_headers_are_refused() {
        assert!(message(vec![0; 7]).contains("it has 7 bytes, not even the 8 of the header's length"));
        assert!(message(u64::MAX.to_le_bytes().to_vec()).contains("header too large"));
        assert!(message(80_000_000u64.to_le_bytes().to_vec()).contains("longer than its 8 bytes"));
        assert!(message(file("hello", 0)).contains("JSON"));

        let one = |info: &str, bytes| message(file(&format!(r#"{{"x":{{{info}}}}}"#), bytes));
        let floats = |shape: &str, range: &str| {
            format!(r#""dtype":"F32","shape":{shape},"data_offsets":{range}"#)
        };
        assert!(one(&floats("[1]", "[0,4]"), 3).contains("may be cut off"));
        assert!(one(&floats("[1]", "[0,4]"), 5).contains("may be cut off"));
        assert!(one(&floats("[1]", "[4,8]"), 8).contains("\"x\" overlap with another's, or leave a gap"));
        assert!(one(&floats("[1]", "[4,0]"), 4).contains("leave a gap"));
        assert!(one(&floats("[2]", "[0,4]"), 4).contains("invalid shape"));
        assert!(one(&floats("[4294967296,4294967296]", "[0,0]"), 0).contains("overflow"));
        assert!(one(&floats("[-1]", "[0,4]"), 4).contains("JSON"));
        assert!(one(r#""dtype":"F99","shape":[1],"data_offsets":[0,4]"#, 4).contains("JSON"));

        let x = floats("[1]", "[0,4]");
        let twice = message(file(&format!(r#"{{"x":{{{x}}},"x":{{{x}}}}}"#), 4));
        assert!(twice.contains("the name \"x\" occurs twice"), "{twice}");
        let overlap = message(file(&format!(r#"{{"x":{{{x}}},"y":{{{x}}}}}"#), 4));
        assert!(overlap.contains("overlap"), "{overlap}");
    }

    #[test]
    fn shapes_beyond_a_tensor_are_refused() {
        let refused = |shape: &str, bytes: usize| {
            let info = format!(r#"{{"x":{{"dtype":"F32","shape":{shape},"data_offsets":[0,{bytes}]}}}}"#);
            from_bytes::<f32>(file(&info, bytes)).unwrap_err()
        };
        assert!(matches!(refused("[1,1,1,1,1,1,1]", 4), Error::Shape { .. }));
        assert!(matches!(refused("[0,18446744073709551615,18446744073709551615]", 0), Error::Shape { .. }));
    }

    #[test]
    fn names_are_written_once() {
        let x: Tensor = Tensor::zeros(1);
        let refused = |tensors: &[(&str, &Tensor)], metadata: &[(&str, &str)]| {
            matches!(to_bytes(tensors, metadata), Err(Error::Name { .. }))
        };
        assert!(refused(&[("x", &x), ("x", &x)], &[]));
        assert!(refused(&[(METADATA, &x)], &[]));
        assert!(refused(&[], &[("a", "1"), ("a", "2")]));
    }
}
