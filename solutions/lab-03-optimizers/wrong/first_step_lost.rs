//! Begins the warm-up at a rate of 0.
//! caught by: warmup_rises_in_a_line_to_the_peak
// REPLACE 6.3
        if step < self.warmup {
            self.peak * s / w
        } else {
            cosine(self.peak, 0.0, ((s - w) / (total - w)).min(1.0))
        }
