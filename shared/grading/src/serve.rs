//! The worker's whole main: answers calls until the checks hang up.
//!
//! A worker is a program with a student's library, the lab's contract and nothing else. Its stdin is a socket, on which
//! questions come and answers go; stdout and stderr stay free for whatever the student's code prints.

use std::process::ExitCode;

use crate::contract::Serve;

/// The stack that a graded function has, the same as in the check binary.
#[cfg(unix)]
const STACK: usize = 8 << 20;

/// Answers calls on the socket that is this process's stdin until the other end closes.
///
/// The exit code is 0 when the other end has closed, 1 when the connection broke, 2 where there is no stdin.
pub fn serve(lab: &impl Serve) -> ExitCode {
    match connection(lab) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Broken::Lost) => ExitCode::FAILURE,
        Err(Broken::NeverThere(why)) => {
            eprintln!("a worker is started by the checks, with a socket for its stdin: {why}");
            ExitCode::from(2)
        }
    }
}

/// Why no more calls can be answered.
enum Broken {
    NeverThere(String),
    #[cfg_attr(not(unix), expect(dead_code, reason = "there is no connection to lose"))]
    Lost,
}

#[cfg(unix)]
fn connection(lab: &impl Serve) -> Result<(), Broken> {
    use std::os::fd::AsFd;
    use std::thread;

    let never = |error: std::io::Error| Broken::NeverThere(error.to_string());
    // Read and written like a file: a cage need not let socket calls through.
    let socket = std::fs::File::from(std::io::stdin().as_fd().try_clone_to_owned().map_err(never)?);
    crate::fault::silence_all_threads();
    thread::scope(|scope| {
        let worker = thread::Builder::new().name("worker".into()).stack_size(STACK);
        let thread = worker.spawn_scoped(scope, || answer_all(lab, &socket)).map_err(never)?;
        thread.join().unwrap_or(Err(Broken::Lost))
    })
}

#[cfg(not(unix))]
fn connection(_: &impl Serve) -> Result<(), Broken> {
    Err(Broken::NeverThere("workers need Unix".to_string()))
}

#[cfg(unix)]
fn answer_all(lab: &impl Serve, socket: &std::fs::File) -> Result<(), Broken> {
    use crate::wire::{Answer, LONGEST_QUESTION, Question, frame, read_frame, split, write_frame};

    let lost = |_| Broken::Lost;
    while let Some(bytes) = read_frame(socket, LONGEST_QUESTION).map_err(lost)? {
        let (Question { number, function }, arguments) = split(&bytes).map_err(|_| Broken::Lost)?;
        let (result, value) = match lab.serve(function, arguments) {
            Ok(value) => (Ok(()), value),
            Err(fault) => (Err(fault), Vec::new()),
        };
        let answer = frame(&Answer { number, result }, &value).map_err(|_| Broken::Lost)?;
        write_frame(socket, &answer).map_err(lost)?;
    }
    Ok(())
}
