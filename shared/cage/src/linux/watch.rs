//! What a cage uses at the moment: its processes and its directory, read from outside.
//!
//! The kernel limits each process; only the sum over all of them is what was asked for. `/proc` gives it. Which
//! processes belong to the cage follows from their parents: orphans become children of the keeper.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::limits::Limits;
use crate::outcome::End;

/// What is in use.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Use {
    pub(super) memory: u64,
    pub(super) cpu: Duration,
    pub(super) tasks: u64,
}

/// The processes below this one, itself left out, by the numbers that `/proc` shows (not those of the namespace).
pub(super) fn descendants() -> io::Result<Vec<u32>> {
    let own: u32 = fs::read_link("/proc/self")?.to_string_lossy().parse().map_err(io::Error::other)?;
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc")? {
        let Ok(pid) = entry?.file_name().to_string_lossy().parse::<u32>() else { continue };
        // A process may end while it is looked at.
        if let Some(parent) = field(&format!("/proc/{pid}/status"), "PPid:") {
            children.entry(parent as u32).or_default().push(pid);
        }
    }
    let mut found = vec![own];
    let mut next = 0;
    while next < found.len() {
        found.extend(children.remove(&found[next]).unwrap_or_default());
        next += 1;
    }
    found.remove(0);
    Ok(found)
}

/// The same without looking at everything, where the kernel keeps lists of children.
fn descendants_quickly() -> io::Result<Vec<u32>> {
    let mut found: Vec<u32> = children(Path::new("/proc/self"))?;
    let mut next = 0;
    while next < found.len() {
        // A process may end while it is looked at.
        found.extend(children(&Path::new("/proc").join(found[next].to_string())).unwrap_or_default());
        next += 1;
    }
    Ok(found)
}

fn children(process: &Path) -> io::Result<Vec<u32>> {
    let mut found = Vec::new();
    for thread in fs::read_dir(process.join("task"))? {
        let list = fs::read_to_string(thread?.path().join("children"))?;
        found.extend(list.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
    }
    Ok(found)
}

/// What all descendants use together. Processor time includes that of those who have died and been waited for.
pub(super) fn in_use() -> io::Result<Use> {
    let mut sum = Use::default();
    for pid in descendants_quickly().or_else(|_| descendants())? {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let kib = |name| value(&status, name).unwrap_or(0);
        sum.memory += (kib("RssAnon:") + kib("RssShmem:")) << 10;
        sum.tasks += kib("Threads:");
        sum.cpu += processor_time(pid).unwrap_or_default();
    }
    Ok(sum)
}

/// Its own time and that of the children it has waited for: fields 14 to 17 of `/proc/…/stat`, behind the name in
/// parentheses, which may contain anything.
fn processor_time(pid: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    let ticks: u64 =
        rest.split_whitespace().skip(11).take(4).filter_map(|field| field.parse::<u64>().ok()).sum();
    Some(Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64))
}

fn field(path: &str, name: &str) -> Option<u64> {
    value(&fs::read_to_string(path).ok()?, name)
}

/// The number behind a name. The first line is the process's own choice (`Name:`), and cannot contain a line break.
fn value(status: &str, name: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok())
}

impl Use {
    /// The limit that is exceeded, if one is.
    pub(super) fn beyond(&self, limits: &Limits) -> Option<End> {
        if self.memory > limits.memory {
            Some(End::Memory)
        } else if self.cpu > limits.cpu {
            Some(End::CpuTime)
        } else if self.tasks > limits.processes {
            Some(End::Processes)
        } else {
            None
        }
    }
}

/// Whether a directory holds more than it may. So it counts as well if it cannot be looked through: without
/// permissions, or too deep.
pub(super) fn overfull(directory: &Path, limits: &Limits) -> bool {
    let (mut bytes, mut entries) = (0, 0);
    let mut open = vec![directory.to_owned()];
    while let Some(folder) = open.pop() {
        let listing = match fs::read_dir(&folder) {
            Ok(listing) => listing,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(_) => return true,
        };
        for entry in listing {
            let Ok(entry) = entry else { return true };
            entries += 1;
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => open.push(entry.path()),
                Ok(metadata) => bytes += std::os::unix::fs::MetadataExt::blocks(&metadata) * 512,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => return true,
            }
            if bytes > limits.disk || entries > limits.entries {
                return true;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_pretend_a_number() {
        let status = "Name:\tRssAnon: 7\nUmask:\t0022\nRssAnon:\t     132 kB\n";
        assert_eq!(value(status, "RssAnon:"), Some(132));
        assert_eq!(value(status, "RssShmem:"), None);
    }

    #[test]
    fn it_sees_its_children() {
        let mut child = std::process::Command::new("/bin/sleep").arg("100").spawn().unwrap();
        let slow = descendants().unwrap();
        assert!(slow.contains(&child.id()));
        if let Ok(quick) = descendants_quickly() {
            assert!(quick.contains(&child.id()));
        }
        assert!(in_use().unwrap().tasks >= 1);
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
