//! Applies every transform to the original image.
//! caught by: compose_applies_in_order
// REPLACE 9.1
        self.transforms.iter().fold(image.clone(), |_, transform| transform.apply(image))
