//! Draws the figures of the handout, for its author: `cargo run -p lab-05-cnn-solution --example figures`.
//!
//! They are checked in, so that the handout can be read as it is. All numbers in them are computed here, most by the
//! lab's own functions. Two show a trained network: run `cargo xtask demo lab-05 --solution` before.

mod columns;
mod digits;
mod drawing;
#[path = "../demo/features.rs"]
#[expect(dead_code, reason = "the demo uses all of it")]
mod features;
mod field;
mod network;
mod pooling;
mod trained;
mod windows;

use std::path::Path;

use plots::Figure;

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn main() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("figures");
    std::fs::create_dir_all(&folder)?;
    let previews = std::env::args_os().nth(1);
    let figures: [(&str, Figure); 13] = [
        ("parameters", network::parameters()?),
        ("windows", windows::geometry()),
        ("weighted-sum", windows::weighted_sum()),
        ("flipped", windows::flipped()),
        ("matches", digits::matches()?),
        ("im2col", columns::im2col()),
        ("product", columns::product()),
        ("groups", columns::groups()),
        ("pooling", pooling::pooling()),
        ("receptive-field", field::growth()),
        ("fields-of-lenet", digits::fields_of_lenet()?),
        ("lenet", network::lenet()),
        ("visualization", trained::visualization()?),
    ];
    for (name, figure) in figures {
        figure.save(folder.join(name).with_extension("svg"))?;
        // To look at them without a browser.
        if let Some(previews) = &previews {
            figure.save(Path::new(previews).join(name).with_extension("png"))?;
        }
    }
    std::fs::copy(trained::folder()?.join("picture.png"), folder.join("demo.png"))?;
    println!("{}", folder.display());
    Ok(())
}
