//! Points in the plane, drawn from a seed: the small problems on which a method can be seen to work.
//!
//! Names, shapes and parameters are scikit-learn's where it has the set, so `noise` is the standard deviation of the
//! Gaussian added to both coordinates, and the points come in random order.

use std::f64::consts::{PI, TAU};

use rand_distr::StandardNormal;
use tensor::{Generator, Tensor};

use crate::Dataset;

/// Labelled points.
#[derive(Debug, Clone)]
pub struct Points {
    /// The coordinates, [n, 2].
    pub x: Tensor,
    /// The label of each point.
    pub labels: Vec<usize>,
}

impl Points {
    /// The points with one label, [m, 2].
    pub fn with_label(&self, label: usize) -> Tensor {
        let places: Vec<usize> =
            (0..self.labels.len()).filter(|&place| self.labels[place] == label).collect();
        self.x.index_select(0, &places)
    }
}

/// A batch is points [n, 2] and labels.
impl Dataset for Points {
    type Batch = (Tensor, Vec<usize>);

    fn len(&self) -> usize {
        self.labels.len()
    }

    fn batch(&self, indices: &[usize]) -> Self::Batch {
        (self.x.index_select(0, indices), indices.iter().map(|&index| self.labels[index]).collect())
    }
}

/// Two half circles of radius 1 that interlock: the upper one around (0, 0), label 0, the lower one around (1, ½),
/// label 1. Each has half of the points, at equal distances before the noise.
///
/// ```
/// use tensor::Generator;
/// let moons = data::toy::moons(200, 0.1, &mut Generator::seed(0));
/// assert_eq!(moons.x.shape(), [200, 2]);
/// assert_eq!(moons.labels.iter().sum::<usize>(), 100);
/// ```
pub fn moons(n: usize, noise: f64, generator: &mut Generator) -> Points {
    let upper = linspace(PI, n / 2).map(|t| (libm::cos(t), libm::sin(t), 0));
    let lower = linspace(PI, n - n / 2).map(|t| (1.0 - libm::cos(t), 0.5 - libm::sin(t), 1));
    points(upper.chain(lower).collect(), noise, generator)
}

/// A circle of radius 1, label 0, and one of radius `factor` in it, label 1. Each has half of the points, at equal
/// distances before the noise.
pub fn circles(n: usize, factor: f64, noise: f64, generator: &mut Generator) -> Points {
    let circle = |n: usize, radius: f64, label| {
        (0..n).map(move |i| {
            let angle = TAU * i as f64 / n as f64;
            (radius * libm::cos(angle), radius * libm::sin(angle), label)
        })
    };
    points(circle(n / 2, 1.0, 0).chain(circle(n - n / 2, factor, 1)).collect(), noise, generator)
}

/// Arms that wind `turns` times around the origin and end on the circle of radius 1; the label is the arm. Each arm has
/// as many points, up to one, at nearly equal distances before the noise.
///
/// # Panics
/// If there is no arm.
#[track_caller]
pub fn spirals(n: usize, arms: usize, turns: f64, noise: f64, generator: &mut Generator) -> Points {
    assert!(arms > 0, "spirals needs at least one arm");
    let per_arm = n.div_ceil(arms).max(1) as f64;
    let spiral = |i: usize| {
        let (place, arm) = (i / arms, i % arms);
        // The length of an arm up to radius r grows like r².
        let radius = ((place as f64 + 0.5) / per_arm).sqrt();
        let angle = TAU * (turns * radius + arm as f64 / arms as f64);
        (radius * libm::cos(angle), radius * libm::sin(angle), arm)
    };
    points((0..n).map(spiral).collect(), noise, generator)
}

/// Round Gaussians with the standard deviation `std` around centres drawn from the square [−10, 10]²; the label is the
/// centre. Each has as many points, up to one.
///
/// # Panics
/// If there is no centre.
#[track_caller]
pub fn blobs(n: usize, centers: usize, std: f64, generator: &mut Generator) -> Points {
    assert!(centers > 0, "blobs needs at least one centre");
    let centers: Vec<(f64, f64)> =
        (0..centers).map(|_| (within(10.0, generator), within(10.0, generator))).collect();
    let blob = |i: usize| {
        let label = i % centers.len();
        (centers[label].0, centers[label].1, label)
    };
    points((0..n).map(blob).collect(), std, generator)
}

