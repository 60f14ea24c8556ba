//! Losses: how far predictions are from targets, as a scalar to call `backward` on.
//!
//! Each function returns the mean over all elements, PyTorch's default. Its `_with` twin takes a [`Reduction`]:
//!
//! ```
//! use nn::loss::{Reduction, mse_loss, mse_loss_with};
//! use tensor::Tensor;
//!
//! let x = Tensor::from([1.0f32, 2.0]);
//! let xhat = Tensor::from([1.0f32, 4.0]);
//! assert_eq!(mse_loss(&xhat, &x).item(), 2.0);
//! assert_eq!(mse_loss_with(&xhat, &x, Reduction::Sum).item(), 4.0);
//! assert_eq!(mse_loss_with(&xhat, &x, Reduction::None).to_vec(), [0.0, 4.0]);
//! ```

use tensor::{Backward, Float, Grads, Op, Tensor, no_grad};

/// What becomes of the losses of the single elements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reduction {
    /// Their mean.
    #[default]
    Mean,
    /// Their sum.
    Sum,
    /// They are returned as they are.
    None,
}

impl Reduction {
    fn of<T: Float>(self, losses: Tensor<T>) -> Tensor<T> {
        match self {
            Self::Mean => losses.mean(..),
            Self::Sum => losses.sum(..),
            Self::None => losses,
        }
    }
}

/// Broadcasting a loss is nearly always a mistake: [N, 1] against [N] would compare every pair.
#[track_caller]
fn same_shape<T: Float>(loss: &str, input: &Tensor<T>, target: &Tensor<T>) {
    assert!(
        input.shape() == target.shape(),
        "{loss}: the input has shape {:?}, the target {:?}; reshape one of them",
        input.shape(),
        target.shape()
    );
}

macro_rules! losses {
    ($($(#[$doc:meta])+ $name:ident $with:ident |$input:ident, $target:ident| $loss:expr;)+) => {$(
        $(#[$doc])+
        ///
        /// # Panics
        /// If the shapes differ.
        #[track_caller]
        pub fn $name<T: Float>(input: &Tensor<T>, target: &Tensor<T>) -> Tensor<T> {
            $with(input, target, Reduction::Mean)
        }

        #[doc = concat!("[`", stringify!($name), "`] with another reduction.")]
        ///
        /// # Panics
        /// If the shapes differ.
        #[track_caller]
        pub fn $with<T: Float>(
            $input: &Tensor<T>,
            $target: &Tensor<T>,
            reduction: Reduction,
        ) -> Tensor<T> {
            same_shape(stringify!($name), $input, $target);
            reduction.of($loss)
        }
    )+};
}

losses! {
    /// The squared error, (x − t)².
    mse_loss mse_loss_with |x, t| (x - t).square_();

    /// The absolute error, |x − t|.
    l1_loss l1_loss_with |x, t| (x - t).abs_();

    /// The cross-entropy of a probability x with a target t in [0, 1]: −t·log x − (1 − t)·log(1 − x). The logarithms
    /// are taken to be −100 at least, as in PyTorch, so that a wrong and certain prediction has a finite loss.
    ///
    /// Prefer [`binary_cross_entropy_with_logits`], which does not lose the digits that `sigmoid` rounds away.
    binary_cross_entropy binary_cross_entropy_with |x, t| BinaryCrossEntropy::of(x, t);

    /// [`binary_cross_entropy`] of sigmoid(x), without overflow: log(1 + eˣ) − t·x.
    binary_cross_entropy_with_logits binary_cross_entropy_with_logits_with |x, t| x.softplus() - t * x;

    /// The terms t·(log t − x) of the Kullback-Leibler divergence of the distribution t from the one whose logarithms
    /// are x; 0 where t is. The mean over the elements is not the divergence: divide the sum by the number of
    /// distributions ([`Reduction::Sum`]).
    kl_div kl_div_with |x, t| {
        let zero = t.zeros_like();
        let log_t = Tensor::where_(&t.gt(0.0), &t.log(), &zero);
        t * (log_t - x)
    };
}

/// An operation of its own, because the derivative of its parts is 0·∞ where a sigmoid has reached 0 or 1.
struct BinaryCrossEntropy<T: Float> {
    x: Tensor<T>,
    t: Tensor<T>,
}

impl<T: Float> BinaryCrossEntropy<T> {
    fn of(x: &Tensor<T>, t: &Tensor<T>) -> Tensor<T> {
        let losses = no_grad(|| {
            let (log_x, log_rest) = Self::logarithms(x);
            -(t * log_x + (1.0 - t) * log_rest)
        });
        losses.record(&[x, t], || Self { x: x.clone(), t: t.clone() })
    }

    /// log x and log(1 − x), cut off at −100.
    fn logarithms(x: &Tensor<T>) -> (Tensor<T>, Tensor<T>) {
        let log = |p: Tensor<T>| p.log_().clamp(-100.0, 0.0);
        (log(x.clone()), log(1.0 - x))
    }
}

impl<T: Float> Op<T> for BinaryCrossEntropy<T> {
    fn name(&self) -> &'static str {
        "BinaryCrossEntropy"
    }

    /// dx = dy·(x − t) / x(1 − x), where the denominator is 10⁻¹² at least; dt = dy·(log(1 − x) − log x)
    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        let Self { x, t } = self;
        let dx = || cx.dy * (x - t) / (x * (1.0 - x)).clamp(1e-12, f64::INFINITY);
        let dt = || {
            let (log_x, log_rest) = Self::logarithms(x);
            cx.dy * (log_rest - log_x)
        };
        vec![cx.needs(0).then(dx), cx.needs(1).then(dt)]
    }
}

