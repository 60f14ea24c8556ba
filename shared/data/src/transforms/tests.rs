//! The laws of the transforms. Images have numbers from 0 to 1; a tolerance of 1e-5 is that of sums of up to some dozens of
//! such numbers in single precision, 100·ε.

use proptest::prelude::*;
use tensor::{Generator, Tensor, manual_seed};

use super::color::{adjust_brightness, adjust_contrast, adjust_hue, adjust_saturation};
use super::filter::blurred;
use super::geometry::{Region, resized, rotated};
use super::*;
use crate::ImageSet;

const CLOSE: f32 = 1e-5;

fn images() -> impl Strategy<Value = Image> {
    (prop_oneof![Just(1usize), Just(3)], 1usize..9, 1usize..9).prop_flat_map(|shape| {
        let shape = [shape.0, shape.1, shape.2];
        let numbers = proptest::collection::vec(0.0f32..=1.0, shape.iter().product::<usize>());
        numbers.prop_map(move |pixels| Image::new(pixels, shape))
    })
}

fn constant(value: f32, shape: [usize; 3]) -> Image {
    Image::new(vec![value; shape.iter().product()], shape)
}

fn after(transform: &dyn Transform, image: &Image, seed: u64) -> Image {
    let mut image = image.clone();
    transform.apply(&mut image, &mut Generator::seed(seed));
    image
}

#[track_caller]
fn close(got: &Image, expected: &Image) {
    assert_eq!(got.shape, expected.shape);
    for (got, expected) in got.pixels.iter().zip(&expected.pixels) {
        assert!((got - expected).abs() <= CLOSE, "{got} is not {expected}");
    }
}

/// Everything at once.
fn pipeline() -> Compose {
    Compose::new()
        .then(RandomCrop { size: [6, 7], padding: 3 })
        .then(RandomResizedCrop::new([5, 6]))
        .then(RandomHorizontalFlip { p: 0.5 })
        .then(RandomVerticalFlip { p: 0.5 })
        .then(RandomRotation { degrees: 30.0 })
        .then(ColorJitter { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.2 })
        .then(RandomGrayscale { p: 0.2 })
        .then(RandomApply::new(0.5, GaussianBlur { sigma: (0.1, 1.0) }))
        .then(GaussianNoise { sigma: 0.1 })
        .then(RandomErasing::new(0.5))
}

