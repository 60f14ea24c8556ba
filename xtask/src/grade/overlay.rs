//! A submission's files laid over the lab's own.
//!
//! What is compiled is the instructor's crate with the student's versions of the files that `submit` lists. All else
//! in a submission (manifest, build script, `.cargo`, toolchain file, checks) never gets here; what is missing is
//! filled by the stub. Before the files are handed on they must keep the rules of [`tokens`].

use std::collections::BTreeSet;

use crate::grade::intake::{FILE_LIMIT, too_large};
use crate::grade::refusal::Refusal;
use crate::grade::tokens;
use crate::lab::Lab;
use crate::stubs::{Files, PRISTINE};

/// A crate ready for the compiler.
#[derive(Debug)]
pub(crate) struct Overlay {
    /// The whole lab: the instructor's files and the student's.
    pub(crate) files: Files,
    /// Remarks that cost nothing.
    pub(crate) notes: Vec<String>,
}

/// Lays `submitted` over `stub`, the files that [`stubs::generate`](crate::stubs::generate) makes (or the folder in
/// `labs/` holds).
///
/// # Errors
/// A file breaks a rule; the first one in the order of the files and lines is named.
pub(crate) fn lay(lab: &Lab, stub: &Files, submitted: &Files) -> Result<Overlay, Refusal> {
    let mut files: Files = stub
        .iter()
        .filter(|(path, _)| !path.starts_with(PRISTINE))
        .map(|(path, bytes)| (path.clone(), bytes.clone()))
        .collect();
    let mut notes = Vec::new();
    let mut texts = Vec::new();
    for path in &lab.submit {
        let Some(bytes) = submitted.get(path) else {
            notes.push(format!("{} is missing: the stub stands in for it", path.display()));
            continue;
        };
        if bytes.len() as u64 > FILE_LIMIT {
            return Err(too_large(path, bytes.len() as u64));
        }
        let text = str::from_utf8(bytes).map_err(|error| {
            let line = 1 + bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count();
            Refusal::at(path, line, "The file is not UTF-8 text. Save it as UTF-8 in your editor.")
        })?;
        texts.push((path, text));
        files.insert(path.clone(), bytes.clone());
    }
    let renamed: BTreeSet<String> = texts.iter().flat_map(|(_, text)| tokens::renamed(text)).collect();
    for (path, text) in texts {
        tokens::check(path, text, &renamed, |file| files.contains_key(file))?;
    }
    Ok(Overlay { files, notes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grade::submission::test_lab;
    use std::path::PathBuf;

    fn over(submitted: &[(&str, &[u8])]) -> Result<Overlay, Refusal> {
        let lab = test_lab();
        let mut stub: Files = lab.submit.iter().map(|path| (path.clone(), b"stub".to_vec())).collect();
        stub.insert("Cargo.toml".into(), b"stub".to_vec());
        stub.insert(PathBuf::from(PRISTINE).join("src/window.rs"), b"stub".to_vec());
        let submitted = submitted.iter().map(|(path, bytes)| (PathBuf::from(path), bytes.to_vec())).collect();
        lay(&lab, &stub, &submitted)
    }

    #[test]
    fn the_stub_stands_in_for_what_is_missing_and_nothing_else_is_replaced() {
        let overlay =
            over(&[("src/window.rs", b"mine"), ("Cargo.toml", b"mine"), ("build.rs", b"mine")]).unwrap();
        let file = |name: &str| overlay.files.get(&PathBuf::from(name)).map(Vec::as_slice);
        assert_eq!(file("src/window.rs"), Some(&b"mine"[..]));
        assert_eq!(file("src/direct.rs"), Some(&b"stub"[..]));
        assert_eq!(file("Cargo.toml"), Some(&b"stub"[..]));
        assert_eq!(overlay.files.len(), test_lab().submit.len() + 1);
        assert_eq!(overlay.notes.len(), test_lab().submit.len() - 1);
        assert!(overlay.notes.contains(&"src/direct.rs is missing: the stub stands in for it".to_string()));
    }

    #[test]
    fn rules_name_file_and_line() {
        let message = |bytes: &[u8]| over(&[("src/window.rs", bytes)]).unwrap_err().to_string();
        assert_eq!(
            message(b"//\n//\n\xff"),
            "src/window.rs:3: The file is not UTF-8 text. Save it as UTF-8 in your editor."
        );
        assert!(
            message(&vec![b' '; 262_145])
                .contains("src/window.rs: The file has 262145 bytes; at most 262144")
        );
        assert!(message(b"\nunsafe fn f() {}").starts_with("src/window.rs:2: `unsafe` leaves safe Rust"));
    }

    #[test]
    fn a_macro_of_one_file_is_no_macro_of_std_in_another() {
        let steals = b"#[macro_export] macro_rules! vec { ($i:ident) => { $i!(\"x\") } }";
        let uses = b"fn f() { crate::vec!(include) }";
        over(&[("src/window.rs", uses)]).unwrap();
        over(&[("src/window.rs", uses), ("src/direct.rs", steals)]).unwrap_err();
    }
}
