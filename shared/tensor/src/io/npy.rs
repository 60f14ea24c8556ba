//! NumPy's [`.npy` format](https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): one array behind
//! a header that is a Python dictionary.
//!
//! Files of version 1, 2 and 3 with numbers of type `<f4`, `<f8`, `|u1`, `<i4` or `<i8` are read, in C or in Fortran
//! order; written is version 1 in C order.
//!
//! ```
//! use tensor::{Tensor, npy};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("x.npy");
//! npy::save(&path, &Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]))?;
//! assert_eq!(npy::load::<f32>(&path)?.to_vec(), [1.0, 2.0, 3.0, 4.0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::path::{Path, PathBuf};

use super::Number;
use crate::{Float, MAX_RANK, Shape, Tensor};

/// Why a `.npy` file could not be read or written.
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
    #[error("{} is not a complete .npy file: {detail}; write it again with numpy.save", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The array holds numbers of a type that is not read.
    #[error(
        "{} holds numbers of type {descr:?}: convert them to '<f4', '<f8', '|u1', '<i4' or '<i8' with \
         x.astype(…)",
        path.display()
    )]
    Type {
        /// The file.
        path: PathBuf,
        /// The type, as NumPy calls it.
        descr: String,
    },
    /// The array has more dimensions than a [`Tensor`] can have, or sizes beyond all bounds.
    #[error(
        "{} has shape {shape:?}: at most {MAX_RANK} dimensions and no more elements than a computer can count \
         can be held",
        path.display()
    )]
    Shape {
        /// The file.
        path: PathBuf,
        /// The shape in the file.
        shape: Vec<usize>,
    },
}

/// The result of reading or writing a `.npy` file.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What stands for a path in errors where there is none.
const IN_MEMORY: &str = "<bytes>";
const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// Writes a tensor, in one step: the file is whole or not there.
pub fn save<T: Float>(path: impl AsRef<Path>, x: &Tensor<T>) -> Result<()> {
    let path = path.as_ref();
    super::write_atomically(path, &to_bytes(x)).map_err(|source| Error::Io { path: path.into(), source })
}

/// The bytes of the file that [`save`] would write.
pub fn to_bytes<T: Float>(x: &Tensor<T>) -> Vec<u8> {
    let sizes: String = x.shape().iter().map(|size| format!("{size}, ")).collect();
    // A tuple of one has a comma, longer ones may: (3,), (3, 4).
    let sizes = if x.rank() == 1 { sizes.trim_end() } else { sizes.trim_end_matches(", ") };
    let mut header =
        format!("{{'descr': '<f{}', 'fortran_order': False, 'shape': ({sizes}), }}", size_of::<T>());
    // The numbers begin at a multiple of 64 bytes; the header ends with a new line. A rank of at most six keeps it
    // far below the 64 KiB of version 1.
    let start = MAGIC.len() + 4;
    let spaces = (start + header.len() + 1).next_multiple_of(64) - start - header.len() - 1;
    header.extend(std::iter::repeat_n(' ', spaces).chain(['\n']));
    let mut bytes = Vec::with_capacity(start + header.len() + x.numel() * size_of::<T>());
    bytes.extend(MAGIC);
    bytes.extend([1, 0]);
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    T::write_le_bytes(&x.as_slice(), &mut bytes);
    bytes
}

/// Reads an array, whose numbers are converted to `T` if they are of another type.
pub fn load<T: Float>(path: impl AsRef<Path>) -> Result<Tensor<T>> {
    let path = path.as_ref();
    let bytes = std::fs::read(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => Error::Missing { path: path.into() },
        _ => Error::Io { path: path.into(), source },
    })?;
    parse(path, &bytes)
}

/// Reads an array from the bytes of a file, as [`load`] does.
pub fn from_bytes<T: Float>(bytes: &[u8]) -> Result<Tensor<T>> {
    parse(Path::new(IN_MEMORY), bytes)
}