proptest! {
    #[test]
    fn flips_are_involutions(image in images()) {
        for flip in [&RandomHorizontalFlip { p: 1.0 } as &dyn Transform, &RandomVerticalFlip { p: 1.0 }] {
            prop_assert_eq!(&after(flip, &after(flip, &image, 0), 1), &image);
        }
        let [_, height, width] = image.shape;
        let both = after(&RandomVerticalFlip { p: 1.0 }, &after(&RandomHorizontalFlip { p: 1.0 }, &image, 0), 0);
        for (plane, old) in both.planes().zip(image.planes()) {
            prop_assert!((0..height * width).all(|place| plane[place] == old[height * width - 1 - place]));
        }
        prop_assert_eq!(&after(&RandomHorizontalFlip { p: 0.0 }, &image, 0), &image);
    }

    #[test]
    fn an_image_at_its_own_size_is_itself(image in images()) {
        close(&after(&Resize { size: [image.shape[1], image.shape[2]] }, &image, 0), &image);
    }

    #[test]
    fn sizes_keep_constants_and_means(image in images(), factor in 1usize..4, size in [1usize..12, 1usize..12]) {
        let flat = constant(0.7, image.shape);
        let [channels, height, width] = image.shape;
        close(&after(&Resize { size }, &flat, 0), &constant(0.7, [channels, size[0], size[1]]));
        // Enlarged by a whole factor, every pixel counts alike but for those at the edge: a ramp stays a ramp inside.
        let ramp = Image::new((0..channels * height * width).map(|i| (i % width) as f32 / 8.0).collect(), image.shape);
        let large = after(&Resize { size: [height, width * factor] }, &ramp, 0);
        for row in large.pixels.chunks_exact(width * factor) {
            for (j, pixel) in row.iter().enumerate() {
                let place = ((j as f32 + 0.5) / factor as f32 - 0.5).clamp(0.0, (width - 1) as f32);
                prop_assert!((pixel - place / 8.0).abs() <= CLOSE);
            }
        }
    }

    #[test]
    fn crops_of_one_size_are_parts(image in images(), padding in 0usize..4, seed: u64) {
        let [channels, height, width] = image.shape;
        let size = [height.div_ceil(2), width.div_ceil(2)];
        let crop = after(&RandomCrop { size, padding }, &image, seed);
        prop_assert_eq!(crop.shape, [channels, size[0], size[1]]);
        let pixel = |c: usize, row: isize, column: isize| {
            let inside = (0..height as isize).contains(&row) && (0..width as isize).contains(&column);
            if inside { image.pixels[(c * height + row as usize) * width + column as usize] } else { 0.0 }
        };
        let p = padding as isize;
        let mut places = (-p..=height as isize + p - size[0] as isize)
            .flat_map(|top| (-p..=width as isize + p - size[1] as isize).map(move |left| (top, left)));
        let is_part = |(top, left): (isize, isize)| {
            (0..channels).all(|c| (0..size[0]).all(|i| (0..size[1]).all(|j| {
                crop.pixels[(c * size[0] + i) * size[1] + j] == pixel(c, top + i as isize, left + j as isize)
            })))
        };
        prop_assert!(places.any(is_part));
    }

    #[test]
    fn regions_fit(shape in [1usize..4, 1usize..50, 1usize..50], seed: u64) {
        let mut generator = Generator::seed(seed);
        if let Some(region) = Region::draw(shape, (0.1, 0.9), (0.5, 2.0), &mut generator) {
            prop_assert!(region.height > 0 && region.width > 0);
            prop_assert!(region.top + region.height <= shape[1] && region.left + region.width <= shape[2]);
        }
    }

    #[test]
    fn a_resized_region_sees_only_itself(image in images(), size in [1usize..9, 1usize..9]) {
        let [channels, height, width] = image.shape;
        let region = Region { top: height / 3, left: width / 3, height: height.div_ceil(2), width: width.div_ceil(2) };
        let mut alone = constant(9.0, image.shape);
        for c in 0..channels {
            for i in region.top..region.top + region.height {
                let row = (c * height + i) * width + region.left;
                alone.pixels[row..row + region.width].copy_from_slice(&image.pixels[row..row + region.width]);
            }
        }
        close(&resized(&alone, &region, size), &resized(&image, &region, size));
    }

    #[test]
    fn four_rotations_by_a_right_angle_are_none(image in images()) {
        let side = image.shape[1].min(image.shape[2]);
        let square = resized(&image, &Region { top: 0, left: 0, height: side, width: side }, [side, side]);
        let once = rotated(&square, 90.0);
        for (c, i, j) in (0..image.shape[0]).flat_map(|c| (0..side).flat_map(move |i| (0..side).map(move |j| (c, i, j)))) {
            let (got, from) = (once.pixels[(c * side + i) * side + j], square.pixels[(c * side + j) * side + side - 1 - i]);
            prop_assert!((got - from).abs() <= CLOSE);
        }
        close(&(0..3).fold(once, |image, _| rotated(&image, 90.0)), &square);
        close(&rotated(&image, 0.0), &image);
    }

    #[test]
    fn erasing_changes_one_rectangle(image in images(), seed: u64) {
        let bright = Image::new(image.pixels.iter().map(|pixel| pixel + 1.0).collect(), image.shape);
        let erased = after(&RandomErasing { p: 1.0, scale: (0.2, 0.5), ratio: (0.5, 2.0) }, &bright, seed);
        let [_, height, width] = image.shape;
        let hole: Vec<usize> = (0..height * width).filter(|&place| erased.pixels[place] == 0.0).collect();
        if let (Some(&first), Some(&last)) = (hole.first(), hole.last()) {
            let (rows, columns) = (last / width - first / width + 1, last % width + 1 - first % width);
            prop_assert_eq!(hole.len(), rows * columns);
        }
        for (plane, old) in erased.planes().zip(bright.planes()) {
            for place in 0..height * width {
                prop_assert_eq!(plane[place], if hole.contains(&place) { 0.0 } else { old[place] });
            }
        }
    }

    #[test]
    fn factors_of_one_change_nothing(image in images(), grey in 0.0f32..1.0) {
        for adjust in [adjust_brightness, adjust_contrast, adjust_saturation] {
            let mut same = image.clone();
            adjust(&mut same, 1.0);
            close(&same, &image);
        }
        for turn in [0.0, 1.0] {
            let mut same = image.clone();
            adjust_hue(&mut same, turn);
            close(&same, &image);
        }
        let mut flat = constant(grey, image.shape);
        adjust_contrast(&mut flat, 0.3);
        adjust_saturation(&mut flat, 1.7);
        adjust_hue(&mut flat, 0.4);
        close(&flat, &constant(grey, image.shape));
    }

    #[test]
    fn hues_turn_in_a_circle(image in images(), turn in 0.0f64..1.0) {
        let mut there_and_back = image.clone();
        adjust_hue(&mut there_and_back, turn);
        let area = image.shape[1] * image.shape[2];
        if image.shape[0] == 3 {
            for place in 0..area {
                let of = |image: &Image| [0, 1, 2].map(|c| image.pixels[c * area + place]);
                let ends = |pixel: [f32; 3]| (pixel.into_iter().fold(0.0, f32::max), pixel.into_iter().fold(1.0, f32::min));
                let ((most, least), (old_most, old_least)) = (ends(of(&there_and_back)), ends(of(&image)));
                prop_assert!((most - old_most).abs() <= CLOSE && (least - old_least).abs() <= CLOSE);
            }
        }
        adjust_hue(&mut there_and_back, 1.0 - turn);
        close(&there_and_back, &image);
    }

    #[test]
    fn grey_stays_grey(image in images()) {
        let grey = after(&RandomGrayscale { p: 1.0 }, &image, 0);
        let mut unsaturated = image.clone();
        adjust_saturation(&mut unsaturated, 0.0);
        close(&grey, &unsaturated);
        close(&after(&RandomGrayscale { p: 1.0 }, &grey, 0), &grey);
    }

    #[test]
    fn blur_keeps_constants_and_mirrors(image in images(), sigma in 0.2f64..3.0) {
        close(&blurred(&constant(0.3, image.shape), sigma), &constant(0.3, image.shape));
        for flip in [&RandomHorizontalFlip { p: 1.0 } as &dyn Transform, &RandomVerticalFlip { p: 1.0 }] {
            close(&blurred(&after(flip, &image, 0), sigma), &after(flip, &blurred(&image, sigma), 0));
        }
    }

    #[test]
    fn normalization_has_an_inverse(image in images(), mean in -1.0f32..1.0, std in 0.5f32..2.0) {
        let there = Normalize { mean_and_std: vec![(mean, std); image.shape[0]] };
        let back = Normalize { mean_and_std: vec![(-mean / std, 1.0 / std); image.shape[0]] };
        close(&after(&back, &after(&there, &image, 0), 0), &image);
    }

    #[test]
    fn a_batch_does_not_depend_on_threads(seed: u64, n in 0usize..9) {
        let images: Tensor = tensor::random::with(Generator::seed(seed), || Tensor::rand([n, 3, 8, 9]));
        let with_threads = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| pipeline().batch(&images, seed))
        };
        let (one, four) = (with_threads(1), with_threads(4));
        prop_assert!(one.equal(&four));
        if n > 1 {
            prop_assert_eq!(one.shape(), [n, 3, 5, 6]);
            prop_assert!(!one.equal(&pipeline().batch(&images, seed.wrapping_add(1))));
            // The first image does not care who comes after it.
            let first = pipeline().batch(&images.narrow(0, 0, 1), seed);
            prop_assert!(first.equal(&one.narrow(0, 0, 1)));
            prop_assert!(one.to_vec().iter().all(|pixel| (0.0..=1.0).contains(pixel)));
        }
    }
}

