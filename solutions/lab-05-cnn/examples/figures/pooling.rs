//! Pooling, forward and backward.

use lab_05_cnn::{Window, avg_pool2d, max_pool2d};
use plots::{CLASSES, Diagram, Figure};
use tensor::Tensor;

use crate::drawing::*;

/// Max and average pooling of the same image, with the way back of the same gradient.
pub(crate) fn pooling() -> Figure {
    let mut diagram = Diagram::new("Max and average pooling, forward and backward", 760.0, 440.0);
    let x = Tensor::from([
        [1.0, 3.0, 2.0, 0.0],
        [5.0, 2.0, 1.0, 4.0],
        [0.0, 1.0, 7.0, 2.0],
        [2.0, 1.0, 3.0, 6.0],
    ])
    .reshape([1, 1, 4, 4]);
    let dy = Tensor::from([[4.0, 8.0], [-4.0, 12.0]]).reshape([1, 1, 2, 2]);
    let window = Window::tiles([2, 2]);
    let run = |pool: &dyn Fn(&Tensor<f64>) -> Tensor<f64>| {
        let leaf = x.detach().requires_grad_();
        let y = pool(&leaf);
        y.backward_with(&dy);
        (y.detach(), leaf.grad().expect("the leaf has a gradient"))
    };
    let rows = [
        ("Max pooling: the gradient goes to the winner", run(&|x| max_pool2d(x, &window))),
        ("Average pooling: everyone gets a quarter", run(&|x| avg_pool2d(x, &window))),
    ];
    let color = |row: usize, column: usize| CLASSES[2 * row + column];
    let size = 36.0;
    for (index, (title, (y, dx))) in rows.into_iter().enumerate() {
        let top = 20.0 + 224.0 * index as f64;
        heading(&mut diagram, (24.0, top), title);
        let (grid, small) = (top + 42.0, top + 42.0 + size);
        let middle = grid + 2.0 * size;
        let (input, output, gradient, back) = (24.0, 238.0, 430.0, 592.0);
        let values = x.to_vec();
        let is_max = index == 0;
        let winners: Vec<bool> = dx.to_vec().iter().map(|&g| g != 0.0).collect();
        for (left, name) in [(input, "x"), (back, "dx")] {
            note(&mut diagram, (left + 2.0 * size, top + 28.0), name);
        }
        for (left, name) in [(output, "y"), (gradient, "dy")] {
            note(&mut diagram, (left + size, top + 28.0 + size), name);
        }
        let wins = |row: usize, column: usize| is_max && winners[row * 4 + column];
        let of_image = |row: usize, column: usize| {
            let color = color(row / 2, column / 2);
            if wins(row, column) { strong_cell(color) } else { cell(color) }
        };
        let of_output = |row: usize, column: usize| strong_cell(color(row, column));
        cells(&mut diagram, (input, grid), size, 4, &whole(&values), of_image);
        cells(&mut diagram, (output, small), size, 2, &whole(&y.to_vec()), of_output);
        cells(&mut diagram, (gradient, small), size, 2, &whole(&dy.to_vec()), of_output);
        cells(&mut diagram, (back, grid), size, 4, &whole(&dx.to_vec()), of_image);
        step(&mut diagram, (input + 4.0 * size + 14.0, middle), (output - 14.0, middle));
        note(&mut diagram, (input + 4.0 * size + 35.0, middle - 14.0), if is_max { "max" } else { "mean" });
        step(&mut diagram, (gradient + 2.0 * size + 14.0, middle), (back - 14.0, middle));
        note(&mut diagram, (gradient + 2.0 * size + 45.0, middle - 14.0), "backward");
        note(&mut diagram, ((output + 2.0 * size + gradient) / 2.0, middle), "…  ℒ  …");
    }
    diagram.figure()
}
