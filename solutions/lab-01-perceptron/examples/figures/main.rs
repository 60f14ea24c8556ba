//! Draws the figures of the handout, for its author: `cargo run -p lab-01-perceptron-solution --features demo --example
//! figures`.
//!
//! They are checked in, so that the handout can be read as it is. All numbers in them are computed here, by the lab's
//! own functions. One is the picture of the demo: run `cargo xtask demo lab-01 --solution` before.

mod curves;
mod drawing;
mod learning;
mod networks;
mod planes;

use std::path::{Path, PathBuf};

use plots::Figure;

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn main() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("figures");
    std::fs::create_dir_all(&folder)?;
    let previews = std::env::args_os().nth(1);
    let figures: [(&str, Figure); 8] = [
        ("activations", curves::activations()?),
        ("neuron", networks::neuron()),
        ("rule", learning::rule()),
        ("novikoff", learning::novikoff()?),
        ("mlp", networks::mlp()),
        ("staircase", curves::staircases()?),
        ("folding", planes::folding()),
        ("xor", planes::xor()?),
    ];
    for (name, figure) in figures {
        figure.save(folder.join(name).with_extension("svg"))?;
        // To look at them without a browser.
        if let Some(previews) = &previews {
            figure.save(Path::new(previews).join(name).with_extension("png"))?;
        }
    }
    std::fs::copy(demo_folder()?.join("picture.svg"), folder.join("demo.svg"))?;
    println!("{}", folder.display());
    Ok(())
}

/// Where `cargo xtask demo lab-01 --solution` leaves its picture.
fn demo_folder() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(3).ok_or("this program is not in a folder of cargo")?;
    Ok(target.join("demo").join(env!("CARGO_PKG_NAME")))
}
