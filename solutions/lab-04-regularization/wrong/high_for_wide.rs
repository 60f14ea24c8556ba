//! Takes the ratio for height to width.
//! caught by: crops_lie_inside_and_have_their_area
// REPLACE 9.3
        for _ in 0..10 {
            let area = (height * width) as f64 * uniform(self.scale.0, self.scale.1);
            let ratio = uniform(self.ratio.0.ln(), self.ratio.1.ln()).exp();
            let rows = ((area * ratio).sqrt().round() as usize).max(1);
            let columns = ((area / ratio).sqrt().round() as usize).max(1);
            if rows <= height && columns <= width {
                let (top, left) = random::draw(|generator| {
                    (generator.below(height - rows + 1), generator.below(width - columns + 1))
                });
                return Region { top, left, height: rows, width: columns };
            }
        }
        Region { top: 0, left: 0, height, width }
