//! Tensors in files: [`safetensors`], which PyTorch and Hugging Face read, and [`npy`], which NumPy does.
//!
//! What comes from a file is not trusted: sizes are checked against the bytes that are there before anything is
//! allocated, and every error names the file and what would mend it.

pub mod npy;
pub mod safetensors;

use std::io::Write;
use std::path::Path;

/// Writes a file beside its place and then moves it there, so that a reader, or a run that is killed in the middle,
/// never leaves half a file.
fn write_atomically(path: &Path, parts: &[&[u8]]) -> std::io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    for part in parts {
        file.write_all(part)?;
    }
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
