//! Rosenblatt's rule and its kernel form against whole-number arithmetic, and Novikoff's bound.

use grading::prelude::*;
use grading::proptest::collection::vec;
use lab_01_perceptron::Perceptron;

use crate::cases::{Separable, least_score, separable};
use crate::contract::{Contract, Similarity};
use crate::hidden::Lab;
use crate::hidden::oracle::{Exact, monomials};

/// Points of whole numbers with any labels: nothing is rounded, and samples on the line are frequent.
type Grid = (Vec<Vec<i64>>, Vec<i64>);

fn grids() -> impl Strategy<Value = Grid> {
    (1..=3_usize)
        .prop_flat_map(|dim| vec((vec(-3..=3_i64, dim), prop_oneof![Just(1_i64), Just(-1)]), 1..=8))
        .prop_map(|samples| samples.into_iter().unzip())
}

fn floats(numbers: &[i64]) -> Vec<f64> {
    numbers.iter().map(|&x| x as f64).collect()
}

fn points(grid: &[Vec<i64>]) -> Vec<Vec<f64>> {
    grid.iter().map(|x| floats(x)).collect()
}

/// The length of (w, b).
fn length(weight: &[f64], bias: f64) -> f64 {
    weight.iter().fold(bias.abs(), |length, w| length.hypot(*w))
}