fn parse<T: Float>(path: &Path, bytes: &[u8]) -> Result<Tensor<T>> {
    let malformed = |detail: String| Error::Malformed { path: path.into(), detail };
    let (header, data) = split_header(bytes).map_err(malformed)?;
    let Header { descr, fortran_order, shape: sizes } = Header::parse(header).map_err(malformed)?;
    let number = match descr.as_str() {
        "<f4" => Number::F32,
        "<f8" => Number::F64,
        "|u1" => Number::U8,
        "<i4" => Number::I32,
        "<i8" => Number::I64,
        _ => return Err(Error::Type { path: path.into(), descr }),
    };
    let shape = Shape::checked(&sizes).ok_or_else(|| Error::Shape { path: path.into(), shape: sizes })?;
    if shape.numel().checked_mul(number.size()) != Some(data.len()) {
        let detail = format!(
            "a shape of {shape:?} needs {} numbers of {} bytes, and {} bytes follow the header",
            shape.numel(),
            number.size(),
            data.len()
        );
        return Err(malformed(detail));
    }
    let numbers = number.read(data);
    if fortran_order {
        let reversed: Vec<usize> = shape.iter().rev().copied().collect();
        let order: Vec<usize> = (0..shape.len()).rev().collect();
        return Ok(Tensor::from_vec(numbers, &reversed).permute(&order[..]).contiguous());
    }
    Ok(Tensor::from_vec(numbers, shape))
}

/// The text of the header, and the bytes of the numbers.
fn split_header(bytes: &[u8]) -> Result<(&str, &[u8]), String> {
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        return Err("it does not begin with \\x93NUMPY".into());
    };
    let short = || format!("its {} bytes end within the header", bytes.len());
    let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(short)?;
    let (len, rest) = match version {
        [1, _] => rest.split_first_chunk().map(|(len, rest)| (u16::from_le_bytes(*len).into(), rest)),
        [2 | 3, _] => rest.split_first_chunk().map(|(len, rest)| (u32::from_le_bytes(*len), rest)),
        [major, minor] => return Err(format!("versions 1 to 3 are known, not {major}.{minor}")),
    }
    .ok_or_else(short)?;
    let (header, data) = rest.split_at_checked(len as usize).ok_or_else(short)?;
    let header = std::str::from_utf8(header).map_err(|_| "its header is not text".to_owned())?;
    Ok((header, data))
}

/// The three entries of the dictionary.
struct Header {
    descr: String,
    fortran_order: bool,
    shape: Vec<usize>,
}

impl Header {
    fn parse(text: &str) -> Result<Self, String> {
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        let mut literal = Literal { rest: text };
        literal.expect("{")?;
        while !literal.take("}") {
            let key = literal.string()?;
            literal.expect(":")?;
            let repeated = match key.as_str() {
                "descr" => descr.replace(literal.string()?).is_some(),
                "fortran_order" => fortran_order.replace(literal.boolean()?).is_some(),
                "shape" => shape.replace(literal.tuple()?).is_some(),
                _ => return Err(format!("its header has an unknown entry {key:?}")),
            };
            if repeated {
                return Err(format!("its header has two entries {key:?}"));
            }
            if !literal.take(",") {
                literal.expect("}")?;
                break;
            }
        }
        if !literal.rest.trim().is_empty() {
            return Err("its header goes on after the dictionary".into());
        }
        match (descr, fortran_order, shape) {
            (Some(descr), Some(fortran_order), Some(shape)) => Ok(Self { descr, fortran_order, shape }),
            _ => Err("its header lacks one of 'descr', 'fortran_order' and 'shape'".into()),
        }
    }
}

/// What is left to read of a Python literal.
struct Literal<'a> {
    rest: &'a str,
}

