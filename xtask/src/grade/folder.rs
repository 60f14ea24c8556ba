//! Submissions that are folders: walked without following a link, waiting for a pipe or reading what nobody asked for.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use crate::grade::intake::{FILE_LIMIT, Intake, Kind};
use crate::grade::refusal::Refusal;

/// Offers all files below `root`.
pub(crate) fn read(root: &Path, intake: &mut Intake<'_>) -> Result<(), Refusal> {
    visit(root, "", intake)
}

fn visit(root: &Path, folder: &str, intake: &mut Intake<'_>) -> Result<(), Refusal> {
    let here = root.join(folder);
    let unreadable = |error: io::Error| {
        let shown = if folder.is_empty() { "." } else { folder };
        Refusal::of(shown, format!("The folder cannot be read: {error}."))
    };
    let mut entries = Vec::new();
    for entry in fs::read_dir(&here).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        entries.push((entry.file_name(), entry.file_type().map_err(unreadable)?));
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, file_type) in entries {
        let path = here.join(&name);
        let relative = [folder.as_bytes(), name.as_encoded_bytes()];
        let relative = if folder.is_empty() { relative[1].to_vec() } else { relative.join(&b'/') };
        let kind = kind(file_type);
        let size =
            if kind == Kind::File { fs::symlink_metadata(&path).map_or(0, |file| file.len()) } else { 0 };
        if let Some(slot) = intake.offer(&relative, kind, size)? {
            let mut bytes = Vec::new();
            open(&path).and_then(|file| file.take(FILE_LIMIT + 1).read_to_end(&mut bytes)).map_err(
                |error| Refusal::of(slot.shown.clone(), format!("The file cannot be read: {error}.")),
            )?;
            intake.put(slot, bytes)?;
        }
        if kind == Kind::Folder && intake.enters(&relative) {
            // Only names in UTF-8 are entered.
            visit(root, &String::from_utf8_lossy(&relative), intake)?;
        }
    }
    Ok(())
}

fn kind(file_type: FileType) -> Kind {
    if file_type.is_symlink() {
        Kind::Link
    } else if file_type.is_dir() {
        Kind::Folder
    } else if file_type.is_file() {
        Kind::File
    } else {
        Kind::Special
    }
}

/// Opens an ordinary file: never a link's target, and without waiting for the other end of a pipe.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no ordinary file")) }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::process::Command;
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    #[test]
    fn a_pipe_that_takes_the_place_of_a_file_is_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let (opened, answer) = mpsc::channel();
        let name = pipe.clone();
        thread::spawn(move || opened.send(open(&name).is_err()));
        assert!(answer.recv_timeout(Duration::from_secs(20)).unwrap());
        std::os::unix::fs::symlink("/etc/passwd", dir.path().join("link")).unwrap();
        assert!(open(&dir.path().join("link")).is_err());
    }
}