/// Quadratic near 0 and linear beyond `delta`: ½d² where |d| < δ, else δ(|d| − ½δ), for d = x − t. Outliers pull no
/// stronger than δ (Huber, *Robust Estimation of a Location Parameter*, 1964). The mean over all elements.
///
/// # Panics
/// If the shapes differ, or `delta` is not positive.
#[track_caller]
pub fn huber_loss<T: Float>(input: &Tensor<T>, target: &Tensor<T>, delta: f64) -> Tensor<T> {
    huber_loss_with(input, target, delta, Reduction::Mean)
}

/// [`huber_loss`] with another reduction.
///
/// # Panics
/// If the shapes differ, or `delta` is not positive.
#[track_caller]
pub fn huber_loss_with<T: Float>(
    input: &Tensor<T>,
    target: &Tensor<T>,
    delta: f64,
    reduction: Reduction,
) -> Tensor<T> {
    same_shape("huber_loss", input, target);
    assert!(delta > 0.0, "huber_loss: delta is {delta}, but must be positive");
    let distance = (input - target).abs_();
    let near = distance.square() * 0.5;
    let far = (&distance - 0.5 * delta) * delta;
    reduction.of(Tensor::where_(&distance.lt(delta), &near, &far))
}

/// [`huber_loss`] divided by β, so that the linear part has slope 1: ½d²/β where |d| < β, else |d| − ½β. PyTorch's
/// default β is 1; with β = 0 it is [`l1_loss`].
///
/// # Panics
/// If the shapes differ, or `beta` is negative.
#[track_caller]
pub fn smooth_l1_loss<T: Float>(input: &Tensor<T>, target: &Tensor<T>, beta: f64) -> Tensor<T> {
    smooth_l1_loss_with(input, target, beta, Reduction::Mean)
}

/// [`smooth_l1_loss`] with another reduction.
///
/// # Panics
/// If the shapes differ, or `beta` is negative.
#[track_caller]
pub fn smooth_l1_loss_with<T: Float>(
    input: &Tensor<T>,
    target: &Tensor<T>,
    beta: f64,
    reduction: Reduction,
) -> Tensor<T> {
    assert!(beta >= 0.0, "smooth_l1_loss: beta is {beta}, but must not be negative");
    if beta == 0.0 {
        return l1_loss_with(input, target, reduction);
    }
    huber_loss_with(input, target, beta, reduction) / beta
}

