//! Forgets the bias in the score.
//! caught by: kernel_score_sums_over_samples, kernel_makes_the_same_mistakes, kernel_perceptron_is_exact
// REPLACE 6.3
        let pairs = self.points.iter().zip(&self.coefficients);
        pairs.map(|(point, a)| a * (self.kernel)(point, x)).sum()
