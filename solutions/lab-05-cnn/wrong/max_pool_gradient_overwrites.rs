//! Overwrites the gradient where windows share a maximum.
//! caught by: max_pool_gradient_sums_up, max_pool_with_ties_and_overlaps
// REPLACE 5.2
        let slots = dx.data_mut();
        for (&place, &dy) in self.places.iter().zip(dy.iter()) {
            slots[place] = dy;
        }
