//! Keeps the batch's σ² as the estimate.
//! caught by: running_statistics_follow_the_batches
// REPLACE 5.5
        let _ = n;
        let follow = |running: &Buffer<T>, batch: &Tensor<T>| {
            running.set(&(running.get() * (1.0 - self.momentum) + batch * self.momentum));
        };
        follow(&self.running_mean, &batch.mean);
        follow(&self.running_var, &batch.var);
