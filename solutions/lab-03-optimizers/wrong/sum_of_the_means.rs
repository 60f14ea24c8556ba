//! Adds up the means, as calling backward() for each micro-batch does.
//! caught by: accumulated_gradient_is_that_of_the_whole_batch, accumulated_gradients_of_any_shape
// REPLACE 2.2
        let _ = count;
        for (sum, gradient) in self.sums.iter_mut().zip(gradients) {
            *sum = &*sum + gradient;
        }
        self.samples = 1;
