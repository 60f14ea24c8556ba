//! Layers, losses and networks.

use lab_02_backprop::{softmax_cross_entropy, softmax_cross_entropy_backward};
use plots::{Diagram, Figure, Lettering, Rgb, Style};
use tensor::Tensor;

use crate::drawing::*;
use crate::graph::short;

/// The products of a linear layer, forward and backward, as matrices with their sizes.
pub(crate) fn linear() -> Figure {
    let mut diagram = Diagram::new("A linear layer forward and backward as matrix products", 760.0, 470.0);
    let (n, d, o) = (96.0, 70.0, 42.0);
    type Matrix = (&'static str, &'static str, &'static str, (f64, f64), Rgb);
    let products: [(&str, [Matrix; 3]); 3] = [
        (
            "y = x·W + b",
            [("x", "N", "D", (d, n), BLUE), ("Wᵀ", "D", "O", (o, d), ORANGE), ("y", "N", "O", (o, n), GREEN)],
        ),
        (
            "dx = dy·W: each x meets every row of W, so sum over the outputs",
            [("dy", "N", "O", (o, n), RED), ("W", "O", "D", (d, o), ORANGE), ("dx", "N", "D", (d, n), RED)],
        ),
        (
            "dW: each W meets every sample, so sum over the samples",
            [("dyᵀ", "O", "N", (n, o), RED), ("x", "N", "D", (d, n), BLUE), ("dW", "O", "D", (d, o), RED)],
        ),
    ];
    let mut top = 22.0;
    for (index, (title, matrices)) in products.into_iter().enumerate() {
        if index == 0 {
            heading(&mut diagram, (24.0, top), "Forward: y = x·W");
            diagram.text((138.0, top - 6.0), "T", Lettering::size(9.5).bold());
            heading(&mut diagram, (147.0, top), "+ b, the bias in every row");
        } else {
            heading(&mut diagram, (24.0, top), title);
        }
        let height = 96.0;
        let middle = top + 34.0 + height / 2.0;
        let mut left = 56.0;
        for ((symbol, rows, columns, size, color), sign) in matrices.into_iter().zip(["·", "=", ""]) {
            let corner = (left, middle - size.1 / 2.0);
            block(&mut diagram, corner, size, symbol, color);
            diagram.text((left - 6.0, middle), rows, Lettering::size(11.5).color(SOFT).to_right());
            note(&mut diagram, (left + size.0 / 2.0, corner.1 - 8.0), columns);
            left += size.0 + 64.0;
            diagram.text((left - 38.0, middle), sign, Lettering::size(20.0).color(SOFT));
        }
        top += height + 58.0;
    }
    let notes = [
        "N samples, D inputs, O outputs.",
        "The bias stands in every row: db = Σ dy over the samples.",
        "Inner sizes must agree, and each gradient",
        "has the shape of what it is the gradient of.",
    ];
    for (row, text) in notes.iter().enumerate() {
        note_from_left(&mut diagram, (428.0, 210.0 + 20.0 * row as f64), text);
    }
    diagram.figure()
}

/// Logits, probabilities and the gradient of one sample as bars.
pub(crate) fn softmax() -> Figure {
    let logits: Tensor<f64> = Tensor::from([[1.0, 3.0, 0.5, -1.0, 2.0]]);
    let label = 4;
    let cross_entropy = softmax_cross_entropy(&logits, &[label]);
    let gradient = softmax_cross_entropy_backward(&cross_entropy.probabilities, &[label], 1.0);
    let mut diagram = Diagram::new("Softmax, cross-entropy and its gradient for one sample", 760.0, 268.0);
    let panels: [(&str, Vec<f64>, f64, Rgb); 3] = [
        ("logits z", logits.to_vec(), 24.0, BLUE),
        ("p = softmax(z)", cross_entropy.probabilities.to_vec(), 100.0, GREEN),
        ("∂ℒ/∂z = p − one-hot", gradient.to_vec(), 100.0, RED),
    ];
    for (index, (title, values, scale, color)) in panels.into_iter().enumerate() {
        let left = 30.0 + 250.0 * index as f64;
        heading(&mut diagram, (left, 20.0), title);
        let zero = 134.0;
        for (class, value) in values.iter().enumerate() {
            let x = left + 40.0 * class as f64;
            let height = value.abs() * scale;
            let top = if *value >= 0.0 { zero - height } else { zero };
            let style = Style::fill(tint(color, if class == label { 0.75 } else { 0.35 }));
            diagram.rectangle((x, top), (28.0, height), style);
            let beyond = if *value >= 0.0 { top - 9.0 } else { zero + height + 10.0 };
            diagram.text((x + 14.0, beyond), &short(*value), Lettering::size(11.5));
            note(&mut diagram, (x + 14.0, 240.0), &class.to_string());
        }
        diagram.line(&[(left - 6.0, zero), (left + 194.0, zero)], Style::line(SOFT, 1.0));
    }
    note_from_left(&mut diagram, (30.0, 258.0), &format!("class; the right one is {label}"));
    let loss = format!("ℒ = −ln p[{label}] = {}", short(cross_entropy.loss));
    diagram.text((730.0, 258.0), &loss, Lettering::size(12.5).to_right());
    diagram.figure()
}

/// A network of three layers with what its forward pass keeps and how its backward pass goes.
pub(crate) fn network() -> Figure {
    let mut diagram =
        Diagram::new("The forward and the backward pass of a network with three layers", 760.0, 264.0);
    let (top, bottom) = (62.0, 176.0);
    let size = (46.0, 40.0);
    let forward = [("x", BLUE), ("h₁", GREEN), ("h₂", GREEN), ("z", GREEN)];
    let left = |place: usize| 44.0 + 186.0 * place as f64;
    for (place, (symbol, color)) in forward.into_iter().enumerate() {
        block(&mut diagram, (left(place), top), size, symbol, color);
        note(&mut diagram, (left(place) + 23.0, top - 12.0), &format!("activations[{place}]"));
        block(&mut diagram, (left(place), bottom), size, ["dx", "dh₁", "dh₂", "dz"][place], RED);
        if place < 3 {
            let from = left(place) + size.0;
            let to = left(place + 1);
            arrow(&mut diagram, (from + 6.0, top + 20.0), (to - 6.0, top + 20.0), SOFT);
            let text = if place < 2 { "linear, ReLU" } else { "linear" };
            note(&mut diagram, ((from + to) / 2.0, top + 8.0), text);
            arrow(&mut diagram, (to - 6.0, bottom + 20.0), (from + 6.0, bottom + 20.0), RED);
            let text = format!("·W{}", ["₀", "₁", "₂"][place]);
            note(
                &mut diagram,
                ((from + to) / 2.0, bottom + 34.0),
                &if place < 2 { format!("where {} > 0, {text}", ["h₁", "h₂"][place]) } else { text },
            );
            // What is kept is what the layer's dW needs.
            let down = left(place) + 23.0;
            diagram.arrow(
                &[(down, top + 44.0), (down, bottom - 42.0), ((from + to) / 2.0 - 26.0, bottom - 22.0)],
                Style::line(BLUE, 1.1).dashed(),
            );
            let weight = format!("dW{0}, db{0}", ["₀", "₁", "₂"][place]);
            diagram.text(((from + to) / 2.0, bottom - 10.0), &weight, Lettering::size(13.0).bold());
        }
    }
    diagram.text((left(3) + 54.0, top + 20.0), "→ ℒ", Lettering::size(15.0).from_left());
    arrow(&mut diagram, (left(3) + 23.0, top + 46.0), (left(3) + 23.0, bottom - 6.0), RED);
    diagram.text((left(3) + 32.0, 142.0), "(p − one-hot)/N", Lettering::size(12.0).color(SOFT).from_left());
    heading(&mut diagram, (24.0, 22.0), "Forward, and what it keeps");
    heading(&mut diagram, (24.0, 246.0), "Backward, from the right");
    diagram.figure()
}
