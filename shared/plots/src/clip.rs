//! Cutting lines and polygons at a rectangle, so that no renderer meets coordinates far outside of a figure.

/// The rectangle that is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClipBox {
    pub(crate) x: (f64, f64),
    pub(crate) y: (f64, f64),
}

type Place = (f64, f64);

impl ClipBox {
    pub(crate) fn contains(&self, (x, y): Place) -> bool {
        (self.x.0..=self.x.1).contains(&x) && (self.y.0..=self.y.1).contains(&y)
    }

    pub(crate) fn nearest(&self, (x, y): Place) -> Place {
        (x.clamp(self.x.0, self.x.1), y.clamp(self.y.0, self.y.1))
    }

    /// The parts of a line that are inside, by Liang and Barsky (1984).
    pub(crate) fn line(&self, places: &[Place]) -> Vec<Vec<Place>> {
        let mut lines: Vec<Vec<Place>> = Vec::new();
        let mut continues = false;
        for pair in places.windows(2) {
            let Some((from, to)) = self.segment(pair[0], pair[1]) else {
                continues = false;
                continue;
            };
            match lines.last_mut() {
                Some(line) if continues => line.push(to),
                _ => lines.push(vec![from, to]),
            }
            continues = to == pair[1];
        }
        lines
    }

    fn segment(&self, from: Place, to: Place) -> Option<(Place, Place)> {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        // The line enters at `first` and leaves at `last`, as fractions of its length.
        let (mut first, mut last) = (0.0f64, 1.0f64);
        let borders = [
            (-dx, from.0 - self.x.0),
            (dx, self.x.1 - from.0),
            (-dy, from.1 - self.y.0),
            (dy, self.y.1 - from.1),
        ];
        for (speed, distance) in borders {
            if speed == 0.0 {
                if distance < 0.0 {
                    return None;
                }
            } else if speed < 0.0 {
                first = first.max(distance / speed);
            } else {
                last = last.min(distance / speed);
            }
        }
        if first > last {
            return None;
        }
        let at = |share: f64| match share {
            0.0 => from,
            1.0 => to,
            _ => (from.0 + share * dx, from.1 + share * dy),
        };
        Some((at(first), at(last)))
    }

    /// The part of a polygon that is inside, by Sutherland and Hodgman (1974): one side after the other is cut off.
    pub(crate) fn polygon(&self, corners: Vec<Place>) -> Vec<Place> {
        let swap = |places: Vec<Place>| places.into_iter().map(|(x, y)| (y, x)).collect::<Vec<_>>();
        let corners = cut(cut(corners, self.x.0, 1.0), self.x.1, -1.0);
        swap(cut(cut(swap(corners), self.y.0, 1.0), self.y.1, -1.0))
    }
}

/// Keeps what is right (`sign` 1) or left (−1) of the vertical line at `border`.
fn cut(corners: Vec<Place>, border: f64, sign: f64) -> Vec<Place> {
    let inside = |(x, _): Place| sign * (x - border) >= 0.0;
    let mut kept = Vec::with_capacity(corners.len() + 2);
    for (index, &to) in corners.iter().enumerate() {
        let from = corners[(index + corners.len() - 1) % corners.len()];
        if inside(from) != inside(to) {
            let share = (border - from.0) / (to.0 - from.0);
            kept.push((border, from.1 + share * (to.1 - from.1)));
        }
        if inside(to) {
            kept.push(to);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT_SQUARE: ClipBox = ClipBox { x: (0.0, 1.0), y: (0.0, 1.0) };

    #[test]
    fn a_line_that_leaves_and_returns_becomes_two() {
        let line = [(0.5, 0.5), (2.5, 0.5), (2.5, 0.25), (0.5, 0.25)];
        let parts = [vec![(0.5, 0.5), (1.0, 0.5)], vec![(1.0, 0.25), (0.5, 0.25)]];
        assert_eq!(UNIT_SQUARE.line(&line), parts);
        let inside = vec![(0.1, 0.2), (0.3, 0.4), (0.5, 0.1)];
        assert_eq!(UNIT_SQUARE.line(&inside), [inside]);
    }

    #[test]
    fn a_polygon_around_the_box_becomes_the_box() {
        let mut corners = UNIT_SQUARE.polygon(vec![(-9.0, -9.0), (9.0, -9.0), (9.0, 9.0), (-9.0, 9.0)]);
        corners.sort_by(|a, b| a.partial_cmp(b).unwrap());
        assert_eq!(corners, [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]);
        assert!(UNIT_SQUARE.polygon(vec![(2.0, 2.0), (3.0, 2.0), (2.0, 3.0)]).is_empty());
    }
}
