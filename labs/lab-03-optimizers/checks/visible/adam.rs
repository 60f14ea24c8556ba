//! Step 5: Adam and AdamW.

use grading::prelude::*;

use crate::cases::{
    Run, adam, betas, epsilons, momentum, newest, rounded, rounding, runs, same_path, squares, steep,
};
use crate::contract::{Contract, Rule};
use crate::visible::Lab;
use crate::visible::momentum::path;

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("first_step_of_adam_is_the_learning_rate", "5")
            .law("The first step of Adam is γ·sign(g), up to ε, however large the gradient is.")
            .hints([
                "After one step m = (1 − β₁)·g and v = (1 − β₂)·g². What do the corrections make of them?",
                "In the first step t is 1, so 1 − β₁ᵗ = 1 − β₁: count the step before you correct.",
                "self.steps += 1; let correction1 = one - beta1.powi(self.steps);",
            ])
            .property(
                (runs(1..=4, 1..=1, steep), -6..=6_i32, betas()),
                |lab: Lab, (run, exponent, betas): &(Run, i32, [f64; 2])| {
                    let run = run.map_gradients(|_, g| g * 10_f64.powi(*exponent));
                    let eps = 1e-8;
                    let got = path(lab, Rule::Adam { betas: *betas, eps, weight_decay: 0.0 }, &run)?;
                    // γ·|g|/(|g| + ε).
                    let expected = run.follow(|past| past[0].signum() * past[0].abs() / (past[0].abs() + eps));
                    let [beta1, beta2] = *betas;
                    let uncorrected =
                        |past: &[f64]| (1.0 - beta1) * past[0] / ((1.0 - beta2).sqrt() * past[0].abs() + eps);
                    let mistakes = [
                        ("m and v are not corrected for their start at 0", run.follow(uncorrected)),
                        ("it goes uphill", run.follow(|past| -past[0].signum())),
                    ];
                    same_path(&got, &expected, 1, rounding(1), &mistakes)
                },
            ),
        Check::new("adam_is_a_quotient_of_two_averages", "5")
            .law(
                "θ ← θ − γ·m̂ / (√v̂ + ε): m̂ is the mean of the gradients with weights β₁ᵃ, v̂ that of their squares with \
                 weights β₂ᵃ, where a is the age.",
            )
            .points(3)
            .hints([
                "m is the lecture's momentum, v is RMSProp's average. What is new are the corrections.",
                "The corrections belong to the step, not to *m and *v: those must stay as they are for the next step.",
                "*m = beta1 * *m + (one - beta1) * g; *v = beta2 * *v + (one - beta2) * g * g; *theta -= rate * (*m / \
                 correction1) / ((*v / correction2).sqrt() + eps);",
            ])
            .property(
                (runs(1..=3, 2..=6, steep), betas(), epsilons()),
                |lab: Lab, (run, betas, eps): &(Run, [f64; 2], f64)| {
                    let (betas, eps) = (*betas, *eps);
                    let [beta1, beta2] = betas;
                    let got = path(lab, Rule::Adam { betas, eps, weight_decay: 0.0 }, run)?;
                    let m = |past: &[f64]| (1.0 - beta1) * momentum(beta1, past);
                    let v = |past: &[f64]| (1.0 - beta2) * squares(beta2, past);
                    let corrected = |past: &[f64]| {
                        let t = past.len() as i32;
                        (m(past) / (1.0 - beta1.powi(t)), v(past) / (1.0 - beta2.powi(t)))
                    };
                    let mistakes = [
                        ("m and v are not corrected", run.follow(|past| m(past) / (v(past).sqrt() + eps))),
                        ("only m is corrected", run.follow(|past| corrected(past).0 / (v(past).sqrt() + eps))),
                        ("only v is corrected", run.follow(|past| m(past) / (corrected(past).1.sqrt() + eps))),
                        ("ε is below the root", {
                            run.follow(|past| corrected(past).0 / (corrected(past).1 + eps).sqrt())
                        }),
                        ("t stays 1: count every step", {
                            run.follow(|past| m(past) / (1.0 - beta1) / ((v(past) / (1.0 - beta2)).sqrt() + eps))
                        }),
                        ("β₁ and β₂ are exchanged", run.follow(|past| adam([beta2, beta1], eps, past))),
                        ("the root is missing", run.follow(|past| corrected(past).0 / (corrected(past).1 + eps))),
                    ];
                    let expected = run.follow(|past| adam(betas, eps, past));
                    same_path(&got, &expected, 1, rounding(run.rates.len()), &mistakes)
                },
            ),
        Check::new("adam_without_momentum_is_corrected_rms_prop", "5")
            .law("With β₁ = 0 Adam's steps are RMSProp's, times √(1 − β₂ᵗ) (ε = 0).")
            .hints([
                "With β₁ = 0, m̂ is the gradient itself.",
                "g/√(v/(1 − β₂ᵗ)) = √(1 − β₂ᵗ)·g/√v",
                "Do the checks before this one pass?",
            ])
            .property(
                (runs(1..=3, 1..=5, steep), rounded(0.5, 0.95)),
                |lab: Lab, (run, beta): &(Run, f64)| {
                    let mut slower = run.clone();
                    slower.rates.iter_mut().zip(1..).for_each(|(rate, t)| *rate *= (1.0 - beta.powi(t)).sqrt());
                    let rule = Rule::Adam { betas: [0.0, *beta], eps: 0.0, weight_decay: 0.0 };
                    let rms_prop = path(lab, Rule::RmsProp { alpha: *beta, eps: 0.0 }, &slower)?;
                    same_path(&path(lab, rule, run)?, &rms_prop, 1, rounding(run.rates.len()), &[])
                },
            ),
        Check::new("penalty_of_adam_is_in_the_gradient", "5")
            .law("With a weight decay λ Adam steps along the gradient of ℒ + ½λ‖θ‖²: its gradient is g + λ·θ.")
            .hints([
                "What is the gradient of ½λθ²?",
                "λ·θ is added to g, before m and v see it.",
                "let g = g + decay * *theta;",
            ])
            .property(
                (runs(1..=3, 1..=5, steep), betas(), rounded(0.1, 0.5)),
                |lab: Lab, (run, betas, weight_decay): &(Run, [f64; 2], f64)| {
                    // So large an ε that a gradient near 0 does no harm.
                    let (betas, eps, weight_decay) = (*betas, 0.1, *weight_decay);
                    let got = path(lab, Rule::Adam { betas, eps, weight_decay }, run)?;
                    let direction = |past: &[f64]| adam(betas, eps, past);
                    let mistakes = [
                        ("the weight decay is forgotten", run.follow(direction)),
                        ("the decay is decoupled, as in AdamW", run.follow_with_decay(0.0, weight_decay, direction)),
                        ("the gradient of ½λθ² is λθ", run.follow_with_decay(2.0 * weight_decay, 0.0, direction)),
                    ];
                    let expected = run.follow_with_decay(weight_decay, 0.0, direction);
                    same_path(&got, &expected, 1, rounding(run.rates.len()), &mistakes)
                },
            ),
        Check::new("decay_of_adamw_is_decoupled", "5")
            .law("AdamW shrinks θ by the factor 1 − γλ, and then takes Adam's step of the loss alone.")
            .points(2)
            .hints([
                "Adam need not know of the decay at all.",
                "Two things: every number of theta times 1 − rate·weight_decay, and self.adam.step(theta, gradient, \
                 rate).",
                "let keep = T::from_f64(1.0 - rate * self.weight_decay); for theta in theta.iter_mut() { *theta *= \
                 keep; } self.adam.step(theta, gradient, rate);",
            ])
            .property(
                (runs(1..=3, 1..=5, steep), betas(), epsilons(), rounded(0.1, 0.5)),
                |lab: Lab, (run, betas, eps, weight_decay): &(Run, [f64; 2], f64, f64)| {
                    let (betas, eps, weight_decay) = (*betas, *eps, *weight_decay);
                    let got = path(lab, Rule::AdamW { betas, eps, weight_decay }, run)?;
                    let direction = |past: &[f64]| adam(betas, eps, past);
                    let mistakes = [
                        ("the decay is forgotten", run.follow(direction)),
                        ("the decay is in the gradient", run.follow_with_decay(weight_decay, 0.0, direction)),
                        ("the decay is not multiplied by the learning rate", {
                            let mut path = vec![Vec::new(); run.rates.len()];
                            for (place, &start) in run.start.iter().enumerate() {
                                let (mut theta, mut past) = (start, Vec::new());
                                for (step, rate) in run.rates.iter().enumerate() {
                                    past.push(run.gradients[step][place]);
                                    theta = (1.0 - weight_decay) * theta - rate * direction(&past);
                                    path[step].push(theta);
                                }
                            }
                            path
                        }),
                    ];
                    let expected = run.follow_with_decay(0.0, weight_decay, direction);
                    same_path(&got, &expected, 1, rounding(run.rates.len()), &mistakes)
                },
            ),
        Check::new("the_two_decays_differ", "5")
            .law(
                "Without a gradient, AdamW's first step shrinks θ by γλ·θ; Adam's goes γ·sign(θ) towards 0, whatever λ \
                 is.",
            )
            .hints([
                "With g = 0, Adam's gradient is λ·θ, and Adam does not know the scale of a gradient.",
                "AdamW does not divide the decay by anything.",
                "Do the two checks before this one pass?",
            ])
            .property(
                (steep(), rounded(0.01, 0.5), rounded(0.01, 0.5)),
                |lab: Lab, &(theta, rate, weight_decay): &(f64, f64, f64)| {
                    let (betas, eps) = ([0.9, 0.999], 0.0);
                    let one_step = |rule: Rule, gradient: f64| {
                        lab.steps(rule, vec![theta], vec![vec![gradient]], vec![rate]).map(|path| path[0][0])
                    };
                    let penalty = one_step(Rule::Adam { betas, eps, weight_decay }, 0.0)?;
                    let sign = theta - rate * theta.signum();
                    expect::close("θ after a step of Adam", &penalty, &sign, rounding(1))?;
                    // ε is not 0 here, since AdamW's gradient is.
                    let decoupled = one_step(Rule::AdamW { betas, eps: 1e-8, weight_decay }, 0.0)?;
                    let shrunk = (1.0 - rate * weight_decay) * theta;
                    expect::close("θ after a step of AdamW", &decoupled, &shrunk, rounding(1))
                        .suspect("the decay is in the gradient", || sign)
                        .suspect("the decay is not multiplied by the learning rate", || {
                            (1.0 - weight_decay) * theta
                        })?;
                    Ok(())
                },
            ),
        Check::new("rules_of_adam_without_memory_follow_the_sign", "5")
            .law("With β₁ = β₂ = 0 Adam goes γ·sign(g) far in every step (ε = 0).")
            .hints([
                "With both β at 0 nothing is remembered.",
                "0ᵗ = 0 for t ≥ 1: both corrections divide by 1.",
                "Is t at least 1 in the first step?",
            ])
            .property(runs(1..=3, 1..=4, steep), |lab: Lab, run: &Run| {
                let rule = Rule::Adam { betas: [0.0; 2], eps: 0.0, weight_decay: 0.0 };
                let signs = run.follow(|past| newest(past).signum());
                same_path(&path(lab, rule, run)?, &signs, 1, rounding(run.rates.len()), &[])
            }),
    ]
}
