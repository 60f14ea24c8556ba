//! Never begins to count anew.
//! caught by: training_stops_when_the_patience_is_used_up
// REPLACE 1.2
        if is_improvement(loss, self.best_loss(), self.min_delta) {
            self.best = Some((loss, network.state_dict()));
        } else {
            self.waited += 1;
        }
        self.waited >= self.patience
