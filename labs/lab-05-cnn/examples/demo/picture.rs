//! One picture that tells the whole story: a digit on its way through the network, and what the network looks for.

use plots::{Diagram, Figure, Image, Lettering, Rgb, Style};
use tensor::Tensor;

use crate::features::Activations;
use crate::report::{Run, digit, one_map};

const INK: Rgb = Rgb(0x22, 0x22, 0x22);
const SOFT: Rgb = Rgb(0x66, 0x66, 0x66);
const BLUE: Rgb = Rgb(0x00, 0x72, 0xb2);

pub(crate) fn picture(run: &Run<'_>) -> plots::Result<Figure> {
    let title = format!("LeNet-5: {:.2} % of 10,000 unseen digits", 100.0 * run.evaluation.accuracy());
    let mut diagram = Diagram::new(&title, 900.0, 452.0);
    let head = Lettering::size(13.0).bold().color(INK);
    let soft = Lettering::size(12.0).color(SOFT);
    diagram.text((20.0, 24.0), &title, Lettering::size(17.0).bold().from_left());

    let activations = Activations::of(run.network, &run.test.batch(&[0]).0);
    let top = 80.0;
    diagram.text((76.0, 60.0), "input", head);
    diagram.image((20.0, top + 14.0), (112.0, 112.0), &digit(run.test, 0)?);
    diagram.text((296.0, 60.0), "first convolution", head);
    maps(&mut diagram, (178.0, top + 14.0), &activations.first, 3, 76.0, 4.0)?;
    diagram.text((535.0, 60.0), "second convolution", head);
    maps(&mut diagram, (460.0, top + 14.0), &activations.second, 4, 35.0, 3.0)?;
    diagram.text((720.0, 60.0), "what it says", head);
    let arrow = Style::line(SOFT, 1.4);
    for (from, to) in [(138.0, 170.0), (422.0, 452.0), (616.0, 648.0)] {
        diagram.arrow(&[(from, top + 88.0), (to, top + 88.0)], arrow);
    }
    for (class, &probability) in activations.probabilities.iter().enumerate() {
        let y = top + 5.0 + 18.0 * class as f64;
        diagram.text((668.0, y), &class.to_string(), Lettering::size(12.5).to_right());
        diagram.rectangle((676.0, y - 6.0), (120.0, 12.0), Style::fill(Rgb(0xee, 0xf1, 0xf4)));
        diagram.rectangle((676.0, y - 6.0), (120.0 * f64::from(probability), 12.0), Style::fill(BLUE));
        if probability >= 0.005 {
            let percent = format!("{:.1} %", 100.0 * probability);
            diagram.text((804.0, y), &percent, Lettering::size(12.0).from_left());
        }
    }

    diagram.text((20.0, 290.0), "What each answer looks for", head.from_left());
    let note = "images that raise one logit most, found by gradient ascent on the pixels";
    diagram.text((206.0, 290.0), note, soft.from_left());
    for (class, image) in run.features.logits.iter().enumerate() {
        let left = 20.0 + 86.6 * class as f64;
        diagram.image((left, 308.0), (80.0, 80.0), &Image::gray(28, 28, &image.as_slice())?);
        diagram.text((left + 40.0, 403.0), &class.to_string(), head);
    }
    diagram.text((20.0, 434.0), "cargo xtask demo lab-05", soft.from_left());
    Ok(diagram.figure())
}

/// Maps \[C, H, W\] in rows of `columns`.
fn maps(
    diagram: &mut Diagram,
    corner: (f64, f64),
    maps: &Tensor,
    columns: usize,
    side: f64,
    gap: f64,
) -> plots::Result<()> {
    let range = (0.0, f64::from(maps.max(..).item()));
    for (index, map) in maps.unbind(0).iter().enumerate() {
        let left = corner.0 + (side + gap) * (index % columns) as f64;
        let top = corner.1 + (side + gap) * (index / columns) as f64;
        diagram.image((left, top), (side, side), &one_map(map, range)?);
    }
    Ok(())
}
