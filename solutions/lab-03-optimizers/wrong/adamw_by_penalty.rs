//! Adds the decay to the gradient: L2 under another name.
//! caught by: decay_of_adamw_is_decoupled, the_two_decays_differ, decoupled_decay_ignores_the_gradients_size
// REPLACE 5.2
        self.adam.weight_decay = self.weight_decay;
        self.adam.step(theta, gradient, rate);
