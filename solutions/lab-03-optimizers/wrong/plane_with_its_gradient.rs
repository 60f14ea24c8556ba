//! Adds the gradient itself: the derivative of ⟨∇f, x⟩ in place of ⟨∇f, v⟩, at x = v.
//! caught by: hessian_of_a_plane_is_zero
// REPLACE 8.1
        let gradient = grad_create_graph(&f(&x), &[&x]).remove(0);
        let inner = (&gradient * v.detach()).sum(..);
        (grad(&inner, &[&x]).remove(0) + gradient).detach()
