//! Step 2: mini-batches, and batches in parts.

use grading::prelude::*;
use grading::proptest::collection::vec;
use tensor::Tensor;

use crate::cases::numbers;
use crate::contract::Contract;
use crate::visible::Lab;

/// Samples (x, y) for a straight line, the line's parameters, and how many samples each micro-batch has.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    samples: Vec<(f64, f64)>,
    weight: f64,
    bias: f64,
    sizes: Vec<usize>,
}

impl Line {
    /// The gradient of the mean squared error over some samples, for the weight and for the bias.
    fn gradient(&self, samples: &[(f64, f64)]) -> Vec<Tensor<f64>> {
        let (mut weight, mut bias) = (0.0, 0.0);
        for (x, y) in samples {
            let error = self.weight * x + self.bias - y;
            weight += 2.0 * error * x / samples.len() as f64;
            bias += 2.0 * error / samples.len() as f64;
        }
        vec![Tensor::from_vec(vec![weight], [1, 1]), Tensor::from_vec(vec![bias], [1])]
    }

    /// The gradients of the micro-batches, with their sizes.
    fn micro_batches(&self) -> Vec<(Vec<Tensor<f64>>, usize)> {
        let mut rest = &self.samples[..];
        let mut batches = Vec::new();
        for &size in &self.sizes {
            let (batch, after) = rest.split_at(size);
            batches.push((self.gradient(batch), size));
            rest = after;
        }
        batches
    }
}

