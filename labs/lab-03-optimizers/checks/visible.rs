//! The checks that students see, in the order of the steps.

use grading::prelude::*;

use crate::contract::Contract;

/// One check per law.
pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("mean_of_equal_numbers_is_that_number", "1")
            .law("The mean of N times the same number c is c.")
            .hints([
                "What does the sum of N equal numbers have to be divided by?",
                "Add up all numbers, then divide by how many there are.",
                "`x.iter().sum::<f64>() / x.len() as f64`",
            ])
            .property((-10.0..10.0_f64, 1_usize..20), |lab: &dyn Contract, &(c, n): &(f64, usize)| {
                let mean = lab.mean(vec![c; n])?;
                expect::close("the mean", &mean, &c, Tolerance::sum_of(n).times(c.abs()))?;
                Ok(())
            }),
    ]
}
