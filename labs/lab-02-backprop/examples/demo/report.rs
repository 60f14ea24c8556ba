//! The page that the demo leaves.

use data::ImageSet;
use lab_02_backprop::Mlp;
use plots::{ConfusionMatrix, Curves, Figure, Image, Images, Page};
use tensor::Tensor;

use crate::evaluation::Evaluation;
use crate::gradients::{HEADER, Row};
use crate::single_numbers::{SingleNumbers, neuron};
use crate::training::{History, Settings};

/// All that there is to tell.
pub(crate) struct Run<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) seed: u64,
    pub(crate) single_numbers: &'a SingleNumbers,
    /// The lab's gradients.
    pub(crate) checked: &'a [Row],
    /// Gradients with mistakes put in.
    pub(crate) controls: &'a [Row],
    pub(crate) network: &'a Mlp,
    pub(crate) history: &'a History,
    pub(crate) test: &'a ImageSet,
    pub(crate) evaluation: &'a Evaluation,
}

pub(crate) fn page(run: &Run<'_>) -> plots::Result<Page> {
    let Run { settings, evaluation, history, single_numbers, .. } = run;
    let mistakes = evaluation.mistakes();
    let cells = |rows: &[Row]| rows.iter().map(Row::cells).collect::<Vec<_>>();
    Ok(Page::new("Lab 02: backpropagation")
        .subtitle("Every derivative on this page was computed by the lab's own code.")
        .result("right on 10,000 test digits", format!("{:.2} %", 100.0 * evaluation.accuracy()))
        .result("mistakes", thousands(mistakes.len()))
        .result("training", format!("{:.1} s", history.seconds))
        .result("parameters", thousands(run.network.num_parameters()))
        .setting("training digits", thousands(settings.digits))
        .setting("epochs", settings.epochs)
        .setting("batch size", settings.batch_size)
        .setting("optimizer", format!("gradient descent, learning rate from {} straight down to 0", settings.learning_rate))
        .setting("seed", run.seed)
        .setting("weights", "of the last step; the test digits took no part in any choice")
        .section(
            "One neuron",
            "What the engine recorded of y = tanh(w₁x₁ + w₂x₂ + b): the numbers in black, on each edge the partial \
             derivative in blue, and in orange the gradients that one backward pass from y has left.",
        )
        .figure(neuron())
        .section(
            "A network of single numbers",
            &format!(
                "{} parameters, each a value of its own, have learned two moons in {} steps: {:.1} % of the points are \
                 on the right side. The graph of the loss, of all {} points together, has {} nodes; each step records \
                 it anew, goes through it once backwards, and drops it.",
                single_numbers.parameters,
                single_numbers.losses.len(),
                100.0 * single_numbers.accuracy,
                single_numbers.labels.len(),
                thousands(single_numbers.nodes)
            ),
        )
        .figure(Figure::grid("", [[single_numbers.plane()?, descent(single_numbers)?]]))
        .section(
            "The gradient check",
            "Each gradient of the lab against central differences in f64. The error is that of the worst entry, in parts \
             of the larger of the two numbers; up to 1e-6 a gradient counts as right. The last rows are a small network on \
             real digits, every one of its parameters.",
        )
        .table(&HEADER, &cells(run.checked))
        .text("The check itself, on mistakes that were put into a right gradient: all must be found.")
        .table(&HEADER, &cells(run.controls))
        .section("Loss", "The mean cross-entropy of the training digits, and that of the test digits at the end.")
        .figure(losses(run, (720.0, 380.0))?)
        .section(
            "Gradients on their way back",
            "The length of the gradient of each layer's weights during training. It passes all later layers on its way to \
             the first and neither vanishes nor explodes.",
        )
        .figure(norms(run)?)
        .section("Confusions", "Which digits are taken for which, on the test set.")
        .figure(ConfusionMatrix::from_labels("", &evaluation.labels, &evaluation.predictions, 10)?.figure())
        .section("Mistakes", "What the network takes each digit for, and what it is; first those it was surest of.")
        .figure(wrong_digits(run, &mistakes)?)
        .section(
            "What would make it worse",
            "The backward pass does not end at the weights: one step further it gives the derivative of the loss with \
             respect to each pixel. Where it is red, more ink makes the loss larger; where it is blue, smaller.",
        )
        .figure(sensitivities(run)?)
        .section("First layer", "The weights of 64 of the 256 units of the first layer, red above 0 and blue below.")
        .figure(units(run)?)
        .footer("cargo xtask demo lab-02"))
}

