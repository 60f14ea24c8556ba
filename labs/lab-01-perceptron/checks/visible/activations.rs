//! Step 1: activations and their derivatives.

use std::f64::consts::{FRAC_2_PI, SQRT_2};

use grading::prelude::*;
use lab_01_perceptron::Activation::{self, *};

use crate::cases::{numbers, slopes};
use crate::contract::Contract;
use crate::visible::Lab;

/// Far out, where eˣ overflows or is 0.
const FAR: [f64; 4] = [-1e8, -1000.0, 1000.0, 1e8];

/// A few roundings of numbers up to `size`.
fn roundings(size: f64) -> Tolerance {
    Tolerance::sum_of(4).times(size.abs().max(1.0))
}

/// φ(x), to be equal but for rounding.
fn expect_value(lab: Lab, activation: Activation, x: f64, value: f64) -> Verdict {
    expect::close(&format!("{activation:?} of {x}"), &lab.value(activation, x)?, &value, roundings(value))?;
    Ok(())
}

/// φ(x) and φ′(x) of a function that consists of pieces, to be equal but for rounding.
fn expect_pieces(lab: Lab, activation: Activation, x: f64, value: f64, derivative: f64) -> Verdict {
    expect_value(lab, activation, x, value)?;
    let name = format!("the derivative of {activation:?} at {x}");
    expect::close(&name, &lab.derivative(activation, x)?, &derivative, roundings(derivative))?;
    Ok(())
}

/// φ′(x) against (φ(x + h) − φ(x − h))/2h, which differs from it by h²/6·φ‴ and by the rounding of φ over h. With
/// h = 10⁻⁵, |φ‴| ≤ 2 and |φ| ≤ 6, both together stay below 10⁻⁹. A likely mistake comes with the answer it gives.
fn expect_slope(lab: Lab, activation: Activation, x: f64, (mistake, answer): (&str, f64)) -> Verdict {
    let h = 1e-5;
    let difference = (lab.value(activation, x + h)? - lab.value(activation, x - h)?) / (2.0 * h);
    let name = format!("the derivative of {activation:?} at {x}, against (φ(x + h) − φ(x − h))/2h,");
    let tolerance = Tolerance { relative: 0.0, absolute: 1e-9 };
    expect::close(&name, &lab.derivative(activation, x)?, &difference, tolerance)
        .suspect(mistake, || answer)?;
    Ok(())
}

