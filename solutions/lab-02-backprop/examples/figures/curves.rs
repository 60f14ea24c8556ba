//! Costs and errors.

use data::Mnist;
use lab_02_backprop::{TOLERANCE, Value, central_difference, step_size, topological_order};
use plots::{Curves, Diagram, Figure, Lettering, Style};

use crate::Result;
use crate::drawing::*;
use crate::gradients::{check_all, check_mistakes};

/// Multiplications that the gradient of a two-layer network takes, by three ways, against its number of parameters.
pub(crate) fn cost() -> Result<Figure> {
    let mut sizes = Vec::new();
    let (mut differences, mut forward, mut reverse) = (Vec::new(), Vec::new(), Vec::new());
    for units in [1_usize, 2, 4, 8, 16, 32, 64, 128] {
        let (inputs, mut parameters) = (8, 0);
        let mut weight = || {
            parameters += 1;
            Value::new(0.1)
        };
        let x: Vec<Value> = (0..inputs).map(|_| Value::new(1.0)).collect();
        let mut unit = |x: &[Value]| x.iter().fold(weight(), |sum, x| sum + x * &weight());
        let hidden: Vec<Value> = (0..units).map(|_| unit(&x).tanh()).collect();
        let loss = unit(&hidden).tanh();
        let order = topological_order(&loss);
        // An operation for each number that has parents; on the way back, or forwards, a product for each edge.
        let operations = order.iter().filter(|value| !value.parents().is_empty()).count() as f64;
        let edges = order.iter().map(|value| value.parents().len()).sum::<usize>() as f64;
        sizes.push(f64::from(parameters));
        differences.push(2.0 * f64::from(parameters) * operations);
        forward.push(f64::from(parameters) * (operations + edges));
        reverse.push(operations + edges);
    }
    Ok(Curves::new("")
        .x_label("parameters")
        .y_label("operations for the gradient")
        .series_xy("central differences", &sizes, &differences)
        .markers()
        .series_xy("forward mode", &sizes, &forward)
        .markers()
        .series_xy("reverse mode", &sizes, &reverse)
        .markers()
        .log_x()
        .log_y()
        .size(720.0, 330.0)
        .figure()?)
}

/// The error of differences against their step.
pub(crate) fn step() -> Result<Figure> {
    let f = |x: f64| x.sin().exp();
    let x = 1.0_f64;
    let slope = x.cos() * f(x);
    let steps: Vec<f64> = (0..=150).map(|i| 10_f64.powf(-15.0 + 0.1 * f64::from(i))).collect();
    let error = |difference: f64| ((difference - slope) / slope).abs().max(1e-16);
    let central: Vec<f64> = steps.iter().map(|&h| error(central_difference(f, x, h))).collect();
    let one_sided: Vec<f64> = steps.iter().map(|&h| error((f(x + h) - f(x)) / h)).collect();
    Ok(Curves::new("")
        .x_label("step h")
        .y_label("relative error")
        .series_xy("one-sided: (f(x + h) − f(x)) / h", &steps, &one_sided)
        .series_xy("central: (f(x + h) − f(x − h)) / 2h", &steps, &central)
        .mark(step_size(x), "cube root of ε")
        .mark(f64::EPSILON.sqrt(), "square root of ε")
        .log_x()
        .log_y()
        .size(720.0, 360.0)
        .figure()?)
}

/// The errors of right gradients and of wrong ones on one axis.
pub(crate) fn check() -> Result<Figure> {
    let digits = Mnist::load()?.standardized().train;
    let (right, wrong) = (check_all(&digits), check_mistakes(&digits));
    let mut diagram = Diagram::new("Largest relative errors of right and of wrong gradients", 760.0, 236.0);
    let (left, right_end, low, high) = (40.0, 720.0, -12.0, 1.0);
    let at = |error: f64| left + (right_end - left) * (error.log10() - low) / (high - low);
    let axis = 190.0;
    diagram.line(&[(left, axis), (right_end, axis)], Style::line(SOFT, 1.0));
    for exponent in (-12..=0).step_by(2) {
        let x = at(10_f64.powi(exponent));
        diagram.line(&[(x, axis), (x, axis + 5.0)], Style::line(SOFT, 1.0));
        let text = if exponent == 0 { "1".to_owned() } else { format!("1e{exponent}").replace('-', "−") };
        note(&mut diagram, (x, axis + 16.0), &text);
    }
    note(&mut diagram, ((left + right_end) / 2.0, axis + 36.0), "largest relative error");
    let x = at(TOLERANCE);
    diagram.line(&[(x, 44.0), (x, axis)], Style::line(INK, 1.2).dashed());
    diagram.text((x, 32.0), "TOLERANCE", Lettering::size(12.0).bold());
    heading(&mut diagram, (left, 60.0), "right gradients");
    for row in &right {
        diagram.circle((at(row.check.error), 86.0), 5.0, Style::fill(BLUE).opacity(0.6));
    }
    diagram.text((right_end, 60.0), "mistakes", Lettering::size(13.5).bold().to_right());
    for (index, row) in wrong.iter().enumerate() {
        let (x, y) = (at(row.check.error), 86.0 + 26.0 * index as f64);
        diagram.circle((x, y), 5.0, Style::fill(RED));
        let label = Lettering::size(12.0).color(SOFT).to_right();
        diagram.text((x - 10.0, y), &row.name, label);
    }
    Ok(diagram.figure())
}
