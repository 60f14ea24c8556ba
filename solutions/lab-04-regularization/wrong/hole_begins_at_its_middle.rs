//! Lets the hole begin at the pixel, not before it.
//! caught by: holes_are_drawn_evenly
// REPLACE 9.4
        let (top, left) = random::draw(|generator| (generator.below(height), generator.below(width)));
        Region { top, left, height: self.size.min(height - top), width: self.size.min(width - left) }
