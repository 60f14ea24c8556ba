//! What was written, at work: `cargo xtask demo lab-01`.
//!
//! Three things are tried. Networks with and without activations learn moons and spirals, with the gradients of the
//! lab's own derivatives. Rosenblatt's rule meets XOR, before and after its features are expanded. And it learns to tell
//! handwritten zeros from ones, while its mistakes are counted and compared with Novikoff's bound.

mod boundaries;
mod digits;
mod report;
mod xor;

use std::process::ExitCode;

use demo::{Demo, Outcome, json};
use indicatif::{ProgressBar, ProgressStyle};
use tensor::manual_seed;

use boundaries::Boundaries;
use digits::Digits;
use xor::Xor;

fn main() -> ExitCode {
    demo::run(
        env!("CARGO_PKG_NAME"),
        "Draws the boundaries of your networks, and lets your perceptron tell zeros from ones.",
        show,
    )
}

/// How long everything takes.
pub(crate) struct Settings {
    /// Whether it is the short version.
    pub(crate) quick: bool,
    /// Steps of gradient descent for each network.
    pub(crate) steps: usize,
    /// How many zeros and ones there are to learn from, at most.
    pub(crate) digits: usize,
    /// Steps in search of the widest margin.
    pub(crate) margin_steps: usize,
}

impl Settings {
    fn new(demo: &Demo) -> Self {
        let full = Self { quick: false, steps: 1000, digits: usize::MAX, margin_steps: 1000 };
        let quick = Self { quick: true, steps: 300, digits: 2000, margin_steps: 500 };
        let settings = if demo.args.quick { quick } else { full };
        Self { steps: demo.args.epochs.unwrap_or(settings.steps), ..settings }
    }
}

/// Everything that there is to tell.
pub(crate) struct Results {
    pub(crate) settings: Settings,
    pub(crate) seed: u64,
    pub(crate) boundaries: Boundaries,
    pub(crate) xor: Xor,
    pub(crate) digits: Digits,
}

fn show(demo: &Demo) -> demo::Result<Outcome> {
    let settings = Settings::new(demo);
    let seed = demo.args.seed;
    let folder = demo.folder()?;
    manual_seed(seed);
    boundaries::rehearse();

    demo.say("Rosenblatt's rule meets XOR, before and after its features are expanded.");
    let xor = Xor::learn(seed);
    demo.say(format_args!(
        "  with x₁ and x₂ it makes {} mistakes in its last pass; with the quadratic features {} in pass {}.",
        xor.plain.1.last().unwrap_or(&0),
        xor.expanded.1.last().unwrap_or(&0),
        xor.expanded.1.len()
    ));

    demo.say("It learns to tell handwritten zeros from ones.");
    let digits = Digits::learn(settings.digits, settings.margin_steps, seed)?;
    demo.say(format_args!(
        "  {} mistakes in {} passes, where Novikoff allows {}; {:.2} % of {} test digits are right.",
        digits.total_mistakes(),
        digits.mistakes.len(),
        report::thousands(digits.bound as usize),
        100.0 * digits.test_accuracy(),
        report::thousands(digits.test.len())
    ));

    demo.say("Networks learn moons and spirals, with each activation.");
    let boundaries = Boundaries::learn(settings.steps, seed);
    for problem in &boundaries.problems {
        let scores = problem.trained.iter().map(|trained| {
            format!("{} {:.1} %", boundaries::name(trained.activation), 100.0 * trained.accuracy)
        });
        demo.say(format_args!("  {}: {}", problem.name, scores.collect::<Vec<_>>().join(", ")));
    }

    let results = Results { settings, seed, boundaries, xor, digits };
    let (report, picture) = (folder.join("report.html"), folder.join("picture.svg"));
    report::page(&results)?.save(&report)?;
    report::picture(&results)?.save(&picture)?;
    demo.say(format_args!("The report: {}", report.display()));
    let Results { boundaries, digits, .. } = &results;
    Ok(Outcome::Finished(json!({
        "moons_tanh_accuracy": boundaries.accuracy("moons", "tanh"),
        "moons_relu_accuracy": boundaries.accuracy("moons", "ReLU"),
        "moons_linear_accuracy": boundaries.accuracy("moons", "none"),
        "spirals_tanh_accuracy": boundaries.accuracy("spirals", "tanh"),
        "spirals_relu_accuracy": boundaries.accuracy("spirals", "ReLU"),
        "spirals_linear_accuracy": boundaries.accuracy("spirals", "none"),
        "xor_mistakes_of_last_pass": results.xor.plain.1.last(),
        "xor_expanded_mistakes_of_last_pass": results.xor.expanded.1.last(),
        "digits": digits.labels.len(),
        "digits_mistakes": digits.total_mistakes(),
        "digits_passes": digits.mistakes.len(),
        "novikoff_bound": digits.bound,
        "digits_test_accuracy": digits.test_accuracy(),
        "seed": seed,
        "report": report,
        "picture": picture,
    })))
}

/// A bar for so many steps, if somebody watches.
pub(crate) fn progress(steps: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("  [{bar:30}] {percent:>3} %  {msg}  {eta} left")
        .expect("the template is well-formed")
        .progress_chars("=> ");
    ProgressBar::new(steps as u64).with_style(style)
}
