//! One picture that tells the whole story: paths, a training by each rule, and the loss against the learning rate.

use plots::{Diagram, Figure, Lettering, Rgb};

use crate::Run;
use crate::landscapes::contour;
use crate::report::{by_condition, by_rate, costs, losses};

const SOFT: Rgb = Rgb(0x66, 0x66, 0x66);

pub(crate) fn picture(run: &Run) -> plots::Result<Figure> {
    let title = "Optimizers, step by step";
    let mut diagram = Diagram::new(title, 1230.0, 1250.0);
    let heading = |diagram: &mut Diagram, at: (f64, f64), text: &str| {
        diagram.text(at, text, Lettering::size(13.5).bold().from_left());
    };
    diagram.text((20.0, 24.0), title, Lettering::size(17.0).bold().from_left());
    for (index, (landscape, walks)) in run.walks.iter().skip(1).enumerate() {
        let figure = contour(*landscape, walks, landscape.steps(), (400.0, 300.0))?;
        diagram.place((10.0 + 610.0 * index as f64, 44.0), &figure);
    }
    let (second, third) = (476.0, 850.0);
    heading(&mut diagram, (20.0, second), "Steps to the floor of a ravine");
    diagram.place((10.0, second + 14.0), &by_condition(&run.descents, (580.0, 330.0))?);
    heading(&mut diagram, (630.0, second), "MNIST by each rule");
    diagram.place((620.0, second + 14.0), &losses(run, (580.0, 330.0))?);
    heading(&mut diagram, (20.0, third), "MNIST: loss after a short training, against the learning rate");
    diagram.place((10.0, third + 14.0), &by_rate(run, (580.0, 340.0))?);
    heading(&mut diagram, (630.0, third), "Accuracy has its price: few samples, many samples");
    diagram.place((620.0, third + 14.0), &costs(&run.comparisons, (300.0, 340.0))?);
    diagram.text((20.0, 1232.0), "cargo xtask demo lab-03", Lettering::size(12.0).color(SOFT).from_left());
    Ok(diagram.figure())
}
