//! Draws the ratio itself uniformly, so that wide crops are likelier than high ones.
//! caught by: crops_are_drawn_evenly
// REPLACE 9.3
        for _ in 0..10 {
            let area = (height * width) as f64 * uniform(self.scale.0, self.scale.1);
            let ratio = uniform(self.ratio.0, self.ratio.1);
            let rows = ((area / ratio).sqrt().round() as usize).max(1);
            let columns = ((area * ratio).sqrt().round() as usize).max(1);
            if rows <= height && columns <= width {
                let (top, left) = random::draw(|generator| {
                    (generator.below(height - rows + 1), generator.below(width - columns + 1))
                });
                return Region { top, left, height: rows, width: columns };
            }
        }
        Region { top: 0, left: 0, height, width }
