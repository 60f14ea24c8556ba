//! Step 6: schedules.

use std::f64::consts::PI;

use grading::prelude::*;
use lab_03_optimizers::{OneCycle, StepDecay, WarmupCosine};

use crate::cases::rounded;
use crate::contract::Contract;
use crate::hidden::Lab;
use crate::visible::{RATES, cycles};

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("one_cycle_at_every_step", "6")
            .law("The rate of every step is that of PyTorch's OneCycleLR, also where the turn lies between two steps.")
            .points(3)
            .hints(["The turn at pct_start·T − 1 is not rounded."])
            .property(
                prop_oneof![
                    cycles(),
                    (rounded(0.01, 1.0), 10..=60_usize).prop_map(|(rate, steps)| OneCycle::new(rate, steps)),
                ],
                |lab: Lab, cycle: &OneCycle| {
                    let OneCycle { max_rate, total_steps, pct_start, div_factor, final_div_factor } = *cycle;
                    let turn = pct_start * total_steps as f64 - 1.0;
                    let end = (total_steps - 1) as f64;
                    for step in 0..total_steps {
                        let s = step as f64;
                        // The share of the largest rate, as the square of a sine.
                        let (other, angle) = if s <= turn {
                            (max_rate / div_factor, s / turn)
                        } else {
                            (max_rate / div_factor / final_div_factor, (end - s) / (end - turn))
                        };
                        let share = (PI / 2.0 * angle).sin().powi(2);
                        let expected = other + (max_rate - other) * share;
                        let name = format!("the rate of step {step}");
                        expect::close(&name, &lab.one_cycle(*cycle, step)?, &expected, RATES)?;
                    }
                    Ok(())
                },
            ),
        Check::new("warmup_of_no_steps_begins_at_the_peak", "6")
            .law("With w = 0 the first rate is the peak, and half-way to T it is half the peak.")
            .hints(["(s + 1)/(w + 1) is 1 for s = w = 0."])
            .property((rounded(0.01, 1.0), 1..=20_usize), |lab: Lab, &(peak, half): &(f64, usize)| {
                let schedule = WarmupCosine { peak, warmup: 0, total: 2 * half };
                expect::close("the first rate", &lab.warmup_cosine(schedule, 0)?, &peak, RATES)?;
                expect::close("half-way", &lab.warmup_cosine(schedule, half)?, &(peak / 2.0), RATES)?;
                Ok(())
            }),
        Check::new("step_decay_composes", "6")
            .law("The rate at s + n·every is that at s, times factorⁿ.")
            .hints(["factor.powi(…), not factor·…"])
            .property(
                (rounded(0.1, 1.0), rounded(0.1, 1.5), 1..=50_usize, 0..=200_usize, 0..=4_usize),
                |lab: Lab, &(start, factor, every, step, n): &(f64, f64, usize, usize, usize)| {
                    let schedule = StepDecay { start, factor, every };
                    let [now, later] = [step, step + n * every].map(|step| lab.step_decay(schedule, step));
                    let expected = now? * factor.powi(n as i32);
                    // Powers up to 204 of numbers that are rounded once each.
                    expect::close("the later rate", &later?, &expected, Tolerance { relative: 1e-12, absolute: 1e-300 })?;
                    expect::equal("the first rate", lab.step_decay(schedule, every - 1)?, start)?;
                    Ok(())
                },
            ),
    ]
}
