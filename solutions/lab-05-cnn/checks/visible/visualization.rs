//! Step 8: feature visualization.

use grading::prelude::*;
use lab_05_cnn::Ascent;
use tensor::Tensor;

use crate::cases::inner;
use crate::contract::Contract;
use crate::visible::Lab;

/// Images of pixels from [0, 1].
pub(crate) fn images() -> impl Strategy<Value = Tensor<f64>> {
    [1..=3_usize, 1..=3]
        .prop_flat_map(|[height, width]| tensors([1, 1, height, width]).prop_map(|x| (x + 1.0) * 0.5))
}

/// An image, and a tensor of its shape with entries from [−1, 1].
fn images_with_directions() -> impl Strategy<Value = (Tensor<f64>, Tensor<f64>)> {
    images().prop_flat_map(|image| {
        let direction = tensors(image.shape()).contiguous();
        (Just(image), direction)
    })
}

pub(crate) fn length(x: &Tensor<f64>) -> f64 {
    inner(x, x).sqrt()
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("ascent_step_has_its_length", "8")
            .law(
                "Within the box, a step leads from (1 − λ)x straight along the gradient, by exactly η, however long \
                 the gradient is.",
            )
            .points(2)
            .hints([
                "Three things happen in this order: decay, move, clamp.",
                "A gradient divided by its length has length 1; times η it has length η. `gradient.norm().item()` is \
                 the length.",
                "(image * (1.0 - decay) + gradient * (rate / norm)).clamp(0.0, 1.0)",
            ])
            .property(
                (images_with_directions(), 1..=100_u32, 0..=10_u32, -3..=3_i32),
                |lab: Lab, ((image, direction), rate, decay, scale): &((Tensor<f64>, Tensor<f64>), u32, u32, i32)| {
                    // Pixels between 0.4 and 0.6 decay to 0.36 at least; steps of at most 0.1 stay in the box.
                    let image = image * 0.2 + 0.4;
                    let gradient = (direction + 1.5) * 10_f64.powi(*scale);
                    let (rate, decay) = (f64::from(*rate) / 1000.0, f64::from(*decay) / 100.0);
                    let after = lab.ascent_step(image.clone(), gradient.clone(), Ascent { steps: 1, rate, decay })?;
                    let step = &after - &image * (1.0 - decay);
                    // A square root of a sum of as many squares, a quotient and three more operations; the step is
                    // what is left of numbers up to 1.
                    let tolerance = Tolerance::sum_of(image.numel() + 8);
                    expect::close("the length of the step", &length(&step), &rate, tolerance)
                        .suspect("the gradient is not divided by its length", || rate * length(&gradient))
                        .suspect("the image does not decay", || {
                            length(&(&image * decay + &gradient * (rate / length(&gradient))))
                        })?;
                    let along = inner(&step, &gradient) / length(&gradient);
                    expect::close("the part of the step along the gradient", &along, &rate, tolerance)
                        .suspect("it goes downhill", || -rate)?;
                    Ok(())
                },
            ),
        Check::new("ascent_stays_in_the_box_and_climbs", "8")
            .law(
                "On the plane ⟨a, x⟩ the objective never falls, all pixels stay between 0 and 1, and after enough \
                 steps each is at its end of the box: 1 where a > 0, 0 where a < 0.",
            )
            .points(2)
            .hints([
                "Which of the two ends of the box does the gradient point to, pixel by pixel?",
                "Clamp after each step, not only at the end. The path has the objective at the start and after \
                 every step.",
                "In each step: a leaf by image.requires_grad_(), the objective of it, push its item(), grad(&y, \
                 &[&leaf]), ascent_step; after the loop push the last objective.",
            ])
            .property(images_with_directions(), |lab: Lab, (start, direction): &(Tensor<f64>, Tensor<f64>)| {
                // No entry of a is so small that its pixel would take for ever.
                let a = direction.map(|v| if v < 0.0 { v - 0.5 } else { v + 0.5 });
                let rate = 0.1;
                let smallest = a.to_vec().into_iter().fold(f64::INFINITY, |m, v| m.min(v.abs()));
                let steps = (length(&a) / (rate * smallest)).ceil() as usize + 1;
                let (image, path) = lab.ascend_plane(a.clone(), start.clone(), Ascent { steps, rate, decay: 0.0 })?;
                expect::equal("the length of the path", path.len(), steps + 1)
                    .suspect("the objective of the start or of the last image is missing", || steps)?;
                let tolerance = Tolerance::sum_of(a.numel() + 1).times(1.5);
                expect::close("the path's first number", &path[0], &inner(&a, start), tolerance)?;
                expect::close("the path's last number", &path[steps], &inner(&a, &image), tolerance)?;
                let falls = path.windows(2).position(|pair| pair[1] < pair[0] - tolerance.bound(pair[0]));
                expect::that(falls.is_none(), || format!("the objective falls along the path {path:?}"))?;
                let corner = a.map(|v| f64::from(v > 0.0));
                expect::close("the last image", &image, &corner, Tolerance::EXACT)
                    .suspect("it goes downhill", || 1.0 - &corner)
                    .suspect("the start is returned", || start.clone())?;
                Ok(())
            }),
        Check::new("ascent_climbs_a_hill_to_its_top", "8")
            .law(
                "On the hill −½‖x − peak‖² each step leads η nearer to the peak: n steps end no farther from it than \
                 max(‖start − peak‖ − nη, η).",
            )
            .points(2)
            .hints([
                "The gradient changes from step to step. At which image is it computed?",
                "Every step needs a fresh leaf with the current image; a gradient of the first one leads past the top.",
                "let leaf = image.requires_grad_(); … image = ascent_step(&leaf.detach(), &gradient, ascent);",
            ])
            .property(
                (images_with_directions(), 0..=20_usize, 1..=20_u32),
                |lab: Lab, ((peak, direction), steps, rate): &((Tensor<f64>, Tensor<f64>), usize, u32)| {
                    let start = (direction + 1.0) * 0.5;
                    let (steps, rate) = (*steps, f64::from(*rate) / 100.0);
                    let (image, path) =
                        lab.ascend_hill(peak.clone(), start.clone(), Ascent { steps, rate, decay: 0.0 })?;
                    expect::equal("the length of the path", path.len(), steps + 1)?;
                    let away = |x: &Tensor<f64>| length(&(x - peak));
                    let farthest = (away(&start) - steps as f64 * rate).max(if steps == 0 { 0.0 } else { rate });
                    // Each step rounds, and so does the comparison.
                    let slack = Tolerance::sum_of(peak.numel() + 8).times((steps + 1) as f64).absolute;
                    expect::that(away(&image) <= farthest + slack, || {
                        format!(
                            "after {steps} steps of {rate} the image is {} from the peak; it was {} at first, and \
                             could be {farthest}",
                            away(&image),
                            away(&start)
                        )
                    })?;
                    let last = -0.5 * away(&image).powi(2);
                    expect::close("the path's last number", &path[steps], &last, Tolerance::sum_of(peak.numel() + 2))?;
                    Ok(())
                },
            ),
    ]
}
