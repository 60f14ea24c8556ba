//! Matrix products, also of batches.

use crate::autograd::{Backward, Grads, Op};
use crate::error::OrPanic;
use crate::kernels::Binary;
use crate::ops::arithmetic::same_device;
use crate::{Error, Float, Result, Shape, Tensor};

/// y = a·b for matrices of the same batch.
struct MatMul<T: Float> {
    a: Tensor<T>,
    b: Tensor<T>,
}

impl<T: Float> Op<T> for MatMul<T> {
    fn name(&self) -> &'static str {
        "MatMul"
    }

    /// da = dy·bᵀ, db = aᵀ·dy, summed over what was broadcast.
    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![
            cx.needs(0).then(|| cx.dy.matmul(&self.b.t()).sum_to(self.a.layout.shape)),
            cx.needs(1).then(|| self.a.t().matmul(cx.dy).sum_to(self.b.layout.shape)),
        ]
    }
}

/// y = x·wᵀ + b for the rows of x.
struct Linear<T: Float> {
    x: Tensor<T>,
    w: Tensor<T>,
    biased: bool,
}

impl<T: Float> Op<T> for Linear<T> {
    fn name(&self) -> &'static str {
        "Linear"
    }

    /// dx = dy·w, dw = dyᵀ·x, db = Σ dy over the rows.
    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        let mut grads =
            vec![cx.needs(0).then(|| cx.dy.matmul(&self.w)), cx.needs(1).then(|| cx.dy.t().matmul(&self.x))];
        if self.biased {
            grads.push(cx.needs(2).then(|| cx.dy.sum(0)));
        }
        grads
    }
}

impl<T: Float> Tensor<T> {
    /// y = x·wᵀ + b, the layer of a network: every row of [.., inputs] times a weight [outputs, inputs], plus a bias
    /// `[outputs]`. The same as `x.matmul(&w.t()) + b`, in one operation.
    ///
    /// # Panics
    /// If the shapes do not fit, or the devices differ.
    #[track_caller]
    pub fn linear(&self, weight: &Self, bias: Option<&Self>) -> Self {
        self.try_linear(weight, bias).or_panic()
    }

    /// Like [`linear`](Self::linear), with an error instead of a panic.
    pub fn try_linear(&self, weight: &Self, bias: Option<&Self>) -> Result<Self> {
        same_device("linear", self.device(), weight.device())?;
        let (from, w) = (self.layout.shape, weight.layout.shape);
        let &[outputs, inputs] = &w[..] else {
            return Err(Error::shape("linear", format!("a weight is a matrix [outputs, inputs], not {w:?}")));
        };
        if from.last() != Some(&inputs) {
            let detail = format!("input {from:?} does not end in the {inputs} inputs of the weight {w:?}");
            return Err(Error::shape("linear", detail));
        }
        if let Some(bias) = bias {
            same_device("linear", self.device(), bias.device())?;
            if bias.shape() != [outputs] {
                let detail =
                    format!("a bias for the weight {w:?} is [{outputs}], not {:?}", bias.layout.shape);
                return Err(Error::shape("linear", detail));
            }
        }
        let rows: usize = from[..from.len() - 1].iter().product();
        let x = self.reshape([rows, inputs]);
        let y = Self::compute(Shape::new(&[rows, outputs]), self.device(), |out| {
            T::matmul(x.raw(), (weight.storage.host(), &weight.layout.permute(&[1, 0])), out);
            if let Some(bias) = bias {
                let layout = bias.layout.expand(Shape::new(&[rows, outputs])).expect("a row expands");
                T::binary_assign(Binary::Add, out, (bias.storage.host(), &layout));
            }
        });
        let mut operands = vec![&x, weight];
        operands.extend(bias);
        let y = y.record(&operands, || Linear { x: x.clone(), w: weight.clone(), biased: bias.is_some() });
        Ok(y.reshape(from.with(from.len() - 1, outputs)))
    }

    /// The matrix product. Dimensions before the last two are a batch and are broadcast; a vector on the left is a
    /// row, one on the right a column, and their dimension is removed from the result.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.matmul(&x.t()).to_vec(), [5.0, 11.0, 11.0, 25.0]);
    /// assert_eq!(x.matmul(&Tensor::from([1.0, -1.0])).to_vec(), [-1.0, -1.0]);
    /// ```
    ///
    /// # Panics
    /// If the inner sizes differ, the batches do not broadcast, or the devices differ:
    ///
    /// ```should_panic
    /// use tensor::Tensor;
    /// // matmul: [32, 6] × [8, 6]: inner sizes 6 and 8 differ; did you mean .t()?
    /// Tensor::<f32>::zeros([32, 6]).matmul(&Tensor::zeros([8, 6]));
    /// ```
    #[track_caller]
    pub fn matmul(&self, other: &Self) -> Self {
        self.try_matmul(other).or_panic()
    }

    /// Like [`matmul`](Self::matmul), with an error instead of a panic.
    pub fn try_matmul(&self, other: &Self) -> Result<Self> {
        same_device("matmul", self.device(), other.device())?;
        let (left, right) = (self.layout.shape, other.layout.shape);
        if left.is_empty() || right.is_empty() {
            let detail = format!("{left:?} × {right:?}: a scalar is no matrix; did you mean *?");
            return Err(Error::shape("matmul", detail));
        }
        match (left.len(), right.len()) {
            (1, 1) => Ok(self.unsqueeze(0).try_matmul(&other.unsqueeze(1))?.reshape(())),
            (1, _) => Ok(self.unsqueeze(0).try_matmul(other)?.squeeze(-2)),
            (_, 1) => Ok(self.try_matmul(&other.unsqueeze(1))?.squeeze(-1)),
            _ => self.matrices(other),
        }
    }

    fn matrices(&self, other: &Self) -> Result<Self> {
        let (left, right) = (self.layout.shape, other.layout.shape);
        let (batch_left, [m, k]) = (&left[..left.len() - 2], [self.size(-2), self.size(-1)]);
        let (batch_right, [inner, n]) = (&right[..right.len() - 2], [other.size(-2), other.size(-1)]);
        if k != inner {
            let hint = if k == n || m == inner { "; did you mean .t()?" } else { "" };
            let detail = format!("{left:?} × {right:?}: inner sizes {k} and {inner} differ{hint}");
            return Err(Error::shape("matmul", detail));
        }
        // A batch times one matrix is one tall product.
        if !batch_left.is_empty() && batch_right.is_empty() && self.is_contiguous() {
            let rows = self.numel() / k.max(1);
            if rows * k == self.numel() && k > 0 {
                let mut shape = Shape::new(&left[..left.len() - 1]);
                shape.push(n);
                return Ok(self.reshape([rows, k]).matrices(other)?.reshape(shape));
            }
        }
        let batch = Shape::broadcast("matmul", &Shape::new(batch_left), &Shape::new(batch_right))?;
        let matrices = |rows: usize, columns: usize| {
            let mut shape = batch;
            shape.push(rows);
            shape.push(columns);
            shape
        };
        let a = self.layout.expand(matrices(m, k)).expect("broadcast shapes expand");
        let b = other.layout.expand(matrices(k, n)).expect("broadcast shapes expand");
        let y = Self::compute(matrices(m, n), self.device(), |out| {
            T::matmul((self.storage.host(), &a), (other.storage.host(), &b), out);
        });
        Ok(y.record(&[self, other], || MatMul { a: self.clone(), b: other.clone() }))
    }
}
