//! One picture that tells the whole story: numbers that remember, gradients that were checked, a network that reads.

use plots::{Diagram, Figure, Image, Lettering, Rgb};

use crate::report::{Run, digit, losses, sensitivity};
use crate::single_numbers::neuron;

const SOFT: Rgb = Rgb(0x66, 0x66, 0x66);

pub(crate) fn picture(run: &Run<'_>) -> plots::Result<Figure> {
    let title = format!(
        "{:.2} % of 10,000 unseen digits, by gradients of our own",
        100.0 * run.evaluation.accuracy()
    );
    let mut diagram = Diagram::new(&title, 900.0, 640.0);
    let head = Lettering::size(13.5).bold().from_left();
    let soft = Lettering::size(12.0).color(SOFT).from_left();
    diagram.text((20.0, 24.0), &title, Lettering::size(17.0).bold().from_left());
    diagram.text((20.0, 56.0), "A neuron: values, partial derivatives on the edges, gradients", head);
    diagram.place((46.0, 66.0), &neuron());
    diagram.text((20.0, 640.0 - 12.0), "cargo xtask demo lab-02", soft);
    diagram.text((20.0, 444.0), "Pixels: red where more ink would make the loss larger", head);
    for column in 0..6 {
        let left = 20.0 + 70.0 * column as f64;
        diagram.image((left, 458.0), (66.0, 66.0), &digit(run.test, column)?);
        let map = Image::signed(28, 28, &sensitivity(run, column).to_vec())?;
        diagram.image((left, 530.0), (66.0, 66.0), &map);
    }
    diagram.text((470.0, 444.0), "Loss", head);
    diagram.place((470.0, 452.0), &losses(run, (420.0, 170.0))?);
    Ok(diagram.figure())
}
