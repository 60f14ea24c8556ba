//! Draws one of each kind of figure, into PNGs and one HTML page:
//! `cargo run -p plots --example gallery FOLDER`.
//!
//! The data is made up here, by formulas and a small generator of pseudo-random numbers.

use std::error::Error;
use std::f64::consts::{PI, TAU};
use std::path::{Path, PathBuf};

use plots::{
    Bars, ColorMap, ConfusionMatrix, Contour, Curves, Figure, Grid, HeatMap, Histogram, Image, Images, Page,
    Scatter, VectorField,
};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or("usage: cargo run -p plots --example gallery FOLDER")?;
    std::fs::create_dir_all(&folder)?;

    let mut page = Page::new("Gallery")
        .subtitle("One of each kind of figure, from made-up data.")
        .result("Test accuracy", "99.12 %")
        .result("Training time", "41 s")
        .result("Parameters", "61,706")
        .setting("epochs", 6)
        .setting("batch size", 64)
        .setting("optimizer", "Adam, lr 10⁻³, OneCycle")
        .setting("seed", 1);
    let sections: [(&str, &str, Figure); 17] = [
        ("loss", "Curves with a logarithmic axis, a mark and a band.", loss()?),
        ("activations", "Functions: x and y given, ranges fixed.", activations()?),
        ("forecast", "A long noisy series with a dashed prediction.", forecast()?),
        ("moons", "A decision boundary of two classes.", moons()?),
        ("spirals", "A decision boundary of three classes.", spirals()?),
        ("scatter", "Points without a classifier.", scatter()?),
        ("digits", "Pictures with captions, wrong predictions highlighted.", digits()?),
        ("filters", "Signed values: red above, blue below zero.", filters()?),
        ("colours", "Pictures in colour, with names of rows.", colours()?),
        ("confusion", "Rows are normalized for the colours; the numbers are counts.", confusion()?),
        ("attention", "A matrix with names and numbers.", attention()?),
        ("density", "A density over a plane.", density()),
        ("bars", "Groups of bars with errors and numbers.", bars()?),
        ("histogram", "Two sets of values over the same intervals.", histogram()),
        ("field", "A vector field with trajectories.", field()?),
        ("contour", "Optimizers on a logarithmic landscape.", contour()?),
        ("multiples", "Small multiples, composed of other figures.", multiples()?),
    ];
    for (name, prose, figure) in sections {
        save(&figure, &folder, name)?;
        page = page.section(name, prose).figure(figure);
    }
    page = page
        .section("Tables and text", "A table sets numbers to the right.\n\nProse is escaped: a < b && \"c\".")
        .table(
            &["optimizer", "steps", "final loss"],
            &[["SGD", "12,400", "0.071"], ["Momentum", "3,100", "0.064"], ["Adam", "1,850", "0.062"]],
        )
        .code("ROMEO:\nBut soft, what light through yonder window breaks?")
        .footer("cargo run -p plots --example gallery");
    page.save(folder.join("index.html"))?;
    println!("{}", folder.join("index.html").display());
    Ok(())
}

fn save(figure: &Figure, folder: &Path, name: &str) -> plots::Result<()> {
    figure.save(folder.join(name).with_extension("png"))?;
    figure.save(folder.join(name).with_extension("svg"))
}

/// Numbers in [0, 1) by a linear congruential generator with Knuth's constants.
struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A standard normal number, by Box and Muller.
    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.uniform()).ln()).sqrt() * (TAU * self.uniform()).cos()
    }
}

fn loss() -> plots::Result<Figure> {
    let mut noise = Noise(1);
    let epochs = 20;
    let train: Vec<f64> =
        (0..epochs).map(|e| 0.9 * (-0.35 * e as f64).exp() + 0.012 * (1.0 + 0.2 * noise.normal())).collect();
    let validation: Vec<f64> = (0..epochs)
        .map(|e| 0.7 * (-0.33 * e as f64).exp() + 0.03 + 0.0012 * e as f64 + 0.002 * noise.normal())
        .collect();
    let low: Vec<f64> = validation.iter().map(|loss| loss * 0.85).collect();
    let high: Vec<f64> = validation.iter().map(|loss| loss * 1.18).collect();
    Curves::new("LeNet-5 on MNIST")
        .x_label("epoch")
        .y_label("cross-entropy")
        .series("train", &train)
        .markers()
        .series("validation (mean of 5 runs ± standard deviation)", &validation)
        .band(&low, &high)
        .markers()
        .log_y()
        .mark(12.0, "best validation loss")
        .figure()
}

