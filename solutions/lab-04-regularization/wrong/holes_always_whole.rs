//! Draws the hole from the places where it fits, so that corners are hardly ever hidden.
//! caught by: holes_are_drawn_evenly
// REPLACE 9.4
        let (rows, columns) = (self.size.min(height), self.size.min(width));
        let (top, left) = random::draw(|generator| {
            (generator.below(height - rows + 1), generator.below(width - columns + 1))
        });
        Region { top, left, height: rows, width: columns }
