//! Steps to the floor of a ravine, with and without momentum.

use lab_03_optimizers::{EmaMomentum, Momentum, Nesterov, Optimizer, Sgd, best_rate, minimize};

/// The bottom is reached when the distance is at most so much of what it was.
pub(crate) const TOLERANCE: f64 = 1e-6;

/// How many times steeper the ravine is across than along.
pub(crate) const CONDITIONS: [f64; 8] = [2.0, 5.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0];

/// The steps of each rule, for each of [`CONDITIONS`].
pub(crate) struct Descent {
    pub(crate) name: &'static str,
    pub(crate) steps: Vec<Option<usize>>,
}

/// Each rule with the settings that theory finds best for a ravine of curvatures 1 and κ: Polyak's for momentum, which the
/// lecture's form gets with a larger rate, and Nesterov's.
pub(crate) fn descents() -> Vec<Descent> {
    type Choose = fn(f64) -> (Box<dyn Optimizer<f64>>, f64);
    let rules: [(&str, Choose); 4] = [
        ("gradient descent", |kappa| (Box::new(Sgd), best_rate(1.0, kappa))),
        ("momentum (lecture)", |kappa| {
            let (beta, rate) = polyak(kappa);
            (Box::new(EmaMomentum::new(2, beta)), rate / (1.0 - beta))
        }),
        ("momentum", |kappa| {
            let (beta, rate) = polyak(kappa);
            (Box::new(Momentum::new(2, beta)), rate)
        }),
        ("Nesterov", |kappa| {
            let root = kappa.sqrt();
            (Box::new(Nesterov::new(2, (root - 1.0) / (root + 1.0))), 1.0 / kappa)
        }),
    ];
    let descent = |(name, choose): (&'static str, Choose)| {
        let steps = CONDITIONS.map(|kappa| {
            let (mut rule, rate) = choose(kappa);
            steps(rule.as_mut(), rate, kappa)
        });
        Descent { name, steps: steps.to_vec() }
    };
    rules.into_iter().map(descent).collect()
}

/// Polyak's β and γ for curvatures from 1 to κ, with which both contract by (√κ − 1)/(√κ + 1) per step.
pub(crate) fn polyak(kappa: f64) -> (f64, f64) {
    let root = kappa.sqrt();
    (((root - 1.0) / (root + 1.0)).powi(2), 4.0 / (root + 1.0).powi(2))
}

/// After how many steps ½(x² + κy²) is left behind, from (1, 1).
pub(crate) fn steps(rule: &mut dyn Optimizer<f64>, rate: f64, kappa: f64) -> Option<usize> {
    let patience = 100_000;
    let gradient = |place: &[f64]| vec![place[0], kappa * place[1]];
    let path = minimize(rule, gradient, &[1.0, 1.0], |_| rate, patience);
    let far = |place: &Vec<f64>| {
        let share = place[0].hypot(place[1]) / 2_f64.sqrt();
        // NaN is far.
        share.partial_cmp(&TOLERANCE).is_none_or(|order| order.is_gt())
    };
    match path.iter().rposition(far) {
        Some(last) if last == patience => None,
        last => Some(last.map_or(0, |last| last + 1)),
    }
}
