//! Draws the figures of the handout, for its author: `cargo run -p lab-02-backprop-solution --features demo --example
//! figures`.
//!
//! They are checked in, so that the handout can be read as it is. All numbers in them are computed here by the lab's own
//! functions. One shows a trained network: run `cargo xtask demo lab-02 --solution` before.

mod curves;
mod drawing;
#[path = "../demo/gradients.rs"]
#[expect(dead_code, reason = "the demo uses all of it")]
mod gradients;
#[path = "../demo/graph.rs"]
mod graph;
mod network;
mod scalars;

use std::path::{Path, PathBuf};

use plots::Figure;

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn main() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("figures");
    std::fs::create_dir_all(&folder)?;
    let previews = std::env::args_os().nth(1);
    let figures: [(&str, Figure); 9] = [
        ("graph", scalars::graph()),
        ("order", scalars::order()),
        ("recording", scalars::recording()),
        ("cost", curves::cost()?),
        ("linear", network::linear()),
        ("softmax", network::softmax()),
        ("step", curves::step()?),
        ("check", curves::check()?),
        ("network", network::network()),
    ];
    for (name, figure) in figures {
        figure.save(folder.join(name).with_extension("svg"))?;
        // To look at them without a browser.
        if let Some(previews) = &previews {
            figure.save(Path::new(previews).join(name).with_extension("png"))?;
        }
    }
    std::fs::copy(demo_folder()?.join("picture.png"), folder.join("demo.png"))?;
    println!("{}", folder.display());
    Ok(())
}

/// Where the demo leaves its picture.
fn demo_folder() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(3).ok_or("this program does not lie in a target folder")?;
    Ok(target.join("demo").join(env!("CARGO_PKG_NAME")))
}
