//! Transforms that move pixels: flips, crops, sizes, rotations, and holes.

use tensor::Generator;

use super::{Image, Transform, uniform};

/// Left and right exchanged with probability `p`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RandomHorizontalFlip {
    /// The probability.
    pub p: f64,
}

impl Transform for RandomHorizontalFlip {
    fn apply(&self, image: &mut Image, generator: &mut Generator) {
        if generator.uniform() < self.p {
            let width = image.shape[2].max(1);
            image.pixels.chunks_exact_mut(width).for_each(<[f32]>::reverse);
        }
    }
}

/// Top and bottom exchanged with probability `p`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RandomVerticalFlip {
    /// The probability.
    pub p: f64,
}

impl Transform for RandomVerticalFlip {
    fn apply(&self, image: &mut Image, generator: &mut Generator) {
        if generator.uniform() < self.p {
            let [_, height, width] = image.shape;
            for plane in image.pixels.chunks_exact_mut((height * width).max(1)) {
                for row in 0..height / 2 {
                    let (above, below) = plane.split_at_mut((height - 1 - row) * width);
                    above[row * width..(row + 1) * width].swap_with_slice(&mut below[..width]);
                }
            }
        }
    }
}

/// A rectangle of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) top: usize,
    pub(super) left: usize,
    pub(super) height: usize,
    pub(super) width: usize,
}

impl Region {
    fn whole([_, height, width]: [usize; 3]) -> Self {
        Self { top: 0, left: 0, height, width }
    }

    /// A random rectangle of an image of this height and width: its share of the area is uniform on `scale`, the
    /// logarithm of width/height uniform on the logarithms of `ratio`, its place uniform on all that are possible.
    /// None if ten rectangles in a row do not fit.
    pub(super) fn draw(
        [_, height, width]: [usize; 3],
        scale: (f64, f64),
        ratio: (f64, f64),
        generator: &mut Generator,
    ) -> Option<Self> {
        (0..10).find_map(|_| {
            let area = (height * width) as f64 * uniform(generator, scale.0, scale.1);
            let ratio = uniform(generator, ratio.0.ln(), ratio.1.ln()).exp();
            let rows = ((area / ratio).sqrt().round() as usize).max(1);
            let columns = ((area * ratio).sqrt().round() as usize).max(1);
            (rows <= height && columns <= width).then(|| Self {
                top: generator.below(height - rows + 1),
                left: generator.below(width - columns + 1),
                height: rows,
                width: columns,
            })
        })
    }
}

/// The whole image at another size, in both directions by triangles: bilinear interpolation where it becomes larger, a
/// weighted mean of all that a new pixel covers where it becomes smaller (torchvision's `antialias=True`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resize {
    /// The new height and width.
    pub size: [usize; 2],
}

impl Transform for Resize {
    fn apply(&self, image: &mut Image, _: &mut Generator) {
        *image = resized(image, &Region::whole(image.shape), self.size);
    }
}

/// A random part of the image, brought to one size (Szegedy et al., 2015).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RandomResizedCrop {
    /// The new height and width.
    pub size: [usize; 2],
    /// The smallest and largest share of the area.
    pub scale: (f64, f64),
    /// The smallest and largest ratio of width to height.
    pub ratio: (f64, f64),
}

impl RandomResizedCrop {
    /// Parts of 8 to 100 % of the area with ratios from 3:4 to 4:3, as torchvision has them.
    pub fn new(size: [usize; 2]) -> Self {
        Self { size, scale: (0.08, 1.0), ratio: (3.0 / 4.0, 4.0 / 3.0) }
    }
}

impl Transform for RandomResizedCrop {
    fn apply(&self, image: &mut Image, generator: &mut Generator) {
        let region = Region::draw(image.shape, self.scale, self.ratio, generator);
        *image = resized(image, &region.unwrap_or(Region::whole(image.shape)), self.size);
    }
}

/// What one new row or column is made of: the first old one, and the weights from there on.
struct Taps {
    start: usize,
    weights: Vec<f32>,
}

/// The taps of `length` new places on `n` old ones from `start` on.
///
/// The middle of new place i is at c = (i + ½)·n/length. Old places count by a triangle around c whose half-width is n/length,
/// but at least one place; the weights add up to 1, at the edges too.
fn taps(start: usize, n: usize, length: usize) -> Vec<Taps> {
    let scale = n as f64 / length as f64;
    let reach = scale.max(1.0);
    let of_one = |i: usize| {
        let middle = (i as f64 + 0.5) * scale;
        let first = (middle - reach - 0.5).ceil().max(0.0) as usize;
        let end = ((middle + reach - 0.5).floor() as usize + 1).min(n);
        let weight = |j: usize| (1.0 - ((j as f64 + 0.5 - middle) / reach).abs()).max(0.0);
        let weights: Vec<f64> = (first..end).map(weight).collect();
        let sum: f64 = weights.iter().sum();
        Taps { start: start + first, weights: weights.iter().map(|weight| (weight / sum) as f32).collect() }
    };
    (0..length).map(of_one).collect()
}

