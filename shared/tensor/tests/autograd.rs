//! What the graph promises beyond single operations: second derivatives of whole networks, accumulation, hooks,
//! checkpoints, and graphs too deep for a recursion.

use approx::assert_relative_eq;
use tensor::{
    Backward, Error, Float, Grads, Op, Tensor, checkpoint, grad, grad_create_graph, hessian, hvp, jacobian,
    jvp, manual_seed, no_grad, vjp,
};

/// A scalar function of one vector: the loss of an MLP 3-4-1 with all its parameters in `theta`.
fn mlp(theta: &Tensor<f64>) -> Tensor<f64> {
    let x = Tensor::from([[0.5, -1.0, 2.0], [1.5, 0.3, -0.7], [0.1, 0.2, 0.3]]);
    let target = Tensor::from([[1.0], [-1.0], [0.5]]);
    let w1 = theta.narrow(0, 0, 12).reshape([3, 4]);
    let b1 = theta.narrow(0, 12, 4);
    let w2 = theta.narrow(0, 16, 4).reshape([4, 1]);
    let hidden = (x.matmul(&w1) + &b1).tanh();
    (hidden.matmul(&w2) - &target).square().mean(..)
}

fn theta() -> Tensor<f64> {
    manual_seed(3);
    Tensor::randn(20) * 0.5
}

fn gradient(f: impl FnOnce(&Tensor<f64>) -> Tensor<f64>, x: &Tensor<f64>) -> Vec<f64> {
    let x = x.detach().requires_grad_();
    grad(&f(&x), &[&x])[0].to_vec()
}

/// x + step · eᵢ
fn moved(x: &Tensor<f64>, i: usize, step: f64) -> Tensor<f64> {
    let mut x = x.detach();
    x.data_mut()[i] += step;
    x
}

#[test]
fn hessian_of_an_mlp_agrees_with_differences_of_its_gradient() {
    let x = theta();
    let h = hessian(mlp, &x);
    let step = 1e-4;
    for i in 0..20 {
        let (up, down) = (gradient(mlp, &moved(&x, i, step)), gradient(mlp, &moved(&x, i, -step)));
        for j in 0..20 {
            // Central differences err by h²/6 times a third derivative of order one.
            assert_relative_eq!(h.get([i, j]), (up[j] - down[j]) / (2.0 * step), epsilon = 1e-7);
            assert_relative_eq!(h.get([i, j]), h.get([j, i]), epsilon = 1e-12);
        }
    }
}

#[test]
fn products_with_the_hessian_and_its_trace() {
    let x = theta();
    let h = hessian(mlp, &x);
    let v = Tensor::randn(20);
    let (value, product) = hvp(mlp, &x, &v);
    assert_eq!(value.item(), mlp(&x).item());
    for (a, b) in product.to_vec().iter().zip(h.matmul(&v).to_vec()) {
        assert_relative_eq!(*a, b, epsilon = 1e-12);
    }
    // Hutchinson (1990): E[vᵀHv] = tr H for v with independent signs; its variance is 2 Σ_{i≠j} Hᵢⱼ².
    let trace: f64 = (0..20).map(|i| h.get([i, i])).sum();
    let off_diagonal = h.square().sum(..).item() - (0..20).map(|i| h.get([i, i]).powi(2)).sum::<f64>();
    let samples = 400;
    let mean: f64 = (0..samples)
        .map(|_| {
            let v = Tensor::<f64>::bernoulli(20, 0.5) * 2.0 - 1.0;
            (hvp(mlp, &x, &v).1 * &v).sum(..).item()
        })
        .sum::<f64>()
        / f64::from(samples);
    let deviation = (2.0 * off_diagonal / f64::from(samples)).sqrt();
    assert!((mean - trace).abs() < 4.0 * deviation, "{mean} is not {trace} ± {deviation}");
}

#[test]
fn jacobian_products_agree_with_the_jacobian() {
    let f = |x: &Tensor<f64>| (x.sin() * x.sum(..)).tanh().narrow(0, 1, 3);
    let x = Tensor::from([0.1, -0.4, 0.7, 1.2]);
    let j = jacobian(f, &x);
    assert_eq!(j.shape(), [3, 4]);
    let (v, u) = (Tensor::from([1.0, -2.0, 0.5, 3.0]), Tensor::from([0.3, -1.0, 2.0]));
    for (got, want) in jvp(f, &x, &v).1.to_vec().iter().zip(j.matmul(&v).to_vec()) {
        assert!((got - want).abs() < 1e-8);
    }
    for (got, want) in vjp(f, &x, &u).1.to_vec().iter().zip(u.matmul(&j).to_vec()) {
        assert!((got - want).abs() < 1e-8);
    }
}

