//! The page with everything that the demo has seen.

use std::fmt::Write;

use lab_03_optimizers::{SMOOTHING, smoothed};
use plots::{Animation, Curves, Figure, Page};

use crate::Run;
use crate::cost::Comparison;
use crate::digits::Trained;
use crate::landscapes::{Landscape, Walk, animation, still};
use crate::ravine::{CONDITIONS, Descent};
use crate::rules::Rule;

/// Which rule arrives when, as text.
pub(crate) fn arrivals(walks: &[(Landscape, Vec<Walk>)]) -> String {
    let mut text = String::from("Steps until the height is below 0.01:");
    for (landscape, walks) in walks {
        let cell = |walk: &Walk| match walk.arrives(*landscape, 0.01) {
            Some(steps) => format!("{} {steps}", walk.name),
            None => format!("{} –", walk.name),
        };
        let row: Vec<String> = walks.iter().map(cell).collect();
        write!(text, "\n  {}: {}", landscape.name(), row.join(", ")).expect("a String takes any text");
    }
    text
}

/// Steps with and without momentum, as text.
pub(crate) fn ravines(descents: &[Descent]) -> String {
    let mut text =
        String::from("Steps to the floor of a ravine that is so many times steeper across than along:");
    write!(text, "\n  {:<18}", "").expect("a String takes any text");
    for kappa in CONDITIONS {
        write!(text, " {kappa:>6}").expect("a String takes any text");
    }
    for descent in descents {
        write!(text, "\n  {:<18}", descent.name).expect("a String takes any text");
        for steps in &descent.steps {
            let steps = steps.map_or("–".to_owned(), |steps| steps.to_string());
            write!(text, " {steps:>6}").expect("a String takes any text");
        }
    }
    text
}

/// The same as curves.
pub(crate) fn by_condition(descents: &[Descent], size: (f64, f64)) -> plots::Result<Figure> {
    let mut curves = Curves::new("")
        .x_label("how many times steeper the ravine is across than along")
        .y_label("steps to the floor")
        .log_x()
        .log_y()
        .size(size.0, size.1);
    // The lecture's form takes exactly the steps of the classical one, and would hide it.
    for descent in descents.iter().filter(|descent| descent.name != "momentum (lecture)") {
        let steps: Vec<f64> =
            descent.steps.iter().map(|steps| steps.map_or(f64::NAN, |steps| steps as f64)).collect();
        curves = curves.series_xy(descent.name, &CONDITIONS, &steps).markers();
    }
    curves.figure()
}

/// The accuracy of each rule, as text.
pub(crate) fn accuracies(trained: &[(Rule, f64, Trained, f64)]) -> String {
    let cell = |(rule, rate, done, accuracy): &(Rule, f64, Trained, f64)| {
        format!(
            "  {:<18}  rate {rate:<6} {:>6.2} % after {:.1} s",
            rule.name(),
            100.0 * accuracy,
            done.seconds
        )
    };
    let rows: Vec<String> = trained.iter().map(cell).collect();
    format!("Test digits that are right after the training:\n{}", rows.join("\n"))
}

/// 1234567 as 1,234,567.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Losses smoothed for the eye.
fn smooth(losses: &[f64]) -> Vec<f64> {
    smoothed(losses, 0.97)
}

/// The loss of each rule, step by step.
pub(crate) fn losses(run: &Run, size: (f64, f64)) -> plots::Result<Figure> {
    let mut curves = Curves::new("").x_label("step").y_label("loss").log_y().size(size.0, size.1);
    for (rule, _, trained, _) in &run.trained {
        curves = curves.series(rule.name(), &smooth(&trained.losses));
    }
    curves.figure()
}

/// The loss at the end of a short training against the learning rate.
pub(crate) fn by_rate(run: &Run, size: (f64, f64)) -> plots::Result<Figure> {
    let mut curves =
        Curves::new("").x_label("learning rate").y_label("loss").log_x().log_y().size(size.0, size.1);
    for (rule, rates, losses) in &run.by_rate {
        curves = curves.series_xy(rule.name(), rates, losses).markers();
    }
    curves.figure()
}

