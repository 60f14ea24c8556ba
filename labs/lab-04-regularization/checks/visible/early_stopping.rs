//! Step 1: early stopping.

use grading::prelude::*;
use grading::proptest::option;
use tensor::Tensor;

use crate::cases::{Lab, loss, losses};
use crate::contract::Contract;

/// Whether each loss was an improvement when it came.
fn improvements(losses: &[f64], min_delta: f64) -> Vec<bool> {
    let mut best = None;
    let mut improved = |loss: f64| {
        let better = loss.is_finite() && best.is_none_or(|best| best - loss > min_delta);
        if better {
            best = Some(loss);
        }
        better
    };
    losses.iter().map(|&loss| improved(loss)).collect()
}

/// How many epochs a training lasts: up to and with the last of the first `patience` in a row that were no improvement.
pub(crate) fn epochs(losses: &[f64], patience: usize, min_delta: f64) -> usize {
    let improved = improvements(losses, min_delta);
    let all_bad = |end: &usize| improved[end - patience..*end].iter().all(|better| !better);
    (patience..=losses.len()).find(all_bad).unwrap_or(losses.len())
}

/// The epoch of the last improvement, which was the best; without one, the last epoch.
pub(crate) fn best_epoch(losses: &[f64], min_delta: f64) -> usize {
    let improved = improvements(losses, min_delta);
    improved.iter().rposition(|&better| better).unwrap_or(losses.len() - 1)
}

/// The weights of each epoch: no two are alike.
pub(crate) fn weights(epochs: usize) -> Vec<Tensor<f64>> {
    (0..epochs).map(|epoch| Tensor::from([epoch as f64, 0.5])).collect()
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("improvement_is_lower_by_more_than_min_delta", "1")
            .law(
                "A loss is an improvement if it is lower than the best by more than min_delta, or finite while there is \
                 no best; NaN and infinity never are.",
            )
            .hints([
                "What is the answer while `best` is None, and what if there is one?",
                "`match best { Some(best) => …, None => … }`. A comparison with NaN is always false: compare such that \
                 false is the right answer.",
                "Some(best) => loss < best - min_delta, None => loss.is_finite()",
            ])
            .cases(64)
            .property(
                (loss(), option::of((0..=16_u32).prop_map(|quarters| f64::from(quarters) / 4.0)), 0..=3_u32),
                |lab: Lab, &(loss, best, quarters): &(f64, Option<f64>, u32)| {
                    let min_delta = f64::from(quarters) / 4.0;
                    let got = lab.is_improvement(loss, best, min_delta)?;
                    let right = loss.is_finite() && best.is_none_or(|best| best - loss > min_delta);
                    expect::equal("whether the loss is an improvement", got, right)
                        .suspect("NaN or infinity counts", || !best.is_some_and(|best| best - loss <= min_delta))
                        .suspect("a loss that is lower by min_delta exactly counts", || {
                            loss.is_finite() && best.is_none_or(|best| best - loss >= min_delta)
                        })
                        .suspect("min_delta is forgotten", || loss.is_finite() && best.is_none_or(|best| loss < best))?;
                    Ok(())
                },
            ),
        Check::new("training_stops_when_the_patience_is_used_up", "1")
            .law("Training stops after `patience` losses in a row that were no improvement, and not before.")
            .points(2)
            .hints([
                "Count the losses that were no improvement. When does the count begin anew?",
                "An improvement is remembered, and `waited` becomes 0; every other loss adds 1. Stop at the patience.",
                "self.best = Some((loss, network.state_dict())); self.waited = 0; … else { self.waited += 1; } and then \
                 self.waited >= self.patience",
            ])
            .cases(64)
            .property((losses(12), 1..=4_usize), |lab: Lab, (losses, patience): &(Vec<f64>, usize)| {
                let (stopped, ..) = lab.early_stopping(losses.clone(), weights(losses.len()), *patience, 0.0)?;
                expect::equal("the number of epochs", stopped, epochs(losses, *patience, 0.0))
                    .suspect("it stops one epoch too late", || epochs(losses, patience + 1, 0.0))
                    .suspect("it stops one epoch too early", || epochs(losses, patience - 1, 0.0))
                    .suspect("losses count that do not come in a row", || {
                        let improved = improvements(losses, 0.0);
                        let bad = (0..losses.len()).filter(|&epoch| !improved[epoch]);
                        bad.skip(patience - 1).map(|epoch| epoch + 1).next().unwrap_or(losses.len())
                    })?;
                Ok(())
            }),
        Check::new("the_best_weights_come_back", "1")
            .law(
                "`restore` gives the network the parameters and the buffers of the epoch with the lowest loss, however \
                 long it was trained after that.",
            )
            .points(2)
            .hints([
                "What has to be kept at an improvement, so that later training cannot change it?",
                "`network.state_dict()` copies the parameters and the buffers; `load_state_dict` is the way back.",
                "if let Some((_, state)) = &self.best { network.load_state_dict(state).expect(\"…\"); }",
            ])
            .property((losses(12), 1..=4_usize), |lab: Lab, (losses, patience): &(Vec<f64>, usize)| {
                let weights = weights(losses.len());
                let (epochs, weight, buffer) =
                    lab.early_stopping(losses.clone(), weights.clone(), *patience, 0.0)?;
                let best = &weights[best_epoch(&losses[..epochs], 0.0)];
                let last = &weights[epochs - 1];
                expect::close("the parameter", &weight, best, Tolerance::EXACT)
                    .suspect("these are the weights of the last epoch", || last)?;
                expect::close("the buffer", &buffer, &-best, Tolerance::EXACT)
                    .suspect("only parameters are restored; BatchNorm's running statistics are buffers", || -last)?;
                Ok(())
            }),
    ]
}
