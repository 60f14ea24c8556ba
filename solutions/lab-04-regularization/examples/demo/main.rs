//! What this lab wrote, at work: `cargo xtask demo lab-04`.
//!
//! A network learns 1,000 digits by heart. Then each remedy is tried alone, and all that go together, with several
//! seeds each: other digits, other first weights, another order. A remedy's settings are the same for all seeds, and
//! the 10,000 test digits are judged once, at the end of each training.

mod pictures;
mod remedies;
mod report;
mod summary;
mod training;

use std::process::ExitCode;
use std::time::Instant;

use data::{Mnist, Photos};
use demo::{Demo, Outcome, Value, json};
use lab_04_regularization::EarlyStopping;
use nn::{Adam, Module};
use tensor::{Tensor, manual_seed};

use remedies::REMEDIES;
use report::Run;
use summary::Summary;
use training::{Settings, step, train_all};

fn main() -> ExitCode {
    demo::run(
        env!("CARGO_PKG_NAME"),
        "Overfits 1,000 digits, and shows what each remedy that you wrote does about it.",
        overfit_and_mend,
    )
}

fn settings(demo: &Demo) -> Settings {
    let full = Settings {
        digits: 1000,
        validation: 1000,
        epochs: 60,
        batch_size: 50,
        learning_rate: 1e-3,
        seeds: 4,
    };
    let quick = Settings { epochs: 15, seeds: 2, ..full };
    let settings = if demo.args.quick { quick } else { full };
    Settings { epochs: demo.args.epochs.unwrap_or(settings.epochs), ..settings }
}

fn overfit_and_mend(demo: &Demo) -> demo::Result<Outcome> {
    rehearse();
    let (settings, seed) = (settings(demo), demo.args.seed);
    let folder = demo.folder()?;
    let (mnist, photos) = (Mnist::load()?, Photos::load()?);
    demo.say(format_args!(
        "A network of 784-256-128-10 units learns {} digits for {} epochs, {} times.",
        settings.digits,
        settings.epochs,
        REMEDIES.len() * settings.seeds as usize
    ));
    let start = Instant::now();
    let courses = train_all(&settings, &mnist, seed);
    let seconds = start.elapsed().as_secs_f64();
    let summaries = Summary::of_all(&courses);
    demo.say(summary::table(&summaries));

    let run = Run {
        settings: &settings,
        seed,
        seconds,
        courses: &courses,
        summaries: &summaries,
        cat: &pictures::cat(&photos),
        digits: &mnist.test.batch(&[0, 1, 2, 3, 4, 7]).0,
    };
    let (report, picture) = (folder.join("report.html"), folder.join("picture.png"));
    report::page(&run)?.save(&report)?;
    report::picture(&run)?.save(&picture)?;
    demo.say(format_args!("The report, after {seconds:.1} s of training: {}", report.display()));
    let accuracies = summaries.iter().map(|row| (row.remedy.name.to_owned(), json!(row.test.mean)));
    Ok(Outcome::Finished(json!({
        "test_accuracy": Value::from_iter(accuracies),
        "train_seconds": seconds,
        "epochs": settings.epochs,
        "seeds": settings.seeds,
        "seed": seed,
        "report": report,
        "picture": picture,
    })))
}

/// Goes once through everything that the demo needs of what students write, in the order of the steps, so that what is
/// missing is known before anything takes time.
fn rehearse() {
    let image: Tensor = Tensor::full([1, 28, 28], 0.5);
    for remedy in &REMEDIES {
        manual_seed(0);
        let network = remedy.network();
        let mut stopping = EarlyStopping::new(1);
        stopping.observe(1.0, &network);
        stopping.restore(&network);
        let weights = lab_04_regularization::weights_of(&network);
        let mut optimizer = Adam::new(network.parameters(), 1e-3);
        step(remedy, &network, &weights, &mut optimizer, (Tensor::stack(&[&image, &image], 0), vec![0, 1]));
        network.eval();
        network.forward(&image.flatten(1));
    }
    for (_, version) in pictures::panels() {
        version.apply(&Tensor::full([3, 16, 16], 0.5));
    }
}
