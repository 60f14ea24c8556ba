//! `DL_PROFILE=1`: when the program ends, a table of what its time was spent on.
//!
//! Everything that computes goes through the kernels of [`Float`](crate::Float), so they are timed there, each under its
//! own name and apart for the backward pass. Where the variable is not set, a kernel pays for one comparison.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt::{self, Write};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::layout::Layout;

/// Whether the user asked for it.
static ON: LazyLock<bool> =
    LazyLock::new(|| std::env::var_os("DL_PROFILE").is_some_and(|value| !value.is_empty() && value != "0"));

/// What is known of the operations so far.
static TABLE: LazyLock<Mutex<Table>> =
    LazyLock::new(|| Mutex::new(Table { start: Instant::now(), rows: HashMap::new() }));

thread_local! {
    /// Whether this thread is in a backward pass.
    static BACKWARD: Cell<bool> = const { Cell::new(false) };
    /// Dropped when its thread ends, which for the main thread is the end of the program.
    static END: End = const { End };
}

/// Times an operation until it is dropped. `bytes` are those of its operands and its result.
pub(crate) fn start(name: fmt::Arguments<'_>, bytes: impl FnOnce() -> usize) -> Option<Timed> {
    if !*ON {
        return None;
    }
    if std::thread::current().name() == Some("main") {
        END.with(|_| {});
    }
    // `Clamp(0.0, 1.0)` is a clamp like any other.
    let name = name.to_string();
    let name = name.split(['(', ' ']).next().unwrap_or_default().to_lowercase();
    LazyLock::force(&TABLE);
    Some(Timed { name, backward: BACKWARD.get(), bytes: bytes(), start: Instant::now() })
}

/// Runs the backward pass of an operation, whose kernels count as such.
pub(crate) fn backward<R>(body: impl FnOnce() -> R) -> R {
    let outer = BACKWARD.replace(true);
    let result = body();
    BACKWARD.set(outer);
    result
}

/// The numbers that a view of `x` reaches.
pub(crate) fn reached<T>(x: &[T], layout: &Layout) -> usize {
    x.len().min(layout.numel())
}

/// An operation that runs.
pub(crate) struct Timed {
    name: String,
    backward: bool,
    bytes: usize,
    start: Instant,
}

impl Drop for Timed {
    fn drop(&mut self) {
        let time = self.start.elapsed();
        let mut table = TABLE.lock().unwrap_or_else(PoisonError::into_inner);
        let row = table.rows.entry((std::mem::take(&mut self.name), self.backward)).or_default();
        row.calls += 1;
        row.time += time;
        row.bytes += self.bytes;
    }
}

struct End;

impl Drop for End {
    fn drop(&mut self) {
        eprint!("{}", TABLE.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

struct Table {
    /// When the first operation began.
    start: Instant,
    /// By name, and whether in a backward pass.
    rows: HashMap<(String, bool), Row>,
}

#[derive(Clone, Copy, Default)]
struct Row {
    calls: u64,
    time: Duration,
    bytes: usize,
}

impl Row {
    fn write(&self, name: &str, total: Duration, f: &mut impl Write) -> fmt::Result {
        let Row { calls, time, bytes } = self;
        let (seconds, megabytes) = (time.as_secs_f64(), *bytes as f64 / 1e6);
        let each = 1e6 * seconds / *calls as f64;
        let share = 100.0 * seconds / total.as_secs_f64();
        let rate = megabytes / 1e3 / seconds;
        let milliseconds = 1e3 * seconds;
        writeln!(
            f,
            "{name:<24} {calls:>9} {milliseconds:>10.1} ms {share:>5.1} % {each:>9.1} µs \
             {megabytes:>10.1} MB {rate:>7.1} GB/s"
        )
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.start.elapsed();
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.time));
        let heading = ["calls", "time", "share", "a call", "moved", "at"];
        let [calls, time, share, each, moved, at] = heading;
        writeln!(
            f,
            "\n{:<24} {calls:>9} {time:>13} {share:>7} {each:>12} {moved:>13} {at:>12}",
            "operation"
        )?;
        let mut known = Duration::ZERO;
        for ((name, backward), row) in rows {
            let name = if *backward { format!("{name}, backward") } else { name.clone() };
            row.write(&name, total, f)?;
            known += row.time;
        }
        let rest = total.saturating_sub(known);
        writeln!(
            f,
            "{:<24} {:>9} {:>10.1} ms {:>5.1} %   (optimizer, data, the graph, your own loops)",
            "everything else",
            "",
            1e3 * rest.as_secs_f64(),
            100.0 * rest.as_secs_f64() / total.as_secs_f64()
        )?;
        writeln!(f, "{:<24} {:>9} {:>10.1} ms", "since the first operation", "", 1e3 * total.as_secs_f64())
    }
}
