//! The page that the demo leaves.

use data::ImageSet;
use lab_05_cnn::LeNet5;
use nn::Module;
use nn::train::History;
use plots::{ColorMap, ConfusionMatrix, Curves, Figure, Image, Images, Page};
use tensor::Tensor;

use crate::Settings;
use crate::evaluation::Evaluation;
use crate::features::{Activations, Features};

/// All that there is to tell about a training.
pub(crate) struct Run<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) seed: u64,
    pub(crate) network: &'a LeNet5,
    pub(crate) history: &'a History,
    pub(crate) test: &'a ImageSet,
    pub(crate) evaluation: &'a Evaluation,
    pub(crate) features: Features,
}

pub(crate) fn page(run: &Run<'_>) -> plots::Result<Page> {
    let Run { settings, evaluation, history, .. } = run;
    let mistakes = evaluation.mistakes();
    Ok(Page::new("Lab 05: LeNet-5 on MNIST")
        .subtitle("Trained with the lab's own convolutions, pooling and gradients.")
        .result("right on 10,000 test digits", format!("{:.2} %", 100.0 * evaluation.accuracy()))
        .result("mistakes", mistakes.len())
        .result("training", format!("{:.1} s", history.seconds()))
        .result("parameters", thousands(run.network.num_parameters()))
        .setting("training digits", thousands(settings.digits))
        .setting("epochs", settings.epochs)
        .setting("batch size", settings.batch_size)
        .setting("optimizer", format!("Adam, largest learning rate {}", settings.learning_rate))
        .setting("learning rate", "warm-up over a tenth of the steps, then half a cosine to 0")
        .setting("seed", run.seed)
        .setting("weights", "of the last step; the test digits took no part in any choice")
        .section("Loss", "The mean cross-entropy of the training digits, and that of the test digits at the end.")
        .figure(losses(run)?)
        .section("Confusions", "Which digits are taken for which, on the test set.")
        .figure(ConfusionMatrix::from_labels("", &evaluation.labels, &evaluation.predictions, 10)?.figure())
        .section(
            "Mistakes",
            "What the network takes each digit for, and what it is; first those it was surest of. Some are hard to \
             read for anybody.",
        )
        .figure(wrong_digits(run, &mistakes)?)
        .section(
            "A digit on its way",
            "The first test digit after each layer: where the filters match, and what pooling keeps of it.",
        )
        .figure(way_of_a_digit(run)?)
        .section(
            "Filters",
            "The weights of both convolutions, red above 0, blue below. In the second layer each row is one of the \
             16 output channels, with a slice for each of the six channels that it sees.",
        )
        .figure(first_filters(run)?)
        .figure(second_filters(run)?)
        .section(
            "What they look for",
            "Images that excite a unit most, found by gradient ascent. A unit of the first convolution sees 5 × 5 \
             pixels, one of the second 14 × 14, a logit the whole image. For the first layer the answer is the \
             positive part of its filter.",
        )
        .figure(wanted("First convolution", &run.features.first, 6, 60.0, "")?)
        .figure(wanted("Second convolution", &run.features.second, 8, 70.0, "")?)
        .figure(wanted("Logits", &run.features.logits, 5, 112.0, "a ")?)
        .footer("cargo xtask demo lab-05"))
}

/// 61,706.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join(",")
}

fn losses(run: &Run<'_>) -> plots::Result<Figure> {
    let History { steps, epochs } = run.history;
    let per_epoch = steps.len() as f64 / epochs.len().max(1) as f64;
    // The loss of single batches jumps; the mean of a few dozen shows where it goes.
    let window = (steps.len() / 60).max(1);
    let means: Vec<f64> =
        steps.chunks_exact(window).map(|part| part.iter().sum::<f64>() / window as f64).collect();
    let middles: Vec<f64> = (0..means.len()).map(|i| (i as f64 + 0.5) * window as f64 / per_epoch).collect();
    let ends: Vec<f64> = (1..=epochs.len()).map(|epoch| epoch as f64).collect();
    let of_epochs: Vec<f64> = epochs.iter().map(|epoch| epoch.train_loss).collect();
    Curves::new("")
        .x_label("epoch")
        .y_label("cross-entropy")
        .series_xy(&format!("training, mean of {window} batches"), &middles, &means)
        .series_xy("training, mean of the epoch", &ends, &of_epochs)
        .markers()
        .series_xy("test", &ends[ends.len().saturating_sub(1)..], &[run.evaluation.loss])
        .markers()
        .log_y()
        .figure()
}

