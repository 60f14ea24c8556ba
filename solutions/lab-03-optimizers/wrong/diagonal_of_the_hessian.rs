//! Takes each row's sum for the row: right for a diagonal Hessian only.
//! caught by: hessian_of_a_bowl_is_its_matrix, hessian_is_symmetric_and_linear
// REPLACE 8.1
        let gradient = grad_create_graph(&f(&x), &[&x]).remove(0);
        grad(&gradient.sum(..), &[&x]).remove(0).detach() * v