#[test]
fn linear_functions_have_zero_second_derivatives() {
    let f = |x: &Tensor<f64>| (x * 3.0).sum(..);
    let (x, v) = (Tensor::from([1.0, 2.0]), Tensor::from([1.0, 1.0]));
    assert_eq!(hvp(f, &x, &v).1.to_vec(), [0.0, 0.0]);
    assert_eq!(jvp(|_| Tensor::from([1.0, 2.0]), &x, &v).1.to_vec(), [0.0, 0.0]);
}

#[test]
fn a_tensor_used_twice_collects_both_gradients() {
    let x = Tensor::from([3.0f64]).requires_grad_();
    let y = &x * &x + &x;
    y.sum(..).backward();
    assert_eq!(x.grad().unwrap().item(), 7.0);
    y.sum(..).backward();
    assert_eq!(x.grad().unwrap().item(), 14.0);
    assert_eq!(x.take_grad().unwrap().item(), 14.0);
    assert!(x.grad().is_none());
}

#[test]
fn nothing_is_recorded_without_need() {
    let x: Tensor = Tensor::ones(3);
    assert_eq!((&x * 2.0).grad_fn(), None);
    let x = x.requires_grad_();
    assert!(x.is_leaf());
    assert_eq!((&x * 2.0).grad_fn(), Some("MulScalar"));
    assert_eq!(no_grad(|| &x * 2.0).grad_fn(), None);
    assert_eq!((x.detach() * 2.0).grad_fn(), None);
    assert_eq!(x.gt(0.0).grad_fn(), None);
}

#[test]
fn a_panic_leaves_recording_as_it_was() {
    let result = std::panic::catch_unwind(|| no_grad(|| panic!("inside")));
    assert!(result.is_err());
    assert!(tensor::is_grad_enabled());
}

#[test]
fn gradients_may_be_asked_for_anywhere_in_the_graph() {
    let x = Tensor::from([2.0f64]).requires_grad_();
    let y = x.square();
    let z = y.exp().sum(..);
    let gradients = grad(&z, &[&x, &y, &z]);
    let e4 = 4f64.exp();
    assert_eq!(gradients.iter().map(Tensor::item).collect::<Vec<_>>(), [4.0 * e4, e4, 1.0]);
    assert!(x.grad().is_none(), "grad leaves the leaves alone");
    let unrelated = Tensor::from([1.0f64, 2.0]).requires_grad_();
    assert_eq!(grad(&z, &[&unrelated])[0].to_vec(), [0.0, 0.0]);
}

#[test]
fn mistakes_are_told() {
    let x = Tensor::from([1.0f64, 2.0]).requires_grad_();
    let message = |error: Error| error.to_string();
    assert!(message((&x * 2.0).try_backward().unwrap_err()).contains("shape [2] is not a scalar"));
    assert!(message(x.detach().sum(..).try_backward().unwrap_err()).contains("requires_grad_()"));
    let other = Tensor::from([1.0]);
    assert!(message(tensor::autograd::try_grad(&x.sum(..), &[&other]).err().unwrap()).contains("input 0"));
}

/// A backward pass that loops over bare numbers.
struct Bare;

impl<T: Float> Op<T> for Bare {
    fn name(&self) -> &'static str {
        "Bare"
    }

    fn backward(&self, cx: &Backward<'_, T>) -> Grads<T> {
        vec![Some(cx.dy.map(|dy| dy + dy))]
    }
}

#[test]
fn a_backward_pass_over_bare_numbers_is_found_out() {
    let x = Tensor::from([1.0f64]).requires_grad_();
    let y = x.map(|x| x + x).record(&[&x], || Bare).sum(..);
    assert_eq!(grad(&y, &[&x])[0].item(), 2.0);
    let error = tensor::autograd::try_grad_create_graph(&y, &[&x]).err().unwrap();
    assert_eq!(error, Error::NotTwiceDifferentiable { op: "Bare" });
}

#[test]
#[should_panic(expected = "returned a gradient of shape [2] for an input of shape [1]")]
fn a_gradient_of_the_wrong_shape_is_found_out() {
    struct Wrong;
    impl Op<f64> for Wrong {
        fn name(&self) -> &'static str {
            "Wrong"
        }
        fn backward(&self, _: &Backward<'_, f64>) -> Grads<f64> {
            vec![Some(Tensor::ones(2))]
        }
    }
    let x = Tensor::from([1.0f64]).requires_grad_();
    x.detach().record(&[&x], || Wrong).sum(..).backward();
}

