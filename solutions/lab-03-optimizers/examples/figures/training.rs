//! Mini-batches, schedules, a range test, and Newton's method beside stochastic gradient descent.

use data::Mnist;
use lab_03_optimizers::{OneCycle, SMOOTHING, Sgd, StepDecay, WarmupCosine, minibatches, minimize, smoothed};
use plots::{Curves, Figure};
use tensor::random::Generator;

use crate::Result;
use crate::cost::{Comparison, Regression, compare};
use crate::digits::test_rates;
use crate::rules::Rule;

/// The mean of 1,000 numbers, found by gradient descent on batches of different sizes.
pub(crate) fn noise() -> Result<Figure> {
    let samples = 1000;
    let mut generator = Generator::seed(2);
    // Uniform with variance 1.
    let data: Vec<f64> = (0..samples).map(|_| 3_f64.sqrt() * (2.0 * generator.uniform() - 1.0)).collect();
    let mean = data.iter().sum::<f64>() / samples as f64;
    let distances = |batch: usize| {
        let mut batches = Vec::new();
        while batches.len() < 150 {
            batches.extend(minibatches(samples, batch, &mut generator));
        }
        let mut batches = batches.into_iter();
        // ½(θ − x)² has the slope θ − x.
        let gradient = |theta: &[f64]| {
            let batch = batches.next().unwrap_or_default();
            vec![batch.iter().map(|&n| theta[0] - data[n]).sum::<f64>() / batch.len() as f64]
        };
        let path = minimize(&mut Sgd, gradient, &[3.0], |_| 0.2, 150);
        path.iter().map(|theta| (theta[0] - mean).abs()).collect::<Vec<f64>>()
    };
    let [one, ten, hundred, all] = [1, 10, 100, samples].map(distances);
    // How far it is off in the end, on average: about √(γ/(2 − γ)/B), the deviation of the noise.
    let rest = |distances: &[f64]| {
        (distances[50..].iter().map(|d| d * d).sum::<f64>() / (distances.len() - 50) as f64).sqrt()
    };
    assert!(rest(&one) > 1.5 * rest(&ten) && rest(&ten) > 1.5 * rest(&hundred));
    assert!((rest(&one) / (0.2_f64 / 1.8).sqrt()).ln().abs() < 0.5, "{}", rest(&one));
    assert!(all[150] < 1e-10);
    Ok(Curves::new("The mean of 1,000 numbers by gradient descent, γ = 0.2")
        .x_label("step")
        .y_label("distance")
        .series("batches of 1", &one)
        .series("of 10", &ten)
        .series("of 100", &hundred)
        .series("all 1,000", &all)
        .log_y()
        .y_range(1e-4, 5.0)
        .size(620.0, 300.0)
        .figure()?)
}

/// Three schedules with the same peak.
pub(crate) fn schedules() -> Result<Figure> {
    let steps = 200;
    let all = |rate: &dyn Fn(usize) -> f64| (0..steps).map(rate).collect::<Vec<f64>>();
    let decay = StepDecay { start: 1.0, factor: 0.3, every: 50 };
    let warmup = WarmupCosine { peak: 1.0, warmup: 20, total: steps };
    let cycle = OneCycle::new(1.0, steps);
    Ok(Curves::new("")
        .x_label("step")
        .y_label("part of the largest rate")
        .series("step decay", &all(&|n| decay.rate(n)))
        .series("warm-up and cosine", &all(&|n| warmup.rate(n)))
        .series("one cycle", &all(&|n| cycle.rate(n)))
        .y_range(0.0, 1.05)
        .size(620.0, 300.0)
        .figure()?)
}

/// The range test of gradient descent on digits.
pub(crate) fn range() -> Result<Figure> {
    let mnist = Mnist::load()?.standardized();
    let test = test_rates(&mnist.train, Rule::Sgd, 300, 0);
    let smooth = smoothed(&test.losses, SMOOTHING);
    let suggestion = test.suggestion();
    assert!((3e-3..0.3).contains(&suggestion), "{suggestion}");
    Ok(Curves::new("A network learns digits, one step with each rate")
        .x_label("learning rate")
        .y_label("loss")
        .series_xy("of the step's batch", &test.rates, &test.losses)
        .series_xy("smoothed", &test.rates, &smooth)
        .mark(suggestion, "suggestion")
        .log_x()
        .y_range(0.0, 4.0)
        .size(620.0, 300.0)
        .figure()?)
}

/// What accuracy costs, on few and on many samples.
pub(crate) fn data() -> Result<Figure> {
    let mnist = Mnist::load()?;
    let pair = mnist.train.only(&[4, 9]);
    let [few, many] = [100, 10_000].map(|samples| compare(&Regression::new(&pair, samples), 60_000, 0));
    // The loss of Newton's method and of the descent when each has cost at most so much.
    let best = |curve: &crate::cost::Curve, cost: f64| {
        let affordable = curve.cost.iter().zip(&curve.excess).filter(|(c, _)| **c <= cost);
        affordable.map(|(_, excess)| *excess).fold(f64::INFINITY, f64::min)
    };
    assert!(best(&few.newton, 2e4) < 1e-8, "few samples: Newton has all digits");
    assert!(best(&few.sgd, 2e4) > 1e-6, "few samples: descent has not");
    let first_step = many.newton.cost[1];
    assert!(
        best(&many.sgd, first_step) < 0.2 * many.newton.excess[1],
        "many samples: descent is far ahead when Newton has finished its first step"
    );
    let panel = |name: &str, comparison: &Comparison| {
        Curves::new(name)
            .x_label("gradients of one sample")
            .y_label("loss above its minimum")
            .series_xy("SGD", &comparison.sgd.cost, &comparison.sgd.excess)
            .series_xy("Newton", &comparison.newton.cost, &comparison.newton.excess)
            .markers()
            .log_x()
            .log_y()
            .x_range(10.0, 1e7)
            .y_range(1e-10, 1.0)
            .size(370.0, 300.0)
            .figure()
    };
    Ok(Figure::grid("", [[panel("100 samples", &few)?, panel("10,000 samples", &many)?]]))
}
