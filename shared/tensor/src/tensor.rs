//! [`Tensor`]: a view of shared numbers, and how one is made and read.

use std::sync::Arc;

use crate::autograd::Node;
use crate::error::OrPanic;
use crate::kernels::Unary;
use crate::layout::Layout;
use crate::storage::Storage;
use crate::{Device, Error, Float, Result, Shape};

/// A multi-dimensional array of `f32` or `f64` that can record how it was computed.
///
/// Cloning is cheap: clones share their numbers. Values never change under a tensor that somebody else holds;
/// operations make new tensors, and reuse a buffer only when its last owner gives it away (`x + &y`, `x.relu_()`).
///
/// As the lecture has it, a new tensor has a shape, a device and no gradient:
///
/// ```
/// use tensor::Tensor;
///
/// let x: Tensor = Tensor::zeros([32, 2]);
///
/// assert_eq!(x.shape(), [32, 2]);
/// assert_eq!(x.device().to_string(), "cpu");
/// assert!(x.grad().is_none());
/// ```
///
/// What is computed from a tensor that requires a gradient remembers how, and `backward` fills the leaves:
///
/// ```
/// use tensor::Tensor;
///
/// let network = Tensor::from([[0.5f32, -0.25], [0.125, 1.0]]).requires_grad_();
/// let data = Tensor::from([[1.0f32, 2.0], [3.0, 4.0], [5.0, 6.0]]);
/// let labels = [0, 1, 1];
///
/// // Builds the graph of the computation.
/// let predictions = data.matmul(&network);
/// assert!(predictions.requires_grad());
/// assert!(predictions.grad_fn().is_some());
///
/// // A scalar loss, and the leaf's gradient.
/// let loss = predictions.cross_entropy(&labels);
/// loss.backward();
/// assert_eq!(network.grad().unwrap().shape(), [2, 2]);
/// ```
#[derive(Clone)]
pub struct Tensor<T: Float = f32> {
    pub(crate) storage: Arc<Storage<T>>,
    pub(crate) layout: Layout,
    pub(crate) node: Option<Arc<Node<T>>>,
}

impl<T: Float> Tensor<T> {
    /// A tensor of zeros.
    pub fn zeros(shape: impl Into<Shape>) -> Self {
        Self::full(shape, 0.0)
    }

    /// A tensor of ones.
    pub fn ones(shape: impl Into<Shape>) -> Self {
        Self::full(shape, 1.0)
    }

    /// A tensor with the same number everywhere.
    #[track_caller]
    pub fn full(shape: impl Into<Shape>, value: f64) -> Self {
        let layout = Layout::contiguous(shape.into());
        let storage = Storage::filled(T::from_f64(value), layout.numel(), Device::Cpu);
        Self::from_storage(storage, layout)
    }

    /// A tensor of rank 0.
    pub fn scalar(value: f64) -> Self {
        Self::full((), value)
    }

    /// The n × n identity matrix.
    pub fn eye(n: usize) -> Self {
        Self::from_fn([n, n], |index| T::from_f64(f64::from(index[0] == index[1])))
    }

    /// The whole numbers 0, 1, …, n − 1.
    pub fn arange(n: usize) -> Self {
        Self::from_fn(n, |index| T::from_f64(index[0] as f64))
    }

    /// `n` numbers from `start` to `end`, both included, at equal distances.
    pub fn linspace(start: f64, end: f64, n: usize) -> Self {
        let step = (end - start) / n.saturating_sub(1).max(1) as f64;
        Self::from_fn(n, |index| match index[0] {
            i if i + 1 == n && n > 1 => T::from_f64(end),
            i => T::from_f64(start + step * i as f64),
        })
    }

    /// A tensor whose element at each index is computed from that index.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x: Tensor = Tensor::from_fn([2, 3], |index| (10 * index[0] + index[1]) as f32);
    /// assert_eq!(x.to_vec(), [0.0, 1.0, 2.0, 10.0, 11.0, 12.0]);
    /// ```
    #[track_caller]
    pub fn from_fn(shape: impl Into<Shape>, mut f: impl FnMut(&[usize]) -> T) -> Self {
        let shape = shape.into();
        let mut index = vec![0; shape.len()];
        let data = (0..shape.numel())
            .map(|_| {
                let value = f(&index);
                for dim in (0..index.len()).rev() {
                    index[dim] += 1;
                    if index[dim] < shape[dim] {
                        break;
                    }
                    index[dim] = 0;
                }
                value
            })
            .collect();
        Self::from_vec(data, shape)
    }

