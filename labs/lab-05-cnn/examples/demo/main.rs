//! Trains the LeNet-5 of this lab on MNIST and shows what it has learned: `cargo xtask demo lab-05`.
//!
//! All that is computed here, forward and backward, is the lab's own: the convolutions, the pooling, the ascent. The
//! training goes through all 60,000 digits and takes the weights of its last step; no choice is made by looking at the
//! 10,000 test digits, which are judged once, at the end.

mod evaluation;
mod features;
mod picture;
mod report;

use std::f64::consts::PI;
use std::process::ExitCode;
use std::time::Duration;

use data::Mnist;
use demo::{Demo, Outcome, json};
use lab_05_cnn::{LeNet5, Window, conv2d, max_pool2d, receptive_field};
use nn::train::{Status, Trainer, discard_checkpoint};
use nn::{Adam, Module};
use tensor::{Tensor, manual_seed};

use evaluation::Evaluation;
use report::{Run, thousands};

fn main() -> ExitCode {
    demo::run(
        env!("CARGO_PKG_NAME"),
        "Trains the LeNet-5 that you wrote on MNIST and shows what it has learned.",
        train_and_show,
    )
}

/// How the training goes.
pub(crate) struct Settings {
    digits: usize,
    epochs: usize,
    batch_size: usize,
    learning_rate: f64,
}

impl Settings {
    fn new(demo: &Demo) -> Self {
        let full = Self { digits: 60_000, epochs: 5, batch_size: 32, learning_rate: 2e-3 };
        let quick = Self { digits: 20_000, epochs: 1, batch_size: 32, learning_rate: 5e-3 };
        let settings = if demo.args.quick { quick } else { full };
        Self { epochs: demo.args.epochs.unwrap_or(settings.epochs), ..settings }
    }
}

/// A tenth of the training to warm up, then half a cosine down to 0.
fn learning_rate_curve(progress: f64) -> f64 {
    (progress / 0.1).min(1.0) * (1.0 + (PI * progress).cos()) / 2.0
}

fn train_and_show(demo: &Demo) -> demo::Result<Outcome> {
    rehearse();
    let settings = Settings::new(demo);
    let seed = demo.args.seed;
    let folder = demo.folder()?;
    let checkpoint = folder.join(if demo.args.quick { "checkpoint-quick" } else { "checkpoint" });
    if demo.args.fresh {
        discard_checkpoint(&checkpoint)?;
    }

    let mnist = Mnist::load()?.standardized();
    let digits = mnist.train.take(settings.digits);
    manual_seed(seed);
    let network = LeNet5::new();
    let mut optimizer = Adam::new(network.parameters(), settings.learning_rate);
    demo.say(format_args!(
        "LeNet-5 with {} parameters learns from {} digits, {}.",
        thousands(network.num_parameters()),
        thousands(settings.digits),
        if settings.epochs == 1 { "one epoch".to_owned() } else { format!("{} epochs", settings.epochs) }
    ));
    let mut steps = 0;
    let training = Trainer::new()
        .epochs(settings.epochs)
        .batch_size(settings.batch_size)
        .seed(seed)
        .learning_rate_curve(learning_rate_curve)
        .checkpoint(&checkpoint)
        .checkpoint_every(Duration::from_secs(1))
        .setting("code", demo.code()?)
        .ignore_unusable_checkpoint()
        .stop_on_ctrl_c()
        .fit(&network, &mut optimizer, &digits, |(x, labels)| {
            steps += 1;
            network.forward(x).cross_entropy(labels)
        })?;
    if training.status == Status::Stopped {
        return Ok(Outcome::Interrupted);
    }
    if steps == 0 {
        demo.say("The training was complete already; only its report is missing.");
    }

    let evaluation = Evaluation::new(&network, &mnist.test);
    let seconds = training.history.seconds();
    demo.say(format_args!(
        "{:.2} % of the 10,000 test digits are right, after {seconds:.1} s of training.",
        100.0 * evaluation.accuracy()
    ));
    let run = Run {
        settings: &settings,
        seed,
        network: &network,
        history: &training.history,
        test: &mnist.test,
        evaluation: &evaluation,
        features: features::Features::of(&network),
    };
    let (report, picture) = (folder.join("report.html"), folder.join("picture.png"));
    report::page(&run)?.save(&report)?;
    picture::picture(&run)?.save(&picture)?;
    network.save(folder.join("lenet5.safetensors"))?;
    discard_checkpoint(&checkpoint)?;
    demo.say(format_args!("The report: {}", report.display()));
    Ok(Outcome::Finished(json!({
        "test_accuracy": evaluation.accuracy(),
        "test_loss": evaluation.loss,
        "train_seconds": seconds,
        "epochs": settings.epochs,
        "digits": settings.digits,
        "seed": seed,
        "report": report,
        "picture": picture,
    })))
}

/// Goes once through everything that the demo needs of what students write, in the order of the steps, so that what is
/// missing is known before the training.
fn rehearse() {
    let window = Window::new([2, 2]);
    window.source(0, window.output_size(0, 4) - 1, 1, 4);
    let x: Tensor = Tensor::ones([1, 1, 4, 4]).requires_grad_();
    let [weight, bias] = [Tensor::ones([1, 1, 2, 2]), Tensor::zeros(1)].map(Tensor::requires_grad_);
    max_pool2d(&conv2d(&x, &weight, &bias, &window, 1), &window).sum(..).backward();
    receptive_field(&[window], 0);

    let network = LeNet5::new();
    network.forward(&Tensor::zeros([1, 1, 28, 28])).cross_entropy(&[0]).backward();
    features::rehearse(&network);
}
