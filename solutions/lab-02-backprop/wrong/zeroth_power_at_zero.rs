//! Uses n·aⁿ⁻¹ for n = 0 too, which is 0·∞ at a = 0.
//! caught by: powers, operations_at_their_edges
// REPLACE 1.7
        Value::record("power", a.powi(n), &[(self, f64::from(n) * a.powi(n - 1))])
