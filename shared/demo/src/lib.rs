//! What every lab's demo shares: its arguments, where its report goes, its last line, and a friendly word about parts
//! that are not written yet.
//!
//! A demo is the example `demo` of its lab, and hands all of itself to [`run`]:
//!
//! ```no_run
//! use demo::{Demo, Outcome, json};
//!
//! fn main() -> std::process::ExitCode {
//!     demo::run(env!("CARGO_PKG_NAME"), "Trains LeNet-5 on MNIST.", train)
//! }
//!
//! fn train(demo: &Demo) -> demo::Result<Outcome> {
//!     let epochs = demo.args.epochs.unwrap_or(if demo.args.quick { 1 } else { 5 });
//!     demo.say(format_args!("{epochs} epochs"));
//!     let report = demo.folder()?.join("report.html");
//!     Ok(Outcome::Finished(json!({ "test_accuracy": 0.99, "report": report })))
//! }
//! ```
//!
//! It knows no tensor: what a demo computes is the lab's business.

mod args;
mod panics;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub use args::Args;
pub use serde_json::{Value, json};

/// What can go wrong in a demo; its text is shown as it is.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// The result of a part of a demo.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// How a demo ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It has something to show; `--json` prints this object as the last line.
    Finished(Value),
    /// Ctrl-C stopped it, and the next run goes on from where it was.
    Interrupted,
}

/// A demo under way.
#[derive(Debug)]
pub struct Demo {
    /// What the command line asked for.
    pub args: Args,
    package: String,
}

impl Demo {
    /// A demo of this package, run with these arguments.
    pub fn new(package: &str, args: Args) -> Self {
        Self { args, package: package.to_owned() }
    }

    /// Tells the user something: on standard output, or on standard error if that is kept free for JSON.
    pub fn say(&self, line: impl fmt::Display) {
        if self.args.json {
            eprintln!("{line}");
        } else {
            println!("{line}");
        }
    }

    /// The folder for everything that this demo writes: `target/demo/` and the name of the package, or what
    /// `--output` says. It is made if it is not there.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn folder(&self) -> Result<PathBuf> {
        let folder = match &self.args.output {
            Some(folder) => folder.clone(),
            None => target_folder().join("demo").join(&self.package),
        };
        std::fs::create_dir_all(&folder)
            .map_err(|error| format!("cannot make the folder {}: {error}", folder.display()))?;
        Ok(folder)
    }

    /// `lab-05`, as it is typed on the command line.
    pub fn lab(&self) -> &str {
        let ends = self.package.match_indices('-').map(|(at, _)| at);
        ends.take(2).last().map_or(&self.package, |end| &self.package[..end])
    }

    /// A few letters that change when the program does. A training is only continued by the code that began it: a
    /// student who has mended a mistake wants to see the mended code train from the start.
    ///
    /// # Errors
    /// If the program cannot read its own file.
    pub fn code(&self) -> io::Result<String> {
        use std::hash::{DefaultHasher, Hasher};
        let mut hasher = DefaultHasher::new();
        hasher.write(&std::fs::read(std::env::current_exe()?)?);
        Ok(format!("{:016x}", hasher.finish()))
    }
}

/// Runs a demo: reads the arguments, shows errors and panics in a line each, prints the JSON line, and says how the
/// process should end (0, 1 for an error, 130 after Ctrl-C).
///
/// `package` is `env!("CARGO_PKG_NAME")` of the demo, `about` what `--help` says first.
pub fn run(
    package: &'static str,
    about: &'static str,
    body: impl FnOnce(&Demo) -> Result<Outcome> + std::panic::UnwindSafe,
) -> ExitCode {
    let demo = Demo::new(package, Args::from_command_line(package, about));
    match panics::caught(|| body(&demo)) {
        Ok(Ok(Outcome::Finished(result))) => {
            if demo.args.json {
                println!("{result}");
            }
            ExitCode::SUCCESS
        }
        Ok(Ok(Outcome::Interrupted)) => {
            demo.say("Stopped. The next run goes on from here; --fresh starts over.");
            ExitCode::from(130)
        }
        Ok(Err(error)) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
        Err(panic) => {
            eprintln!("{}", panic.message(demo.lab()));
            ExitCode::FAILURE
        }
    }
}

/// Cargo's folder for what it builds, this program among it.
fn target_folder() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    // target/debug/examples/demo
    match program.ancestors().nth(3) {
        Some(target) if program.parent().is_some_and(|folder| folder.ends_with("examples")) => {
            target.to_owned()
        }
        _ => Path::new("target").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demo(package: &'static str) -> Demo {
        Demo::new(package, Args::parse_from(package, "", ["demo"]).unwrap())
    }

    #[test]
    fn a_lab_is_the_number_of_its_package() {
        assert_eq!(demo("lab-05-cnn").lab(), "lab-05");
        assert_eq!(demo("lab-11-coupling-flows-solution").lab(), "lab-11");
        assert_eq!(demo("plain").lab(), "plain");
    }

    #[test]
    fn the_folder_is_where_output_says() {
        let parent = tempfile::tempdir().unwrap();
        let wanted = parent.path().join("a/b");
        let args =
            Args::parse_from("lab-05-cnn", "", ["demo", "--output", wanted.to_str().unwrap()]).unwrap();
        assert_eq!(Demo::new("lab-05-cnn", args).folder().unwrap(), wanted);
        assert!(wanted.is_dir());
    }

    #[test]
    fn the_same_program_has_the_same_code() {
        let demo = demo("lab-05-cnn");
        assert_eq!(demo.code().unwrap(), demo.code().unwrap());
    }
}
