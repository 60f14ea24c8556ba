//! Learns the weights only.
//! caught by: learning_corrects_mistakes_only, training_separates_what_is_separable, novikoff_holds_in_any_order
// REPLACE 3.1
        let mistake = label * self.score(x) <= 0.0;
        if mistake {
            for (w, x) in self.weight.iter_mut().zip(x) {
                *w += label * x;
            }
        }
        mistake
