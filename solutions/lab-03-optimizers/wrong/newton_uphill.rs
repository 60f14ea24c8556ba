//! Adds the direction.
//! caught by: newton_needs_one_step_in_a_bowl, newton_doubles_the_digits
// REPLACE 8.3
    let direction = conjugate_gradient(|p| hessian_vector_product(&f, x, p), &gradient, solve);
    x.detach() + direction
