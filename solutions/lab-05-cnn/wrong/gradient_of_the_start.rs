//! Computes the gradient once, at the start, and follows it to the end.
//! caught by: ascent_climbs_a_hill_to_its_top
// REPLACE 8.2
    let leaf = start.detach().requires_grad_();
    let gradient = grad(&enable_grad(|| objective(&leaf)), &[&leaf]).remove(0);
    let mut image = start.detach();
    let mut path = vec![no_grad(|| objective(&image)).item()];
    for _ in 0..ascent.steps {
        image = ascent_step(&image, &gradient, ascent);
        path.push(no_grad(|| objective(&image)).item());
    }
    Visualization { image, path }
