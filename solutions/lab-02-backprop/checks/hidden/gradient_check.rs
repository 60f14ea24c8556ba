//! Step 6: the gradient check, checked.

use grading::prelude::*;
use lab_02_backprop::TOLERANCE;
use tensor::Tensor;

use crate::contract::{Contract, Function};
use crate::hidden::Lab;
use crate::visible::{DIFFERENCES, function_inputs};

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("differences_at_large_numbers", "6")
            .law("At |x| = 10⁶ the step grows with x, and the derivative of x² is right to eight digits; with h = 6e-6 it is not.")
            .points(2)
            .hints(["x + h must differ from x by h: at 10⁶ the spacing of f64 is 1e-10."])
            .property(prop_oneof![1_000_000..=9_000_000_i32, -9_000_000..=-1_000_000], |lab: Lab, &x: &i32| {
                let x = f64::from(x);
                let h = lab.step_size(x)?;
                let got = lab.central_difference(Function::Square, x, h)?;
                // Rounding: ε·f/h = ε·x²/(ε^⅓·|x|), of the slope 2|x| the share ε^⅔/2 = 2e-11, a few times over.
                expect::close("the slope of x²", &got, &(2.0 * x), Tolerance { relative: 5e-10, absolute: 0.0 })?;
                let numbers = Tensor::from_vec(vec![x, 1.0, -x], [3]);
                let gradient = lab.numerical_gradient(Function::Linear, numbers)?;
                let expected = Tensor::from_vec(vec![1.0, -0.5, 1.0 / 3.0], [3]);
                // The entry that is 1 has a small step beside values of 10⁶: ε·|f|/h = 3e-4 of 1.
                expect::close("the gradient of a sum", &gradient, &expected, Tolerance::within(2e-3))?;
                Ok(())
            }),
        Check::new("gradient_check_is_not_fooled_by_nan", "6")
            .law(
                "A gradient with NaN or ∞ at any place fails, and the error says so: it is infinite. Of several such \
                 places the first is named.",
            )
            .points(2)
            .hints(["NaN compares as false with everything: `error > worst` never sees it."])
            .property(
                (function_inputs(), any::<[u16; 2]>(), 0..=2_u8),
                |lab: Lab, ((function, x), places, kind): &((Function, Tensor<f64>), [u16; 2], u8)| {
                    let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY][usize::from(*kind)];
                    let mut numbers = function.gradient(x).to_vec();
                    let places = places.map(|place| usize::from(place) % numbers.len());
                    for place in places {
                        numbers[place] = bad;
                    }
                    let gradient = Tensor::from_vec(numbers, x.shape());
                    let check = lab.check_gradient(*function, x.clone(), gradient)?;
                    expect::that(!check.passes, || format!("a gradient with {bad} passes: {check:?}"))?;
                    expect::equal("the error", check.error, f64::INFINITY)?;
                    expect::equal("the place", check.place, places[0].min(places[1]))
                        .suspect("the last of several is named", || places[0].max(places[1]))?;
                    Ok(())
                },
            ),
        Check::new("gradient_check_draws_the_line", "6")
            .law("An error of a thousandth fails wherever it is; one of a hundred-millionth passes; the error is what was put in.")
            .points(3)
            .hints(["The verdict hangs on the largest relative error and TOLERANCE alone."])
            .property(
                (function_inputs(), any::<u16>(), any::<bool>()),
                |lab: Lab, ((function, x), place, large): &((Function, Tensor<f64>), u16, bool)| {
                    let mut numbers = function.gradient(x).to_vec();
                    let place = usize::from(*place) % numbers.len();
                    expect::assume(numbers[place].abs() > 0.05)?;
                    let size = if *large { 1e-3 } else { 1e-8 };
                    numbers[place] *= 1.0 + size;
                    let gradient = Tensor::from_vec(numbers.clone(), x.shape());
                    let check = lab.check_gradient(*function, x.clone(), gradient)?;
                    expect::equal("the verdict", check.passes, !large)?;
                    expect::that(check.passes == (check.error <= TOLERANCE), || format!("the verdict contradicts the error: {check:?}"))?;
                    if *large {
                        expect::equal("the place", check.place, place)?;
                        expect::equal("the gradient's entry", check.gradient, numbers[place])?;
                        let difference = numbers[place] / (1.0 + size);
                        expect::close("the difference", &check.difference, &difference, DIFFERENCES)?;
                        // The error that was put in, up to that of the difference, in parts of an entry above 0.05.
                        expect::close("the error", &check.error, &(size / (1.0 + size)), Tolerance::within(2e-5))?;
                    }
                    Ok(())
                },
            ),
    ]
}
