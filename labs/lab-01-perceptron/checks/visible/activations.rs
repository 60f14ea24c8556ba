//! Step 1: activations and their derivatives.

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

/// φ(x) and φ′(x) of a function that consists of pieces, to be equal but for rounding.
fn expect_pieces(lab: Lab, activation: Activation, x: f64, value: f64, derivative: f64) -> Verdict {
    let tolerance = roundings(value);
    expect::close(&format!("{activation:?} of {x}"), &lab.value(activation, x)?, &value, tolerance)?;
    let name = format!("the derivative of {activation:?} at {x}");
    expect::close(&name, &lab.derivative(activation, x)?, &derivative, tolerance)?;
    Ok(())
}

/// φ′(x) against (φ(x + h) − φ(x − h))/2h, which differs from it by h²/6·φ‴ and by the rounding of φ over h. With
/// h = 10⁻⁵, |φ‴| ≤ 2 and |φ| ≤ 6, both together stay below 10⁻⁹.
fn expect_slope(lab: Lab, activation: Activation, x: f64, size_of_alpha: f64) -> Verdict {
    let h = 1e-5;
    let difference = (lab.value(activation, x + h)? - lab.value(activation, x - h)?) / (2.0 * h);
    let name = format!("the derivative of {activation:?} at {x}, against (φ(x + h) − φ(x − h))/2h");
    let tolerance = Tolerance { relative: 0.0, absolute: 1e-9 * (1.0 + size_of_alpha) };
    expect::close(&name, &lab.derivative(activation, x)?, &difference, tolerance)?;
    Ok(())
}

/// Values and derivatives where x is far out.
fn expect_far(
    lab: Lab,
    activation: Activation,
    value: impl Fn(f64) -> f64,
    derivative: impl Fn(f64) -> f64,
) -> Verdict {
    for x in FAR {
        let got = lab.value(activation, x)?;
        expect::close(&format!("{activation:?} of {x}"), &got, &value(x), roundings(value(x)))?;
        let name = format!("the derivative of {activation:?} at {x}");
        expect::close(&name, &lab.derivative(activation, x)?, &derivative(x), roundings(1.0))?;
    }
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
            .law(
                "σ(x) = ½(1 + tanh(x/2)), so σ(x) + σ(−x) = 1; the derivative is the slope; far out both \
                 are finite.",
            )
            .points(2)
            .hints([
                "e⁻ˣ is (-x).exp(). What are σ(0) and σ′(0)?",
                "For x = 1000 the number eˣ is infinite, and infinity divided by infinity is no number. \
                 1/(1 + e⁻ˣ) has no such quotient.",
                "sigmoid: 1.0 / (1.0 + (-x).exp()); sigmoid_derivative: sigmoid(x) * (1.0 - sigmoid(x))",
            ])
            .property(numbers(), |lab: Lab, &x: &f64| {
                let expected = 0.5 * (1.0 + (x / 2.0).tanh());
                expect::close(&format!("σ({x})"), &lab.value(Sigmoid, x)?, &expected, roundings(1.0))
                    .suspect("the sign in the exponent", || 1.0 - expected)?;
                expect_slope(lab, Sigmoid, x, 0.0)?;
                expect_far(lab, Sigmoid, step, |_| 0.0)
            }),
        Check::new("tanh_is_a_stretched_sigmoid", "1")
            .law(
                "tanh(x) = 2σ(2x) − 1 = (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ); the derivative is the slope; far out both \
                 are finite.",
            )
            .points(2)
            .hints([
                "The quotient of the lecture is right on paper. What is it at x = 1000?",
                "f64 has a method for it. Or use your sigmoid.",
                "tanh: x.tanh(); tanh_derivative: 1.0 - tanh(x) * tanh(x)",
            ])
            .property(numbers(), |lab: Lab, &x: &f64| {
                let expected = (x.exp() - (-x).exp()) / (x.exp() + (-x).exp());
                expect::close(&format!("tanh({x})"), &lab.value(Tanh, x)?, &expected, roundings(1.0))?;
                expect_slope(lab, Tanh, x, 0.0)?;
                expect_far(lab, Tanh, f64::signum, |_| 0.0)
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
                expect_pieces(lab, ELU(alpha), x, value, derivative)?;
                expect_far(lab, ELU(alpha), |x| if x > 0.0 { x } else { -alpha }, step)
            }),
        Check::new("swish_is_x_times_sigmoid", "1")
            .law("Swish(x) = x·½(1 + tanh(x/2)); the derivative is the slope; far out it is x or 0.")
            .points(2)
            .hints([
                "Swish is a product of two functions of x. What is the derivative of a product?",
                "(x·σ)′ = σ + x·σ′.",
                "swish: x * sigmoid(x); swish_derivative: sigmoid(x) + x * sigmoid_derivative(x)",
            ])
            .property(numbers(), |lab: Lab, &x: &f64| {
                let expected = x * 0.5 * (1.0 + (x / 2.0).tanh());
                expect::close(&format!("Swish({x})"), &lab.value(Swish, x)?, &expected, roundings(x))?;
                expect_slope(lab, Swish, x, 0.0)?;
                expect_far(lab, Swish, |x| x.max(0.0), step)
            }),
        Check::new("gelu_is_x_times_the_normal_cdf", "1")
            .law("GELU(x) = x·Φ(x) with Φ(0) = ½ and the values of the tables; the derivative is the slope.")
            .points(2)
            .hints([
                "normal_cdf and normal_density are given at the end of the file.",
                "GELU is a product of two functions of x, and Φ′ is the density.",
                "gelu: x * normal_cdf(x); gelu_derivative: normal_cdf(x) + x * normal_density(x)",
            ])
            .property(numbers(), |lab: Lab, &x: &f64| {
                // Φ(½), Φ(1) and Φ(2), from any table.
                for (x, cdf) in
                    [(0.5, 0.691_462_461_274_013), (1.0, 0.841_344_746_068_543), (2.0, 0.977_249_868_051_821)]
                {
                    for (x, cdf) in [(x, cdf), (-x, 1.0 - cdf)] {
                        let got = lab.value(GELU, x)?;
                        let tolerance = Tolerance { relative: 0.0, absolute: 1e-14 };
                        expect::close(&format!("GELU({x})"), &got, &(x * cdf), tolerance)
                            .suspect("it is the approximation with tanh", || tanh_gelu(x))?;
                    }
                }
                // xΦ(x) − (−x)Φ(−x) = x(Φ(x) + Φ(−x)) = x.
                let odd = lab.value(GELU, x)? - lab.value(GELU, -x)?;
                expect::close(&format!("GELU({x}) − GELU(−{x})"), &odd, &x, roundings(x))?;
                expect_slope(lab, GELU, x, 0.0)?;
                expect_far(lab, GELU, |x| x.max(0.0), step)
            }),
    ]
}

/// The approximation of Hendrycks and Gimpel, which older code uses.
fn tanh_gelu(x: f64) -> f64 {
    0.5 * x * (1.0 + (std::f64::consts::FRAC_2_PI.sqrt() * (x + 0.044715 * x.powi(3))).tanh())
}
