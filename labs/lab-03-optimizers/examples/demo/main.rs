//! What this lab wrote, at work: `cargo xtask demo lab-03`.
//!
//! The rules walk over three landscapes; a small network learns handwritten digits by each of them, at each of some
//! learning rates, with each of the schedules; and Newton's method is set against stochastic gradient descent, on a few
//! and on many samples. Every step is the lab's own. No choice is made by looking at the test digits.

mod cost;
mod digits;
mod landscapes;
mod picture;
mod ravine;
mod report;
mod rules;

use std::process::ExitCode;

use data::Mnist;
use demo::{Demo, Outcome, json};
use lab_03_optimizers::{
    Accumulator, OneCycle, RangeTest, Solve, StepDecay, WarmupCosine, best_rate, clip_grad_norm,
    clip_grad_value, conjugate_gradient, contraction, cosine, geometric_rates, hessian_vector_product,
    minibatches, minimize, newton_step, range_test, smoothed,
};
use tensor::Tensor;
use tensor::random::Generator;

use cost::{Comparison, Regression, compare};
use digits::{Trained, Training, accumulation_error, progress_bar, test_rates, train};
use landscapes::{Landscape, Walk, walks};
use ravine::{Descent, descents};
use rules::Rule;

fn main() -> ExitCode {
    demo::run(
        env!("CARGO_PKG_NAME"),
        "Lets the optimizers that you wrote walk over landscapes and train on MNIST, and shows both.",
        walk_and_train,
    )
}

/// How much is done.
pub(crate) struct Settings {
    /// Digits to learn from.
    pub(crate) digits: usize,
    /// The steps of each training.
    pub(crate) steps: usize,
    /// The steps of each of the short trainings by learning rate.
    pub(crate) short: usize,
    /// How many learning rates are tried.
    pub(crate) rates: usize,
    /// The steps of the range tests.
    pub(crate) range: usize,
    /// The sizes of the sets for Newton's method.
    pub(crate) samples: [usize; 2],
    /// Steps of stochastic gradient descent beside it.
    pub(crate) descent: usize,
    /// The frames of the animation.
    pub(crate) frames: usize,
}

impl Settings {
    fn new(demo: &Demo) -> Self {
        let epoch = 60_000_usize.div_ceil(digits::BATCH);
        let full = Self {
            digits: 60_000,
            steps: epoch,
            short: 300,
            rates: 9,
            range: 300,
            samples: [100, 10_000],
            descent: 60_000,
            frames: 60,
        };
        let quick = Self {
            digits: 10_000,
            steps: 150,
            short: 60,
            rates: 7,
            range: 150,
            samples: [100, 4000],
            descent: 10_000,
            frames: 20,
        };
        let settings = if demo.args.quick { quick } else { full };
        Self { steps: demo.args.epochs.map_or(settings.steps, |epochs| epochs * epoch), ..settings }
    }
}

