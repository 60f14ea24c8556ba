//! Step 7: clipping and the range test.

use grading::prelude::*;
use grading::proptest::collection::vec;
use lab_03_optimizers::RangeTest;
use tensor::Tensor;

use crate::cases::{gradients, length, numbers, rounded};
use crate::contract::Contract;
use crate::hidden::Lab;
use crate::visible::recorded;

/// Losses of every size; some tests begin with losses of exactly 0, which are not more than four times themselves.
fn wild_losses() -> impl Strategy<Value = Vec<f64>> {
    let loss = prop_oneof![
        8 => rounded(0.01, 1.0),
        3 => rounded(1.0, 100.0),
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY)],
    ];
    let zeros = prop_oneof![3 => Just(0), 1 => 2..=3_usize];
    (zeros, vec(loss, 1..=25)).prop_map(|(zeros, losses)| [vec![0.0; zeros], losses].concat())
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("clipping_does_not_spread_nan", "7")
            .law("If the norm is not finite it is returned, and every gradient is as it was.")
            .points(2)
            .hints(["∞ > max_norm, and max_norm/∞ = 0, and 0·∞ is NaN."])
            .property(
                (gradients(), any::<u16>(), prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY)]),
                |lab: Lab, (gradients, place, bad): &(Vec<Tensor<f64>>, u16, f64)| {
                    let mut gradients = gradients.clone();
                    let mut first = gradients[0].to_vec();
                    let place = usize::from(*place) % first.len();
                    first[place] = *bad;
                    gradients[0] = Tensor::from_vec(first, gradients[0].shape());
                    let (clipped, norm) = lab.clip_grad_norm(gradients.clone(), 0.1)?;
                    expect::that(!norm.is_finite(), || format!("the norm of gradients with {bad} is {norm}"))?;
                    let bits = |all: &[Tensor<f64>]| numbers(all).into_iter().map(f64::to_bits).collect::<Vec<_>>();
                    expect::that(bits(&clipped) == bits(&gradients), || {
                        format!("gradients with {bad} have been changed to {:?}", numbers(&clipped))
                    })
                },
            ),
        Check::new("clipping_at_the_edge", "7")
            .law("Gradients of exactly the largest norm stay, to the last bit; gradients of 0 and no gradients at all do no harm.")
            .hints(["0/0 is NaN: do not divide by a norm that may be 0."])
            .property((gradients(), 0..=1_u8), |lab: Lab, (gradients, zero): &(Vec<Tensor<f64>>, u8)| {
                let gradients: Vec<Tensor<f64>> =
                    if *zero == 1 { gradients.iter().map(Tensor::zeros_like).collect() } else { gradients.clone() };
                let (_, norm) = lab.clip_grad_norm(gradients.clone(), f64::INFINITY)?;
                let (clipped, _) = lab.clip_grad_norm(gradients.clone(), norm)?;
                expect::close("the gradients", &numbers(&clipped), &numbers(&gradients), Tolerance::EXACT)?;
                expect::equal("the norm of no gradients", lab.clip_grad_norm(Vec::new(), 1.0)?.1, 0.0)?;
                Ok(())
            }),
        Check::new("clipping_of_one_long_tensor_among_short_ones", "7")
            .law("A long gradient shortens all the others with it, by the same factor.")
            .hints(["One factor for all."])
            .property((gradients(), rounded(5.0, 50.0)), |lab: Lab, (gradients, long): &(Vec<Tensor<f64>>, f64)| {
                let mut all = vec![Tensor::full([2], *long)];
                all.extend(gradients.iter().cloned());
                let norm = length(&numbers(&all));
                let (clipped, _) = lab.clip_grad_norm(all.clone(), 1.0)?;
                let expected: Vec<f64> = numbers(&all).iter().map(|g| g / norm).collect();
                expect::close("the gradients", &numbers(&clipped), &expected, Tolerance::sum_of(numbers(&all).len() + 4))?;
                let after = length(&numbers(&clipped));
                expect::close("the norm afterwards", &after, &1.0, Tolerance::sum_of(numbers(&all).len() + 4))?;
                Ok(())
            }),
        Check::new("clipping_by_value_is_symmetric", "7")
            .law("Gradients of the opposite sign are clipped to the opposite, and a limit of 0 leaves nothing.")
            .hints(["−limit and limit."])
            .property((gradients(), rounded(0.0, 1.0)), |lab: Lab, (gradients, limit): &(Vec<Tensor<f64>>, f64)| {
                let opposite: Vec<Tensor<f64>> = gradients.iter().map(|g| g * -1.0).collect();
                let [there, back] = [gradients.clone(), opposite].map(|g| lab.clip_grad_value(g, *limit));
                let negated: Vec<f64> = numbers(&back?).iter().map(|g| -g).collect();
                let there = numbers(&there?);
                expect::close("the gradients", &there, &negated, Tolerance::EXACT)?;
                let largest = there.iter().fold(0.0, |m: f64, g| m.max(g.abs()));
                let wanted = numbers(gradients).iter().fold(0.0, |m: f64, g| m.max(g.abs())).min(*limit);
                expect::equal("the largest", largest, wanted)?;
                Ok(())
            }),
        Check::new("range_test_on_any_losses", "7")
            .law("Whatever the losses are, the test ends where the handout says, and has recorded what it has seen.")
            .points(2)
            .cases(64)
            .hints(["The lowest smoothed loss so far, not the lowest loss; the smoothed loss now, not the loss now."])
            .property(wild_losses(), |lab: Lab, losses: &Vec<f64>| {
                let rates: Vec<f64> = (0..losses.len()).map(|step| 0.001 * (step + 1) as f64).collect();
                let (kept, asked) = recorded(losses);
                let (test, trained) = lab.range_test(rates.clone(), losses.clone())?;
                expect::equal("the rates that were trained with", &trained[..], &rates[..asked])?;
                expect::equal("the rates that were recorded", &test.rates[..], &rates[..kept])?;
                expect::equal("the losses", &test.losses[..], &losses[..kept])?;
                Ok(())
            }),
        Check::new("suggestion_is_the_first_of_equals", "7")
            .law("If several smoothed losses are the lowest, the first of them counts; a single loss suggests a tenth of its rate.")
            .hints(["`<` keeps the first of equals, `<=` the last."])
            .property((1..=6_usize, rounded(0.01, 1.0)), |lab: Lab, &(count, rate): &(usize, f64)| {
                // All smoothed losses are exactly 0.
                let rates: Vec<f64> = (0..count).map(|step| rate * (step + 1) as f64).collect();
                let got = lab.suggestion(RangeTest { rates, losses: vec![0.0; count] })?;
                expect::close("the suggestion", &got, &(rate / 10.0), Tolerance::operations(4))?;
                Ok(())
            }),
        Check::new("smoothing_keeps_constants_and_their_order", "7")
            .law("A constant smooths to itself, at every β; smoothing twice as large losses gives twice the result.")
            .hints(["The weights of a mean add up to 1, also at the beginning."])
            .property((rounded(0.1, 5.0), rounded(0.0, 0.99), 1..=30_usize), |lab: Lab, &(loss, beta, count): &(f64, f64, usize)| {
                let got = lab.smoothed(vec![loss; count], beta)?;
                // 1 − βᵗ has lost two digits at most.
                let tolerance = Tolerance::sum_of(count + 4).times(100.0 * loss);
                expect::close("the smoothed constant", &got, &vec![loss; count], tolerance)?;
                let ramp: Vec<f64> = (0..count).map(|step| loss * step as f64).collect();
                let doubled = lab.smoothed(ramp.iter().map(|x| 2.0 * x).collect(), beta)?;
                let twice: Vec<f64> = lab.smoothed(ramp, beta)?.iter().map(|x| 2.0 * x).collect();
                expect::close("the smoothed doubles", &doubled, &twice, Tolerance::operations(4))?;
                Ok(())
            }),
        Check::new("rates_of_a_single_size", "7")
            .law("From a rate to itself all rates are that rate; the reversed test has the reversed rates.")
            .hints(["(high/low)^p is 1 for high = low."])
            .property((rounded(0.01, 1.0), rounded(0.01, 1.0), 2..=12_usize), |lab: Lab, &(low, high, steps): &(f64, f64, usize)| {
                let relative = Tolerance { relative: 1e-12, absolute: 0.0 };
                expect::close("the rates", &lab.geometric_rates(low, low, steps)?, &vec![low; steps], relative)?;
                let mut back = lab.geometric_rates(high, low, steps)?;
                back.reverse();
                expect::close("the rates the other way", &back, &lab.geometric_rates(low, high, steps)?, relative)?;
                Ok(())
            }),
    ]
}
