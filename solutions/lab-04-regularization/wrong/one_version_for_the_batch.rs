//! Gives all images of a batch the random numbers of the first.
//! caught by: every_image_has_its_own_chance
// REPLACE 9.6
    let generator = random::snapshot();
    let same = |image: &Tensor<T>| random::with(generator.clone(), || transform.apply(image));
    let versions: Vec<Tensor<T>> = images.unbind(0).iter().map(same).collect();
    Tensor::stack(&versions, 0)
