//! Measures R and γ without the constant feature of the bias.
//! caught by: radius_is_the_longest_sample, margin_is_the_closest_sample, margins_may_be_negative
// REPLACE 3.3
    let squared_length = |x: &Vec<f64>| x.iter().map(|x| x * x).sum::<f64>();
    points.iter().map(squared_length).fold(0.0, f64::max).sqrt()
// REPLACE 3.4
    let length = perceptron.weight.iter().map(|w| w * w).sum::<f64>().sqrt();
    let scores = points.iter().zip(labels).map(|(x, label)| label * perceptron.score(x));
    scores.fold(f64::INFINITY, f64::min) / length
