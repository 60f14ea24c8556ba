//! Step 3: Rosenblatt's rule and Novikoff's bound.

use std::iter::repeat;

use grading::prelude::*;
use grading::proptest::collection::vec;
use lab_01_perceptron::Perceptron;

use crate::cases::{Separable, least_score, rounded, score, separable, vectors};
use crate::contract::Contract;
use crate::visible::Lab;

/// A perceptron, a sample and its label.
fn samples() -> impl Strategy<Value = (Perceptron, Vec<f64>, f64)> {
    (1..=4_usize).prop_flat_map(|dim| {
        let perceptron =
            (vectors(dim), rounded(-1.0, 1.0)).prop_map(|(weight, bias)| Perceptron { weight, bias });
        (perceptron, vectors(dim), labels())
    })
}

fn labels() -> impl Strategy<Value = f64> {
    prop_oneof![Just(1.0), Just(-1.0)]
}

/// Points with labels that have nothing to do with them.
fn noise() -> impl Strategy<Value = (Vec<Vec<f64>>, Vec<f64>)> {
    (1..=3_usize)
        .prop_flat_map(|dim| vec((vectors(dim), labels()), 1..=6))
        .prop_map(|samples| samples.into_iter().unzip())
}

/// A perceptron that is not 0, with samples to judge it by.
fn judged() -> impl Strategy<Value = (Perceptron, Vec<Vec<f64>>, Vec<f64>)> {
    (1..=3_usize).prop_flat_map(|dim| {
        let perceptron =
            (vectors(dim), rounded(0.1, 1.0)).prop_map(|(weight, bias)| Perceptron { weight, bias });
        let samples = vec((vectors(dim), labels()), 1..=4).prop_map(|samples| samples.into_iter().unzip());
        (perceptron, samples).prop_map(|(perceptron, (points, labels))| (perceptron, points, labels))
    })
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("learning_corrects_mistakes_only", "3")
            .law("After a mistake w ← w + y·x and b ← b + y; without one nothing changes.")
            .points(2)
            .hints([
                "When is a sample on the wrong side? Look at the sign of y·(⟨w, x⟩ + b).",
                "self.score(x) is ⟨w, x⟩ + b. To change the weights, iterate with \
                 self.weight.iter_mut(); *w += … changes one of them.",
                "let mistake = label * self.score(x) <= 0.0; if mistake { for (w, x) in \
                 self.weight.iter_mut().zip(x) { *w += label * x; } self.bias += label; } mistake",
            ])
            .property(samples(), |lab: Lab, (before, x, label): &(Perceptron, Vec<f64>, f64)| {
                let agreement = label * score(&before.weight, before.bias, x);
                // A sample on the line is the next check.
                expect::assume(agreement.abs() > 1e-9)?;
                let (after, mistake) = lab.learn(before.clone(), x.clone(), *label)?;
                let name = format!("whether it is a mistake, where y·(⟨w, x⟩ + b) = {agreement:.4},");
                expect::equal(&name, mistake, agreement < 0.0)?;
                let step = if agreement < 0.0 { *label } else { 0.0 };
                let expected: Vec<f64> = before.weight.iter().zip(x).map(|(w, x)| w + step * x).collect();
                let without_label: Vec<f64> = before.weight.iter().zip(x).map(|(w, x)| w + x).collect();
                expect::close("the weight", &after.weight, &expected, Tolerance::sum_of(2))
                    .suspect("the label is forgotten", || without_label)?;
                expect::close("the bias", &after.bias, &(before.bias + step), Tolerance::sum_of(2))
                    .suspect("the bias does not learn", || before.bias)
                    .suspect("b grows by 1, whatever the label: b ← b + y", || before.bias + 1.0)?;
                Ok(())
            }),
        Check::new("learning_begins_at_zero", "3")
            .law(
                "With w = 0 and b = 0 every sample lies on the line, which counts as a mistake, whatever \
                 its label.",
            )
            .hints([
                "A new perceptron has the score 0 everywhere. If that were right, what would it ever \
                 learn?",
                "y·(⟨w, x⟩ + b) ≤ 0 is the condition: with the equality, and with the score itself, not \
                 with predict.",
                "label * self.score(x) <= 0.0",
            ])
            .property(
                (1..=4_usize).prop_flat_map(|dim| (vectors(dim), labels())),
                |lab: Lab, (x, label): &(Vec<f64>, f64)| {
                    let (after, mistake) = lab.learn(Perceptron::new(x.len()), x.clone(), *label)?;
                    expect::that(mistake, || {
                        format!("a sample with the label {label} and the score 0 is no mistake")
                    })?;
                    let expected: Vec<f64> = x.iter().map(|x| label * x).collect();
                    expect::close("the weight", &after.weight, &expected, Tolerance::EXACT)
                        .suspect("the label is forgotten", || x.clone())?;
                    expect::close("the bias", &after.bias, label, Tolerance::EXACT)
                        .suspect("the bias does not learn", || 0.0)
                        .suspect("b grows by 1, whatever the label: b ← b + y", || 1.0)?;
                    Ok(())
                },
            ),
        Check::new("training_is_learning_again_and_again", "3")
            .law(
                "Training calls `learn` with each sample in turn, pass after pass, until one has no \
                 mistake.",
            )
            .points(2)
            .hints([
                "Which two things end the passes?",
                "Count the mistakes of a pass and push the number to `mistakes`, also the last one, \
                 which is 0.",
                "while mistakes.len() < passes && mistakes.last() != Some(&0) { let mut wrong = 0; for \
                 (x, &label) in points.iter().zip(labels) { if perceptron.learn(x, label) { wrong += 1; \
                 } } mistakes.push(wrong); }",
            ])
            .property(
                (noise(), 0..=4_usize),
                |lab: Lab, ((points, labels), passes): &((Vec<Vec<f64>>, Vec<f64>), usize)| {
                    let (got, mistakes) = lab.train(points.clone(), labels.clone(), *passes)?;
                    let mut expected = Perceptron::new(points[0].len());
                    let mut counts: Vec<usize> = Vec::new();
                    while counts.len() < *passes && counts.last() != Some(&0) {
                        let mut count = 0;
                        for (x, label) in points.iter().zip(labels) {
                            let (next, mistake) = lab.learn(expected, x.clone(), *label)?;
                            expected = next;
                            count += usize::from(mistake);
                        }
                        counts.push(count);
                    }
                    let last_missing = || counts.strip_suffix(&[0]).unwrap_or(&counts).to_vec();
                    let no_end = || counts.iter().copied().chain(repeat(0)).take(*passes).collect::<Vec<_>>();
                    expect::equal("the list of mistakes, pass by pass,", mistakes, counts.clone())
                        .suspect("the last pass, which has no mistakes, is not recorded", last_missing)
                        .suspect("it does not end with the pass that has no mistakes", no_end)?;
                    expect::close("the weight", &got.weight, &expected.weight, Tolerance::EXACT)?;
                    expect::close("the bias", &got.bias, &expected.bias, Tolerance::EXACT)?;
                    Ok(())
                },
            ),
        Check::new("training_separates_what_is_separable", "3")
            .law(
                "If a hyperplane separates the classes, training ends with a pass without mistakes, and \
                 so separates them.",
            )
            // Few sets need a bias.
            .cases(128)
            .hints([
                "Does every mistake change the weights, and does nothing else?",
                "Without the bias only hyperplanes through the origin can be found.",
                "The checks of `learn` say which part of the rule is missing.",
            ])
            .property(separable(12, 0.2), |lab: Lab, set: &Separable| {
                let (found, mistakes) = lab.train(set.points.clone(), set.labels.clone(), 10_000)?;
                expect::equal("the number of mistakes in the last pass", mistakes.last(), Some(&0))?;
                let least = least_score(&found.weight, found.bias, &set.points, &set.labels);
                // Above 0 but for the rounding of four products.
                expect::that(least > -1e-9, || format!("the smallest y·(⟨w, x⟩ + b) is {least}"))
            }),
        Check::new("radius_is_the_longest_sample", "3")
            .law("R² is the largest ‖x‖² + 1.")
            .hints([
                "The bias is the weight of a feature that is always 1. How long is (x, 1)?",
                "x.iter().map(|x| x * x).sum::<f64>() is ‖x‖². For the largest of many floats, \
                 .fold(0.0, f64::max).",
                "points.iter().map(|x| x.iter().map(|x| x * x).sum::<f64>() + 1.0).fold(0.0, \
                 f64::max).sqrt()",
            ])
            .property(noise(), |lab: Lab, (points, _): &(Vec<Vec<f64>>, Vec<f64>)| {
                let squares = points.iter().map(|x| x.iter().map(|x| x * x).sum::<f64>());
                let largest = squares.fold(0.0, f64::max);
                let got = lab.radius(points.clone())?;
                expect::close("R", &got, &(largest + 1.0).sqrt(), Tolerance::operations(8))
                    .suspect("the constant feature of the bias is missing", || largest.sqrt())
                    .suspect("the 1 is added after the root: √(‖x‖² + 1)", || largest.sqrt() + 1.0)
                    .suspect("the root is missing", || largest + 1.0)?;
                Ok(())
            }),
        Check::new("margin_is_the_closest_sample", "3")
            .law(
                "The margin of one sample is y·(⟨w, x⟩ + b)/√(‖w‖² + b²), that of many the smallest of \
                 theirs; it does not change if w and b are doubled.",
            )
            .points(2)
            .hints([
                "A hyperplane does not move if w and b are doubled, but the scores double.",
                "Divide by the length of (w, b), all its entries under one root. The smallest of many \
                 floats is .fold(f64::INFINITY, f64::min).",
                "let length = (perceptron.weight.iter().map(|w| w * w).sum::<f64>() + \
                 perceptron.bias.powi(2)).sqrt(); the smallest label * perceptron.score(x), divided by \
                 length",
            ])
            .property(judged(), |lab: Lab, (of, points, labels): &(Perceptron, Vec<Vec<f64>>, Vec<f64>)| {
                let squares: f64 = of.weight.iter().map(|w| w * w).sum();
                let length = (squares + of.bias * of.bias).sqrt();
                let margins: Vec<f64> = points
                    .iter()
                    .zip(labels)
                    .map(|(x, label)| label * score(&of.weight, of.bias, x) / length)
                    .collect();
                let least = margins.iter().copied().fold(f64::INFINITY, f64::min);
                let largest = margins.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let all = lab.margin(of.clone(), points.clone(), labels.clone())?;
                // A score of at most four products, divided by at least 0.1, and a root.
                expect::close("the margin", &all, &least, Tolerance::sum_of(8).times(10.0))
                    .suspect("it is not divided by the length of (w, b)", || least * length)
                    .suspect("it is divided by the length of w alone", || least * length / squares.sqrt())
                    .suspect("it is divided by ‖w‖² + b², without the root", || least / length)
                    .suspect("it is the largest", || largest)
                    .suspect("the search for the smallest begins at 0: begin with f64::INFINITY", || {
                        least.min(0.0)
                    })?;
                let doubled =
                    Perceptron { weight: of.weight.iter().map(|w| 2.0 * w).collect(), bias: 2.0 * of.bias };
                let of_doubled = lab.margin(doubled, points.clone(), labels.clone())?;
                expect::close(
                    "the margin with w and b doubled",
                    &of_doubled,
                    &all,
                    Tolerance::operations(8),
                )?;
                Ok(())
            }),
        Check::new("bound_is_a_square", "3")
            .law("Novikoff's bound is (R/γ)².")
            .hints([
                "Both lengths are squared.",
                "R = 2 and γ = ½ allow 16 mistakes.",
                "(radius / margin).powi(2)",
            ])
            .property((rounded(1.0, 4.0), rounded(0.1, 1.0)), |lab: Lab, &(radius, margin): &(f64, f64)| {
                let ratio = radius / margin;
                let got = lab.mistake_bound(radius, margin)?;
                expect::close("the bound", &got, &(ratio * ratio), Tolerance::operations(8))
                    .suspect("the square is missing", || ratio)?;
                Ok(())
            }),
        Check::new("mistakes_stay_below_novikoffs_bound", "3")
            .law(
                "On separable samples all passes together have at most (R/γ)² mistakes, γ being any \
                 separator's margin.",
            )
            .hints([
                "The bound needs all of this step: do the other checks pass?",
                "More mistakes than the bound: does each of them move w by y·x and b by y?",
                "The checks of `learn`, `radius`, `margin` and `mistake_bound` say which part is wrong.",
            ])
            .property(separable(16, 0.1), |lab: Lab, set: &Separable| {
                let separator = Perceptron { weight: set.weight.clone(), bias: set.bias };
                let gamma = lab.margin(separator, set.points.clone(), set.labels.clone())?;
                let bound = lab.mistake_bound(lab.radius(set.points.clone())?, gamma)?;
                let (_, mistakes) = lab.train(set.points.clone(), set.labels.clone(), 10_000)?;
                let all: usize = mistakes.iter().sum();
                expect::that(all as f64 <= bound * (1.0 + 1e-9), || {
                    format!("{all} mistakes, where {bound:.2} are allowed")
                })
            }),
    ]
}
