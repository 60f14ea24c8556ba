//! The page and the picture that the demo leaves.

use lab_01_perceptron::Activation;
use plots::{Bars, Curves, Figure, Image, Images, Page};

use crate::Results;
use crate::boundaries::{Folded, name};
use crate::digits::Digits;

pub(crate) fn page(results: &Results) -> plots::Result<Page> {
    let Results { settings, boundaries, xor, digits, .. } = results;
    let percent = |share: Option<f64>| format!("{:.1} %", 100.0 * share.unwrap_or(f64::NAN));
    let mut page = Page::new("Lab 01: the perceptron")
        .subtitle("Neurons, their activations and their oldest learning rule, all written by you.")
        .result("spirals with tanh", percent(boundaries.accuracy("spirals", "tanh")))
        .result("spirals without activation", percent(boundaries.accuracy("spirals", "none")))
        .result("0 or 1 on unseen digits", format!("{:.2} %", 100.0 * digits.test_accuracy()))
        .result("mistakes in training", digits.total_mistakes())
        .setting("networks", "2 – 32 – 32 – classes, 300 points, all in one batch")
        .setting("training", format!("{} steps of Adam, learning rate 0.01", settings.steps))
        .setting("digits", format!("{} zeros and ones of MNIST's training set", thousands(digits.labels.len())))
        .setting("seed", results.seed)
        .section(
            "What an activation is for",
            "The same network, with the same initial weights, without an activation, with ReLU and with tanh. The \
             colours are its answers, the dots what it learned from; the numbers are right answers on 2,000 other \
             points. Without an activation all borders are straight: three layers are no more than one. ReLU bends \
             them at corners, tanh smoothly.",
        )
        .figure(borders(results, 250.0)?)
        .text(&folded(results))
        .section(
            "All activations",
            "Right answers in %. The step of Heaviside has no slope, so that no gradient reaches the layers below it: \
             only the last layer learns, on features that stay as random as they were.",
        )
        .figure(accuracies(results)?)
        .figure(losses(results)?);
    page = page
        .section(
            "XOR, and the features that solve it",
            "The class is the sign of x₁x₂. Rosenblatt's rule never finds a line, as there is none. With the six \
             quadratic features the border is a straight cut through a space of six dimensions, and a curve in the \
             plane. The kernel perceptron draws the same border without ever computing the features.",
        )
        .figure(Figure::grid("", [xor.figures(250.0)?]))
        .figure(passes_of_xor(results)?)
        .section("Zeros and ones", "")
        .text(&novikoff(digits))
        .figure(mistakes(digits)?)
        .figure_with_caption(
            weights(digits)?,
            "Left the weights that Rosenblatt's rule found, right those of the widest margin: red pixels speak for a \
             one, blue for a zero.",
        );
    let wrong = digits.test_mistakes();
    if !wrong.is_empty() {
        page = page.section("Test digits it takes for the other", "").figure(wrong_digits(digits, &wrong)?);
    }
    let quick = if settings.quick { " --quick" } else { "" };
    Ok(page.footer(&format!("cargo xtask demo lab-01{quick}")))
}

/// What is left of a network without activation.
fn folded(results: &Results) -> String {
    let texts = results.boundaries.problems.iter().map(|problem| {
        let Folded { before, after, difference } = &problem.folded;
        format!(
            "Folded into one layer, the network without activation for {} has {after} parameters in the place of {}, and \
             gives the same outputs for all 300 points: they differ by {difference:.0e} at most.",
            problem.name,
            thousands(*before)
        )
    });
    texts.collect::<Vec<_>>().join(" ")
}

/// The borders of all drawn networks, a row for each problem.
pub(crate) fn borders(results: &Results, size: f64) -> plots::Result<Figure> {
    let rows: plots::Result<Vec<_>> =
        results.boundaries.problems.iter().map(|problem| problem.figures(size)).collect();
    Ok(Figure::grid("", rows?))
}

/// One picture that tells the whole story.
pub(crate) fn picture(results: &Results) -> plots::Result<Figure> {
    borders(results, 230.0)
}