/// Round Gaussians with the standard deviation `std`, their centres at equal distances on a circle; the label counts
/// them anticlockwise from the one on the x-axis. Each has as many points, up to one.
///
/// Flows and diffusions are shown on eight of them (radius 2, std 0.2), a mixture whose density is known.
///
/// # Panics
/// If there is no Gaussian.
#[track_caller]
pub fn gaussian_ring(n: usize, gaussians: usize, radius: f64, std: f64, generator: &mut Generator) -> Points {
    assert!(gaussians > 0, "gaussian_ring needs at least one Gaussian");
    let gaussian = |i: usize| {
        let label = i % gaussians;
        let angle = TAU * label as f64 / gaussians as f64;
        (radius * libm::cos(angle), radius * libm::sin(angle), label)
    };
    points((0..n).map(gaussian).collect(), std, generator)
}

/// Points spread evenly over a board of `squares` × `squares` squares of side 2 around the origin; the label is 1 on the
/// dark ones, of which one is at the lower left. Half of the points are on dark squares.
///
/// Two squares make the XOR problem. Four are the density of the flow papers: `checkerboard(2 * n, 4, 0.0, …)
/// .with_label(1)` are n points of it, in [−4, 4]².
///
/// # Panics
/// If the board has fewer than two squares a side.
#[track_caller]
pub fn checkerboard(n: usize, squares: usize, noise: f64, generator: &mut Generator) -> Points {
    assert!(squares >= 2, "a checkerboard needs at least two squares a side");
    let point = |i: usize| {
        let dark = (i + 1) % 2;
        loop {
            let (column, row) = (generator.below(squares), generator.below(squares));
            if (column + row + 1) % 2 == dark {
                let side = squares as f64;
                let x = 2.0 * (column as f64 + generator.uniform()) - side;
                let y = 2.0 * (row as f64 + generator.uniform()) - side;
                break (x, y, dark);
            }
        }
    };
    let board = (0..n).map(point).collect();
    points(board, noise, generator)
}

/// A sheet rolled up, seen from its edge: (t cos t, t sin t) with t uniform on [3π/2, 9π/2], so within a circle of
/// radius 14.2. The label is the quarter of the sheet, from the inside out.
pub fn swiss_roll(n: usize, noise: f64, generator: &mut Generator) -> Points {
    let point = |_| {
        let place = generator.uniform();
        let t = 1.5 * PI * (1.0 + 2.0 * place);
        (t * libm::cos(t), t * libm::sin(t), (4.0 * place) as usize)
    };
    let roll = (0..n).map(point).collect();
    points(roll, noise, generator)
}

/// `n` numbers from 0 to `end`, both included, at equal distances.
fn linspace(end: f64, n: usize) -> impl Iterator<Item = f64> {
    let step = end / n.saturating_sub(1).max(1) as f64;
    (0..n).map(move |i| step * i as f64)
}

/// A number uniform on [−bound, bound).
fn within(bound: f64, generator: &mut Generator) -> f64 {
    bound * (2.0 * generator.uniform() - 1.0)
}

