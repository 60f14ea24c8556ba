//! A release as commits: the branches `students` and `solutions`, without touching working tree or index.
//!
//! Git's plumbing does it: blobs by `hash-object`, a tree through an index of its own, `commit-tree` on top of the
//! branch, `update-ref` only if the branch is still where it was. A branch of that name that no release has made, or that
//! is checked out somewhere, is left alone.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::stubs::Files;
use crate::terminal::{GREEN, say};
use crate::workspace::Workspace;

/// Everybody's.
pub(crate) const STUDENTS: &str = "students";
/// The staff's.
pub(crate) const SOLUTIONS: &str = "solutions";

/// The line of a commit message that says from which commit a release was made.
const FROM: &str = "Released-from:";

/// The repository of the checkout.
pub(crate) struct Repository<'a> {
    workspace: &'a Workspace,
    /// The commit that is released.
    head: String,
}

impl<'a> Repository<'a> {
    /// Fails unless the workspace is the top of a git checkout without changes, and the branches may be written.
    pub(crate) fn open(workspace: &'a Workspace) -> Result<Repository<'a>> {
        ensure!(workspace.root.join(".git").exists(), "{} is no git checkout", workspace.root.display());
        let mut repository = Repository { workspace, head: String::new() };
        repository.head = repository.git(&["rev-parse", "--verify", "HEAD"], None, b"")?;
        let changed = repository.git(&["status", "--porcelain", "--untracked-files=no"], None, b"")?;
        ensure!(
            changed.is_empty(),
            "the branches say from which commit they were made, so commit these changes first:\n{changed}"
        );
        let checked_out = repository.git(&["worktree", "list", "--porcelain"], None, b"")?;
        for branch in [STUDENTS, SOLUTIONS] {
            ensure!(
                checked_out.lines().all(|line| line != format!("branch refs/heads/{branch}")),
                "the branch `{branch}` is checked out; switch to another one first"
            );
            if let Some(tip) = repository.tip(branch) {
                let message = repository.git(&["log", "-1", "--format=%B", &tip], None, b"")?;
                ensure!(
                    message.lines().any(|line| line.starts_with(FROM)),
                    "there is a branch `{branch}` that no release has made; rename it first"
                );
            }
        }
        Ok(repository)
    }

    /// Commits the release to `students` and the whole commit to `solutions`.
    pub(crate) fn commit(&self, files: &Files, shown: &str) -> Result<()> {
        let tree = self.tree_of(files)?;
        self.advance(STUDENTS, &tree, &format!("Release the labs\n\n{shown}\n"))?;
        let whole = self.git(&["rev-parse", "--verify", "HEAD^{tree}"], None, b"")?;
        self.advance(SOLUTIONS, &whole, "Release the labs with all solutions\n\n")
    }

    /// One commit on top of the branch, unless its tree is the same already.
    fn advance(&self, branch: &str, tree: &str, message: &str) -> Result<()> {
        let tip = self.tip(branch);
        if let Some(tip) = &tip
            && self.git(&["rev-parse", "--verify", &format!("{tip}^{{tree}}")], None, b"")? == tree
        {
            say!("{GREEN}✓{GREEN:#} {branch} is up to date");
            return Ok(());
        }
        let message = format!("{message}{FROM} {}\n", self.head);
        let mut args = vec!["commit-tree", tree, "-F", "-"];
        if let Some(tip) = &tip {
            args.extend(["-p", tip]);
        }
        let commit = self.git(&args, None, message.as_bytes())?;
        // The last argument is what the branch must be now; nothing for one that is not there.
        let old = tip.unwrap_or_default();
        let name = format!("refs/heads/{branch}");
        self.git(&["update-ref", "-m", "cargo xtask release", &name, &commit, &old], None, b"")?;
        say!("{GREEN}✓{GREEN:#} {branch} is at {}", commit.get(..12).unwrap_or(&commit));
        Ok(())
    }

    /// The tree that holds exactly these files.
    fn tree_of(&self, files: &Files) -> Result<String> {
        let scratch = tempfile::tempdir()?;
        let index = scratch.path().join("index");
        let mut entries = Vec::new();
        for (path, bytes) in files {
            let path = path.to_str().with_context(|| format!("{} is no UTF-8", path.display()))?;
            // No filter: what was checked is what is committed.
            let blob = self.git(&["hash-object", "-w", "--stdin", "--no-filters"], None, bytes)?;
            entries.extend(format!("100644 {blob}\t{}\0", path.replace('\\', "/")).into_bytes());
        }
        self.git(&["update-index", "-z", "--index-info"], Some(&index), &entries)?;
        self.git(&["write-tree"], Some(&index), b"")
    }

    fn tip(&self, branch: &str) -> Option<String> {
        self.git(&["rev-parse", "--verify", "--quiet", &format!("refs/heads/{branch}")], None, b"").ok()
    }

    /// What git says; with `index` in place of the checkout's own.
    fn git(&self, args: &[&str], index: Option<&Path>, input: &[u8]) -> Result<String> {
        let mut command = Command::new("git");
        command.args(args).current_dir(&self.workspace.root);
        if let Some(index) = index {
            command.env("GIT_INDEX_FILE", index);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().context("cannot start git")?;
        // It reads everything before it says anything.
        let written = child.stdin.take().context("git has no stdin")?.write_all(input);
        let output = child.wait_with_output()?;
        if !output.status.success() {
            let name = args.first().unwrap_or(&"");
            bail!("git {name}: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        written.context("git does not listen")?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_string())
    }
}
