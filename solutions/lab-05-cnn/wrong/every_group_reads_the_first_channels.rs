//! Forgets that each group has its own input channels.
//! caught by: direct_groups_are_independent_convolutions, direct_depthwise
// REPLACE 2.1
    let mut y = Vec::with_capacity(batch * out_channels * oh * ow);
    for n in 0..batch {
        for o in 0..out_channels {
            let first = 0;
            for i in 0..oh {
                for j in 0..ow {
                    let mut sum = bias.get([o]);
                    for c in 0..inputs {
                        for a in 0..kh {
                            let Some(row) = window.source(0, i, a, height) else { continue };
                            for b in 0..kw {
                                let Some(column) = window.source(1, j, b, width) else { continue };
                                sum += weight.get([o, c, a, b]) * x.get([n, first + c, row, column]);
                            }
                        }
                    }
                    y.push(sum);
                }
            }
        }
    }
    Tensor::from_vec(y, [batch, out_channels, oh, ow])