fn activations() -> plots::Result<Figure> {
    let x: Vec<f64> = (-400..=400).map(|i| i as f64 / 100.0).collect();
    let map = |f: fn(f64) -> f64| x.iter().map(|&x| f(x)).collect::<Vec<f64>>();
    Curves::new("Activation functions")
        .x_label("x")
        .y_label("φ(x)")
        .series_xy("ReLU", &x, &map(|x| x.max(0.0)))
        .series_xy("ELU", &x, &map(|x| if x > 0.0 { x } else { x.exp() - 1.0 }))
        .series_xy("Swish", &x, &map(|x| x / (1.0 + (-x).exp())))
        .series_xy("tanh", &x, &map(f64::tanh))
        .series_xy("sigmoid", &x, &map(|x| 1.0 / (1.0 + (-x).exp())))
        .series_xy("Heaviside", &x, &map(|x| if x > 0.0 { 1.0 } else { 0.0 }))
        .y_range(-1.5, 2.5)
        .figure()
}

fn forecast() -> plots::Result<Figure> {
    let mut noise = Noise(5);
    let value = |t: f64| 20.0 + 6.0 * (TAU * t / 24.0).sin() + 3.0 * (TAU * t / 168.0).cos();
    let t: Vec<f64> = (0..10_000).map(|i| i as f64 / 30.0).collect();
    let measured: Vec<f64> = t.iter().map(|&t| value(t) + noise.normal()).collect();
    let future: Vec<f64> = (0..200).map(|i| 260.0 + i as f64).collect();
    let predicted: Vec<f64> = future.iter().map(|&t| value(t)).collect();
    let spread = |sign: f64| -> Vec<f64> {
        future.iter().map(|&t| value(t) + sign * (0.6 + (t - 260.0).sqrt() * 0.25)).collect()
    };
    Curves::new("Temperature, measured and forecast")
        .x_label("hour")
        .y_label("°C")
        .series_xy("measured", &t, &measured)
        .series_xy("forecast", &future, &predicted)
        .dashed()
        .band(&spread(-1.0), &spread(1.0))
        .size(760.0, 340.0)
        .figure()
}

fn moon_points(count: usize) -> (Vec<f64>, Vec<f64>, Vec<usize>) {
    let mut noise = Noise(2);
    let labels: Vec<usize> = (0..count).map(|i| i % 2).collect();
    let points = labels.iter().map(|&label| {
        let angle = PI * noise.uniform();
        let (x, y) =
            if label == 0 { (angle.cos(), angle.sin()) } else { (1.0 - angle.cos(), 0.5 - angle.sin()) };
        (x + 0.12 * noise.normal(), y + 0.12 * noise.normal())
    });
    let (x, y) = points.unzip();
    (x, y, labels)
}

fn moons() -> plots::Result<Figure> {
    let (x, y, labels) = moon_points(240);
    let ranges = ((-1.6, 2.6), (-1.2, 1.7));
    let grid = Grid::from_fn(ranges.0, ranges.1, (80, 80), |x, y| {
        let border = y - 0.25 + 0.55 * (2.1 * (x - 0.5)).sin();
        1.0 / (1.0 + (5.0 * border).exp())
    });
    Scatter::new("MLP with tanh on moons")
        .x_label("x₁")
        .y_label("x₂")
        .points(&x, &y, &labels)
        .decision(ranges.0, ranges.1, (80, 80), grid.values())
        .size(460.0, 340.0)
        .figure()
}

fn spirals() -> plots::Result<Figure> {
    let mut noise = Noise(3);
    let range = (-1.15, 1.15);
    let mut figure = Scatter::new("Three spirals");
    for class in 0..3 {
        let points = (0..100).map(|i| {
            let radius = 0.05 + 0.95 * i as f64 / 100.0;
            let angle = 4.0 * radius + TAU * class as f64 / 3.0 + 0.12 * noise.normal();
            (radius * angle.cos(), radius * angle.sin())
        });
        let (x, y): (Vec<f64>, Vec<f64>) = points.unzip();
        figure = figure.class(["A", "B", "C"][class], &x, &y);
    }
    let side = 100;
    let mut probabilities = Vec::new();
    for index in 0..side * side {
        let at = |i: usize| range.0 + (range.1 - range.0) * i as f64 / (side - 1) as f64;
        let (x, y) = (at(index % side), at(index / side));
        let phase = y.atan2(x) - 4.0 * x.hypot(y);
        let scores = [0, 1, 2].map(|class| (3.5 * (phase - TAU * class as f64 / 3.0).cos()).exp());
        let total: f64 = scores.iter().sum();
        probabilities.extend(scores.map(|score| score / total));
    }
    figure.decisions(range, range, (side, side, 3), &probabilities).figure()
}

