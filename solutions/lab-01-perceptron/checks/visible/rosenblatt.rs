//! Step 3: Rosenblatt's rule and Novikoff's bound.

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
                    .suspect("the bias does not learn", || before.bias)?;
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
                    expect::close("the weight", &after.weight, &expected, Tolerance::EXACT)?;
                    expect::close("the bias", &after.bias, label, Tolerance::EXACT)?;
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
                    for (pass, &wrong) in mistakes.iter().enumerate() {
                        let mut count = 0;
                        for (x, label) in points.iter().zip(labels) {
                            let (next, mistake) = lab.learn(expected, x.clone(), *label)?;
                            expected = next;
                            count += usize::from(mistake);
                        }
                        expect::equal(&format!("the number of mistakes in pass {pass}"), wrong, count)?;
                        expect::that(count > 0 || pass + 1 == mistakes.len(), || {
                            format!("pass {pass} had no mistake, and there was another")
                        })?;
                    }
                    let done = mistakes.len() == *passes || mistakes.last() == Some(&0);
                    expect::that(done, || {
                        format!("it ended with mistakes after {} of {passes} passes", mistakes.len())
                    })?;
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
            .hints([
                "Does every mistake change the weights, and does nothing else?",
                "Without the bias only hyperplanes through the origin can be found.",
                "The checks of `learn` say which part of the rule is missing.",
            ])
            .property(separable(12, 0.2), |lab: Lab, set: &Separable| {
                let (found, mistakes) = lab.train(set.points.clone(), set.labels.clone(), 10_000)?;
                expect::equal("the mistakes of the last pass", mistakes.last(), Some(&0))?;
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
                "let length = (weight.iter().map(|w| w * w).sum::<f64>() + bias * bias).sqrt(); the \
                 smallest label * perceptron.score(x), divided by length",
            ])
            .property(judged(), |lab: Lab, (of, points, labels): &(Perceptron, Vec<Vec<f64>>, Vec<f64>)| {
                // By hand: w = (3, 4) and b = 12 have the length 13, and (1, −1) has the score 11.
                let by_hand = Perceptron { weight: vec![3.0, 4.0], bias: 12.0 };
                for label in [1.0, -1.0] {
                    let got = lab.margin(by_hand.clone(), vec![vec![1.0, -1.0]], vec![label])?;
                    let name = format!("the margin of (1, −1) with the label {label} at w = (3, 4), b = 12");
                    expect::close(&name, &got, &(label * 11.0 / 13.0), Tolerance::operations(8))
                        .suspect("it is not divided by the length of (w, b)", || label * 11.0)
                        .suspect("it is divided by the length of w alone", || label * 11.0 / 5.0)?;
                }
                let all = lab.margin(of.clone(), points.clone(), labels.clone())?;
                let mut least = f64::INFINITY;
                for (x, label) in points.iter().zip(labels) {
                    least = least.min(lab.margin(of.clone(), vec![x.clone()], vec![*label])?);
                }
                expect::close("the margin of all samples", &all, &least, Tolerance::EXACT)?;
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
        Check::new("mistakes_stay_below_novikoffs_bound", "3")
            .law(
                "On separable samples all passes together have at most (R/γ)² mistakes, γ being any \
                 separator's margin.",
            )
            .points(2)
            .hints([
                "Both lengths are squared.",
                "R = 2 and γ = ½ allow 16 mistakes.",
                "(radius / margin).powi(2)",
            ])
            .property(separable(16, 0.1), |lab: Lab, set: &Separable| {
                expect::close(
                    "the bound for R = 2 and γ = ½",
                    &lab.mistake_bound(2.0, 0.5)?,
                    &16.0,
                    Tolerance::operations(4),
                )?;
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
