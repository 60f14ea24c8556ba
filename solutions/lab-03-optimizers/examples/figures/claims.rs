//! What the lecture claims, measured: momentum in ravines, and who is best for few samples and for many.

use data::Mnist;
use lab_03_optimizers::{Momentum, Optimizer, Sgd, best_rate, minimize};
use plots::{Curves, Figure};

use crate::Result;
use crate::cost::{self, Curve, Regression, compare};
use crate::landscapes::{Landscape, Walk, contour};

/// Polyak's settings for curvatures from `low` to `high`: the learning rate and β.
fn polyak(low: f64, high: f64) -> (f64, f64) {
    let (a, b) = (low.sqrt(), high.sqrt());
    (4.0 / (a + b).powi(2), ((b - a) / (b + a)).powi(2))
}

/// Gradient descent with the rate that is best for curvatures 1 and 25, and momentum with calmer settings than the best,
/// which leap out of the picture before they come back.
pub(crate) fn ravine() -> Result<Figure> {
    let landscape = Landscape::Ravine;
    let steps = 60;
    let walk = |name: &'static str, optimizer: &mut dyn Optimizer<f64>, rate: f64| {
        let gradient = |place: &[f64]| landscape.gradient(place);
        let path = minimize(optimizer, gradient, &[-5.0, 1.2], |_| rate, steps);
        Walk { name, path }
    };
    let walks = [
        walk("gradient descent", &mut Sgd, best_rate(1.0, 25.0)),
        walk("momentum", &mut Momentum::new(2, 0.65), 0.05),
    ];
    let arrivals = walks.each_ref().map(|walk| walk.arrives(landscape, 0.1));
    let [Some(plain), Some(momentum)] = arrivals else {
        return Err(format!("not both arrive: {arrivals:?}").into());
    };
    assert!(2 * momentum < plain, "{momentum} steps with momentum, {plain} without");
    println!("The ravine's floor (height 0.1): {plain} steps of gradient descent, {momentum} with momentum.");
    Ok(contour(landscape, &walks, steps, (760.0, 330.0))?)
}

/// Steps until the distance from the minimum is a millionth of what it was, against the condition number.
pub(crate) fn steps() -> Result<Figure> {
    let conditions: Vec<f64> = (1..=12).map(|i| 10_f64.powf(f64::from(i) / 3.0)).collect();
    let needed = |optimizer: &mut dyn Optimizer<f64>, rate: f64, condition: f64| {
        let mut theta = vec![1.0, 1.0];
        let mut steps = 0_u32;
        while theta.iter().map(|x| x * x).sum::<f64>().sqrt() > 1e-6 * 2_f64.sqrt() {
            let gradient = [theta[0], condition * theta[1]];
            optimizer.step(&mut theta, &gradient, rate);
            steps += 1;
        }
        f64::from(steps)
    };
    let plain: Vec<f64> = conditions.iter().map(|&k| needed(&mut Sgd, best_rate(1.0, k), k)).collect();
    let momentum: Vec<f64> = conditions
        .iter()
        .map(|&k| {
            let (rate, beta) = polyak(1.0, k);
            needed(&mut Momentum::new(2, beta), rate, k)
        })
        .collect();
    for ((&k, plain), momentum) in conditions.iter().zip(&plain).zip(&momentum) {
        assert!(
            k < 25.0 || 2.0 * momentum < *plain,
            "κ = {k}: {momentum} steps with momentum, {plain} without"
        );
    }
    let curves = Curves::new("")
        .x_label("condition number κ")
        .y_label("steps to a millionth")
        .series_xy("gradient descent", &conditions, &plain)
        .markers()
        .series_xy("momentum", &conditions, &momentum)
        .markers()
        .log_x()
        .log_y()
        .size(620.0, 320.0);
    Ok(curves.figure()?)
}

/// Newton and stochastic gradient descent at the same cost, on 100 and on 10,000 samples.
pub(crate) fn cost() -> Result<Figure> {
    let pair = Mnist::load()?.train.only(&[4, 9]);
    let comparisons = [100, 10_000].map(|samples| compare(&Regression::new(&pair, samples), 60_000, 0));
    let [few, many] = &comparisons;
    let paid = 10.0 * few.newton.cost[1];
    let (newton, sgd) = (within(&few.newton, paid), within(&few.sgd, paid));
    assert!(newton < 1e-3 * sgd, "few samples: Newton is {newton:e} above the minimum, SGD {sgd:e}");
    let (newton, sgd) = (many.newton.excess[0], within(&many.sgd, many.newton.cost[1]));
    assert!(sgd < 0.01 * newton, "many samples: SGD is {sgd:e} above the minimum, Newton still {newton:e}");
    Ok(cost::figure(&comparisons)?)
}

/// How far above the minimum the best place is that a method has seen at this cost.
fn within(curve: &Curve, cost: f64) -> f64 {
    let paid = curve.cost.iter().zip(&curve.excess).filter(|(spent, _)| **spent <= cost);
    paid.map(|(_, excess)| *excess).fold(f64::INFINITY, f64::min)
}
