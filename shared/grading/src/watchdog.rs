//! Ends a process whose student's function does not return.
//!
//! A loop cannot be stopped from outside its thread, so the watchdog tells what it knows and ends the
//! process; the runner starts a fresh one for the remaining checks.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::event::Failure;

/// The process's exit code after a timeout.
pub(crate) const EXIT_CODE: i32 = 3;

/// How long telling may take: the looping function may hold the lock of stdout for ever.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What to say if the deadline passes.
pub(crate) struct Overdue {
    pub(crate) check: String,
    pub(crate) check_started: Instant,
    pub(crate) failure: Box<Failure>,
}

enum State {
    Idle,
    Armed { deadline: Instant, overdue: Overdue },
    Barking,
}

/// A thread that waits for one deadline at a time.
pub(crate) struct Watchdog {
    shared: Arc<(Mutex<State>, Condvar)>,
}

impl Watchdog {
    /// Starts the thread; when a deadline passes it calls `tell` and ends the process.
    pub(crate) fn start(tell: impl Fn(&Overdue) + Send + 'static) -> Watchdog {
        let shared = Arc::new((Mutex::new(State::Idle), Condvar::new()));
        let watched = Arc::clone(&shared);
        thread::Builder::new()
            .name("watchdog".into())
            .spawn(move || {
                let overdue = wait_for_deadline(&watched);
                thread::spawn(|| {
                    thread::sleep(LAST_WORDS);
                    std::process::exit(EXIT_CODE);
                });
                tell(&overdue);
                std::process::exit(EXIT_CODE);
            })
            .expect("a thread can be started");
        Watchdog { shared }
    }

    /// Runs `call`; if it has not returned after `limit`, the process ends.
    pub(crate) fn watch<R>(&self, limit: Duration, overdue: Overdue, call: impl FnOnce() -> R) -> R {
        let deadline = Instant::now() + limit;
        self.set(State::Armed { deadline, overdue });
        let result = call();
        self.set(State::Idle);
        result
    }

    fn set(&self, state: State) {
        let (lock, changed) = &*self.shared;
        let mut current = lock_of(lock);
        // Too late: the process is about to end and must say nothing else.
        while matches!(*current, State::Barking) {
            current = changed.wait(current).unwrap_or_else(PoisonError::into_inner);
        }
        *current = state;
        changed.notify_all();
    }
}

fn wait_for_deadline((lock, changed): &(Mutex<State>, Condvar)) -> Overdue {
    let mut state = lock_of(lock);
    loop {
        let now = Instant::now();
        state = match &*state {
            State::Armed { deadline, .. } if *deadline <= now => {
                let State::Armed { overdue, .. } = std::mem::replace(&mut *state, State::Barking) else {
                    unreachable!("armed a line ago, under the same lock")
                };
                return overdue;
            }
            State::Armed { deadline, .. } => {
                let left = *deadline - now;
                let waited = changed.wait_timeout(state, left);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
            State::Idle | State::Barking => changed.wait(state).unwrap_or_else(PoisonError::into_inner),
        };
    }
}

fn lock_of(lock: &Mutex<State>) -> MutexGuard<'_, State> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
