//! The memory of another process, as Linux counts it: the pages that are resident.

use std::fs;

use anyhow::{Context, Result, bail};

/// Lets the peak be forgotten that was reached so far. The bytes that are resident now.
pub(crate) fn forget_peak(process: u32) -> Result<u64> {
    if !cfg!(target_os = "linux") {
        bail!("memory is measured on Linux only");
    }
    // 5: "resets the peak resident set size to the process's current value" (proc_pid_clear_refs(5)).
    fs::write(format!("/proc/{process}/clear_refs"), "5")
        .context("this system does not reset peaks of memory")?;
    field(process, "VmRSS:")
}

/// The most bytes that were resident since then.
pub(crate) fn peak(process: u32) -> Result<u64> {
    field(process, "VmHWM:")
}

fn field(process: u32, name: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    Ok(kibibytes.with_context(|| format!("/proc/{process}/status has no {name}"))? << 10)
}
