//! `stubs`: write `labs/` from `solutions/`, or show how they differ.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::Verdict;
use crate::cli::StubsArgs;
use crate::commands::reset::keep_backup;
use crate::diff;
use crate::lab::{Edition, Lab};
use crate::stubs::{self, Change, Files, PRISTINE};
use crate::terminal::{BOLD, GREEN, RED, YELLOW, count, say};
use crate::workspace::{Workspace, write_atomically};

/// `cargo xtask stubs`.
pub(crate) fn stubs(workspace: &Workspace, args: &StubsArgs) -> Result<Verdict> {
    let mut in_sync = true;
    let mut seen = 0;
    for lab in workspace.select(&args.labs)? {
        if !lab.has(Edition::Solution) {
            if !args.labs.is_empty() {
                lab.require(Edition::Solution)?;
            }
            continue;
        }
        seen += 1;
        let files = stubs::generate(lab)?;
        if args.check {
            in_sync &= show_changes(lab, &files)?;
        } else {
            write(lab, &files)?;
        }
    }
    in_sync &= pages(workspace, args.check)?;
    if seen == 0 {
        say!("There are no solutions here to write stubs from.");
    }
    Ok(Verdict::passed_if(in_sync))
}

/// Brings the pages for all labs to `labs/`, or shows how they differ; `true` if they are there now.
fn pages(workspace: &Workspace, check: bool) -> Result<bool> {
    let mut in_sync = true;
    for (name, bytes) in stubs::pages(&workspace.root)? {
        let name = Path::new("labs").join(name);
        let shown = name.display().to_string();
        let path = workspace.root.join(name);
        let present = fs::read(&path).ok();
        if present.as_ref() == Some(&bytes) {
            say!("{GREEN}✓{GREEN:#} {shown} is up to date");
        } else if check {
            in_sync = false;
            show_difference(&shown, present, &bytes)?;
            say!("Write it anew: cargo xtask stubs");
        } else {
            write_atomically(&path, &bytes)?;
            say!("{GREEN}✓{GREEN:#} {shown} written");
        }
    }
    Ok(in_sync)
}

/// Shows a file that is missing, or how it differs.
fn show_difference(shown: &str, present: Option<Vec<u8>>, wanted: &[u8]) -> Result<()> {
    let Some(present) = present else {
        say!("{RED}✗{RED:#} {shown} is missing");
        return Ok(());
    };
    say!("{RED}✗{RED:#} {shown} differs {BOLD}(- is there, + would be written){BOLD:#}");
    if let (Ok(old), Ok(new)) = (String::from_utf8(present), std::str::from_utf8(wanted)) {
        diff::print(&mut anstream::stdout(), &old, new)?;
    }
    Ok(())
}

/// Shows how the lab differs from `files`; `true` if it does not.
pub(crate) fn show_changes(lab: &Lab, files: &Files) -> Result<bool> {
    let changes = stubs::compare(lab, files)?;
    if changes.is_empty() {
        say!("{GREEN}✓{GREEN:#} {} is what its solution makes", lab.relative_dir(Edition::Student).display());
        return Ok(true);
    }
    for change in &changes {
        let shown = |path: &Path| lab.relative_dir(Edition::Student).join(path).display().to_string();
        match change {
            Change::Stale(path) => say!("{RED}✗{RED:#} {} is not generated", shown(path)),
            // The copy beside it says the same once more.
            Change::Different(path) if path.starts_with(PRISTINE) => {
                say!("{RED}✗{RED:#} {} differs", shown(path));
            }
            Change::Missing(path) | Change::Different(path) => {
                let present = fs::read(lab.dir(Edition::Student).join(path)).ok();
                show_difference(&shown(path), present, &files[path])?;
            }
        }
    }
    say!("Write them anew: cargo xtask stubs {}", lab.short());
    Ok(false)
}

/// Brings the lab's folder to `files`. Files in which somebody has written are kept as backups.
pub(crate) fn write(lab: &Lab, files: &Files) -> Result<()> {
    let dir = lab.dir(Edition::Student);
    let changes = stubs::compare(lab, files)?;
    let mut kept = Vec::new();
    for file in &lab.submit {
        let (Ok(present), Ok(pristine)) = (fs::read(dir.join(file)), fs::read(dir.join(PRISTINE).join(file)))
        else {
            continue;
        };
        if present != pristine && present != files[file] {
            kept.extend(keep_backup(&dir.join(file))?);
        }
    }
    for change in &changes {
        match change {
            Change::Missing(path) | Change::Different(path) => {
                write_atomically(&dir.join(path), &files[path])?
            }
            Change::Stale(path) => {
                fs::remove_file(dir.join(path))
                    .with_context(|| format!("cannot remove {}", dir.join(path).display()))?;
            }
        }
    }
    let shown = lab.relative_dir(Edition::Student).display().to_string();
    if changes.is_empty() {
        say!("{GREEN}✓{GREEN:#} {shown} is up to date");
    } else {
        say!("{GREEN}✓{GREEN:#} {shown}: {} written", count(changes.len(), "change"));
    }
    for backup in kept {
        say!("  {YELLOW}kept{YELLOW:#} what was written there as {}", backup.display());
    }
    Ok(())
}
