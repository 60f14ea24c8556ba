//! Schedules, clipping, parameter groups, and the trainer's places for them.

use std::cell::RefCell;

use nn::optim::{CosineAnnealingLR, OneCycleLR, ParamGroups, Schedule, StepLR};
use nn::train::Trainer;
use nn::{Adam, Linear, Module, Optimizer, Parameter, Sgd, clip_grad_norm_, clip_grad_value_};
use tensor::{Tensor, manual_seed};

/// Equal up to a few roundings of numbers of order 1.
#[track_caller]
fn same(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 8.0 * f64::EPSILON, "{found} is not {expected}");
}

#[test]
fn step_lr_falls_every_step_size() {
    let schedule = StepLR::new(3).gamma(0.5);
    let factors: Vec<f64> = (0..7).map(|step| schedule.factor(step)).collect();
    assert_eq!(factors, [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25]);
}

#[test]
fn cosine_warms_up_turns_and_ends() {
    let schedule = CosineAnnealingLR::new(20).warmup(4);
    for (step, expected) in [0.2, 0.4, 0.6, 0.8, 1.0].into_iter().enumerate() {
        same(schedule.factor(step), expected);
    }
    // The middle of 4 to 20, and points that mirror each other there.
    same(schedule.factor(12), 0.5);
    (1..=8).for_each(|d| same(schedule.factor(12 - d) + schedule.factor(12 + d), 1.0));
    assert_eq!(schedule.factor(20), 0.0);
    assert_eq!(schedule.factor(1000), 0.0);
    assert_eq!(CosineAnnealingLR::new(5).factor(0), 1.0);
}

#[test]
#[should_panic(expected = "5 steps of warm-up in 5")]
fn a_warm_up_leaves_a_step() {
    let _ = CosineAnnealingLR::new(5).warmup(5);
}

/// By `torch.optim.lr_scheduler.OneCycleLR`'s documented phases: with 10 steps and `pct_start` 0.5, up to step 4 and down
/// to step 9.
#[test]
fn one_cycle_has_its_ends_and_its_peak() {
    let schedule = OneCycleLR::new(10).pct_start(0.5).div_factors(10.0, 100.0);
    same(schedule.factor(0), 0.1);
    same(schedule.factor(2), (0.1 + 1.0) / 2.0);
    same(schedule.factor(4), 1.0);
    same(schedule.factor(9), 0.001);
    same(schedule.factor(50), 0.001);
    assert!((0..4).all(|step| schedule.factor(step) < schedule.factor(step + 1)));
    assert!((4..9).all(|step| schedule.factor(step) > schedule.factor(step + 1)));
    // PyTorch's settings: a turn at 0.3·100 − 1.
    let schedule = OneCycleLR::new(100);
    same(schedule.factor(0), 0.04);
    same(schedule.factor(29), 1.0);
    same(schedule.factor(99), 4e-6);
}

fn parameters(gradients: &[Tensor<f64>]) -> Vec<Parameter<f64>> {
    let parameter = |gradient: &Tensor<f64>| {
        let parameter = Parameter::new(gradient.zeros_like());
        parameter.set_grad(gradient.clone());
        parameter
    };
    gradients.iter().map(parameter).collect()
}

fn numbers(parameters: &[Parameter<f64>]) -> Vec<f64> {
    parameters.iter().flat_map(|p| p.grad().map_or(Vec::new(), |grad| grad.to_vec())).collect()
}

#[test]
fn clipping_by_norm_keeps_the_direction_of_all_together() {
    manual_seed(3);
    let gradients = [Tensor::randn([2, 3]), Tensor::randn(4), Tensor::randn(1) * 50.0];
    let mut clipped = parameters(&gradients);
    // One without a gradient does no harm.
    clipped.push(Parameter::new(Tensor::ones(2)));
    let before = numbers(&clipped);
    let norm = before.iter().map(|g| g * g).sum::<f64>().sqrt();
    let returned = clip_grad_norm_(&clipped, 0.5);
    assert!((returned - norm).abs() < 1e-12 * norm);
    for (after, before) in numbers(&clipped).iter().zip(&before) {
        assert!((after - before * 0.5 / norm).abs() < 1e-12, "{after} of {before}");
    }
    // Short enough now: nothing changes any more, to the last bit.
    let short = numbers(&clipped);
    clip_grad_norm_(&clipped, 0.6);
    assert_eq!(numbers(&clipped), short);
    assert!(clipped[3].grad().is_none());
}

