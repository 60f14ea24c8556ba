//! Composes and stacks in loops.
// REPLACE 9.1
        let mut image = image.clone();
        for transform in &self.transforms {
            image = transform.apply(&image);
        }
        image
// REPLACE 9.6
    let mut versions = Vec::new();
    for n in 0..images.size(0) {
        versions.push(transform.apply(&images.select(0, n)).unsqueeze(0));
    }
    Tensor::cat(&versions, 0)
