//! Pictures of the network that the demo has trained.

use std::path::PathBuf;

use lab_05_cnn::{Ascent, LeNet5};
use nn::Module;
use plots::{Diagram, Figure, Image, Style};
use tensor::Tensor;

use crate::Result;
use crate::drawing::*;
use crate::features::{Features, logit};

/// Where the demo leaves the network and its picture.
pub(crate) fn folder() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(3).ok_or("this program does not lie in a target folder")?;
    Ok(target.join("demo").join(env!("CARGO_PKG_NAME")))
}

/// What the network looks for, without and with what keeps an image an image.
pub(crate) fn visualization() -> Result<Figure> {
    let network = LeNet5::new();
    network.load(folder()?.join("lenet5.safetensors"))?;
    let features = Features::of(&network);
    let bare = Ascent { steps: 300, rate: 0.25, decay: 0.0 };
    let bare: Vec<Tensor> = (0..10).map(|class| logit(&network, class, 0, &bare)).collect();
    let mut diagram = Diagram::new("What the trained network looks for", 760.0, 484.0);
    heading(&mut diagram, (16.0, 18.0), "Units of the first convolution");
    row(&mut diagram, 32.0, &features.first, 40.0, 8.0)?;
    heading(&mut diagram, (16.0, 98.0), "Units of the second convolution");
    row(&mut diagram, 112.0, &features.second[..8], 84.0, 8.0)?;
    row(&mut diagram, 204.0, &features.second[8..], 84.0, 8.0)?;
    heading(&mut diagram, (16.0, 314.0), "Logits 0 to 9: without decay and jitter, and with them");
    row(&mut diagram, 328.0, &bare, 66.0, 7.3)?;
    row(&mut diagram, 400.0, &features.logits, 66.0, 7.3)?;
    Ok(diagram.figure())
}

fn row(diagram: &mut Diagram, top: f64, images: &[Tensor], side: f64, gap: f64) -> Result<()> {
    for (index, image) in images.iter().enumerate() {
        let picture = Image::gray(image.size(0), image.size(1), &image.as_slice())?;
        let corner = (16.0 + (side + gap) * index as f64, top);
        diagram.image(corner, (side, side), &picture);
        diagram.rectangle(corner, (side, side), Style::line(FAINT, 0.8));
    }
    Ok(())
}
