//! What this lab wrote, at work: `cargo xtask demo lab-02`.
//!
//! In three parts, as the lab: the engine of single numbers trains a tiny network and shows the graph that it has
//! recorded; the gradient check goes through every backward pass; and a network of 784-256-128-10 units learns to read
//! digits with the gradients that were checked. No derivative is computed by anything but the lab's own code. The
//! training goes through all 60,000 digits and takes the weights of its last step; the 10,000 test digits are judged
//! once, at the end.

mod evaluation;
mod gradients;
mod graph;
mod picture;
mod report;
mod single_numbers;
mod training;

use std::process::ExitCode;

use data::Mnist;
use demo::{Demo, Outcome, json};
use lab_02_backprop::{Mlp, Value, no_grad};
use tensor::{Tensor, manual_seed};

use evaluation::Evaluation;
use report::{Run, thousands};
use single_numbers::SingleNumbers;
use training::{Settings, train};

fn main() -> ExitCode {
    demo::run(
        env!("CARGO_PKG_NAME"),
        "Checks the gradients that you wrote, trains a network on MNIST with them, and shows both.",
        check_and_train,
    )
}

fn check_and_train(demo: &Demo) -> demo::Result<Outcome> {
    rehearse();
    let settings = Settings::new(demo);
    let folder = demo.folder()?;

    let single_numbers = SingleNumbers::train(200);
    demo.say(format_args!(
        "A network of {} single numbers learned two moons: {:.1} % of {} points are right. The graph of its loss has {} \
         nodes.",
        single_numbers.parameters,
        100.0 * single_numbers.accuracy,
        single_numbers.labels.len(),
        thousands(single_numbers.nodes),
    ));

    let mnist = Mnist::load()?.standardized();
    let checked = gradients::check_all(&mnist.train);
    demo.say(gradients::table(&checked));
    if let Some(wrong) = checked.iter().find(|row| !row.check.passes) {
        return Err(format!(
            "the gradient {} is wrong, and a network would train on it. `cargo xtask test lab-02` may tell why.",
            wrong.name
        )
        .into());
    }

    manual_seed(demo.args.seed);
    let mut network: Mlp = Mlp::new(&[28 * 28, 256, 128, 10]);
    demo.say(format_args!(
        "A network with {} parameters learns from {} digits, {}.",
        thousands(network.num_parameters()),
        thousands(settings.digits),
        if settings.epochs == 1 { "one epoch".to_owned() } else { format!("{} epochs", settings.epochs) }
    ));
    let history = train(&mut network, &mnist.train.take(settings.digits), &settings, demo.args.seed);
    let evaluation = Evaluation::new(&network, &mnist.test);
    demo.say(format_args!(
        "{:.2} % of the 10,000 test digits are right, after {:.1} s of training.",
        100.0 * evaluation.accuracy(),
        history.seconds
    ));

    let run = Run {
        settings: &settings,
        seed: demo.args.seed,
        single_numbers: &single_numbers,
        checked: &checked,
        controls: &gradients::check_mistakes(&mnist.train),
        network: &network,
        history: &history,
        test: &mnist.test,
        evaluation: &evaluation,
    };
    let (report, picture) = (folder.join("report.html"), folder.join("picture.png"));
    report::page(&run)?.save(&report)?;
    picture::picture(&run)?.save(&picture)?;
    demo.say(format_args!("The report: {}", report.display()));
    let largest = checked.iter().map(|row| row.check.error).fold(0.0, f64::max);
    Ok(Outcome::Finished(json!({
        "test_accuracy": evaluation.accuracy(),
        "test_loss": evaluation.loss,
        "train_seconds": history.seconds,
        "epochs": settings.epochs,
        "digits": settings.digits,
        "largest_gradient_error": largest,
        "single_numbers_accuracy": single_numbers.accuracy,
        "seed": demo.args.seed,
        "report": report,
        "picture": picture,
    })))
}

/// Goes once through everything that the demo needs of what students write, in the order of the steps, so that what is
/// missing is known before anything takes time.
fn rehearse() {
    let a = Value::record("number", 1.0, &[]);
    let y = -((&a + &a - &a) * &a / &a);
    let y = y.powi(2).exp().ln().tanh().relu();
    y.backward();
    y.zero_grad();
    no_grad(|| ());
    SingleNumbers::train(1);
    let mut network: Mlp<f64> = Mlp::new(&[2, 3, 2]);
    let x = Tensor::ones([1, 2]);
    gradients::check_layers();
    let (_, gradients) = network.loss_and_gradients(&x, &[0]);
    network.step(&gradients, 0.0);
}