/// Everything that the report shows.
pub(crate) struct Run {
    pub(crate) settings: Settings,
    pub(crate) seed: u64,
    pub(crate) walks: Vec<(Landscape, Vec<Walk>)>,
    pub(crate) descents: Vec<Descent>,
    /// Each rule with the rate it was trained with and its accuracy on the test digits.
    pub(crate) trained: Vec<(Rule, f64, Trained, f64)>,
    /// Adam with each schedule: its name, the rates, the training, the accuracy.
    pub(crate) scheduled: Vec<(&'static str, Vec<f64>, Trained, f64)>,
    /// For each of three rules, the rates and the loss at the end of a short training with each.
    pub(crate) by_rate: Vec<(Rule, Vec<f64>, Vec<f64>)>,
    pub(crate) tests: Vec<(Rule, RangeTest)>,
    /// Gradient descent with too large a rate, without and with clipping.
    pub(crate) clipped: [Trained; 2],
    pub(crate) accumulation_error: f64,
    pub(crate) comparisons: Vec<Comparison>,
}

/// The rate that each rule trains with: about a tenth of what its range test shows as the edge.
fn chosen_rate(rule: Rule) -> f64 {
    match rule {
        Rule::Sgd | Rule::EmaMomentum => 0.1,
        Rule::Momentum | Rule::Nesterov => 0.02,
        Rule::Adagrad => 0.02,
        Rule::RmsProp | Rule::Adam | Rule::AdamW => 0.001,
    }
}

fn walk_and_train(demo: &Demo) -> demo::Result<Outcome> {
    rehearse();
    let settings = Settings::new(demo);
    let seed = demo.args.seed;
    let folder = demo.folder()?;

    let walks: Vec<(Landscape, Vec<Walk>)> =
        Landscape::ALL.into_iter().map(|landscape| (landscape, walks(landscape))).collect();
    demo.say(report::arrivals(&walks));
    let descents = descents();
    demo.say(report::ravines(&descents));

    let mnist = Mnist::load()?.standardized();
    let train_set = mnist.train.take(settings.digits);
    let tests: Vec<(Rule, RangeTest)> = [Rule::Sgd, Rule::Momentum, Rule::Adam]
        .map(|rule| (rule, test_rates(&train_set, rule, settings.range, seed)))
        .into();
    for (rule, test) in &tests {
        demo.say(format_args!("The range test of {} suggests {:.2e}.", rule.name(), test.suggestion()));
    }

    let rates = geometric_rates(1e-4, 1.0, settings.rates);
    let tried = [Rule::Sgd, Rule::Momentum, Rule::Adam];
    let schedules = schedules(settings.steps);
    let bar = progress_bar(
        settings.steps * (Rule::ALL.len() + schedules.len() + 2) + settings.short * rates.len() * tried.len(),
    );
    let run_one = |rule: Rule, rate: &dyn Fn(usize) -> f64, steps: usize, clip: Option<f64>| {
        bar.set_message(rule.name());
        train(&train_set, &Training { rule, rate, steps, clip }, seed, &bar)
    };
    let mut trained = Vec::new();
    for rule in Rule::ALL {
        let rate = chosen_rate(rule);
        let done = run_one(rule, &|_| rate, settings.steps, None);
        let accuracy = done.accuracy(&mnist.test);
        trained.push((rule, rate, done, accuracy));
    }
    demo.say(report::accuracies(&trained));
    let mut scheduled = Vec::new();
    for (name, rates) in schedules {
        let done = run_one(Rule::Adam, &|n| rates[n], settings.steps, None);
        let accuracy = done.accuracy(&mnist.test);
        scheduled.push((name, rates, done, accuracy));
    }
    let mut by_rate = Vec::new();
    for rule in tried {
        let last = |&rate: &f64| run_one(rule, &|_| rate, settings.short, None).last_loss(settings.short / 6);
        by_rate.push((rule, rates.clone(), rates.iter().map(last).collect()));
    }
    let clipped = [f64::INFINITY, 1.0].map(|clip| run_one(Rule::Sgd, &|_| 2.0, settings.steps, Some(clip)));
    bar.finish_and_clear();

    let pair = mnist.train.only(&[4, 9]).unstandardized();
    let comparisons = settings
        .samples
        .map(|samples| compare(&Regression::new(&pair, samples), settings.descent, seed))
        .into();
    let run = Run {
        seed,
        walks,
        descents,
        trained,
        scheduled,
        by_rate,
        tests,
        clipped,
        accumulation_error: accumulation_error(&mnist.train, seed),
        comparisons,
        settings,
    };
    let (report, picture) = (folder.join("report.html"), folder.join("picture.png"));
    let animations = report::animations(&run)?;
    animations[1].save(folder.join("animation.png"))?;
    report::page(&run, animations)?.save(&report)?;
    picture::picture(&run)?.save(&picture)?;
    demo.say(format_args!("The report: {}", report.display()));
    let accuracy =
        |rule: Rule| run.trained.iter().find(|(known, ..)| *known == rule).map(|(.., accuracy)| *accuracy);
    let best = run.scheduled.iter().map(|(.., accuracy)| *accuracy).fold(0.0, f64::max);
    Ok(Outcome::Finished(json!({
        "accuracy_sgd": accuracy(Rule::Sgd),
        "accuracy_momentum": accuracy(Rule::Momentum),
        "accuracy_adam": accuracy(Rule::Adam),
        "test_accuracy": best,
        "accumulation_error": run.accumulation_error,
        "digits": run.settings.digits,
        "steps": run.settings.steps,
        "seed": seed,
        "report": report,
        "picture": picture,
    })))
}

/// The learning rates of Adam by each schedule, of which the largest is the same.
fn schedules(steps: usize) -> Vec<(&'static str, Vec<f64>)> {
    let peak = 0.004;
    let decay = StepDecay { start: peak, factor: 0.3, every: steps.div_ceil(4).max(1) };
    let warmup = WarmupCosine { peak, warmup: steps / 10, total: steps };
    let cycle = OneCycle::new(peak, steps);
    let all = |rate: &dyn Fn(usize) -> f64| (0..steps).map(rate).collect::<Vec<f64>>();
    vec![
        ("constant", all(&|_| peak)),
        ("step decay", all(&|n| decay.rate(n))),
        ("warm-up and cosine", all(&|n| warmup.rate(n))),
        ("one cycle", all(&|n| cycle.rate(n))),
    ]
}

/// Goes once through everything that the demo needs of what students write, in the order of the steps, so that what is
/// missing is known before anything takes time.
fn rehearse() {
    minimize(Rule::Sgd.optimizer(1, 0.5).as_mut(), |_: &[f64]| vec![1.0], &[0.0], |_| 0.1, 1);
    contraction(best_rate(1.0, 2.0), 1.0);
    minibatches(1, 1, &mut Generator::seed(0));
    let mut accumulator = Accumulator::new();
    accumulator.add(&[Tensor::<f32>::ones(1)], 1);
    accumulator.take();
    for rule in Rule::ALL {
        rule.optimizer::<f32>(1, 0.5).step(&mut [0.0], &[1.0], 0.1);
    }
    cosine(1.0, 0.0, 0.5);
    schedules(20);
    let mut gradients = [Tensor::<f32>::ones(1)];
    clip_grad_norm(&mut gradients, 1.0);
    clip_grad_value(&mut gradients, 1.0);
    smoothed(&[1.0], 0.9);
    range_test(&geometric_rates(0.1, 1.0, 2), |_| 1.0).suggestion();
    let square = |x: &Tensor<f64>| x.square().sum(..);
    let one = Tensor::ones(1);
    hessian_vector_product(square, &one, &one);
    conjugate_gradient(|p| p.clone(), &one, Solve { iterations: 1, tolerance: 0.1 });
    newton_step(square, &one, Solve { iterations: 1, tolerance: 0.1 });
}
