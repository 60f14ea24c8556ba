//! Sums kh·kw products of 1 × 1 convolutions, one for each tap, forward and backward.
// REPLACE 4.1
        let Sizes { channels, groups, .. } = self.sizes;
        let [kh, kw] = self.window.kernel;
        let (taps, inputs, outputs) = (kh * kw, channels / groups, out_channels / groups);
        let weight = self.weight.reshape([groups, outputs, inputs, taps]);
        let columns = self.columns.reshape([batch, groups, inputs, taps, oh * ow]);
        let mut y = bias.reshape([groups, outputs, 1]).expand([batch, groups, outputs, oh * ow]);
        for tap in 0..taps {
            y = y + weight.select(3, tap).matmul(&columns.select(3, tap));
        }
        y.reshape([batch, out_channels, oh, ow])
// REPLACE 4.3
        let Sizes { batch, out_image: [oh, ow], .. } = self.sizes;
        let (taps, inputs) = (kh * kw, channels / groups);
        let columns = self.columns.reshape([batch, groups, inputs, taps, oh * ow]);
        let gradients: Vec<Tensor<T>> =
            (0..taps).map(|tap| dy.matmul(&columns.select(3, tap).t()).sum(0)).collect();
        Tensor::stack(&gradients, 3).reshape([out_channels, inputs, kh, kw])