/// 0 on the left, 1 on the right.
fn step(x: f64) -> f64 {
    f64::from(x > 0.0)
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("heaviside_steps_after_zero", "1")
            .law("Θ(x) is 0 for x ≤ 0 and 1 for x > 0; its derivative is 0 everywhere.")
            .hints([
                "Which of the two branches does 0 belong to?",
                "An `if` is an expression: if x > 0.0 { … } else { … } has a value.",
                "heaviside: if x > 0.0 { 1.0 } else { 0.0 }; heaviside_derivative: 0.0",
            ])
            .property(numbers(), |lab: Lab, &x: &f64| expect_pieces(lab, Heaviside, x, step(x), 0.0)),
        Check::new("sigmoid_is_a_soft_step", "1")
            .law("σ(x) = ½(1 + tanh(x/2)), so σ(x) + σ(−x) = 1; the derivative is the slope.")
            .points(2)
            .hints([
                "e⁻ˣ is (-x).exp(). What are σ(0) and σ′(0)?",
                "The sum 1 + e⁻ˣ stands under the line, in parentheses: 1/(1 + e⁻ˣ).",
                "sigmoid: 1.0 / (1.0 + (-x).exp()); sigmoid_derivative: sigmoid(x) * (1.0 - sigmoid(x))",
            ])
            .property(numbers(), |lab: Lab, &x: &f64| {
                let expected = 0.5 * (1.0 + (x / 2.0).tanh());
                expect::close(&format!("Sigmoid of {x}"), &lab.value(Sigmoid, x)?, &expected, roundings(1.0))
                    .suspect("the sign in the exponent", || 1.0 - expected)?;
                expect_slope(lab, Sigmoid, x, ("the x of x(1 − x) is the output, σ(x)", x * (1.0 - x)))
            }),
        Check::new("tanh_is_a_stretched_sigmoid", "1")
            .law("tanh(x) = 2σ(2x) − 1 = (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ); the derivative is the slope.")
            .points(2)
            .hints([
                "What are tanh(0) and tanh′(0)?",
                "f64 has a method for it. Or use your sigmoid.",
                "tanh: x.tanh(); tanh_derivative: 1.0 - tanh(x) * tanh(x)",
            ])
            .property(numbers(), |lab: Lab, &x: &f64| {
                let expected = (x.exp() - (-x).exp()) / (x.exp() + (-x).exp());
                expect_value(lab, Tanh, x, expected)?;
                expect_slope(lab, Tanh, x, ("the x of 1 − x² is the output, tanh(x)", 1.0 - x * x))
            }),
        Check::new("relu_keeps_what_is_positive", "1")
            .law("ReLU(x) is 0 for x ≤ 0 and x for x > 0; its derivative is 0 for x ≤ 0 and 1 for x > 0.")
            .hints([
                "What is the slope of each of the two pieces, and which piece does 0 belong to?",
                "The derivative is the step of Heaviside.",
                "relu: if x > 0.0 { x } else { 0.0 }; relu_derivative: if x > 0.0 { 1.0 } else { 0.0 }",
            ])
            .property(numbers(), |lab: Lab, &x: &f64| expect_pieces(lab, ReLU, x, f64::max(x, 0.0), step(x))),
        Check::new("leaky_relu_lets_some_through", "1")
            .law(
                "Leaky ReLU is αx for x ≤ 0 and x for x > 0, for any α, also above 1; at 0 its \
                 derivative is α.",
            )
            .hints([
                "What is the slope of each of the two pieces?",
                "The larger of αx and x is the right piece only as long as α ≤ 1.",
                "leaky_relu: if x > 0.0 { x } else { alpha * x }; the derivative: if x > 0.0 { 1.0 } \
                 else { alpha }",
            ])
            .property((numbers(), slopes()), |lab: Lab, &(x, alpha): &(f64, f64)| {
                let (value, derivative) = if x > 0.0 { (x, 1.0) } else { (alpha * x, alpha) };
                expect::close(
                    &format!("{:?} of {x}", LeakyReLU(alpha)),
                    &lab.value(LeakyReLU(alpha), x)?,
                    &value,
                    roundings(value),
                )
                .suspect("the larger of αx and x is right for α ≤ 1 only", || x.max(alpha * x))?;
                expect_pieces(lab, LeakyReLU(alpha), x, value, derivative)
            }),
        Check::new("elu_bends_down_to_minus_alpha", "1")
            .law("ELU is α(eˣ − 1) for x ≤ 0 and x for x > 0; its derivative αeˣ for x ≤ 0 and 1 for x > 0.")
            .hints([
                "The derivative of eˣ is eˣ; α stays a factor.",
                "Take the branch first, and only then compute: the other branch may overflow.",
                "elu: if x > 0.0 { x } else { alpha * x.exp_m1() }; the derivative: if x > 0.0 { 1.0 } \
                 else { alpha * x.exp() }",
            ])
            .property((numbers(), slopes()), |lab: Lab, &(x, alpha): &(f64, f64)| {
                let (value, derivative) =
                    if x > 0.0 { (x, 1.0) } else { (alpha * (x.exp() - 1.0), alpha * x.exp()) };
                expect_pieces(lab, ELU(alpha), x, value, derivative)
            }),
        Check::new("swish_is_x_times_sigmoid", "1")
            .law("Swish(x) = x·½(1 + tanh(x/2)); the derivative is the slope.")
            .points(2)
            .hints([
                "Swish is a product of two functions of x. What is the derivative of a product?",
                "(x·σ)′ = σ + x·σ′.",
                "swish: x * sigmoid(x); swish_derivative: sigmoid(x) + x * sigmoid_derivative(x)",
            ])
            .property(numbers(), |lab: Lab, &x: &f64| {
                let sigmoid = 0.5 * (1.0 + (x / 2.0).tanh());
                expect_value(lab, Swish, x, x * sigmoid)?;
                expect_slope(lab, Swish, x, ("x·σ′(x) is missing: the product rule has two terms", sigmoid))
            }),
        Check::new("gelu_is_x_times_the_normal_cdf", "1")
            .law("GELU(x) = x·Φ(x) with Φ(x) = ½(1 + erf(x/√2)); the derivative is the slope.")
            .points(2)
            .hints([
                "normal_cdf and normal_density are given at the end of the file.",
                "GELU is a product of two functions of x, and Φ′ is the density.",
                "gelu: x * normal_cdf(x); gelu_derivative: normal_cdf(x) + x * normal_density(x)",
            ])
            .property(numbers(), |lab: Lab, &x: &f64| {
                let cdf = 0.5 * (1.0 + libm::erf(x / SQRT_2));
                expect::close(&format!("GELU of {x}"), &lab.value(GELU, x)?, &(x * cdf), roundings(x))
                    .suspect("it is the approximation with tanh", || tanh_gelu(x))?;
                expect_slope(lab, GELU, x, ("x·Φ′(x) is missing: the product rule has two terms", cdf))
            }),
        Check::new("far_out_nothing_is_nan", "1")
            .law(
                "For x = ±1000 and ±10⁸ sigmoid is 0 or 1, tanh −1 or 1, ELU −α or x, Swish and GELU 0 or \
                 x; the derivatives are 0 or 1.",
            )
            .points(2)
            .hints([
                "For x = 1000 the number eˣ is infinite, and infinity divided by infinity is no number: \
                 NaN.",
                "1/(1 + e⁻ˣ) has no such quotient, nor has x.tanh(). In ELU take the branch first, and \
                 only then compute.",
                "sigmoid: 1.0 / (1.0 + (-x).exp()); tanh: x.tanh(); elu: if x > 0.0 { x } else { alpha * \
                 x.exp_m1() }",
            ])
            .example(|lab: Lab| {
                for x in FAR {
                    let relu = x.max(0.0);
                    for (activation, value, slope) in [
                        (Sigmoid, step(x), 0.0),
                        (Tanh, x.signum(), 0.0),
                        (ELU(1.0), if x > 0.0 { x } else { -1.0 }, step(x)),
                        (Swish, relu, step(x)),
                        (GELU, relu, step(x)),
                    ] {
                        expect_pieces(lab, activation, x, value, slope)?;
                    }
                }
                Ok(())
            }),
    ]
}

/// The approximation of Hendrycks and Gimpel, which older code uses.
fn tanh_gelu(x: f64) -> f64 {
    0.5 * x * (1.0 + (FRAC_2_PI.sqrt() * (x + 0.044715 * x.powi(3))).tanh())
}
