//! Applies with probability 1 − p.
//! caught by: apply_happens_with_its_probability
// REPLACE 9.2
        if uniform(0.0, 1.0) >= self.p { self.transform.apply(image) } else { image.clone() }
