//! Keeps the books in another order, and restores name by name.
// REPLACE 1.1
    loss.is_finite() && (best.is_none() || best.is_some_and(|best| loss + min_delta < best))
// REPLACE 1.2
        self.waited += 1;
        if is_improvement(loss, self.best_loss(), self.min_delta) {
            self.waited = 0;
            self.best.replace((loss, network.state_dict()));
        }
        self.waited == self.patience
// REPLACE 1.3
        let Some((_, state)) = &self.best else { return };
        network.named_parameters().iter().for_each(|(name, parameter)| parameter.set(&state[name]));
        network.named_buffers().iter().for_each(|(name, buffer)| buffer.set(&state[name]));
