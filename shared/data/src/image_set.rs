//! [`ImageSet`]: labelled images of one size, as MNIST and its kin are.
//!
//! The pixels stay bytes, shared by all parts of a set; a batch turns the images it needs into numbers. A part (the
//! first thousand, the digits 0 and 1, a hold-out) is a list of rows.

use std::sync::Arc;

use tensor::Tensor;

/// N labelled images of C × H × W bytes.
///
/// Cloning and taking parts is cheap: parts share the pixels.
#[derive(Debug, Clone)]
pub struct ImageSet {
    pixels: Arc<Vec<u8>>,
    /// The label of every image in `pixels`.
    labels: Arc<Vec<u8>>,
    /// The images that belong to this part, as places in `pixels`.
    rows: Vec<usize>,
    shape: [usize; 3],
    classes: Arc<[String]>,
    /// Mean and standard deviation of each channel, for numbers from 0 to 1.
    scale: Option<Vec<(f32, f32)>>,
}

impl ImageSet {
    /// A set of the images whose bytes lie one after the other, each channel by channel; `shape` is that of one image,
    /// [C, H, W].
    ///
    /// # Panics
    /// If the numbers of pixels, labels and classes do not fit together.
    #[track_caller]
    pub fn new(pixels: Vec<u8>, labels: Vec<u8>, shape: [usize; 3], classes: Vec<String>) -> Self {
        let needed = labels.len() * shape.iter().product::<usize>();
        assert!(
            pixels.len() == needed,
            "{} bytes are not the pixels of {} images of shape {shape:?}",
            pixels.len(),
            labels.len()
        );
        if let Some(label) = labels.iter().find(|&&label| usize::from(label) >= classes.len()) {
            panic!("the label {label} is none of the {} classes", classes.len());
        }
        Self {
            rows: (0..labels.len()).collect(),
            pixels: Arc::new(pixels),
            labels: Arc::new(labels),
            shape,
            classes: classes.into(),
            scale: None,
        }
    }

    /// The number of images.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no image.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The shape of one image: channels, height, width.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// The names of the classes; a label is a place in this list.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The label of one image.
    ///
    /// # Panics
    /// If there is no such image.
    #[track_caller]
    pub fn label(&self, index: usize) -> usize {
        self.labels[self.rows[index]].into()
    }

    /// All labels, in order.
    pub fn labels(&self) -> Vec<usize> {
        self.rows.iter().map(|&row| self.labels[row].into()).collect()
    }

