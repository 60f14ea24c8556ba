//! Landlock: nothing can be read, written or executed but what is named.
//!
//! The rules are tied to files, not to names, and hold for all descendants. On an older kernel fewer kinds of access are
//! told apart; what version 1 lacks (`truncate`) the filter of system calls refuses.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset,
    RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
};

use super::message::Instructions;
use crate::cage::Profile;
use crate::error::{CageError, Step};

/// The newest version whose every right has been thought about here.
const ABI: ABI = ABI::V7;

/// Handles everything and permits nothing.
pub(super) fn nothing() -> Result<RulesetCreated, RulesetError> {
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI))?
        .handle_access(AccessNet::from_all(ABI))?
        .scope(Scope::from_all(ABI))?
        .create()
}

/// The rules of a cage. The paths are opened here, while we still may.
pub(super) fn rules(instructions: &Instructions) -> Result<RulesetCreated, CageError> {
    let mut rules = nothing().step("prepare Landlock")?;
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let write = AccessFs::WriteFile | AccessFs::Truncate | AccessFs::MakeReg | AccessFs::MakeDir;
    let tidy = AccessFs::RemoveFile | AccessFs::RemoveDir | AccessFs::Refer;
    // A worker removes nothing: a file without a name would escape the count of what it has written.
    let scratch = match instructions.profile {
        Profile::Compiler => read | write | tidy,
        Profile::Worker => read | write,
    };
    let named = |paths: &[PathBuf], access: BitFlags<AccessFs>| -> Vec<_> {
        paths.iter().map(|path| (path.clone(), access)).collect()
    };
    let mut all = named(&instructions.readable, read);
    all.extend(named(&instructions.executable, read | AccessFs::Execute));
    all.push((PathBuf::from("/dev/null"), AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate));
    all.push((instructions.scratch.clone(), scratch));
    for (path, access) in all {
        rules = permit(rules, &path, access)?;
    }
    Ok(rules)
}

fn permit(
    rules: RulesetCreated,
    path: &Path,
    access: BitFlags<AccessFs>,
) -> Result<RulesetCreated, CageError> {
    let name = || format!("permit {}", path.display());
    let opened = PathFd::new(path).map_err(|error| CageError::failed(name(), error))?;
    let access = if path.is_dir() { access } else { access & AccessFs::from_file(ABI) };
    rules.add_rule(PathBeneath::new(opened, access)).map_err(|error| CageError::failed(name(), error))
}

/// Puts the rules in force, for good.
pub(super) fn restrict(rules: RulesetCreated) -> Result<(), CageError> {
    let status = rules.restrict_self().step("apply Landlock")?;
    match status.ruleset {
        RulesetStatus::NotEnforced => Err(CageError::failed("apply Landlock", "the kernel has none")),
        _ => Ok(()),
    }
}
