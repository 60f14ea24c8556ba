//! Sorts lengths and scores, and divides w and b before they are used.
// REPLACE 3.3
    let mut squares: Vec<f64> = points.iter().map(|x| x.iter().map(|x| x * x).sum()).collect();
    squares.sort_by(f64::total_cmp);
    (1.0 + squares[squares.len() - 1]).sqrt()
// REPLACE 3.4
    let length = perceptron.weight.iter().fold(perceptron.bias.abs(), |length, w| length.hypot(*w));
    let unit = Perceptron {
        weight: perceptron.weight.iter().map(|w| w / length).collect(),
        bias: perceptron.bias / length,
    };
    let mut margins: Vec<f64> = points.iter().zip(labels).map(|(x, label)| label * unit.score(x)).collect();
    margins.sort_by(f64::total_cmp);
    margins[0]
// REPLACE 3.5
    radius * radius / (margin * margin)
