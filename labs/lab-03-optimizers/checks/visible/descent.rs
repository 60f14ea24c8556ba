//! Step 1: gradient descent and its learning rate.

use grading::prelude::*;
use grading::proptest::collection::vec;

use crate::cases::{Run, bowls, newest, ravine, rounded, rounding, runs, same_path, slopes};
use crate::contract::{Bowl, Contract, Rule};
use crate::visible::Lab;

/// A bowl, a place to start from, and learning rates.
fn descents() -> impl Strategy<Value = (Bowl, Vec<f64>, Vec<f64>)> {
    (bowls(), 0..=5_usize).prop_flat_map(|(bowl, steps)| {
        let n = bowl.minimum.len();
        (Just(bowl), vec(rounded(-1.0, 1.0), n), vec(rounded(0.01, 0.5), steps))
    })
}

/// The path of gradient descent, where the gradient of step n is that at `at(n)`, a point of the path, and the rate
/// `rate(n)`.
fn descent(
    bowl: &Bowl,
    start: &[f64],
    steps: usize,
    at: impl Fn(usize) -> usize,
    rate: impl Fn(usize) -> f64,
) -> Vec<Vec<f64>> {
    let mut path = vec![start.to_vec()];
    for n in 0..steps {
        let gradient = bowl.gradient(&path[at(n)]);
        let next = path[n].iter().zip(gradient).map(|(theta, g)| theta - rate(n) * g).collect();
        path.push(next);
    }
    path
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("sgd_moves_against_the_gradient", "1")
            .law("θ ← θ − γ·g, number by number.")
            .hints([
                "The gradient points to where the loss grows. Which way is down, and how far do you go?",
                "`theta` may be changed in place: `*theta -= …` changes the number that `theta` stands for.",
                "for (theta, &g) in theta.iter_mut().zip(gradient) { *theta -= rate * g; }",
            ])
            .property(runs(1..=4, 1..=3, slopes), |lab: Lab, run: &Run| {
                let Run { start, gradients, rates } = run.clone();
                let got = lab.steps(Rule::Sgd, start.clone(), gradients, rates)?;
                let mut without_rate = run.clone();
                without_rate.rates.fill(1.0);
                let mistakes = [
                    ("it goes uphill", run.follow(|past| -newest(past))),
                    ("the learning rate is forgotten", without_rate.follow(newest)),
                    ("θ does not change: assign to *theta", vec![start; run.rates.len()]),
                ];
                same_path(&got, &run.follow(newest), 1, rounding(run.rates.len()), &mistakes)
            }),
        Check::new("minimize_returns_the_path", "1")
            .law(
                "The path has the start and where each step led; step n has the gradient of the place it leaves, and \
                 the rate of n.",
            )
            .points(2)
            .hints([
                "Three things happen in each step. In which order?",
                "Ask for the gradient at `theta` anew in each step; a step changes `theta` in place, and the path \
                 needs a copy.",
                "for n in 0..steps { let g = gradient(&theta); optimizer.step(&mut theta, &g, rate(n)); \
                 path.push(theta.clone()); }",
            ])
            .property(descents(), |lab: Lab, (bowl, start, rates): &(Bowl, Vec<f64>, Vec<f64>)| {
                let steps = rates.len();
                let got = lab.minimize(Rule::Sgd, bowl.clone(), start.clone(), rates.clone())?;
                let here = |n: usize| n;
                let expected = descent(bowl, start, steps, here, |n| rates[n]);
                let mistakes = [
                    (
                        "all steps have the gradient of the start",
                        descent(bowl, start, steps, |_| 0, |n| rates[n]),
                    ),
                    ("all steps have the rate of step 0", descent(bowl, start, steps, here, |_| rates[0])),
                ];
                expect::equal("the number of points", got.len(), expected.len())
                    .suspect("the last point is missing", || steps)
                    .suspect("the start is there twice", || steps + 2)?;
                same_path(&got, &expected, 0, rounding(steps), &mistakes)
            }),
        Check::new("descent_converges_below_two_over_the_curvature", "1")
            .law(
                "On a parabola of curvature λ each step multiplies θ by 1 − γλ: it comes nearer if and only if \
                 0 < γ < 2/λ.",
            )
            .hints([
                "The slope of ½λθ² is λθ. What is left of θ after one step?",
                "θ − γλθ = (1 − γλ)·θ. The distance does not care about the sign.",
                "(1.0 - rate * curvature).abs()",
            ])
            .property(
                (rounded(0.2, 3.0), rounded(0.05, 3.0), 1..=6_usize),
                |lab: Lab, &(curvature, product, steps): &(f64, f64, usize)| {
                    let rate = product / curvature;
                    let path = lab.minimize(Rule::Sgd, ravine(&[curvature]), vec![1.0], vec![rate; steps])?;
                    let end = path.last().and_then(|theta| theta.first()).copied().unwrap_or(f64::NAN);
                    let factor = lab.contraction(rate, curvature)?;
                    expect::close("the contraction", &factor, &(1.0 - product).abs(), Tolerance::sum_of(4))
                        .suspect("its sign is left: the distance has none", || 1.0 - product)
                        .suspect("the curvature is forgotten", || (1.0 - rate).abs())?;
                    let expected = (1.0 - product).abs().powi(steps as i32);
                    // Numbers up to 2⁶ after six steps.
                    expect::close("|θ| in the end", &end.abs(), &expected, rounding(steps).times(8.0))?;
                    // A product of exactly 2 only changes the sign.
                    let nearer = end.abs() < 1.0;
                    expect::that(nearer == (product < 2.0) || (product - 2.0).abs() < 1e-9, || {
                        format!("with γ·λ = {product} the distance goes from 1 to {}", end.abs())
                    })
                },
            ),
        Check::new("best_rate_contracts_all_alike", "1")
            .law(
                "With the best rate the flattest and the steepest direction contract alike, by (κ − 1)/(κ + 1) where \
                 κ = high/low; with any other rate one of them is slower.",
            )
            .hints([
                "Too small a rate is slow along the flat direction, too large a one along the steep direction.",
                "1 − γ·low falls with γ, γ·high − 1 rises. The larger of both is smallest where they meet.",
                "1 − γ·low = γ·high − 1, so γ = 2.0 / (low + high)",
            ])
            .property(
                (rounded(0.1, 2.0), rounded(1.0, 50.0), rounded(0.5, 1.5)),
                |lab: Lab, &(low, condition, other): &(f64, f64, f64)| {
                    let high = low * condition;
                    let best = lab.best_rate(low, high)?;
                    expect::close("the best rate", &best, &(2.0 / (low + high)), Tolerance::operations(8))
                        .suspect("it is the rate for the steepest direction alone", || 1.0 / high)
                        .suspect("it is the largest stable rate", || 2.0 / high)
                        .suspect("it is half of that", || 1.0 / (low + high))?;
                    let worst = |rate: f64| -> Result<f64, Fault> {
                        Ok(lab.contraction(rate, low)?.max(lab.contraction(rate, high)?))
                    };
                    let expected = (condition - 1.0) / (condition + 1.0);
                    let tolerance = Tolerance::sum_of(8);
                    expect::close("the worse contraction", &worst(best)?, &expected, tolerance)?;
                    expect::that(worst(best * other)? >= worst(best)? - 1e-12, || {
                        format!("{} times this rate is better", other)
                    })
                },
            ),
    ]
}
