//! Steps 1, 3, 4 and 5: what holds for every rule.

use std::f64::consts::TAU;

use grading::prelude::*;
use grading::proptest::collection::vec;

use crate::cases::{
    Run, adam, betas, bowls, epsilons, momentum, newest, ravine, rounded, rounding, runs, same_path, slopes,
    squares, steep,
};
use crate::contract::{Bowl, Contract, Rule};
use crate::hidden::Lab;
use crate::visible::path;

/// The path of a rule, by sums over the past.
fn oracle(rule: Rule, run: &Run) -> Vec<Vec<f64>> {
    match rule {
        Rule::Sgd => run.follow(newest),
        Rule::Momentum { beta } => run.follow(|past| momentum(beta, past)),
        Rule::EmaMomentum { beta } => run.follow(|past| (1.0 - beta) * momentum(beta, past)),
        Rule::Nesterov { beta } => run.follow(|past| newest(past) + beta * momentum(beta, past)),
        Rule::Adagrad { eps } => run.follow(|past| newest(past) / (squares(1.0, past).sqrt() + eps)),
        Rule::RmsProp { alpha, eps } => {
            run.follow(|past| newest(past) / (((1.0 - alpha) * squares(alpha, past)).sqrt() + eps))
        }
        Rule::Adam { betas, eps, weight_decay } => {
            run.follow_with_decay(weight_decay, 0.0, |past| adam(betas, eps, past))
        }
        Rule::AdamW { betas, eps, weight_decay } => {
            run.follow_with_decay(0.0, weight_decay, |past| adam(betas, eps, past))
        }
    }
}

/// Every rule, with settings of every kind.
fn rules() -> impl Strategy<Value = Rule> {
    let beta = || prop_oneof![Just(0.0), Just(0.9), rounded(0.1, 0.95)];
    let kept = || prop_oneof![Just(0.99), rounded(0.5, 0.95)];
    let decay = || prop_oneof![Just(0.0), rounded(0.1, 0.5)];
    prop_oneof![
        Just(Rule::Sgd),
        beta().prop_map(|beta| Rule::Momentum { beta }),
        beta().prop_map(|beta| Rule::EmaMomentum { beta }),
        beta().prop_map(|beta| Rule::Nesterov { beta }),
        epsilons().prop_map(|eps| Rule::Adagrad { eps }),
        (kept(), epsilons()).prop_map(|(alpha, eps)| Rule::RmsProp { alpha, eps }),
        (betas(), epsilons(), decay()).prop_map(|(betas, eps, weight_decay)| Rule::Adam {
            betas,
            eps,
            weight_decay
        }),
        (betas(), epsilons(), decay()).prop_map(|(betas, eps, weight_decay)| Rule::AdamW {
            betas,
            eps,
            weight_decay
        }),
    ]
}

/// Rules of steps 3 to 5. A penalty comes with a large ε: with a small one, a gradient that nearly cancels with λ·θ would
/// make a step of its rounding error.
fn tame_rules() -> impl Strategy<Value = Rule> {
    rules().prop_map(|rule| match rule {
        Rule::Adam { betas, weight_decay, .. } if weight_decay > 0.0 => {
            Rule::Adam { betas, eps: 0.1, weight_decay }
        }
        rule => rule,
    })
}

/// Places where only some of the rules are graded in a step: the handout's step of each rule.
fn of_step(step: &str, rule: Rule) -> bool {
    match rule {
        Rule::Sgd => step == "1",
        Rule::Momentum { .. } | Rule::EmaMomentum { .. } | Rule::Nesterov { .. } => step == "3",
        Rule::Adagrad { .. } | Rule::RmsProp { .. } => step == "4",
        Rule::Adam { .. } | Rule::AdamW { .. } => step == "5",
    }
}

/// The rules of a step, with runs of many steps.
fn long_runs(step: &'static str) -> impl Strategy<Value = (Rule, Run)> {
    let rule = tame_rules().prop_filter("a rule of another step", move |&rule| of_step(step, rule));
    (rule, runs(1..=3, 1..=40, slopes))
}

fn long(name: &str, step: &'static str) -> Check<dyn Contract> {
    Check::new(name, step)
        .law("For many steps, with gradients of 0 among them, the path is that of the formula, for any settings.")
        .points(3)
        .hints(["Whatever a rule remembers has to survive from step to step; nothing else may."])
        .property(long_runs(step), |lab: Lab, (rule, run): &(Rule, Run)| {
            let tolerance = rounding(run.rates.len());
            same_path(&path(lab, *rule, run)?, &oracle(*rule, run), 1, tolerance, &[])
        })
}

