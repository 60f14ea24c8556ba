//! Step 3: momentum.

use grading::prelude::*;

use crate::cases::{Run, momentum, newest, ravine, rounded, rounding, runs, same_path, slopes};
use crate::contract::{Contract, Rule};
use crate::visible::Lab;

/// A run, and how much of the velocity is kept.
pub(crate) fn runs_with_beta() -> impl Strategy<Value = (Run, f64)> {
    (runs(1..=3, 1..=6, slopes), rounded(0.1, 0.95))
}

/// The path of a rule.
pub(crate) fn path(lab: Lab<'_>, rule: Rule, run: &Run) -> Result<Vec<Vec<f64>>, Fault> {
    let Run { start, gradients, rates } = run.clone();
    lab.steps(rule, start, gradients, rates)
}

/// The gradients before the newest.
fn before(past: &[f64]) -> &[f64] {
    &past[..past.len() - 1]
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("momentum_adds_up_the_past", "3")
            .law("Classical momentum goes along v = Σ βᵃ·g, where a is the age of each gradient: 0 for the newest.")
            .points(2)
            .hints([
                "The velocity of the last step is not lost: a part β of it is kept.",
                "Change *v first; then θ moves along the new v.",
                "*v = beta * *v + g; *theta -= rate * *v;",
            ])
            .property(runs_with_beta(), |lab: Lab, (run, beta): &(Run, f64)| {
                let beta = *beta;
                let got = path(lab, Rule::Momentum { beta }, run)?;
                let expected = run.follow(|past| momentum(beta, past));
                let mistakes = [
                    ("θ moves along the old velocity", run.follow(|past| momentum(beta, before(past)))),
                    ("the gradient is weighted by 1 − β", run.follow(|past| (1.0 - beta) * momentum(beta, past))),
                    ("the velocity is not kept", run.follow(newest)),
                    ("the old velocity is kept whole", run.follow(|past| momentum(1.0, past))),
                    ("it goes uphill", run.follow(|past| -momentum(beta, past))),
                ];
                same_path(&got, &expected, 1, rounding(run.rates.len()), &mistakes)
            }),
        Check::new("lecture_momentum_is_a_moving_average", "3")
            .law("The lecture's momentum goes along v = (1 − β)·Σ βᵃ·g, a weighted mean of the gradients.")
            .points(2)
            .hints([
                "With weights β and 1 − β, what is the average of the same gradient again and again?",
                "Two weights that add up to 1: one for the old average, one for the new gradient. \
                 `T::one() - beta` is 1 − β.",
                "*v = beta * *v + (T::one() - beta) * g; *theta -= rate * *v;",
            ])
            .property(runs_with_beta(), |lab: Lab, (run, beta): &(Run, f64)| {
                let beta = *beta;
                let got = path(lab, Rule::EmaMomentum { beta }, run)?;
                let average = |past: &[f64]| (1.0 - beta) * momentum(beta, past);
                let mistakes = [
                    ("it is the classical momentum: (1 − β) is missing", run.follow(|past| momentum(beta, past))),
                    ("θ moves along the old average", run.follow(|past| average(before(past)))),
                    ("β and 1 − β are exchanged", run.follow(|past| beta * momentum(1.0 - beta, past))),
                ];
                same_path(&got, &run.follow(average), 1, rounding(run.rates.len()), &mistakes)
            }),
        Check::new("nesterov_looks_ahead", "3")
            .law("Nesterov's momentum goes along g + β·v, with the new v = Σ βᵃ·g.")
            .hints([
                "The velocity is that of classical momentum. The step is another one.",
                "After v has been renewed, the step is along g + β·v.",
                "*v = beta * *v + g; *theta -= rate * (g + beta * *v);",
            ])
            .property(runs_with_beta(), |lab: Lab, (run, beta): &(Run, f64)| {
                let beta = *beta;
                let got = path(lab, Rule::Nesterov { beta }, run)?;
                let ahead = |past: &[f64]| newest(past) + beta * momentum(beta, past);
                let mistakes = [
                    ("it is the classical momentum", run.follow(|past| momentum(beta, past))),
                    (
                        "the step looks back to the old velocity, which is classical momentum",
                        run.follow(|past| newest(past) + beta * momentum(beta, before(past))),
                    ),
                    ("β is missing in the step", run.follow(|past| newest(past) + momentum(beta, past))),
                ];
                same_path(&got, &run.follow(ahead), 1, rounding(run.rates.len()), &mistakes)
            }),
        Check::new("momenta_without_memory_are_gradient_descent", "3")
            .law("With β = 0 all three are θ ← θ − γ·g.")
            .hints([
                "With β = 0 nothing is kept.",
                "Put β = 0 into your formulas: what is left?",
                "v ← 0·v + g, and the step is γ·g.",
            ])
            .property(runs(1..=3, 1..=4, slopes), |lab: Lab, run: &Run| {
                let beta = 0.0;
                for rule in [Rule::Momentum { beta }, Rule::EmaMomentum { beta }, Rule::Nesterov { beta }] {
                    same_path(&path(lab, rule, run)?, &run.follow(newest), 1, rounding(run.rates.len()), &[])?;
                }
                Ok(())
            }),
        Check::new("lecture_momentum_is_the_classical_one_with_a_smaller_rate", "3")
            .law("The lecture's momentum with the rate γ/(1 − β) takes the steps of the classical one with γ.")
            .hints([
                "Both velocities start at 0. By which factor do they differ after each step?",
                "The lecture's v is (1 − β) times the classical one, in every step.",
                "Do the first two checks of this step pass?",
            ])
            .property(runs_with_beta(), |lab: Lab, (run, beta): &(Run, f64)| {
                let beta = *beta;
                let mut faster = run.clone();
                faster.rates.iter_mut().for_each(|rate| *rate /= 1.0 - beta);
                let lecture = path(lab, Rule::EmaMomentum { beta }, &faster)?;
                let classical = path(lab, Rule::Momentum { beta }, run)?;
                same_path(&lecture, &classical, 1, rounding(run.rates.len()), &[])
            }),
        Check::new("momentum_comes_down_a_ravine_in_half_the_steps", "3")
            .law(
                "In a ravine whose curvatures differ by 25 or more, momentum with Polyak's settings needs at most half \
                 of the steps of gradient descent with its best rate.",
            )
            .hints([
                "This needs `minimize`, `Momentum` and nothing else.",
                "Along the floor of the ravine the gradients agree, and the velocity grows up to 1/(1 − β) gradients.",
                "Does momentum_adds_up_the_past pass?",
            ])
            .property((5..=20_u32, rounded(0.5, 2.0)), |lab: Lab, &(root, low): &(u32, f64)| {
                // √κ, the root of the condition number.
                let root = f64::from(root);
                let high = low * root * root;
                let (bowl, start) = (ravine(&[low, high]), vec![1.0, 1.0]);
                let near = |path: &[Vec<f64>]| path.iter().position(|theta| theta.iter().all(|x| x.abs() < 1e-3));
                // Gradient descent multiplies both distances by (κ − 1)/(κ + 1).
                let factor = (root * root - 1.0) / (root * root + 1.0);
                let plain = (1e-3_f64.ln() / factor.ln()).ceil();
                // Polyak: γ = 4/(√L + √μ)² and β = ((√κ − 1)/(√κ + 1))² make both distances fall as (1 + ct)·(√β)ᵗ.
                let beta = ((root - 1.0) / (root + 1.0)).powi(2);
                let rate = 4.0 / (low.sqrt() + high.sqrt()).powi(2);
                let steps = (plain / 2.0) as usize;
                let path = lab.minimize(Rule::Momentum { beta }, bowl, start, vec![rate; steps])?;
                expect::that(near(&path).is_some(), || {
                    format!(
                        "gradient descent is there after {plain} steps; momentum after {steps} steps only at {:?}",
                        path.last()
                    )
                })
            }),
    ]
}
