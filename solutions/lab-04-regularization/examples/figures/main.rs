//! Draws the figures of the handout, for its author: `cargo run -p lab-04-regularization-solution --features demo
//! --example figures`.
//!
//! They are checked in, so that the handout can be read as it is. All numbers in them are computed here, most by the
//! lab's own functions. One is the demo's picture: run `cargo xtask demo lab-04 --solution` before.

mod drawing;
mod geometry;
mod networks;
#[path = "../demo/pictures.rs"]
mod pictures;
#[path = "../demo/remedies.rs"]
#[expect(dead_code, reason = "the demo uses all of it")]
mod remedies;
mod weights;

use std::path::{Path, PathBuf};

use data::{Mnist, Photos};
use plots::Figure;

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn main() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("figures");
    std::fs::create_dir_all(&folder)?;
    let previews = std::env::args_os().nth(1);
    let figures: [(&str, Figure); 8] = [
        ("early-stopping", networks::early_stopping()?),
        ("dropout", networks::dropout()),
        ("balls", weights::balls()?),
        ("decay", weights::decay()?),
        ("zeros", weights::zeros()?),
        ("threshold", weights::threshold()?),
        ("batch-norm", networks::batch_norm()),
        ("bilinear", geometry::bilinear()),
    ];
    for (name, figure) in figures {
        figure.save(folder.join(name).with_extension("svg"))?;
        // To look at them without a browser.
        if let Some(previews) = &previews {
            figure.save(Path::new(previews).join(name).with_extension("png"))?;
        }
    }
    augmentations()?.save(folder.join("augmentations.png"))?;
    std::fs::copy(demo_folder()?.join("picture.png"), folder.join("demo.png"))?;
    println!("{}", folder.display());
    Ok(())
}

/// The ten panels, and the digits that the demo's networks learn from.
fn augmentations() -> Result<Figure> {
    let cat = pictures::cat(&Photos::load()?);
    let digits = Mnist::load()?.test.batch(&[0, 1, 2, 4]).0;
    let panels = pictures::grid("", &cat, 128.0)?;
    let versions = pictures::digit_versions("", &digits, 60.0)?;
    Ok(Figure::grid("", [[panels], [versions]]))
}

/// Where the demo leaves its picture.
fn demo_folder() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(3).ok_or("this program does not lie in a target folder")?;
    Ok(target.join("demo").join(env!("CARGO_PKG_NAME")))
}
