//! Step 7: clipping and the range test.

use grading::prelude::*;
use grading::proptest::collection::vec;
use lab_03_optimizers::{DIVERGED, RangeTest, SMOOTHING};
use tensor::Tensor;

use crate::cases::{decaying, gradients, length, numbers, rounded};
use crate::contract::Contract;
use crate::visible::Lab;

/// Gradients that are not all 0.
fn long_gradients() -> impl Strategy<Value = Vec<Tensor<f64>>> {
    gradients().prop_map(|mut gradients| {
        gradients[0] = gradients[0].map(|g| g + 1.5);
        gradients
    })
}

/// Positive losses.
fn losses(count: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Vec<f64>> {
    vec(rounded(0.1, 3.0), count)
}

/// The mean of the losses so far, weighted by βᵃ with their age a.
pub(crate) fn weighted_means(losses: &[f64], beta: f64) -> Vec<f64> {
    let mean = |n: usize| {
        let past = || losses[..n].iter();
        decaying(beta, past().copied()) / decaying(beta, past().map(|_| 1.0))
    };
    (1..=losses.len()).map(mean).collect()
}

/// How many losses a range test records, and how many steps it trains.
pub(crate) fn recorded(losses: &[f64]) -> (usize, usize) {
    for step in 0..losses.len() {
        if !losses[step].is_finite() {
            return (step, step + 1);
        }
        let smooth = weighted_means(&losses[..=step], SMOOTHING);
        let lowest = smooth.iter().fold(f64::INFINITY, |low, &loss| low.min(loss));
        if smooth[step] > DIVERGED * lowest {
            return (step + 1, step + 1);
        }
    }
    (losses.len(), losses.len())
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("clipping_keeps_the_direction_and_bounds_the_norm", "7")
            .law(
                "Gradients that are too long keep their direction, all by the same factor, and get the norm max_norm; the \
                 norm before is returned.",
            )
            .points(2)
            .hints([
                "The norm is that of *all* numbers: the root of the sum over all tensors of all squares.",
                "If it is too long, multiply every tensor by max_norm / norm. `gradient.to_vec()` has a tensor's numbers; \
                 `.as_f64()` turns one into an f64.",
                "if norm > max_norm && norm.is_finite() { for gradient in gradients { *gradient = &*gradient * (max_norm \
                 / norm); } }",
            ])
            .property(
                (long_gradients(), rounded(0.05, 0.95)),
                |lab: Lab, (gradients, share): &(Vec<Tensor<f64>>, f64)| {
                    let norm = length(&numbers(gradients));
                    let max_norm = norm * share;
                    let (clipped, got) = lab.clip_grad_norm(gradients.clone(), max_norm)?;
                    let count = numbers(gradients).len();
                    // A root of a sum of squares, each at most 2.5².
                    let tolerance = Tolerance::sum_of(count + 4).times(8.0);
                    let largest = gradients.iter().map(|g| length(&g.to_vec())).fold(0.0, f64::max);
                    expect::close("the norm before", &got, &norm, tolerance)
                        .suspect("the root is missing", || norm * norm)
                        .suspect("it is the norm after clipping", || max_norm)
                        .suspect("it is that of the longest tensor alone", || largest)
                        .suspect("it is the sum of the norms", || {
                            gradients.iter().map(|g| length(&g.to_vec())).sum::<f64>()
                        })?;
                    let shapes = |all: &[Tensor<f64>]| all.iter().map(|g| g.shape().to_vec()).collect::<Vec<_>>();
                    expect::equal("the shapes", shapes(&clipped), shapes(gradients))?;
                    let expected: Vec<f64> = numbers(gradients).iter().map(|g| g * share).collect();
                    let each = || -> Vec<f64> {
                        let one = |g: &Tensor<f64>| {
                            let norm = length(&g.to_vec());
                            g.to_vec().into_iter().map(move |x| x * (max_norm / norm).min(1.0))
                        };
                        gradients.iter().flat_map(one).collect()
                    };
                    expect::close("the gradients", &numbers(&clipped), &expected, tolerance)
                        .suspect("each tensor is clipped by itself", each)
                        .suspect("nothing is clipped", || numbers(gradients))
                        .suspect("they are divided by the norm and not multiplied by max_norm", || {
                            numbers(gradients).iter().map(|g| g / norm).collect::<Vec<_>>()
                        })?;
                    Ok(())
                },
            ),
        Check::new("clipping_leaves_small_gradients_alone", "7")
            .law("Gradients that are not longer than max_norm stay as they are, to the last bit.")
            .hints([
                "Clipping makes nothing longer.",
                "Only if norm > max_norm is there anything to do.",
                "if norm > max_norm && norm.is_finite() { … } norm",
            ])
            .property(
                (gradients(), rounded(1.01, 3.0)),
                |lab: Lab, (gradients, factor): &(Vec<Tensor<f64>>, f64)| {
                    let max_norm = length(&numbers(gradients)) * factor + 0.01;
                    let (clipped, _) = lab.clip_grad_norm(gradients.clone(), max_norm)?;
                    expect::close("the gradients", &numbers(&clipped), &numbers(gradients), Tolerance::EXACT)
                        .suspect("they are made longer, to max_norm", || {
                            let factor = max_norm / length(&numbers(gradients));
                            numbers(gradients).iter().map(|g| g * factor).collect::<Vec<_>>()
                        })?;
                    Ok(())
                },
            ),
        Check::new("clipping_by_value_cuts_every_number", "7")
            .law("Every number ends between −limit and limit: itself if it is there already, otherwise the nearer end.")
            .hints([
                "Each number by itself, this time.",
                "Tensors have a method for it: gradient.clamp(low, high).",
                "for gradient in gradients { *gradient = gradient.clamp(-limit, limit); }",
            ])
            .property(
                (gradients(), rounded(0.1, 1.2)),
                |lab: Lab, (gradients, limit): &(Vec<Tensor<f64>>, f64)| {
                    let clipped = lab.clip_grad_value(gradients.clone(), *limit)?;
                    let cut = |g: &f64| if g.abs() <= *limit { *g } else { limit * g.signum() };
                    let expected: Vec<f64> = numbers(gradients).iter().map(cut).collect();
                    expect::close("the gradients", &numbers(&clipped), &expected, Tolerance::EXACT)
                        .suspect("only large positive numbers are cut off", || {
                            numbers(gradients).iter().map(|g| g.min(*limit)).collect::<Vec<_>>()
                        })?;
                    Ok(())
                },
            ),
        Check::new("rates_grow_by_a_constant_factor", "7")
            .law("The rates go from low to high, and each is the same multiple of the one before.")
            .hints([
                "From 10⁻⁵ to 1 in equal steps, nearly all rates would be above 10⁻². Which steps are equal instead?",
                "With the progress p = step/(steps − 1): low·(high/low)^p. `x.powf(p)` is x^p.",
                "(0..steps).map(|step| low * (high / low).powf(step as f64 / (steps - 1) as f64)).collect()",
            ])
            .property(
                (-6..=-2_i32, rounded(1.5, 100.0), 2..=20_usize),
                |lab: Lab, &(exponent, times, steps): &(i32, f64, usize)| {
                    let low = 10_f64.powi(exponent);
                    let high = low * times;
                    let rates = lab.geometric_rates(low, high, steps)?;
                    expect::equal("the number of rates", rates.len(), steps)?;
                    let factor = (times.ln() / (steps - 1) as f64).exp();
                    let expected: Vec<f64> = (0..steps).map(|step| low * factor.powi(step as i32)).collect();
                    let relative = Tolerance { relative: 1e-12, absolute: 0.0 };
                    expect::close("the rates", &rates, &expected, relative)
                        .suspect("they grow by a constant difference", || {
                            let share = |step: usize| step as f64 / (steps - 1) as f64;
                            (0..steps).map(|step| low + (high - low) * share(step)).collect::<Vec<_>>()
                        })
                        .suspect("the last rate is not reached", || {
                            let share = |step: usize| step as f64 / steps as f64;
                            (0..steps).map(|step| low * times.powf(share(step))).collect::<Vec<_>>()
                        })?;
                    Ok(())
                },
            ),
        Check::new("smoothed_losses_are_weighted_means", "7")
            .law("Each smoothed loss is the mean of the losses so far with weights βᵃ, where a is the age; a constant stays itself.")
            .points(2)
            .hints([
                "This is Adam's m̂ with losses for gradients.",
                "Keep the average that is not corrected for the next step, and return the corrected one.",
                "average = beta * average + (1.0 - beta) * loss; power *= beta; average / (1.0 - power)",
            ])
            .property((losses(0..=12), rounded(0.0, 0.95)), |lab: Lab, (losses, beta): &(Vec<f64>, f64)| {
                let beta = *beta;
                let uncorrected = || -> Vec<f64> {
                    let sums = (1..=losses.len()).map(|n| decaying(beta, losses[..n].iter().copied()));
                    sums.map(|sum| (1.0 - beta) * sum).collect()
                };
                let got = lab.smoothed(losses.clone(), beta)?;
                let tolerance = Tolerance::sum_of(losses.len() + 8).times(60.0);
                expect::close("the smoothed losses", &got, &weighted_means(losses, beta), tolerance)
                    .suspect("they are not corrected for the start at 0", uncorrected)
                    .suspect("the average starts at the first loss", || {
                        let mut average = losses.first().copied().unwrap_or(0.0);
                        losses
                            .iter()
                            .map(|loss| {
                                average += (1.0 - beta) * (loss - average);
                                average
                            })
                            .collect::<Vec<_>>()
                    })?;
                Ok(())
            }),
        Check::new("range_test_records_every_rate_with_its_loss", "7")
            .law("While nothing diverges, each rate is trained with once, in order, and recorded with its loss.")
            .hints([
                "One loop over the rates.",
                "let loss = train_step(rate); then push the rate and the loss.",
                "test.rates.push(rate); test.losses.push(loss);",
            ])
            .property(losses(1..=12), |lab: Lab, losses: &Vec<f64>| {
                // Losses from 1 to 3 never exceed four times their lowest.
                let losses: Vec<f64> = losses.iter().map(|loss| loss.max(1.0)).collect();
                let rates: Vec<f64> = (0..losses.len()).map(|step| 0.001 * 2_f64.powi(step as i32)).collect();
                let (test, trained) = lab.range_test(rates.clone(), losses.clone())?;
                expect::equal("the rates that were trained with", trained, rates.clone())?;
                expect::equal("the rates that were recorded", test.rates, rates)?;
                expect::equal("the losses", test.losses, losses)?;
                Ok(())
            }),
        Check::new("range_test_ends_where_the_loss_diverges", "7")
            .law(
                "The test ends with the loss whose smoothed value exceeds DIVERGED times the lowest so far, or before one \
                 that is not finite; no later rate is trained with.",
            )
            .points(2)
            .hints([
                "When is it enough? Look at the smoothed losses so far after each step.",
                "`smoothed(&test.losses, SMOOTHING)` has them; `!loss.is_finite()` is true for NaN and infinities. \
                 `break` ends the loop.",
                "if smooth[smooth.len() - 1] > DIVERGED * lowest { break; } where lowest is \
                 smooth.iter().copied().fold(f64::INFINITY, f64::min)",
            ])
            .property(
                (losses(1..=6), 4..=60_u32, losses(3..=30), any::<Option<bool>>()),
                |lab: Lab, (calm, growth, later, bad): &(Vec<f64>, u32, Vec<f64>, Option<bool>)| {
                    let mut all = calm.clone();
                    match bad {
                        // A loss that grows and grows.
                        None => {
                            let growth = f64::from(*growth);
                            all.extend(later.iter().zip(1..).map(|(loss, step)| loss * growth * f64::from(step)));
                        }
                        Some(nan) => {
                            all.push(if *nan { f64::NAN } else { f64::INFINITY });
                            all.extend(later);
                        }
                    }
                    let rates: Vec<f64> = (0..all.len()).map(|step| 0.001 * (step + 1) as f64).collect();
                    let (kept, asked) = recorded(&all);
                    let (test, trained) = lab.range_test(rates.clone(), all.clone())?;
                    expect::equal("the number of steps that were trained", trained.len(), asked)
                        .suspect("it never ends early", || all.len())?;
                    expect::equal("the number of losses", test.losses.len(), kept)
                        .suspect("a loss that is not finite is recorded", || asked)
                        .suspect("the loss that ends the test is not recorded", || kept.saturating_sub(1))?;
                    expect::equal("the losses", &test.losses[..], &all[..kept])?;
                    expect::equal("the rates", &test.rates[..], &rates[..kept])?;
                    Ok(())
                },
            ),
        Check::new("suggestion_is_a_tenth_of_the_tipping_point", "7")
            .law("The suggestion is a tenth of the rate at which the smoothed loss is lowest.")
            .hints([
                "Which step has the lowest smoothed loss?",
                "Go through the steps and keep the best one so far; `<` keeps the first of equals.",
                "(0..smooth.len()).reduce(|best, step| if smooth[step] < smooth[best] { step } else { best })",
            ])
            .property(losses(1..=15), |lab: Lab, losses: &Vec<f64>| {
                let rates: Vec<f64> = (0..losses.len()).map(|step| 1e-4 * 2_f64.powi(step as i32)).collect();
                let place = |values: &[f64]| {
                    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
                    values.iter().position(|&value| value == lowest).unwrap_or(0)
                };
                let smooth = weighted_means(losses, SMOOTHING);
                let best = place(&smooth);
                // Where two smoothed losses agree up to rounding, either is the lowest.
                let tie = |(step, value): (usize, &f64)| step != best && (value - smooth[best]).abs() < 1e-12;
                expect::assume(!smooth.iter().enumerate().any(tie))?;
                let test = RangeTest { rates: rates.clone(), losses: losses.clone() };
                let got = lab.suggestion(test)?;
                expect::close("the suggestion", &got, &(rates[best] / 10.0), Tolerance::operations(4))
                    .suspect("it is that rate itself, where the training is about to tip over", || rates[best])
                    .suspect("the losses are not smoothed", || rates[place(losses)] / 10.0)
                    .suspect("it is a tenth of the largest rate", || rates[rates.len() - 1] / 10.0)?;
                Ok(())
            }),
    ]
}
