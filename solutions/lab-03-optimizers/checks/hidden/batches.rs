//! Step 2: mini-batches.

use std::collections::BTreeMap;

use grading::prelude::*;
use grading::proptest::collection::vec;
use tensor::Tensor;

use crate::cases::{gradients, numbers};
use crate::contract::Contract;
use crate::hidden::Lab;

/// Micro-batches: the gradients of each, and how many samples it has.
type Round = Vec<(Vec<Tensor<f64>>, usize)>;

/// Micro-batches of gradients of the same shapes, in any layout, with their sizes.
fn rounds() -> impl Strategy<Value = Round> {
    (1..=3_usize, 1..=3_usize).prop_flat_map(|(rows, columns)| {
        let gradients = (tensors([rows, columns]), tensors([columns])).prop_map(|(a, b)| vec![a, b]);
        vec((gradients, 1..=100_usize), 1..=5)
    })
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("every_order_is_as_likely", "2")
            .law("Each pair of samples has the same chance of being the first two.")
            .points(2)
            .cases(4)
            .hints(["A list that is only turned round has neighbours that stay neighbours."])
            .property((any::<u64>(), 1..=3_usize), |lab: Lab, &(seed, batch_size): &(u64, usize)| {
                let mut counts: BTreeMap<[usize; 2], usize> = BTreeMap::new();
                for batches in lab.minibatches(4, batch_size, seed, 1200)? {
                    let order = batches.concat();
                    expect::equal("the number of samples", order.len(), 4)?;
                    *counts.entry([order[0], order[1]]).or_default() += 1;
                }
                // Each of 12 pairs is expected 100 times with a standard deviation of √(1200/12·11/12) = 9.6. That one of
                // them is more than 65 away has a chance of 12·1e-11.
                for (first, second) in
                    (0..4).flat_map(|a| (0..4).map(move |b| (a, b))).filter(|(a, b)| a != b)
                {
                    let count = counts.get(&[first, second]).copied().unwrap_or(0);
                    expect::that(count.abs_diff(100) <= 65, || {
                        format!("of 1200 orders {count} begin with {first}, {second}, where 100 are expected")
                    })?;
                }
                Ok(())
            }),
        Check::new("accumulated_gradients_of_any_shape", "2")
            .law("The result is Σ nᵢ·gᵢ / Σ nᵢ, for every parameter, round after round.")
            .points(2)
            .hints(["The first micro-batch of a round finds an empty list, also in the second round."])
            .property(vec(rounds(), 1..=3), |lab: Lab, rounds: &Vec<Round>| {
                let got = lab.accumulate(rounds.clone())?;
                for (round, micro_batches) in rounds.iter().enumerate() {
                    let samples: usize = micro_batches.iter().map(|(_, size)| size).sum();
                    let mut expected = vec![0.0; numbers(&micro_batches[0].0).len()];
                    for (gradients, size) in micro_batches {
                        for (sum, g) in expected.iter_mut().zip(numbers(gradients)) {
                            *sum += g * *size as f64 / samples as f64;
                        }
                    }
                    let name = format!("the gradient of round {round}");
                    expect::close(&name, &numbers(&got[round]), &expected, Tolerance::sum_of(16))?;
                }
                Ok(())
            }),
        Check::new("a_batch_in_one_part_is_itself", "2")
            .law("One micro-batch of any size gives its own gradients back.")
            .hints(["n·g/n = g."])
            .property(
                (gradients(), 1..=1000_usize),
                |lab: Lab, (gradients, samples): &(Vec<Tensor<f64>>, usize)| {
                    let got = lab.accumulate(vec![vec![(gradients.clone(), *samples)]])?.remove(0);
                    let shapes =
                        |all: &[Tensor<f64>]| all.iter().map(|g| g.shape().to_vec()).collect::<Vec<_>>();
                    expect::equal("the shapes", shapes(&got), shapes(gradients))?;
                    expect::close(
                        "the gradients",
                        &numbers(&got),
                        &numbers(gradients),
                        Tolerance::sum_of(4),
                    )?;
                    Ok(())
                },
            ),
    ]
}
