//! What the documentation says of the data sets, held against the files; and several programs that start at once.

use std::collections::HashSet;
use std::process::{Command, Stdio};
use std::{env, fs};

use data::{
    Batches, DataError, DataFolder, Dataset, Emoji, FashionMnist, FirstNames, ImageSet, Mnist, Nuclei,
    Photos, Phrases, Picture, Series, Sex, Shakespeare, Textures, weights,
};
use tempfile::TempDir;

/// The constants are rounded to four digits.
#[track_caller]
fn assert_mean_and_std(set: &ImageSet, constants: &[(f32, f32)]) {
    let found = set.mean_and_std();
    assert_eq!(found.len(), constants.len());
    for ((mean, std), constant) in found.into_iter().zip(constants) {
        let distance = (mean - f64::from(constant.0)).abs().max((std - f64::from(constant.1)).abs());
        assert!(distance < 0.5e-4 + 1e-7, "({mean}, {std}) is not {constant:?}");
    }
}

#[test]
fn mnist_is_whole() {
    let mnist = Mnist::load().unwrap();
    assert_eq!((mnist.train.len(), mnist.test.len()), (60_000, 10_000));
    assert_eq!(mnist.train.shape(), [1, 28, 28]);
    let counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949];
    assert_eq!(mnist.train.class_counts(), counts);
    assert_eq!(mnist.test.class_counts(), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    assert_mean_and_std(&mnist.train, &[Mnist::MEAN_AND_STD]);
    assert_eq!(mnist.train.labels()[..10], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    assert_eq!(mnist.test.labels()[..10], [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    // The paper of the first digit is 0 and its ink goes up to 255.
    assert_eq!(mnist.train.pixels(0)[0], 0);
    assert_eq!(mnist.train.pixels(0).iter().max(), Some(&255));
}

#[test]
fn standardized_digits_have_mean_0_and_variance_1() {
    let (images, labels) = Mnist::load().unwrap().standardized().test.all();
    assert_eq!(images.shape(), [10_000, 1, 28, 28]);
    assert_eq!(labels.len(), 10_000);
    let numbers = images.to_vec();
    let n = numbers.len() as f64;
    let mean = numbers.iter().map(|&x| f64::from(x)).sum::<f64>() / n;
    let variance = numbers.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / n;
    // The test digits are others than those that the constants were taken from, but of the same kind.
    assert!(mean.abs() < 0.01 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
    // As PyTorch computes it, in single precision.
    assert_eq!(numbers[0], (0.0f32 / 255.0 - 0.1307) / 0.3081);
}

#[test]
fn fashion_mnist_is_whole() {
    let fashion = FashionMnist::load().unwrap();
    assert_eq!((fashion.train.len(), fashion.test.len()), (10_000, 2_000));
    assert_eq!(fashion.train.shape(), [1, 28, 28]);
    assert_eq!(fashion.train.classes()[9], "Ankle boot");
    assert_eq!(fashion.train.label(0), 9);
    assert!(fashion.train.class_counts().iter().all(|count| (900..1100).contains(count)));
    assert_mean_and_std(&fashion.train, &[FashionMnist::MEAN_AND_STD]);
    assert_eq!(fashion.standardized().test.batch(&[0, 5]).0.shape(), [2, 1, 28, 28]);
}

#[test]
fn emoji_are_whole() {
    let emoji = Emoji::load().unwrap();
    assert_eq!((emoji.train.len(), emoji.test.len()), (3_046, 763));
    assert_eq!(emoji.train.shape(), [3, 32, 32]);
    assert_eq!(emoji.train.classes().len(), 9);
    assert_mean_and_std(&emoji.train, &Emoji::MEAN_AND_STD);
    let distinct = emoji.train.only(&Emoji::DISTINCT);
    assert_eq!(distinct.classes()[0], "Smileys & Emotion");
    assert_eq!(distinct.classes()[5], "Flags");
    let counts = emoji.train.class_counts();
    assert_eq!(distinct.class_counts(), Emoji::DISTINCT.map(|class| counts[class]));
}

#[test]
fn nuclei_are_whole() {
    let nuclei = Nuclei::load().unwrap();
    let instances: HashSet<u8> = nuclei.instances.bytes().iter().copied().collect();
    assert_eq!(instances, (0..=125).collect());
    let mask = nuclei.mask();
    assert_eq!(mask.shape(), [1, 512, 512]);
    let covered = nuclei.labels().into_iter().sum::<usize>();
    assert_eq!(mask.to_vec().iter().filter(|&&x| x == 1.0).count(), covered);
    // A nucleus is brighter than the background.
    let bright = |inside: bool| {
        let pixels: Vec<u8> = nuclei
            .image
            .bytes()
            .iter()
            .zip(nuclei.labels())
            .filter(|(_, label)| (*label == 1) == inside)
            .map(|(&pixel, _)| pixel)
            .collect();
        pixels.iter().map(|&pixel| f64::from(pixel)).sum::<f64>() / pixels.len() as f64
    };
    assert!(bright(true) > 1.5 * bright(false));
    let (left, right) = nuclei.split(384);
    assert_eq!(left.labels().into_iter().sum::<usize>() + right.labels().into_iter().sum::<usize>(), covered);
}

#[test]
fn pictures_are_whole() {
    let textures = Textures::load().unwrap();
    for picture in [&textures.brick, &textures.grass, &textures.gravel] {
        assert_eq!(picture.shape(), [1, 512, 512]);
        assert!(picture.bytes().iter().copied().collect::<HashSet<u8>>().len() > 100);
    }
    let photos = Photos::load().unwrap();
    assert_eq!(photos.camera.shape(), [1, 512, 512]);
    assert_eq!(photos.chelsea.shape(), [3, 300, 451]);
    assert_eq!(photos.chelsea.tensor().shape(), [3, 300, 451]);
    // The cat is ginger: more red than green, more green than blue.
    let mean = |channel: &[u8]| channel.iter().map(|&x| f64::from(x)).sum::<f64>() / channel.len() as f64;
    let [red, green, blue] = [0, 1, 2].map(|c| mean(&photos.chelsea.bytes()[c * 300 * 451..][..300 * 451]));
    assert!(red > green && green > blue);
    // As scikit-image reads its first pixel.
    assert_eq!([0, 1, 2].map(|c| photos.chelsea.bytes()[c * 300 * 451]), [143, 120, 104]);
}

#[test]
fn texts_are_whole() {
    let plays = Shakespeare::load().unwrap();
    assert_eq!(plays.text.len(), 1_015_662);
    assert!(plays.text.is_ascii());
    assert_eq!(plays.vocabulary.len(), 62);
    assert_eq!(plays.vocabulary.decode(&plays.vocabulary.encode(&plays.text)), plays.text);
    let error = plays.vocabulary.try_encode("To be € 3").unwrap_err();
    assert_eq!((error.symbol, error.place), ('€', 6));

    let names = FirstNames::load().unwrap();
    assert_eq!(names.names.len(), 5_494);
    assert_eq!(names.vocabulary().len(), 27);
    let women = names.names.iter().filter(|name| name.sex == Sex::Female).count();
    assert_eq!((women, names.names[women].name.as_str()), (4_275, "james"));

    let phrases = Phrases::load().unwrap();
    assert_eq!(phrases.pairs.len(), 1_966);
    let (train, held) = phrases.encoded().hold_out(196);
    assert_eq!((train.len(), held.len()), (1_770, 196));
}

#[test]
fn series_are_whole() {
    for (series, n, gaps, first, last) in [
        (Series::air_passengers(), 144, 0, (1949.0, 112.0), (1960.0 + 11.0 / 12.0, 432.0)),
        (Series::sunspots(), 309, 0, (1700.0, 5.0), (2008.0, 2.9)),
        (Series::co2(), 2_284, 59, (1958.0 + 87.0 / 365.0, 316.1), (2001.0 + 362.0 / 365.0, 371.5)),
    ] {
        let series = series.unwrap();
        assert_eq!((series.times.len(), series.values.len()), (n, n));
        assert_eq!(series.values.iter().filter(|value| value.is_none()).count(), gaps);
        assert_eq!((series.times[0], series.values[0]), (first.0, Some(first.1)));
        assert_eq!((series.times[n - 1], series.values[n - 1]), (last.0, Some(last.1)));
        assert!(series.times.is_sorted_by(|before, after| before < after));
        assert!(series.interpolated().iter().all(|value| value.is_finite()));
    }
}

#[test]
fn weights_have_a_place() {
    assert_eq!(fs::metadata(weights::mnist_cnn().unwrap()).unwrap().len(), 1_687_472);
}

#[test]
fn parts_of_a_set_have_their_own_images() {
    let set = ImageSet::new(
        (0..12).collect(),
        vec![0, 2, 1, 2, 0, 1],
        [2, 1, 1],
        ["a", "b", "c"].map(String::from).into(),
    );
    let (first, rest) = set.split(4);
    assert_eq!((first.labels(), rest.labels()), (vec![0, 2, 1, 2], vec![0, 1]));
    assert_eq!((rest.pixels(0), rest.take(1).len()), (&[8, 9][..], 1));
    let (images, labels) = set.subset(&[5, 0]).standardized(&[(0.5, 2.0), (0.0, 1.0)]).all();
    assert_eq!(labels, [1, 0]);
    assert_eq!(
        images.to_vec(),
        [10.0, 11.0, 0.0, 1.0]
            .iter()
            .enumerate()
            .map(|(i, x): (usize, &f32)| if i % 2 == 0 { (x / 255.0 - 0.5) / 2.0 } else { x / 255.0 })
            .collect::<Vec<_>>()
    );
    // The class c becomes 0, the class a becomes 1.
    let two = set.only(&[2, 0]);
    assert_eq!((two.labels(), two.classes()), (vec![1, 0, 0, 1], &["c".to_string(), "a".into()][..]));
    assert_eq!(two.pixels(1), [2, 3]);
    assert_eq!(two.only(&[1]).pixels(1), [8, 9]);
}

#[test]
fn downsampling_averages() {
    let set = ImageSet::new(vec![0, 2, 4, 4, 4, 6, 4, 5], vec![0], [1, 2, 4], vec!["a".into()]);
    let small = set.downsampled(2);
    assert_eq!((small.shape(), small.pixels(0)), ([1, 1, 2], &[3, 4][..]));
    let digits = Mnist::load().unwrap().test.take(10).downsampled(4);
    assert_eq!(digits.all().0.shape(), [10, 1, 7, 7]);
}

#[test]
#[should_panic(expected = "split: there are 1 images, fewer than 2")]
fn a_split_beyond_the_end_panics() {
    ImageSet::new(vec![0], vec![0], [1, 1, 1], vec!["a".into()]).split(2);
}

#[test]
#[should_panic(expected = "reaches over the edge")]
fn a_crop_beyond_the_edge_panics() {
    Picture::new(vec![0; 4], [1, 2, 2]).crop([1, 1], [1, 2]);
}

#[test]
fn a_missing_mnist_names_the_packed_file() {
    let (cache, empty) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let folder = DataFolder::at(empty.path()).with_cache(cache.path());
    let error = Mnist::load_from(&folder).unwrap_err();
    assert!(matches!(error, DataError::Missing { .. }), "{error:?}");
    assert!(error.to_string().contains("train-images-idx3-ubyte.gz"), "{error}");
}

/// What `programs_may_unpack_at_once` starts; by itself it looks into the usual cache.
#[test]
fn an_epoch_of_mnist_has_every_digit() {
    let mnist = Mnist::load().unwrap();
    let batches = Batches::of(&mnist.test, 256).shuffled(3);
    let digits: usize = batches.epoch(0).map(|(_, labels)| labels.into_iter().sum::<usize>()).sum();
    assert_eq!(digits, mnist.test.labels().into_iter().sum::<usize>());
}

#[test]
fn programs_may_unpack_at_once() {
    let cache = TempDir::new().unwrap();
    let start = || {
        Command::new(env::current_exe().unwrap())
            .args(["--exact", "an_epoch_of_mnist_has_every_digit"])
            .env("DL_LABS_CACHE", cache.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    for program in [start(), start()] {
        let output = program.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains("1 passed"), "{text}");
    }
    assert_eq!(fs::read_dir(cache.path().join("mnist")).unwrap().count(), 4);
}
