//! Softmax, its logarithm, and the cross-entropy of logits with class indices.

use crate::autograd::{Backward, Grads, Op};
use crate::dims::resolve;
use crate::error::OrPanic;
use crate::kernels::Normalised;
use crate::{Dim, Error, Float, Result, Tensor};

/// y = softmax(x) along the last dimension.
struct Softmax;

impl<T: Float> Op<T> for Softmax {
    fn name(&self) -> &'static str {
        "Softmax"
    }

    fn saves_output(&self) -> bool {
        true
    }

    /// dx = y ⊙ (dy − Σ dy·y)
    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        let (y, dy) = (cx.y(), cx.dy);
        vec![Some(y * (dy - (dy * y).sum_keepdim(-1)))]
    }
}

/// y = log softmax(x) along the last dimension.
struct LogSoftmax;

impl<T: Float> Op<T> for LogSoftmax {
    fn name(&self) -> &'static str {
        "LogSoftmax"
    }

    fn saves_output(&self) -> bool {
        true
    }

    /// dx = dy − e^y · Σ dy
    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some(cx.dy - cx.y().exp() * cx.dy.sum_keepdim(-1))]
    }
}

/// The mean over the rows of −log softmax(logits)[label].
struct CrossEntropy<T: Float> {
    logits: Tensor<T>,
    labels: Vec<usize>,
}

impl<T: Float> Op<T> for CrossEntropy<T> {
    fn name(&self) -> &'static str {
        "CrossEntropy"
    }

    /// d logits = (softmax(logits) − one_hot(labels)) · dy / n
    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        let [n, classes] = self.logits.dims();
        let targets = Tensor::one_hot(&self.labels, classes).to(&self.logits.device());
        vec![Some((self.logits.softmax(1) - targets) * (cx.dy / n as f64))]
    }
}

impl<T: Float> Tensor<T> {
    /// e^xᵢ / Σⱼ e^xⱼ along a dimension: positive numbers that sum to 1.
    ///
    /// # Panics
    /// If the dimension does not exist.
    #[track_caller]
    pub fn softmax(&self, dim: impl Dim) -> Self {
        self.normalised("softmax", Normalised::Softmax, dim.signed()).or_panic()
    }

    /// The logarithm of [`softmax`](Self::softmax), xᵢ − log Σⱼ e^xⱼ, which stays finite where softmax vanishes.
    ///
    /// # Panics
    /// If the dimension does not exist.
    #[track_caller]
    pub fn log_softmax(&self, dim: impl Dim) -> Self {
        self.normalised("log_softmax", Normalised::LogSoftmax, dim.signed()).or_panic()
    }

    fn normalised(&self, op: &'static str, kind: Normalised, dim: isize) -> Result<Self> {
        let dim = resolve(op, dim, self.layout.shape)?;
        let x = self.transpose(dim, -1);
        let y = Self::compute(x.layout.shape, x.device(), |out| {
            T::softmax(kind, x.storage.host(), &x.layout, out);
        });
        let y = match kind {
            Normalised::Softmax => y.record(&[&x], || Softmax),
            Normalised::LogSoftmax => y.record(&[&x], || LogSoftmax),
        };
        Ok(y.transpose(dim, -1))
    }

    /// The mean over the rows of −log pₖ, where p is the softmax of logits [n, classes] and k the label of the row: a
    /// scalar.
    ///
    /// # Panics
    /// If this is no matrix with a row per label, or a label is not below the number of classes.
    #[track_caller]
    pub fn cross_entropy(&self, labels: &[usize]) -> Self {
        self.try_cross_entropy(labels).or_panic()
    }

    /// Like [`cross_entropy`](Self::cross_entropy), with an error instead of a panic.
    pub fn try_cross_entropy(&self, labels: &[usize]) -> Result<Self> {
        let shape = self.layout.shape;
        let &[n, classes] = &shape[..] else {
            let detail = format!("logits are a matrix [samples, classes], not {shape:?}");
            return Err(Error::shape("cross_entropy", detail));
        };
        if labels.len() != n {
            let detail =
                format!("{} labels for logits of shape {shape:?}: one a row is needed", labels.len());
            return Err(Error::shape("cross_entropy", detail));
        }
        if let Some(&index) = labels.iter().find(|&&label| label >= classes) {
            return Err(Error::Index { op: "cross_entropy", index, dim: 1, size: classes });
        }
        let log_p = self.detach().log_softmax(1);
        let log_p = log_p.as_slice();
        let losses = labels.iter().enumerate().map(|(row, label)| -log_p[row * classes + label].as_f64());
        let mean = losses.sum::<f64>() / n as f64;
        let y = Self::compute(().into(), self.device(), |out| out.fill(T::from_f64(mean)));
        Ok(y.record(&[self], || CrossEntropy { logits: self.clone(), labels: labels.to_vec() }))
    }
}