#[test]
fn a_chain_of_200_000_nodes_needs_no_stack() {
    std::thread::Builder::new()
        .stack_size(256 * 1024)
        .spawn(|| {
            let x = Tensor::from([1.0f64]).requires_grad_();
            let mut y = x.clone();
            for _ in 0..200_000 {
                y = y + 1.0;
            }
            y.sum(..).backward();
            assert_eq!(x.grad().unwrap().item(), 1.0);
            drop(y);
        })
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn hooks_see_and_replace_the_complete_gradient() {
    let x = Tensor::from([1.0f64]).requires_grad_();
    let y = &x * 2.0;
    let z = &y + &y;
    let hook = y.register_hook(|dy| {
        assert_eq!(dy.item(), 2.0, "both paths have arrived");
        Some(dy * 100.0)
    });
    z.sum(..).backward();
    assert_eq!(x.take_grad().unwrap().item(), 400.0);
    hook.remove();
    z.sum(..).backward();
    assert_eq!(x.grad().unwrap().item(), 4.0);
}

/// Two layers with noise, as a dropout would make it.
fn segment(w: &Tensor<f64>, x: &Tensor<f64>) -> Tensor<f64> {
    let hidden = x.matmul(w).tanh();
    let mask = Tensor::bernoulli(hidden.shape(), 0.5);
    (hidden * &mask).matmul(w).sin()
}

#[test]
fn a_checkpoint_gives_the_same_bits() {
    let gradients = |checkpointed: bool, x_requires_grad: bool| {
        manual_seed(1);
        let w = (Tensor::<f64>::randn([3, 3])).requires_grad_();
        let x = Tensor::<f64>::randn([2, 3]);
        let x = if x_requires_grad { x.requires_grad_() } else { x };
        let y = if checkpointed {
            let w = w.clone();
            checkpoint(move |x| segment(&w, x), &x)
        } else {
            segment(&w, &x)
        };
        let after = Tensor::<f64>::rand(());
        (y.square().sum(..) * &after).backward();
        (y.to_vec(), w.grad().unwrap().to_vec(), x.grad().map(|g| g.to_vec()), after.item())
    };
    for x_requires_grad in [false, true] {
        assert_eq!(gradients(true, x_requires_grad), gradients(false, x_requires_grad));
    }
}

#[test]
fn a_checkpoint_may_share_leaves_with_what_is_before_it_and_be_differentiated_twice() {
    let f = |checkpointed: bool| {
        move |w: &Tensor<f64>| {
            let x = Tensor::from([[0.3, -0.2], [0.5, 0.9]]).matmul(&w.reshape([2, 2]));
            let inner = w.clone();
            let segment = move |x: &Tensor<f64>| x.matmul(&inner.reshape([2, 2])).tanh().square();
            let y = if checkpointed { checkpoint(segment, &x) } else { segment(&x) };
            y.sum(..)
        }
    };
    let w = Tensor::from([0.7, -0.4, 0.2, 1.1]);
    let (plain, checkpointed) = (hessian(f(false), &w), hessian(f(true), &w));
    for (a, b) in plain.to_vec().iter().zip(checkpointed.to_vec()) {
        assert_relative_eq!(*a, b, epsilon = 1e-12);
    }
}

#[test]
fn first_and_second_derivatives_by_create_graph() {
    let x = Tensor::from([0.5f64, 2.0]).requires_grad_();
    let first = grad_create_graph(&x.pow(4.0).sum(..), &[&x]).remove(0);
    let second = grad_create_graph(&first.sum(..), &[&x]).remove(0);
    let third = grad(&second.sum(..), &[&x]).remove(0);
    assert_eq!(first.to_vec(), [0.5, 32.0]);
    assert_eq!(second.to_vec(), [3.0, 48.0]);
    assert_eq!(third.to_vec(), [12.0, 48.0]);
}

#[test]
fn values_saved_for_the_backward_pass_do_not_change() {
    let mut x = Tensor::from([2.0f64]).requires_grad_();
    let y = x.square().sum(..);
    // As an optimizer would, before the backward pass.
    x.data_mut()[0] = 100.0;
    y.backward();
    assert_eq!(x.grad().unwrap().item(), 4.0);
}

#[test]
fn a_result_that_is_overwritten_leaves_its_graph() {
    let x = Tensor::from([2.0f64]).requires_grad_();
    let mut y = x.square();
    y.data_mut()[0] = 7.0;
    assert!(!y.requires_grad());
    assert_eq!(x.square().item(), 4.0);
}
