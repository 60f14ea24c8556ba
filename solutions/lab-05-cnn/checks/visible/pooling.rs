//! Step 5: pooling, with its gradient.

use grading::prelude::*;
use tensor::Tensor;

use crate::cases::{Pooling, inner, one_hot, pooling_windows, poolings_of, views, windows};
use crate::contract::Contract;
use crate::visible::Lab;

/// What each window of a pooling sees in one plane, row by row; `None` for padding.
fn seen_by(case: &Pooling, [n, c, i, j]: [usize; 4]) -> Vec<Option<([usize; 4], f64)>> {
    let [_, _, height, width] = case.x.dims();
    let (rows, columns) = (views(&case.window, 0, height), views(&case.window, 1, width));
    rows[i]
        .iter()
        .flat_map(|&row| columns[j].iter().map(move |&column| (row, column)))
        .map(|(row, column)| {
            let place = [n, c, row?, column?];
            Some((place, case.x.get(place)))
        })
        .collect()
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("max_pool_takes_the_largest", "5")
            .law("Each output is the largest of the numbers that its window sees; padding is never taken.")
            .points(2)
            .hints([
                "One plane, one window: go through its taps and keep the best so far.",
                "If all numbers are negative, a maximum that begins at 0 or takes the padding's 0 is wrong. Begin \
                 with nothing: `let mut best = None;`",
                "if best.is_none_or(|best| x[place] > x[best]) { best = Some(place); }",
            ])
            .property(poolings_of(pooling_windows(), 1..=2, false), |lab: Lab, case: &Pooling| {
                // Shifted below 0, so that no padding can pass for a maximum.
                let case = Pooling { x: &case.x - 1.5, ..case.clone() };
                let y = lab.max_pool2d(case.x.clone(), case.window)?;
                let largest = |padding: f64| {
                    Tensor::from_fn(case.dy.shape(), |at| {
                        let seen = seen_by(&case, [at[0], at[1], at[2], at[3]]);
                        let numbers = seen.into_iter().map(|seen| seen.map_or(padding, |(_, value)| value));
                        numbers.fold(f64::NEG_INFINITY, f64::max)
                    })
                };
                expect::close("the maxima", &y, &largest(f64::NEG_INFINITY), Tolerance::EXACT)
                    .suspect("the padding counts as 0; it must never be the maximum", || largest(0.0))
                    .suspect("the maximum begins at 0, but numbers may be negative", || {
                        case.dy.zeros_like()
                    })?;
                Ok(())
            }),
        Check::new("max_pool_gradient_lands_on_the_maximum_once", "5")
            .law(
                "A gradient that reaches one output goes, whole, to the one place where its maximum is: the first \
                 of equal ones, row by row.",
            )
            .points(2)
            .hints([
                "Only the number that was taken has an influence on the output, and y changes as it does.",
                "The forward pass kept the place of each maximum. Take the first of equal ones: a later number must \
                 be larger, not as large.",
                "slots[place] += dy, for every place with its dy",
            ])
            .property(
                (poolings_of(pooling_windows(), 1..=2, false), any::<bool>()).prop_flat_map(|(case, ties)| {
                    let x = if ties { case.x.map(f64::round) } else { case.x.clone() };
                    let case = Pooling { x, ..case };
                    let output = case.dy.dims::<4>().map(|size| 0..size);
                    (Just(case), output)
                }),
                |lab: Lab, (case, output): &(Pooling, [usize; 4])| {
                    let dy = one_hot(case.dy.shape(), output);
                    let dx = lab.max_pool2d_gradient(case.x.clone(), case.window, dy)?;
                    let seen: Vec<_> = seen_by(case, *output).into_iter().flatten().collect();
                    let most = seen.iter().map(|&(_, value)| value).fold(f64::NEG_INFINITY, f64::max);
                    let winners: Vec<_> =
                        seen.iter().filter(|&&(_, value)| value == most).map(|&(place, _)| place).collect();
                    let at = |places: &[[usize; 4]]| {
                        places.iter().fold(case.x.zeros_like(), |sum, place| sum + one_hot(case.x.shape(), place))
                    };
                    let everywhere: Vec<_> = seen.iter().map(|&(place, _)| place).collect();
                    expect::close("dx", &dx, &at(&winners[..1]), Tolerance::EXACT)
                        .suspect("all equal maxima get the gradient; only the first does", || at(&winners))
                        .suspect("the last of equal maxima is taken; compare with >, not >=", || {
                            at(&winners[winners.len() - 1..])
                        })
                        .suspect("everything in the window gets the gradient", || at(&everywhere))?;
                    Ok(())
                },
            ),
        Check::new("max_pool_gradient_sums_up", "5")
            .law("No gradient is lost: where windows share a maximum, their gradients add up, and Σ dx = Σ dy.")
            .hints([
                "Can one number be the maximum of two windows?",
                "If the stride is smaller than the kernel, yes: then it influences two outputs.",
                "`slots[place] += dy`, not `=`",
            ])
            .property(poolings_of(pooling_windows(), 1..=2, true), |lab: Lab, case: &Pooling| {
                let dx = lab.max_pool2d_gradient(case.x.clone(), case.window, case.dy.clone())?;
                let total = |x: &Tensor<f64>| x.sum(..).item();
                let tolerance = Tolerance::sum_of(case.dy.numel());
                expect::close("Σ dx", &total(&dx), &total(&case.dy), tolerance)?;
                Ok(())
            }),
        Check::new("avg_pool_of_a_constant", "5")
            .law(
                "A window that lies within a constant image averages to that constant; what lies in the padding \
                 counts as 0, and the sum is always divided by all kh·kw taps.",
            )
            .hints([
                "What does the padding add to the sum, and is it counted as a tap?",
                "Multiply the sum by 1/(kh·kw), also where the window sees fewer numbers.",
                "y.push(sum * share)",
            ])
            .property(
                (poolings_of(windows(), 1..=2, false), -20..=20_i32),
                |lab: Lab, (case, c): &(Pooling, i32)| {
                    let c = f64::from(*c) / 10.0;
                    let y = lab.avg_pool2d(case.x.full_like(c), case.window)?;
                    let taps = case.window.kernel.iter().product::<usize>();
                    let share = Tensor::from_fn(case.dy.shape(), |at| {
                        let seen = seen_by(case, [at[0], at[1], at[2], at[3]]);
                        seen.into_iter().flatten().count() as f64 / taps as f64
                    });
                    let tolerance = Tolerance::sum_of(taps + 1).times(2.0);
                    expect::close("the averages", &y, &(&share * c), tolerance)
                        .suspect("it divides by what the window sees, not by its taps", || {
                            share.map(|s| if s > 0.0 { c } else { 0.0 })
                        })
                        .suspect("the sum is not divided", || &share * c * taps as f64)?;
                    Ok(())
                },
            ),
        Check::new("avg_pool_is_a_convolution_with_equal_weights", "5")
            .law("Average pooling is a convolution with the kernel 1/(kh·kw), one group for each channel.")
            .hints([
                "Your seven loops already add up what a window sees.",
                "Each channel is averaged for itself: channel c of the output sees channel c of the input.",
                "The loops of max pooling, with `sum += x[place]` in place of the comparison.",
            ])
            .property(poolings_of(windows(), 1..=2, false), |lab: Lab, case: &Pooling| {
                let channels = case.x.size(1);
                let [kh, kw] = case.window.kernel;
                let equal = Tensor::full([channels, 1, kh, kw], 1.0 / (kh * kw) as f64);
                let bias = Tensor::zeros(channels);
                let expected = lab.conv2d_direct(case.x.clone(), equal, bias, case.window, channels)?;
                let y = lab.avg_pool2d(case.x.clone(), case.window)?;
                expect::close("the averages", &y, &expected, Tolerance::sum_of(kh * kw + 1))?;
                Ok(())
            }),
        Check::new("avg_pool_gradient_is_the_adjoint", "5")
            .law("⟨avg(z), dy⟩ = ⟨z, dx⟩ for every image z.")
            .points(2)
            .hints([
                "An average is linear: each number that the window sees has the share 1/(kh·kw) in it.",
                "Go through the windows as in the forward pass, and give each number its share of that window's dy.",
                "slots[place] += dy[output] * share",
            ])
            .property(
                poolings_of(windows(), 1..=2, false).prop_flat_map(|case| {
                    let z = tensors(case.x.shape());
                    (Just(case), z)
                }),
                |lab: Lab, (case, z): &(Pooling, Tensor<f64>)| {
                    let y = lab.avg_pool2d(z.clone(), case.window)?;
                    let dx = lab.avg_pool2d_gradient(case.x.clone(), case.window, case.dy.clone())?;
                    let taps = case.window.kernel.iter().product::<usize>();
                    let tolerance = Tolerance::sum_of(case.dy.numel() * (taps + 2));
                    let (got, expected) = (inner(z, &dx), inner(&y, &case.dy));
                    expect::close("⟨z, dx⟩", &got, &expected, tolerance)
                        .suspect("dy is not divided among the taps", || expected * taps as f64)?;
                    Ok(())
                },
            ),
    ]
}