#[test]
fn a_smaller_image_is_a_mean() {
    // Halved, a pixel's triangle reaches two old pixels to each side: weights 1/8, 3/8, 3/8, 1/8.
    let image = Image::new(vec![0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0], [1, 1, 8]);
    let half = after(&Resize { size: [1, 4] }, &image, 0);
    // At the left edge one of the four is missing, and the others make up for it: but for it the sum is 7/8.
    close(&half, &Image::new(vec![0.0, 3.0 / 8.0, 1.0 / 8.0, 0.0], [1, 1, 4]));
}

#[test]
fn hues_are_those_of_the_circle() {
    let mut red = Image::new(vec![1.0, 0.0, 0.0], [3, 1, 1]);
    adjust_hue(&mut red, 1.0 / 3.0);
    close(&red, &Image::new(vec![0.0, 1.0, 0.0], [3, 1, 1]));
    adjust_hue(&mut red, 1.0 / 6.0);
    close(&red, &Image::new(vec![0.0, 1.0, 1.0], [3, 1, 1]));
}

#[test]
fn noise_and_chance_have_their_moments() {
    // 30,000 numbers: seven standard deviations of their mean and mean square.
    let noisy = after(&GaussianNoise { sigma: 0.05 }, &constant(0.5, [3, 100, 100]), 1);
    let noise: Vec<f64> = noisy.pixels.iter().map(|pixel| f64::from(pixel - 0.5) / 0.05).collect();
    let n = noise.len() as f64;
    assert!((noise.iter().sum::<f64>() / n).abs() < 7.0 / n.sqrt());
    assert!((noise.iter().map(|v| v * v).sum::<f64>() / n - 1.0).abs() < 7.0 * (2.0 / n).sqrt());
    // 4,000 tries with probability 0.3: 29 is the standard deviation.
    let brighter = RandomApply::new(0.3, |image: &mut Image, _: &mut Generator| image.pixels[0] += 1.0);
    let applied = (0..4000).filter(|&seed| after(&brighter, &constant(0.0, [1, 1, 1]), seed).pixels[0] > 0.0);
    assert!((applied.count() as i32 - 1200).abs() < 7 * 29);
}

#[test]
fn an_augmented_set_is_new_each_time_and_follows_the_seed() {
    let set = ImageSet::new((0..=255).collect(), vec![0; 4], [1, 8, 8], vec!["paper".into()]);
    let augmented = Augmented::new(&set, RandomCrop { size: [8, 8], padding: 4 });
    let two_batches = || {
        manual_seed(3);
        (augmented.batch(&[0, 1, 2]), augmented.batch(&[0, 1, 2]))
    };
    let (first, second) = two_batches();
    assert!(!first.0.equal(&second.0));
    assert_eq!(first.1, [0, 0, 0]);
    let (again, _) = two_batches();
    assert!(first.0.equal(&again.0));
    assert_eq!(augmented.len(), 4);
}

#[test]
#[should_panic(expected = "end with a Resize")]
fn images_of_different_sizes_make_no_batch() {
    let crop = |image: &mut Image, generator: &mut Generator| {
        let size = [1 + generator.below(8), 8];
        RandomCrop { size, padding: 0 }.apply(image, generator);
    };
    crop.batch(&Tensor::zeros([20, 1, 8, 8]), 0);
}
