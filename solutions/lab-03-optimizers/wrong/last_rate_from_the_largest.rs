//! Divides the largest rate for the last one.
//! caught by: one_cycle_has_its_ends_and_its_peak, one_cycle_at_every_step
// REPLACE 6.4
        let first = self.max_rate / self.div_factor;
        let last = self.max_rate / self.final_div_factor;
        let turn = self.pct_start * total - 1.0;
        if step <= turn {
            cosine(first, self.max_rate, step / turn)
        } else {
            cosine(self.max_rate, last, (step - turn) / (total - 1.0 - turn))
        }
