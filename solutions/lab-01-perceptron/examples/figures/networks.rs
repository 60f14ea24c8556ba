//! Drawings of networks.

use plots::{Diagram, Figure, Lettering, Style};

use crate::drawing::*;

/// One neuron with all its parts.
pub(crate) fn neuron() -> Figure {
    let mut diagram = Diagram::new("A neuron: weighted sum, bias, activation", 640.0, 230.0);
    let (sum, activated) = ((300.0, 105.0), (430.0, 105.0));
    let inputs = [("x₁", "w₁", 35.0), ("x₂", "w₂", 105.0), ("x₃", "w₃", 175.0)];
    for (name, weight, y) in inputs {
        let from = (110.0, y);
        diagram.line(&[from, sum], Style::line(ORANGE, 1.6));
        let middle = (0.42 * sum.0 + 0.58 * from.0, 0.42 * sum.1 + 0.58 * y);
        diagram.circle(middle, 12.0, Style::fill(WHITE));
        diagram.text(middle, weight, Lettering::size(14.0).color(ORANGE));
        unit(&mut diagram, from, 20.0, BLUE, name);
    }
    diagram.arrow(&[(300.0, 190.0), (300.0, 130.0)], Style::line(ORANGE, 1.6));
    diagram.text((300.0, 205.0), "b", Lettering::size(15.0).color(ORANGE));
    diagram.arrow(&[(325.0, 105.0), (404.0, 105.0)], Style::line(INK, 1.4));
    diagram.arrow(&[(455.0, 105.0), (530.0, 105.0)], Style::line(INK, 1.4));
    unit(&mut diagram, sum, 24.0, GREEN, "Σ");
    unit(&mut diagram, activated, 24.0, GREEN, "φ");
    diagram.text((548.0, 105.0), "z", Lettering::size(17.0));
    note(&mut diagram, (36.0, 105.0), "inputs");
    note(&mut diagram, (365.0, 88.0), "a");
    note(&mut diagram, (430.0, 150.0), "activation");
    diagram.figure()
}

/// A network with two hidden layers.
pub(crate) fn mlp() -> Figure {
    let mut diagram = Diagram::new("A multi-layer perceptron with two hidden layers", 640.0, 300.0);
    let layers =
        [(3, 90.0, BLUE, "x"), (4, 245.0, GREEN, "φ"), (4, 400.0, GREEN, "φ"), (2, 555.0, GREEN, "")];
    let place =
        |count: usize, x: f64, index: usize| (x, 130.0 + 58.0 * (index as f64 - (count as f64 - 1.0) / 2.0));
    for pair in layers.windows(2) {
        let ((before, left, ..), (after, right, ..)) = (pair[0], pair[1]);
        for i in 0..before {
            for j in 0..after {
                diagram.line(
                    &[place(before, left, i), place(after, right, j)],
                    Style::line(tint(ORANGE, 0.6), 0.9),
                );
            }
        }
    }
    for (count, x, color, text) in layers {
        for index in 0..count {
            unit(&mut diagram, place(count, x, index), 18.0, color, text);
        }
    }
    let names = [
        (90.0, "3 features", ""),
        (245.0, "hidden layer", "3·4 + 4 = 16"),
        (400.0, "hidden layer", "4·4 + 4 = 20"),
        (555.0, "output, not activated", "4·2 + 2 = 10"),
    ];
    for (x, name, count) in names {
        diagram.text((x, 262.0), name, Lettering::size(13.0));
        note(&mut diagram, (x, 282.0), count);
    }
    diagram.figure()
}
