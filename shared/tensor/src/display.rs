//! Debug and Display of tensors, in the style of PyTorch.
//!
//! All numbers of a tensor are written in one format, which depends on the largest and the smallest of them:
//! without decimals if they are whole, with an exponent if their range is wide. Of more than 1000 elements only the
//! first and the last three along each dimension are written.

use std::fmt;
use std::fmt::Write;

use crate::{Device, Float, Tensor};

/// The most elements that are written in full.
const THRESHOLD: usize = 1000;
/// The places at either end of a dimension that are written of a larger tensor.
const EDGE: usize = 3;
/// Decimals, unless the format string says otherwise.
const PRECISION: usize = 4;
/// The characters on a line.
const LINE: usize = 80;

/// How the numbers of one tensor are written.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Style {
    /// `12.`
    Whole,
    /// `12.3400`
    Fixed(usize),
    /// `1.2340e+01`
    Scientific(usize),
}

impl Style {
    /// PyTorch's rules.
    fn of(numbers: &[f64], precision: Option<usize>) -> Self {
        let decimals = precision.unwrap_or(PRECISION);
        let magnitudes = || numbers.iter().map(|x| x.abs()).filter(|&x| x.is_finite() && x > 0.0);
        let (least, most) = magnitudes().fold((f64::INFINITY, 0.0f64), |(a, b), x| (a.min(x), b.max(x)));
        let whole = magnitudes().all(|x| x.fract() == 0.0);
        let wide = most > 1e3 * least || most > 1e8 || (!whole && least < 1e-4);
        if wide {
            Self::Scientific(decimals)
        } else if whole && precision.is_none() {
            Self::Whole
        } else {
            Self::Fixed(decimals)
        }
    }

    fn write(self, x: f64) -> String {
        if x.is_nan() {
            return "nan".into();
        }
        if x.is_infinite() {
            return if x > 0.0 { "inf" } else { "-inf" }.into();
        }
        match self {
            Self::Whole => format!("{x:.0}."),
            Self::Fixed(decimals) => format!("{x:.decimals$}"),
            Self::Scientific(decimals) => {
                // Rust writes 1e3 where everybody else writes 1e+03.
                let text = format!("{x:.decimals$e}");
                let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
                let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |e| ('-', e));
                format!("{digits}e{sign}{exponent:0>2}")
            }
        }
    }
}

/// Writes the brackets of a tensor whose numbers are already text.
struct Brackets<'a> {
    shape: &'a [usize],
    elided: bool,
    width: usize,
    texts: std::vec::IntoIter<String>,
}

/// The places along a dimension that are written, in two runs with an ellipsis between them if the second is not
/// empty.
fn shown(size: usize, elided: bool) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
    if elided && size > 2 * EDGE { (0..EDGE, size - EDGE..size) } else { (0..size, size..size) }
}

impl Brackets<'_> {
    fn number(&mut self) -> String {
        let text = self.texts.next().unwrap_or_default();
        format!("{text:>width$}", width = self.width)
    }

    fn write(&mut self, dim: usize, indent: usize) -> String {
        let Some(&size) = self.shape.get(dim) else {
            return self.number();
        };
        let (head, tail) = shown(size, self.elided);
        let last = dim + 1 == self.shape.len();
        let ellipsis = if last { " ..." } else { "..." };
        let mut parts: Vec<String> = head.map(|_| self.write(dim + 1, indent + 1)).collect();
        if !tail.is_empty() {
            parts.push(ellipsis.into());
            parts.extend(tail.map(|_| self.write(dim + 1, indent + 1)));
        }
        let margin = " ".repeat(indent + 1);
        let text = if last {
            let per_line = (LINE.saturating_sub(indent) / (self.width + 2)).max(1);
            let lines: Vec<String> = parts.chunks(per_line).map(|line| line.join(", ")).collect();
            lines.join(&format!(",\n{margin}"))
        } else {
            let separator = format!(",{}{margin}", "\n".repeat(self.shape.len() - dim - 1));
            parts.join(&separator)
        };
        format!("[{text}]")
    }
}

