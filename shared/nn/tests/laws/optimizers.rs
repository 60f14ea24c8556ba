//! Optimizers against their recurrences, written down one number at a time.

use nn::{Adam, AdamW, Optimizer, Parameter, Sgd};
use tensor::{Tensor, manual_seed};

const STEPS: usize = 12;
const SIZE: usize = 5;

/// Runs an optimizer on made-up gradients, and the recurrence `rule(t, θ, g, memory)` with the same ones. The rule
/// returns the next θ and keeps what it remembers in `memory`.
fn compare(
    make: impl FnOnce(Vec<Parameter<f64>>) -> Box<dyn Optimizer<f64>>,
    rule: impl Fn(i32, f64, f64, &mut [f64; 2]) -> f64,
) {
    manual_seed(11);
    let start = Tensor::<f64>::randn(SIZE);
    let parameter = Parameter::new(start.clone());
    // A second parameter without a gradient must be left alone.
    let idle = Parameter::new(Tensor::ones(3));
    let mut optimizer = make(vec![parameter.clone(), idle.clone()]);
    let mut theta = start.to_vec();
    let mut memory = [[0.0; 2]; SIZE];
    for t in 1..=STEPS as i32 {
        let gradient = Tensor::<f64>::randn(SIZE);
        parameter.set_grad(gradient.clone());
        optimizer.step();
        for ((theta, g), memory) in theta.iter_mut().zip(gradient.to_vec()).zip(&mut memory) {
            *theta = rule(t, *theta, g, memory);
        }
        for (found, expected) in parameter.get().to_vec().iter().zip(&theta) {
            // About ten roundings a step, of numbers of order 1.
            let tolerance = 10.0 * f64::from(t) * f64::EPSILON * expected.abs().max(1.0);
            assert!((found - expected).abs() <= tolerance, "step {t}: {found} is not {expected}");
        }
    }
    assert_eq!(idle.get().to_vec(), [1.0; 3]);
}

#[test]
fn plain_gradient_descent() {
    compare(|p| Box::new(Sgd::new(p, 0.1)), |_, theta, g, _| theta - 0.1 * g);
}

#[test]
fn momentum() {
    compare(
        |p| Box::new(Sgd::new(p, 0.1).momentum(0.9)),
        |_, theta, g, memory| {
            memory[0] = 0.9 * memory[0] + g;
            theta - 0.1 * memory[0]
        },
    );
}

#[test]
fn nesterov_with_weight_decay() {
    compare(
        |p| Box::new(Sgd::new(p, 0.1).momentum(0.9).nesterov().weight_decay(0.02)),
        |_, theta, g, memory| {
            let g = g + 0.02 * theta;
            memory[0] = 0.9 * memory[0] + g;
            theta - 0.1 * (g + 0.9 * memory[0])
        },
    );
}

fn adam_step(t: i32, g: f64, memory: &mut [f64; 2], rate: f64, (beta1, beta2): (f64, f64), eps: f64) -> f64 {
    let [m, v] = memory;
    *m = beta1 * *m + (1.0 - beta1) * g;
    *v = beta2 * *v + (1.0 - beta2) * g * g;
    let m_hat = *m / (1.0 - beta1.powi(t));
    let v_hat = *v / (1.0 - beta2.powi(t));
    rate * m_hat / (v_hat.sqrt() + eps)
}

#[test]
fn adam() {
    compare(
        |p| Box::new(Adam::new(p, 1e-2)),
        |t, theta, g, memory| theta - adam_step(t, g, memory, 1e-2, (0.9, 0.999), 1e-8),
    );
}

#[test]
fn adam_with_other_settings() {
    compare(
        |p| Box::new(Adam::new(p, 0.3).betas(0.5, 0.7).eps(0.1).weight_decay(0.2)),
        |t, theta, g, memory| theta - adam_step(t, g + 0.2 * theta, memory, 0.3, (0.5, 0.7), 0.1),
    );
}

#[test]
fn adamw_decays_the_weights_themselves() {
    compare(
        |p| Box::new(AdamW::new(p, 1e-2)),
        |t, theta, g, memory| theta * (1.0 - 1e-2 * 0.01) - adam_step(t, g, memory, 1e-2, (0.9, 0.999), 1e-8),
    );
}

