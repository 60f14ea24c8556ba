//! One picture that tells the whole story: paths, a training by each rule, and the loss against the learning rate.

use plots::{Diagram, Figure, Lettering, Rgb};

use crate::Run;
use crate::landscapes::contour;
use crate::report::{by_rate, losses};

const SOFT: Rgb = Rgb(0x66, 0x66, 0x66);

pub(crate) fn picture(run: &Run) -> plots::Result<Figure> {
    let title = "Optimizers, step by step";
    let mut diagram = Diagram::new(title, 1180.0, 870.0);
    let head = Lettering::size(13.5).bold().from_left();
    diagram.text((20.0, 24.0), title, Lettering::size(17.0).bold().from_left());
    for (index, (landscape, walks)) in run.walks.iter().skip(1).enumerate() {
        let figure = contour(*landscape, walks, landscape.steps(), (440.0, 330.0))?;
        diagram.place((10.0 + 580.0 * index as f64, 40.0), &figure);
    }
    diagram.text((20.0, 502.0), "MNIST by each rule", head);
    diagram.place((10.0, 510.0), &losses(run, (580.0, 330.0))?);
    diagram.text((600.0, 502.0), "MNIST: loss against learning rate", head);
    diagram.place((590.0, 510.0), &by_rate(run, (570.0, 330.0))?);
    diagram.text((20.0, 856.0), "cargo xtask demo lab-03", Lettering::size(12.0).color(SOFT).from_left());
    Ok(diagram.figure())
}
