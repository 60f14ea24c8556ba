//! Step 4: decay beside the gradient.

use grading::prelude::*;
use grading::proptest::collection::vec;
use nn::{AdamW, Optimizer, Parameter};
use tensor::Tensor;

use crate::cases::{Lab, parameters};
use crate::contract::{Contract, Method};

/// A start and some gradients of its shape.
type Training = (Tensor<f64>, Vec<Tensor<f64>>);

fn trainings() -> impl Strategy<Value = Training> {
    (1..=4_usize, 0..=5_usize).prop_flat_map(|(n, steps)| (tensors([n]), vec(tensors([n]), steps)))
}

/// Learning rates and strengths in hundredths, none 0.
pub(crate) fn hundredths() -> impl Strategy<Value = f64> {
    (1..=50_u32).prop_map(|hundredths| f64::from(hundredths) / 100.0)
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("decay_shrinks_every_number_alike", "4")
            .law("Decoupled weight decay is θ ← (1 − ηλ)·θ, for every parameter.")
            .hints([
                "No gradient is needed: each number loses the same share of itself.",
                "`parameter.set(&values)` writes. The values must not hang on a graph: start from \
                 `parameter.get().detach()`.",
                "for p in parameters { p.set(&(p.get().detach() * (1.0 - learning_rate * decay))); }",
            ])
            .property(
                (parameters(), hundredths(), hundredths()),
                |lab: Lab, (parameters, rate, decay): &(Vec<Tensor<f64>>, f64, f64)| {
                    let after = lab.decay_weights(parameters.clone(), *rate, *decay)?;
                    for (after, before) in after.iter().zip(parameters) {
                        let tolerance = Tolerance::operations(6);
                        expect::close("a parameter", after, &(before * (1.0 - rate * decay)), tolerance)
                            .suspect("nothing has changed", || before.clone())
                            .suspect("the learning rate is forgotten", || before * (1.0 - decay))
                            .suspect("the decay is taken twice", || before * (1.0 - rate * decay).powi(2))?;
                    }
                    Ok(())
                },
            ),
        Check::new("decay_and_penalty_agree_for_gradient_descent", "4")
            .law("For SGD without momentum, decoupled decay λ and the penalty λ·½Σθ² in the loss are the same.")
            .hints([
                "Write down one step of SGD with the gradient g + λθ, and collect what multiplies θ.",
                "θ − η(g + λθ) = (1 − ηλ)θ − ηg",
                "decay_weights multiplies by 1 − ηλ; l2_penalty has the gradient θ, by its ½.",
            ])
            .property(
                (trainings(), hundredths(), hundredths()),
                |lab: Lab, ((start, gradients), rate, decay): &(Training, f64, f64)| {
                    let train = |l2: f64, decay: f64| {
                        lab.train(Method::Sgd, start.clone(), gradients.clone(), *rate, l2, decay)
                    };
                    let (decayed, penalized) = (train(0.0, *decay)?, train(*decay, 0.0)?);
                    // Numbers up to 1 + 5·0.5, a few operations in each step.
                    let tolerance = Tolerance::sum_of(6 * (gradients.len() + 1)).times(4.0);
                    expect::close("the weights with decay", &decayed, &penalized, tolerance)?;
                    Ok(())
                },
            ),
        Check::new("decay_beside_adam_is_adamw", "4")
            .law("Adam with decoupled decay, taken before its step, is AdamW.")
            .points(2)
            .hints([
                "AdamW differs from Adam by one factor for the weights.",
                "θ ← (1 − ηλ)θ, whatever Adam makes of the gradient.",
                "p.set(&(p.get().detach() * (1.0 - learning_rate * decay)))",
            ])
            .property(
                (trainings(), hundredths(), hundredths()),
                |lab: Lab, ((start, gradients), rate, decay): &(Training, f64, f64)| {
                    let parameter = Parameter::new(start.clone());
                    let mut adamw = AdamW::new(vec![parameter.clone()], *rate).weight_decay(*decay);
                    for gradient in gradients {
                        adamw.zero_grad();
                        (parameter.get() * gradient).sum(..).backward();
                        adamw.step();
                    }
                    let got = lab.train(Method::Adam, start.clone(), gradients.clone(), *rate, 0.0, *decay)?;
                    let tolerance = Tolerance::sum_of(6 * (gradients.len() + 1)).times(4.0);
                    expect::close("the weights", &got, &parameter.get().detach(), tolerance)?;
                    Ok(())
                },
            ),
        Check::new("soft_threshold_minimizes", "4")
            .law("y = S(x, t) is the minimum of ½(y − x)² + t·|y|: where y ≠ 0, y − x + t·sign(y) = 0; where y = 0, |x| ≤ t.")
            .points(2)
            .hints([
                "Draw S for t = 1: what becomes of 3, of 0.5, of −0.5, of −3?",
                "The size falls by t and stops at 0; the sign stays.",
                "x.sign() * (x.abs() - t).maximum(0.0)",
            ])
            .property(
                ((1..=9_usize).prop_flat_map(|n| tensors([n])), 0..=100_u32),
                |lab: Lab, (x, hundredths): &(Tensor<f64>, u32)| {
                    let t = f64::from(*hundredths) / 100.0;
                    let y = lab.soft_threshold(x.clone(), t)?;
                    expect::equal("the shape", y.shape(), x.shape())?;
                    let right = x.map(|v| if v > t { v - t } else if v < -t { v + t } else { 0.0 });
                    // A difference of numbers up to 1; zeros are exact.
                    expect::close("S(x, t)", &y, &right, Tolerance::sum_of(2))
                        .suspect("the sign is lost", || (x.abs() - t).maximum(0.0))
                        .suspect("what is small goes through 0 to the other side", || x - x.sign() * t)
                        .suspect("this is hard thresholding: what is left is not made smaller", || {
                            x.map(|v| if v.abs() > t { v } else { 0.0 })
                        })?;
                    let zeros = |x: &Tensor<f64>| x.to_vec().iter().map(|&v| v == 0.0).collect::<Vec<_>>();
                    expect::equal("which numbers are exactly 0", zeros(&y), zeros(&right))?;
                    Ok(())
                },
            ),
        Check::new("proximal_descent_finds_exact_zeros", "4")
            .law(
                "On ½‖θ − a‖² + λ·Σ|θ|, gradient steps followed by proximal steps arrive at S(a, λ), whatever η ≤ 1: exactly \
                 0 wherever |a| < λ.",
            )
            .points(2)
            .hints([
                "The threshold is the distance that the penalty alone would push in this step.",
                "A step of length η against the penalty λ|θ| shrinks by ηλ.",
                "for p in parameters { p.set(&soft_threshold(&p.get().detach(), learning_rate * strength)); }",
            ])
            .property(
                (
                    (1..=5_usize).prop_flat_map(|n| (tensors([n]), tensors([n]))),
                    prop_oneof![Just(0.25), Just(0.5), Just(1.0)],
                    1..=10_u32,
                ),
                |lab: Lab, ((a, start), rate, tenths): &((Tensor<f64>, Tensor<f64>), f64, u32)| {
                    let strength = f64::from(*tenths) / 10.0;
                    // No entry within 0.01 of the threshold, where the zero would be late.
                    let a = a.map(|v| if (v.abs() - strength).abs() < 0.01 { v + 0.02 * v.signum() } else { v });
                    // Each step brings θ nearer by the factor 1 − η ≤ ¾: 2·0.75¹⁴⁰ < 1e-17.
                    let theta = lab.lasso(a.clone(), start.clone(), *rate, strength, 140)?;
                    let soft = |t: f64| a.map(|v| v.signum() * (v.abs() - t).max(0.0));
                    expect::close("θ", &theta, &soft(strength), Tolerance::sum_of(6).times(2.0))
                        .suspect("the threshold lacks the learning rate", || soft(strength / rate))
                        .suspect("the threshold is the learning rate alone", || soft(1.0))
                        .suspect("there is no proximal step", || a.clone())?;
                    let zero = |x: &Tensor<f64>| x.to_vec().iter().map(|&v| v == 0.0).collect::<Vec<_>>();
                    expect::equal("which numbers are exactly 0", zero(&theta), zero(&soft(strength)))?;
                    Ok(())
                },
            ),
    ]
}
