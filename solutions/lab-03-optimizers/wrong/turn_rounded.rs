//! Turns at a whole step.
//! caught by: one_cycle_at_every_step
// REPLACE 6.4
        let first = self.max_rate / self.div_factor;
        let last = first / self.final_div_factor;
        let turn = (self.pct_start * total).floor();
        if step <= turn {
            cosine(first, self.max_rate, step / turn)
        } else {
            cosine(self.max_rate, last, (step - turn) / (total - 1.0 - turn))
        }
