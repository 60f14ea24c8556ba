//! Step 4: individual learning rates.

use grading::prelude::*;
use grading::proptest::collection::vec;

use crate::cases::{
    Run, epsilons, momentum, newest, rounded, rounding, runs, same_path, slopes, squares, steep,
};
use crate::contract::{Contract, Rule};
use crate::visible::Lab;
use crate::visible::momentum::path;

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("adagrad_divides_by_the_root_of_all_squares", "4")
            .law("θ ← θ − γ·g / (√G + ε), where G is the sum of all squared gradients of that number, this one included.")
            .points(2)
            .hints([
                "G only grows. Add first, then divide.",
                "`sum.sqrt()` is √G; ε is added to the root, not below it.",
                "*sum += g * g; *theta -= rate * g / (sum.sqrt() + eps);",
            ])
            .property(
                (runs(1..=3, 1..=5, steep), epsilons()),
                |lab: Lab, (run, eps): &(Run, f64)| {
                    let eps = *eps;
                    let got = path(lab, Rule::Adagrad { eps }, run)?;
                    let step = |past: &[f64]| newest(past) / (squares(1.0, past).sqrt() + eps);
                    let mistakes = [
                        ("it goes uphill: the plus on the slide is a slip", run.follow(|past| -step(past))),
                        (
                            "ε is below the root",
                            run.follow(|past| newest(past) / (squares(1.0, past) + eps).sqrt()),
                        ),
                        ("the root is missing", run.follow(|past| newest(past) / (squares(1.0, past) + eps))),
                        (
                            "only the last square is kept: G grows",
                            run.follow(|past| newest(past) / (newest(past).abs() + eps)),
                        ),
                        (
                            "G gets the new square after the step",
                            run.follow(|past| {
                                newest(past) / (squares(1.0, &past[..past.len() - 1]).sqrt() + eps)
                            }),
                        ),
                        (
                            "the gradients are added up, not their squares",
                            run.follow(|past| newest(past) / (momentum(1.0, past).abs().sqrt() + eps)),
                        ),
                    ];
                    same_path(&got, &run.follow(step), 1, rounding(run.rates.len()), &mistakes)
                },
            ),
        Check::new("adagrad_does_not_know_the_scale", "4")
            .law("A number whose gradients are all c times as large takes the same steps (ε = 0).")
            .hints([
                "What happens to g/√G if every gradient is twice as large?",
                "√G has to grow by the same factor as g: it is the root of a sum of squares.",
                "*sum += g * g; and the division by sum.sqrt()",
            ])
            .property(
                (runs(3..=3, 1..=5, steep), vec(rounded(0.1, 100.0), 3)),
                |lab: Lab, (run, scales): &(Run, Vec<f64>)| {
                    let rule = Rule::Adagrad { eps: 0.0 };
                    let scaled = run.map_gradients(|place, g| scales[place] * g);
                    let tolerance = rounding(run.rates.len());
                    same_path(&path(lab, rule, &scaled)?, &path(lab, rule, run)?, 1, tolerance, &[])
                },
            ),
        Check::new("adagrad_keeps_the_rate_of_rare_features", "4")
            .law(
                "After n gradients of size 1 for one number and none for another, a gradient for both moves the rare \
                 one √(n + 1) times as far.",
            )
            .hints([
                "Each number has a sum of its own.",
                "zip hands you *theta, g and *sum of the same number.",
                "*sum += g * g; *theta -= rate * g / (sum.sqrt() + eps);",
            ])
            .property((1..=30_usize, rounded(0.1, 0.5)), |lab: Lab, &(n, rate): &(usize, f64)| {
                let mut gradients = vec![vec![1.0, 0.0]; n];
                gradients.push(vec![1.0, 1.0]);
                let path = lab.steps(Rule::Adagrad { eps: 1e-10 }, vec![0.0; 2], gradients, vec![rate; n + 1])?;
                let [moved, rare] = [0, 1].map(|place| path[n - 1][place] - path[n][place]);
                let ratio = ((n + 1) as f64).sqrt();
                // The sum of up to 31 steps cancels in the difference; ε is 1e-10 of the root.
                let tolerance = Tolerance::within(1e-9);
                expect::close("the step of the rare one", &rare, &rate, tolerance)
                    .suspect("all numbers share one sum", || rate / ((n + 2) as f64).sqrt())?;
                expect::close("how many times as far it moves", &(rare / moved), &ratio, Tolerance::within(1e-8))?;
                Ok(())
            }),
        Check::new("rms_prop_divides_by_a_moving_average", "4")
            .law("θ ← θ − γ·g / (√v + ε), where v = (1 − α)·Σ αᵃ·g² with the age a of each gradient.")
            .points(2)
            .hints([
                "As the lecture's momentum, with squares.",
                "The old average is weighted by α, the new square by 1 − α.",
                "*v = alpha * *v + (T::one() - alpha) * g * g; *theta -= rate * g / (v.sqrt() + eps);",
            ])
            .property(
                (runs(1..=3, 1..=5, steep), prop_oneof![Just(0.99), rounded(0.5, 0.95)], epsilons()),
                |lab: Lab, (run, alpha, eps): &(Run, f64, f64)| {
                    let (alpha, eps) = (*alpha, *eps);
                    let got = path(lab, Rule::RmsProp { alpha, eps }, run)?;
                    let average = |past: &[f64]| (1.0 - alpha) * squares(alpha, past);
                    let expected = run.follow(|past| newest(past) / (average(past).sqrt() + eps));
                    let mistakes = [
                        ("ε is below the root", run.follow(|past| newest(past) / (average(past) + eps).sqrt())),
                        ("the new square lacks its weight 1 − α", {
                            run.follow(|past| newest(past) / (squares(alpha, past).sqrt() + eps))
                        }),
                        ("the average never fades: it is Adagrad", {
                            run.follow(|past| newest(past) / (squares(1.0, past).sqrt() + eps))
                        }),
                        ("α and 1 − α are exchanged", {
                            let other = |past: &[f64]| alpha * squares(1.0 - alpha, past);
                            run.follow(|past| newest(past) / (other(past).sqrt() + eps))
                        }),
                        ("the root is missing", run.follow(|past| newest(past) / (average(past) + eps))),
                    ];
                    same_path(&got, &expected, 1, rounding(run.rates.len()), &mistakes)
                },
            ),
        Check::new("rules_without_memory_follow_the_sign", "4")
            .law("RMSProp with α = 0, and the first step of Adagrad, go γ·sign(g) far (ε = 0).")
            .hints([
                "With nothing but the newest gradient under the root, what is g/√(g²)?",
                "The newest square has to be under the root before it divides.",
                "Renew *sum or *v before the step.",
            ])
            .property(runs(1..=3, 1..=4, steep), |lab: Lab, run: &Run| {
                let signs = run.follow(|past| newest(past).signum());
                let rms_prop = path(lab, Rule::RmsProp { alpha: 0.0, eps: 0.0 }, run)?;
                same_path(&rms_prop, &signs, 1, rounding(run.rates.len()), &[])?;
                let adagrad = path(lab, Rule::Adagrad { eps: 0.0 }, run)?;
                same_path(&adagrad[..1], &signs[..1], 1, rounding(1), &[])
            }),
        Check::new("numbers_without_a_gradient_stay", "4")
            .law("A gradient of 0 moves nothing, not even in the first step.")
            .hints([
                "0 divided by 0 is not a number. What is ε for?",
                "(√G + ε) is positive if ε is added outside of the root, and also if it is inside; but it must be there.",
                "… / (sum.sqrt() + eps)",
            ])
            .property(runs(1..=3, 1..=3, slopes), |lab: Lab, run: &Run| {
                let idle = run.map_gradients(|_, _| 0.0);
                for rule in [Rule::Adagrad { eps: 1e-10 }, Rule::RmsProp { alpha: 0.99, eps: 1e-8 }] {
                    let there = vec![run.start.clone(); run.rates.len()];
                    same_path(&path(lab, rule, &idle)?, &there, 1, Tolerance::EXACT, &[])?;
                }
                Ok(())
            }),
    ]
}
