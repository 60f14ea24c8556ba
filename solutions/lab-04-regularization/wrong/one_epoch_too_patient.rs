//! Stops only when the patience is exceeded.
//! caught by: training_stops_when_the_patience_is_used_up
// REPLACE 1.2
        if is_improvement(loss, self.best_loss(), self.min_delta) {
            self.best = Some((loss, network.state_dict()));
            self.waited = 0;
        } else {
            self.waited += 1;
        }
        self.waited > self.patience
