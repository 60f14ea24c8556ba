//! Functions of one number: the activations, and staircases.

use lab_01_perceptron::{Activation, staircase};
use plots::{Curves, Figure};
use tensor::Tensor;

/// The eight activations with their derivatives.
pub(crate) fn activations() -> plots::Result<Figure> {
    let rows = [
        [
            ("Heaviside", Activation::Heaviside),
            ("sigmoid", Activation::Sigmoid),
            ("tanh", Activation::Tanh),
            ("ReLU", Activation::ReLU),
        ],
        [
            ("leaky ReLU, α = 0.1", Activation::LeakyReLU(0.1)),
            ("ELU, α = 1", Activation::ELU(1.0)),
            ("Swish", Activation::Swish),
            ("GELU", Activation::GELU),
        ],
    ];
    let panel = |(name, activation): (&str, Activation)| {
        // NaN breaks the line where the function jumps.
        let x: Vec<f64> = (-80..=80)
            .flat_map(|i| if i == 0 { vec![0.0, 1e-9] } else { vec![f64::from(i) / 20.0] })
            .collect();
        let value: Vec<f64> = x.iter().map(|&x| activation.value(x)).collect();
        let derivative: Vec<f64> = x.iter().map(|&x| activation.derivative(x)).collect();
        Curves::new(name)
            .series_xy("φ", &x, &value)
            .series_xy("φ′", &x, &derivative)
            .dashed()
            .x_range(-4.0, 4.0)
            .y_range(-1.2, 2.2)
            .size(250.0, 215.0)
            .figure()
    };
    let rows: plots::Result<Vec<Vec<Figure>>> =
        rows.into_iter().map(|row| row.into_iter().map(panel).collect()).collect();
    Ok(Figure::grid("Activations and their derivatives", rows?))
}

/// A function and the staircases that approximate it.
pub(crate) fn staircases() -> plots::Result<Figure> {
    let f = |x: f64| (7.0 * x).sin() * (1.0 - x) + x;
    let xs: Vec<f64> = (0..=400).map(|i| f64::from(i) / 400.0).collect();
    let panel = |n: usize| {
        let heights: Vec<f64> = (0..n).map(|k| f((k as f64 + 0.5) / n as f64)).collect();
        let network = staircase(&heights);
        let y = network.forward(&Tensor::from_vec(xs.clone(), [xs.len(), 1])).to_vec();
        Curves::new(&format!("{} hidden neurons", n - 1))
            .series_xy("f", &xs, &xs.iter().map(|&x| f(x)).collect::<Vec<_>>())
            .series_xy("staircase", &xs, &y)
            .size(310.0, 250.0)
            .figure()
    };
    Ok(Figure::grid("A function and its staircases", [[panel(5)?, panel(15)?, panel(50)?]]))
}
