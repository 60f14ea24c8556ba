//! What the runner knows of a lab: its `lab.toml` and the two places it lives in.
//!
//! `solutions/lab-05-cnn` is the source; `labs/lab-05-cnn` is written from it (see [`crate::stubs`]) and is all
//! that students have. Everything here works with either alone, so the same runner serves both repositories.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// Which of the two crates of a lab is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edition {
    /// `labs/lab-05-cnn`: what the student writes.
    Student,
    /// `solutions/lab-05-cnn`: the reference, with its hidden checks.
    Solution,
}

impl Edition {
    /// `--solution` on the command line.
    pub(crate) fn from_flag(solution: bool) -> Edition {
        if solution { Edition::Solution } else { Edition::Student }
    }
}

/// `lab.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    number: u32,
    name: String,
    title: String,
    #[serde(default)]
    summary: String,
    #[serde(default, rename = "step")]
    steps: Vec<Step>,
    submit: Vec<PathBuf>,
    #[serde(default)]
    author_only: Vec<PathBuf>,
    #[serde(default)]
    may_repeat: Vec<String>,
}

/// One numbered step of the handout.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// The number that checks and regions refer to, `"3"`.
    pub(crate) id: String,
    /// What it is about, in a few words.
    pub(crate) title: String,
    /// The heading of the handout that explains it.
    pub(crate) section: String,
    /// The functions to write.
    #[serde(default)]
    pub(crate) items: Vec<String>,
}

/// A lab and where its crates are.
#[derive(Clone, Debug)]
pub(crate) struct Lab {
    /// 5.
    pub(crate) number: u32,
    /// `cnn`.
    pub(crate) name: String,
    /// The handout's title.
    pub(crate) title: String,
    /// One sentence.
    pub(crate) summary: String,
    /// The steps in the order of the handout.
    pub(crate) steps: Vec<Step>,
    /// The files that hold stubs, relative to the crate: what a student hands in.
    pub(crate) submit: Vec<PathBuf>,
    /// Files and folders, relative to the crate, that never leave `solutions/`.
    pub(crate) author_only: Vec<PathBuf>,
    /// Lines of a solution that may also stand elsewhere in the generated lab (the leftover scan lets them pass).
    pub(crate) may_repeat: Vec<String>,
    root: PathBuf,
}

impl Lab {
    /// Reads `lab.toml` of the crate in `dir`, which lies two levels below `root`.
    pub(crate) fn read(root: &Path, dir: &Path) -> Result<Lab> {
        let path = dir.join("lab.toml");
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let manifest: Manifest = toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
        let lab = Lab {
            number: manifest.number,
            name: manifest.name,
            title: manifest.title,
            summary: manifest.summary,
            steps: manifest.steps,
            submit: manifest.submit,
            author_only: manifest.author_only,
            may_repeat: manifest.may_repeat,
            root: root.to_path_buf(),
        };
        let folder = dir.file_name().unwrap_or_default().to_string_lossy();
        ensure!(
            folder == lab.id(),
            "{}: number = {} and name = \"{}\" make {}, but the folder is called {folder}",
            path.display(),
            lab.number,
            lab.name,
            lab.id(),
        );
        for file in lab.submit.iter().chain(&lab.author_only) {
            let inside = file.components().all(|part| matches!(part, std::path::Component::Normal(_)));
            ensure!(inside, "{}: `{}` must be a path inside the lab", path.display(), file.display());
        }
        for (index, step) in lab.steps.iter().enumerate() {
            if lab.steps[..index].iter().any(|other| other.id == step.id) {
                bail!("{}: step \"{}\" is listed twice", path.display(), step.id);
            }
        }
        Ok(lab)
    }

    /// `lab-05-cnn`: the folder and the student's package.
    pub(crate) fn id(&self) -> String {
        format!("lab-{:02}-{}", self.number, self.name)
    }

    /// `lab-05`: what the runner prints where a command is to be typed.
    pub(crate) fn short(&self) -> String {
        format!("lab-{:02}", self.number)
    }

    /// The name of the library in both crates, `lab_05_cnn`.
    pub(crate) fn crate_name(&self) -> String {
        self.id().replace('-', "_")
    }

    /// The package of this edition.
    pub(crate) fn package(&self, edition: Edition) -> String {
        match edition {
            Edition::Student => self.id(),
            Edition::Solution => format!("{}-solution", self.id()),
        }
    }

    /// The folder of this edition, relative to the root.
    pub(crate) fn relative_dir(&self, edition: Edition) -> PathBuf {
        match edition {
            Edition::Student => Path::new("labs").join(self.id()),
            Edition::Solution => Path::new("solutions").join(self.id()),
        }
    }

    /// The workspace that the lab belongs to.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of this edition.
    pub(crate) fn dir(&self, edition: Edition) -> PathBuf {
        self.root.join(self.relative_dir(edition))
    }

    /// Whether the crate of this edition is there.
    pub(crate) fn has(&self, edition: Edition) -> bool {
        self.dir(edition).join("Cargo.toml").is_file()
    }

    /// Fails with the remedy where the crate of this edition is not there.
    pub(crate) fn require(&self, edition: Edition) -> Result<()> {
        if self.has(edition) {
            return Ok(());
        }
        match edition {
            Edition::Student => bail!(
                "{} has no stub in {} yet; write it with `cargo xtask stubs {}`",
                self.id(),
                self.relative_dir(edition).display(),
                self.short(),
            ),
            Edition::Solution => {
                bail!("the solution of {} is not part of this repository; leave out --solution", self.id())
            }
        }
    }

    /// The step with this id.
    pub(crate) fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The handout's section on a step, as a link relative to the root: `labs/lab-05-cnn/README.md#pooling`.
    pub(crate) fn section_link(&self, step: &Step) -> String {
        let edition = if self.has(Edition::Student) { Edition::Student } else { Edition::Solution };
        format!(
            "{}/README.md#{}",
            self.relative_dir(edition).display().to_string().replace('\\', "/"),
            anchor(&step.section)
        )
    }
}

/// The anchor that GitHub and most Markdown viewers give a heading.
pub(crate) fn anchor(heading: &str) -> String {
    heading
        .trim()
        .chars()
        .filter_map(|c| match c {
            ' ' | '-' => Some('-'),
            '_' => Some('_'),
            c if c.is_alphanumeric() => Some(c.to_ascii_lowercase()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_follow_the_rule_of_markdown_viewers() {
        assert_eq!(anchor("Step 3: im2col, col2im"), "step-3-im2col-col2im");
        assert_eq!(anchor("Max-pooling & its gradient"), "max-pooling--its-gradient");
    }
}
