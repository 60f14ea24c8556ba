//! Writes 1 − a² for 1 − tanh² a.
//! caught by: hyperbolic_tangent, engine_agrees_with_forward_mode
// REPLACE 1.10
        let a = self.data();
        Value::record("tanh", y, &[(self, 1.0 - a * a)])
