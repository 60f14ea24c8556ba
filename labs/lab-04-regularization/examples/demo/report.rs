//! The page that the demo leaves, and the one picture that tells the whole story.

use plots::{Bars, Curves, Diagram, Figure, Histogram, Lettering, Page, Rgb};
use tensor::Tensor;

use crate::pictures;
use crate::remedies::REMEDIES;
use crate::summary::{HEADER, Summary};
use crate::training::{Course, Settings};

/// All that there is to tell about the trainings.
pub(crate) struct Run<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) seed: u64,
    pub(crate) seconds: f64,
    pub(crate) courses: &'a [Course],
    pub(crate) summaries: &'a [Summary],
    pub(crate) cat: &'a Tensor,
    pub(crate) digits: &'a Tensor,
}

impl Run<'_> {
    /// The courses of a remedy, one for each seed.
    fn courses_of(&self, name: &str) -> Vec<&Course> {
        self.courses.iter().filter(|course| REMEDIES[course.remedy].name == name).collect()
    }

    fn best(&self) -> &Summary {
        let better = |a: &&Summary, b: &&Summary| a.test.mean.total_cmp(&b.test.mean);
        self.summaries.iter().max_by(better).expect("there are remedies")
    }
}

pub(crate) fn page(run: &Run<'_>) -> plots::Result<Page> {
    let Run { settings, summaries, .. } = run;
    let best = run.best();
    let rows: Vec<[String; 8]> = summaries
        .iter()
        .map(|row| {
            let [name, test, loss, train, epochs, zeros, size] = row.cells();
            [name, row.remedy.about.to_owned(), test, loss, train, epochs, zeros, size]
        })
        .collect();
    let [name, test, loss, train, epochs, zeros, size] = HEADER;
    Ok(Page::new("Lab 04: regularization")
        .subtitle("1,000 digits learned by heart, and what the lab's own remedies do about it.")
        .result("no remedy", format!("{} %", summaries[0].test.percent()))
        .result(best.remedy.name, format!("{} %", best.test.percent()))
        .result("training", format!("{:.0} s", run.seconds))
        .setting("network", "784-256-128-10, ReLU")
        .setting("training digits", settings.digits)
        .setting("validation digits", settings.validation)
        .setting("epochs", settings.epochs)
        .setting("batch size", settings.batch_size)
        .setting("optimizer", format!("Adam, learning rate from {} down to 0", settings.learning_rate))
        .setting("seeds", format!("{} to {}", run.seed, run.seed + settings.seeds - 1))
        .setting("± and bars", "standard error of the mean over the seeds")
        .section(
            "Test accuracy",
            "How many of 10,000 digits are right that took no part in any training. The axis does not begin at 0.",
        )
        .figure(accuracies(run, (860.0, 380.0))?)
        .table(&[name, "what it does", test, loss, train, epochs, zeros, size], &rows)
        .section(
            "Training and validation loss",
            "The mean cross-entropy after each epoch, over the seeds. Without a remedy the training loss goes to 0 while \
             the validation loss rises: the network becomes surer of its mistakes. Accuracy and loss need not agree: \
             early stopping has the lower loss of the two and the fewer right answers.",
        )
        .figure(all_losses(run)?)
        .section(
            "Zeros",
            "The weights of the first layer and those after it, in the end. A penalty in the loss draws weights near 0; \
             the proximal step puts them there, exactly.",
        )
        .figure(weights(run))
        .section(
            "More data from the data that is there",
            "The lecture's ten panels, by the lab's own transforms, and versions of digits that the networks learned \
             from.",
        )
        .figure(pictures::grid("", run.cat, 150.0)?)
        .figure(pictures::digit_versions("", run.digits, 64.0)?)
        .footer("cargo xtask demo lab-04"))
}