/// The range tests.
fn tests(run: &Run) -> plots::Result<Figure> {
    let mut curves =
        Curves::new("").x_label("learning rate").y_label("loss, smoothed").log_x().size(720.0, 340.0);
    for (rule, test) in &run.tests {
        curves = curves.series_xy(rule.name(), &test.rates, &smoothed(&test.losses, SMOOTHING));
    }
    for (_, test) in &run.tests {
        curves = curves.mark(test.suggestion(), "");
    }
    curves.figure()
}

fn schedules(run: &Run) -> plots::Result<Figure> {
    let mut rates = Curves::new("Learning rate").x_label("step").size(400.0, 300.0);
    let mut losses = Curves::new("Loss").x_label("step").log_y().size(400.0, 300.0);
    for (name, values, trained, _) in &run.scheduled {
        rates = rates.series(name, values);
        losses = losses.series(name, &smooth(&trained.losses));
    }
    Ok(Figure::grid("", [[rates.figure()?, losses.figure()?]]))
}

fn clipping(run: &Run) -> plots::Result<Figure> {
    let mut losses = Curves::new("Loss").x_label("step").log_y().size(400.0, 300.0);
    let mut norms =
        Curves::new("Length of the gradient before clipping").x_label("step").log_y().size(400.0, 300.0);
    for (name, trained) in ["as it is", "clipped to 1"].into_iter().zip(&run.clipped) {
        losses = losses.series(name, &smooth(&trained.losses));
        norms = norms.series(name, &trained.norms);
    }
    Ok(Figure::grid("", [[losses.figure()?, norms.figure()?]]))
}

/// The loss above its minimum against the cost, for a few and for many samples.
pub(crate) fn costs(comparisons: &[Comparison], size: (f64, f64)) -> plots::Result<Figure> {
    let panel = |comparison: &Comparison| {
        let Comparison { samples, newton, sgd } = comparison;
        Curves::new(&format!("{} samples", thousands(*samples)))
            .x_label("gradients of one sample")
            .y_label("loss above its minimum")
            .series_xy("SGD", &sgd.cost, &sgd.excess)
            .series_xy("Newton", &newton.cost, &newton.excess)
            .markers()
            .log_x()
            .log_y()
            .x_range(10.0, 1e7)
            .y_range(1e-10, 1.0)
            .size(size.0, size.1)
            .figure()
    };
    Ok(Figure::grid("", [comparisons.iter().map(panel).collect::<plots::Result<Vec<_>>>()?]))
}

/// One animation for each landscape.
pub(crate) fn animations(run: &Run) -> plots::Result<Vec<Animation>> {
    run.walks.iter().map(|(landscape, walks)| animation(*landscape, walks, run.settings.frames)).collect()
}

