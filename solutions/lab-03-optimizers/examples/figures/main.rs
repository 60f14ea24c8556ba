//! Draws the figures of the handout, for its author: `cargo run -p lab-03-optimizers-solution --features demo
//! --example figures`.
//!
//! They are checked in, so that the handout can be read as it is. All numbers in them are computed here by the lab's own
//! functions, and what the handout says of them is asserted. One is the demo's picture: run `cargo xtask demo lab-03
//! --solution` before.

mod claims;
#[path = "../demo/cost.rs"]
mod cost;
#[path = "../demo/digits.rs"]
#[expect(dead_code, reason = "the demo uses all of it")]
mod digits;
#[path = "../demo/landscapes.rs"]
#[expect(dead_code, reason = "the demo uses all of it")]
mod landscapes;
mod rates;
#[path = "../demo/rules.rs"]
#[expect(dead_code, reason = "the demo uses all of it")]
mod rules;

use std::path::{Path, PathBuf};

use plots::Figure;

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn main() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("figures");
    std::fs::create_dir_all(&folder)?;
    let previews = std::env::args_os().nth(1);
    let figures: [(&str, Figure); 7] = [
        ("rates", rates::on_a_parabola()?),
        ("ravine", claims::ravine()?),
        ("steps", claims::steps()?),
        ("adagrad", rates::of_frequent_and_rare()?),
        ("schedules", rates::schedules()?),
        ("range-test", rates::range_tests()?),
        ("cost", claims::cost()?),
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