fn scatter() -> plots::Result<Figure> {
    let mut noise = Noise(4);
    let mut figure = Scatter::new("Latent space").x_label("z₁").y_label("z₂");
    for class in 0..8 {
        let angle = TAU * class as f64 / 8.0;
        let points = (0..150)
            .map(|_| (2.0 * angle.cos() + 0.45 * noise.normal(), 2.0 * angle.sin() + 0.45 * noise.normal()));
        let (x, y): (Vec<f64>, Vec<f64>) = points.unzip();
        figure = figure.class(&class.to_string(), &x, &y);
    }
    figure.figure()
}

/// A ring or a stroke, somewhat like a 0 or a 1.
fn digit(one: bool, noise: &mut Noise) -> Vec<f64> {
    let (lean, width) = (0.3 * noise.normal(), 2.0 + 0.4 * noise.normal());
    (0..28 * 28)
        .map(|pixel| {
            let (x, y) = ((pixel % 28) as f64 - 13.5, (pixel / 28) as f64 - 13.5);
            let x = x + lean * y;
            let distance = if one { x.abs().max(y.abs() - 9.0) } else { (x.hypot(0.75 * y) - 6.5).abs() };
            1.0 / (1.0 + (2.0 * (distance - width)).exp())
        })
        .collect()
}

fn digits() -> plots::Result<Figure> {
    let mut noise = Noise(6);
    let mut figure = Images::new("Test images and predictions").columns(10);
    for index in 0..30 {
        let one = noise.uniform() > 0.5;
        let pixels = digit(one, &mut noise);
        let wrong = index % 11 == 7;
        let caption = match (wrong, one) {
            (false, _) => u8::from(one).to_string(),
            (true, one) => format!("{} (is {})", if one { 7 } else { 6 }, u8::from(one)),
        };
        figure = figure.image(Image::gray(28, 28, &pixels)?.caption(&caption).highlighted(wrong));
    }
    Ok(figure.figure())
}

fn filters() -> plots::Result<Figure> {
    let mut figure = Images::new("Filters of the first convolution").columns(6);
    for index in 0..6 {
        let angle = PI * index as f64 / 6.0;
        let weights: Vec<f32> = (0..25)
            .map(|i| {
                let (x, y) = ((i % 5) as f64 - 2.0, (i / 5) as f64 - 2.0);
                ((x * angle.cos() + y * angle.sin()) * (-(x * x + y * y) / 6.0).exp()) as f32
            })
            .collect();
        figure = figure.image(Image::signed(5, 5, &weights)?.caption(&format!("filter {index}")));
    }
    Ok(figure.figure())
}

fn colours() -> plots::Result<Figure> {
    let mut figure = Images::new("Interpolation").columns(8).row_labels(&["input", "smooth"]);
    for row in 0..2 {
        for column in 0..8 {
            let t = column as f64 / 7.0;
            let planes: Vec<f64> = (0..3 * 32 * 32)
                .map(|i| {
                    let (x, y) = ((i % 32) as f64 / 31.0, (i / 32 % 32) as f64 / 31.0);
                    let wave = (TAU * (x * (1.0 + t) + y * t)).sin() * 0.5 + 0.5;
                    let wave = if row == 0 { wave.round() } else { wave };
                    match i / 1024 {
                        0 => wave * (1.0 - t),
                        1 => 0.4 * wave + 0.2 * y,
                        _ => wave * t + 0.2 * x,
                    }
                })
                .collect();
            figure = figure.image(Image::rgb(32, 32, &planes)?);
        }
    }
    Ok(figure.figure())
}

fn confusion() -> plots::Result<Figure> {
    let mut noise = Noise(7);
    let mut counts = vec![vec![0usize; 10]; 10];
    for (class, row) in counts.iter_mut().enumerate() {
        row[class] = 960 + (40.0 * noise.uniform()) as usize;
        for (other, count) in row.iter_mut().enumerate().filter(|(other, _)| *other != class) {
            let confusable = [(4, 9), (9, 4), (3, 5), (5, 3), (7, 2)].contains(&(class, other));
            *count = (noise.uniform() * if confusable { 40.0 } else { 3.0 }) as usize;
        }
    }
    Ok(ConfusionMatrix::new("LeNet-5 on the MNIST test set", &counts)?.figure())
}

fn attention() -> plots::Result<Figure> {
    let source = ["the", "neighbour's", "cat", "unfortunately", "sat", "there", "."];
    let target = ["die", "Katze", "des", "Nachbarn", "saß", "leider", "dort"];
    let rows: Vec<Vec<f64>> = (0..7)
        .map(|row| {
            let scores: Vec<f64> =
                (0..7).map(|column| (-(row as f64 - column as f64).powi(2) * 0.9).exp()).collect();
            let total: f64 = scores.iter().sum();
            scores.iter().map(|score| score / total).collect()
        })
        .collect();
    Ok(HeatMap::new("Cross-attention, head 1", Grid::from_rows(&rows)?)
        .row_labels(&target)
        .column_labels(&source)
        .colors(ColorMap::Blues)
        .range(0.0, 1.0)
        .bar_label("attention weight")
        .numbers()
        .figure())
}

