//! Penalties, decay, and zeros.

use lab_04_regularization::{decay_weights, l1_penalty, l2_penalty, proximal_step, soft_threshold};
use nn::{Adam, Optimizer, Parameter, Sgd};
use plots::{Curves, Diagram, Figure, Lettering, Style};
use tensor::Tensor;
use tensor::random::{self, Generator};

use crate::Result;
use crate::drawing::*;

/// A quadratic loss and the lowest point that it has in each ball.
pub(crate) fn balls() -> Result<Figure> {
    let mut diagram = Diagram::new("The lowest point of a loss in a ball", 760.0, 330.0);
    // ½(θ − θ*)ᵀH(θ − θ*)
    let ((h11, h12, h22), (a, b)) = ((0.7, -0.2, 0.9), (0.6, 1.6));
    let loss = |x: f64, y: f64| {
        0.5 * (h11 * (x - a).powi(2) + 2.0 * h12 * (x - a) * (y - b) + h22 * (y - b).powi(2))
    };
    let circle = |t: f64| (t.cos(), t.sin());
    let diamond = |t: f64| {
        let (x, y) = circle(t);
        let size = x.abs() + y.abs();
        (x / size, y / size)
    };
    type Ball<'a> = &'a dyn Fn(f64) -> (f64, f64);
    let shapes: [(&str, Ball<'_>); 2] = [("L2: θ₁² + θ₂² ≤ 1", &circle), ("L1: |θ₁| + |θ₂| ≤ 1", &diamond)];
    let turns = |n: usize| (0..=n).map(move |i| i as f64 / n as f64 * std::f64::consts::TAU);
    for (index, (name, ball)) in shapes.into_iter().enumerate() {
        let origin = (160.0 + 380.0 * index as f64, 210.0);
        let scale = 74.0;
        let at = |(x, y): (f64, f64)| (origin.0 + scale * x, origin.1 - scale * y);
        let lowest = turns(200_000).map(ball).min_by(|p, q| loss(p.0, p.1).total_cmp(&loss(q.0, q.1)));
        let lowest = lowest.ok_or("a ball has points")?;
        let corners: Vec<_> = turns(240).map(|t| at(ball(t))).collect();
        diagram.polygon(&corners, Style::fill(tint(ORANGE, 0.2)).outline(ORANGE, 1.5));
        arrow(&mut diagram, at((-1.5, 0.0)), at((2.3, 0.0)), SOFT);
        arrow(&mut diagram, at((0.0, -1.2)), at((0.0, 2.6)), SOFT);
        // Contours: with H = LLᵀ, the points θ* + L⁻ᵀ·r·(cos t, sin t).
        let (l11, l21) = (f64::sqrt(h11), h12 / f64::sqrt(h11));
        let l22 = (h22 - l21 * l21).sqrt();
        for share in [0.25, 0.55, 1.0] {
            let r = (2.0 * loss(lowest.0, lowest.1) * share).sqrt();
            let contour = turns(120).map(|t| {
                let y = r * t.sin() / l22;
                (a + (r * t.cos() - l21 * y) / l11, b + y)
            });
            let points: Vec<_> = contour.map(at).collect();
            diagram.line(&points, Style::line(BLUE, if share == 1.0 { 1.6 } else { 0.9 }));
        }
        diagram.circle(at((a, b)), 3.5, Style::fill(BLUE));
        diagram.text(
            (at((a + 1.0, b)).0, at((a, b)).1),
            "without a penalty",
            Lettering::size(11.5).color(BLUE).from_left(),
        );
        diagram.circle(at(lowest), 4.5, Style::fill(RED));
        let text = format!("({:.2}, {:.2})", lowest.0.abs(), lowest.1);
        diagram.text(
            (at((-0.12, 0.0)).0, at((0.0, lowest.1 + 0.22)).1),
            &text,
            Lettering::size(12.0).color(RED).to_right(),
        );
        diagram.text((origin.0 + 30.0, 318.0), name, Lettering::size(13.0).bold());
        note(&mut diagram, (at((2.3, 0.0)).0 - 4.0, at((2.3, 0.0)).1 + 14.0), "θ₁");
        note(&mut diagram, (at((0.0, 2.6)).0 - 14.0, at((0.0, 2.6)).1 + 4.0), "θ₂");
    }
    Ok(diagram.figure())
}

/// Two weights with gradients of chance, large ones and small ones, under L2 in Adam's loss and under decay.
pub(crate) fn decay() -> Result<Figure> {
    let steps = 400;
    let run = |l2: f64, decay: f64| {
        let parameters = vec![Parameter::<f64>::new(Tensor::from([1.0, 1.0]))];
        let mut optimizer = Adam::new(parameters.clone(), 1e-3);
        let scale = Tensor::from([10.0, 0.1]);
        let mut courses = [vec![1.0], vec![1.0]];
        random::with(Generator::seed(3), || {
            for _ in 0..steps {
                optimizer.zero_grad();
                // Every other gradient is the negative of the one before: in the mean nothing pulls.
                let noise: Tensor<f64> = Tensor::randn(2) * &scale;
                (&(parameters[0].get() * noise).sum(..) + l2_penalty(&parameters) * l2).backward();
                decay_weights(&parameters, 1e-3, decay);
                optimizer.step();
                let values = parameters[0].get().to_vec();
                courses.iter_mut().zip(values).for_each(|(course, value)| course.push(value));
            }
        });
        courses
    };
    let x: Vec<usize> = (0..=steps).collect();
    let panel = |title: &str, [large, small]: [Vec<f64>; 2]| {
        Curves::new(title)
            .x_label("step")
            .y_label("weight")
            .series_xy("gradients of size 10", &x, &large)
            .series_xy("gradients of size 0.1", &x, &small)
            .y_range(0.4, 1.05)
            .size(380.0, 280.0)
            .figure()
    };
    Ok(Figure::grid(
        "",
        [[panel("Adam, λ = 2 in the loss", run(2.0, 0.0))?, panel("Adam, λ = 2 decoupled", run(0.0, 2.0))?]],
    ))
}

/// A weight that the data hardly wants, under plain L1 gradients and under proximal steps.
pub(crate) fn zeros() -> Result<Figure> {
    let (rate, strength, steps) = (0.1, 1.0, 30);
    let run = |proximal: bool| {
        // ½(θ − 0.3)² wants 0.3, which is less than λ = 1.
        let parameters = vec![Parameter::<f64>::new(Tensor::from([1.55]))];
        let mut optimizer = Sgd::new(parameters.clone(), rate);
        let mut course = vec![1.55];
        for _ in 0..steps {
            optimizer.zero_grad();
            let mut loss = (parameters[0].get() - 0.3).square().sum(..) * 0.5;
            if !proximal {
                loss = loss + l1_penalty(&parameters) * strength;
            }
            loss.backward();
            optimizer.step();
            if proximal {
                proximal_step(&parameters, rate, strength);
            }
            course.push(parameters[0].get().item());
        }
        course
    };
    let x: Vec<usize> = (0..=steps).collect();
    let (plain, proximal) = (run(false), run(true));
    let panel = |title: &str, low: f64, high: f64, from: usize| {
        Curves::new(title)
            .x_label("step")
            .y_label("weight")
            .series_xy("gradient of λ|θ|", &x[from..], &plain[from..])
            .markers()
            .series_xy("proximal step", &x[from..], &proximal[from..])
            .markers()
            .y_range(low, high)
            .size(380.0, 280.0)
            .figure()
    };
    let whole = panel("30 steps", -0.2, 1.6, 0)?;
    Ok(Figure::grid("", [[whole, panel("The last of them", -0.1, 0.15, 12)?]]))
}

/// Soft and hard thresholding, and decay, for t = 1.
pub(crate) fn threshold() -> Result<Figure> {
    let x: Vec<f64> = (-300..=300).map(|i| f64::from(i) / 100.0).collect();
    let soft = soft_threshold(&Tensor::from_vec(x.clone(), [x.len()]), 1.0).to_vec();
    let hard: Vec<f64> = x.iter().map(|&v| if v.abs() > 1.0 { v } else { 0.0 }).collect();
    let shrunk: Vec<f64> = x.iter().map(|v| 0.5 * v).collect();
    Ok(Curves::new("")
        .x_label("x")
        .series_xy("soft thresholding S(x, 1)", &x, &soft)
        .series_xy("hard thresholding", &x, &hard)
        .dashed()
        .series_xy("decay: half of x", &x, &shrunk)
        .size(560.0, 300.0)
        .figure()?)
}
