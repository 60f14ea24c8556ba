//! `bench`: how fast and how large training is, beside other libraries.

use std::env;
use std::fs;
use std::thread;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::Verdict;
use crate::bench::contract::{self, CONTRACT, OPERATIONS, Workload};
use crate::bench::library::{Library, Program};
use crate::bench::measure::{self, Contestant, Field};
use crate::bench::page::{self, Run};
use crate::bench::tables::{self, Ceilings, Question, Row};
use crate::cli::BenchArgs;
use crate::interrupt::Interrupted;
use crate::report::print_json;
use crate::terminal::{BOLD, DIM, YELLOW, pad, say};
use crate::workspace::{Workspace, write_atomically};

/// A column of times with their scatter.
const WIDTH: usize = 18;

/// `cargo xtask bench`.
pub(crate) fn bench(workspace: &Workspace, args: &BenchArgs) -> Result<Verdict> {
    let mut workloads = match args.question {
        Question::Operations => operations(&args.only)?,
        _ => contract::select(&CONTRACT, &args.only)?,
    };
    workloads.retain(|workload| args.question.applies_to(workload));
    ensure!(!workloads.is_empty(), "a matrix product has no batch; name a workload that has one");
    let threads = match args.threads {
        Some(threads) => usize::from(threads),
        None => thread::available_parallelism().map_or(1, usize::from),
    };
    let mut libraries = vec![Library::Ours];
    libraries.extend(args.peers.iter().flatten());
    let mut programs = Vec::new();
    for &library in &libraries {
        programs.push((library, program(workspace, library)?));
    }
    let contestants = args.question.contestants(&programs, threads);
    let mut report = Report::new(args, &libraries, threads);
    let measured = match args.question {
        Question::Memory => memory(&contestants, &workloads, &mut report),
        _ => times(&contestants, &workloads, &mut report, args.seconds),
    };
    // Ctrl-C keeps what was measured.
    if let Err(error) = &measured
        && !error.is::<Interrupted>()
    {
        return measured.map(|()| Verdict::Failed);
    }
    report.finish(workspace)?;
    measured.map(|()| Verdict::Passed)
}

/// The ceilings, and the operations that were named.
fn operations(names: &[String]) -> Result<Vec<&'static Workload>> {
    let (ceilings, operations) = OPERATIONS.split_at(2);
    let named = contract::select(operations, names)?;
    Ok(ceilings.iter().chain(named).collect())
}

/// A library that takes part, or why it does not. Without ours there is nothing to compare.
fn program(workspace: &Workspace, library: Library) -> Result<Result<Program, String>> {
    match Program::make(workspace, library) {
        Ok(program) => Ok(Ok(program)),
        Err(error) if library == Library::Ours || error.is::<Interrupted>() => Err(error),
        Err(error) => Ok(Err(format!("{error:#}"))),
    }
}

fn times(
    contestants: &[Contestant<'_>],
    workloads: &[&'static Workload],
    report: &mut Report<'_>,
    seconds: f64,
) -> Result<()> {
    let mut field = Field::start(contestants)?;
    report.begin(&field.introductions());
    let mut ceilings = Ceilings::default();
    for workload in workloads {
        let outcomes = field.time(workload, Duration::from_secs_f64(seconds))?;
        ceilings.learn(workload, &outcomes);
        report.take(tables::timed(report.args.question, ceilings, contestants, workload, &outcomes));
    }
    Ok(())
}

fn memory(
    contestants: &[Contestant<'_>],
    workloads: &[&'static Workload],
    report: &mut Report<'_>,
) -> Result<()> {
    report.begin(&Field::start(contestants)?.introductions());
    for workload in workloads {
        let outcomes = measure::growth(contestants, workload)?;
        report.take(tables::grown(contestants, workload, &outcomes));
    }
    Ok(())
}

/// Says every row as it comes, and writes them all at the end.
struct Report<'a> {
    args: &'a BenchArgs,
    libraries: &'a [Library],
    threads: usize,
    header: Vec<String>,
    settings: Vec<(String, String)>,
    rows: Vec<Row>,
}

impl<'a> Report<'a> {
    fn new(args: &'a BenchArgs, libraries: &'a [Library], threads: usize) -> Report<'a> {
        let columns = libraries.iter().flat_map(|&library| args.question.columns(library, threads));
        let header = std::iter::once("workload".to_string()).chain(columns).collect();
        Report { args, libraries, threads, header, settings: Vec::new(), rows: Vec::new() }
    }

    fn begin(&mut self, introductions: &[&str]) {
        let mut settings = vec![("libraries", introductions.join(", "))];
        settings.extend(processor().map(|name| ("processor", name)));
        settings.push(("threads", self.threads.to_string()));
        settings.push(("seconds for each", self.args.seconds.to_string()));
        settings.extend(load().map(|load| ("load before", format!("{load}"))));
        self.settings = settings.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        if self.args.json {
            return;
        }
        for (name, value) in &self.settings {
            say!("{DIM}{} {value}{DIM:#}", pad(name, WIDTH));
        }
        if load().is_some_and(|load| load > 0.5) {
            say!("{YELLOW}This machine is busy: the ratios hold better than the times.{YELLOW:#}");
        }
        say!("\n{BOLD}{}{BOLD:#}", line(&self.header));
    }

    fn take(&mut self, row: Row) {
        if self.args.json {
            row.json(self.args.question, self.threads).iter().for_each(print_json);
        } else {
            say!("{}", line(&row.cells()));
        }
        self.rows.push(row);
    }

    /// The page and the JSON lines, below target/.
    fn finish(&self, workspace: &Workspace) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let missing = page::missing(&self.rows);
        if !self.args.json {
            say!("\n{DIM}{}{DIM:#}", page::legend(self.args.question));
            for [library, workloads, reason] in &missing {
                say!("{YELLOW}missing{YELLOW:#} {library}: {workloads}: {reason}");
            }
        }
        let name = format!("{:?}", self.args.question).to_lowercase();
        let folder = workspace.target_dir().join("bench");
        let lines = self.rows.iter().flat_map(|row| row.json(self.args.question, self.threads));
        let lines: String = lines.map(|line| format!("{line}\n")).collect();
        write_atomically(&folder.join(format!("{name}.jsonl")), lines.as_bytes())?;
        let path = folder.join(format!("{name}.html"));
        page::write(
            &Run {
                question: self.args.question,
                header: &self.header,
                rows: &self.rows,
                libraries: self.libraries,
                settings: &self.settings,
            },
            &path,
        )?;
        if !self.args.json {
            say!("{DIM}With bars: {}{DIM:#}", path.display());
        }
        Ok(())
    }
}

fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| pad(cell, WIDTH)).collect();
    cells.join(" ").trim_end().to_string()
}

/// The name of the processor, where the system says it.
fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("model name"))?;
    let cores = thread::available_parallelism().map_or(1, usize::from);
    Some(format!("{}, {cores} cores, {}", line.trim_start_matches([' ', '\t', ':']), env::consts::ARCH))
}

/// How many processes wanted to run in the last minute, on average.
fn load() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}
