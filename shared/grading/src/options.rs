//! The command line of a check binary.

use std::time::Duration;

use crate::token::Token;

/// What [`run`](crate::run()) was asked to do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Options {
    /// Print events for the runner instead of a report.
    pub(crate) events: bool,
    pub(crate) list: bool,
    pub(crate) only: Vec<String>,
    /// Part of a name, as `cargo test` takes it.
    pub(crate) filter: Option<String>,
    pub(crate) step: Option<String>,
    pub(crate) visibility: Visibility,
    pub(crate) cases: Option<u32>,
    pub(crate) seed: u64,
    pub(crate) announce: bool,
    pub(crate) replay: Option<Token>,
    pub(crate) limit: Duration,
    /// The command of a caged worker that answers in this process's place, and how long it may take in all.
    pub(crate) worker: Option<Vec<String>>,
    pub(crate) budget: Duration,
}

/// Which checks, by whether students see them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    All,
    Visible,
    Hidden,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            events: false,
            list: false,
            only: Vec::new(),
            filter: None,
            step: None,
            visibility: Visibility::All,
            cases: None,
            seed: 0,
            announce: false,
            replay: None,
            limit: Duration::from_secs(10),
            worker: None,
            budget: Duration::from_secs(600),
        }
    }
}

/// The flags of Rust's own test harness that `cargo test` passes on and that mean nothing here, without their
/// values.
const HARNESS_FLAGS: [&str; 9] = [
    "--nocapture",
    "--no-capture",
    "--quiet",
    "-q",
    "--exact",
    "--show-output",
    "--test",
    "--include-ignored",
    "--report-time",
];

/// Those with a value, as one argument or two.
const HARNESS_OPTIONS: [&str; 6] = ["--test-threads", "--color", "--format", "--logfile", "--skip", "-Z"];

impl Options {
    /// Reads the arguments, without the program's name; the error is a sentence for the user.
    pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Options, String> {
        let mut options = Options::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let (flag, attached) = match argument.split_once('=') {
                Some((flag, value)) if flag.starts_with("--") => (flag, Some(value.to_string())),
                _ => (argument.as_str(), None),
            };
            let mut value = || {
                let value = attached.clone().or_else(|| arguments.next());
                value.ok_or_else(|| format!("{flag} needs a value"))
            };
            match flag {
                "--events" => options.events = true,
                "--list" => options.list = true,
                "--announce" => options.announce = true,
                "--hidden" => options.visibility = Visibility::Hidden,
                "--visible" => options.visibility = Visibility::Visible,
                "--only" => options.only.push(value()?),
                "--step" => options.step = Some(value()?),
                "--cases" => match number(flag, &value()?)? {
                    0 => return Err("--cases must be at least 1".to_string()),
                    cases => options.cases = Some(cases),
                },
                "--seed" => options.seed = number(flag, &value()?)?,
                "--limit" => options.limit = seconds(flag, &value()?)?,
                "--budget" => options.budget = seconds(flag, &value()?)?,
                "--worker" => options.worker = Some(command(&value()?)?),
                "--replay" => {
                    options.replay = Some(value()?.parse::<Token>().map_err(|e| e.to_string())?);
                }
                _ if HARNESS_FLAGS.contains(&flag) => {}
                _ if HARNESS_OPTIONS.contains(&flag) => drop(value()?),
                _ if flag.starts_with('-') => return Err(format!("unknown option {flag}")),
                _ => options.filter = Some(argument),
            }
        }
        Ok(options)
    }
}

fn number<T: std::str::FromStr>(flag: &str, value: &str) -> Result<T, String> {
    let error = || format!("{flag} takes a whole number, not `{value}`");
    value.parse().map_err(|_| error())
}

fn seconds(flag: &str, value: &str) -> Result<Duration, String> {
    let seconds = value.parse::<f64>().ok().filter(|s| *s > 0.0);
    seconds
        .and_then(|s| Duration::try_from_secs_f64(s).ok())
        .ok_or_else(|| format!("{flag} takes seconds above 0, not `{value}`"))
}

/// A program and its arguments, as a JSON array of strings.
fn command(value: &str) -> Result<Vec<String>, String> {
    if cfg!(not(unix)) {
        return Err("--worker needs Unix".to_string());
    }
    let words: Option<Vec<String>> = serde_json::from_str(value).ok();
    words.filter(|words| !words.is_empty()).ok_or_else(|| {
        format!("--worker takes a command as a JSON array, [\"program\", \"argument\"], not `{value}`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(str::to_string))
    }

    #[test]
    fn every_option_is_read() {
        let options =
            parse("--events --only a --only=b --step 3 --cases 7 --seed=9 --announce --limit 0.5 --hidden");
        let expected = Options {
            events: true,
            only: vec!["a".into(), "b".into()],
            step: Some("3".into()),
            cases: Some(7),
            seed: 9,
            announce: true,
            limit: Duration::from_millis(500),
            visibility: Visibility::Hidden,
            ..Options::default()
        };
        assert_eq!(options, Ok(expected));
        let replay = parse("--replay lab-05:conv:0:17 --list").unwrap();
        assert_eq!(replay.replay, "lab-05:conv:0:17".parse().ok());
        assert!(replay.list);
    }

    #[test]
    fn the_harness_flags_are_skipped_with_their_values() {
        let options = parse("--nocapture --test-threads 2 --color=never -q conv --exact");
        let expected = Options { filter: Some("conv".into()), ..Options::default() };
        assert_eq!(options, Ok(expected));
    }

    #[test]
    fn nonsense_is_refused_by_name() {
        for (line, words) in [
            ("--onyl a", "--onyl"),
            ("--only", "--only needs a value"),
            ("--cases many", "`many`"),
            ("--cases 0", "at least 1"),
            ("--limit 0", "above 0"),
            ("--limit NaN", "above 0"),
            ("--budget -1", "--budget takes seconds above 0"),
            ("--worker []", "--worker"),
            ("--worker xtask", "--worker"),
            ("--limit 1e300", "above 0"),
            ("--replay lab-05", "no token"),
        ] {
            let error = parse(line).unwrap_err();
            assert!(error.contains(words), "{line}: {error}");
        }
    }
}
