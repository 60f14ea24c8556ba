//! Takes the derivative of a product with respect to a factor to be that factor.
//! caught by: products_have_each_others_factor, engine_agrees_with_tape_and_differences
// REPLACE 1.4
        Value::record("·", a * b, &[(self, a), (other, b)])