/// A bar for each remedy.
pub(crate) fn accuracies(run: &Run<'_>, (width, height): (f64, f64)) -> plots::Result<Figure> {
    let names: Vec<&str> = run.summaries.iter().map(|row| row.remedy.name).collect();
    let means: Vec<f64> = run.summaries.iter().map(|row| (1000.0 * row.test.mean).round() / 10.0).collect();
    let errors: Vec<f64> = run.summaries.iter().map(|row| 100.0 * row.test.error).collect();
    let lowest = means.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = means.iter().copied().fold(0.0, f64::max);
    Bars::new("", &names)
        .y_label("test digits right, %")
        .series("", &means)
        .errors(&errors)
        .numbers()
        .y_range((lowest - 3.0).floor(), (highest + 1.5).ceil().min(100.0))
        .size(width, height)
        .figure()
}

/// The mean of several curves, as far as the shortest of them goes.
fn mean_curve(curves: &[&Vec<f64>]) -> Vec<f64> {
    let shortest = curves.iter().map(|curve| curve.len()).min().unwrap_or(0);
    let mean = |epoch: usize| curves.iter().map(|curve| curve[epoch]).sum::<f64>() / curves.len() as f64;
    (0..shortest).map(mean).collect()
}

/// Training and validation loss of one remedy.
fn losses(run: &Run<'_>, name: &str, size: (f64, f64)) -> plots::Result<Figure> {
    let courses = run.courses_of(name);
    let train = mean_curve(&courses.iter().map(|course| &course.train).collect::<Vec<_>>());
    let validation = mean_curve(&courses.iter().map(|course| &course.validation).collect::<Vec<_>>());
    let title = if name == "none" { "no remedy" } else { name };
    Curves::new(title)
        .x_label("epoch")
        .y_label("cross-entropy")
        .series("training", &train)
        .series("validation", &validation)
        .x_range(0.0, run.settings.epochs as f64)
        .y_range(0.0, 1.2)
        .size(size.0, size.1)
        .figure()
}

fn all_losses(run: &Run<'_>) -> plots::Result<Figure> {
    let figures = REMEDIES.iter().map(|remedy| losses(run, remedy.name, (430.0, 250.0)));
    let figures = figures.collect::<plots::Result<Vec<_>>>()?;
    Ok(Figure::grid("", figures.chunks(2).map(<[Figure]>::to_vec)))
}

fn weights(run: &Run<'_>) -> Figure {
    let of = |name: &str| {
        let courses = run.courses_of(name);
        let weights = courses.first().map_or(&[][..], |course| &course.weights);
        let shown: Vec<f32> = weights.iter().copied().filter(|weight| weight.abs() < 0.1).collect();
        let title = if name == "none" { "no remedy" } else { name };
        Histogram::new(title).x_label("weight").series("", &shown).bins(81).size(430.0, 230.0).figure()
    };
    Figure::grid("", [[of("none"), of("weight decay")], [of("L1 in the loss"), of("L1 proximal")]])
}

/// Bars, two courses of the loss and the cat.
pub(crate) fn picture(run: &Run<'_>) -> plots::Result<Figure> {
    let title = format!(
        "{} digits: {} % of the unseen are right if learned by heart, {} % with {}",
        run.settings.digits,
        run.summaries[0].test.percent(),
        run.best().test.percent(),
        match run.best().remedy.name {
            "together" => "all that go together",
            alone => alone,
        }
    );
    let mut diagram = Diagram::new(&title, 900.0, 984.0);
    let soft = Lettering::size(12.0).color(Rgb(0x66, 0x66, 0x66)).from_left();
    diagram.text((20.0, 24.0), &title, Lettering::size(17.0).bold().from_left());
    diagram.place((20.0, 44.0), &accuracies(run, (860.0, 270.0))?);
    diagram.place((20.0, 326.0), &losses(run, "none", (420.0, 230.0))?);
    diagram.place((460.0, 326.0), &losses(run, "together", (420.0, 230.0))?);
    diagram.place((20.0, 566.0), &pictures::grid("", run.cat, 160.0)?);
    diagram.text((20.0, 970.0), "cargo xtask demo lab-04", soft);
    Ok(diagram.figure())
}