fn density() -> Figure {
    let range = (-3.0, 3.0);
    let grid = Grid::from_fn(range, range, (120, 120), |x, y| {
        let ring = (-(x.hypot(y) - 1.8).powi(2) / 0.18).exp();
        ring * (1.3 + (3.0 * y.atan2(x)).sin())
    });
    HeatMap::new("Density of a normalizing flow", grid)
        .extent(range, range)
        .x_label("x₁")
        .y_label("x₂")
        .bar_label("p(x)")
        .figure()
}

fn bars() -> plots::Result<Figure> {
    Bars::new("Remedies against overfitting", &["none", "dropout", "weight decay", "BatchNorm", "all"])
        .y_label("accuracy in %")
        .series("train", &[100.0, 98.7, 99.2, 100.0, 97.9])
        .series("test", &[86.1, 89.9, 87.7, 88.2, 91.6])
        .errors(&[0.8, 0.5, 0.7, 1.1, 0.4])
        .numbers()
        .figure()
}

fn histogram() -> Figure {
    let mut noise = Noise(8);
    let narrow: Vec<f64> = (0..4000).map(|_| 0.5 * noise.normal()).collect();
    let wide: Vec<f64> = (0..4000).map(|_| 1.2 * noise.normal() + 1.0).collect();
    Histogram::new("Activations before and after BatchNorm")
        .x_label("activation")
        .series("after", &narrow)
        .series("before", &wide)
        .bins(50)
        .figure()
}

fn field() -> plots::Result<Figure> {
    let flow = |x: f64, y: f64| (y, -0.35 * y - x + 0.25 * x * x * x);
    let mut figure = VectorField::from_fn("A damped oscillator", (-2.4, 2.4), (-2.4, 2.4), 18, flow)
        .x_label("position")
        .y_label("velocity")
        .length_label("speed");
    for start in [(-1.7, 1.2), (1.4, -1.4), (0.2, 1.9)] {
        let (mut x, mut y) = (vec![start.0], vec![start.1]);
        for step in 0..400 {
            let (u, v) = flow(x[step], y[step]);
            x.push(x[step] + 0.03 * u);
            y.push(y[step] + 0.03 * v);
        }
        figure = figure.trajectory("trajectories", &x, &y);
    }
    figure.figure()
}

fn contour() -> plots::Result<Figure> {
    let (x_range, y_range) = ((-2.0, 2.0), (-1.0, 3.0));
    let rosenbrock = |x: f64, y: f64| (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2);
    let gradient = |x: f64, y: f64| (-2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x));
    let mut figure = Contour::new(
        "Rosenbrock's valley",
        x_range,
        y_range,
        Grid::from_fn(x_range, y_range, (160, 160), rosenbrock),
    )
    .log()
    .x_label("θ₁")
    .y_label("θ₂")
    .bar_label("ℒ(θ)")
    .point(1.0, 1.0, "minimum");
    for (name, momentum, rate) in [("gradient descent", 0.0, 1e-3), ("momentum", 0.9, 3e-4)] {
        let (mut x, mut y, mut velocity) = (vec![-1.4], vec![2.6], (0.0, 0.0));
        for step in 0..3000 {
            let (u, v) = gradient(x[step], y[step]);
            velocity = (momentum * velocity.0 - rate * u, momentum * velocity.1 - rate * v);
            x.push(x[step] + velocity.0);
            y.push(y[step] + velocity.1);
        }
        figure = figure.trajectory(name, &x, &y);
    }
    figure.figure()
}

fn multiples() -> plots::Result<Figure> {
    let mut rows = Vec::new();
    for momentum in [0.0, 0.9] {
        let mut row = Vec::new();
        for rate in [0.01, 0.1, 1.0] {
            let loss: Vec<f64> = (0..60)
                .map(|step| {
                    (-(step as f64) * rate * (0.2 + momentum)).exp()
                        + 0.05 * rate * (step as f64 * 1.7).sin().abs()
                })
                .collect();
            let title = format!("lr {rate}, momentum {momentum}");
            row.push(
                Curves::new(&title)
                    .x_label("step")
                    .y_label("loss")
                    .series("", &loss)
                    .size(300.0, 230.0)
                    .figure()?,
            );
        }
        rows.push(row);
    }
    Ok(Figure::grid("Learning rate and momentum", rows))
}
