//! Records the objective before each step only.
//! caught by: ascent_stays_in_the_box_and_climbs
// REPLACE 8.2
    let mut image = start.detach();
    let mut path = Vec::new();
    for _ in 0..ascent.steps {
        let leaf = image.requires_grad_();
        let activation = enable_grad(|| objective(&leaf));
        path.push(activation.item());
        let gradient = grad(&activation, &[&leaf]).remove(0);
        image = ascent_step(&leaf.detach(), &gradient, ascent);
    }
    Visualization { image, path }
