//! Where a window stands, what it sums up, and which way round its kernel is.

use lab_05_cnn::{Padding, Window, conv2d_direct};
use plots::{Diagram, Figure, Lettering, Style};
use tensor::Tensor;

use crate::drawing::*;

/// Padding, stride and dilation, after the pictures of Dumoulin and Visin.
pub(crate) fn geometry() -> Figure {
    let mut diagram = Diagram::new("Padding, stride and dilation of a window", 760.0, 520.0);
    let plain = Window::new([3, 3]);
    let panels = [
        ("Valid: no padding", "k = 3, s = 1, d = 1, n = 5", plain, 5, [0, 1]),
        (
            "Same: as many outputs as inputs",
            "padding d(k − 1)/2 = 1 on each side",
            plain.padding(Padding::Same),
            5,
            [0, 0],
        ),
        ("Stride 2", "s = 2, padding 1", plain.stride([2, 2]).padding(Padding::Numbers([1, 1])), 5, [1, 1]),
        ("Dilation 2", "d = 2, the window spans d(k − 1) + 1 = 5", plain.dilation([2, 2]), 7, [1, 0]),
    ];
    for (index, (title, settings, window, n, position)) in panels.into_iter().enumerate() {
        let corner = (24.0 + 376.0 * (index % 2) as f64, 26.0 + 256.0 * (index / 2) as f64);
        panel(&mut diagram, corner, title, settings, &window, n, position);
    }
    diagram.figure()
}

fn panel(
    diagram: &mut Diagram,
    corner: Place,
    title: &str,
    settings: &str,
    window: &Window,
    n: usize,
    position: [usize; 2],
) {
    let size = 25.0;
    heading(diagram, corner, title);
    note_from_left(diagram, (corner.0, corner.1 + 19.0), settings);
    let (before, after) = window.margins(0);
    let extended = before + n + after;
    let input = (corner.0, corner.1 + 36.0);
    let taps: Vec<[usize; 2]> = (0..9)
        .map(|tap| {
            [0, 1].map(|dim| {
                position[dim] * window.stride[dim] + [tap / 3, tap % 3][dim] * window.dilation[dim]
            })
        })
        .collect();
    let is_image = |place: usize| (before..before + n).contains(&place);
    // Dashed cells first: their outlines are shared with the image.
    for wanted in [false, true] {
        for row in 0..extended {
            for column in 0..extended {
                let image = is_image(row) && is_image(column);
                if image == wanted {
                    let at = (input.0 + column as f64 * size, input.1 + row as f64 * size);
                    diagram.rectangle(at, (size, size), if image { cell(BLUE) } else { padding_cell() });
                }
            }
        }
    }
    for [row, column] in &taps {
        let at = (input.0 + *column as f64 * size, input.1 + *row as f64 * size);
        let inset = (at.0 + 3.0, at.1 + 3.0);
        diagram.rectangle(inset, (size - 6.0, size - 6.0), Style::fill(ORANGE).opacity(0.75));
    }
    let [[top, left], .., [bottom, right]] = taps[..] else { unreachable!("nine taps") };
    let low = (input.0 + left as f64 * size, input.1 + top as f64 * size);
    let high = (input.0 + (right + 1) as f64 * size, input.1 + (bottom + 1) as f64 * size);
    frame(diagram, low, (high.0 - low.0, high.1 - low.1), ORANGE);

    let outputs = window.output_size(0, n);
    let output = (corner.0 + 218.0, input.1 + (extended as f64 - outputs as f64) * size / 2.0);
    blank_cells(diagram, output, size, (outputs, outputs), |row, column| {
        if [row, column] == position { strong_cell(GREEN) } else { cell(GREEN) }
    });
    let target = (output.0 + position[1] as f64 * size, output.1 + position[0] as f64 * size);
    frame(diagram, target, (size, size), GREEN);
    let line = Style::line(FAINT, 1.0);
    diagram.line(&[(high.0, low.1), target], line);
    diagram.line(&[(high.0, high.1), (target.0, target.1 + size)], line);
    let below = output.1 + outputs as f64 * size + 14.0;
    note(diagram, (output.0 + outputs as f64 * size / 2.0, below), &format!("{n} → {outputs}"));
}