    /// A tensor that takes over a vector, read in row-major order.
    ///
    /// # Panics
    /// If the vector does not have as many elements as the shape.
    #[track_caller]
    pub fn from_vec(data: Vec<T>, shape: impl Into<Shape>) -> Self {
        Self::try_from_vec(data, shape).or_panic()
    }

    /// Like [`from_vec`](Self::from_vec), with an error instead of a panic.
    pub fn try_from_vec(data: Vec<T>, shape: impl Into<Shape>) -> Result<Self> {
        let shape = shape.into();
        if data.len() != shape.numel() {
            let detail = format!("{} numbers do not fill a tensor of shape {shape:?}", data.len());
            return Err(Error::shape("from_vec", detail));
        }
        Ok(Self::from_storage(Storage::new(data, Device::Cpu), Layout::contiguous(shape)))
    }

    /// A tensor that copies a slice, read in row-major order.
    ///
    /// # Panics
    /// If the slice does not have as many elements as the shape.
    #[track_caller]
    pub fn from_slice(data: &[T], shape: impl Into<Shape>) -> Self {
        Self::from_vec(data.to_vec(), shape)
    }

    pub(crate) fn from_storage(storage: Storage<T>, layout: Layout) -> Self {
        Self { storage: Arc::new(storage), layout, node: None }
    }

    /// A new contiguous tensor on a device, filled by a kernel that writes every element.
    pub(crate) fn compute(shape: Shape, device: Device, kernel: impl FnOnce(&mut [T])) -> Self {
        crate::kernels::start_threads();
        let mut storage = Storage::dirty(shape.numel(), device);
        kernel(storage.host_mut());
        Self::from_storage(storage, Layout::contiguous(shape))
    }

    /// The same numbers under another layout, without a graph.
    pub(crate) fn view(&self, layout: Layout) -> Self {
        Self { storage: Arc::clone(&self.storage), layout, node: None }
    }

    /// What kernels read.
    pub(crate) fn raw(&self) -> (&[T], &Layout) {
        (self.storage.host(), &self.layout)
    }

    /// Zeros with the shape and device of this tensor.
    pub fn zeros_like(&self) -> Self {
        self.full_like(0.0)
    }

    /// Ones with the shape and device of this tensor.
    pub fn ones_like(&self) -> Self {
        self.full_like(1.0)
    }

    /// The same number everywhere, with the shape and device of this tensor.
    pub fn full_like(&self, value: f64) -> Self {
        Self::compute(self.layout.shape, self.device(), |out| out.fill(T::from_f64(value)))
    }

    /// The size of each dimension.
    pub fn shape(&self) -> &[usize] {
        &self.layout.shape
    }

    /// The size of one dimension; −1 is the last.
    ///
    /// # Panics
    /// If there is no such dimension.
    #[track_caller]
    pub fn size(&self, dim: impl crate::Dim) -> usize {
        let dim = crate::dims::resolve("size", dim.signed(), self.layout.shape).or_panic();
        self.layout.shape[dim]
    }

    /// The sizes as an array, to be taken apart: `let [n, c, h, w] = x.dims();`
    ///
    /// # Panics
    /// If the tensor does not have `N` dimensions.
    #[track_caller]
    pub fn dims<const N: usize>(&self) -> [usize; N] {
        self.shape().try_into().unwrap_or_else(|_| {
            panic!("expected a tensor of {N} dimensions, got shape {:?}", self.layout.shape)
        })
    }

    /// The number of dimensions.
    pub fn rank(&self) -> usize {
        self.layout.rank()
    }

    /// The number of elements.
    pub fn numel(&self) -> usize {
        self.layout.numel()
    }

    /// Where the numbers are.
    pub fn device(&self) -> Device {
        self.storage.device()
    }