const PASSES: usize = 12;

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("training_on_whole_numbers_is_exact", "3")
            .law(
                "Weights, bias and mistakes are those of the rule, also where samples lie on the line or \
                 come twice.",
            )
            .points(2)
            .cases(64)
            .hints(["A sample with the score 0 is a mistake, at any time."])
            .property(grids(), |lab: Lab, (grid, labels): &Grid| {
                let expected = Exact::train(grid, &vec![1; grid[0].len()], labels, PASSES);
                let (got, mistakes) = lab.train(points(grid), floats(labels), PASSES)?;
                expect::equal("the list of mistakes", mistakes, expected.mistakes)?;
                let got = [&got.weight[..], &[got.bias]].concat();
                expect::close("(w, b)", &got, &floats(&expected.weight), Tolerance::EXACT)?;
                Ok(())
            }),
        Check::new("labels_flipped_negate_the_weights", "3")
            .law("With all labels flipped the mistakes are the same, and w and b are negated.")
            .cases(64)
            .hints(["Does the rule treat the score 0 alike for both labels? predict does not."])
            .property(grids(), |lab: Lab, (grid, labels): &Grid| {
                let flipped: Vec<f64> = labels.iter().map(|y| -*y as f64).collect();
                let (one, mistakes) = lab.train(points(grid), floats(labels), PASSES)?;
                let (other, same) = lab.train(points(grid), flipped, PASSES)?;
                expect::equal("the list of mistakes with flipped labels", same, mistakes)?;
                let negated: Vec<f64> = one.weight.iter().map(|w| -w).collect();
                expect::close("the weight with flipped labels", &other.weight, &negated, Tolerance::EXACT)?;
                expect::close("the bias with flipped labels", &other.bias, &-one.bias, Tolerance::EXACT)?;
                Ok(())
            }),
        Check::new("novikoff_holds_in_any_order", "3")
            .law(
                "Mistakes stay within (R/γ)², computed independently, in every order of the samples and \
                 for small margins.",
            )
            .points(2)
            .hints(["More mistakes than the bound: does each of them move w by y·x and b by y?"])
            .property((separable(24, 0.03), 0..24_usize), |lab: Lab, (set, shift): &(Separable, usize)| {
                let Separable { mut points, mut labels, weight, bias } = set.clone();
                let shift = shift % points.len();
                points.rotate_left(shift);
                labels.rotate_left(shift);
                let squared_radius = points.iter().map(|x| length(x, 1.0)).fold(0.0, f64::max).powi(2);
                let gamma = least_score(&weight, bias, &points, &labels) / length(&weight, bias);
                // Positions were rounded to four decimals, so that a point may have come to lie on the line.
                expect::assume(gamma > 1e-3)?;
                let bound = squared_radius / gamma.powi(2);
                let (found, mistakes) = lab.train(points.clone(), labels.clone(), 100_000)?;
                let all: usize = mistakes.iter().sum();
                expect::that(all as f64 <= bound * (1.0 + 1e-9), || {
                    format!("{all} mistakes, where {bound:.2} are allowed")
                })?;
                expect::that(mistakes.last() == Some(&0), || {
                    "it ended before the classes were separated".into()
                })?;
                let margin = lab.margin(found.clone(), points.clone(), labels.clone())?;
                let own = least_score(&found.weight, found.bias, &points, &labels)
                    / length(&found.weight, found.bias);
                expect::close("the margin of what was found", &margin, &own, Tolerance::within(1e-9))?;
                let got = lab.mistake_bound(lab.radius(points.clone())?, gamma)?;
                expect::close("the bound", &got, &bound, Tolerance::within(1e-9))?;
                Ok(())
            }),
        Check::new("margins_may_be_negative", "3")
            .law("A margin below 0 says how far the worst sample is on the wrong side.")
            .hints(["The smallest of numbers that may all be negative: where does the search begin?"])
            .property(grids(), |lab: Lab, (grid, labels): &Grid| {
                let perceptron = Perceptron { weight: vec![1.0; grid[0].len()], bias: -0.5 };
                let (points, labels) = (points(grid), floats(labels));
                let least = least_score(&perceptron.weight, perceptron.bias, &points, &labels);
                let expected = least / length(&perceptron.weight, perceptron.bias);
                let got = lab.margin(perceptron, points.clone(), labels)?;
                expect::close("the margin", &got, &expected, Tolerance::operations(16))?;
                let longest = points.iter().map(|x| length(x, 1.0)).fold(0.0, f64::max);
                expect::close("the radius", &lab.radius(points)?, &longest, Tolerance::operations(16))?;
                Ok(())
            }),
        Check::new("kernel_perceptron_is_exact", "6")
            .law(
                "On whole numbers the kernel perceptron remembers exactly the mistakes on the features, \
                 for both kernels.",
            )
            .points(2)
            .cases(64)
            .hints(["With the kernel ⟨x, y⟩ it has to do what step 3 does on the samples themselves."])
            .property(grids(), |lab: Lab, (grid, labels): &Grid| {
                let expanded: Vec<Vec<i64>> = grid.iter().map(|x| monomials(x).0).collect();
                let quadratic = Exact::train(&expanded, &monomials(&grid[0]).1, labels, PASSES);
                let linear = Exact::train(grid, &vec![1; grid[0].len()], labels, PASSES);
                for (similarity, expected) in
                    [(Similarity::Linear, linear), (Similarity::Quadratic, quadratic)]
                {
                    let (coefficients, mistakes) =
                        lab.kernel_train(points(grid), floats(labels), similarity, PASSES)?;
                    expect::equal(
                        &format!("the list of mistakes ({similarity:?})"),
                        mistakes,
                        expected.mistakes,
                    )?;
                    let name = format!("the coefficients ({similarity:?})");
                    expect::close(&name, &coefficients, &floats(&expected.coefficients), Tolerance::EXACT)?;
                }
                Ok(())
            }),
        Check::new("features_and_kernel_agree_on_whole_numbers", "6")
            .law(
                "φ has 1, √2·xᵢ, xᵢ² and √2·xᵢxⱼ once each, in any order, and the kernel is their inner \
                 product.",
            )
            .hints(["For D = 1 these are 1, √2·x and x²."])
            .property(
                (1..=4_usize).prop_flat_map(|dim| [vec(-3..=3_i64, dim), vec(-3..=3_i64, dim)]),
                |lab: Lab, [x, y]: &[Vec<i64>; 2]| {
                    let sorted = |mut features: Vec<f64>| {
                        features.sort_by(f64::total_cmp);
                        features
                    };
                    let (products, multiplicities) = monomials(x);
                    let expected: Vec<f64> = products
                        .iter()
                        .zip(&multiplicities)
                        .map(|(p, m)| *p as f64 * (*m as f64).sqrt() + 0.0)
                        .collect();
                    let got = lab.quadratic_features(floats(x))?.iter().map(|v| v + 0.0).collect();
                    expect::close(
                        "the sorted features",
                        &sorted(got),
                        &sorted(expected),
                        Tolerance::operations(8),
                    )?;
                    let one_more = 1 + x.iter().zip(y).map(|(x, y)| x * y).sum::<i64>();
                    let kernel = lab.quadratic_kernel(floats(x), floats(y))?;
                    expect::close("k(x, y)", &kernel, &((one_more * one_more) as f64), Tolerance::EXACT)?;
                    Ok(())
                },
            ),
    ]
}
