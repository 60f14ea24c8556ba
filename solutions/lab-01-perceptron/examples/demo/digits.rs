//! Rosenblatt's perceptron tells handwritten zeros from ones.

use data::{ImageSet, Mnist};
use lab_01_perceptron::{Perceptron, margin, mistake_bound, radius, train};
use tensor::Generator;

use crate::progress;

/// After so many passes it stops, separated or not.
const PASSES: usize = 1000;

pub(crate) struct Digits {
    /// The label of each training digit: −1 for zeros, 1 for ones.
    pub(crate) labels: Vec<f64>,
    pub(crate) perceptron: Perceptron,
    /// The mistakes of each pass.
    pub(crate) mistakes: Vec<usize>,
    /// R.
    pub(crate) radius: f64,
    /// The margin of what Rosenblatt's rule has found.
    pub(crate) own_margin: f64,
    /// A separator with a wide margin, what that is, and what none can exceed.
    pub(crate) widest: Widest,
    /// Novikoff's bound with that margin.
    pub(crate) bound: f64,
    pub(crate) test: ImageSet,
    /// The score of each test digit.
    pub(crate) scores: Vec<f64>,
}

impl Digits {
    pub(crate) fn learn(most: usize, margin_steps: usize, seed: u64) -> demo::Result<Self> {
        let mnist = Mnist::load()?;
        let test = mnist.test.only(&[0, 1]);
        let digits = mnist.train.only(&[0, 1]);
        let mut order: Vec<usize> = (0..digits.len()).collect();
        Generator::seed(seed).shuffle(&mut order);
        order.truncate(most);
        let (points, labels) = samples(&digits.subset(&order));
        let (perceptron, mistakes) = train(&points, &labels, PASSES);
        let own_margin = margin(&perceptron, &points, &labels);
        let widest = Widest::find(&points, &labels, margin_steps);
        let radius = radius(&points);
        let bound = mistake_bound(radius, widest.margin);
        let scores = samples(&test).0.iter().map(|x| perceptron.score(x)).collect();
        Ok(Self { labels, perceptron, mistakes, radius, own_margin, widest, bound, test, scores })
    }

    pub(crate) fn total_mistakes(&self) -> usize {
        self.mistakes.iter().sum()
    }

    /// The test digits that it takes for the other, those first of which it is surest.
    pub(crate) fn test_mistakes(&self) -> Vec<usize> {
        let says_one = |index: usize| self.scores[index] > 0.0;
        let mut wrong: Vec<usize> =
            (0..self.test.len()).filter(|&index| says_one(index) != (self.test.label(index) == 1)).collect();
        wrong.sort_by(|&a, &b| self.scores[b].abs().total_cmp(&self.scores[a].abs()));
        wrong
    }

    pub(crate) fn test_accuracy(&self) -> f64 {
        1.0 - self.test_mistakes().len() as f64 / self.test.len() as f64
    }
}

/// The pixels of each digit, from 0 to 1, and its label.
fn samples(digits: &ImageSet) -> (Vec<Vec<f64>>, Vec<f64>) {
    let pixels = |index: usize| digits.pixels(index).iter().map(|&pixel| f64::from(pixel) / 255.0).collect();
    let label = |index: usize| if digits.label(index) == 1 { 1.0 } else { -1.0 };
    ((0..digits.len()).map(pixels).collect(), (0..digits.len()).map(label).collect())
}

/// A separator with a margin that is nearly as wide as any.
pub(crate) struct Widest {
    pub(crate) perceptron: Perceptron,
    /// Its margin: at most the widest there is.
    pub(crate) margin: f64,
    /// The length of a convex combination of the samples y·(x, 1): at least the widest margin there is.
    pub(crate) ceiling: f64,
}

impl Widest {
    /// Gilbert's algorithm (1966): the widest margin is the distance of the origin from the convex hull of the samples
    /// y·(x, 1). Walk, from a point of the hull, towards the sample that lies furthest back, as far as the distance
    /// shrinks.
    fn find(points: &[Vec<f64>], labels: &[f64], steps: usize) -> Self {
        let signed =
            |i: usize| -> Vec<f64> { points[i].iter().chain([&1.0]).map(|x| labels[i] * x).collect() };
        let mut w = signed(0);
        let mut best = Self { perceptron: unextended(&w), margin: f64::NEG_INFINITY, ceiling: f64::INFINITY };
        let bar = progress(steps).with_message("in search of the widest margin");
        for _ in 0..steps {
            bar.inc(1);
            let perceptron = unextended(&w);
            let scores = (0..points.len()).map(|i| labels[i] * perceptron.score(&points[i]));
            let (furthest, least) = scores.enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).expect("a sample");
            let squared_length = inner(&w, &w);
            let margin = least / squared_length.sqrt();
            best.ceiling = best.ceiling.min(squared_length.sqrt());
            if margin > best.margin {
                best = Self { perceptron, margin, ..best };
            }
            let way: Vec<f64> = signed(furthest).iter().zip(&w).map(|(z, w)| z - w).collect();
            let part = (-inner(&w, &way) / inner(&way, &way)).clamp(0.0, 1.0);
            w.iter_mut().zip(&way).for_each(|(w, way)| *w += part * way);
        }
        bar.finish_and_clear();
        best
    }
}

fn inner(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// The perceptron whose weight and bias stand in one vector.
fn unextended(w: &[f64]) -> Perceptron {
    let (bias, weight) = w.split_last().expect("a bias");
    Perceptron { weight: weight.to_vec(), bias: *bias }
}
