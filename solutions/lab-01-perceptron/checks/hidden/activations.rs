//! Activations against other definitions, at and around the kink, and far out.

use grading::prelude::*;
use lab_01_perceptron::Activation::{self, *};

use crate::cases::{activations, rounded, slopes};
use crate::contract::Contract;
use crate::hidden::{Lab, oracle};

/// φ(x) and φ′(x) against the oracle.
fn compare(lab: Lab, activation: Activation, x: f64, tolerance: Tolerance) -> Verdict {
    let (value, derivative) = oracle::activation(activation, x);
    expect::close(&format!("{activation:?} of {x:e}"), &lab.value(activation, x)?, &value, tolerance)?;
    let name = format!("the derivative of {activation:?} at {x:e}");
    expect::close(&name, &lab.derivative(activation, x)?, &derivative, tolerance)?;
    Ok(())
}

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("activations_equal_their_definitions", "1")
            .law("Every activation and its derivative are what the formulas of the handout say.")
            .points(3)
            .cases(96)
            .hints(["Which function, and at which x? Put that x into the formula of the handout."])
            .property(
                (activations(), rounded(-12.0, 12.0)),
                |lab: Lab, &(activation, x): &(Activation, f64)| {
                    // GELU's integral is good to 3·10⁻¹², times x; the others to a few roundings of numbers up to 12.
                    compare(lab, activation, x, Tolerance { relative: 0.0, absolute: 5e-11 })
                },
            ),
        Check::new("activations_at_and_around_zero", "1")
            .law(
                "0 belongs to the left branch, in value and derivative; the next number above 0 to the \
                 right one.",
            )
            .points(2)
            .cases(64)
            .hints(["The condition of the right branch is x > 0."])
            .property(
                (
                    activations(),
                    prop_oneof![Just(0.0), Just(-0.0), Just(5e-324), Just(-5e-324), Just(1e-9), Just(-1e-9)],
                ),
                |lab: Lab, &(activation, x): &(Activation, f64)| {
                    compare(lab, activation, x, Tolerance::sum_of(2).times(2.0))
                },
            ),
        Check::new("activations_are_numbers_everywhere", "1")
            .law("No activation and no derivative is NaN, and both are right, for x up to ±10³⁰⁰.")
            .points(2)
            .cases(96)
            .hints([
                "Infinity divided by infinity and 0 times infinity are NaN. Which quotient or product is \
                 it?",
            ])
            .property(
                (activations(), 1..=300_i32, prop_oneof![Just(1.0), Just(-1.0)]),
                |lab: Lab, &(activation, exponent, sign): &(Activation, i32, f64)| {
                    let x = sign * 3.7 * 10_f64.powi(exponent);
                    // From 37 on Φ is 0 or 1 exactly, and what is left of the exponentials is below 10⁻¹⁵.
                    compare(lab, activation, x, Tolerance { relative: 1e-12, absolute: 1e-12 })
                },
            ),
        Check::new("elu_and_swish_have_limits", "1")
            .law(
                "ELU(cx)/c and Swish(cx)/c tend to ReLU(x) for c → ∞, ELU to −α for x → −∞, and ELU with \
                 α = 0 is ReLU; Swish lies above −0.2785, and Swish(x) − Swish(−x) = x.",
            )
            .hints(["Compare with the figure in the handout: where do the curves end?"])
            .property((rounded(-6.0, 6.0), slopes()), |lab: Lab, &(x, alpha): &(f64, f64)| {
                let c = 1e9;
                let relu = if x > 0.0 { x } else { 0.0 };
                // |ELU| ≤ α on the left; |Swish(cx) − ReLU(cx)| ≤ 0.2785.
                let small = Tolerance { relative: 1e-15, absolute: 2.0 / c };
                expect::close("ELU(cx)/c", &(lab.value(ELU(alpha), c * x)? / c), &relu, small)?;
                expect::close("Swish(cx)/c", &(lab.value(Swish, c * x)? / c), &relu, small)?;
                expect::close("ELU(−10⁹)", &lab.value(ELU(alpha), -1e9)?, &-alpha, Tolerance::EXACT)?;
                expect::close("ELU with α = 0", &lab.value(ELU(0.0), x)?, &relu, Tolerance::EXACT)?;
                let swish = lab.value(Swish, x)?;
                // W(1/e) = 0.27846454…, Lambert's function, is the depth of the dip.
                expect::that(swish >= -0.278_464_55, || format!("Swish({x}) = {swish}"))?;
                let odd = swish - lab.value(Swish, -x)?;
                expect::close("Swish(x) − Swish(−x)", &odd, &x, Tolerance::sum_of(4).times(6.0))?;
                Ok(())
            }),
    ]
}