/// Shuffles the points and adds the noise, in that order, as scikit-learn does.
#[track_caller]
fn points(mut points: Vec<(f64, f64, usize)>, noise: f64, generator: &mut Generator) -> Points {
    assert!(
        noise >= 0.0 && noise.is_finite(),
        "the standard deviation {noise} of the noise is negative or not finite"
    );
    generator.shuffle(&mut points);
    let mut normal = || generator.sample::<f64>(&StandardNormal);
    let coordinates: Vec<f32> = points
        .iter()
        .flat_map(|(x, y, _)| [(x + noise * normal()) as f32, (y + noise * normal()) as f32])
        .collect();
    let labels = points.iter().map(|(_, _, label)| *label).collect();
    Points { x: Tensor::from_vec(coordinates, [points.len(), 2]), labels }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Toy = fn(usize, &mut Generator) -> Points;

    const SETS: [(&str, Toy); 7] = [
        ("moons", |n, generator| moons(n, 0.1, generator)),
        ("circles", |n, generator| circles(n, 0.5, 0.1, generator)),
        ("spirals", |n, generator| spirals(n, 3, 1.5, 0.02, generator)),
        ("blobs", |n, generator| blobs(n, 3, 1.0, generator)),
        ("gaussian_ring", |n, generator| gaussian_ring(n, 8, 2.0, 0.2, generator)),
        ("checkerboard", |n, generator| checkerboard(n, 4, 0.0, generator)),
        ("swiss_roll", |n, generator| swiss_roll(n, 0.3, generator)),
    ];

    /// Every point with its label.
    fn labelled(points: &Points) -> impl Iterator<Item = (f64, f64, usize)> {
        let coordinates = points.x.to_vec();
        points
            .labels
            .iter()
            .enumerate()
            .map(move |(i, &label)| (f64::from(coordinates[2 * i]), f64::from(coordinates[2 * i + 1]), label))
    }

    proptest! {
        #[test]
        fn a_seed_belongs_to_its_points(n in 0usize..50, seed: u64) {
            for (name, set) in SETS {
                let points = set(n, &mut Generator::seed(seed));
                prop_assert_eq!(points.x.shape(), [n, 2], "{}", name);
                prop_assert_eq!(points.len(), n, "{}", name);
                let again = set(n, &mut Generator::seed(seed));
                prop_assert_eq!(points.x.to_vec(), again.x.to_vec(), "{}", name);
                prop_assert_eq!(&points.labels, &again.labels, "{}", name);
                if n >= 10 {
                    let other = set(n, &mut Generator::seed(seed ^ 1));
                    prop_assert_ne!(points.x.to_vec(), other.x.to_vec(), "{}", name);
                }
            }
        }
    }

    #[test]
    fn the_first_point_is_the_same_on_every_platform() {
        let expected: [[f32; 2]; 7] = [
            [2.0023398, 0.2968275],
            [0.45893407, -0.2528907],
            [-0.95200735, 0.20164071],
            [8.466154, 1.4399978],
            [2.0415614, -0.024027767],
            [3.5888622, -2.650627],
            [-5.9528418, -8.425935],
        ];
        let found = SETS.map(|(_, set)| {
            let points = set(100, &mut Generator::seed(0)).x;
            [points.get([0, 0]), points.get([0, 1])]
        });
        // Two units in the last place, for the logarithm behind the normal distribution.
        let close = |x: f32, y: f32| (x - y).abs() <= 2.0 * f32::EPSILON * y.abs();
        let all_close = found.iter().flatten().zip(expected.iter().flatten()).all(|(&x, &y)| close(x, y));
        assert!(all_close, "{found:?}");
    }

    #[test]
    fn without_noise_the_points_are_on_their_curves() {
        let generator = &mut Generator::seed(1);
        for (x, y, label) in labelled(&moons(101, 0.0, generator)) {
            let (x, y) = if label == 0 { (x, y) } else { (1.0 - x, 0.5 - y) };
            assert!((x.hypot(y) - 1.0).abs() < 1e-6 && y > -1e-6);
        }
        for (x, y, label) in labelled(&circles(100, 0.3, 0.0, generator)) {
            assert!((x.hypot(y) - [1.0, 0.3][label]).abs() < 1e-6);
        }
        for (x, y, arm) in labelled(&spirals(100, 2, 1.25, 0.0, generator)) {
            let angle = TAU * (1.25 * x.hypot(y) + arm as f64 / 2.0);
            // A radius that is off by 1e-7 turns the point by 8e-7.
            assert!((x.hypot(y) * angle.cos() - x).abs() < 2e-6 && x.hypot(y) <= 1.0);
        }
        for (x, y, quarter) in labelled(&swiss_roll(200, 0.0, generator)) {
            let t = x.hypot(y);
            assert!((t * t.cos() - x).abs() < 1e-4);
            assert_eq!(((t / PI - 1.5) / 3.0 * 4.0) as usize, quarter);
        }
    }

    #[test]
    fn the_squares_alternate() {
        for squares in [2, 3, 4] {
            let points = checkerboard(500, squares, 0.0, &mut Generator::seed(2));
            let side = squares as f64;
            for (x, y, label) in labelled(&points) {
                assert!(x.abs() <= side && y.abs() <= side);
                let (column, row) = (((x + side) / 2.0).floor(), ((y + side) / 2.0).floor());
                assert_eq!((column + row + 1.0) as usize % 2, label, "({x}, {y})");
            }
            assert_eq!(points.with_label(1).shape(), [250, 2]);
        }
    }

    #[test]
    fn the_noise_has_its_standard_deviation() {
        // The estimate of a standard deviation from 2n numbers has the relative error 1/√(4n) = 0.5 %; five of them.
        let n = 10_000;
        let ring = gaussian_ring(n, 5, 3.0, 0.25, &mut Generator::seed(3));
        let squares: f64 = labelled(&ring)
            .map(|(x, y, label)| {
                let angle = TAU * label as f64 / 5.0;
                (x - 3.0 * angle.cos()).powi(2) + (y - 3.0 * angle.sin()).powi(2)
            })
            .sum();
        let std = (squares / (2 * n) as f64).sqrt();
        assert!((std / 0.25 - 1.0).abs() < 0.025, "{std}");
    }

    #[test]
    fn classes_have_as_many_points() {
        for (name, set) in &SETS[..6] {
            let points = set(240, &mut Generator::seed(4));
            let classes = points.labels.iter().max().unwrap() + 1;
            for class in 0..classes {
                assert_eq!(points.with_label(class).size(0), 240 / classes, "{name}");
            }
        }
    }

    #[test]
    #[should_panic(expected = "the standard deviation -1 of the noise")]
    fn negative_noise_panics() {
        moons(10, -1.0, &mut Generator::seed(0));
    }
}