/// 61,706.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join(",")
}

fn descent(single_numbers: &SingleNumbers) -> plots::Result<Figure> {
    Curves::new("")
        .x_label("step")
        .y_label("cross-entropy")
        .series("", &single_numbers.losses)
        .size(420.0, 300.0)
        .figure()
}

/// The means of so many parts of a training, with the epoch at the middle of each.
fn means(values: &[f64], epochs: usize, parts: usize) -> (Vec<f64>, Vec<f64>) {
    let window = (values.len() / parts).max(1);
    let means: Vec<f64> =
        values.chunks_exact(window).map(|part| part.iter().sum::<f64>() / window as f64).collect();
    let per_value = epochs as f64 / values.len().max(1) as f64;
    let middles = (0..means.len()).map(|part| (part as f64 + 0.5) * window as f64 * per_value).collect();
    (middles, means)
}

pub(crate) fn losses(run: &Run<'_>, (width, height): (f64, f64)) -> plots::Result<Figure> {
    let epochs = run.settings.epochs;
    // The loss of single batches jumps; the mean of a few dozen shows where it goes.
    let (middles, means) = means(&run.history.losses, epochs, 60);
    Curves::new("")
        .x_label("epoch")
        .y_label("cross-entropy")
        .series_xy("training", &middles, &means)
        .series_xy("test", &[epochs as f64], &[run.evaluation.loss])
        .markers()
        .log_y()
        .size(width, height)
        .figure()
}

fn norms(run: &Run<'_>) -> plots::Result<Figure> {
    let mut curves = Curves::new("").x_label("epoch").y_label("length of the gradient").log_y();
    for layer in 0..run.network.layers.len() {
        let of_layer: Vec<f64> = run.history.norms.iter().map(|norms| norms[layer]).collect();
        let (middles, means) = means(&of_layer, run.settings.epochs, 60);
        curves = curves.series_xy(&format!("layer {layer}"), &middles, &means);
    }
    curves.figure()
}

/// The pixels of a test digit, white on black.
pub(crate) fn digit(set: &ImageSet, index: usize) -> plots::Result<Image> {
    Image::gray(28, 28, set.pixels(index))
}

fn wrong_digits(run: &Run<'_>, mistakes: &[usize]) -> plots::Result<Figure> {
    const MOST: usize = 48;
    let Evaluation { labels, predictions, .. } = run.evaluation;
    let images = mistakes.iter().take(MOST).map(|&index| {
        let caption = format!("{}, is {}", predictions[index], labels[index]);
        Ok(digit(run.test, index)?.caption(&caption).highlighted(true))
    });
    let title = if mistakes.len() > MOST { format!("{MOST} of {}", mistakes.len()) } else { String::new() };
    Ok(Images::new(&title)
        .images(images.collect::<plots::Result<Vec<_>>>()?)
        .columns(12)
        .cell_width(56.0)
        .figure())
}

/// The gradient of a test digit's loss with respect to its pixels, \[784\].
pub(crate) fn sensitivity(run: &Run<'_>, index: usize) -> Tensor {
    let (x, labels) = run.test.batch(&[index]);
    let (_, gradients) = run.network.loss_and_gradients(&x.flatten(1), &labels);
    gradients[0].x.flatten(0)
}

fn sensitivities(run: &Run<'_>) -> plots::Result<Figure> {
    // The first test digit of each class.
    let first = |class: usize| run.evaluation.labels.iter().position(|&label| label == class);
    let indices: Vec<usize> = (0..10).filter_map(first).collect();
    let digits: plots::Result<Vec<Image>> = indices.iter().map(|&index| digit(run.test, index)).collect();
    let maps: plots::Result<Vec<Image>> =
        indices.iter().map(|&index| Image::signed(28, 28, &sensitivity(run, index).to_vec())).collect();
    Ok(Images::new("").images(digits?).images(maps?).columns(10).cell_width(70.0).figure())
}

fn units(run: &Run<'_>) -> plots::Result<Figure> {
    let weight = run.network.layers[0].weight.narrow(0, 0, 64);
    let images: plots::Result<Vec<Image>> =
        weight.unbind(0).iter().map(|unit| Image::signed(28, 28, &unit.to_vec())).collect();
    Ok(Images::new("").images(images?).columns(16).cell_width(44.0).figure())
}
