//! Step 3: windows as columns, and back.

use grading::prelude::*;
use tensor::Tensor;

use crate::cases::{Convolution, convolutions, inner, output_shape, views};
use crate::contract::Contract;
use crate::visible::Lab;

pub(crate) fn checks() -> Vec<Check<dyn Contract>> {
    vec![
        Check::new("im2col_copies_what_each_tap_sees", "3")
            .law(
                "Row (c·kh + a)·kw + b of the columns holds what tap (a, b) sees of channel c, from place to place; \
                 0 in the padding.",
            )
            .points(2)
            .hints([
                "The columns have one row for each channel and tap. Fill them row by row, in that order.",
                "Within a row, place (i, j) is at i·OW + j. `window.reach(0, a, height)` are the i for which tap a \
                 lies on the image; all others keep their 0.",
                "for a … for b … { let row = rows.next().unwrap(); for i in window.reach(0, a, height) { for j in \
                 window.reach(1, b, width) { row[i * ow + j] = plane[top * width + left] } } } with top and left \
                 from window.source",
            ])
            .property(convolutions(), |lab: Lab, case: &Convolution| {
                let (x, window) = (&case.x, case.window);
                let [batch, channels, height, width] = x.dims();
                let (rows, columns) = (views(&window, 0, height), views(&window, 1, width));
                let [kh, kw] = window.kernel;
                let (taps, places) = (channels * kh * kw, rows.len() * columns.len());
                let patch_by_patch = |transposed: bool| {
                    let order = if transposed { [batch, places, taps] } else { [batch, taps, places] };
                    Tensor::from_fn(order, |at| {
                        let (tap, place) = if transposed { (at[2], at[1]) } else { (at[1], at[2]) };
                        let (i, j) = (place / columns.len(), place % columns.len());
                        let (c, a, b) = (tap / (kh * kw), tap / kw % kh, tap % kw);
                        match (rows[i][a], columns[j][b]) {
                            (Some(row), Some(column)) => x.get([at[0], c, row, column]),
                            _ => 0.0,
                        }
                    })
                };
                let got = lab.im2col(x.clone(), window)?;
                expect::close("the columns", &got, &patch_by_patch(false), Tolerance::EXACT)
                    .suspect("the matrix is transposed, or filled patch by patch", || {
                        patch_by_patch(true).reshape([batch, taps, places])
                    })?;
                Ok(())
            }),
        Check::new("col2im_is_the_adjoint_of_im2col", "3")
            .law("⟨im2col(x), u⟩ = ⟨x, col2im(u)⟩ for all images x and columns u.")
            .points(2)
            .hints([
                "im2col copies x[place] to columns[row, column]. Its adjoint brings every number back the way it \
                 came.",
                "A place that three windows see was copied three times. What comes back from all three is added: +=.",
                "The loops of im2col, with `plane[…] += row[…]` in place of `row[…] = plane[…]`.",
            ])
            .property(
                convolutions().prop_flat_map(|case| {
                    let [batch, channels, height, width] = case.x.dims();
                    let [oh, ow] = output_shape(&case.window, [height, width]);
                    let [kh, kw] = case.window.kernel;
                    (Just(case), tensors([batch, channels * kh * kw, oh * ow]))
                }),
                |lab: Lab, (case, u): &(Convolution, Tensor<f64>)| {
                    let (x, window) = (&case.x, case.window);
                    let columns = lab.im2col(x.clone(), window)?;
                    let images = lab.col2im(u.clone(), x.dims(), window)?;
                    expect::equal("the shape of col2im(u)", images.shape(), x.shape())?;
                    // Both sides are sums of the products x·u of all entries of the columns.
                    let tolerance = Tolerance::sum_of(u.numel());
                    expect::close("⟨x, col2im(u)⟩", &inner(x, &images), &inner(&columns, u), tolerance)?;
                    Ok(())
                },
            ),
        Check::new("col2im_of_im2col_counts_the_windows", "3")
            .law("col2im(im2col(x)) is x times the number of windows and taps that see each place.")
            .hints([
                "Take stride 1 and 2 × 2 taps: how often does a place in the middle turn up among the columns?",
                "If a result is too small, does a later window overwrite what an earlier one brought?",
                "`+=`, beginning from zeros",
            ])
            .property(convolutions(), |lab: Lab, case: &Convolution| {
                let (x, window) = (&case.x, case.window);
                let [_, _, height, width] = x.dims();
                let count = |dim: usize, n: usize| {
                    let seen: Vec<usize> = views(&window, dim, n).into_iter().flatten().flatten().collect();
                    (0..n).map(|place| seen.iter().filter(|&&s| s == place).count() as f64).collect::<Vec<f64>>()
                };
                let rows = Tensor::from_vec(count(0, height), [height, 1]);
                let columns = Tensor::from_vec(count(1, width), [1, width]);
                let counts = rows * columns;
                let back = lab.col2im(lab.im2col(x.clone(), window)?, x.dims(), window)?;
                // A sum of as many equal numbers as there are windows and taps.
                let most = counts.to_vec().into_iter().fold(1.0, f64::max) as usize;
                expect::close("col2im(im2col(x))", &back, &(x * &counts), Tolerance::sum_of(most))
                    .suspect("overlaps overwrite one another: add them up", || x * counts.clamp(0.0, 1.0))?;
                Ok(())
            }),
    ]
}
