//! Spreads each gradient over all numbers of its plane.
//! caught by: max_pool_gradient_lands_on_the_maximum_once
// REPLACE 5.2
        let [_, _, height, width] = self.shape;
        let plane = height * width;
        let slots = dx.data_mut();
        for (&place, &dy) in self.places.iter().zip(dy.iter()) {
            let start = place / plane * plane;
            slots[start..start + plane].iter_mut().for_each(|slot| *slot += dy / T::from_f64(plane as f64));
        }
