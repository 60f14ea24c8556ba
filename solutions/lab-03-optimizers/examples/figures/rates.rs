//! Learning rates: too small and too large, of every number its own, by schedule, and found by a test.

use data::Mnist;
use lab_03_optimizers::{
    Adagrad, OneCycle, Optimizer, RmsProp, SMOOTHING, Sgd, StepDecay, WarmupCosine, contraction, minimize,
    smoothed,
};
use plots::{Curves, Figure};

use crate::Result;
use crate::digits::test_rates;
use crate::rules::Rule;

/// Gradient descent on ½θ² with a rate that is too small, a good one, and one that is too large.
pub(crate) fn on_a_parabola() -> Result<Figure> {
    let cases = [("too small: γλ = 0.1", 0.1), ("right: γλ = 0.8", 0.8), ("too large: γλ = 2.1", 2.1)];
    let mut panels = Vec::new();
    for (name, rate) in cases {
        let path = minimize(&mut Sgd, |theta: &[f64]| theta.to_vec(), &[1.0], |_| rate, 8);
        let places: Vec<f64> = path.iter().map(|theta| theta[0]).collect();
        let shrinks = places[8].abs() < 1.0;
        assert_eq!(shrinks, contraction(rate, 1.0) < 1.0);
        let height = |theta: &f64| 0.5 * theta * theta;
        let all: Vec<f64> = (-25..=25).map(|i| f64::from(i) / 10.0).collect();
        let panel = Curves::new(name)
            .x_label("θ")
            .y_label("loss")
            .series_xy("", &all, &all.iter().map(height).collect::<Vec<f64>>())
            .series_xy("", &places, &places.iter().map(height).collect::<Vec<f64>>())
            .markers()
            .x_range(-2.5, 2.5)
            .y_range(0.0, 3.0)
            .size(290.0, 250.0);
        panels.push(panel.figure()?);
    }
    Ok(Figure::grid("", [panels]))
}

/// What a gradient of size 1 moves, of a number that has one in every step and of one that has one in twenty.
pub(crate) fn of_frequent_and_rare() -> Result<Figure> {
    let steps = 400;
    let rules: [(&str, Box<dyn Optimizer<f64>>); 2] =
        [("Adagrad", Box::new(Adagrad::new(2))), ("RMSProp", Box::new(RmsProp::new(2)))];
    let mut panels = Vec::new();
    for (name, mut rule) in rules {
        let (mut frequent, mut rare) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
        for n in 1..=steps {
            let gradient = [1.0, if n % 20 == 10 { 1.0 } else { 0.0 }];
            let mut theta = [0.0; 2];
            rule.step(&mut theta, &gradient, 1.0);
            for (number, (at, moved)) in [&mut frequent, &mut rare].into_iter().enumerate() {
                if gradient[number] > 0.0 {
                    at.push(f64::from(n));
                    moved.push(-theta[number]);
                }
            }
        }
        assert!(rare.1.last() > frequent.1.last(), "{name}: the rare number has the larger rate");
        let panel = Curves::new(name)
            .x_label("step")
            .y_label("how far a gradient of 1 leads")
            .series_xy("in every step", &frequent.0, &frequent.1)
            .series_xy("in one of twenty", &rare.0, &rare.1)
            .markers()
            .log_y()
            .y_range(0.03, 12.0)
            .size(400.0, 290.0);
        panels.push(panel.figure()?);
    }
    Ok(Figure::grid("", [panels]))
}

/// The three schedules with the same largest rate.
pub(crate) fn schedules() -> Result<Figure> {
    let total = 100;
    let decay = StepDecay { start: 1.0, factor: 0.3, every: 25 };
    let warmup = WarmupCosine { peak: 1.0, warmup: 10, total };
    let cycle = OneCycle::new(1.0, total);
    let all = |rate: &dyn Fn(usize) -> f64| (0..total).map(rate).collect::<Vec<f64>>();
    let curves = Curves::new("")
        .x_label("step")
        .y_label("learning rate, in parts of the largest")
        .series("StepDecay", &all(&|n| decay.rate(n)))
        .series("WarmupCosine", &all(&|n| warmup.rate(n)))
        .series("OneCycle", &all(&|n| cycle.rate(n)))
        .size(720.0, 300.0);
    Ok(curves.figure()?)
}

/// One step on MNIST with each of 300 rates.
pub(crate) fn range_tests() -> Result<Figure> {
    let digits = Mnist::load()?.standardized().train;
    let mut curves =
        Curves::new("").x_label("learning rate").y_label("loss, smoothed").log_x().size(720.0, 330.0);
    let rules = [Rule::Sgd, Rule::Momentum, Rule::Adam];
    let tests = rules.map(|rule| (rule, test_rates(&digits, rule, 300, 0)));
    for (rule, test) in &tests {
        curves = curves.series_xy(rule.name(), &test.rates, &smoothed(&test.losses, SMOOTHING));
    }
    for (_, test) in &tests {
        curves = curves.mark(test.suggestion(), &format!("{:.1e}", test.suggestion()));
    }
    Ok(curves.figure()?)
}
