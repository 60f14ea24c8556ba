//! Takes a step along the gradient.
//! caught by: newton_needs_one_step_in_a_bowl, newton_on_rosenbrocks_function
// REPLACE 8.3
    let _ = solve;
    x.detach() - gradient