#[test]
fn clipping_does_not_spread_nan() {
    for bad in [f64::NAN, f64::INFINITY] {
        let clipped = parameters(&[Tensor::from([1.0, bad]), Tensor::from([2.0])]);
        assert!(!clip_grad_norm_(&clipped, 0.1).is_finite());
        let bits: Vec<u64> = numbers(&clipped).into_iter().map(f64::to_bits).collect();
        assert_eq!(bits, [1.0, bad, 2.0].map(f64::to_bits));
    }
}

#[test]
fn squares_of_f32_do_not_overflow() {
    let parameter = Parameter::new(Tensor::from([0.0f32, 0.0]));
    parameter.set_grad(Tensor::from([3e25, 4e25]));
    assert!((clip_grad_norm_(std::slice::from_ref(&parameter), 1.0) / 5e25 - 1.0).abs() < 1e-6);
    let grad = parameter.grad().unwrap().to_vec();
    assert!((grad[0] - 0.6).abs() < 1e-6 && (grad[1] - 0.8).abs() < 1e-6);
}

#[test]
fn clipping_by_value_cuts_both_sides() {
    let clipped = parameters(&[Tensor::from([-3.0, -0.5, 0.0]), Tensor::from([0.25, 7.0])]);
    clip_grad_value_(&clipped, 1.0);
    assert_eq!(numbers(&clipped), [-1.0, -0.5, 0.0, 0.25, 1.0]);
}

/// Gradients for two parameters, step by step, and a place to compare.
fn two() -> [Parameter<f64>; 2] {
    [Parameter::new(Tensor::from([1.0, 2.0])), Parameter::new(Tensor::from([3.0]))]
}

fn drive(optimizer: &mut dyn Optimizer<f64>, parameters: &[Parameter<f64>; 2], steps: std::ops::Range<i32>) {
    for step in steps {
        let g = 0.5 + f64::from(step);
        parameters[0].set_grad(Tensor::from([g, -g]));
        parameters[1].set_grad(Tensor::from([1.0 / g]));
        optimizer.set_learning_rate(0.1 / (1.0 + f64::from(step)));
        optimizer.step();
    }
}

#[test]
fn groups_step_as_their_optimizers_do_alone() {
    let [a, b] = two();
    let mut groups = ParamGroups::new()
        .group(Sgd::new(vec![a.clone()], 0.1).momentum(0.9))
        .group(Adam::new(vec![b.clone()], 0.01));
    drive(&mut groups, &[a.clone(), b.clone()], 0..5);
    let [c, d] = two();
    let mut sgd = Sgd::new(vec![c.clone()], 0.1).momentum(0.9);
    drive(&mut sgd, &[c.clone(), d.clone()], 0..5);
    let [e, f] = two();
    let mut adam = Adam::new(vec![f.clone()], 0.01);
    for step in 0..5 {
        f.set_grad(Tensor::from([1.0 / (0.5 + f64::from(step))]));
        // A tenth of the first group's, always.
        adam.set_learning_rate(0.1 / (1.0 + f64::from(step)) * (0.01 / 0.1));
        adam.step();
    }
    drop(e);
    assert_eq!(a.get().to_vec(), c.get().to_vec());
    assert_eq!(b.get().to_vec(), f.get().to_vec());
    assert_eq!(groups.parameters().len(), 2);
    same(groups.learning_rate(), 0.1 / 5.0);
}

