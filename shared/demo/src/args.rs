//! The command line of a demo.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser};

/// What the command line of a demo asks for.
#[derive(Debug, Clone, Parser)]
#[command(disable_version_flag = true)]
pub struct Args {
    /// The short version: a glimpse in seconds.
    #[arg(long)]
    pub quick: bool,
    /// End with one line of JSON on standard output; everything else goes to standard error.
    #[arg(long)]
    pub json: bool,
    /// Start over, even if an interrupted run could be continued.
    #[arg(long)]
    pub fresh: bool,
    /// How often every sample is seen.
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub epochs: Option<usize>,
    /// What all random numbers follow from.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// The folder for the report and the checkpoint.
    #[arg(long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
}

impl Args {
    /// The arguments of this process; `--help` and mistakes end it.
    pub(crate) fn from_command_line(package: &'static str, about: &'static str) -> Self {
        Self::parse_from(package, about, std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    pub(crate) fn parse_from<A: Into<OsString> + Clone>(
        package: &'static str,
        about: &'static str,
        args: impl IntoIterator<Item = A>,
    ) -> clap::error::Result<Self> {
        let mut command = Self::command().name(package).about(about);
        let matches = command.try_get_matches_from_mut(args)?;
        Self::from_arg_matches(&matches)
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("it must be at least 1".into()),
        Ok(number) => Ok(number),
        Err(error) => Err(format!("it is no whole number: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> clap::error::Result<Args> {
        Args::parse_from("lab-05-cnn", "Trains.", [&["demo"], args].concat())
    }

    #[test]
    fn nothing_asks_for_the_full_demo() {
        let args = parse(&[]).unwrap();
        assert!(!args.quick && !args.json && !args.fresh);
        assert_eq!((args.epochs, args.seed, args.output), (None, 0, None));
    }

    #[test]
    fn numbers_are_read() {
        let args = parse(&["--epochs", "3", "--seed", "7"]).unwrap();
        assert_eq!((args.epochs, args.seed), (Some(3), 7));
    }

    #[test]
    fn mistakes_are_told() {
        assert!(parse(&["--epochs", "0"]).unwrap_err().to_string().contains("at least 1"));
        assert!(parse(&["--fast"]).unwrap_err().to_string().contains("--fast"));
        assert!(parse(&["--help"]).unwrap_err().to_string().contains("Trains."));
    }
}
