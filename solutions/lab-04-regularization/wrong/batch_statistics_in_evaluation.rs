//! Normalizes by the batch in evaluation too.
//! caught by: evaluation_uses_the_running_statistics, evaluation_treats_each_sample_for_itself
// REPLACE 5.6
        if self.mode.is_training() {
            let (y, statistics) = batch_norm(x, &weight, &bias, self.eps);
            self.track(&statistics, x.size(0));
            y
        } else {
            let (x_hat, _) = standardize(x, &statistics(x), self.eps);
            x_hat * weight + bias
        }
