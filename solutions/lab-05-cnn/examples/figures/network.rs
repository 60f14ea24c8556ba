//! What a fully connected layer would cost, and LeNet-5 instead.

use lab_05_cnn::conv_parameters;
use plots::{Curves, Diagram, Figure, Lettering, Style};

use crate::drawing::*;

/// The parameters of a first layer against the size of the image.
pub(crate) fn parameters() -> plots::Result<Figure> {
    let sides: Vec<f64> = (5..=10).map(|power| f64::from(1 << power)).collect();
    let dense: Vec<f64> = sides.iter().map(|side| 1000.0 * (3.0 * side * side + 1.0)).collect();
    let convolution = vec![conv_parameters(3, 16, [3, 3], 1) as f64; sides.len()];
    Curves::new("Parameters of the first layer")
        .x_label("height and width of the RGB image")
        .y_label("parameters")
        .series_xy("fully connected, 1,000 neurons", &sides, &dense)
        .markers()
        .series_xy("convolution, 16 kernels of 3 × 3", &sides, &convolution)
        .markers()
        .log_x()
        .log_y()
        .mark(256.0, "196,609,000 at 256 × 256")
        .size(640.0, 330.0)
        .figure()
}

/// LeNet-5 from the image to the ten logits.
pub(crate) fn lenet() -> Figure {
    let mut diagram = Diagram::new("LeNet-5", 860.0, 262.0);
    // Name, shape, maps, side of a map in pixels, and what leads to the next.
    let stages: [(&str, usize, f64, &str); 5] = [
        ("1 × 28 × 28", 1, 84.0, "conv 5 × 5|same, ReLU"),
        ("6 × 28 × 28", 6, 84.0, "max pool|2 × 2"),
        ("6 × 14 × 14", 6, 46.0, "conv 5 × 5|ReLU"),
        ("16 × 10 × 10", 16, 34.0, "max pool|2 × 2"),
        ("16 × 5 × 5", 16, 20.0, "flatten"),
    ];
    let middle = 122.0;
    let mut left = 22.0;
    for (index, (shape, maps, side, next)) in stages.into_iter().enumerate() {
        let shift = if maps > 8 { 2.6 } else { 5.0 };
        let depth = shift * (maps - 1) as f64;
        let color = if index == 0 { BLUE } else { GREEN };
        for map in 0..maps {
            // The first map lies in front.
            let offset = depth - shift * map as f64;
            let corner = (left + offset, middle - side / 2.0 - depth / 2.0 + depth - offset);
            diagram.rectangle(corner, (side, side), Style::fill(tint(color, 0.3)).outline(color, 0.9));
        }
        let width = side + depth;
        note(&mut diagram, (left + width / 2.0, 216.0), shape);
        left += width;
        let arrow = if index == 4 { 44.0 } else { 56.0 };
        step(&mut diagram, (left + 8.0, middle), (left + arrow - 6.0, middle));
        for (row, line) in next.split('|').enumerate() {
            let at = (
                left + arrow / 2.0,
                middle - 44.0 + 14.0 * row as f64 + 14.0 * (2 - next.split('|').count()) as f64,
            );
            let at = (at.0, if index == 0 || index == 1 { at.1 - 36.0 } else { at.1 - 2.0 });
            diagram.text(at, line, Lettering::size(11.0));
        }
        left += arrow;
    }
    for (index, (size, height)) in
        [("400", 150.0), ("120", 96.0), ("84", 76.0), ("10", 28.0)].into_iter().enumerate()
    {
        let color = if index == 3 { ORANGE } else { GREEN };
        let corner = (left, middle - height / 2.0);
        diagram.rectangle(corner, (10.0, height), Style::fill(tint(color, 0.45)).outline(color, 0.9));
        note(&mut diagram, (left + 5.0, 216.0), size);
        if index < 3 {
            step(&mut diagram, (left + 14.0, middle), (left + 36.0, middle));
            let label = if index < 2 { "linear|ReLU" } else { "linear" };
            for (row, line) in label.split('|').enumerate() {
                diagram.text((left + 26.0, middle - 28.0 + 12.0 * row as f64), line, Lettering::size(9.5));
            }
            left += 42.0;
        }
    }
    let weights = ["156", "2,416", "48,120", "10,164", "850"];
    let text = format!("61,706 parameters: {}", weights.join(" + "));
    note(&mut diagram, (430.0, 246.0), &text);
    diagram.figure()
}
