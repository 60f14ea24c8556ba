//! What kernels find in a real digit.

use data::Mnist;
use lab_05_cnn::{Padding, Window, conv2d_direct, max_pool2d, receptive_field};
use plots::{Diagram, Figure, Image, Lettering, Style};
use tensor::Tensor;

use crate::Result;
use crate::drawing::*;

/// Kernels that match strokes in four directions, where they match in a digit, and what pooling keeps.
pub(crate) fn matches() -> Result<Figure> {
    let digit = Mnist::load()?.test.batch(&[0]).0.cast::<f64>();
    let mut diagram =
        Diagram::new("Kernels that look for strokes, and where a digit matches them", 760.0, 424.0);
    let angles = [0.0_f64, 45.0, 90.0, 135.0];
    let side = 92.0;
    diagram.image((30.0, 214.0), (side, side), &Image::gray(28, 28, &digit.to_vec())?);
    note(&mut diagram, (30.0 + side / 2.0, 214.0 + side + 14.0), "input x");
    for (index, degrees) in angles.into_iter().enumerate() {
        let left = 210.0 + 136.0 * index as f64;
        let kernel = stroke(degrees.to_radians());
        let weight = Tensor::from_slice(&kernel, [1, 1, 5, 5]);
        let window = Window::new([5, 5]).padding(Padding::Same);
        let response = conv2d_direct(&digit, &weight, &Tensor::zeros(1), &window, 1);
        let pooled = max_pool2d(&response.relu(), &Window::tiles([2, 2]));
        let strongest = response.max(..).item();
        let range = (-strongest, strongest);
        let map = plots::ColorMap::Diverging;
        diagram.image((left + 21.0, 30.0), (50.0, 50.0), &Image::signed(5, 5, &kernel)?);
        step(&mut diagram, (left + 46.0, 86.0), (left + 46.0, 108.0));
        let matched = Image::mapped(28, 28, &response.to_vec(), map, range)?;
        diagram.image((left, 114.0), (side, side), &matched);
        step(&mut diagram, (left + 46.0, 212.0), (left + 46.0, 234.0));
        let rectified = Image::mapped(28, 28, &response.relu().to_vec(), map, range)?;
        diagram.image((left, 240.0), (side, side), &rectified);
        step(&mut diagram, (left + 46.0, 338.0), (left + 46.0, 360.0));
        let kept = Image::mapped(14, 14, &pooled.to_vec(), map, range)?;
        diagram.image((left + 23.0, 366.0), (46.0, 46.0), &kept);
        let pictures =
            [(left + 21.0, 30.0, 50.0), (left, 114.0, side), (left, 240.0, side), (left + 23.0, 366.0, 46.0)];
        for (left, top, side) in pictures {
            diagram.rectangle((left, top), (side, side), Style::line(FAINT, 0.8));
        }
    }
    for (top, text) in [(55.0, "kernel"), (160.0, "weighted sum"), (286.0, "ReLU"), (389.0, "max pooling")] {
        diagram.text((192.0, top), text, Lettering::size(12.0).color(SOFT).to_right());
    }
    Ok(diagram.figure())
}

/// A 5 × 5 kernel that is positive along a line through its middle and sums to 0.
fn stroke(angle: f64) -> Vec<f64> {
    let values: Vec<f64> = (0..25)
        .map(|index| {
            let (x, y) = (f64::from(index % 5) - 2.0, 2.0 - f64::from(index / 5));
            let distance = y * angle.cos() - x * angle.sin();
            (-distance * distance).exp()
        })
        .collect();
    let mean = values.iter().sum::<f64>() / 25.0;
    values.iter().map(|value| value - mean).collect()
}

/// The receptive field of one output of each layer of LeNet-5, on a digit.
pub(crate) fn fields_of_lenet() -> Result<Figure> {
    let digit = Mnist::load()?.test.batch(&[0]).0;
    let mut diagram = Diagram::new("What one number in each layer of LeNet-5 depends on", 760.0, 208.0);
    let halves = Window::tiles([2, 2]);
    let layers = [Window::new([5, 5]).padding(Padding::Numbers([2, 2])), halves, Window::new([5, 5]), halves];
    let outputs = [28, 14, 10, 5];
    let scale = 5.2;
    for (index, name) in
        ["first convolution", "first pooling", "second convolution", "second pooling"].iter().enumerate()
    {
        let corner = (24.0 + 184.0 * index as f64, 34.0);
        diagram.text((corner.0 + 14.0 * scale, 18.0), name, Lettering::size(12.5).bold());
        diagram.image(corner, (28.0 * scale, 28.0 * scale), &Image::gray(28, 28, &digit.to_vec())?);
        let field = receptive_field(&layers[..=index], 0);
        let middle = outputs[index] / 2;
        let start = field.start + (middle * field.jump) as isize;
        let at = |start: isize| (corner.0 + start as f64 * scale, corner.1 + start as f64 * scale);
        let side = field.size as f64 * scale;
        let next = at(start + field.jump as isize);
        diagram.rectangle((next.0, at(start).1), (side, side), Style::line(tint(ORANGE, 0.55), 1.2).dashed());
        diagram.rectangle(at(start), (side, side), Style::line(ORANGE, 2.0));
        let text = format!("r = {}, jump {}", field.size, field.jump);
        note(&mut diagram, (corner.0 + 14.0 * scale, corner.1 + 28.0 * scale + 16.0), &text);
    }
    Ok(diagram.figure())
}
