//! Step 6: schedules.

use std::f64::consts::PI;

use grading::prelude::*;
use lab_03_optimizers::{OneCycle, StepDecay, WarmupCosine};

use crate::cases::rounded;
use crate::contract::Contract;
use crate::visible::Lab;

/// A few operations on rates of order 1, and a cosine.
pub(crate) const RATES: Tolerance = Tolerance { relative: 1e-13, absolute: 1e-14 };

/// Warm-ups that end before the training does.
pub(crate) fn warmups() -> impl Strategy<Value = WarmupCosine> {
    (rounded(0.01, 1.0), 0..=10_usize, 1..=30_usize).prop_map(|(peak, warmup, more)| WarmupCosine {
        peak,
        warmup,
        total: warmup + more,
    })
}

/// Cycles whose first part is longer than a step.
pub(crate) fn cycles() -> impl Strategy<Value = OneCycle> {
    let part = prop_oneof![Just(0.3), (25..=75_u32).prop_map(|percent| f64::from(percent) / 100.0)];
    (rounded(0.01, 1.0), 10..=60_usize, part, 2..=30_u32, 2..=1000_u32).prop_map(
        |(max_rate, total_steps, pct_start, div_factor, final_div_factor)| OneCycle {
            max_rate,
            total_steps,
            pct_start,
            div_factor: f64::from(div_factor),
            final_div_factor: f64::from(final_div_factor),
        },
    )
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("step_decay_falls_by_a_factor", "6")
            .law("The rate is that of step 0 up to step `every` − 1, and `every` steps later always `factor` times as large.")
            .hints([
                "How often has the factor been applied at step 7 if it is applied every 3 steps?",
                "Whole numbers divide downwards: step / self.every. `x.powi(n as i32)` is xⁿ.",
                "self.start * self.factor.powi((step / self.every) as i32)",
            ])
            .property(
                (rounded(0.01, 1.0), rounded(0.1, 0.9), 1..=6_usize, 0..=20_usize),
                |lab: Lab, &(start, factor, every, step): &(f64, f64, usize, usize)| {
                    let schedule = StepDecay { start, factor, every };
                    let rate = lab.step_decay(schedule, step)?;
                    // One multiplication after the other.
                    let steps_taken = |done: usize| (0..done).fold(start, |rate, _| rate * factor);
                    let expected = (1..=step).filter(|step| step % every == 0).fold(start, |rate, _| rate * factor);
                    expect::close("the rate", &rate, &expected, RATES)
                        .suspect("it falls in every step", || steps_taken(step))
                        .suspect("it falls one step too early", || steps_taken((step + 1) / every))
                        .suspect("it has fallen once too often", || steps_taken(step / every + 1))?;
                    Ok(())
                },
            ),
        Check::new("cosine_goes_from_one_value_to_the_other", "6")
            .law("At progress 0 it is `from`, at 1 `to`, half-way their mean; it is point-symmetric about the middle and flat at the ends.")
            .hints([
                "The cosine is 1 at 0 and −1 at π.",
                "(1 + cos(π·p))/2 goes from 1 to 0. Use it as the weight of `from`.",
                "to + (from - to) * (1.0 + (PI * progress).cos()) / 2.0",
            ])
            .property(
                (rounded(-1.0, 1.0), rounded(-1.0, 1.0), rounded(0.0, 1.0)),
                |lab: Lab, &(from, to, progress): &(f64, f64, f64)| {
                    let exchanged = |p: f64| from + (to - from) * (1.0 + (PI * p).cos()) / 2.0;
                    for (p, expected) in [(0.0, from), (1.0, to), (0.5, (from + to) / 2.0)] {
                        expect::close(&format!("the value at {p}"), &lab.cosine(from, to, p)?, &expected, RATES)
                            .suspect("from and to are exchanged", || exchanged(p))?;
                    }
                    let value = lab.cosine(from, to, progress)?;
                    let mirrored = lab.cosine(from, to, 1.0 - progress)?;
                    expect::close("value and mirrored value together", &(value + mirrored), &(from + to), RATES)?;
                    // sin² of half the angle is the share of the way.
                    let share = (PI * progress / 2.0).sin().powi(2);
                    expect::close("the value", &value, &(from + share * (to - from)), RATES)
                        .suspect("it is a straight line", || from + progress * (to - from))
                        .suspect("the argument of cos lacks π", || {
                            to + (from - to) * (1.0 + progress.cos()) / 2.0
                        })?;
                    Ok(())
                },
            ),
        Check::new("warmup_rises_in_a_line_to_the_peak", "6")
            .law("Up to step w the rate grows by peak/(w + 1) a step, from peak/(w + 1) to the peak.")
            .hints([
                "With w = 4 there are five rates up to the peak: ⅕, ⅖, … of it.",
                "Step 0 is not to be lost: (s + 1)/(w + 1), not s/w.",
                "if step <= self.warmup { self.peak * (s + 1.0) / (w + 1.0) } else { … }",
            ])
            .property(warmups(), |lab: Lab, schedule: &WarmupCosine| {
                let w = schedule.warmup as f64;
                for step in 0..=schedule.warmup {
                    let s = step as f64;
                    let rate = lab.warmup_cosine(*schedule, step)?;
                    let expected = schedule.peak - schedule.peak * (w - s) / (w + 1.0);
                    expect::close(&format!("the rate of step {step}"), &rate, &expected, RATES)
                        .suspect("it begins at 0: the first step is lost", || schedule.peak * s / w.max(1.0))
                        .suspect("it reaches the peak one step too early", || {
                            schedule.peak * ((s + 1.0) / w.max(1.0)).min(1.0)
                        })?;
                }
                Ok(())
            }),
        Check::new("warmup_is_followed_by_half_a_cosine", "6")
            .law("From the peak at step w the rate falls along a cosine to 0 at step T, and stays 0.")
            .hints([
                "Which progress does step w have, and which step T?",
                "(s − w)/(T − w) goes from 0 to 1; after T it goes on growing, and the cosine would rise again.",
                "cosine(self.peak, 0.0, ((s - w) / (total - w)).min(1.0))",
            ])
            .property((warmups(), 0..=12_usize), |lab: Lab, &(schedule, beyond): &(WarmupCosine, usize)| {
                let WarmupCosine { peak, warmup, total } = schedule;
                let length = (total - warmup) as f64;
                for step in warmup..=total + beyond {
                    let progress = (step - warmup) as f64 / length;
                    let weight = |p: f64| (1.0 + (PI * p).cos()) / 2.0;
                    let rate = lab.warmup_cosine(schedule, step)?;
                    let expected = peak * weight(progress.min(1.0));
                    expect::close(&format!("the rate of step {step}"), &rate, &expected, RATES)
                        .suspect("after T the cosine rises again", || peak * weight(progress))
                        .suspect("the progress is counted from step 0", || peak * weight(step as f64 / total as f64))?;
                }
                Ok(())
            }),
        Check::new("one_cycle_has_its_ends_and_its_peak", "6")
            .law(
                "The rates begin at max/div, end at max/(div·final_div), never exceed max, and where the turn is a whole \
                 step they are max there.",
            )
            .points(2)
            .hints([
                "First, last and largest rate are three numbers; write them down first.",
                "The turn is at pct_start·T − 1. Before it: from the first rate to the largest. After it: from the \
                 largest to the last.",
                "let first = self.max_rate / self.div_factor; let last = first / self.final_div_factor; let turn = \
                 self.pct_start * total - 1.0;",
            ])
            .property((cycles(), 3..=15_usize), |lab: Lab, &(cycle, turn): &(OneCycle, usize)| {
                // The turn at a whole step: half of 2(turn + 1) steps, less 1.
                let cycle = OneCycle { pct_start: 0.5, total_steps: 2 * (turn + 1), ..cycle };
                let OneCycle { max_rate, div_factor, final_div_factor, .. } = cycle;
                let first = max_rate / div_factor;
                let last = first / final_div_factor;
                let at = |step: usize| lab.one_cycle(cycle, step);
                expect::close("the first rate", &at(0)?, &first, RATES)
                    .suspect("it begins at the last rate", || last)
                    .suspect("it begins at 0", || 0.0)?;
                // The cosine of π is −1 up to rounding, which leaves 1e-16 of the largest rate.
                let end = at(cycle.total_steps - 1)?;
                expect::close("the last rate", &end, &last, Tolerance { absolute: 1e-15, ..RATES })
                    .suspect("final_div_factor divides the largest rate, not the first", || {
                        max_rate / final_div_factor
                    })
                    .suspect("it ends at the first rate", || first)?;
                expect::close("the rate at the turn", &at(turn)?, &max_rate, RATES)?;
                for step in 0..cycle.total_steps {
                    let rate = at(step)?;
                    expect::that(rate <= max_rate * (1.0 + 1e-12) && rate >= last - 1e-14, || {
                        format!("the rate {rate} of step {step} is not between {last} and {max_rate}")
                    })?;
                }
                Ok(())
            }),
        Check::new("one_cycle_goes_up_and_down_without_a_jump", "6")
            .law("The rate rises up to the turn and falls after it, by at most π/2 times the slope of a straight line.")
            .hints([
                "At the turn both parts must have the same value.",
                "The progress of the first part is step/turn, that of the second (step − turn)/(T − 1 − turn).",
                "if step <= turn { cosine(first, self.max_rate, step / turn) } else { cosine(self.max_rate, last, \
                 (step - turn) / (total - 1.0 - turn)) }",
            ])
            .property(cycles(), |lab: Lab, cycle: &OneCycle| {
                let total = cycle.total_steps as f64;
                let turn = cycle.pct_start * total - 1.0;
                // A cosine over so many steps changes by at most π/2 of its height per step, divided by that number.
                let slope = PI / 2.0 * cycle.max_rate / turn.min(total - 1.0 - turn);
                for step in 1..cycle.total_steps {
                    let [before, after] = [lab.one_cycle(*cycle, step - 1)?, lab.one_cycle(*cycle, step)?];
                    let change = after - before;
                    expect::that(change.abs() <= slope * (1.0 + 1e-9), || {
                        format!("from step {} to step {step} the rate jumps from {before} to {after}", step - 1)
                    })?;
                    let rises = (step as f64) <= turn;
                    let falls = (step - 1) as f64 >= turn;
                    expect::that(!(rises && change < 0.0 || falls && change > 1e-15), || {
                        format!("from step {} to step {step} the rate goes from {before} to {after}", step - 1)
                    })?;
                }
                Ok(())
            }),
    ]
}
