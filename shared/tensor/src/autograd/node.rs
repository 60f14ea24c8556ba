//! The nodes of the graph, and what a tensor knows about its own.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::{Op, is_grad_enabled};
use crate::layout::Layout;
use crate::storage::Storage;
use crate::{Float, Shape, Tensor};

type Hook<T> = Arc<dyn Fn(&Tensor<T>) -> Option<Tensor<T>> + Send + Sync>;

/// A tensor's place in the graph. A node without an operation is a leaf, whose gradient is kept.
pub(crate) struct Node<T: Float> {
    /// Grows with creation: every node's inputs have smaller numbers than itself.
    pub(super) id: u64,
    pub(super) shape: Shape,
    pub(super) op: Option<Box<dyn Op<T>>>,
    pub(super) inputs: Vec<Option<Arc<Node<T>>>>,
    /// The output, for operations that read it in their backward pass; not as a tensor, which would hold this node.
    output: Option<(Arc<Storage<T>>, Layout)>,
    grad: Mutex<Option<Tensor<T>>>,
    hooks: Mutex<Vec<(u64, Hook<T>)>>,
}

fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn lock<V>(mutex: &Mutex<V>) -> MutexGuard<'_, V> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: Float> Node<T> {
    fn new(shape: Shape) -> Self {
        Self {
            id: next_id(),
            shape,
            op: None,
            inputs: Vec::new(),
            output: None,
            grad: Mutex::new(None),
            hooks: Mutex::new(Vec::new()),
        }
    }

    pub(super) fn is_leaf(&self) -> bool {
        self.op.is_none()
    }

    pub(super) fn name(&self) -> &'static str {
        self.op.as_ref().map_or("leaf", |op| op.name())
    }

    /// The output with its place in the graph, if it was kept.
    pub(super) fn output(self: &Arc<Self>) -> Option<Tensor<T>> {
        self.output.as_ref().map(|(storage, layout)| Tensor {
            storage: Arc::clone(storage),
            layout: *layout,
            node: Some(Arc::clone(self)),
        })
    }

    /// The gradient after every hook had its turn.
    pub(super) fn hooked(&self, grad: Tensor<T>) -> Tensor<T> {
        let hooks: Vec<_> = lock(&self.hooks).iter().map(|(_, hook)| Arc::clone(hook)).collect();
        hooks.iter().fold(grad, |grad, hook| hook(&grad).unwrap_or(grad))
    }

    /// Adds to the gradient of a leaf.
    pub(super) fn accumulate(&self, grad: Tensor<T>) {
        let mut slot = lock(&self.grad);
        *slot = Some(match slot.take() {
            None => grad,
            Some(sum) => sum + &grad,
        });
    }
}

/// Everything a graph holds alive is dropped here one by one: a chain of a million nodes, each the last owner of
/// the one before it, would otherwise recurse a million calls deep.
impl<T: Float> Drop for Node<T> {
    fn drop(&mut self) {
        thread_local! {
            static WAITING: RefCell<Option<Vec<Box<dyn Any>>>> = const { RefCell::new(None) };
        }
        if self.is_leaf() {
            return;
        }
        let contents: Box<dyn Any> = Box::new((self.op.take(), std::mem::take(&mut self.inputs)));
        let nested = WAITING.with_borrow_mut(|waiting| match waiting {
            Some(waiting) => {
                waiting.push(contents);
                None
            }
            None => {
                *waiting = Some(Vec::new());
                Some(contents)
            }
        });
        let mut next = nested;
        while let Some(contents) = next {
            drop(contents);
            next = WAITING.with_borrow_mut(|waiting| {
                let contents = waiting.as_mut().and_then(Vec::pop);
                if contents.is_none() {
                    *waiting = None;
                }
                contents
            });
        }
    }
}

/// Whether a computation with these inputs is to be recorded.
pub(crate) fn is_recording<T: Float>(inputs: &[&Tensor<T>]) -> bool {
    is_grad_enabled() && inputs.iter().any(|input| input.requires_grad())
}

impl<T: Float> Tensor<T> {
    /// Makes the tensor a leaf of the graph: computations with it are recorded, and
    /// [`backward`](Self::backward) fills its [`grad`](Self::grad).
    #[must_use]
    pub fn requires_grad_(mut self) -> Self {
        self.node = Some(Arc::new(Node::new(self.layout.shape)));
        self
    }