    /// How far apart neighbours along each dimension lie in memory, in elements; 0 where one number is repeated.
    pub fn strides(&self) -> &[usize] {
        &self.layout.strides[..self.rank()]
    }

    /// Whether the elements lie one after the other in row-major order.
    pub fn is_contiguous(&self) -> bool {
        self.layout.is_contiguous()
    }

    /// All elements in row-major order.
    pub fn to_vec(&self) -> Vec<T> {
        let (x, layout) = self.raw();
        let mut out = vec![T::zero(); layout.numel()];
        T::copy(x, layout, &mut out);
        out
    }

    /// All elements in row-major order, without a copy if they lie so.
    ///
    /// Student code that loops over elements starts here:
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
    /// let sum: f32 = x.as_slice().iter().sum();
    /// let columns: Vec<f32> = x.t().as_slice().to_vec();
    /// assert_eq!((sum, columns), (10.0, vec![1.0, 3.0, 2.0, 4.0]));
    /// ```
    pub fn as_slice(&self) -> std::borrow::Cow<'_, [T]> {
        if self.is_contiguous() {
            (&self.storage.host()[self.layout.offset..][..self.numel()]).into()
        } else {
            self.to_vec().into()
        }
    }

    /// The only element.
    ///
    /// # Panics
    /// If there is not exactly one.
    #[track_caller]
    pub fn item(&self) -> T {
        assert!(
            self.numel() == 1,
            "item: a tensor of shape {:?} has {} elements, not one",
            self.layout.shape,
            self.numel()
        );
        self.storage.host()[self.layout.offset]
    }

    /// The element at an index.
    ///
    /// # Panics
    /// If the index has not one place per dimension, or is outside.
    #[track_caller]
    pub fn get<const N: usize>(&self, index: [usize; N]) -> T {
        let shape = self.layout.shape;
        assert!(
            N == self.rank() && index.iter().zip(shape.iter()).all(|(i, size)| i < size),
            "get: there is no element {index:?} in a tensor of shape {shape:?}"
        );
        let at: usize = index.iter().zip(self.strides()).map(|(i, stride)| i * stride).sum();
        self.storage.host()[self.layout.offset + at]
    }

    /// The tensor on another device.
    ///
    /// # Panics
    /// If that device cannot be used here; see [`try_to`](Self::try_to).
    #[track_caller]
    pub fn to(&self, device: &Device) -> Self {
        self.try_to(device).or_panic()
    }

    /// The tensor on another device, or why there is no such device.
    ///
    /// As in the lecture, tensors have to be on the same device to do arithmetic:
    ///
    /// ```
    /// use tensor::{Device, Tensor};
    ///
    /// let x: Tensor = Tensor::zeros([32, 2]);
    /// # let twin = Device::CpuTwin;
    /// # let y: Tensor = Tensor::zeros([32, 2]).to(&twin);
    /// # let error = x.try_add(&y).unwrap_err();
    /// # assert_eq!(error.to_string(), "add: left is on cpu, right is on cpu:1; move one with .to(&device)");
    /// match Tensor::<f32>::zeros([32, 2]).try_to(&Device::Cuda(0)) {
    ///     Ok(y) => assert!(x.try_add(&y).is_err()),
    ///     Err(reason) => println!("{reason}"),
    /// }
    /// ```
    pub fn try_to(&self, device: &Device) -> Result<Self> {
        if *device == self.device() {
            return Ok(self.clone());
        }
        match device {
            Device::Cpu | Device::CpuTwin => {
                let moved = Self::from_storage(
                    Storage::new(self.to_vec(), *device),
                    Layout::contiguous(self.layout.shape),
                );
                Ok(moved.record(&[self], || crate::ops::shape::Move { from: self.device() }))
            }
            Device::Cuda(_) => {
                Err(Error::NoDevice { device: *device, reason: "this build computes on the cpu only".into() })
            }
        }
    }

    /// The same numbers in the other precision, outside any graph.
    pub fn cast<U: Float>(&self) -> Tensor<U> {
        let data = self.as_slice().iter().map(|x| U::from_f64(x.as_f64())).collect();
        Tensor::from_storage(Storage::new(data, self.device()), Layout::contiguous(self.layout.shape))
    }

    /// A new tensor of the same shape with `f` applied to every number, outside any graph.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let step = Tensor::from([-1.0f32, 2.0]).map(|x| if x > 0.0 { 1.0 } else { 0.0 });
    /// assert_eq!(step.to_vec(), [0.0, 1.0]);
    /// ```
    pub fn map(&self, f: impl Fn(T) -> T) -> Self {
        let data = self.as_slice().iter().map(|&x| f(x)).collect();
        Self::from_storage(Storage::new(data, self.device()), Layout::contiguous(self.layout.shape))
    }

    /// Changes the numbers in place, as an optimizer does, without a trace in any graph. If somebody else still
    /// holds them, this tensor gets a copy of its own first. A leaf stays one; a result leaves its graph, which
    /// could not tell the gradient of other numbers than it computed.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let mut x = Tensor::from([1.0f32, 2.0]);
    /// let before = x.clone();
    /// x.data_mut().iter_mut().for_each(|x| *x *= 10.0);
    /// assert_eq!((x.to_vec(), before.to_vec()), (vec![10.0, 20.0], vec![1.0, 2.0]));
    /// ```
    pub fn data_mut(&mut self) -> &mut [T] {
        if !self.is_leaf() {
            self.node = None;
        }
        if !self.owns_buffer() {
            let copy = Self::compute(self.layout.shape, self.device(), |out| {
                let (x, layout) = self.raw();
                T::copy(x, layout, out);
            });
            self.storage = copy.storage;
            self.layout = copy.layout;
        }
        Arc::get_mut(&mut self.storage).expect("a buffer that was just copied has one owner").host_mut()
    }

    /// Whether the buffer may be overwritten: nobody else holds it and this tensor covers it all, in order.
    fn owns_buffer(&mut self) -> bool {
        self.layout.offset == 0
            && self.is_contiguous()
            && self.storage.len() == self.numel()
            && Arc::get_mut(&mut self.storage).is_some()
    }

    /// The buffer of a tensor that is given away, to be overwritten with the result, if it may be.
    pub(crate) fn reuse(&mut self) -> Option<&mut [T]> {
        if self.owns_buffer() { Arc::get_mut(&mut self.storage).map(Storage::host_mut) } else { None }
    }

    /// The same numbers in row-major order one after the other; a copy only if they do not lie so.
    pub fn contiguous(&self) -> Self {
        if self.is_contiguous() {
            return self.clone();
        }
        let copy = self.detach().copied();
        copy.record(&[self], || crate::ops::shape::Contiguous)
    }

    fn copied(&self) -> Self {
        Self::compute(self.layout.shape, self.device(), |out| {
            let (x, layout) = self.raw();
            T::copy(x, layout, out);
        })
    }

    /// Whether any element is NaN or infinite.
    pub fn has_non_finite(&self) -> bool {
        self.as_slice().iter().any(|x| !x.is_finite())
    }

    pub(crate) fn fill_with(&self, kind: Unary) -> Self {
        let (x, layout) = self.raw();
        Self::compute(layout.shape, self.device(), |out| T::unary(kind, x, layout, out))
    }
}

impl<T: Float, const N: usize> From<[T; N]> for Tensor<T> {
    fn from(row: [T; N]) -> Self {
        Self::from_slice(&row, N)
    }
}

impl<T: Float, const N: usize, const M: usize> From<[[T; N]; M]> for Tensor<T> {
    fn from(rows: [[T; N]; M]) -> Self {
        Self::from_slice(rows.as_flattened(), [M, N])
    }
}

impl<T: Float, const N: usize, const M: usize, const L: usize> From<[[[T; N]; M]; L]> for Tensor<T> {
    fn from(planes: [[[T; N]; M]; L]) -> Self {
        Self::from_slice(planes.as_flattened().as_flattened(), [L, M, N])
    }
}

impl<T: Float> From<T> for Tensor<T> {
    fn from(value: T) -> Self {
        Self::from_slice(&[value], ())
    }
}

impl<T: Float> Default for Tensor<T> {
    fn default() -> Self {
        Self::scalar(0.0)
    }
}
