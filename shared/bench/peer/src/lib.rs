//! The protocol between `cargo xtask bench` and the programs that it compares.
//!
//! A peer is a program that knows the workloads of the benchmark in one library: ours, candle, burn, PyTorch. It
//! answers one line with one line, so that the runner can let them take turns and do all the statistics itself. The
//! peer in Python, `peers/pytorch.py`, speaks the same:
//!
//! ```text
//! (at first)             peer candle 0.9.1
//! prepare lenet_b64      params 61706              or: missing REASON
//! prepare lenet_b64 512  params 61706              the same with another batch size
//! run 0.5                ms 2.31 2.29 2.30 …       half a second of steps, at least one
//! ```
//!
//! What a peer cannot understand it answers with `error REASON`; it ends with its input.

use std::fmt::Write as _;
use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};

/// The shortest time worth reading the clock for: faster steps are timed in groups, whose mean is what counts.
const GROUP: Duration = Duration::from_micros(200);
/// What the first steps take is not representative: buffers are made, threads started, pages touched.
const WARM_UP: usize = 5;

/// A workload that is ready to run.
pub struct Workload {
    params: usize,
    step: Box<dyn FnMut()>,
    /// Steps between two looks at the clock.
    group: u32,
}

impl Workload {
    /// A workload with so many learned numbers, and what one step of it does.
    pub fn new(params: usize, step: impl FnMut() + 'static) -> Self {
        Self { params, step: Box::new(step), group: 1 }
    }

    fn warm_up(&mut self) {
        (0..WARM_UP).for_each(|_| (self.step)());
        let one = self.time().max(Duration::from_nanos(1));
        self.group = (GROUP.as_nanos() / one.as_nanos() + 1).try_into().unwrap_or(u32::MAX);
    }

    /// How long a step takes: the mean of a group.
    fn time(&mut self) -> Duration {
        let start = Instant::now();
        (0..self.group).for_each(|_| (self.step)());
        start.elapsed() / self.group
    }

    /// The times of as many steps as fit into `duration`, and of one at least.
    fn run(&mut self, duration: Duration) -> Vec<Duration> {
        let end = Instant::now() + duration;
        let mut times = vec![self.time()];
        while Instant::now() < end {
            times.push(self.time());
        }
        times
    }
}

/// Answers the runner on stdin and stdout until it has no more to ask.
///
/// `prepare` makes a workload from its name and batch size (the contract's if there is none), or says why this peer
/// does not have it.
///
/// # Errors
/// If stdin cannot be read, or the runner has gone away.
pub fn serve(
    name: &str,
    version: &str,
    mut prepare: impl FnMut(&str, Option<usize>) -> Result<Workload, String>,
) -> io::Result<()> {
    let mut workload = None;
    let mut out = io::stdout().lock();
    writeln!(out, "peer {name} {version}")?;
    out.flush()?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let answer = match words[..] {
            ["prepare", name] => prepared(&mut workload, || prepare(name, None)),
            ["prepare", name, batch] => match batch.parse() {
                Ok(batch) => prepared(&mut workload, || prepare(name, Some(batch))),
                Err(_) => format!("error `{batch}` is no batch size"),
            },
            ["run", seconds] => match (&mut workload, seconds.parse().map(Duration::try_from_secs_f64)) {
                (Some(workload), Ok(Ok(duration))) => milliseconds(&workload.run(duration)),
                (None, _) => "error nothing is prepared".to_string(),
                _ => format!("error `{seconds}` is no time in seconds"),
            },
            _ => format!("error `{line}` is not `prepare NAME [BATCH]` or `run SECONDS`"),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn prepared(workload: &mut Option<Workload>, prepare: impl FnOnce() -> Result<Workload, String>) -> String {
    // The one before gives its memory back first.
    *workload = None;
    match prepare() {
        Ok(mut ready) => {
            ready.warm_up();
            let answer = format!("params {}", ready.params);
            *workload = Some(ready);
            answer
        }
        Err(reason) => format!("missing {reason}"),
    }
}

fn milliseconds(times: &[Duration]) -> String {
    let mut answer = "ms".to_string();
    for time in times {
        let _ = write!(answer, " {:.6}", time.as_secs_f64() * 1e3);
    }
    answer
}