pub(crate) fn page(run: &Run, animations: Vec<Animation>) -> plots::Result<Page> {
    let best = run.trained.iter().max_by(|a, b| a.3.total_cmp(&b.3));
    let settings = &run.settings;
    let mut page = Page::new("Lab 03: Optimizers")
        .subtitle("Every step on this page was taken by the rules of the lab.");
    if let Some((rule, _, _, accuracy)) = best {
        page = page.result(&format!("Best rule: {}", rule.name()), format!("{:.2} %", 100.0 * accuracy));
    }
    for (name, _, _, accuracy) in &run.scheduled[run.scheduled.len() - 1..] {
        page = page.result(&format!("Adam, {name}"), format!("{:.2} %", 100.0 * accuracy));
    }
    page = page
        .result("Accumulation error", format!("{:.0e}", run.accumulation_error))
        .setting("digits", thousands(settings.digits))
        .setting("steps of each training", thousands(settings.steps))
        .setting("batch size", crate::digits::BATCH)
        .setting("network", "784-100-10 with ReLU")
        .setting("seed", run.seed)
        .section(
            "Paths",
            "The rules from the same start, with learning rates chosen by hand. Colours show the height, on a \
             logarithmic scale. Newton's method jumps; the others walk.",
        )
        .figure(still(&run.walks)?);
    for animation in animations {
        page = page.animation(animation, "");
    }
    page = page.section("Steps until the height is below 0.01", "");
    let mut header = vec![""];
    header.extend(run.walks[0].1.iter().map(|walk| walk.name));
    let rows: Vec<Vec<String>> = run
        .walks
        .iter()
        .map(|(landscape, walks)| {
            let cell =
                |walk: &Walk| walk.arrives(*landscape, 0.01).map_or("–".to_owned(), |n| n.to_string());
            [landscape.name().to_owned()].into_iter().chain(walks.iter().map(cell)).collect()
        })
        .collect();
    page = page.table(&header, &rows).section(
        "Steps with and without momentum",
        "Down ½(x² + κy²) until the distance is a millionth of what it was, each rule with the settings that theory finds \
         best. Without momentum the steps grow like κ, with it like √κ. The lecture's form takes the same steps as the \
         classical one, with a rate that is 1/(1 − β) times as large.",
    );
    let conditions: Vec<String> = CONDITIONS.iter().map(|kappa| format!("κ = {kappa}")).collect();
    let mut header = vec![""];
    header.extend(conditions.iter().map(String::as_str));
    let rows: Vec<Vec<String>> = run
        .descents
        .iter()
        .map(|descent| {
            let cells = descent.steps.iter().map(|steps| steps.map_or("–".to_owned(), thousands));
            [descent.name.to_owned()].into_iter().chain(cells).collect()
        })
        .collect();
    page = page
        .figure(by_condition(&run.descents, (620.0, 340.0))?)
        .table(&header, &rows)
        .section(
            "MNIST by each rule",
            "The same network, the same start and the same batches. The losses are those of single batches, smoothed.",
        )
        .figure(losses(run, (760.0, 400.0))?);
    let rows: Vec<[String; 4]> = run
        .trained
        .iter()
        .map(|(rule, rate, trained, accuracy)| {
            let [accuracy, seconds] =
                [format!("{:.2} %", 100.0 * accuracy), format!("{:.1} s", trained.seconds)];
            [rule.name().to_owned(), rate.to_string(), accuracy, seconds]
        })
        .collect();
    page = page
        .table(&["rule", "learning rate", "test accuracy", "time"], &rows)
        .section(
            "Loss against learning rate",
            "Too small a rate does not arrive; too large a one leaps out of the valley, where the line ends. In between \
             the loss hardly depends on the rate, over a decade or more.",
        )
        .figure(by_rate(run, (720.0, 360.0))?)
        .section(
            "The learning-rate range test",
            "One step with each rate. The vertical lines are the rates that the test suggests.",
        )
        .figure(tests(run)?)
        .section("Schedules", "Adam with the same largest rate, four times too large to be kept up.")
        .figure(schedules(run)?);
    let rows: Vec<[String; 2]> = run
        .scheduled
        .iter()
        .map(|(name, _, _, accuracy)| [(*name).to_owned(), format!("{:.2} %", 100.0 * accuracy)])
        .collect();
    page = page
        .table(&["schedule", "test accuracy"], &rows)
        .section("Clipping", "Gradient descent with a learning rate of 2, which is far too large.")
        .figure(clipping(run)?)
        .section(
            "Best for small data, best for big data",
            "Logistic regression tells 4 from 9. A unit of cost is the gradient of one sample. On a few samples Newton's \
             method soon has more digits than anybody needs. On many it has not finished its first step when stochastic \
             gradient descent is as good as its sample allows.",
        )
        .figure(costs(&run.comparisons, (400.0, 320.0))?)
        .section(
            "Gradient accumulation",
            &format!(
                "The gradient of 256 digits, in five uneven parts and in one: the largest difference is {:.1e} of the \
                 largest entry, which is what f32 rounds.",
                run.accumulation_error
            ),
        )
        .footer("cargo xtask demo lab-03");
    Ok(page)
}
