//! Tensors in files: [`safetensors`], which PyTorch and Hugging Face read, and [`npy`], which NumPy does.
//!
//! What comes from a file is not trusted: sizes are checked against the bytes that are there before anything is
//! allocated, and every error names the file and what would mend it.

pub mod npy;
pub mod safetensors;

use std::io::Write;
use std::path::Path;

use crate::Float;
use crate::float::Kernels;

/// Writes a file beside its place and then moves it there, so that a reader, or a run that is killed in the middle,
/// never leaves half a file.
fn write_atomically(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    // A temporary file is its owner's alone; this one is to stay, with the permissions of any new file.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// The types of numbers that files hold and tensors can take over, least significant byte first.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Number {
    U8,
    I32,
    I64,
    F32,
    F64,
}

impl Number {
    /// The bytes of one number.
    fn size(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::I32 | Self::F32 => 4,
            Self::I64 | Self::F64 => 8,
        }
    }

    /// The numbers in the bytes, to the precision of `T`.
    fn read<T: Float>(self, bytes: &[u8]) -> Vec<T> {
        fn each<T: Float, const N: usize>(bytes: &[u8], f: impl Fn([u8; N]) -> f64) -> Vec<T> {
            bytes.as_chunks().0.iter().map(|&chunk| T::from_f64(f(chunk))).collect()
        }
        match self {
            Self::F32 if T::NAME == f32::NAME => <T as Kernels>::from_le_bytes(bytes),
            Self::F64 if T::NAME == f64::NAME => <T as Kernels>::from_le_bytes(bytes),
            Self::U8 => each(bytes, |[byte]| byte.into()),
            Self::I32 => each(bytes, |chunk| i32::from_le_bytes(chunk).into()),
            Self::I64 => each(bytes, |chunk| i64::from_le_bytes(chunk) as f64),
            Self::F32 => each(bytes, |chunk| f32::from_le_bytes(chunk).into()),
            Self::F64 => each(bytes, f64::from_le_bytes),
        }
    }
}
