//! Restores the parameters alone: BatchNorm keeps the running statistics of the last epoch.
//! caught by: the_best_weights_come_back
// REPLACE 1.3
        if let Some((_, state)) = &self.best {
            for (name, parameter) in network.named_parameters() {
                parameter.set(&state[&name]);
            }
        }
