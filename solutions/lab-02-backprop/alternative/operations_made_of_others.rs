//! Makes differences of sums and quotients of products, as micrograd does.
// REPLACE 1.3
        let _ = (a, b);
        self + &-other
// REPLACE 1.5
        let _ = (a, b);
        self * &other.powi(-1)
// REPLACE 1.11
        let gate = f64::from(u8::from(a > 0.0));
        Value::record("relu", a * gate, &[(self, gate)])
