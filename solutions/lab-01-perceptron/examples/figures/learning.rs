//! Rosenblatt's rule: what it does to the border, and why it comes to an end.

use lab_01_perceptron::{Perceptron, margin, mistake_bound, radius};
use plots::{Curves, Diagram, Figure, Lettering, Rgb, Style};
use tensor::Generator;

use crate::drawing::*;

/// A mistake in the plane, without a bias: before, the step, after.
pub(crate) fn rule() -> Figure {
    let mut diagram = Diagram::new("One step of Rosenblatt's rule", 720.0, 262.0);
    let x = [-0.35, 0.95];
    let before = Perceptron { weight: vec![1.15, -0.2], bias: 0.0 };
    // In two dimensions, so that it can be drawn: the bias stays out.
    let after = Perceptron { weight: vec![before.weight[0] + x[0], before.weight[1] + x[1]], bias: 0.0 };
    panel(&mut diagram, 120.0, "a mistake: y = 1, but w·x < 0", &before, x, None);
    panel(&mut diagram, 360.0, "the step: w + y·x", &before, x, Some(&after));
    panel(&mut diagram, 600.0, "now w·x > 0", &after, x, None);
    diagram.figure()
}

fn panel(
    diagram: &mut Diagram,
    middle: f64,
    title: &str,
    now: &Perceptron,
    x: [f64; 2],
    next: Option<&Perceptron>,
) {
    let (center, scale, reach) = ((middle, 150.0), 72.0, 105.0);
    let at = |v: &[f64]| (center.0 + scale * v[0], center.1 - scale * v[1]);
    diagram.text((middle, 22.0), title, Lettering::size(13.5).bold());
    let length = now.weight[0].hypot(now.weight[1]);
    let (along, across) =
        ((-now.weight[1] / length, now.weight[0] / length), (now.weight[0] / length, now.weight[1] / length));
    let corner = |s: f64, t: f64| {
        (center.0 + reach * (s * along.0 + t * across.0), center.1 - reach * (s * along.1 + t * across.1))
    };
    // Half a disc of the half plane in which the perceptron says 1.
    let arc: Vec<Place> = (0..=60)
        .map(|i| std::f64::consts::PI * f64::from(i) / 60.0)
        .map(|angle| corner(angle.cos(), angle.sin()))
        .collect();
    diagram.polygon(&arc, Style::fill(tint(GREEN, 0.12)));
    diagram.line(&[corner(-1.0, 0.0), corner(1.0, 0.0)], Style::line(INK, 1.6));
    diagram.arrow(&[center, at(&now.weight)], Style::line(ORANGE, 2.2));
    let name = |diagram: &mut Diagram, v: &[f64], text: &str, color: Rgb| {
        let tip = at(v);
        let away = (tip.0 - center.0).hypot(tip.1 - center.1);
        let out = 15.0 / away;
        let place = (tip.0 + out * (tip.0 - center.0), tip.1 + out * (tip.1 - center.1));
        diagram.text(place, text, Lettering::size(15.0).bold().color(color));
    };
    name(diagram, &now.weight, "w", ORANGE);
    if let Some(next) = next {
        diagram.arrow(&[at(&now.weight), at(&next.weight)], Style::line(BLUE, 1.6).dashed());
        diagram.arrow(&[center, at(&next.weight)], Style::line(ORANGE, 2.2));
        name(diagram, &next.weight, "w + x", ORANGE);
    }
    diagram.line(&[center, at(&x)], Style::line(tint(BLUE, 0.5), 1.2).dashed());
    diagram.circle(at(&x), 6.5, Style::fill(BLUE).outline(WHITE, 1.5));
    name(diagram, &x, "x", BLUE);
    diagram.circle(center, 2.5, Style::fill(INK));
}

/// The length of w between the two curves of the proof, in a run on points of a space of 30 dimensions.
pub(crate) fn novikoff() -> plots::Result<Figure> {
    const DIM: usize = 30;
    let mut generator = Generator::seed(0);
    // Of length 1: in many dimensions two of them are nearly at right angles, and ‖w‖ comes close to R√k.
    let mut direction = || -> Vec<f64> {
        let normal: Vec<f64> = (0..DIM).map(|_| generator.uniform() + generator.uniform() - 1.0).collect();
        let length = normal.iter().map(|x| x * x).sum::<f64>().sqrt();
        normal.iter().map(|x| x / length).collect()
    };
    let separator = Perceptron { weight: direction(), bias: 0.0 };
    let (mut points, mut labels) = (Vec::new(), Vec::new());
    while points.len() < 200 {
        let point = direction();
        if separator.score(&point).abs() > 0.2 {
            labels.push(separator.predict(&point));
            points.push(point);
        }
    }
    let (r, gamma) = (radius(&points), margin(&separator, &points, &labels));
    let bound = mistake_bound(r, gamma);
    let length = |p: &Perceptron| (p.weight.iter().map(|w| w * w).sum::<f64>() + p.bias * p.bias).sqrt();
    let along =
        |p: &Perceptron| (p.score(&separator.weight) - p.bias + p.bias * separator.bias) / length(&separator);
    let mut perceptron = Perceptron::new(DIM);
    let (mut lengths, mut components) = (vec![0.0], vec![0.0]);
    loop {
        let before = lengths.len();
        for (x, &label) in points.iter().zip(&labels) {
            if perceptron.learn(x, label) {
                lengths.push(length(&perceptron));
                components.push(along(&perceptron));
            }
        }
        if lengths.len() == before {
            break;
        }
    }
    let mistakes: Vec<f64> = (0..lengths.len()).map(|k| k as f64).collect();
    let all: Vec<f64> = (0..=100).map(|i| 1.15 * bound * f64::from(i) / 100.0).collect();
    Curves::new("")
        .x_label("mistakes k")
        .y_label("length")
        .series_xy("R√k: ‖w‖ is at most that", &all, &all.iter().map(|k| r * k.sqrt()).collect::<Vec<_>>())
        .series_xy("γk: w·u is at least that", &all, &all.iter().map(|k| gamma * k).collect::<Vec<_>>())
        .series_xy("‖w‖, measured", &mistakes, &lengths)
        .series_xy("w·u, measured", &mistakes, &components)
        .mark(bound, &format!("(R/γ)² = {bound:.0}"))
        .mark(mistakes.len() as f64 - 1.0, &format!("separated after {}", mistakes.len() - 1))
        .size(720.0, 360.0)
        .figure()
}
