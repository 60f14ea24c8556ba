//! Lets the momentum be the share of the old estimate.
//! caught by: running_statistics_follow_the_batches
// REPLACE 5.5
        let follow = |running: &Buffer<T>, batch: &Tensor<T>| {
            running.set(&(running.get() * self.momentum + batch * (1.0 - self.momentum)));
        };
        follow(&self.running_mean, &batch.mean);
        follow(&self.running_var, &(&batch.var * (n as f64 / (n as f64 - 1.0))));