    /// Whether the tensor has a place in a graph, as a leaf or as a result.
    pub fn requires_grad(&self) -> bool {
        self.node.is_some()
    }

    /// Whether no recorded operation made this tensor.
    pub fn is_leaf(&self) -> bool {
        self.node.as_ref().is_none_or(|node| node.is_leaf())
    }

    /// The name of the operation that made this tensor, if it was recorded.
    pub fn grad_fn(&self) -> Option<&'static str> {
        self.node.as_ref()?.op.as_ref().map(|op| op.name())
    }

    /// The gradient that backward passes have accumulated in this leaf.
    pub fn grad(&self) -> Option<Tensor<T>> {
        lock(&self.node.as_ref()?.grad).clone()
    }

    /// Takes the gradient out of this leaf, which has none afterwards.
    pub fn take_grad(&self) -> Option<Tensor<T>> {
        lock(&self.node.as_ref()?.grad).take()
    }

    /// Sets the gradient of this leaf, as clipping does.
    ///
    /// # Panics
    /// If the tensor is not a leaf that requires a gradient, or the shapes differ.
    #[track_caller]
    pub fn set_grad(&self, grad: Tensor<T>) {
        let node = self.node.as_ref().filter(|node| node.is_leaf());
        let node = node.expect("set_grad: only a leaf that requires a gradient holds one");
        assert!(
            grad.layout.shape == node.shape,
            "set_grad: a tensor of shape {:?} cannot have a gradient of shape {:?}",
            node.shape,
            grad.layout.shape
        );
        *lock(&node.grad) = Some(grad.detach());
    }

    /// The same numbers outside the graph.
    pub fn detach(&self) -> Self {
        self.view(self.layout)
    }

    /// Records that this tensor was computed from `inputs` by an operation, unless recording is off or no input
    /// requires a gradient; then `op` is not even made. The tensor leaves any graph it was in.
    #[must_use]
    pub fn record<O: Op<T>>(self, inputs: &[&Tensor<T>], op: impl FnOnce() -> O) -> Self {
        let recording = is_recording(inputs);
        self.record_if(recording, || inputs.iter().map(|input| input.node.clone()).collect(), op)
    }

    /// Like [`record`](Self::record), where the caller has decided, from the nodes of the inputs.
    pub(crate) fn record_if<O: Op<T>>(
        mut self,
        recording: bool,
        inputs: impl FnOnce() -> Vec<Option<Arc<Node<T>>>>,
        op: impl FnOnce() -> O,
    ) -> Self {
        self.node = recording.then(|| {
            let op = op();
            let mut node = Node::new(self.layout.shape);
            node.output = op.saves_output().then(|| (Arc::clone(&self.storage), self.layout));
            node.op = Some(Box::new(op));
            node.inputs = inputs();
            Arc::new(node)
        });
        self
    }

    /// Calls `hook` with the gradient of this tensor whenever a backward pass has it complete. What the hook
    /// returns replaces the gradient.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([1.0f32, 2.0]).requires_grad_();
    /// let y = &x * 3.0;
    /// let hook = y.register_hook(|dy| Some(dy * 10.0));
    /// y.sum(..).backward();
    /// assert_eq!(x.grad().unwrap().to_vec(), [30.0, 30.0]);
    /// hook.remove();
    /// ```
    ///
    /// # Panics
    /// If the tensor does not require a gradient.
    #[track_caller]
    pub fn register_hook(
        &self,
        hook: impl Fn(&Tensor<T>) -> Option<Tensor<T>> + Send + Sync + 'static,
    ) -> HookHandle<T> {
        let node = self.node.as_ref().expect("register_hook: this tensor has no gradient");
        let id = next_id();
        lock(&node.hooks).push((id, Arc::new(hook)));
        HookHandle { node: Arc::downgrade(node), id }
    }
}

/// A registered gradient hook. Dropping the handle leaves the hook in place.
pub struct HookHandle<T: Float> {
    node: Weak<Node<T>>,
    id: u64,
}

impl<T: Float> HookHandle<T> {
    /// Takes the hook away again.
    pub fn remove(self) {
        if let Some(node) = self.node.upgrade() {
            lock(&node.hooks).retain(|(id, _)| *id != self.id);
        }
    }
}

impl<T: Float> fmt::Debug for HookHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HookHandle({})", self.id)
    }
}
