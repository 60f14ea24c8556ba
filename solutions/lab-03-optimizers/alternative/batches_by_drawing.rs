//! Draws one sample after the other from those that are left, and keeps a running mean of the gradients.
// REPLACE 2.1
    let mut left: Vec<usize> = (0..samples).collect();
    let mut batches: Vec<Vec<usize>> = Vec::new();
    while !left.is_empty() {
        let size = batch_size.min(left.len());
        batches.push((0..size).map(|_| left.swap_remove(generator.below(left.len()))).collect());
    }
    batches
// REPLACE 2.2
        self.samples += samples;
        let share = count / self.samples as f64;
        for (mean, gradient) in self.sums.iter_mut().zip(gradients) {
            *mean = &*mean * (1.0 - share) + gradient * share;
        }
// REPLACE 2.3
        self.samples = 0;
        std::mem::take(&mut self.sums)
