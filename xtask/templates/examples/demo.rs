//! What was written, at work: `cargo xtask demo {{short}}`.

use {{crate}}::mean;

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let json = std::env::args().any(|argument| argument == "--json");
    let n = if quick { 10 } else { 1000 };
    let x: Vec<f64> = (1..=n).map(f64::from).collect();
    if json {
        println!("{{\"mean\":{}}}", mean(&x));
    } else {
        println!("The mean of 1, …, {n} is {}.", mean(&x));
    }
}
