//! Updates mean and variance sample by sample (Welford 1962).
// REPLACE 5.1
    let mut mean = x.select(0, 0) * 0.0;
    let mut squares = mean.clone();
    for n in 0..x.size(0) {
        let sample = x.select(0, n);
        let before = &sample - &mean;
        mean = &mean + &before * (1.0 / (n + 1) as f64);
        squares = squares + before * (&sample - &mean);
    }
    Statistics { mean, var: squares * (1.0 / x.size(0) as f64) }
