//! Work on many things, a few at a time.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result};

/// Does `work` on every item, `jobs` at a time, in their order; the results are in the same order.
///
/// # Errors
///
/// The first error. What was not begun by then is not done.
pub(crate) fn map<T: Sync, R: Send>(
    jobs: usize,
    items: &[T],
    work: impl Fn(&T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<Result<R>>>> = Mutex::new(items.iter().map(|_| None).collect());
    thread::scope(|scope| {
        for _ in 0..jobs.min(items.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::SeqCst);
                    let Some(item) = items.get(index) else { return };
                    let result = work(item);
                    if result.is_err() {
                        next.store(items.len(), Ordering::SeqCst);
                    }
                    if let Ok(mut results) = results.lock() {
                        results[index] = Some(result);
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(at) = results.iter().position(|result| matches!(result, Some(Err(_)))) {
        results.swap(0, at);
    }
    results.into_iter().map(|result| result.context("work was left undone")?).collect()
}

/// As many jobs as this machine has cores.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_order_and_the_first_error_ends_it() {
        let numbers: Vec<u32> = (0..100).collect();
        let squares = map(3, &numbers, |n| Ok(n * n)).unwrap();
        assert_eq!(squares, numbers.iter().map(|n| n * n).collect::<Vec<_>>());
        let done = AtomicUsize::new(0);
        let error = map(1, &numbers, |&n| {
            done.fetch_add(1, Ordering::SeqCst);
            anyhow::ensure!(n < 7, "seven");
            Ok(())
        });
        assert_eq!(error.unwrap_err().to_string(), "seven");
        assert_eq!(done.into_inner(), 8);
        assert!(map(2, &[] as &[u32], |_| Ok(())).unwrap().is_empty());
    }
}
