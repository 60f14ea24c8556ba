//! Individual learning rates, and Adam's first steps.

use lab_03_optimizers::{Adagrad, Adam, Optimizer, RmsProp};
use plots::{Curves, Figure};
use tensor::random::Generator;

use crate::Result;

/// The rate that each of two numbers really has under Adagrad and RMSProp: |step| / |gradient|. One has large gradients in
/// every step, the other small ones in one step of ten.
pub(crate) fn individual() -> Result<Figure> {
    let steps = 300;
    let mut generator = Generator::seed(1);
    let gradients: Vec<[f64; 2]> = (0..steps)
        .map(|n| {
            let often = 1.0 + generator.uniform();
            let seldom = if n % 10 == 0 { 0.1 + 0.1 * generator.uniform() } else { 0.0 };
            [often, seldom]
        })
        .collect();
    let effective = |rule: &mut dyn Optimizer<f64>| {
        let mut rates = [(Vec::new(), Vec::new()), (Vec::new(), Vec::new())];
        let mut theta = [0.0; 2];
        for (n, gradient) in gradients.iter().enumerate() {
            let before = theta;
            rule.step(&mut theta, gradient, 0.1);
            for (dim, (at, rates)) in rates.iter_mut().enumerate() {
                if gradient[dim] != 0.0 {
                    at.push((n + 1) as f64);
                    rates.push((theta[dim] - before[dim]).abs() / gradient[dim]);
                }
            }
        }
        rates
    };
    let panel = |title: &str, [often, seldom]: &[(Vec<f64>, Vec<f64>); 2]| {
        Curves::new(title)
            .x_label("step")
            .y_label("|Δθ| / |g|")
            .series_xy("large, in every step", &often.0, &often.1)
            .series_xy("small, in one step of ten", &seldom.0, &seldom.1)
            .log_x()
            .log_y()
            .y_range(1e-3, 10.0)
            .size(370.0, 280.0)
            .figure()
    };
    let mut rms_prop = RmsProp::new(2);
    rms_prop.alpha = 0.9;
    let [adagrad, rms_prop] = [effective(&mut Adagrad::new(2)), effective(&mut rms_prop)];
    let last = |rates: &[(Vec<f64>, Vec<f64>); 2], dim: usize| rates[dim].1[rates[dim].1.len() - 1];
    assert!(last(&adagrad, 1) > 20.0 * last(&adagrad, 0), "the seldom one has the larger rate");
    // 1/√(300·7/3): the sum of squares of numbers that are uniform on [1, 2].
    let expected = 0.1 / (f64::from(steps) * 7.0 / 3.0).sqrt();
    assert!((last(&adagrad, 0) / expected - 1.0).abs() < 0.1, "Adagrad's rate falls as 1/√t");
    assert!(last(&rms_prop, 0) > 5.0 * last(&adagrad, 0), "RMSProp forgets");
    Ok(Figure::grid("", [[panel("Adagrad", &adagrad)?, panel("RMSProp, α = 0.9", &rms_prop)?]]))
}

/// The length of Adam's steps with a gradient that stays the same, with and without its corrections.
pub(crate) fn corrections() -> Result<Figure> {
    let steps = 300;
    let mut adam = Adam::new(1);
    let mut theta = [0.0];
    let with: Vec<f64> = (0..steps)
        .map(|_| {
            let before = theta[0];
            adam.step(&mut theta, &[1.0], 1.0);
            before - theta[0]
        })
        .collect();
    // What is left of the step when m and v are taken as they are.
    let without: Vec<f64> =
        (1..=steps).map(|t| (1.0 - 0.9_f64.powi(t)) / (1.0 - 0.999_f64.powi(t)).sqrt()).collect();
    assert!(with.iter().all(|step| (step - 1.0).abs() < 1e-6));
    assert!((without[0] - 3.162).abs() < 0.001 && without.iter().any(|&step| step > 6.0));
    Ok(Curves::new("The gradient is always 1: how many γ a step is long")
        .x_label("step t")
        .series("with corrections", &with)
        .series("without", &without)
        .y_range(0.0, 8.0)
        .size(620.0, 280.0)
        .figure()?)
}
