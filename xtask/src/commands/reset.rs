//! `reset`: put back stubs, never losing what was written.

use std::fs;
use std::io::{IsTerminal, Write, stdin, stdout};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::Verdict;
use crate::cli::ResetArgs;
use crate::lab::{Edition, Lab};
use crate::progress::Progress;
use crate::stubs::{self, PRISTINE};
use crate::terminal::{BOLD, DIM, say};
use crate::workspace::{Workspace, write_atomically};

/// `cargo xtask reset`.
pub(crate) fn reset(workspace: &Workspace, args: &ResetArgs) -> Result<Verdict> {
    let lab = workspace.lab(&args.lab)?;
    let dir = lab.dir(Edition::Student);
    let shown = lab.relative_dir(Edition::Student);
    let mut changed = Vec::new();
    for file in select(lab, &args.files)? {
        let stub = stub_of(lab, &file)?;
        match fs::read(dir.join(&file)) {
            Ok(present) if present == stub => {
                say!("{DIM}{} is as it was at first{DIM:#}", shown.join(&file).display());
            }
            _ => changed.push((file, stub)),
        }
    }
    if changed.is_empty() {
        return Ok(Verdict::Passed);
    }
    if !args.yes && !confirm(lab, &changed)? {
        say!("Nothing was changed.");
        return Ok(Verdict::Failed);
    }
    // What is a stub again is no longer done; the next `test` finds out what still is.
    let mut progress = Progress::load(&workspace.root);
    progress.lab_mut(&lab.id()).done.clear();
    progress.save()?;
    for (file, stub) in &changed {
        let path = dir.join(file);
        let kept = keep_backup(&path)?;
        write_atomically(&path, stub)?;
        match kept {
            Some(backup) => say!(
                "{BOLD}{}{BOLD:#} is a stub again; your version is {}",
                shown.join(file).display(),
                backup.file_name().unwrap_or_default().to_string_lossy()
            ),
            None => say!("{BOLD}{}{BOLD:#} was missing and is there again", shown.join(file).display()),
        }
    }
    Ok(Verdict::Passed)
}

/// The files to put back, as `lab.toml` calls them. `conv.rs` alone will do for `src/conv.rs`.
fn select(lab: &Lab, wanted: &[PathBuf]) -> Result<Vec<PathBuf>> {
    if wanted.is_empty() {
        return Ok(lab.submit.clone());
    }
    let find = |file: &PathBuf| {
        let found = lab.submit.iter().find(|known| file.ends_with(known) || known.ends_with(file));
        found.cloned().with_context(|| {
            let names: Vec<String> = lab.submit.iter().map(|path| path.display().to_string()).collect();
            format!("{} is not a file with stubs; {} has {}", file.display(), lab.id(), names.join(", "))
        })
    };
    wanted.iter().map(find).collect()
}

/// The stub of a file: generated where the solution is present, else the untouched copy.
fn stub_of(lab: &Lab, file: &Path) -> Result<Vec<u8>> {
    if lab.has(Edition::Solution) {
        let mut files = stubs::generate(lab)?;
        return files.remove(file).context("the stub does not hold this file");
    }
    let copy = lab.dir(Edition::Student).join(PRISTINE).join(file);
    fs::read(&copy).with_context(|| {
        format!("the untouched copy {} is gone; fetch it from where you got the labs", copy.display())
    })
}

fn confirm(lab: &Lab, changed: &[(PathBuf, Vec<u8>)]) -> Result<bool> {
    if !stdin().is_terminal() || !stdout().is_terminal() {
        bail!("resetting asks first; say --yes where nobody can answer");
    }
    say!("These files of {} become stubs again (your versions are kept beside them):", lab.id());
    for (file, _) in changed {
        say!("  {}", file.display());
    }
    anstream::print!("Go on? [y/N] ");
    stdout().flush()?;
    let mut answer = String::new();
    stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Copies a file to the first free `name.N.bak` beside it. `None` if there is no file.
pub(crate) fn keep_backup(path: &Path) -> Result<Option<PathBuf>> {
    if !path.exists() {
        return Ok(None);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let free = (1..)
        .map(|number| path.with_file_name(format!("{name}.{number}.bak")))
        .find(|backup| !backup.exists())
        .context("no free name for a backup")?;
    fs::copy(path, &free).with_context(|| format!("cannot keep a copy as {}", free.display()))?;
    Ok(Some(free))
}
