//! Remembers the weights of every epoch, so that the last ones come back.
//! caught by: the_best_weights_come_back
// REPLACE 1.2
        if is_improvement(loss, self.best_loss(), self.min_delta) {
            self.best = Some((loss, network.state_dict()));
            self.waited = 0;
        } else {
            self.best = self.best_loss().map(|best| (best, network.state_dict()));
            self.waited += 1;
        }
        self.waited >= self.patience