#[test]
fn the_first_step_of_adam_has_the_size_of_the_learning_rate() {
    let parameter = Parameter::new(Tensor::from([1.0f64, 1.0]));
    let mut optimizer = Adam::new(vec![parameter.clone()], 0.01);
    parameter.set_grad(Tensor::from([1e-3, -1e3]));
    optimizer.step();
    // lr·g/(|g| + ε): off from lr·sign(g) by ε/|g|.
    for (x, expected) in parameter.get().to_vec().into_iter().zip([0.99, 1.01]) {
        assert!((x - expected).abs() < 0.01 * 1.1e-5);
    }
}

fn kinds(parameters: &[Parameter]) -> Vec<Box<dyn Optimizer>> {
    let parameters = || parameters.to_vec();
    vec![
        Box::new(Sgd::new(parameters(), 0.1)),
        Box::new(Sgd::new(parameters(), 0.1).momentum(0.9)),
        Box::new(Adam::new(parameters(), 0.1)),
        Box::new(AdamW::new(parameters(), 0.1)),
    ]
}

#[test]
fn state_goes_on_where_it_was() {
    for kind in 0..4 {
        manual_seed(12);
        let gradients: Vec<Tensor> = (0..6).map(|_| Tensor::randn([2, 3])).collect();
        let run = |reload_after: Option<usize>| {
            let weight = Parameter::new(Tensor::ones([2, 3]));
            let idle = Parameter::new(Tensor::ones(1));
            let mut optimizer = kinds(&[idle.clone(), weight.clone()]).remove(kind);
            for (i, gradient) in gradients.iter().enumerate() {
                if reload_after == Some(i) {
                    let state = optimizer.state_dict();
                    optimizer = kinds(&[idle.clone(), weight.clone()]).remove(kind);
                    optimizer.load_state_dict(&state).unwrap();
                }
                weight.set_grad(gradient.clone());
                optimizer.step();
            }
            weight.get()
        };
        let whole = run(None);
        for i in 0..gradients.len() {
            assert!(run(Some(i)).equal(&whole), "kind {kind}, reloaded after {i}");
        }
    }
}

#[test]
fn foreign_state_is_refused() {
    let weight = Parameter::new(Tensor::<f32>::ones([2, 3]));
    weight.set_grad(Tensor::ones([2, 3]));
    let mut adam = Adam::new(vec![weight.clone()], 0.1);
    adam.step();
    let state = adam.state_dict();
    assert_eq!(state.names().collect::<Vec<_>>(), ["0.exp_avg", "0.exp_avg_sq", "0.step"]);

    let other = Parameter::new(Tensor::<f32>::ones(4));
    let message = Adam::new(vec![other], 0.1).load_state_dict(&state).unwrap_err().to_string();
    assert!(message.contains("\"0.exp_avg\" is [2, 3], expected [4]"), "{message}");
    let message = Sgd::new(vec![weight.clone()], 0.1).load_state_dict(&state).unwrap_err().to_string();
    assert!(message.contains("missing: \"0.momentum_buffer\""), "{message}");
    let message = Adam::new(Vec::new(), 0.1).load_state_dict(&state).unwrap_err().to_string();
    assert!(message.contains("unexpected: \"0.step\""), "{message}");
}

#[test]
fn a_snapshot_of_the_state_does_not_change() {
    let weight = Parameter::new(Tensor::<f32>::ones(4));
    let mut adam = Adam::new(vec![weight.clone()], 0.1);
    weight.set_grad(Tensor::ones(4));
    adam.step();
    let snapshot = adam.state_dict();
    let before = snapshot["0.exp_avg"].to_vec();
    adam.step();
    assert_eq!(snapshot["0.exp_avg"].to_vec(), before);
    assert_ne!(adam.state_dict()["0.exp_avg"].to_vec(), before);
}

#[test]
fn gradients_are_forgotten_on_demand() {
    let weight = Parameter::new(Tensor::<f32>::ones(2));
    let mut sgd = Sgd::new(vec![weight.clone()], 0.5);
    weight.get().sum(..).backward();
    sgd.zero_grad();
    sgd.step();
    assert_eq!(weight.get().to_vec(), [1.0, 1.0]);
    sgd.set_learning_rate(0.25);
    weight.get().sum(..).backward();
    sgd.step();
    assert_eq!((weight.get().to_vec(), sgd.learning_rate()), (vec![0.75, 0.75], 0.25));
}
