//! `test --watch`: check again on every save, and obey single keys in between.

use std::io::{IsTerminal, stdin, stdout};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use notify::{EventKind, RecursiveMode, Watcher};

use crate::Verdict;
use crate::cli::TestArgs;
use crate::commands::hint;
use crate::commands::test::attempt;
use crate::interrupt;
use crate::lab::{Edition, Lab};
use crate::progress::Progress;
use crate::run::CheckRun;
use crate::terminal::{BOLD, DIM, RED, say};
use crate::workspace::Workspace;

/// Editors write a file in several strokes; this long after the last one it is taken as saved.
const DEBOUNCE: Duration = Duration::from_millis(200);

/// How often keys and files are looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// What the user wants next.
enum Wish {
    Again,
    Hint,
    ToggleAll,
    Quit,
}

/// `cargo xtask test --watch`.
pub(crate) fn watch(workspace: &Workspace, args: &TestArgs) -> Result<Verdict> {
    let lab = workspace.lab(&args.lab)?;
    let edition = Edition::from_flag(args.solution);
    lab.require(edition)?;
    let saved = watch_sources(lab, edition)?;
    let mut args = args.clone();
    loop {
        if stdout().is_terminal() {
            // Clears the screen and what scrolled out of it.
            anstream::print!("\u{1b}[2J\u{1b}[3J\u{1b}[H");
        }
        let (verdict, runs) = match attempt(workspace, lab, &args) {
            Ok(found) => (found.verdict, found.runs),
            Err(error) if error.is::<interrupt::Interrupted>() => return Err(error),
            Err(error) => {
                anstream::eprintln!("{RED}error:{RED:#} {error:#}");
                (Verdict::Failed, Vec::new())
            }
        };
        loop {
            prompt(lab, edition, args.all);
            match wait(&saved)? {
                Wish::Again => break,
                Wish::Quit => return Ok(verdict),
                Wish::ToggleAll => {
                    args.all = !args.all;
                    break;
                }
                Wish::Hint => show_hint(workspace, lab, &runs)?,
            }
        }
    }
}

/// Reports every change of a source file of the lab.
fn watch_sources(lab: &Lab, edition: Edition) -> Result<(Receiver<()>, notify::RecommendedWatcher)> {
    let (sender, receiver) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        let of_source =
            event.paths.iter().any(|path| path.extension().is_some_and(|extension| extension == "rs"));
        if of_source && !matches!(event.kind, EventKind::Access(_)) {
            let _ = sender.send(());
        }
    })
    .context("cannot watch files")?;
    let dir = lab.dir(edition);
    for folder in ["src", "checks", "tests"] {
        let folder = dir.join(folder);
        if folder.is_dir() {
            watcher
                .watch(&folder, RecursiveMode::Recursive)
                .with_context(|| format!("cannot watch {}", folder.display()))?;
        }
    }
    Ok((receiver, watcher))
}

fn prompt(lab: &Lab, edition: Edition, all: bool) {
    let folder = lab.relative_dir(edition).join("src").display().to_string();
    if stdin().is_terminal() {
        let all = if all { "first failure only" } else { "all failures" };
        say!(
            "\n{DIM}watching {folder}{DIM:#}  {BOLD}Enter{BOLD:#} again  {BOLD}h{BOLD:#} hint  {BOLD}a{BOLD:#} {all}  {BOLD}q{BOLD:#} quit"
        );
    } else {
        say!("\n{DIM}watching {folder}; Ctrl-C ends it{DIM:#}");
    }
}

/// The terminal without line editing and echo, until dropped.
struct RawMode;

impl RawMode {
    fn enter() -> Result<RawMode> {
        enable_raw_mode().context("the terminal does not give single keys")?;
        Ok(RawMode)
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        let _ = disable_raw_mode();
    }
}

/// Waits for a save or a key.
fn wait((saved, _watcher): &(Receiver<()>, notify::RecommendedWatcher)) -> Result<Wish> {
    let raw = if stdin().is_terminal() { Some(RawMode::enter()?) } else { None };
    let mut last_save = None;
    loop {
        interrupt::check()?;
        loop {
            match saved.try_recv() {
                Ok(()) => last_save = Some(Instant::now()),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => anyhow::bail!("the file watcher has stopped"),
            }
        }
        if last_save.is_some_and(|time| time.elapsed() >= DEBOUNCE) {
            return Ok(Wish::Again);
        }
        if raw.is_none() {
            std::thread::sleep(GLANCE);
        } else if event::poll(GLANCE)?
            && let Event::Key(key) = event::read()?
            && key.kind != KeyEventKind::Release
        {
            match key.code {
                KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => return Ok(Wish::Quit),
                KeyCode::Char('q') | KeyCode::Esc => return Ok(Wish::Quit),
                KeyCode::Char('h') => return Ok(Wish::Hint),
                KeyCode::Char('a') => return Ok(Wish::ToggleAll),
                KeyCode::Enter | KeyCode::Char('\n' | '\r') => return Ok(Wish::Again),
                _ => {}
            }
        }
    }
}

/// The next hint for the first check that failed.
fn show_hint(workspace: &Workspace, lab: &Lab, runs: &[CheckRun]) -> Result<()> {
    let Some(run) = runs.iter().find(|run| run.failure().is_some()) else {
        say!("No check has failed; there is nothing to hint at.");
        return Ok(());
    };
    let mut progress = Progress::load(&workspace.root);
    let hints = &mut progress.lab_mut(&lab.id()).hints;
    let stage = hints.entry(run.info.name.clone()).or_insert(0);
    *stage = (*stage + 1).min(run.info.hints.len());
    hint::print(lab, &run.info, *stage);
    progress.save()
}
