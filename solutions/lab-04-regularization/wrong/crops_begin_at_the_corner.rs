//! Cuts every region out of the upper left corner.
//! caught by: crops_are_drawn_evenly
// REPLACE 9.3
        for _ in 0..10 {
            let area = (height * width) as f64 * uniform(self.scale.0, self.scale.1);
            let ratio = uniform(self.ratio.0.ln(), self.ratio.1.ln()).exp();
            let rows = ((area / ratio).sqrt().round() as usize).max(1);
            let columns = ((area * ratio).sqrt().round() as usize).max(1);
            if rows <= height && columns <= width {
                return Region { top: 0, left: 0, height: rows, width: columns };
            }
        }
        Region { top: 0, left: 0, height, width }
