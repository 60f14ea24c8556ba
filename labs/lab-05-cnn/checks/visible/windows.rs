//! Step 1: where a window stands.

use grading::prelude::*;
use lab_05_cnn::{Padding, Window};

use crate::cases::{least_size, views, windows_up_to};
use crate::contract::Contract;
use crate::visible::Lab;

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("margins_of_every_padding", "1")
            .law(
                "\"Valid\" adds nothing, numbers add themselves on both sides, and \"same\" adds d(k − 1) places in \
                 all: one half on each side, the odd one behind.",
            )
            .hints([
                "The three kinds of padding are the three arms of a `match self.padding`.",
                "For Same, total = d(k − 1). Whole numbers divide downwards: total / 2 is what goes in front. \
                 What is left for behind?",
                "Padding::Same => { let total = self.dilation[dim] * …; (total / 2, total - total / 2) }",
            ])
            .property((windows_up_to(5, 3, 3, 3), 0..2_usize), |lab: Lab, &(window, dim): &(Window, usize)| {
                let (before, after) = lab.margins(window, dim)?;
                match window.padding {
                    Padding::Valid => expect::equal("the margins", (before, after), (0, 0))?,
                    Padding::Numbers(numbers) => {
                        let (mine, others) = (numbers[dim], numbers[1 - dim]);
                        expect::equal("the margins", (before, after), (mine, mine))
                            .suspect("the number of the other dimension is taken", || (others, others))
                            .suspect("nothing is added behind", || (mine, 0))?;
                    }
                    Padding::Same => {
                        let (k, d) = (window.kernel[dim], window.dilation[dim]);
                        let steps = k - 1;
                        expect::equal("before + after", before + after, steps * d)
                            .suspect("the dilation is forgotten", || steps)
                            .suspect("k − 1 is halved downwards twice: an odd one is lost", || steps * d / 2 * 2)
                            .suspect("it is k, not k − 1, that is spread", || k * d)?;
                        expect::that(before <= after && after <= before + 1, || {
                            format!("{before} before and {after} after are not halves with the odd one behind")
                        })?;
                    }
                }
                Ok(())
            }),
        Check::new("output_size_counts_the_positions", "1")
            .law(
                "The output has one place for each position of the window: begin at the front of the extended input \
                 and move on by the stride while the last tap is still inside.",
            )
            .hints([
                "Draw 7 places and a window of 3 taps, and move it by 2. How many positions are there, and which \
                 places are left over?",
                "The first tap can stand at 0, s, 2s, … up to before + n + after − (d(k − 1) + 1). Count those.",
                "(before + n + after - self.dilation[dim] * (self.kernel[dim] - 1) - 1) / self.stride[dim] + 1",
            ])
            .property(
                (windows_up_to(4, 4, 3, 3), 0..2_usize, 0..9_usize),
                |lab: Lab, &(window, dim, more): &(Window, usize, usize)| {
                    let n = least_size(&window, dim) + more;
                    let positions = |window: Window| views(&window, dim, n).len();
                    expect::equal("the output's size", lab.output_size(window, dim, n)?, positions(window))
                        .suspect("the dilation is forgotten: the taps span d(k − 1) + 1 places", || {
                            let [before, after] = margins_in(&window, dim);
                            (before + n + after - window.kernel[dim]) / window.stride[dim] + 1
                        })
                        .suspect("the stride is forgotten", || positions(window.stride([1, 1])))
                        .suspect("the padding counts once, not on both sides", || {
                            let [before, _] = margins_in(&window, dim);
                            let span = window.dilation[dim] * (window.kernel[dim] - 1) + 1;
                            (before + n - span) / window.stride[dim] + 1
                        })
                        .suspect("the first position is not counted (+ 1)", || positions(window) - 1)?;
                    Ok(())
                },
            ),
        Check::new("source_is_the_place_under_the_tap", "1")
            .law("Tap t of the window at position o lies on place o·s + t·d − before, or on padding.")
            .hints([
                "Position o begins at o·s in the extended input. Where is its tap t there? And where in the input \
                 itself, which begins `before` places later?",
                "Places are `usize`, which has no negative numbers: `a.checked_sub(b)` is None where a < b. Places \
                 from n on are padding too.",
                "(o * s + t * d).checked_sub(before).filter(|&place| place < n)",
            ])
            .property(
                (windows_up_to(4, 4, 3, 3), 0..2_usize, 0..5_usize),
                |lab: Lab, &(window, dim, more): &(Window, usize, usize)| {
                    let n = least_size(&window, dim) + more;
                    for (output, taps) in views(&window, dim, n).into_iter().enumerate() {
                        for (tap, place) in taps.into_iter().enumerate() {
                            let name = format!("the place under tap {tap} at position {output} of {n} places");
                            let [before, _] = margins_in(&window, dim);
                            let [s, d] = [window.stride[dim], window.dilation[dim]];
                            expect::equal(&name, lab.source(window, dim, output, tap, n)?, place)
                                .suspect("the padding in front is not subtracted", || Some(output * s + tap * d))
                                .suspect("the dilation is forgotten", || (output * s + tap).checked_sub(before))
                                .suspect("the stride is forgotten", || (output + tap * d).checked_sub(before))?;
                        }
                    }
                    Ok(())
                },
            ),
        Check::new("same_padding_keeps_height_and_width", "1")
            .law("With \"same\" padding and stride 1 the output is as large as the input; with stride s, ⌈n/s⌉.")
            .hints([
                "A window of stride 1 loses d(k − 1) positions; \"same\" gives them back.",
                "Is the padding counted on both sides, and is the odd one of an even kernel there?",
                "output_size with before + after = d(k − 1) is (n − 1) / s + 1.",
            ])
            .property(
                (windows_up_to(5, 4, 3, 0), 0..2_usize, 1..20_usize),
                |lab: Lab, &(window, dim, n): &(Window, usize, usize)| {
                    let window = window.padding(Padding::Same);
                    let got = lab.output_size(window, dim, n)?;
                    expect::equal("the output's size", got, n.div_ceil(window.stride[dim]))
                        .suspect("an even kernel has an odd number of places to add", || n - 1)?;
                    Ok(())
                },
            ),
    ]
}

/// The margins by looking at what the first tap sees at first, with stride 1.
fn margins_in(window: &Window, dim: usize) -> [usize; 2] {
    let taps_see = views(&window.stride([1, 1]), dim, 50);
    let padded = |tap: usize| taps_see.iter().filter(|view| view[tap].is_none()).count();
    [padded(0), padded(window.kernel[dim] - 1)]
}