impl<T: Float> Tensor<T> {
    /// The numbers that are written, in row-major order.
    fn shown_numbers(&self, elided: bool) -> Vec<f64> {
        let edges = (0..self.rank()).fold(self.detach(), |x, dim| {
            let (head, tail) = shown(x.shape()[dim], elided);
            if tail.is_empty() { x } else { x.index_select(dim, &head.chain(tail).collect::<Vec<_>>()) }
        });
        edges.as_slice().iter().map(|x| x.as_f64()).collect()
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, remarks: &[String]) -> fmt::Result {
        const START: &str = "tensor(";
        let elided = self.numel() > THRESHOLD;
        let mut text = String::from(START);
        if self.numel() == 0 {
            text.push_str("[]");
        } else {
            let numbers = self.shown_numbers(elided);
            let style = Style::of(&numbers, f.precision());
            let texts: Vec<String> = numbers.iter().map(|&x| style.write(x)).collect();
            let width = texts.iter().map(String::len).max().unwrap_or(0);
            let mut brackets = Brackets { shape: self.shape(), elided, width, texts: texts.into_iter() };
            text.push_str(&brackets.write(0, START.len()));
        }
        for remark in remarks {
            let line = text.len() - text.rfind('\n').map_or(0, |at| at + 1);
            if line + remark.len() + 3 > LINE {
                write!(text, ",\n{:indent$}{remark}", "", indent = START.len())?;
            } else {
                write!(text, ", {remark}")?;
            }
        }
        write!(f, "{text})")
    }

    /// What is to be said of the tensor beside its numbers and their places.
    fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.device() != Device::Cpu {
            remarks.push(format!("device={}", self.device()));
        }
        if T::NAME != f32::NAME {
            remarks.push(format!("dtype={}", T::NAME));
        }
        match self.grad_fn() {
            Some(name) => remarks.push(format!("grad_fn=<{name}>")),
            None if self.requires_grad() => remarks.push("requires_grad=true".into()),
            None => {}
        }
        remarks
    }

    fn size_remark(&self) -> String {
        format!("size={:?}", self.layout.shape)
    }
}

/// The numbers as PyTorch prints them, and the type, device and operation where they are not the usual ones.
/// `{:.2}` sets the number of decimals.
///
/// ```
/// use tensor::Tensor;
/// let x = Tensor::from([[1.0f32, 2.5], [-3.0, 4.0]]).requires_grad_();
/// assert_eq!(x.to_string(), "tensor([[ 1.0000,  2.5000],\n        [-3.0000,  4.0000]], requires_grad=true)");
/// let loss = x.sum(..);
/// assert_eq!(format!("{loss:.1}"), "tensor(4.5, grad_fn=<Sum>)");
/// ```
impl<T: Float> fmt::Display for Tensor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut remarks = self.remarks();
        if self.numel() == 0 || self.numel() > THRESHOLD {
            remarks.insert(0, self.size_remark());
        }
        self.write(f, &remarks)
    }
}

/// As Display, and always the shape, and the strides if the numbers do not lie one after the other.
impl<T: Float> fmt::Debug for Tensor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut remarks = vec![self.size_remark()];
        if !self.is_contiguous() {
            remarks.push(format!("strides={:?}", self.strides()));
        }
        remarks.extend(self.remarks());
        self.write(f, &remarks)
    }
}

#[cfg(test)]
mod tests {
    use crate::Tensor;

    #[test]
    fn whole_numbers_have_no_decimals() {
        let x = Tensor::from([[1.0f32, -20.0], [0.0, 3.0]]);
        assert_eq!(x.to_string(), "tensor([[  1., -20.],\n        [  0.,   3.]])");
        assert_eq!(Tensor::<f32>::zeros(3).to_string(), "tensor([0., 0., 0.])");
        assert_eq!(Tensor::<f32>::scalar(7.0).to_string(), "tensor(7.)");
    }

    #[test]
    fn others_have_four() {
        assert_eq!(Tensor::from([0.5f32, 123.456]).to_string(), "tensor([  0.5000, 123.4560])");
        assert_eq!(Tensor::from([1.0f32 / 3.0]).to_string(), "tensor([0.3333])");
    }

    #[test]
    fn wide_ranges_have_exponents() {
        assert_eq!(Tensor::from([1.5f32, -2000.0]).to_string(), "tensor([ 1.5000e+00, -2.0000e+03])");
        assert_eq!(Tensor::from([0.00001f32]).to_string(), "tensor([1.0000e-05])");
        assert_eq!(Tensor::from([1.0f32, 1001.0]).to_string(), "tensor([1.0000e+00, 1.0010e+03])");
        assert_eq!(Tensor::from([1.0f32, 1000.0]).to_string(), "tensor([   1., 1000.])");
        let huge = Tensor::from([1e300f64]);
        assert_eq!(huge.to_string(), "tensor([1.0000e+300], dtype=f64)");
    }