/// The mean cross-entropy `−log softmax(x)[label]` of logits with class indices, as in the lecture:
/// `cross_entropy(&predictions, &labels)`. See [`CrossEntropyLoss`] for logits of images and for options.
///
/// # Panics
/// If there is not one label below the number of classes for each row.
#[track_caller]
pub fn cross_entropy<T: Float>(logits: &Tensor<T>, labels: &[usize]) -> Tensor<T> {
    if logits.rank() == 2 {
        return logits.cross_entropy(labels);
    }
    CrossEntropyLoss::new().forward(logits, labels)
}

/// The mean of `−x[label]` for log-probabilities x: what is left of [`cross_entropy`] after `log_softmax`.
///
/// # Panics
/// If there is not one label below the number of classes for each row.
#[track_caller]
pub fn nll_loss<T: Float>(log_probabilities: &Tensor<T>, labels: &[usize]) -> Tensor<T> {
    CrossEntropyLoss::new().of_log_probabilities(log_probabilities, labels)
}

/// Cross-entropy with class indices and options, for logits [N, C] or, per pixel, [N, C, H, W].
///
/// ```
/// use nn::loss::CrossEntropyLoss;
/// use tensor::Tensor;
///
/// // Two images of 2 × 2 pixels, three classes, one label for each pixel.
/// let logits: Tensor = Tensor::zeros([2, 3, 2, 2]);
/// let labels = [0, 1, 2, 0, 1, 1, 2, 2];
/// let loss = CrossEntropyLoss::new().label_smoothing(0.1).forward(&logits, &labels);
/// assert!((loss.item() - 3f32.ln()).abs() < 1e-6);
/// ```
#[derive(Debug, Clone, Default)]
pub struct CrossEntropyLoss {
    weights: Option<Vec<f64>>,
    smoothing: f64,
    ignored: Option<usize>,
    reduction: Reduction,
}

impl CrossEntropyLoss {
    /// The mean over all samples.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts each sample as often as its class's weight says; the mean divides by the sum of the weights.
    #[must_use]
    pub fn class_weights(mut self, weights: &[f64]) -> Self {
        self.weights = Some(weights.to_vec());
        self
    }

    /// Takes the target to be the label with probability 1 − ε, and any class with ε/C each (Szegedy et al.,
    /// *Rethinking the Inception Architecture*, 2015).
    #[must_use]
    pub fn label_smoothing(mut self, epsilon: f64) -> Self {
        self.smoothing = epsilon;
        self
    }

    /// Leaves out samples with this label, which may be beyond the classes.
    #[must_use]
    pub fn ignore_label(mut self, label: usize) -> Self {
        self.ignored = Some(label);
        self
    }

    /// Sets the reduction. Without one the loss is a vector with a number per label.
    #[must_use]
    pub fn reduction(mut self, reduction: Reduction) -> Self {
        self.reduction = reduction;
        self
    }

    /// The loss of logits with labels in row-major order.
    ///
    /// # Panics
    /// If there is not one label below the number of classes for each sample, or not one weight for each class.
    #[track_caller]
    pub fn forward<T: Float>(&self, logits: &Tensor<T>, labels: &[usize]) -> Tensor<T> {
        let rows = rows_of_classes(logits);
        self.of_rows(&rows.log_softmax(1), labels, logits.shape())
    }

    #[track_caller]
    fn of_log_probabilities<T: Float>(&self, log_p: &Tensor<T>, labels: &[usize]) -> Tensor<T> {
        self.of_rows(&rows_of_classes(log_p), labels, log_p.shape())
    }

    /// loss = −Σ_c w_c·q_c·log p_c with the smoothed target distribution q.
    #[track_caller]
    fn of_rows<T: Float>(&self, log_p: &Tensor<T>, labels: &[usize], shape: &[usize]) -> Tensor<T> {
        let [n, classes] = log_p.dims();
        assert!(
            labels.len() == n,
            "cross_entropy: {} labels for logits of shape {shape:?}: {n} are needed",
            labels.len()
        );
        let weights = self.weights.clone().unwrap_or_else(|| vec![1.0; classes]);
        assert!(
            weights.len() == classes,
            "cross_entropy: {} class weights for {classes} classes",
            weights.len()
        );
        let mut target = vec![T::zero(); n * classes];
        let mut total = 0.0;
        for (row, &label) in target.chunks_mut(classes.max(1)).zip(labels) {
            if self.ignored == Some(label) {
                continue;
            }
            assert!(label < classes, "cross_entropy: there is no class {label} among {classes}");
            for (class, q) in row.iter_mut().enumerate() {
                let certain = f64::from(class == label) * (1.0 - self.smoothing);
                *q = T::from_f64(weights[class] * (certain + self.smoothing / classes as f64));
            }
            total += weights[label];
        }
        let target = Tensor::from_vec(target, [n, classes]).to(&log_p.device());
        match self.reduction {
            Reduction::None => -(target * log_p).sum(1),
            Reduction::Sum => -(target * log_p).sum(..),
            Reduction::Mean => -(target * log_p).sum(..) / total,
        }
    }
}

