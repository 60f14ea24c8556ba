//! Adds every mistaken sample, whatever its label.
//! caught by: learning_corrects_mistakes_only, training_separates_what_is_separable
// REPLACE 3.1
        let mistake = label * self.score(x) <= 0.0;
        if mistake {
            for (w, x) in self.weight.iter_mut().zip(x) {
                *w += x;
            }
            self.bias += 1.0;
        }
        mistake
