//! The checks that students see, in the order of the steps.

mod batch_norm;
mod color;
mod decay;
mod dropout;
mod early_stopping;
mod filters;
mod geometry;
mod penalties;
mod transforms;

use grading::Check;

use crate::contract::Contract;

// BEGIN HIDDEN
pub(crate) use batch_norm::{Training, running, trainings, unbiased};
pub(crate) use color::mixed;
pub(crate) use decay::hundredths;
pub(crate) use early_stopping::{best_epoch, epochs, weights};
pub(crate) use filters::{Correlation, correlated, correlations, edge, sigmas};
// END HIDDEN

/// One check per law.
pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    [
        early_stopping::checks(),
        dropout::checks(),
        penalties::checks(),
        decay::checks(),
        batch_norm::checks(),
        geometry::checks(),
        color::checks(),
        filters::checks(),
        transforms::checks(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
