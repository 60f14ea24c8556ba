//! Forgets that the variance depends on the input.
//! caught by: input_gradient_equals_differences
// REPLACE 5.4
        (dy - dy.mean(0)) * (&self.weight * &self.scale)