/// The lab's example: one output of a convolution, with all its numbers.
pub(crate) fn weighted_sum() -> Figure {
    let x = [
        [1.0, 2.0, 0.0, 1.0, 3.0],
        [0.0, 1.0, 2.0, 3.0, 1.0],
        [2.0, 0.0, 1.0, 1.0, 0.0],
        [1.0, 3.0, 2.0, 0.0, 1.0],
        [0.0, 1.0, 1.0, 2.0, 2.0],
    ]
    .concat();
    let kernel = [1.0, 0.0, -1.0, 2.0, 0.0, -2.0, 1.0, 0.0, -1.0];
    let y = conv2d_direct(
        &Tensor::from_slice(&x, [1, 1, 5, 5]),
        &Tensor::from_slice(&kernel, [1, 1, 3, 3]),
        &Tensor::zeros(1),
        &Window::new([3, 3]),
        1,
    );
    let mut diagram =
        Diagram::new("One output of a convolution is a weighted sum of the window below it", 760.0, 300.0);
    let size = 40.0;
    let (input, weights, output) = ((36.0, 44.0), (324.0, 84.0), (604.0, 84.0));
    let inside = |row: usize, column: usize| (1..4).contains(&row) && (1..4).contains(&column);
    note(&mut diagram, (input.0 + 2.5 * size, 26.0), "input x");
    cells(&mut diagram, input, size, 5, &whole(&x), |row, column| {
        if inside(row, column) { strong_cell(BLUE) } else { cell(BLUE) }
    });
    frame(&mut diagram, (input.0 + size, input.1 + size), (3.0 * size, 3.0 * size), BLUE);
    note(&mut diagram, (weights.0 + 1.5 * size, 66.0), "kernel w");
    cells(&mut diagram, weights, size, 3, &whole(&kernel), |_, _| strong_cell(ORANGE));
    frame(&mut diagram, weights, (3.0 * size, 3.0 * size), ORANGE);
    note(&mut diagram, (output.0 + 1.5 * size, 66.0), "output y");
    cells(&mut diagram, output, size, 3, &whole(&y.to_vec()), |row, column| {
        if (row, column) == (1, 1) { strong_cell(GREEN) } else { cell(GREEN) }
    });
    frame(&mut diagram, (output.0 + size, output.1 + size), (size, size), GREEN);
    let middle = weights.1 + 1.5 * size;
    let sign = Lettering::size(24.0).color(SOFT);
    diagram.text((280.0, middle), "×", sign);
    step(&mut diagram, (weights.0 + 3.0 * size + 20.0, middle), (output.0 - 20.0, middle));
    note(&mut diagram, (524.0, middle - 16.0), "sum");
    let terms: Vec<String> = (0..9)
        .map(|tap| {
            let value = x[(1 + tap / 3) * 5 + 1 + tap % 3];
            let weight = kernel[tap];
            let sign = if weight < 0.0 { "−" } else { "+" };
            let sign = if tap == 0 { String::new() } else { format!(" {sign} ") };
            format!("{sign}{}·{value}", weight.abs())
        })
        .collect();
    let sum = format!("{} = {}", terms.concat(), whole(&[y.get([0, 0, 1, 1])])[0]);
    diagram.text((380.0, 276.0), &sum, Lettering::size(15.0));
    diagram.figure()
}

/// An impulse, convolved and correlated with the kernel (1, 2, 3).
pub(crate) fn flipped() -> Figure {
    let mut diagram =
        Diagram::new("Convolution runs the kernel backwards, cross-correlation forwards", 760.0, 216.0);
    let x = [0.0, 0.0, 1.0, 0.0, 0.0];
    let kernel = [1.0, 2.0, 3.0];
    // y[n] = Σ x[n + step·m] k[m] with m from −1 to 1, zeros outside.
    let slide = |step: isize| -> Vec<f64> {
        let at = |place: isize| usize::try_from(place).ok().and_then(|place| x.get(place)).copied();
        let sum =
            |n: isize| (-1..=1).map(|m| at(n + step * m).unwrap_or(0.0) * kernel[(m + 1) as usize]).sum();
        (0..5).map(sum).collect()
    };
    let panels = [
        ("Convolution (lecture)", "y[n] = Σ x[n − m]·k[m]", [3.0, 2.0, 1.0], -1, "the kernel comes back"),
        (
            "Cross-correlation (every framework, this lab)",
            "y[n] = Σ x[n + m]·k[m]",
            kernel,
            1,
            "it comes back mirrored",
        ),
    ];
    let size = 32.0;
    for (index, (title, formula, shown, step, remark)) in panels.into_iter().enumerate() {
        let left = 84.0 + 380.0 * index as f64;
        heading(&mut diagram, (left - 60.0, 20.0), title);
        note_from_left(&mut diagram, (left - 60.0, 40.0), formula);
        let letters = Lettering::size(14.0).to_right();
        for (row, symbol) in [(0, "x"), (1, "k"), (2, "y")] {
            diagram.text((left - 12.0, 78.0 + 52.0 * row as f64), symbol, letters);
        }
        cells(&mut diagram, (left, 62.0), size, 5, &whole(&x), |_, _| cell(BLUE));
        // The kernel as it lies over x for n = 3.
        cells(&mut diagram, (left + 2.0 * size, 114.0), size, 3, &whole(&shown), |_, _| strong_cell(ORANGE));
        cells(&mut diagram, (left, 166.0), size, 5, &whole(&slide(step)), |_, column| {
            if column == 3 { strong_cell(GREEN) } else { cell(GREEN) }
        });
        frame(&mut diagram, (left + 2.0 * size, 62.0), (3.0 * size, size), BLUE);
        frame(&mut diagram, (left + 3.0 * size, 166.0), (size, size), GREEN);
        note_from_left(&mut diagram, (left + 5.0 * size + 12.0, 130.0), "for n = 3");
        note_from_left(&mut diagram, (left + 5.0 * size + 12.0, 182.0), remark);
    }
    diagram.figure()
}
