//! Functions of two variables, and the paths of the rules over them.

use lab_03_optimizers::{Solve, minimize, newton_step};
use plots::{Animation, Contour, Figure, Grid};
use tensor::Tensor;

use crate::rules::Rule;

/// A function of two variables to be walked down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Landscape {
    Ravine,
    Rosenbrock,
    Himmelblau,
}

impl Landscape {
    pub(crate) const ALL: [Landscape; 3] = [Landscape::Ravine, Landscape::Rosenbrock, Landscape::Himmelblau];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Landscape::Ravine => "A ravine",
            Landscape::Rosenbrock => "Rosenbrock's valley",
            Landscape::Himmelblau => "Himmelblau's four minima",
        }
    }

    pub(crate) fn formula(self) -> &'static str {
        match self {
            Landscape::Ravine => "½(x² + 25y²)",
            Landscape::Rosenbrock => "(1 − x)² + 100(y − x²)²",
            Landscape::Himmelblau => "(x² + y − 11)² + (x + y² − 7)²",
        }
    }

    pub(crate) fn height(self, x: f64, y: f64) -> f64 {
        match self {
            Landscape::Ravine => 0.5 * (x * x + 25.0 * y * y),
            Landscape::Rosenbrock => (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2),
            Landscape::Himmelblau => (x * x + y - 11.0).powi(2) + (x + y * y - 7.0).powi(2),
        }
    }

    /// The same in tensors, for Hessian-vector products.
    fn recorded(self, place: &Tensor<f64>) -> Tensor<f64> {
        let (x, y) = (place.narrow(0, 0, 1), place.narrow(0, 1, 1));
        let (x, y) = (&x, &y);
        match self {
            Landscape::Ravine => (x.square() * 0.5 + y.square() * 12.5).sum(..),
            Landscape::Rosenbrock => ((1.0 - x).square() + (y - x.square()).square() * 100.0).sum(..),
            Landscape::Himmelblau => {
                ((x.square() + y - 11.0).square() + (x + y.square() - 7.0).square()).sum(..)
            }
        }
    }

    pub(crate) fn gradient(self, place: &[f64]) -> Vec<f64> {
        let (x, y) = (place[0], place[1]);
        match self {
            Landscape::Ravine => vec![x, 25.0 * y],
            Landscape::Rosenbrock => {
                vec![-2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)]
            }
            Landscape::Himmelblau => {
                let (a, b) = (x * x + y - 11.0, x + y * y - 7.0);
                vec![4.0 * x * a + 2.0 * b, 2.0 * a + 4.0 * y * b]
            }
        }
    }

    fn ranges(self) -> ((f64, f64), (f64, f64)) {
        match self {
            Landscape::Ravine => ((-5.5, 1.5), (-1.6, 1.6)),
            Landscape::Rosenbrock => ((-1.8, 1.8), (-0.8, 2.2)),
            Landscape::Himmelblau => ((-5.0, 5.0), (-5.0, 5.0)),
        }
    }

    fn minima(self) -> &'static [(f64, f64)] {
        match self {
            Landscape::Ravine => &[(0.0, 0.0)],
            Landscape::Rosenbrock => &[(1.0, 1.0)],
            Landscape::Himmelblau => {
                &[(3.0, 2.0), (-2.805_118, 3.131_313), (-3.779_310, -3.283_186), (3.584_428, -1.848_127)]
            }
        }
    }

    fn start(self) -> [f64; 2] {
        match self {
            Landscape::Ravine => [-5.0, 1.2],
            Landscape::Rosenbrock => [-1.3, 1.9],
            Landscape::Himmelblau => [0.2, 3.8],
        }
    }

    /// How many steps are shown.
    pub(crate) fn steps(self) -> usize {
        match self {
            Landscape::Ravine => 60,
            Landscape::Rosenbrock => 300,
            Landscape::Himmelblau => 60,
        }
    }

    /// β for the momenta: the narrower the valley, the more.
    fn beta(self) -> f64 {
        match self {
            Landscape::Ravine | Landscape::Himmelblau => 0.5,
            Landscape::Rosenbrock => 0.9,
        }
    }

    /// The learning rates, chosen by hand, as one does.
    fn rate(self, rule: Rule) -> f64 {
        match (self, rule) {
            (Landscape::Ravine, Rule::Sgd) => 0.071,
            (Landscape::Ravine, Rule::Momentum) => 0.1,
            (Landscape::Ravine, Rule::Nesterov) => 0.05,
            (Landscape::Ravine, Rule::Adagrad) => 2.0,
            (Landscape::Ravine, Rule::RmsProp) => 0.3,
            (Landscape::Ravine, _) => 0.6,
            (Landscape::Rosenbrock, Rule::Sgd) => 1.2e-3,
            (Landscape::Rosenbrock, Rule::Momentum | Rule::Nesterov) => 6e-4,
            (Landscape::Rosenbrock, Rule::Adagrad) => 0.4,
            (Landscape::Rosenbrock, Rule::RmsProp) => 0.02,
            (Landscape::Rosenbrock, _) => 0.1,
            (Landscape::Himmelblau, Rule::Sgd) => 0.008,
            (Landscape::Himmelblau, Rule::Momentum) => 0.01,
            (Landscape::Himmelblau, Rule::Nesterov) => 0.01,
            (Landscape::Himmelblau, Rule::Adagrad) => 2.0,
            (Landscape::Himmelblau, Rule::RmsProp) => 0.2,
            (Landscape::Himmelblau, _) => 0.35,
        }
    }
}

