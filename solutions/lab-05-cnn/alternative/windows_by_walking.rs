//! Lays the extended input out and walks the window along it.
// REPLACE 1.2
        let (before, after) = self.margins(dim);
        let last_tap = (self.kernel[dim] - 1) * self.dilation[dim];
        (0..before + n + after).step_by(self.stride[dim]).take_while(|first| first + last_tap < before + n + after).count()
// REPLACE 1.3
        let (before, after) = self.margins(dim);
        let extended = (0..before).map(|_| None).chain((0..n).map(Some)).chain((0..after).map(|_| None));
        extended.skip(output * self.stride[dim]).step_by(self.dilation[dim]).nth(tap).flatten()
