//! What was written, at work: `cargo xtask demo lab-03`.

use std::process::ExitCode;

use demo::{Demo, Outcome, json};
use lab_03_optimizers::mean;

fn main() -> ExitCode {
    demo::run(env!("CARGO_PKG_NAME"), "Averages the first whole numbers.", average)
}

fn average(demo: &Demo) -> demo::Result<Outcome> {
    let n = if demo.args.quick { 10 } else { 1000 };
    let x: Vec<f64> = (1..=n).map(f64::from).collect();
    demo.say(format_args!("The mean of 1, …, {n} is {}.", mean(&x)));
    Ok(Outcome::Finished(json!({ "mean": mean(&x) })))
}
