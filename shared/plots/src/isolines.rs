//! Level lines of a grid by marching squares (Lorensen and Cline's marching cubes, 1987, one dimension lower).

use std::collections::BTreeMap;

use crate::Grid;

/// The edge of a cell that a line crosses: it starts at (row, column) and goes right or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    row: usize,
    column: usize,
    down: bool,
}

/// The lines along which the grid's linear interpolation is `level`, as (column, row) in units of the grid.
/// Cells with a corner that is not finite have none.
pub(crate) fn isolines(grid: &Grid, level: f64) -> Vec<Vec<(f64, f64)>> {
    let segments = segments(grid, level);
    let mut ends: BTreeMap<Edge, Vec<usize>> = BTreeMap::new();
    for (index, segment) in segments.iter().enumerate() {
        for edge in segment {
            ends.entry(*edge).or_default().push(index);
        }
    }
    let mut used = vec![false; segments.len()];
    // Follows the segments from one edge to the next until the line ends or closes.
    let follow = |start: Edge, used: &mut Vec<bool>| {
        let mut line = vec![start];
        let mut edge = start;
        while let Some(&next) = ends[&edge].iter().find(|&&index| !used[index]) {
            used[next] = true;
            let [a, b] = segments[next];
            edge = if a == edge { b } else { a };
            line.push(edge);
        }
        line
    };
    let mut lines = Vec::new();
    // Open lines start where an edge belongs to one segment only; what is left are closed ones.
    for (&edge, at) in &ends {
        if at.len() == 1 && !used[at[0]] {
            lines.push(follow(edge, &mut used));
        }
    }
    for index in 0..segments.len() {
        if !used[index] {
            lines.push(follow(segments[index][0], &mut used));
        }
    }
    lines.into_iter().map(|line| line.into_iter().map(|edge| crossing(grid, edge, level)).collect()).collect()
}

fn segments(grid: &Grid, level: f64) -> Vec<[Edge; 2]> {
    let mut segments = Vec::new();
    for row in 1..grid.rows() {
        for column in 1..grid.columns() {
            let (row, column) = (row - 1, column - 1);
            let corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
                .map(|(row, column)| grid.at(row, column));
            if !corners.iter().all(|corner| corner.is_finite()) {
                continue;
            }
            let above = corners.map(|corner| corner >= level);
            let sides = [
                Edge { row, column, down: false },
                Edge { row, column: column + 1, down: true },
                Edge { row: row + 1, column, down: false },
                Edge { row, column, down: true },
            ];
            let crossed: Vec<Edge> =
                (0..4).filter(|&side| above[side] != above[(side + 1) % 4]).map(|side| sides[side]).collect();
            match crossed[..] {
                [a, b] => segments.push([a, b]),
                [top, right, bottom, left] => {
                    // A saddle: the mean decides which corners belong together.
                    let center = corners.iter().map(|corner| corner / 4.0).sum::<f64>() >= level;
                    if center == above[0] {
                        segments.extend([[top, right], [bottom, left]]);
                    } else {
                        segments.extend([[left, top], [right, bottom]]);
                    }
                }
                _ => {}
            }
        }
    }
    segments
}

fn crossing(grid: &Grid, edge: Edge, level: f64) -> (f64, f64) {
    let Edge { row, column, down } = edge;
    let from = grid.at(row, column);
    let to = if down { grid.at(row + 1, column) } else { grid.at(row, column + 1) };
    let along = crate::color::fraction(level, (from.min(to), from.max(to)));
    let along = if from <= to { along } else { 1.0 - along };
    if down { (column as f64, row as f64 + along) } else { (column as f64 + along, row as f64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_of_a_cone_is_one_closed_circle() {
        let grid = Grid::from_fn((-2.0, 2.0), (-2.0, 2.0), (81, 81), f64::hypot);
        let lines = isolines(&grid, 1.0);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last());
        for &(column, row) in &lines[0] {
            let radius = (column / 20.0 - 2.0).hypot(row / 20.0 - 2.0);
            // Linear interpolation of a function with second derivative ≤ 1 on cells of width h = 0.05: h²/8.
            assert!((radius - 1.0).abs() <= 0.05f64.powi(2) / 8.0 + 1e-12, "{radius}");
        }
    }

    #[test]
    fn a_plane_has_one_straight_open_line() {
        let grid = Grid::from_fn((0.0, 4.0), (0.0, 2.0), (3, 5), |x, _| x);
        assert_eq!(isolines(&grid, 1.5), [vec![(1.5, 0.0), (1.5, 1.0), (1.5, 2.0)]]);
    }

    #[test]
    fn a_saddle_has_two_lines_and_nan_has_none() {
        let saddle = Grid::from_rows(&[vec![1.0, 0.0], vec![0.0, 1.0]]).unwrap();
        assert_eq!(isolines(&saddle, 0.4).len(), 2);
        let hole = Grid::from_rows(&[vec![1.0, f64::NAN], vec![0.0, 1.0]]).unwrap();
        assert!(isolines(&hole, 0.5).is_empty());
    }
}