/// A region at another size: first its rows, then its columns.
pub(super) fn resized(image: &Image, region: &Region, [height, width]: [usize; 2]) -> Image {
    let [channels, _, old_width] = image.shape;
    let rows = taps(region.top, region.height, height);
    let columns = taps(region.left, region.width, width);
    let mut pixels = Vec::with_capacity(channels * height * width);
    let mut line = vec![0.0; old_width];
    for plane in image.planes() {
        for row in &rows {
            line.fill(0.0);
            for (old, &weight) in plane.chunks_exact(old_width).skip(row.start).zip(&row.weights) {
                line.iter_mut().zip(old).for_each(|(sum, pixel)| *sum += weight * pixel);
            }
            pixels.extend(columns.iter().map(|column| {
                let seen = &line[column.start..column.start + column.weights.len()];
                seen.iter().zip(&column.weights).map(|(pixel, weight)| pixel * weight).sum::<f32>()
            }));
        }
    }
    Image { pixels, shape: [channels, height, width] }
}

/// A part of one size at a random place of the image, which is extended by `padding` zeros on each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomCrop {
    /// The height and width of the part.
    pub size: [usize; 2],
    /// How many zeros are added on each of the four sides.
    pub padding: usize,
}

impl Transform for RandomCrop {
    /// # Panics
    /// If the part is larger than the extended image.
    fn apply(&self, image: &mut Image, generator: &mut Generator) {
        let ([channels, old_height, old_width], [height, width]) = (image.shape, self.size);
        let p = self.padding;
        assert!(
            height <= old_height + 2 * p && width <= old_width + 2 * p,
            "RandomCrop: {height} × {width} pixels do not fit into {old_height} × {old_width} with a padding of {p}"
        );
        let top = generator.below(old_height + 2 * p - height + 1);
        let left = generator.below(old_width + 2 * p - width + 1);
        let mut pixels = vec![0.0; channels * height * width];
        // The columns of the part that show the image.
        let (first, end) =
            (p.saturating_sub(left).min(width), (old_width + p).saturating_sub(left).min(width));
        for (plane, old) in pixels.chunks_exact_mut((height * width).max(1)).zip(image.planes()) {
            for (i, row) in plane.chunks_exact_mut(width).enumerate() {
                let Some(from) = (top + i).checked_sub(p).filter(|&from| from < old_height) else { continue };
                let old = &old[from * old_width..(from + 1) * old_width];
                if first < end {
                    row[first..end].copy_from_slice(&old[left + first - p..left + end - p]);
                }
            }
        }
        *image = Image { pixels, shape: [channels, height, width] };
    }
}

/// A rotation about the middle by an angle from [−degrees, degrees), with bilinear interpolation; what comes from outside
/// is 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RandomRotation {
    /// The largest angle.
    pub degrees: f64,
}

impl Transform for RandomRotation {
    fn apply(&self, image: &mut Image, generator: &mut Generator) {
        *image = rotated(image, uniform(generator, -self.degrees, self.degrees));
    }
}

/// The image rotated counter-clockwise.
pub(super) fn rotated(image: &Image, degrees: f64) -> Image {
    let [channels, height, width] = image.shape;
    let (sin, cos) = libm::sincos(degrees.to_radians());
    let (middle_row, middle_column) = ((height as f64 - 1.0) / 2.0, (width as f64 - 1.0) / 2.0);
    let area = height * width;
    let mut pixels = vec![0.0; channels * area];
    for i in 0..height {
        for j in 0..width {
            let (y, x) = (i as f64 - middle_row, j as f64 - middle_column);
            let (row, column) = (middle_row + x * sin + y * cos, middle_column + x * cos - y * sin);
            if row <= -1.0 || column <= -1.0 || row >= height as f64 || column >= width as f64 {
                continue;
            }
            let (up, left) = (row.floor(), column.floor());
            let (u, v) = ((row - up) as f32, (column - left) as f32);
            let weights = [(1.0 - u) * (1.0 - v), (1.0 - u) * v, u * (1.0 - v), u * v];
            // Up and left are −1 at least.
            let (up, left) = (up as isize, left as isize);
            let corners = [(up, left), (up, left + 1), (up + 1, left), (up + 1, left + 1)];
            for ((row, column), weight) in corners.into_iter().zip(weights) {
                if (0..height as isize).contains(&row) && (0..width as isize).contains(&column) {
                    let from = row as usize * width + column as usize;
                    for channel in 0..channels {
                        pixels[channel * area + i * width + j] +=
                            weight * image.pixels[channel * area + from];
                    }
                }
            }
        }
    }
    Image { pixels, shape: image.shape }
}

/// A random rectangle set to 0 with probability `p` (Zhong et al., *Random Erasing Data Augmentation*, 2017); cutout, if all
/// rectangles are squares of one size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RandomErasing {
    /// The probability.
    pub p: f64,
    /// The smallest and largest share of the area.
    pub scale: (f64, f64),
    /// The smallest and largest ratio of width to height.
    pub ratio: (f64, f64),
}

impl RandomErasing {
    /// Rectangles of 2 to 33 % of the area with ratios from 0.3 to 3.3, as torchvision has them.
    pub fn new(p: f64) -> Self {
        Self { p, scale: (0.02, 0.33), ratio: (0.3, 3.3) }
    }
}

impl Transform for RandomErasing {
    fn apply(&self, image: &mut Image, generator: &mut Generator) {
        if generator.uniform() >= self.p {
            return;
        }
        let Some(region) = Region::draw(image.shape, self.scale, self.ratio, generator) else { return };
        let [_, height, width] = image.shape;
        for plane in image.pixels.chunks_exact_mut((height * width).max(1)) {
            for row in plane.chunks_exact_mut(width).skip(region.top).take(region.height) {
                row[region.left..region.left + region.width].fill(0.0);
            }
        }
    }
}
