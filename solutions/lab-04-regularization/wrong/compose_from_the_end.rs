//! Begins with the last transform.
//! caught by: compose_applies_in_order
// REPLACE 9.1
        self.transforms.iter().rev().fold(image.clone(), |image, transform| transform.apply(&image))
