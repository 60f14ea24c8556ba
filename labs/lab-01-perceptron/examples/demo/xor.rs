//! Rosenblatt's rule on points whose class is the sign of x₁x₂: no line parts them.

use lab_01_perceptron::{KernelPerceptron, Perceptron, quadratic_features, quadratic_kernel, train};
use plots::{Figure, Grid, Scatter};
use tensor::Generator;

/// After so many passes a perceptron that has not found a separator stops.
const PASSES: usize = 100;

/// What learned, and its mistakes in each pass.
type Learned<P> = (P, Vec<usize>);

pub(crate) struct Xor {
    points: Vec<Vec<f64>>,
    labels: Vec<f64>,
    /// On the two coordinates.
    pub(crate) plain: Learned<Perceptron>,
    /// On the six quadratic features.
    pub(crate) expanded: Learned<Perceptron>,
    /// With the kernel in their place.
    pub(crate) kernel: Learned<KernelPerceptron>,
}

impl Xor {
    pub(crate) fn learn(seed: u64) -> Self {
        let mut generator = Generator::seed(seed);
        let mut points = Vec::new();
        while points.len() < 200 {
            let point = vec![2.0 * generator.uniform() - 1.0, 2.0 * generator.uniform() - 1.0];
            // Not too close to the axes, where the classes meet.
            if point[0].abs().min(point[1].abs()) > 0.03 {
                points.push(point);
            }
        }
        let labels: Vec<f64> = points.iter().map(|x| (x[0] * x[1]).signum()).collect();
        let features: Vec<Vec<f64>> = points.iter().map(|x| quadratic_features(x)).collect();
        Self {
            plain: train(&points, &labels, PASSES),
            expanded: train(&features, &labels, PASSES),
            kernel: KernelPerceptron::train(&points, &labels, quadratic_kernel, PASSES),
            points,
            labels,
        }
    }

    /// The plane as each of the three sees it.
    pub(crate) fn figures(&self, size: f64) -> plots::Result<Vec<Figure>> {
        let last = |mistakes: &[usize]| match mistakes.last() {
            Some(0) => format!("separated in pass {}", mistakes.len()),
            Some(count) => format!("{count} mistakes in pass {}", mistakes.len()),
            None => String::new(),
        };
        let plain = |x: &[f64]| self.plain.0.score(x);
        let expanded = |x: &[f64]| self.expanded.0.score(&quadratic_features(x));
        let kernel = |x: &[f64]| self.kernel.0.score(x);
        Ok(vec![
            self.figure(&format!("x₁, x₂: {}", last(&self.plain.1)), plain, size)?,
            self.figure(&format!("quadratic features: {}", last(&self.expanded.1)), expanded, size)?,
            self.figure(&format!("kernel: {}", last(&self.kernel.1)), kernel, size)?,
        ])
    }

    fn figure(&self, title: &str, score: impl Fn(&[f64]) -> f64, size: f64) -> plots::Result<Figure> {
        let (range, side) = ((-1.1, 1.1), 120);
        // Only the sign counts: colours that change quickly.
        let plane =
            Grid::from_fn(range, range, (side, side), |x, y| 1.0 / (1.0 + (-6.0 * score(&[x, y])).exp()));
        let mut scatter = Scatter::new(title).size(size, size).radius(2.4).x_label("x₁").y_label("x₂");
        for label in [-1.0, 1.0] {
            let of_class = |dim: usize| -> Vec<f64> {
                let labelled = self.points.iter().zip(&self.labels);
                labelled.filter(|(_, other)| **other == label).map(|(x, _)| x[dim]).collect()
            };
            scatter = scatter.class("", &of_class(0), &of_class(1));
        }
        scatter.decision(range, range, (side, side), plane.values()).figure()
    }
}