/// The rules that walk, those of a kind by one of them.
pub(crate) const WALKERS: [Rule; 6] =
    [Rule::Sgd, Rule::Momentum, Rule::Nesterov, Rule::Adagrad, Rule::RmsProp, Rule::Adam];

/// How long the walks go on, unseen, to find out when each arrives.
const PATIENCE: usize = 20_000;

/// A path over a landscape.
pub(crate) struct Walk {
    pub(crate) name: &'static str,
    pub(crate) path: Vec<Vec<f64>>,
}

impl Walk {
    /// In which step the height is at most so much, for the first time.
    pub(crate) fn arrives(&self, landscape: Landscape, height: f64) -> Option<usize> {
        self.path.iter().position(|place| landscape.height(place[0], place[1]) <= height)
    }
}

/// The path of a rule with the rate chosen for it.
pub(crate) fn walk(landscape: Landscape, rule: Rule, steps: usize) -> Walk {
    let mut optimizer = rule.optimizer(2, landscape.beta());
    let rate = landscape.rate(rule);
    let gradient = |place: &[f64]| landscape.gradient(place);
    let path = minimize(optimizer.as_mut(), gradient, &landscape.start(), |_| rate, steps);
    Walk { name: rule.name(), path }
}

/// The path of Newton's method.
pub(crate) fn newton(landscape: Landscape, steps: usize) -> Walk {
    let solve = Solve { iterations: 10, tolerance: 1e-10 };
    let mut place = Tensor::from_slice(&landscape.start(), [2]);
    let mut path = vec![place.to_vec()];
    for _ in 0..steps {
        place = newton_step(|place| landscape.recorded(place), &place, solve);
        path.push(place.to_vec());
    }
    Walk { name: "Newton", path }
}

/// All paths over a landscape.
pub(crate) fn walks(landscape: Landscape) -> Vec<Walk> {
    let mut walks: Vec<Walk> = WALKERS.iter().map(|&rule| walk(landscape, rule, PATIENCE)).collect();
    walks.push(newton(landscape, 50));
    walks
}

/// The contours with some paths, of which only the first steps are drawn.
pub(crate) fn contour(
    landscape: Landscape,
    walks: &[Walk],
    steps: usize,
    size: (f64, f64),
) -> plots::Result<Figure> {
    let (x_range, y_range) = landscape.ranges();
    let grid = Grid::from_fn(x_range, y_range, (160, 160), |x, y| landscape.height(x, y) + 1e-3);
    let title = format!("{}: {}", landscape.name(), landscape.formula());
    let mut contour = Contour::new(&title, x_range, y_range, grid).log().size(size.0, size.1);
    for walk in walks {
        let seen = &walk.path[..walk.path.len().min(steps + 1)];
        let axis = |dim: usize| seen.iter().map(|place| place[dim]).collect::<Vec<f64>>();
        contour = contour.trajectory(walk.name, &axis(0), &axis(1));
    }
    for &(x, y) in landscape.minima() {
        contour = contour.point(x, y, "");
    }
    contour.figure()
}

/// The three landscapes below one another, with all paths.
pub(crate) fn still(all: &[(Landscape, Vec<Walk>)]) -> plots::Result<Figure> {
    let rows = all
        .iter()
        .map(|(landscape, walks)| Ok([contour(*landscape, walks, landscape.steps(), (560.0, 300.0))?]))
        .collect::<plots::Result<Vec<_>>>()?;
    Ok(Figure::grid("", rows))
}

/// The paths while they grow, over one landscape.
pub(crate) fn animation(landscape: Landscape, walks: &[Walk], frames: usize) -> plots::Result<Animation> {
    let mut animation = Animation::new(&format!("{}: the paths, step by step", landscape.name()), 10.0);
    for frame in 0..=frames {
        let steps = landscape.steps() * frame / frames;
        animation = animation.frame(contour(landscape, walks, steps, (480.0, 300.0))?);
    }
    Ok(animation.hold_last(20))
}
