//! Suggests the rate at which the training is about to tip over.
//! caught by: suggestion_is_a_tenth_of_the_tipping_point, suggestion_is_the_first_of_equals
// REPLACE 7.6
        let smooth = smoothed(&self.losses, SMOOTHING);
        let lowest = (0..smooth.len()).reduce(|best, step| if smooth[step] < smooth[best] { step } else { best });
        self.rates[lowest.unwrap_or(0)]
