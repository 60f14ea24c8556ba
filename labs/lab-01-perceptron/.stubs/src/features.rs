//! The kernel trick: a straight line in a larger space is a curve in ours, and the larger space need not be entered.

// Until everything in this file is written, some of its names are unused: rustc stays silent about that.
// Delete these lines when you are done.
#![allow(unused_variables, unused_imports, unused_mut, dead_code, unreachable_code)]

/// How similar two samples are: the inner product of their features.
pub type Kernel = fn(&[f64], &[f64]) -> f64;

/// φ(x): all products of at most two of the D numbers, scaled such that ⟨φ(x), φ(y)⟩ = (1 + ⟨x, y⟩)².
///
/// They are 1, √2·xᵢ, xᵢ², and √2·xᵢ·xⱼ for i < j, (D + 1)(D + 2)/2 in all, in any order.
pub fn quadratic_features(x: &[f64]) -> Vec<f64> {
    let root = std::f64::consts::SQRT_2;
    let mut features: Vec<f64> = Vec::new();
    todo!("6.1: 1, √2·xᵢ, xᵢ², √2·xᵢ·xⱼ for i < j")
}

/// k(x, y) = (1 + ⟨x, y⟩)², the same inner product without the features.
pub fn quadratic_kernel(x: &[f64], y: &[f64]) -> f64 {
    todo!("6.2: (1 + ⟨x, y⟩)²")
}

/// Rosenblatt's perceptron on features that are never computed (Aizerman, Braverman and Rozonoer, 1964).
///
/// Its weights w = Σᵢ aᵢ·φ(xᵢ) stay sums of the features of samples. It remembers the aᵢ instead of w.
#[derive(Debug, Clone)]
pub struct KernelPerceptron {
    /// The samples that it learned from.
    pub points: Vec<Vec<f64>>,
    /// aᵢ: the label of sample i times the mistakes made on it.
    pub coefficients: Vec<f64>,
    /// k.
    pub kernel: Kernel,
}

impl KernelPerceptron {
    /// ⟨w, φ(x)⟩ + b = Σᵢ aᵢ·(k(xᵢ, x) + 1): the bias is the sum of all aᵢ.
    pub fn score(&self, x: &[f64]) -> f64 {
        todo!("6.3: Σᵢ aᵢ·(k(xᵢ, x) + 1)")
    }

    /// Goes through the samples in their order until a pass has no mistake, but at most `passes` times. Mistakes are
    /// those of [`Perceptron::learn`](crate::Perceptron::learn); after one, aᵢ becomes aᵢ + yᵢ.
    ///
    /// Returns the perceptron and the number of mistakes in each pass.
    ///
    /// # Panics
    /// If there is not one label for each sample.
    pub fn train(points: &[Vec<f64>], labels: &[f64], kernel: Kernel, passes: usize) -> (Self, Vec<usize>) {
        assert_eq!(points.len(), labels.len(), "each sample has one label");
        let mut perceptron =
            KernelPerceptron { points: points.to_vec(), coefficients: vec![0.0; points.len()], kernel };
        let mut mistakes: Vec<usize> = Vec::new();
        todo!("6.4: as in step 3, with a[i] += y[i] for a mistake on sample i")
    }
}
