//! Updates the mean with each number (Welford 1962).
// REPLACE 1.1
    let mut mean = 0.0;
    for (n, x) in (1..).zip(x) {
        mean += (x - mean) / f64::from(n);
    }
    mean