fn alone(name: &str, step: &'static str) -> Check<dyn Contract> {
    Check::new(name, step)
        .law("Each number goes its own way: exchanged numbers go exchanged ways, a number alone goes the way it goes in company, and no numbers are no problem.")
        .hints(["Which entry of the memory belongs to which number?"])
        .property(long_runs(step), |lab: Lab, (rule, run): &(Rule, Run)| {
            let together = path(lab, *rule, run)?;
            let pick = |places: &[usize]| Run {
                start: places.iter().map(|&place| run.start[place]).collect(),
                gradients: run.gradients.iter().map(|g| places.iter().map(|&place| g[place]).collect()).collect(),
                rates: run.rates.clone(),
            };
            let all: Vec<usize> = (0..run.start.len()).rev().collect();
            for places in [all.clone(), all[..1].to_vec(), Vec::new()] {
                let expected: Vec<Vec<f64>> =
                    together.iter().map(|theta| places.iter().map(|&place| theta[place]).collect()).collect();
                same_path(&path(lab, *rule, &pick(&places))?, &expected, 1, Tolerance::EXACT, &[])?;
            }
            Ok(())
        })
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        long("sgd_for_many_steps", "1"),
        alone("sgd_number_by_number", "1"),
        Check::new("descent_converges_below_two_over_the_steepest_curvature", "1")
            .law(
                "On a quadratic function of any orientation gradient descent converges if and only if γ < 2/L, where L is \
                 the largest curvature.",
            )
            .points(2)
            .hints(["Each direction of an eigenvector is a parabola of its own."])
            .property(
                ([rounded(0.2, 3.0), rounded(0.2, 3.0)], rounded(0.0, 1.0), 0.1..=3.0_f64, 20..=60_usize),
                |lab: Lab, &(curvatures, turn, product, steps): &([f64; 2], f64, f64, usize)| {
                    // At 2 exactly, it does neither.
                    expect::assume((product - 2.0).abs() > 0.05)?;
                    let (cos, sin) = ((TAU * turn).cos(), (TAU * turn).sin());
                    let [a, b] = curvatures;
                    let mixed = (a - b) * cos * sin;
                    let matrix = vec![
                        vec![a * cos * cos + b * sin * sin, mixed],
                        vec![mixed, a * sin * sin + b * cos * cos],
                    ];
                    let bowl = Bowl { matrix, minimum: vec![0.0; 2] };
                    let rate = product / a.max(b);
                    // The eigenvectors are (cos, sin) and (−sin, cos); both have a share of 1 in the start.
                    let start = vec![cos - sin, sin + cos];
                    let path = lab.minimize(Rule::Sgd, bowl, start, vec![rate; steps])?;
                    let shares = [a, b].map(|curvature| (1.0 - rate * curvature).powi(steps as i32));
                    let expected = vec![shares[0] * cos - shares[1] * sin, shares[0] * sin + shares[1] * cos];
                    let size = shares[0].abs().max(shares[1].abs()).max(1.0);
                    let end = path.last().cloned().unwrap_or_default();
                    expect::close("the last point", &end, &expected, rounding(steps).times(size))?;
                    let converges = end.iter().map(|x| x * x).sum::<f64>() < 2.0;
                    expect::equal("whether it has come nearer", converges, product < 2.0)?;
                    Ok(())
                },
            ),
        Check::new("minimize_with_rules_that_remember", "1")
            .law("The path is that of the same rule with the gradients of the path's own points.")
            .hints(["One optimizer takes all steps: its memory must not be lost between them."])
            .property(
                (tame_rules(), bowls(), vec(rounded(0.01, 0.2), 0..=8)),
                |lab: Lab, (rule, bowl, rates): &(Rule, Bowl, Vec<f64>)| {
                    let start = vec![0.5; bowl.minimum.len()];
                    let got = lab.minimize(*rule, bowl.clone(), start.clone(), rates.clone())?;
                    expect::equal("the number of points", got.len(), rates.len() + 1)?;
                    expect::equal("the first point", &got[0], &start)?;
                    let gradients = got[..rates.len()].iter().map(|theta| bowl.gradient(theta)).collect();
                    let again = lab.steps(*rule, start, gradients, rates.clone())?;
                    same_path(&got[1..], &again, 1, Tolerance::EXACT, &[])
                },
            ),
        Check::new("contraction_and_best_rate_of_flat_and_steep", "1")
            .law("A rate of 0 leaves everything as it is; a rate of 1/λ ends in one step, and is the best for one curvature.")
            .hints(["|1 − γλ| and 2/(low + high), for any positive numbers."])
            .property(rounded(0.1, 9.0), |lab: Lab, &curvature: &f64| {
                expect::equal("the contraction of a rate of 0", lab.contraction(0.0, curvature)?, 1.0)?;
                let best = lab.best_rate(curvature, curvature)?;
                expect::close("the best rate for one curvature", &best, &(1.0 / curvature), Tolerance::operations(4))?;
                let at_once = lab.contraction(best, curvature)?;
                expect::close("its contraction", &at_once, &0.0, Tolerance::sum_of(4))?;
                Ok(())
            }),
        long("momenta_for_many_steps", "3"),
        alone("momenta_number_by_number", "3"),
        Check::new("nesterov_has_the_gradient_of_the_place_ahead", "3")
            .law(
                "With w ← β·w + ∇ℒ(x − γβ·w), x ← x − γ·w (Sutskever et al., 2013), the numbers that the rule holds are the \
                 places x − γβ·w where the gradient is taken.",
            )
            .points(2)
            .hints(["θ is the place to which the velocity leads. Put θ = x − γβw into both lines and eliminate x."])
            .property(
                (bowls(), rounded(0.01, 0.3), rounded(0.1, 0.95), 1..=12_usize),
                |lab: Lab, (bowl, rate, beta, steps): &(Bowl, f64, f64, usize)| {
                    let mut x = vec![1.0; bowl.minimum.len()];
                    let mut w = vec![0.0; x.len()];
                    let ahead = |x: &[f64], w: &[f64]| -> Vec<f64> {
                        x.iter().zip(w).map(|(x, w)| x - rate * beta * w).collect()
                    };
                    let mut expected = vec![ahead(&x, &w)];
                    for _ in 0..*steps {
                        let gradient = bowl.gradient(&ahead(&x, &w));
                        w.iter_mut().zip(gradient).for_each(|(w, g)| *w = beta * *w + g);
                        x.iter_mut().zip(&w).for_each(|(x, w)| *x -= rate * w);
                        expected.push(ahead(&x, &w));
                    }
                    let rule = Rule::Nesterov { beta: *beta };
                    let start = vec![1.0; bowl.minimum.len()];
                    let got = lab.minimize(rule, bowl.clone(), start, vec![*rate; *steps])?;
                    same_path(&got, &expected, 0, rounding(*steps).times(4.0), &[])
                },
            ),
        Check::new("constant_gradient_gives_a_terminal_velocity", "3")
            .law("Under a constant gradient the classical step tends to γ·g/(1 − β), the lecture's to γ·g.")
            .hints(["Σ βᵃ = 1/(1 − β): a geometric series."])
            .property((steep(), rounded(0.1, 0.8)), |lab: Lab, &(slope, beta): &(f64, f64)| {
                // 0.8²⁰⁰ = 4e-20 of the velocity are missing.
                let steps = 200;
                for (rule, factor) in
                    [(Rule::Momentum { beta }, 1.0 / (1.0 - beta)), (Rule::EmaMomentum { beta }, 1.0)]
                {
                    let path = lab.steps(rule, vec![0.0], vec![vec![slope]; steps], vec![0.1; steps])?;
                    let step = path[steps - 1][0] - path[steps - 2][0];
                    let expected = -0.1 * slope * factor;
                    // θ is up to 100, so the difference has lost a few digits.
                    expect::close("the last step", &step, &expected, Tolerance::within(1e-11))?;
                }
                Ok(())
            }),
        long("individual_rates_for_many_steps", "4"),
        alone("individual_rates_number_by_number", "4"),
        Check::new("rms_prop_forgets_and_adagrad_does_not", "4")
            .law(
                "After one large gradient and many small ones RMSProp's steps are as long as if the large one had never \
                 been; Adagrad's are not.",
            )
            .hints(["What is left of a square after 100 steps with α = 0.8, and what is left of it in a sum?"])
            .property((rounded(0.5, 0.8), rounded(0.1, 0.5)), |lab: Lab, &(alpha, small): &(f64, f64)| {
                let steps = 200;
                let gradients = |first: f64| {
                    let mut gradients = vec![vec![small]; steps];
                    gradients[0] = vec![first];
                    gradients
                };
                let last = |rule: Rule, first: f64| -> Result<f64, Fault> {
                    let path = lab.steps(rule, vec![0.0], gradients(first), vec![0.1; steps])?;
                    Ok(path[steps - 2][0] - path[steps - 1][0])
                };
                let rms_prop = Rule::RmsProp { alpha, eps: 1e-8 };
                // 0.8¹⁹⁹·100² = 5e-16; θ is up to 20.
                expect::close(
                    "RMSProp's last step",
                    &last(rms_prop, 100.0)?,
                    &last(rms_prop, small)?,
                    Tolerance::within(1e-11),
                )?;
                let adagrad = last(Rule::Adagrad { eps: 1e-10 }, 100.0)?;
                let expected = 0.1 * small / (1e4 + (steps - 1) as f64 * small * small).sqrt();
                expect::close("Adagrad's last step", &adagrad, &expected, Tolerance::within(1e-10))?;
                Ok(())
            }),
        long("adam_for_many_steps", "5"),
        alone("adam_number_by_number", "5"),
        Check::new("adam_does_not_know_the_scale", "5")
            .law("A number whose gradients are all c times as large takes the same steps of Adam (ε = 0).")
            .points(2)
            .hints(["m̂ grows by c, √v̂ too."])
            .property(
                (runs(1..=3, 1..=8, steep), betas(), -3..=3_i32),
                |lab: Lab, (run, betas, exponent): &(Run, [f64; 2], i32)| {
                    let rule = Rule::Adam { betas: *betas, eps: 0.0, weight_decay: 0.0 };
                    let scaled = run.map_gradients(|_, g| g * 10_f64.powi(*exponent));
                    let tolerance = rounding(run.rates.len());
                    same_path(&path(lab, rule, &scaled)?, &path(lab, rule, run)?, 1, tolerance, &[])
                },
            ),
        Check::new("decoupled_decay_ignores_the_gradients_size", "5")
            .law(
                "What AdamW's decay takes away from a path does not depend on how large the gradients are; what Adam's \
                 penalty takes away does.",
            )
            .hints(["In Adam the penalty is divided by √v̂ with everything else."])
            .property((steep(), rounded(0.05, 0.3), rounded(0.1, 0.5)), |lab: Lab, &(theta, rate, decay): &(f64, f64, f64)| {
                let betas = [0.9, 0.999];
                let taken = |rule: &dyn Fn(f64) -> Rule, g: f64| -> Result<f64, Fault> {
                    let [with, without] = [decay, 0.0].map(|decay| {
                        lab.steps(rule(decay), vec![theta], vec![vec![g]; 2], vec![rate; 2])
                    });
                    Ok(without?[1][0] - with?[1][0])
                };
                let decoupled = |weight_decay: f64| Rule::AdamW { betas, eps: 1e-8, weight_decay };
                let [small, large] = [taken(&decoupled, 1.0)?, taken(&decoupled, 1000.0)?];
                // ε is 1e-8 of the small gradient.
                expect::close("what AdamW takes away", &large, &small, Tolerance::within(1e-7))?;
                let penalty = |weight_decay: f64| Rule::Adam { betas, eps: 1e-8, weight_decay };
                let small_share = taken(&penalty, 1000.0)?.abs();
                // The first step is as long as the rate, with and without the penalty. In the second, what the penalty
                // adds to m̂ and to √v̂ leaves rate·decay·(1/1.9 - 1/1.999)/1000 of the rate at most. AdamW's decay is no
                // yardstick: where θ changes its sign, its two shares may cancel.
                let most = 1e-4 * rate * decay;
                expect::that(small_share < most, || {
                    format!(
                        "a penalty beside gradients of 1000 takes {small_share} away, and it should be less than {most}"
                    )
                })
            }),
        Check::new("momentum_in_three_ravines_at_once", "3")
            .law("Curvatures do not mix: a ravine of three numbers is three parabolas, for every kind of momentum.")
            .hints(["The velocity of each number is its own."])
            .property((vec(rounded(0.1, 2.0), 3), rounded(0.0, 0.95)), |lab: Lab, (curvatures, beta): &(Vec<f64>, f64)| {
                let beta = *beta;
                for rule in [Rule::Momentum { beta }, Rule::EmaMomentum { beta }, Rule::Nesterov { beta }] {
                    let all = lab.minimize(rule, ravine(curvatures), vec![1.0; 3], vec![0.1; 15])?;
                    for (place, &curvature) in curvatures.iter().enumerate() {
                        let one = lab.minimize(rule, ravine(&[curvature]), vec![1.0], vec![0.1; 15])?;
                        let same: Vec<Vec<f64>> = all.iter().map(|theta| vec![theta[place]]).collect();
                        same_path(&same, &one, 0, rounding(15), &[])?;
                    }
                }
                Ok(())
            }),
    ]
}
