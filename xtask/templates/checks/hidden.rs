//! The checks that students do not see.

use grading::prelude::*;
use grading::proptest::collection::vec;

use crate::contract::Contract;

/// One check per law.
pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("mean_is_homogeneous", "1")
            .law("The mean of 2x is twice the mean of x.")
            .hints(["A factor that all numbers share can be taken out of the sum."])
            .property(vec(-10.0..10.0_f64, 1..20), |lab: &dyn Contract, x: &Vec<f64>| {
                let once = lab.mean(x.clone())?;
                let twice = lab.mean(x.iter().map(|x| 2.0 * x).collect())?;
                let tolerance = Tolerance::sum_of(x.len()).times(20.0);
                expect::close("the mean of 2x", &twice, &(2.0 * once), tolerance)?;
                Ok(())
            })
            .hidden(),
    ]
}