/// The pixels of a test digit, white on black.
pub(crate) fn digit(set: &ImageSet, index: usize) -> plots::Result<Image> {
    Image::gray(28, 28, set.pixels(index))
}

fn wrong_digits(run: &Run<'_>, mistakes: &[usize]) -> plots::Result<Figure> {
    const MOST: usize = 60;
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

fn way_of_a_digit(run: &Run<'_>) -> plots::Result<Figure> {
    let activations = Activations::of(run.network, &run.test.batch(&[0]).0);
    let input = Images::new("Input").image(digit(run.test, 0)?).cell_width(84.0).figure();
    let rows = [
        maps("First convolution and ReLU", &activations.first, 6, 84.0)?,
        maps("Second convolution and ReLU", &activations.second, 8, 60.0)?,
        maps("Second pooling", &activations.features, 8, 60.0)?,
    ];
    Ok(Figure::grid("", std::iter::once(input).chain(rows).map(|figure| [figure])))
}

/// Maps \[C, H, W\], all in the same colours from 0 to the largest number.
fn maps(title: &str, maps: &Tensor, columns: usize, width: f64) -> plots::Result<Figure> {
    let range = (0.0, f64::from(maps.max(..).item()));
    let images: plots::Result<Vec<Image>> = maps.unbind(0).iter().map(|map| one_map(map, range)).collect();
    Ok(Images::new(title).images(images?).columns(columns).cell_width(width).figure())
}

/// One map \[H, W\] of activations.
pub(crate) fn one_map(map: &Tensor, range: (f64, f64)) -> plots::Result<Image> {
    Image::mapped(map.size(0), map.size(1), &map.as_slice(), ColorMap::Viridis, range)
}

fn first_filters(run: &Run<'_>) -> plots::Result<Figure> {
    let weight = run.network.conv1.weight.get().detach();
    let images: plots::Result<Vec<Image>> =
        weight.unbind(0).iter().map(|kernel| Image::signed(5, 5, &kernel.as_slice())).collect();
    Ok(Images::new("First convolution").images(images?).columns(6).cell_width(60.0).figure())
}

fn second_filters(run: &Run<'_>) -> plots::Result<Figure> {
    let weight = run.network.conv2.weight.get().detach();
    let largest = f64::from(weight.abs().max(..).item());
    let halves = weight.chunk(2, 0).into_iter().enumerate().map(|(half, kernels)| {
        let slices = kernels.reshape([48, 5, 5]);
        let images: plots::Result<Vec<Image>> = slices
            .unbind(0)
            .iter()
            .map(|slice| Image::mapped(5, 5, &slice.as_slice(), ColorMap::Diverging, (-largest, largest)))
            .collect();
        let channels: Vec<String> = (8 * half..8 * half + 8).map(|channel| channel.to_string()).collect();
        let title = if half == 0 { "Second convolution" } else { " " };
        Ok(Images::new(title).images(images?).columns(6).cell_width(45.0).row_labels(&channels).figure())
    });
    Ok(Figure::grid("", [halves.collect::<plots::Result<Vec<_>>>()?]))
}

fn wanted(
    title: &str,
    images: &[Tensor],
    columns: usize,
    width: f64,
    caption: &str,
) -> plots::Result<Figure> {
    let images = images.iter().enumerate().map(|(index, image)| {
        let picture = Image::gray(image.size(0), image.size(1), &image.as_slice())?;
        Ok(if caption.is_empty() { picture } else { picture.caption(&format!("{caption}{index}")) })
    });
    let images: plots::Result<Vec<Image>> = images.collect();
    Ok(Images::new(title).images(images?).columns(columns).cell_width(width).figure())
}
