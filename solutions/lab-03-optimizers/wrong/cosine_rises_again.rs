//! Does not end at T.
//! caught by: warmup_is_followed_by_half_a_cosine
// REPLACE 6.3
        if step <= self.warmup {
            self.peak * (s + 1.0) / (w + 1.0)
        } else {
            cosine(self.peak, 0.0, (s - w) / (total - w))
        }
