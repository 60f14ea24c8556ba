//! Step 4: not recording.

use grading::prelude::*;

use crate::cases::{Named, multiples, named};
use crate::contract::Contract;
use crate::visible::Lab;

/// Why something may be recorded inside of `no_grad`.
const STILL_ON: &str = "recording is on while f runs: never switched off, or `let _ =` has switched it back at once, or \
                        `record` does not ask is_grad_enabled()";

/// How many `no_grad`s stand one in the other.
const NESTED: &str = "no_grads one in the other";

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("nothing_is_recorded_under_no_grad", "4")
            .law("A number computed under no_grad has no parents; before and after, it has them. What f returns comes through.")
            .points(2)
            .hints([
                "A switch has to be turned, and to be turned back.",
                "RECORDING.replace(false) turns it off and tells how it was; `Restore` puts that back when it is \
                 dropped, at the end of the function.",
                "let _restore = Restore { before: RECORDING.replace(false) }; f()",
            ])
            .property(multiples("what f returns", -4..=4, 1.0), |lab: Lab, answer: &Named<f64>| {
                let answer = answer.value;
                expect::equal("what f returns", lab.through_no_grad(answer)?, answer)?;
                let seen = lab.no_grad(1, false)?;
                expect::equal("the list of the numbers of parents (before, twice inside, after)", seen, vec![2, 0, 0, 2])
                    .suspect(STILL_ON, || vec![2, 2, 2, 2])
                    .suspect("the switch is not turned back", || vec![2, 0, 0, 0])?;
                Ok(())
            }),
        Check::new("no_grad_restores_what_was_before", "4")
            .law("After an inner no_grad the outer one is still in force: the switch returns to what it was, not to \"on\".")
            .hints([
                "What is the state before the inner no_grad, and what is it after yours?",
                "Remember the state that you find, and put back that.",
                "let _restore = Restore { before: RECORDING.replace(false) };",
            ])
            .property(named(NESTED, 2..=4_usize), |lab: Lab, depth: &Named<usize>| {
                let depth = depth.value;
                let seen = lab.no_grad(depth, false)?;
                let mut expected = vec![0; 2 * depth + 2];
                expected[0] = 2;
                expected[2 * depth + 1] = 2;
                expect::equal("the list of the numbers of parents, from before the outermost no_grad to after it,", seen, expected)
                    .suspect(STILL_ON, || vec![2; 2 * depth + 2])
                    .suspect("the inner no_grad turns recording on", || {
                        let mut on = vec![2; 2 * depth + 2];
                        on[1..depth + 2].fill(0);
                        on
                    })?;
                Ok(())
            }),
        Check::new("no_grad_survives_a_panic", "4")
            .law("If f panics and somebody catches the panic, recording is on again.")
            .hints([
                "After a panic, the lines behind the call of f are not reached. What is?",
                "Values that a function owns are dropped when it is left, by a panic too. `Restore` does its work in \
                 `drop`.",
                "let _restore = …; with a name: `let _ = …` would drop it at once",
            ])
            .property(named(NESTED, 1..=3_usize), |lab: Lab, depth: &Named<usize>| {
                let seen = lab.no_grad(depth.value, true)?;
                expect::equal("the number of parents after the panic", seen.last(), Some(&2))
                    .suspect("the switch stays off", || Some(&0))?;
                Ok(())
            }),
    ]
}
