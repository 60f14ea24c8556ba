//! Walks along the gradient, which points to where the loss grows.
//! caught by: step_moves_against_the_gradient, a_small_step_lowers_the_loss
// REPLACE 7.4
        for (layer, gradient) in self.layers.iter_mut().zip(gradients) {
            layer.weight = &layer.weight + &gradient.weight * learning_rate;
            layer.bias = &layer.bias + &gradient.bias * learning_rate;
        }
