//! Step 6: quadratic features, and the kernel that spares them.

use grading::prelude::*;
use grading::proptest::collection::vec;

use crate::cases::vectors;
use crate::contract::{Contract, Similarity};
use crate::visible::Lab;

/// The four corners of a square, and whether their coordinates have the same sign.
const CORNERS: [[f64; 2]; 4] = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]];
const XOR: [f64; 4] = [1.0, -1.0, -1.0, 1.0];

fn pairs() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    (1..=4_usize).prop_flat_map(|dim| (vectors(dim), vectors(dim)))
}

fn inner(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// (1 + ⟨x, y⟩)² by the formula.
fn square(x: &[f64], y: &[f64]) -> f64 {
    let one_more = 1.0 + inner(x, y);
    one_more * one_more
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("features_have_the_kernel_as_inner_product", "6")
            .law("⟨φ(x), φ(y)⟩ = (1 + ⟨x, y⟩)², with (D + 1)(D + 2)/2 features.")
            .points(2)
            .hints([
                "Multiply (1 + x₁y₁ + x₂y₂)² out. Which terms come twice?",
                "A term 2·xᵢxⱼ·yᵢyⱼ is the product of √2·xᵢxⱼ and √2·yᵢyⱼ; squares come once.",
                "for (i, xi) in x.iter().enumerate() { push root * xi and xi * xi; for xj in &x[i + 1..] \
                 { push root * xi * xj } }",
            ])
            .property(pairs(), |lab: Lab, (x, y): &(Vec<f64>, Vec<f64>)| {
                let (of_x, of_y) = (lab.quadratic_features(x.clone())?, lab.quadratic_features(y.clone())?);
                let dim = x.len();
                expect::equal("the number of features", of_x.len(), (dim + 1) * (dim + 2) / 2)?;
                let plain = 1.0
                    + inner(x, y)
                    + x.iter()
                        .zip(y)
                        .enumerate()
                        .map(|(i, (a, b))| a * b * inner(&x[i..], &y[i..]))
                        .sum::<f64>();
                expect::close(
                    "⟨φ(x), φ(y)⟩",
                    &inner(&of_x, &of_y),
                    &square(x, y),
                    Tolerance::sum_of(32).times(2.0),
                )
                .suspect("the factors √2 are missing", || plain)?;
                Ok(())
            }),
        Check::new("kernel_needs_no_features", "6")
            .law("k(x, y) = (1 + ⟨x, y⟩)².")
            .hints([
                "First the inner product, then 1 more, then the square.",
                "x.iter().zip(y) pairs the numbers; .powi(2) squares.",
                "(1.0 + x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>()).powi(2)",
            ])
            .property(pairs(), |lab: Lab, (x, y): &(Vec<f64>, Vec<f64>)| {
                let got = lab.quadratic_kernel(x.clone(), y.clone())?;
                expect::close("k(x, y)", &got, &square(x, y), Tolerance::sum_of(32))
                    .suspect("the 1 is missing", || inner(x, y) * inner(x, y))?;
                Ok(())
            }),
        Check::new("kernel_score_sums_over_samples", "6")
            .law("The score is Σ aᵢ·(k(xᵢ, x) + 1).")
            .hints([
                "w = Σ aᵢφ(xᵢ). What is ⟨w, φ(x)⟩, if ⟨φ(xᵢ), φ(x)⟩ is k(xᵢ, x)? And what is the bias?",
                "Each mistake adds its label to b, as it adds y·φ(x) to w: b = Σ aᵢ.",
                "self.points.iter().zip(&self.coefficients).map(|(point, a)| a * ((self.kernel)(point, \
                 x) + 1.0)).sum()",
            ])
            .property(
                (1..=3_usize).prop_flat_map(|dim| (vec((vectors(dim), -3..=3_i32), 0..=5), vectors(dim))),
                |lab: Lab, (samples, x): &(Vec<(Vec<f64>, i32)>, Vec<f64>)| {
                    let (points, coefficients): (Vec<_>, Vec<f64>) =
                        samples.iter().map(|(point, a)| (point.clone(), f64::from(*a))).unzip();
                    let kernels = points.iter().map(|point| square(point, x));
                    let sum: f64 = kernels.zip(&coefficients).map(|(k, a)| a * k).sum();
                    let bias: f64 = coefficients.iter().sum();
                    let got = lab.kernel_score(points, coefficients, Similarity::Quadratic, x.clone())?;
                    // Coefficients up to 3, kernels up to 16.
                    expect::close("the score", &got, &(sum + bias), Tolerance::sum_of(10).times(50.0))
                        .suspect("the bias is missing", || sum)?;
                    Ok(())
                },
            ),
        Check::new("kernel_makes_the_same_mistakes", "6")
            .law(
                "The kernel perceptron makes the mistakes that Rosenblatt's makes on the features, pass \
                 by pass.",
            )
            .points(2)
            .hints([
                "It is your `train` of step 3. What stands for the weights?",
                "A mistake on sample i adds its label to coefficient i; the score is \
                 perceptron.score(&points[i]).",
                "for (i, &label) in labels.iter().enumerate() { if label * perceptron.score(&points[i]) \
                 <= 0.0 { perceptron.coefficients[i] += label; wrong += 1; } }",
            ])
            .property(
                (1..=3_usize)
                    .prop_flat_map(|dim| vec((vectors(dim), prop_oneof![Just(1.0), Just(-1.0)]), 1..=6)),
                |lab: Lab, samples: &Vec<(Vec<f64>, f64)>| {
                    let (points, labels): (Vec<_>, Vec<_>) = samples.iter().cloned().unzip();
                    let passes = 6;
                    let (coefficients, mistakes) =
                        lab.kernel_train(points.clone(), labels.clone(), Similarity::Quadratic, passes)?;
                    let mut features = Vec::new();
                    for x in &points {
                        features.push(lab.quadratic_features(x.clone())?);
                    }
                    let (perceptron, expected) = lab.train(features, labels.clone(), passes)?;
                    expect::equal("the list of mistakes", &mistakes, &expected)?;
                    let total: f64 = coefficients.iter().map(|a| a.abs()).sum();
                    let all: usize = mistakes.iter().sum();
                    expect::equal(
                        "the number of mistakes that the coefficients remember",
                        total,
                        all as f64,
                    )?;
                    // Sums of whole numbers are exact.
                    let bias: f64 = coefficients.iter().sum();
                    expect::close("the sum of the coefficients", &bias, &perceptron.bias, Tolerance::EXACT)?;
                    Ok(())
                },
            ),
        Check::new("xor_falls_to_features", "6")
            .law(
                "No line separates the corners of a square by XOR; with quadratic features and with the \
                 kernel one does.",
            )
            .hints([
                "Which feature tells the two classes apart by its sign?",
                "x₁x₂ is 1 on two corners and −1 on the other two.",
                "Both quadratic_features and KernelPerceptron::train have to be right; their own checks \
                 say more.",
            ])
            .example(|lab: Lab| {
                let points: Vec<Vec<f64>> = CORNERS.iter().map(|corner| corner.to_vec()).collect();
                let (_, mistakes) = lab.train(points.clone(), XOR.to_vec(), 50)?;
                expect::that(!mistakes.contains(&0), || "a line has separated XOR".into())?;
                let mut features = Vec::new();
                for x in &points {
                    features.push(lab.quadratic_features(x.clone())?);
                }
                // NaN is on no side: the rule takes it for no mistake.
                let finite = features.iter().flatten().all(|feature| feature.is_finite());
                expect::that(finite, || "there are features that are no numbers".into())?;
                let (_, mistakes) = lab.train(features, XOR.to_vec(), 50)?;
                expect::equal(
                    "the number of mistakes in the last pass with features",
                    mistakes.last(),
                    Some(&0),
                )?;
                let (_, mistakes) = lab.kernel_train(points, XOR.to_vec(), Similarity::Quadratic, 50)?;
                expect::equal(
                    "the number of mistakes in the last pass with the kernel",
                    mistakes.last(),
                    Some(&0),
                )?;
                Ok(())
            }),
    ]
}
