//! What can be learned from the way in which a process ended.

use std::fmt;
use std::process::ExitStatus;
use std::time::Duration;

use grading::event::{Failure, FailureKind};

use super::Printed;

/// The status by which a check binary says that its watchdog ended it.
const WATCHDOG: i32 = 3;

/// How a process of checks ended.
pub(super) enum Ending {
    Status(ExitStatus),
    /// The runner ended it, after this long a silence.
    Silent(Duration),
    /// The runner ended it because it knows enough.
    Stopped,
}

impl Ending {
    /// Whether the process thinks that it did its work.
    pub(super) fn is_normal(&self) -> bool {
        matches!(self, Ending::Status(status) if matches!(status.code(), Some(0 | 1)))
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Status(status) => f.write_str(&describe(*status)),
            Ending::Silent(time) => write!(f, "no answer for {} s", time.as_secs()),
            Ending::Stopped => f.write_str("stopped"),
        }
    }
}

/// What the end of a process says about the check it died in.
pub(super) fn post_mortem(ending: &Ending, printed: &mut Printed) -> Failure {
    let overflowed = printed.take_line(|line| line.contains("has overflowed its stack")).is_some();
    let status = match ending {
        Ending::Silent(time) => {
            let message = format!("no answer for {} s: an endless loop?", time.as_secs());
            return Failure::new(FailureKind::TimedOut, message);
        }
        Ending::Stopped => return Failure::new(FailureKind::Crashed, "the runner ended the check"),
        Ending::Status(status) => *status,
    };
    // 0xC00000FD is how Windows calls a stack overflow.
    if overflowed || status.code() == Some(0xC000_00FD_u32 as i32) {
        printed.take_line(|line| line.starts_with("fatal runtime error: stack overflow"));
        return Failure::new(FailureKind::Crashed, "stack overflow: endless recursion?");
    }
    if let Some(line) = printed.take_line(|line| line.starts_with("memory allocation of ")) {
        printed.take_line(|line| line.starts_with("note: run with `RUST_BACKTRACE"));
        return Failure::new(FailureKind::Crashed, format!("out of memory: {line}"));
    }
    let message = match status.code() {
        Some(WATCHDOG) => {
            return Failure::new(FailureKind::TimedOut, "no answer within the limit: an endless loop?");
        }
        Some(code) => format!(
            "the process ended with status {code} in the middle of this check; does your code call std::process::exit?"
        ),
        None => format!("the process was ended by {}", describe(status)),
    };
    Failure::new(FailureKind::Crashed, message)
}

/// A status in words.
fn describe(status: ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            let name = match signal {
                4 => "SIGILL, an illegal instruction",
                6 => "SIGABRT, an abort",
                7 | 10 => "SIGBUS, a bad memory access",
                8 => "SIGFPE, an arithmetic error",
                9 => "SIGKILL; out of memory?",
                11 => "SIGSEGV, a bad memory access",
                15 => "SIGTERM",
                _ => return format!("signal {signal}"),
            };
            return format!("signal {signal} ({name})");
        }
    }
    match status.code() {
        Some(code) => format!("status {code}"),
        None => status.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_process_timed_out() {
        let failure = post_mortem(&Ending::Silent(Duration::from_secs(90)), &mut Printed::default());
        assert_eq!(failure.kind, FailureKind::TimedOut);
        assert!(failure.message.contains("90 s"));
    }

    #[cfg(unix)]
    #[test]
    fn statuses_are_told_in_words() {
        use std::os::unix::process::ExitStatusExt;

        for (raw, words) in
            [(6, "SIGABRT"), (9, "out of memory?"), (11, "SIGSEGV"), (64, "signal 64"), (5 << 8, "status 5")]
        {
            assert!(describe(ExitStatus::from_raw(raw)).contains(words));
        }
    }
}