#[test]
fn groups_go_on_where_they_were_and_refuse_what_is_foreign() {
    let make = |[a, b]: &[Parameter<f64>; 2]| {
        ParamGroups::new()
            .group(Sgd::new(vec![a.clone()], 0.1).momentum(0.9))
            .group(Adam::new(vec![b.clone()], 0.1))
    };
    let whole = two();
    drive(&mut make(&whole), &whole, 0..6);
    let parts = two();
    let mut first = make(&parts);
    drive(&mut first, &parts, 0..3);
    let state = first.state_dict();
    let names: Vec<&str> = state.names().collect();
    assert_eq!(names.len(), 4, "{names:?}");
    let mut second = make(&parts);
    second.load_state_dict(&state).unwrap();
    drive(&mut second, &parts, 3..6);
    for (part, whole) in parts.iter().zip(&whole) {
        assert_eq!(part.get().to_vec(), whole.get().to_vec());
    }
    // What belongs to nobody, and what fits the first group but not the second, is refused whole.
    for (name, tensor) in
        [("7.exp_avg", Tensor::ones(1)), ("1.exp_avg", Tensor::ones(9)), ("momentum", Tensor::ones(1))]
    {
        let mut foreign = state.clone();
        foreign.insert(name.to_owned(), tensor);
        let before = second.state_dict();
        assert!(second.load_state_dict(&foreign).is_err(), "{name}");
        assert!(second.state_dict().iter().zip(before.iter()).all(|(a, b)| a.0 == b.0 && a.1.equal(b.1)));
    }
}

#[test]
#[should_panic(expected = "a parameter is in two groups")]
fn a_parameter_is_in_one_group() {
    let [a, b] = two();
    let _ = ParamGroups::new().group(Sgd::new(vec![a.clone(), b], 0.1)).group(Sgd::new(vec![a], 0.1));
}

#[test]
fn a_training_follows_its_schedule_and_calls_its_hook() {
    manual_seed(5);
    let network: Linear = Linear::new(2, 2);
    let data = (Tensor::<f32>::randn([12, 2]), vec![0, 1, 1, 0, 1, 0, 0, 0, 1, 1, 0, 1]);
    let mut optimizer = Sgd::new(network.parameters(), 0.5);
    let norms = RefCell::new(Vec::new());
    let training = Trainer::new()
        .epochs(2)
        .batch_size(4)
        .schedule(StepLR::new(3).gamma(0.1))
        .before_step(|| {
            clip_grad_norm_(&network.parameters(), 1e-3);
            norms.borrow_mut().push(clip_grad_norm_(&network.parameters(), f64::INFINITY));
        })
        .quiet()
        .fit(&network, &mut optimizer, &data, |(x, labels)| network.forward(x).cross_entropy(labels))
        .unwrap();
    let rates: Vec<f64> = training.history.epochs.iter().map(|epoch| epoch.learning_rate).collect();
    same(rates[0], 0.5);
    same(rates[1], 0.05);
    assert_eq!(optimizer.learning_rate(), 0.5);
    let norms = norms.into_inner();
    assert_eq!(norms.len(), 6);
    // In f32, of six numbers.
    assert!(norms.iter().all(|norm| (norm / 1e-3 - 1.0).abs() < 1e-5), "{norms:?}");
}

#[test]
fn what_the_hook_does_reaches_the_step() {
    manual_seed(6);
    let network: Linear = Linear::new(2, 2);
    let before = network.state_dict();
    let data = (Tensor::<f32>::randn([4, 2]), vec![0, 1, 1, 0]);
    let mut optimizer = Sgd::new(network.parameters(), 0.5);
    Trainer::new()
        .before_step(|| clip_grad_value_(&network.parameters(), 0.0))
        .quiet()
        .fit(&network, &mut optimizer, &data, |(x, labels)| network.forward(x).cross_entropy(labels))
        .unwrap();
    assert!(network.state_dict().iter().zip(before.iter()).all(|(a, b)| a.1.equal(b.1)));
}
