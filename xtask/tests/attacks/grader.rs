//! `cargo xtask grade` on a folder of submissions, and what it leaves.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::attack::{LAB, Scene};

/// In the environment of the grader, and nowhere else.
const SECRET: &str = "canary-of-the-environment-5d1f";
/// In a file outside of the workspace, and nowhere else.
const OUTSIDE: &str = "canary-outside-the-workspace-93ab";
/// How long the last processes may take to die, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(30);

/// A place for submissions and reports, with canaries around it.
pub(crate) struct Ground {
    dir: TempDir,
    pub(crate) root: PathBuf,
    /// What lies in the workspace, so that what is new can be told.
    before: Vec<PathBuf>,
}

/// A result, as the grader keeps it.
#[derive(Debug)]
pub(crate) struct Graded {
    pub(crate) status: String,
    pub(crate) message: String,
    pub(crate) earned: Vec<String>,
    pub(crate) lost: BTreeMap<String, String>,
    pub(crate) score: u64,
}

impl Ground {
    pub(crate) fn new() -> Ground {
        let dir = tempfile::tempdir().unwrap();
        // Whom the cage makes of root must get through to its own directory.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf();
        let ground = Ground { before: listing(&root), dir, root };
        for folder in ["batch", "bait", "tmp"] {
            fs::create_dir(ground.path(folder)).unwrap();
        }
        // Only the cage stands between an attack and these two.
        fs::set_permissions(ground.path("bait"), fs::Permissions::from_mode(0o777)).unwrap();
        fs::write(ground.path("canary"), OUTSIDE).unwrap();
        fs::set_permissions(ground.path("canary"), fs::Permissions::from_mode(0o666)).unwrap();
        ground
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Does something with the scene of an attack.
    pub(crate) fn with_scene(&self, act: impl FnOnce(&Scene)) {
        let (batch, bait, canary) = (self.path("batch"), self.path("bait"), self.path("canary"));
        act(&Scene { batch: &batch, root: &self.root, bait: &bait, canary: &canary });
    }

    /// `cargo xtask grade batch --lab lab-01 --out …` with further words.
    pub(crate) fn command(&self, out: &str, words: &[&str]) -> Command {
        let mut command = self.xtask();
        command.arg("grade").arg(self.path("batch")).args(["--lab", "lab-01", "--out"]);
        command.arg(self.path(out)).args(words);
        command
    }

    pub(crate) fn xtask(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .arg("--root")
            .arg(&self.root)
            .env("TMPDIR", self.path("tmp"))
            .env("DL_LABS_ATTACK", SECRET)
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts one whose output nobody needs but its first lines.
    pub(crate) fn start(&self, out: &str, words: &[&str]) -> Child {
        self.command(out, words).stderr(Stdio::null()).spawn().unwrap()
    }

    /// The result of a student.
    pub(crate) fn result(&self, out: &str, student: &str) -> Result<Graded, String> {
        let path = self.path(out).join(format!("results/s-{student}/{LAB}.json"));
        let text = fs::read_to_string(&path).map_err(|error| format!("no result: {error}"))?;
        let value: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let mut graded = Graded {
            status: value["status"].as_str().unwrap_or_default().to_string(),
            message: value["message"].as_str().unwrap_or_default().to_string(),
            earned: Vec::new(),
            lost: BTreeMap::new(),
            score: 0,
        };
        for check in value["checks"].as_array().ok_or("a result without checks")? {
            let name = check["info"]["name"].as_str().unwrap_or_default().to_string();
            if check["outcome"]["passed"].is_object() {
                graded.score += check["info"]["points"].as_u64().unwrap_or_default();
                graded.earned.push(name);
            } else {
                let failure = &check["outcome"]["failed"]["failure"];
                let message = failure["message"].as_str().unwrap_or("not run");
                let message: String = message.chars().take(100).collect();
                graded.lost.insert(name, format!("{}: {message}", failure["kind"].as_str().unwrap_or("-")));
            }
        }
        Ok(graded)
    }

    /// What the grader and its prisoners have left behind where nothing may be left.
    pub(crate) fn leftovers(&self, grader: u32) -> Vec<String> {
        let mut found = Vec::new();
        let deadline = Instant::now() + PATIENCE;
        let tmp = self.path("tmp");
        loop {
            let processes = processes_of(grader, &tmp);
            let files = listing(&tmp);
            if processes.is_empty() && files.is_empty() {
                break;
            }
            if Instant::now() > deadline {
                found.extend(processes);
                found.extend(files.iter().map(|file| format!("file {}", file.display())));
                break;
            }
            thread::sleep(Duration::from_millis(100));
        }
        found.extend(listing(&self.path("bait")).iter().map(|file| format!("bait {}", file.display())));
        for place in ["/tmp/dl-labs-attack", "/dev/shm/dl-labs-attack"] {
            if Path::new(place).exists() {
                found.push(format!("file {place}"));
            }
        }
        if fs::read_to_string(self.path("canary")).ok().as_deref() != Some(OUTSIDE) {
            found.push("the canary was changed".into());
        }
        let new = listing(&self.root).into_iter().filter(|path| !self.before.contains(path));
        found.extend(new.map(|path| format!("in the workspace {}", path.display())));
        found
    }

    /// The files that tell a secret.
    pub(crate) fn leaks(&self, out: &str) -> Vec<String> {
        let oracle = self.root.join("solutions").join(LAB).join("checks/hidden/oracle.rs");
        let oracle = fs::read_to_string(oracle).unwrap();
        let hidden = oracle.lines().find(|line| line.starts_with("pub(crate) fn ")).expect("an oracle");
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let user = passwd.lines().next().unwrap_or("no users here");
        let secrets = [("the environment", SECRET), ("outside", OUTSIDE), ("hidden", hidden), ("/etc", user)];
        let mut found = Vec::new();
        for file in listing(&self.path(out)) {
            let bytes = fs::read(&file).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            for (name, secret) in secrets {
                if text.contains(secret) {
                    found.push(format!("{} tells what is in {name}", file.display()));
                }
            }
        }
        found
    }
}

/// All files of a folder, without what is built and what git keeps.
pub(crate) fn listing(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            match entry.file_name().to_str() {
                Some("target" | ".git") => {}
                _ if is_folder => open.push(entry.path()),
                _ => found.push(entry.path()),
            }
        }
    }
    found.sort();
    found
}

/// Everything that a grader has started and that still runs, directly or not: descendants, whoever has its temporary
/// directory, and whoever bears the mark of an attack.
fn processes_of(grader: u32, tmp: &Path) -> Vec<String> {
    let tmp = tmp.display().to_string();
    let own = std::process::id();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        if pid == own || pid == grader {
            continue;
        }
        let read = |name: &str| {
            String::from_utf8_lossy(&fs::read(entry.path().join(name)).unwrap_or_default()).into_owned()
        };
        let (command, environment) = (read("cmdline"), read("environ"));
        if environment.contains(&tmp) || command.contains(&tmp) || command.contains("# dl-labs-attack") {
            found.push(format!("process {pid}: {}", command.replace('\0', " ")));
        }
    }
    found
}
