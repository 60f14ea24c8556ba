//! What layers and features do to a plane.

use lab_01_perceptron::{Activation, Layer, fold};
use plots::{Diagram, Figure, Scatter, Style};
use tensor::{Generator, Tensor};

use crate::drawing::*;

/// A square grid after two layers, without and with an activation between them.
pub(crate) fn folding() -> Figure {
    let mut diagram = Diagram::new("What two layers make of a grid", 720.0, 262.0);
    let first = |activation: Activation| Layer {
        weight: Tensor::from([[1.6, 0.9], [-0.8, 1.7]]),
        bias: Tensor::from([0.3, -0.2]),
        activation,
    };
    let second = Layer {
        weight: Tensor::from([[0.7, -0.5], [0.4, 0.6]]),
        bias: Tensor::from([0.1, 0.1]),
        activation: Activation::Identity,
    };
    let linear = vec![first(Activation::Identity), second.clone()];
    let folded = vec![fold(&linear)];
    let bent = vec![first(Activation::Tanh), second];
    grid(&mut diagram, 120.0, "two linear layers", 55.0, &linear);
    grid(&mut diagram, 360.0, "the one layer that they fold to", 55.0, &folded);
    grid(&mut diagram, 600.0, "tanh between the two", 84.0, &bent);
    diagram.figure()
}

fn grid(diagram: &mut Diagram, middle: f64, title: &str, scale: f64, layers: &[Layer]) {
    diagram.text((middle, 22.0), title, plots::Lettering::size(13.5).bold());
    let steps: Vec<f64> = (0..=40).map(|i| f64::from(i) / 20.0 - 1.0).collect();
    let image = |points: Vec<f64>| -> Vec<Place> {
        let mut x = Tensor::from_vec(points, [steps.len(), 2]);
        for layer in layers {
            x = layer.forward(&x);
        }
        x.to_vec().chunks_exact(2).map(|at| (middle + scale * at[0], 145.0 - scale * at[1])).collect()
    };
    for i in 0..=8 {
        let fixed = f64::from(i) / 4.0 - 1.0;
        let horizontal = image(steps.iter().flat_map(|&s| [s, fixed]).collect());
        let vertical = image(steps.iter().flat_map(|&s| [fixed, s]).collect());
        diagram.line(&horizontal, Style::line(BLUE, 1.2));
        diagram.line(&vertical, Style::line(ORANGE, 1.2));
    }
}

/// XOR in its own plane and over x₁ and x₁x₂.
pub(crate) fn xor() -> plots::Result<Figure> {
    let mut generator = Generator::seed(1);
    let mut classes: [Vec<[f64; 2]>; 2] = [Vec::new(), Vec::new()];
    for index in 0..160 {
        let corner = [[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]][index % 4];
        let around = |center: f64, generator: &mut Generator| center + 1.2 * (generator.uniform() - 0.5);
        let point = [around(corner[0], &mut generator), around(corner[1], &mut generator)];
        classes[index % 4 / 2].push(point);
    }
    let panel = |title: &str, y_label: &str, second: fn(&[f64; 2]) -> f64| {
        let mut scatter = Scatter::new(title).x_label("x₁").y_label(y_label).size(260.0, 230.0).radius(2.6);
        for (name, points) in ["y = 1", "y = −1"].iter().zip(&classes) {
            let x: Vec<f64> = points.iter().map(|point| point[0]).collect();
            let y: Vec<f64> = points.iter().map(second).collect();
            scatter = scatter.class(name, &x, &y);
        }
        scatter
    };
    let plain = panel("no line separates them", "x₂", |point| point[1]).figure()?;
    let ((x, y), side) = (((-1.8, 1.8), (-2.8, 2.8)), 40);
    let plane = plots::Grid::from_fn(x, y, (side, side), |_, product| 1.0 / (1.0 + (40.0 * product).exp()));
    let lifted = panel("with the feature x₁x₂ one does", "x₁x₂", |point| point[0] * point[1])
        .decision(x, y, (side, side), plane.values())
        .figure()?;
    Ok(Figure::grid("XOR before and after the expansion", [[plain, lifted]]))
}
