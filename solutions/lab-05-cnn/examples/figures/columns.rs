//! Windows as columns, the matrix products they take part in, and groups.

use lab_05_cnn::{Window, col2im, conv_parameters, im2col as windows_as_columns};
use plots::{CLASSES, Diagram, Figure, Lettering, Rgb, Style};
use tensor::Tensor;

use crate::drawing::*;

/// The four windows of an image as columns, and how often col2im comes by each place.
pub(crate) fn im2col() -> Figure {
    let mut diagram = Diagram::new(
        "im2col writes each window into a column; col2im adds the columns up again",
        760.0,
        320.0,
    );
    let window = Window::new([2, 2]);
    let image: Tensor = Tensor::from_fn([1, 1, 3, 3], |index| (3 * index[2] + index[3] + 1) as f32);
    let columns = windows_as_columns(&image, &window);
    let numbers = |tensor: &Tensor| whole(&tensor.cast::<f64>().to_vec());
    let color = |column: usize| [CLASSES[0], CLASSES[1], CLASSES[2], CLASSES[3]][column];
    let size = 38.0;

    let input = (24.0, 88.0);
    note(&mut diagram, (input.0 + 1.5 * size, 72.0), "image x");
    cells(&mut diagram, input, size, 3, &numbers(&image), |_, _| cell(SOFT));
    for place in [3, 2, 1, 0] {
        // Nested a little, so that all four outlines are seen.
        let inset = 2.0 + 2.4 * place as f64;
        let corner =
            (input.0 + (place % 2) as f64 * size + inset, input.1 + (place / 2) as f64 * size + inset);
        let side = 2.0 * size - 2.0 * inset;
        diagram.rectangle(corner, (side, side), Style::line(color(place), 1.8));
    }

    step(&mut diagram, (156.0, 145.0), (216.0, 145.0));
    note(&mut diagram, (186.0, 130.0), "im2col");
    let matrix = (300.0, 69.0);
    let places = ["(0,0)", "(0,1)", "(1,0)", "(1,1)"];
    cells(&mut diagram, matrix, size, 4, &numbers(&columns), |_, column| cell(color(column)));
    for (index, place) in places.iter().enumerate() {
        let along = (index as f64 + 0.5) * size;
        let top = Lettering::size(12.0).color(color(index));
        diagram.text((matrix.0 + along, matrix.1 - 12.0), place, top.bold());
        let side = Lettering::size(12.0).color(SOFT).to_right();
        diagram.text((matrix.0 - 10.0, matrix.1 + along), place, side);
        frame(&mut diagram, (matrix.0 + index as f64 * size, matrix.1), (size, 4.0 * size), color(index));
    }
    note(&mut diagram, (matrix.0 + 2.0 * size, 36.0), "place (i, j) of the window");
    note(&mut diagram, (matrix.0 - 30.0, matrix.1 - 12.0), "tap (a, b)");
    note(&mut diagram, (matrix.0 + 2.0 * size, matrix.1 + 4.0 * size + 18.0), "columns X");

    step(&mut diagram, (470.0, 145.0), (530.0, 145.0));
    note(&mut diagram, (500.0, 130.0), "col2im");
    let sums = col2im(&columns, [1, 1, 3, 3], &window);
    let output = (548.0, 88.0);
    note(&mut diagram, (output.0 + 1.5 * size, 72.0), "sums of what came from x");
    cells(&mut diagram, output, size, 3, &numbers(&sums), |_, _| cell(GREEN));
    let counts = col2im(&columns.ones_like(), [1, 1, 3, 3], &window);
    let factors = counts
        .to_vec()
        .iter()
        .zip(image.to_vec())
        .map(|(count, x)| format!("{count}·{x}"))
        .collect::<Vec<_>>();
    for (row, line) in factors.chunks(3).enumerate() {
        let at = (output.0 + 3.0 * size + 12.0, output.1 + (row as f64 + 0.5) * size);
        note_from_left(&mut diagram, at, &line.join("  "));
    }
    note(
        &mut diagram,
        (380.0, 266.0),
        "The middle pixel lies in four windows: im2col copies it four times, col2im adds the four copies. So col2im is not the inverse.",
    );
    diagram.figure()
}

struct Block {
    symbol: &'static str,
    transposed: bool,
    /// Rows and columns, with what they count.
    rows: &'static str,
    columns: &'static str,
    size: (f64, f64),
    color: Rgb,
}

