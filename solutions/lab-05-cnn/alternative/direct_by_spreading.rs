//! Goes through the input and spreads each number to the outputs that see it (the transposed order of the loops).
// REPLACE 2.1
    let mut y = vec![T::zero(); batch * out_channels * oh * ow];
    for (place, y) in y.iter_mut().enumerate() {
        *y = bias.get([place / (oh * ow) % out_channels]);
    }
    for n in 0..batch {
        for c in 0..channels {
            let group = c / inputs;
            for a in 0..kh {
                for b in 0..kw {
                    for i in window.reach(0, a, height) {
                        for j in window.reach(1, b, width) {
                            let Some(row) = window.source(0, i, a, height) else { continue };
                            let Some(column) = window.source(1, j, b, width) else { continue };
                            let x = x.get([n, c, row, column]);
                            for o in group * outputs..(group + 1) * outputs {
                                y[((n * out_channels + o) * oh + i) * ow + j] += weight.get([o, c % inputs, a, b]) * x;
                            }
                        }
                    }
                }
            }
        }
    }
    Tensor::from_vec(y, [batch, out_channels, oh, ow])
