//! Sets only the gradient of the number itself to 0.
//! caught by: zero_grad_forgets, a_ladder_takes_a_step_a_rung
// REPLACE 3.2
        self.set_grad(0.0);
