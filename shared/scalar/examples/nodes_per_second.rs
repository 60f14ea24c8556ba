//! How many numbers a second the tape records and walks back over: a layer of neurons, as in a small network.
//!
//! `cargo run --release -p scalar --example nodes_per_second`

use std::hint::black_box;
use std::time::{Duration, Instant};

use scalar::{Real, Tape, Var};

const INPUTS: usize = 64;
const NEURONS: usize = 128;

/// Σ tanh(w·x + b) over the neurons: three nodes for each weight.
fn layer<'t>(tape: &'t Tape, weights: &[f64]) -> Var<'t> {
    let inputs: Vec<Var<'_>> = (0..INPUTS).map(|i| tape.var(i as f64 / INPUTS as f64)).collect();
    let mut sum = tape.var(0.0);
    for neuron in weights.chunks(INPUTS + 1) {
        let mut z = tape.var(neuron[INPUTS]);
        for (&x, &w) in inputs.iter().zip(neuron) {
            z = z + tape.var(w) * x;
        }
        sum = sum + z.tanh();
    }
    sum
}

/// The median over steps that each record `passes` times the layer on a tape of their own.
fn measure(passes: usize, steps: usize, weights: &[f64]) {
    let mut nodes = 0;
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..steps {
        let start = Instant::now();
        let tape = Tape::new();
        let loss = (0..passes).fold(tape.var(0.0), |sum, _| sum + layer(&tape, black_box(weights)));
        black_box(loss.backward());
        nodes = tape.len();
        drop(tape);
        times.push(start.elapsed());
    }
    times.sort();
    let median = times[steps / 2].as_secs_f64();
    println!("{nodes:>9} nodes a step: {:.0} million nodes a second", nodes as f64 / median / 1e6);
}

fn main() {
    let weights: Vec<f64> =
        (0..NEURONS * (INPUTS + 1)).map(|i| ((i * 37 % 101) as f64 - 50.0) / 400.0).collect();
    measure(1, 301, &weights);
    measure(40, 21, &weights);
}
