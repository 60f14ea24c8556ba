//! Scales in evaluation, as dropout that is not inverted has to, on top of scaling in training.
//! caught by: dropout_does_nothing_in_evaluation
// REPLACE 2.2
        if self.mode.is_training() { x * dropout_mask(x.shape(), self.p) } else { x * (1.0 - self.p) }
