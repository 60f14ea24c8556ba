//! Decides by `predict`, which says −1 on the line: a sample there with the label −1 is let pass.
//! caught by: learning_begins_at_zero, labels_flipped_negate_the_weights, training_on_whole_numbers_is_exact
// REPLACE 3.1
        let mistake = self.predict(x) != label;
        if mistake {
            for (w, x) in self.weight.iter_mut().zip(x) {
                *w += label * x;
            }
            self.bias += label;
        }
        mistake