/// Lines through samples in one to four micro-batches of different sizes.
fn lines() -> impl Strategy<Value = Line> {
    let decimal = || (-100..=100_i32).prop_map(|x| f64::from(x) / 100.0);
    vec(1..=4_usize, 1..=4).prop_flat_map(move |sizes| {
        let samples = vec((decimal(), decimal()), sizes.iter().sum::<usize>());
        (samples, decimal(), decimal()).prop_map(move |(samples, weight, bias)| Line {
            samples,
            weight,
            bias,
            sizes: sizes.clone(),
        })
    })
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("minibatches_are_all_samples_once", "2")
            .law("Each sample is in exactly one batch; all batches have the same size but the last.")
            .points(2)
            .hints([
                "Begin with the list of all indices.",
                "`(0..samples).collect::<Vec<usize>>()` is that list; `generator.shuffle(&mut order)` shuffles it.",
                "order.chunks(batch_size).map(|batch| batch.to_vec()).collect()",
            ])
            .property(
                (0..=30_usize, 1..=8_usize, any::<u64>()),
                |lab: Lab, &(samples, batch_size, seed): &(usize, usize, u64)| {
                    let batches = lab.minibatches(samples, batch_size, seed, 1)?.remove(0);
                    let sizes: Vec<usize> = batches.iter().map(Vec::len).collect();
                    let mut expected = vec![batch_size; samples / batch_size];
                    let whole = expected.clone();
                    expected.extend(Some(samples % batch_size).filter(|&left| left > 0));
                    expect::equal("the sizes of the batches", sizes, expected)
                        .suspect("the last samples, which do not fill a batch, are left out", || whole)?;
                    let mut all = batches.concat();
                    all.sort_unstable();
                    expect::equal("the samples of all batches, sorted,", all, (0..samples).collect::<Vec<_>>())?;
                    Ok(())
                },
            ),
        Check::new("minibatches_have_a_new_order_each_time", "2")
            .law("The samples are shuffled, and each time anew.")
            .hints([
                "Does anything draw from the generator?",
                "A generator that is made anew from the same seed gives the same order each time: use the one that \
                 is passed.",
                "generator.shuffle(&mut order);",
            ])
            .property(
                (20..=40_usize, 1..=8_usize, any::<u64>()),
                |lab: Lab, &(samples, batch_size, seed): &(usize, usize, u64)| {
                    // Two of at least 20! ≈ 2·10¹⁸ orders agree by chance once in a lifetime of the universe.
                    let orders: Vec<Vec<usize>> =
                        lab.minibatches(samples, batch_size, seed, 2)?.iter().map(|epoch| epoch.concat()).collect();
                    let sorted: Vec<usize> = (0..samples).collect();
                    expect::that(orders[0] != sorted, || "the samples are not shuffled".into())?;
                    expect::that(orders[0] != orders[1], || {
                        "the second epoch has the order of the first".into()
                    })?;
                    let mut inside = orders[0].clone();
                    inside.chunks_mut(batch_size).for_each(<[usize]>::sort_unstable);
                    expect::that(batch_size == 1 || inside != sorted, || {
                        "each batch has neighbours, in another order".into()
                    })
                },
            ),
        Check::new("accumulated_gradient_is_that_of_the_whole_batch", "2")
            .law("Micro-batches of any sizes accumulate to the gradient of the mean loss over all their samples.")
            .points(2)
            .hints([
                "A mean over 3 samples and a mean over 1 sample: which mean do the 4 samples have?",
                "Turn each mean back into a sum: times its number of samples. Divide once, in the end.",
                "add: *sum = &*sum + gradient * count; self.samples += samples; — take: each sum times \
                 1.0 / self.samples as f64",
            ])
            .property(lines(), |lab: Lab, line: &Line| {
                let micro_batches = line.micro_batches();
                let count = micro_batches.len() as f64;
                let got = lab.accumulate(vec![micro_batches.clone()])?.remove(0);
                let shapes: Vec<Vec<usize>> = got.iter().map(|g| g.shape().to_vec()).collect();
                expect::equal("the shapes of the gradients", shapes, vec![vec![1, 1], vec![1]])?;
                let total = |weight: &dyn Fn(usize) -> f64| -> Vec<f64> {
                    let parts = micro_batches.iter().map(|(g, size)| (numbers(g), weight(*size)));
                    parts.fold(vec![0.0; 2], |sum, (g, w)| sum.iter().zip(g).map(|(s, g)| s + w * g).collect())
                };
                let samples = line.samples.len() as f64;
                let expected = numbers(&line.gradient(&line.samples));
                // Errors up to 3 times x up to 1, twice; at most 16 of them.
                expect::close("the gradient", &numbers(&got), &expected, Tolerance::sum_of(40).times(6.0))
                    .suspect("it is the mean of the means: a small micro-batch counts as much as a large one", || {
                        total(&|_| 1.0 / count)
                    })
                    .suspect("it is the sum of the means", || total(&|_| 1.0))
                    .suspect("it is the sum over all samples, not their mean", || total(&|size| size as f64))
                    .suspect("the means are added and divided by the number of samples", || {
                        total(&|_| 1.0 / samples)
                    })?;
                Ok(())
            }),
        Check::new("accumulator_starts_anew_after_a_step", "2")
            .law("`take` leaves nothing behind: the next batch does not know the one before.")
            .hints([
                "Which two fields does a new accumulator have, and with which values?",
                "std::mem::take(&mut self.sums) gives the sums away and leaves an empty list.",
                "let share = 1.0 / self.samples as f64; self.samples = 0; \
                 std::mem::take(&mut self.sums).into_iter().map(|sum| sum * share).collect()",
            ])
            .property(lines(), |lab: Lab, line: &Line| {
                let first = line.micro_batches();
                let second = vec![(vec![Tensor::ones([1, 1]), Tensor::ones([1])], 2)];
                let rounds = lab.accumulate(vec![first.clone(), second.clone()])?;
                let mixed = lab.accumulate(vec![[first, second].concat()])?.remove(0);
                // Twice 1, divided by 2.
                expect::close("the second gradient", &numbers(&rounds[1]), &vec![1.0; 2], Tolerance::EXACT)
                    .suspect("the first batch is still in it", || numbers(&mixed))?;
                Ok(())
            }),
    ]
}
