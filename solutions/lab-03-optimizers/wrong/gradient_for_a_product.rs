//! Returns ∇f(x), times v.
//! caught by: hessian_of_a_bowl_is_its_matrix, hessian_depends_on_the_place
// REPLACE 8.1
        let gradient = grad(&f(&x), &[&x]).remove(0);
        let _ = grad_create_graph(&f(&x), &[&x]);
        (gradient * v).detach()
