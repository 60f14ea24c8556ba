//! Uses sin² of half the angle for the cosine, and a running product for powers.
// REPLACE 6.1
        let mut rate = self.start;
        for _ in 0..step / self.every {
            rate *= self.factor;
        }
        rate
// REPLACE 6.2
    let share = (PI / 2.0 * progress).sin().powi(2);
    from + (to - from) * share
// REPLACE 7.3
    let factor = (high / low).ln() / (steps - 1) as f64;
    (0..steps).map(|step| (low.ln() + factor * step as f64).exp()).collect()
