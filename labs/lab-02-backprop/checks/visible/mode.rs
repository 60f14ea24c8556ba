//! Step 4: not recording.

use grading::prelude::*;

use crate::contract::Contract;
use crate::visible::Lab;

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
            .property(-4..=4_i32, |lab: Lab, &answer: &i32| {
                let answer = f64::from(answer);
                expect::equal("what f returns", lab.through_no_grad(answer)?, answer)?;
                let seen = lab.no_grad(1, false)?;
                expect::equal("the numbers of parents before, twice inside and after", seen, vec![2, 0, 0, 2])
                    .suspect("the switch is never turned", || vec![2, 2, 2, 2])
                    .suspect("the switch is not turned back", || vec![2, 0, 0, 0])
                    .suspect("record does not look at the switch", || vec![2, 2, 2, 2])?;
                Ok(())
            }),
        Check::new("no_grad_restores_what_was_before", "4")
            .law("After an inner no_grad the outer one is still in force: the switch returns to what it was, not to \"on\".")
            .hints([
                "What is the state before the inner no_grad, and what is it after yours?",
                "Remember the state that you find, and put back that.",
                "let _restore = Restore { before: RECORDING.replace(false) };",
            ])
            .property(2..=4_usize, |lab: Lab, &depth: &usize| {
                let seen = lab.no_grad(depth, false)?;
                let mut expected = vec![0; 2 * depth + 2];
                expected[0] = 2;
                expected[2 * depth + 1] = 2;
                expect::equal("the numbers of parents, from before the outermost no_grad to after it", seen, expected)
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
            .property(1..=3_usize, |lab: Lab, &depth: &usize| {
                let seen = lab.no_grad(depth, true)?;
                expect::equal("the number of parents after the panic", seen.last(), Some(&2))
                    .suspect("the switch stays off", || Some(&0))?;
                Ok(())
            }),
    ]
}
