//! Learning rates on a parabola, and ravines with and without momentum.

use lab_03_optimizers::{Momentum, Optimizer, Sgd, best_rate, contraction, minimize};
use plots::{Contour, Curves, Figure, Grid};

use crate::Result;
use crate::ravine::{CONDITIONS, descents, steps};

/// Gradient descent on ½θ² with rates that are too small, right, large, and too large.
pub(crate) fn rates() -> Result<Figure> {
    let x: Vec<f64> = (0..=80).map(|i| -4.0 + 0.1 * f64::from(i)).collect();
    let height = |theta: f64| 0.5 * theta * theta;
    let panel = |name: &str, rate: f64, taken: usize| -> Result<(Figure, f64)> {
        let path = minimize(&mut Sgd, |theta: &[f64]| theta.to_vec(), &[-3.0], |_| rate, taken);
        let path: Vec<f64> = path.iter().map(|theta| theta[0]).collect();
        let heights: Vec<f64> = path.iter().map(|&theta| height(theta)).collect();
        let parabola: Vec<f64> = x.iter().map(|&theta| height(theta)).collect();
        let figure = Curves::new(&format!("{name}: γλ = {rate}"))
            .x_label("θ")
            .series_xy("loss", &x, &parabola)
            .series_xy("steps", &path, &heights)
            .markers()
            .x_range(-4.0, 4.0)
            .y_range(0.0, 8.0)
            .size(250.0, 230.0)
            .figure()?;
        Ok((figure, path[path.len() - 1].abs()))
    };
    let (small, far) = panel("too small", 0.05, 8)?;
    let (right, near) = panel("right", 0.6, 8)?;
    let (large, swings) = panel("large", 1.8, 8)?;
    let (leaves, away) = panel("too large", 2.1, 3)?;
    assert!(far > 1.5 && near < 0.01 && swings < 1.0 && away > 3.0);
    Ok(Figure::grid("", [[small, right, large, leaves]]))
}

/// How much is left of the distance in the flattest and the steepest direction, by learning rate.
pub(crate) fn contractions() -> Result<Figure> {
    let (low, high) = (1.0, 5.0);
    let rates: Vec<f64> = (0..=90).map(|i| 0.005 * f64::from(i)).collect();
    let factors = |curvature: f64| rates.iter().map(|&rate| contraction(rate, curvature)).collect::<Vec<_>>();
    let worse: Vec<f64> = factors(low).iter().zip(factors(high)).map(|(a, b)| a.max(b)).collect();
    let best = best_rate(low, high);
    let lowest = (0..rates.len()).min_by(|&a, &b| worse[a].total_cmp(&worse[b])).unwrap_or(0);
    assert!((rates[lowest] - best).abs() < 0.005, "the best rate is where the worse factor is smallest");
    assert!(contraction(2.0 / high, high) > 1.0 - 1e-12, "2/λ is the edge");
    Ok(Curves::new("What one step leaves of the distance")
        .x_label("learning rate γ")
        .series_xy("flattest direction, λ = 1", &rates, &factors(low))
        .series_xy("steepest direction, λ = 5", &rates, &factors(high))
        .series_xy("the worse of both", &rates, &worse)
        .dashed()
        .mark(best, "2/(1 + 5)")
        .mark(2.0 / high, "2/5")
        .x_range(0.0, 0.45)
        .y_range(0.0, 1.25)
        .size(620.0, 320.0)
        .figure()?)
}

/// The paths down a ravine, without and with momentum, from the same start.
pub(crate) fn ravine() -> Result<Figure> {
    let kappa = 40.0;
    let ranges = ((-5.5, 1.5), (-1.3, 1.3));
    let panel = |name: &str, rule: &mut dyn Optimizer<f64>, rate: f64| -> Result<Figure> {
        let gradient = |place: &[f64]| vec![place[0], kappa * place[1]];
        let path = minimize(rule, gradient, &[-5.0, 1.0], |_| rate, 40);
        let axis = |dim: usize| path.iter().map(|place| place[dim]).collect::<Vec<f64>>();
        let grid = Grid::from_fn(ranges.0, ranges.1, (160, 100), |x, y| 0.5 * (x * x + kappa * y * y) + 0.02);
        Ok(Contour::new(name, ranges.0, ranges.1, grid)
            .log()
            .trajectory("40 steps", &axis(0), &axis(1))
            .size(400.0, 200.0)
            .figure()?)
    };
    // Calmer than what theory finds best, which leaps out of the picture before it comes back.
    let (beta, rate) = (0.7, 1.2 / kappa);
    let without = steps(&mut Sgd, best_rate(1.0, kappa), kappa).ok_or("gradient descent arrives")?;
    let with = steps(&mut Momentum::new(2, beta), rate, kappa).ok_or("momentum arrives")?;
    assert!(3 * with < without, "momentum needs far fewer steps: {with} against {without}");
    Ok(Figure::grid(
        "",
        [[
            panel(&format!("Gradient descent: {without} steps"), &mut Sgd, best_rate(1.0, kappa))?,
            panel(&format!("Momentum: {with} steps"), &mut Momentum::new(2, beta), rate)?,
        ]],
    ))
}

/// Steps to the floor of a ravine by its shape.
pub(crate) fn condition() -> Result<Figure> {
    let descents = descents();
    let steps = |name: &str| -> Result<Vec<f64>> {
        let descent = descents.iter().find(|descent| descent.name == name).ok_or("a rule")?;
        descent.steps.iter().map(|steps| Ok(steps.ok_or("all arrive")? as f64)).collect()
    };
    // The slope in the logarithmic plot, from κ = 100 on.
    let slope = |steps: &[f64]| (steps[7] / steps[4]).ln() / (CONDITIONS[7] / CONDITIONS[4]).ln();
    let [descent, momentum, nesterov] = [steps("gradient descent")?, steps("momentum")?, steps("Nesterov")?];
    assert!((slope(&descent) - 1.0).abs() < 0.05, "κ: {}", slope(&descent));
    assert!((slope(&momentum) - 0.5).abs() < 0.06, "√κ: {}", slope(&momentum));
    assert!((slope(&nesterov) - 0.5).abs() < 0.06, "√κ: {}", slope(&nesterov));
    assert_eq!(momentum, steps("momentum (lecture)")?, "the two forms take the same steps");
    Ok(Curves::new("Steps until a millionth of the distance is left")
        .x_label("condition number κ")
        .y_label("steps")
        .series_xy("gradient descent", &CONDITIONS, &descent)
        .markers()
        .series_xy("momentum", &CONDITIONS, &momentum)
        .markers()
        .series_xy("Nesterov", &CONDITIONS, &nesterov)
        .markers()
        .log_x()
        .log_y()
        .size(620.0, 320.0)
        .figure()?)
}
