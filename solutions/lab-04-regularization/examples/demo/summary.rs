//! The trainings of each remedy in a few numbers.

use std::fmt::Write;

use crate::remedies::{REMEDIES, Remedy};
use crate::training::Course;

/// A mean over the seeds, with its standard error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mean {
    pub(crate) mean: f64,
    /// s/√n, where s² is the variance with n − 1; not a number for a single seed.
    pub(crate) error: f64,
}

impl Mean {
    pub(crate) fn of(numbers: impl Iterator<Item = f64>) -> Self {
        let numbers: Vec<f64> = numbers.collect();
        let n = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / n;
        let variance = numbers.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
        Mean { mean, error: (variance / n).sqrt() }
    }

    /// In percent: `93.1 ± 0.2`.
    pub(crate) fn percent(&self) -> String {
        if self.error.is_nan() {
            return format!("{:.1}", 100.0 * self.mean);
        }
        format!("{:.1} ± {:.1}", 100.0 * self.mean, 100.0 * self.error)
    }
}

/// What a remedy has achieved.
pub(crate) struct Summary {
    pub(crate) remedy: &'static Remedy,
    pub(crate) test: Mean,
    pub(crate) loss: Mean,
    pub(crate) train: Mean,
    pub(crate) epochs: Mean,
    pub(crate) zeros: Mean,
    pub(crate) size: Mean,
}

impl Summary {
    pub(crate) fn of_all(courses: &[Course]) -> Vec<Summary> {
        let of_one = |(place, remedy): (usize, &'static Remedy)| {
            let mean = |value: &dyn Fn(&Course) -> f64| {
                Mean::of(courses.iter().filter(|course| course.remedy == place).map(value))
            };
            Summary {
                remedy,
                test: mean(&|course| course.test_accuracy),
                loss: mean(&|course| course.test_loss),
                train: mean(&|course| course.train_accuracy),
                epochs: mean(&|course| course.train.len() as f64),
                zeros: mean(&Course::zeros),
                size: mean(&Course::size),
            }
        };
        REMEDIES.iter().enumerate().map(of_one).collect()
    }

    /// The cells of its row in the table.
    pub(crate) fn cells(&self) -> [String; 7] {
        [
            self.remedy.name.to_owned(),
            self.test.percent(),
            format!("{:.3}", self.loss.mean),
            format!("{:.1}", 100.0 * self.train.mean),
            format!("{:.0}", self.epochs.mean),
            format!("{:.1}", 100.0 * self.zeros.mean),
            format!("{:.3}", self.size.mean),
        ]
    }
}

/// What the cells are.
pub(crate) const HEADER: [&str; 7] = [
    "remedy",
    "test, % right",
    "test loss",
    "training, % right",
    "epochs",
    "zero weights, %",
    "size of a weight",
];

/// The table as text.
pub(crate) fn table(summaries: &[Summary]) -> String {
    let mut text = String::new();
    let rows = std::iter::once(HEADER.map(str::to_owned)).chain(summaries.iter().map(Summary::cells));
    for cells in rows {
        let [name, rest @ ..] = &cells;
        let _ = write!(text, "\n{name:16}");
        for (cell, width) in rest.iter().zip([15, 11, 19, 8, 17, 18]) {
            let _ = write!(text, "{cell:>width$}");
        }
    }
    text + "\n"
}
