//! Treats the whole batch as one long row of places: one product for each group.
// REPLACE 4.3
        let (outputs, taps) = (out_channels / groups, channels / groups * kh * kw);
        let places = dy.size(0) * dy.size(3);
        // [G, O/G, N·P] × [G, N·P, K]
        let dy = dy.permute([1, 2, 0, 3]).reshape([groups, outputs, places]);
        let columns = self.columns.permute([1, 0, 3, 2]).reshape([groups, places, taps]);
        dy.matmul(&columns).reshape([out_channels, channels / groups, kh, kw])
// REPLACE 4.4
        dy.permute([1, 2, 0, 3]).reshape([out_channels, dy.size(0) * dy.size(3)]).sum(1)