    #[test]
    fn what_is_not_finite_does_not_set_the_format() {
        let x = Tensor::from([1.0f32, f32::NAN, f32::INFINITY, f32::NEG_INFINITY]);
        assert_eq!(x.to_string(), "tensor([  1.,  nan,  inf, -inf])");
        assert_eq!(Tensor::from([f32::NAN]).to_string(), "tensor([nan])");
        assert_eq!(Tensor::from([0.25f32, f32::NAN]).to_string(), "tensor([0.2500,    nan])");
    }

    #[test]
    fn the_precision_can_be_set() {
        let x = Tensor::from([1.0f32, 2.25]);
        assert_eq!(format!("{x:.1}"), "tensor([1.0, 2.2])");
        assert_eq!(format!("{:.2}", Tensor::<f32>::zeros(1)), "tensor([0.00])");
        assert_eq!(format!("{:.1}", Tensor::from([1e-9f32])), "tensor([1.0e-09])");
    }

    #[test]
    fn empty_tensors_show_their_size() {
        assert_eq!(Tensor::<f32>::zeros([0, 3]).to_string(), "tensor([], size=[0, 3])");
        assert_eq!(format!("{:?}", Tensor::<f64>::zeros(0)), "tensor([], size=[0], dtype=f64)");
    }

    #[test]
    fn debug_shows_size_and_strides() {
        let x = Tensor::from([[1.0f32, 2.0]]);
        assert_eq!(format!("{x:?}"), "tensor([[1., 2.]], size=[1, 2])");
        let matrix = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
        let text = "tensor([[1., 3.],\n        [2., 4.]], size=[2, 2], strides=[1, 2])";
        assert_eq!(format!("{:?}", matrix.t()), text);
    }

    #[test]
    fn matrices_of_a_batch_are_apart() {
        let x: Tensor = Tensor::arange(4).reshape([2, 1, 2]);
        assert_eq!(x.to_string(), "tensor([[[0., 1.]],\n\n        [[2., 3.]]])");
    }

    #[test]
    fn the_graph_and_the_device_are_named() {
        let x = Tensor::from([[1.0f64, 2.0]]).requires_grad_();
        assert_eq!(x.to_string(), "tensor([[1., 2.]], dtype=f64, requires_grad=true)");
        let name = x.matmul(&x.t()).grad_fn().unwrap();
        let y = x.matmul(&x.t());
        assert_eq!(y.to_string(), format!("tensor([[5.]], dtype=f64, grad_fn=<{name}>)"));
        let moved = x.detach().to(&crate::Device::CpuTwin);
        assert_eq!(moved.to_string(), "tensor([[1., 2.]], device=cpu:1, dtype=f64)");
    }

    #[test]
    fn long_rows_are_wrapped() {
        let x: Tensor = Tensor::arange(20);
        let text = "tensor([ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 11., 12., 13.,\n        \
                    14., 15., 16., 17., 18., 19.])";
        assert_eq!(x.to_string(), text);
    }

    #[test]
    fn large_tensors_are_elided() {
        let x: Tensor = Tensor::arange(2000);
        assert_eq!(
            x.to_string(),
            "tensor([0.0000e+00, 1.0000e+00, 2.0000e+00,  ..., 1.9970e+03, 1.9980e+03,\n        \
             1.9990e+03], size=[2000])"
        );
        let x: Tensor = Tensor::ones([50, 40]);
        let row = "[1., 1., 1.,  ..., 1., 1., 1.]";
        let rows = [row, row, row, "...", row, row, row].join(",\n        ");
        assert_eq!(x.to_string(), format!("tensor([{rows}], size=[50, 40])"));
    }

    #[test]
    fn remarks_wrap_too() {
        let x = Tensor::<f64>::full(7, 0.125).requires_grad_();
        let numbers = "tensor([0.1250, 0.1250, 0.1250, 0.1250, 0.1250, 0.1250, 0.1250]";
        assert_eq!(x.to_string(), format!("{numbers}, dtype=f64,\n       requires_grad=true)"));
    }
}
