//! Counts the way down from step 0, so that the rate falls off at the turn.
//! caught by: one_cycle_goes_up_and_down_without_a_jump, one_cycle_at_every_step
// REPLACE 6.4
        let first = self.max_rate / self.div_factor;
        let last = first / self.final_div_factor;
        let turn = self.pct_start * total - 1.0;
        if step <= turn {
            cosine(first, self.max_rate, step / turn)
        } else {
            cosine(self.max_rate, last, step / (total - 1.0))
        }