    /// How many images each class has.
    pub fn class_counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.classes.len()];
        self.labels().into_iter().for_each(|label| counts[label] += 1);
        counts
    }

    /// The bytes of one image, channel by channel.
    ///
    /// # Panics
    /// If there is no such image.
    #[track_caller]
    pub fn pixels(&self, index: usize) -> &[u8] {
        let size = self.shape.iter().product::<usize>();
        &self.pixels[self.rows[index] * size..][..size]
    }

    /// From now on tensors hold (x/255 − mean) / std, with a mean and a standard deviation for each channel, instead
    /// of x/255. Bytes and labels stay as they are.
    ///
    /// # Panics
    /// If there are not as many pairs as channels.
    #[track_caller]
    pub fn standardized(self, mean_and_std: &[(f32, f32)]) -> Self {
        assert!(
            mean_and_std.len() == self.shape[0],
            "{} means and standard deviations for {} channels",
            mean_and_std.len(),
            self.shape[0]
        );
        Self { scale: Some(mean_and_std.to_vec()), ..self }
    }

    /// From now on tensors hold x/255, a number from 0 (black) to 1 (white), as they do at first.
    pub fn unstandardized(self) -> Self {
        Self { scale: None, ..self }
    }

    /// Mean and standard deviation of each channel over all images, for numbers from 0 to 1.
    pub fn mean_and_std(&self) -> Vec<(f64, f64)> {
        let [channels, height, width] = self.shape;
        let mut histograms = vec![[0u64; 256]; channels];
        for index in 0..self.len() {
            for (plane, histogram) in self.pixels(index).chunks_exact(height * width).zip(&mut histograms) {
                plane.iter().for_each(|&pixel| histogram[usize::from(pixel)] += 1);
            }
        }
        let average = |histogram: &[u64; 256], f: &dyn Fn(f64) -> f64| {
            let pixels = histogram.iter().sum::<u64>() as f64;
            (0u8..=255).zip(histogram).map(|(pixel, &n)| f(f64::from(pixel) / 255.0) * n as f64).sum::<f64>()
                / pixels
        };
        let of_channel = |histogram| {
            let mean = average(histogram, &|x| x);
            (mean, average(histogram, &|x| (x - mean).powi(2)).sqrt())
        };
        histograms.iter().map(of_channel).collect()
    }

    /// The images at these places as a tensor [n, C, H, W], and their labels.
    ///
    /// # Panics
    /// If there is no such image.
    #[track_caller]
    pub fn batch(&self, indices: &[usize]) -> (Tensor, Vec<usize>) {
        let [channels, height, width] = self.shape;
        let tables: Vec<[f32; 256]> = (0..channels).map(|channel| self.table(channel)).collect();
        let mut numbers = Vec::with_capacity(indices.len() * channels * height * width);
        for &index in indices {
            for (plane, table) in self.pixels(index).chunks_exact(height * width).zip(&tables) {
                numbers.extend(plane.iter().map(|&pixel| table[usize::from(pixel)]));
            }
        }
        let images = Tensor::from_vec(numbers, [indices.len(), channels, height, width]);
        (images, indices.iter().map(|&index| self.label(index)).collect())
    }

    /// All images as a tensor [N, C, H, W], four bytes a pixel, and their labels.
    pub fn all(&self) -> (Tensor, Vec<usize>) {
        self.batch(&(0..self.len()).collect::<Vec<_>>())
    }

    /// The number that stands for each byte in a channel.
    fn table(&self, channel: usize) -> [f32; 256] {
        let (mean, std) = self.scale.as_ref().map_or((0.0, 1.0), |scale| scale[channel]);
        std::array::from_fn(|pixel| (pixel as f32 / 255.0 - mean) / std)
    }

    /// The first `n` images, or all if there are fewer.
    pub fn take(&self, n: usize) -> Self {
        self.part(self.rows.iter().copied().take(n))
    }

    /// The first `n` images and the others: a training set and a hold-out.
    ///
    /// ```
    /// # use data::ImageSet;
    /// # let train = ImageSet::new(vec![0; 60], vec![0; 60], [1, 1, 1], vec!["paper".into()]);
    /// let (train, validation) = train.split(55);
    /// assert_eq!((train.len(), validation.len()), (55, 5));
    /// ```
    ///
    /// # Panics
    /// If there are fewer images.
    #[track_caller]
    pub fn split(&self, n: usize) -> (Self, Self) {
        assert!(n <= self.len(), "split: there are {} images, fewer than {n}", self.len());
        let (first, rest) = self.rows.split_at(n);
        (self.part(first.iter().copied()), self.part(rest.iter().copied()))
    }

    /// The images at these places.
    ///
    /// # Panics
    /// If there is no such image.
    #[track_caller]
    pub fn subset(&self, indices: &[usize]) -> Self {
        self.part(indices.iter().map(|&index| self.rows[index]))
    }

    /// The images of these classes. Their new labels are the places in the list, so `only(&[0, 8])` makes a set of
    /// two classes with the labels 0 and 1.
    ///
    /// # Panics
    /// If there is no such class, or one is listed twice.
    #[track_caller]
    pub fn only(&self, classes: &[usize]) -> Self {
        for (place, &class) in classes.iter().enumerate() {
            assert!(
                class < self.classes.len(),
                "only: there is no class {class}, they are 0 to {}",
                self.classes.len() - 1
            );
            assert!(!classes[..place].contains(&class), "only: the class {class} is listed twice");
        }
        // Images of other classes stay in `labels` without being in `rows`; their label is of no account.
        let place = |label: u8| classes.iter().position(|&class| class == usize::from(label));
        Self {
            labels: Arc::new(self.labels.iter().map(|&label| place(label).unwrap_or(0) as u8).collect()),
            classes: classes.iter().map(|&class| self.classes[class].clone()).collect(),
            ..self.part(self.rows.iter().copied().filter(|&row| place(self.labels[row]).is_some()))
        }
    }

    /// The images made smaller by averaging squares of `factor` × `factor` pixels.
    ///
    /// # Panics
    /// If the height or the width is no multiple of `factor`.
    #[track_caller]
    pub fn downsampled(&self, factor: usize) -> Self {
        let [channels, height, width] = self.shape;
        assert!(
            factor > 0 && height % factor == 0 && width % factor == 0,
            "downsampled: {height} × {width} pixels do not fall into squares of {factor} × {factor}"
        );
        let shape = [channels, height / factor, width / factor];
        let area = factor * factor;
        let mut pixels = Vec::with_capacity(self.len() * shape.iter().product::<usize>());
        for index in 0..self.len() {
            let image = self.pixels(index);
            for band in image.chunks_exact(factor * width) {
                for left in (0..width).step_by(factor) {
                    let sum: usize = band
                        .chunks_exact(width)
                        .flat_map(|row| &row[left..left + factor])
                        .map(|&pixel| usize::from(pixel))
                        .sum();
                    pixels.push(((sum + area / 2) / area) as u8);
                }
            }
        }
        Self {
            pixels: Arc::new(pixels),
            labels: Arc::new(self.rows.iter().map(|&row| self.labels[row]).collect()),
            rows: (0..self.len()).collect(),
            shape,
            classes: Arc::clone(&self.classes),
            scale: self.scale.clone(),
        }
    }

    fn part(&self, rows: impl Iterator<Item = usize>) -> Self {
        Self {
            pixels: Arc::clone(&self.pixels),
            labels: Arc::clone(&self.labels),
            rows: rows.collect(),
            shape: self.shape,
            classes: Arc::clone(&self.classes),
            scale: self.scale.clone(),
        }
    }
}
