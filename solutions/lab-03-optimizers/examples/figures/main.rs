//! Draws the figures of the handout, for its author: `cargo run -p lab-03-optimizers-solution --features demo
//! --example figures`.
//!
//! They are checked in, so that the handout can be read as it is. All numbers in them are computed here by the lab's own
//! functions, and what the handout claims about a figure is asserted where it is drawn. Two are the demo's: run `cargo
//! xtask demo lab-03 --solution` before.

mod adaptive;
#[path = "../demo/cost.rs"]
#[expect(dead_code, reason = "the demo uses all of it")]
mod cost;
mod descent;
#[path = "../demo/digits.rs"]
#[expect(dead_code, reason = "the demo uses all of it")]
mod digits;
#[path = "../demo/landscapes.rs"]
#[expect(dead_code, reason = "the demo uses all of it")]
mod landscapes;
#[path = "../demo/ravine.rs"]
mod ravine;
#[path = "../demo/rules.rs"]
#[expect(dead_code, reason = "the demo uses all of it")]
mod rules;
mod training;

use std::path::{Path, PathBuf};

use plots::Figure;

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn main() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("figures");
    std::fs::create_dir_all(&folder)?;
    let previews = std::env::args_os().nth(1);
    let figures: [(&str, Figure); 10] = [
        ("rates", descent::rates()?),
        ("contraction", descent::contractions()?),
        ("noise", training::noise()?),
        ("ravine", descent::ravine()?),
        ("condition", descent::condition()?),
        ("individual", adaptive::individual()?),
        ("corrections", adaptive::corrections()?),
        ("schedules", training::schedules()?),
        ("range-test", training::range()?),
        ("data", training::data()?),
    ];
    for (name, figure) in figures {
        figure.save(folder.join(name).with_extension("svg"))?;
        // To look at them without a browser.
        if let Some(previews) = &previews {
            figure.save(Path::new(previews).join(name).with_extension("png"))?;
        }
    }
    let demo = demo_folder()?;
    std::fs::copy(demo.join("picture.png"), folder.join("demo.png"))?;
    std::fs::copy(demo.join("animation.png"), folder.join("paths.png"))?;
    println!("{}", folder.display());
    Ok(())
}

/// Where the demo leaves its pictures.
fn demo_folder() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(3).ok_or("this program does not lie in a target folder")?;
    Ok(target.join("demo").join(env!("CARGO_PKG_NAME")))
}