fn accuracies(results: &Results) -> plots::Result<Figure> {
    let problems = &results.boundaries.problems;
    let names: Vec<&str> = problems[0].trained.iter().map(|trained| name(trained.activation)).collect();
    let mut bars = Bars::new("", &names).y_label("right answers in %").size(860.0, 320.0);
    for problem in problems {
        let shares: Vec<f64> = problem.trained.iter().map(|t| (1000.0 * t.accuracy).round() / 10.0).collect();
        bars = bars.series(problem.name, &shares).numbers();
    }
    bars.figure()
}

fn losses(results: &Results) -> plots::Result<Figure> {
    let spirals = &results.boundaries.problems[1];
    let mut curves = Curves::new("Spirals, without leaky ReLU, whose curve is close to that of ReLU")
        .x_label("step")
        .y_label("cross-entropy")
        .log_y()
        .size(860.0, 360.0);
    // Leaky ReLU is where ReLU is, and there are eight colours.
    let shown =
        spirals.trained.iter().filter(|trained| !matches!(trained.activation, Activation::LeakyReLU(_)));
    for trained in shown {
        // Below 10⁻⁴ a loss says nothing more about the border.
        let losses: Vec<f64> = trained.losses.iter().map(|loss| loss.max(1e-4)).collect();
        curves = curves.series(name(trained.activation), &losses);
    }
    curves.figure()
}

fn passes_of_xor(results: &Results) -> plots::Result<Figure> {
    let xor = &results.xor;
    let shown = |mistakes: &[usize]| mistakes[..mistakes.len().min(40)].to_vec();
    Curves::new("The first 40 passes")
        .x_label("pass")
        .y_label("mistakes among 200 points")
        .series("x₁, x₂", &shown(&xor.plain.1))
        .series("quadratic features", &shown(&xor.expanded.1))
        .series("kernel", &shown(&xor.kernel.1))
        .dashed()
        .size(860.0, 280.0)
        .figure()
}

/// 12,665.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// What was counted, and what the theorem says.
fn novikoff(digits: &Digits) -> String {
    let Digits { labels, mistakes, radius, own_margin, widest, bound, .. } = digits;
    let total = digits.total_mistakes();
    let ended = match mistakes.last() {
        Some(0) => "The last pass had none: a hyperplane separates all these zeros and ones.".to_owned(),
        _ => "It did not come to an end.".to_owned(),
    };
    if widest.margin <= 0.0 {
        return format!("{total} mistakes on {} digits in {} passes. {ended}", labels.len(), mistakes.len());
    }
    format!(
        "From {} digits of 784 pixels the perceptron learned in {} passes, with {total} mistakes. {ended}\n\nThe longest \
         digit has R = {radius:.2}. The perceptron's own margin is γ = {own_margin:.5}, which allows {} mistakes. A \
         search for the widest margin has found one of γ = {:.4}, and shown that none is wider than {:.4}. Novikoff's \
         theorem holds for every separator, so the better one counts: at most (R/γ)² = {} mistakes, in whatever \
         order the digits come, and whatever the number of pixels.",
        thousands(labels.len()),
        mistakes.len(),
        thousands((radius / own_margin).powi(2) as usize),
        widest.margin,
        widest.ceiling,
        thousands(*bound as usize),
    )
}

fn mistakes(digits: &Digits) -> plots::Result<Figure> {
    Curves::new("")
        .x_label("pass")
        .y_label("mistakes")
        .series("mistakes of the pass", &digits.mistakes)
        .markers()
        .size(860.0, 300.0)
        .figure()
}

fn weights(digits: &Digits) -> plots::Result<Figure> {
    let image =
        |weight: &[f64], caption: &str| plots::Result::Ok(Image::signed(28, 28, weight)?.caption(caption));
    Ok(Images::new("")
        .images([
            image(&digits.perceptron.weight, "Rosenblatt's rule")?,
            image(&digits.widest.perceptron.weight, "widest margin")?,
        ])
        .columns(2)
        .cell_width(224.0)
        .figure())
}

fn wrong_digits(digits: &Digits, wrong: &[usize]) -> plots::Result<Figure> {
    let images: plots::Result<Vec<Image>> = wrong
        .iter()
        .map(|&index| {
            let label = digits.test.label(index);
            let caption = format!("{}, is {label}", 1 - label);
            Ok(Image::gray(28, 28, digits.test.pixels(index))?.caption(&caption).highlighted(true))
        })
        .collect();
    Ok(Images::new("").images(images?).columns(12).cell_width(56.0).figure())
}
