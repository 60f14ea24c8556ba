//! A copy of the fixture workspace, and the runner on it.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A workspace that is deleted when dropped.
pub(crate) struct Workspace {
    dir: TempDir,
}

/// What the runner said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Said {
    /// Runs a command to its end.
    pub(crate) fn of(command: &mut Command) -> Said {
        let output = command.output().unwrap();
        Said {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Asserts the exit status, showing everything where it is another.
    #[track_caller]
    pub(crate) fn code(self, expected: i32) -> Said {
        assert_eq!(self.code, Some(expected), "{self:#?}");
        self
    }

    /// Asserts that stdout holds all these texts.
    #[track_caller]
    pub(crate) fn says(self, texts: &[&str]) -> Said {
        for text in texts {
            assert!(self.stdout.contains(text), "no {text:?} in stdout:\n{}\n{}", self.stdout, self.stderr);
        }
        self
    }

    /// Asserts that stderr holds all these texts.
    #[track_caller]
    pub(crate) fn complains(self, texts: &[&str]) -> Said {
        for text in texts {
            assert!(self.stderr.contains(text), "no {text:?} in stderr:\n{}\n{}", self.stdout, self.stderr);
        }
        self
    }

    /// Asserts that stdout holds none of these texts.
    #[track_caller]
    pub(crate) fn keeps_silent_about(self, texts: &[&str]) -> Said {
        for text in texts {
            assert!(!self.stdout.contains(text), "{text:?} in stdout:\n{}", self.stdout);
        }
        self
    }
}

impl Workspace {
    /// A fresh copy, with solutions only.
    pub(crate) fn of_author() -> Workspace {
        let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/workspace");
        copy(&fixture, dir.path());
        Workspace { dir }
    }

    /// A fresh copy with stubs and without solutions, as students have it.
    pub(crate) fn of_student() -> Workspace {
        let workspace = Workspace::with_stubs();
        fs::remove_dir_all(workspace.path("solutions")).unwrap();
        let manifest = workspace.read("Cargo.toml").replace("\"solutions/*\", ", "");
        workspace.write("Cargo.toml", &manifest.replace(", \"solutions/*\"", ""));
        workspace
    }

    /// A fresh copy with solutions and stubs.
    pub(crate) fn with_stubs() -> Workspace {
        let workspace = Workspace::of_author();
        workspace.run(&["stubs"]).code(0);
        workspace
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).unwrap();
    }

    /// Replaces a text that must be there.
    #[track_caller]
    pub(crate) fn edit(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert!(text.contains(old), "no {old:?} in {path}:\n{text}");
        self.write(path, &text.replace(old, new));
    }

    /// The student writes the body of a function in place of the `todo!` with this id.
    #[track_caller]
    pub(crate) fn solve(&self, path: &str, id: &str, body: &str) {
        let text = self.read(path);
        let begin = text.find(&format!("todo!(\"{id}:")).expect("the stub has this todo");
        let end = begin + text[begin..].find('\n').unwrap();
        self.write(path, &format!("{}{body}{}", &text[..begin], &text[end..]));
    }

    /// The runner on this workspace.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .arg("--root")
            .arg(self.dir.path())
            .args(args)
            .env("CARGO_TARGET_DIR", self.path("target"))
            .env_remove("RUSTFLAGS")
            .env_remove("CLICOLOR_FORCE")
            .current_dir(self.dir.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs the runner to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Said {
        Said::of(&mut self.command(args))
    }

    /// Starts the runner with a pipe as stdout.
    pub(crate) fn start(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
    }
}

/// Reads from a child until `text` has come.
#[track_caller]
pub(crate) fn wait_for(child: &mut Child, text: &str) -> String {
    let stdout = child.stdout.as_mut().unwrap();
    let mut seen = Vec::new();
    let mut byte = [0];
    while stdout.read(&mut byte).unwrap() == 1 {
        seen.push(byte[0]);
        if seen.ends_with(text.as_bytes()) {
            return String::from_utf8(seen).unwrap();
        }
    }
    panic!("the output ended without {text:?}:\n{}", String::from_utf8_lossy(&seen));
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}
