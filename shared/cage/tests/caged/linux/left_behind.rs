//! Nothing of a cage is left when it is over, however that came about.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use super::both;
use super::roles::{role, worker};

pub(super) const TESTS: &[super::Test] = &[
    ("left_behind/the_directory_goes_with_the_outcome", the_directory_goes_with_the_outcome),
    ("left_behind/nothing_when_it_is_dropped", nothing_when_it_is_dropped),
    ("left_behind/nothing_when_it_is_killed_from_outside", nothing_when_it_is_killed_from_outside),
    ("left_behind/nothing_when_the_grader_is_killed", nothing_when_the_grader_is_killed),
];

/// A word that no other process has on its command line.
fn marker(name: &str) -> String {
    format!("cage-test-{name}-{}", std::process::id())
}

/// The processes with a word on their command line.
fn processes(marker: &str) -> Vec<PathBuf> {
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| Some(entry.ok()?.path()));
    let marked = processes.filter(|path| {
        let line = fs::read(path.join("cmdline")).unwrap_or_default();
        line.split(|byte| *byte == 0).any(|word| word == marker.as_bytes())
    });
    marked.collect()
}

/// The scratch directory of the process with this marker.
fn scratch_of(marker: &str) -> PathBuf {
    let all = processes(marker);
    let folders = all.iter().filter_map(|process| fs::read_link(process.join("cwd")).ok());
    folders.into_iter().find(|folder| folder.to_string_lossy().contains("cage-")).expect("a caged process")
}

fn soon(what: &str, holds: impl Fn() -> bool) {
    let patience = Instant::now() + Duration::from_secs(5);
    while !holds() {
        assert!(Instant::now() < patience, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn the_directory_goes_with_the_outcome() {
    for cage in both(worker()) {
        let outcome = cage.run(&role("write", &["x"])).unwrap();
        let path = outcome.scratch.path().to_owned();
        assert!(path.join("folder/inner").exists());
        drop(outcome);
        assert!(!path.exists());
    }
}

fn nothing_when_it_is_dropped() {
    for (number, cage) in both(worker()).into_iter().enumerate() {
        let marker = marker(&format!("dropped-{number}"));
        let caged = cage.spawn(&role("sleep", &[&marker])).unwrap();
        let scratch = scratch_of(&marker);
        assert!(scratch.exists());
        drop(caged);
        assert_eq!(processes(&marker), [] as [PathBuf; 0]);
        assert!(!scratch.exists());
    }
}

fn nothing_when_it_is_killed_from_outside() {
    for (number, cage) in both(worker()).into_iter().enumerate() {
        let marker = marker(&format!("killed-{number}"));
        let caged = cage.spawn(&role("sleep", &[&marker])).unwrap();
        let scratch = scratch_of(&marker);
        for process in processes(&marker) {
            kill(&process);
        }
        // Nobody in a cage can send this signal, so the cage takes it for the OOM killer's.
        let outcome = caged.finish().unwrap();
        assert_eq!(outcome.end, cage::End::Memory);
        assert_eq!(processes(&marker), [] as [PathBuf; 0]);
        drop(outcome);
        assert!(!scratch.exists());
    }
}

fn kill(process: &std::path::Path) {
    let pid = process.file_name().unwrap().to_str().unwrap().parse().unwrap();
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(pid).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
}

fn nothing_when_the_grader_is_killed() {
    for way in ["with", "without"] {
        let marker = marker(&format!("grader-{way}"));
        let mut grader = role("grader", &[way, &marker]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(grader.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "started\n");
        let scratch = scratch_of(&marker);
        grader.kill().unwrap();
        grader.wait().unwrap();
        soon("a process has survived the grader", || processes(&marker).is_empty());
        soon("a directory has survived the grader", || !scratch.exists());
    }
}
