//! Forgets that mean and variance depend on the input.
//! caught by: input_gradient_equals_differences, batch_norm_gradient_knows_what_cannot_change_the_output
// REPLACE 5.4
        dy * (&self.weight * &self.scale)