impl Literal<'_> {
    fn take(&mut self, token: &str) -> bool {
        match self.rest.trim_start().strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.take(token) { Ok(()) } else { Err(self.unexpected(token)) }
    }

    fn unexpected(&self, expected: &str) -> String {
        let found: String = self.rest.trim_start().chars().take(20).collect();
        format!("its header has {found:?} where {expected} is expected")
    }

    fn string(&mut self) -> Result<String, String> {
        let quote = if self.take("'") {
            '\''
        } else if self.take("\"") {
            '"'
        } else {
            return Err(self.unexpected("a string"));
        };
        let (text, rest) = self.rest.split_once(quote).ok_or_else(|| self.unexpected("a closed string"))?;
        self.rest = rest;
        Ok(text.to_owned())
    }

    fn boolean(&mut self) -> Result<bool, String> {
        if self.take("True") {
            Ok(true)
        } else if self.take("False") {
            Ok(false)
        } else {
            Err(self.unexpected("True or False"))
        }
    }

    fn tuple(&mut self) -> Result<Vec<usize>, String> {
        let mut sizes = Vec::new();
        self.expect("(")?;
        while !self.take(")") {
            let text = self.rest.trim_start();
            let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            sizes.push(text[..digits].parse().map_err(|_| self.unexpected("a size"))?);
            self.rest = &text[digits..];
            if !self.take(",") {
                self.expect(")")?;
                break;
            }
        }
        Ok(sizes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::proptest::{shapes, tensors};

    /// A file of version 1 with this header.
    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        let mut file = MAGIC.to_vec();
        file.extend([1, 0]);
        file.extend((header.len() as u16).to_le_bytes());
        file.extend(header.as_bytes());
        file.extend(data);
        file
    }

    fn header(descr: &str, fortran_order: &str, shape: &str) -> String {
        format!("{{'descr': '{descr}', 'fortran_order': {fortran_order}, 'shape': {shape}, }}\n")
    }

    fn message(bytes: &[u8]) -> String {
        from_bytes::<f32>(bytes).unwrap_err().to_string()
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(x in shapes(4, 4).prop_flat_map(tensors::<f64>)) {
            let bytes = to_bytes(&x);
            prop_assert_eq!((bytes.len() - x.numel() * 8) % 64, 0);
            let back = from_bytes::<f64>(&bytes).unwrap();
            prop_assert_eq!((back.shape(), back.to_vec()), (x.shape(), x.to_vec()));
        }

        #[test]
        fn no_bytes_cause_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = from_bytes::<f32>(&bytes);
            let _ = from_bytes::<f32>(&[&MAGIC[..], &bytes].concat());
        }

        #[test]
        fn no_change_of_a_byte_causes_a_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut bytes = to_bytes(&Tensor::<f64>::ones([2, 3]));
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(x) = from_bytes::<f64>(&bytes) {
                prop_assert!(x.numel() * 4 <= bytes.len());
            }
        }

        #[test]
        fn a_file_that_is_cut_off_is_refused(at in any::<prop::sample::Index>()) {
            let bytes = to_bytes(&Tensor::<f64>::ones([2, 3]));
            let error = from_bytes::<f64>(&bytes[..at.index(bytes.len())]).unwrap_err();
            prop_assert!(matches!(error, Error::Malformed { .. }), "{}", error);
        }
    }

    #[test]
    fn the_header_is_numpys() {
        let text = |x: &Tensor| String::from_utf8_lossy(&to_bytes(x)[10..80]).into_owned();
        let vector = text(&Tensor::zeros(3));
        assert!(
            vector.starts_with("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }  "),
            "{vector}"
        );
        assert!(text(&Tensor::zeros([2, 3])).contains("'shape': (2, 3), }"));
        assert!(text(&Tensor::zeros(())).contains("'shape': (), }"));
        assert_eq!(to_bytes(&Tensor::<f32>::zeros(0)).last(), Some(&b'\n'));
    }

    #[test]
    fn columns_first() {
        let data: Vec<u8> = (0..6).collect();
        let x = from_bytes::<f32>(&file(&header("|u1", "True", "(2, 3)"), &data)).unwrap();
        assert_eq!((x.shape(), x.to_vec()), (&[2, 3][..], vec![0.0, 2.0, 4.0, 1.0, 3.0, 5.0]));
    }

    #[test]
    fn numbers_of_every_type() {
        let read = |descr: &str, data: &[u8]| {
            from_bytes::<f64>(&file(&header(descr, "False", "(1,)"), data)).unwrap().item()
        };
        assert_eq!(read("|u1", &[255]), 255.0);
        assert_eq!(read("<i4", &(-3i32).to_le_bytes()), -3.0);
        assert_eq!(read("<i8", &(-3i64).to_le_bytes()), -3.0);
        assert_eq!(read("<f4", &0.5f32.to_le_bytes()), 0.5);
        assert_eq!(read("<f8", &0.1f64.to_le_bytes()), 0.1);
        assert_eq!(
            message(&file(&header(">f4", "False", "(1,)"), &[0; 4])),
            "<bytes> holds numbers of type \">f4\": convert them to '<f4', '<f8', '|u1', '<i4' or '<i8' with \
             x.astype(…)"
        );
    }

    #[test]
    fn later_versions_have_a_longer_length() {
        for version in [2, 3] {
            let text = header("|u1", "False", "(2,)");
            let mut bytes = MAGIC.to_vec();
            bytes.extend([version, 0]);
            bytes.extend((text.len() as u32).to_le_bytes());
            bytes.extend(text.as_bytes());
            bytes.extend([1, 2]);
            assert_eq!(from_bytes::<f32>(&bytes).unwrap().to_vec(), [1.0, 2.0]);
        }
        let mut bytes = MAGIC.to_vec();
        bytes.extend([4, 0, 0, 0]);
        assert!(message(&bytes).contains("versions 1 to 3 are known, not 4.0"));
    }

    #[test]
    fn the_order_and_the_quotes_of_the_header_are_free() {
        let text = "{\"shape\" :(1 , 2), 'fortran_order':False,'descr':\"|u1\"}   \n";
        assert_eq!(from_bytes::<f32>(&file(text, &[3, 4])).unwrap().shape(), [1, 2]);
    }

    #[test]
    fn hostile_headers_are_refused() {
        let shape = |shape: &str| message(&file(&header("<f4", "False", shape), &[0; 4]));
        assert!(message(b"PK\x03\x04").contains("does not begin with \\x93NUMPY"));
        assert!(shape("(2,)").contains("needs 2 numbers of 4 bytes, and 4 bytes follow"));
        assert!(shape("(18446744073709551615,)").contains("needs 18446744073709551615 numbers"));
        assert!(shape("(18446744073709551615, 2)").contains("at most 6 dimensions"));
        assert!(shape("(18446744073709551616,)").contains("a size is expected"));
        assert!(shape("(1, 1, 1, 1, 1, 1, 1)").contains("at most 6 dimensions"));
        assert!(shape("(-1,)").contains("a size is expected"));
        assert!(shape("1").contains("( is expected"));
        assert!(message(&file("{'descr': [('x', '<f4')], }", &[])).contains("a string is expected"));
        assert!(message(&file("{'descr': '<f4', 'descr': '<f4'}", &[])).contains("two entries \"descr\""));
        assert!(message(&file("{'descr': '<f4'}", &[])).contains("lacks one of"));
        assert!(message(&file("{'kind': '<f4'}", &[])).contains("unknown entry \"kind\""));
        assert!(message(&file("{} {}", &[])).contains("goes on after"));
    }

    #[test]
    fn missing_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("none.npy");
        assert!(matches!(load::<f32>(&path), Err(Error::Missing { path: named }) if named == path));
        assert!(matches!(load::<f32>(folder.path()), Err(Error::Io { .. })));
    }
}