/// The three matrix products of a convolution, with the sizes of LeNet's second one.
pub(crate) fn product() -> Figure {
    let mut diagram =
        Diagram::new("Forward and backward pass of a convolution as matrix products", 760.0, 566.0);
    // O = 16 and K = 150, P = 100, to scale but for the short side.
    let (o, k, p) = (34.0, 138.0, 92.0);
    let block = |symbol, transposed, rows, columns, size, color| Block {
        symbol,
        transposed,
        rows,
        columns,
        size,
        color,
    };
    let (w, x, y) = ("W", "X", "Y");
    let lines = [
        (
            "Forward: all outputs at all places",
            [
                block(w, false, "O", "K", (k, o), ORANGE),
                block(x, false, "K", "P", (p, k), BLUE),
                block(y, false, "O", "P", (p, o), GREEN),
            ],
        ),
        (
            "Gradient of the columns; col2im brings it back to the image",
            [
                block(w, true, "K", "O", (o, k), ORANGE),
                block("dY", false, "O", "P", (p, o), GREEN),
                block("dX", false, "K", "P", (p, k), BLUE),
            ],
        ),
        (
            "Gradient of the kernels, summed over the images of the batch",
            [
                block("dY", false, "O", "P", (p, o), GREEN),
                block(x, true, "P", "K", (k, p), BLUE),
                block("dW", false, "O", "K", (k, o), ORANGE),
            ],
        ),
    ];
    let mut top = 22.0;
    for (title, blocks) in lines {
        heading(&mut diagram, (24.0, top), title);
        let height = blocks.iter().map(|block| block.size.1).fold(0.0, f64::max);
        let middle = top + 34.0 + height / 2.0;
        let mut left = 56.0;
        for (block, sign) in blocks.iter().zip(["·", "=", ""]) {
            let (width, height) = block.size;
            let corner = (left, middle - height / 2.0);
            let style = Style::fill(tint(block.color, 0.25)).outline(block.color, 1.2);
            diagram.rectangle(corner, block.size, style);
            let center = (left + width / 2.0, middle);
            if block.transposed {
                transposed(&mut diagram, center, block.symbol);
            } else {
                diagram.text(center, block.symbol, Lettering::size(15.0).bold());
            }
            diagram.text((left - 6.0, middle), block.rows, Lettering::size(11.5).color(SOFT).to_right());
            note(&mut diagram, (center.0, corner.1 - 8.0), block.columns);
            left += width + 62.0;
            diagram.text((left - 36.0, middle), sign, Lettering::size(20.0).color(SOFT));
        }
        top += height + 62.0;
    }
    let legend = [
        "LeNet-5, second convolution:",
        "O = 16 output channels",
        "K = C·kh·kw = 6·5·5 = 150 taps",
        "P = OH·OW = 10·10 = 100 places",
    ];
    for (row, text) in legend.iter().enumerate() {
        note_from_left(&mut diagram, (548.0, 92.0 + 19.0 * row as f64), text);
    }
    diagram.figure()
}

/// Which output channels see which input channels.
pub(crate) fn groups() -> Figure {
    let mut diagram = Diagram::new("Groups: which output channels see which input channels", 760.0, 246.0);
    let channels = 8;
    let size = 16.0;
    for (index, (groups, name)) in
        [(1, "G = 1: all see all"), (2, "G = 2: two halves"), (8, "G = C = 8: depthwise")]
            .into_iter()
            .enumerate()
    {
        let corner = (52.0 + 250.0 * index as f64, 58.0);
        heading(&mut diagram, (corner.0 - 28.0, 20.0), name);
        note(&mut diagram, (corner.0 + 4.0 * size, corner.1 - 12.0), "input channels");
        let of_group = channels / groups;
        blank_cells(&mut diagram, corner, size, (channels, channels), |row, column| {
            if row / of_group == column / of_group {
                strong_cell(ORANGE)
            } else {
                Style::fill(Rgb(0xf3, 0xf3, 0xf3)).outline(WHITE, 1.5)
            }
        });
        let parameters = conv_parameters(channels, channels, [3, 3], groups);
        note(
            &mut diagram,
            (corner.0 + 4.0 * size, corner.1 + 8.0 * size + 18.0),
            &format!("3 × 3: {parameters} parameters"),
        );
    }
    diagram.text(
        (24.0, 232.0),
        "Rows are output channels. Each orange cell is one kh × kw kernel; each row has one bias.",
        Lettering::size(12.0).color(SOFT).from_left(),
    );
    diagram.figure()
}