/// [N, C, …] with a row for each place: [N·…, C].
#[track_caller]
fn rows_of_classes<T: Float>(logits: &Tensor<T>) -> Tensor<T> {
    let rank = logits.rank();
    assert!(rank >= 2, "cross_entropy: logits are [N, C] or [N, C, …], not {:?}", logits.shape());
    let classes = logits.size(1);
    let order: Vec<usize> = std::iter::once(0).chain(2..rank).chain([1]).collect();
    let places = logits.shape().iter().product::<usize>() / classes.max(1);
    logits.permute(&order[..]).reshape([places, classes])
}

/// The cosine of the angle between the vectors along a dimension, a·b / ‖a‖‖b‖, where a norm is taken to be
/// 10⁻⁸ at least.
///
/// # Panics
/// If the shapes differ or the dimension does not exist.
#[track_caller]
pub fn cosine_similarity<T: Float>(a: &Tensor<T>, b: &Tensor<T>, dim: isize) -> Tensor<T> {
    same_shape("cosine_similarity", a, b);
    // Each norm is kept from 0 on its own, before the root, whose derivative is infinite there.
    let length = |x: &Tensor<T>| x.square().sum(dim).clamp(1e-16, f64::INFINITY).sqrt_();
    (a * b).sum(dim) / (length(a) * length(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: &Tensor<f64>, expected: &[f64]) {
        for (a, e) in a.to_vec().iter().zip(expected) {
            // A handful of operations on numbers of order 1.
            assert!((a - e).abs() <= 16.0 * f64::EPSILON * e.abs().max(1.0), "{a} is not {e}");
        }
        assert_eq!(a.numel(), expected.len());
    }

    #[test]
    fn binary_cross_entropy_agrees_with_its_stable_form() {
        let x = Tensor::from([-3.0f64, -0.5, 0.0, 2.0]);
        let t = Tensor::from([0.0f64, 0.25, 1.0, 1.0]);
        let stable = binary_cross_entropy_with_logits_with(&x, &t, Reduction::None);
        close(&binary_cross_entropy_with(&x.sigmoid(), &t, Reduction::None), &stable.to_vec());
        let extreme = binary_cross_entropy_with_logits_with(
            &Tensor::from([1e4f32, -1e4, 1e4]),
            &Tensor::from([0.0, 1.0, 1.0]),
            Reduction::None,
        );
        assert_eq!(extreme.to_vec(), [1e4, 1e4, 0.0]);
        let certain = binary_cross_entropy(&Tensor::from([0.0f32]), &Tensor::from([1.0]));
        assert_eq!(certain.item(), 100.0);
    }

    #[test]
    fn certain_predictions_have_finite_gradients() {
        let x = Tensor::from([0.0f64, 1.0, 0.0, 1.0, 0.25]).requires_grad_();
        let t = Tensor::from([0.0f64, 1.0, 1.0, 0.0, 1.0]);
        binary_cross_entropy_with(&x, &t, Reduction::Sum).backward();
        close(&x.grad().unwrap(), &[0.0, 0.0, -1e12, 1e12, -4.0]);

        let x = Tensor::from([0.2f64, 0.7]).requires_grad_();
        let t = Tensor::from([0.3f64, 0.9]).requires_grad_();
        let loss = |x: &Tensor<f64>, t: &Tensor<f64>| binary_cross_entropy_with(x, t, Reduction::Sum);
        loss(&x, &t).backward();
        let h = 1e-5;
        for (leaf, difference) in
            [(&x, loss(&(&x + h), &t) - loss(&(&x - h), &t)), (&t, loss(&x, &(&t + h)) - loss(&x, &(&t - h)))]
        {
            // A central difference errs by O(h²) and by rounding/h.
            let slope = leaf.grad().unwrap().sum(..).item();
            assert!((slope - difference.item() / (2.0 * h)).abs() < 1e-7 * slope.abs());
        }
    }

    #[test]
    fn huber_is_quadratic_then_linear() {
        let x = Tensor::from([0.5f64, -3.0, 2.0]);
        let zero = Tensor::zeros(3);
        close(&huber_loss_with(&x, &zero, 2.0, Reduction::None), &[0.125, 4.0, 2.0]);
        close(&smooth_l1_loss_with(&x, &zero, 2.0, Reduction::None), &[0.0625, 2.0, 1.0]);
        close(&smooth_l1_loss(&x, &zero, 0.0), &[5.5 / 3.0]);
    }

    #[test]
    fn the_divergence_of_a_distribution_from_itself_is_zero() {
        let t = Tensor::from([[0.0f64, 0.25, 0.75], [0.2, 0.3, 0.5]]);
        let log_t = (&t + 1e-300).log();
        close(&kl_div_with(&log_t, &t, Reduction::Sum), &[0.0]);
        let uniform = Tensor::full([2, 3], -(3f64.ln()));
        assert!(kl_div(&uniform, &t).item() > 0.0);
    }

    #[test]
    fn cross_entropy_options() {
        let logits = Tensor::from([[1.0f64, 2.0, 0.5], [0.0, -1.0, 3.0]]);
        let labels = [1, 2];
        let log_p = logits.log_softmax(1);
        let plain = logits.cross_entropy(&labels).item();
        close(&CrossEntropyLoss::new().forward(&logits, &labels), &[plain]);
        close(&nll_loss(&log_p, &labels), &[plain]);
        let p = |row: usize, class: usize| log_p.get([row, class]);
        let weighted = CrossEntropyLoss::new().class_weights(&[1.0, 2.0, 3.0]).forward(&logits, &labels);
        close(&weighted, &[-(2.0 * p(0, 1) + 3.0 * p(1, 2)) / 5.0]);
        let smoothed = CrossEntropyLoss::new().label_smoothing(0.3).forward(&logits, &labels);
        let row =
            |row: usize, label: usize| -(0.7 * p(row, label) + 0.1 * (p(row, 0) + p(row, 1) + p(row, 2)));
        close(&smoothed, &[(row(0, 1) + row(1, 2)) / 2.0]);
        let ignoring = CrossEntropyLoss::new().ignore_label(255).forward(&logits, &[255, 2]);
        close(&ignoring, &[-p(1, 2)]);
        let each = CrossEntropyLoss::new().reduction(Reduction::None).forward(&logits, &labels);
        close(&each, &[-p(0, 1), -p(1, 2)]);
    }

    #[test]
    fn pixels_are_samples() {
        let logits = Tensor::<f64>::from_fn([2, 3, 2, 2], |i| (i[0] + 2 * i[1] * i[2]) as f64 - i[3] as f64);
        let labels = [0, 1, 2, 0, 1, 1, 2, 2];
        let pixels = logits.permute([0, 2, 3, 1]).reshape([8, 3]);
        close(&cross_entropy(&logits, &labels), &[pixels.cross_entropy(&labels).item()]);
    }

    #[test]
    fn cosines() {
        let a = Tensor::from([[1.0f64, 0.0], [3.0, 4.0], [0.0, 0.0]]).requires_grad_();
        let b = Tensor::from([[0.0f64, 2.0], [6.0, 8.0], [1.0, 1.0]]);
        let cosine = cosine_similarity(&a, &b, 1);
        close(&cosine, &[0.0, 1.0, 0.0]);
        cosine.sum(..).backward();
        assert!(!a.grad().unwrap().has_non_finite());
    }

    #[test]
    #[should_panic(expected = "the input has shape [3, 1], the target [3]")]
    fn losses_do_not_broadcast() {
        mse_loss(&Tensor::<f32>::zeros([3, 1]), &Tensor::zeros(3));
    }
}
