//! Trainings: an interrupted one arrives at the same bits as one that runs through.

use std::cell::Cell;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use nn::train::{CheckpointError, Status, TrainError, Trainer, Training, accuracy, discard_checkpoint};
use nn::{
    Adam, BatchNorm1d, Dropout, Linear, Module, Optimizer, ReLU, Sequential, Sgd, StateDict, sequential,
};
use tensor::{Tensor, manual_seed};

const SAMPLES: usize = 22;
const EPOCHS: usize = 3;
/// 22 samples in batches of 5.
const STEPS: usize = 5;

type Data = (Tensor, Vec<usize>);

fn data() -> Data {
    manual_seed(100);
    let x: Tensor = Tensor::randn([SAMPLES, 3]);
    let labels = (0..SAMPLES).map(|i| usize::from(x.get([i, 0]) > x.get([i, 1]))).collect();
    (x, labels)
}

/// Everything random: dropout; everything with a state: BatchNorm and Adam.
fn network(seed: u64) -> Sequential {
    manual_seed(seed);
    sequential![Linear::new(3, 8), BatchNorm1d::new(8), ReLU, Dropout::new(0.3), Linear::new(8, 2)]
}

fn trainer<'a>(network: &'a Sequential, data: &'a Data) -> Trainer<'a> {
    Trainer::new()
        .epochs(EPOCHS)
        .batch_size(5)
        .seed(7)
        .quiet()
        .learning_rate_curve(|progress| 1.0 - progress)
        .maximize("accuracy", || accuracy(&network.forward(&data.0), &data.1))
        .keep_best()
}

/// One call of the program: everything is made anew, and trained until the end or until `calls` losses were computed
/// in it.
struct Outcome {
    training: Result<Training, TrainError>,
    state: StateDict,
    memory: StateDict,
}

#[derive(Clone, Copy)]
enum Halt {
    Never,
    /// Stops properly after this many steps.
    Stop(usize),
    /// Dies in the middle of the step after this many.
    Die(usize),
}

fn program(folder: Option<&Path>, interval: Duration, halt: Halt) -> Option<Outcome> {
    let data = data();
    let network = network(1);
    let mut optimizer = Adam::new(network.parameters(), 0.05);
    let mut steps = 0;
    let mut trainer = trainer(&network, &data).checkpoint_every(interval);
    if let Some(folder) = folder {
        trainer = trainer.checkpoint(folder);
    }
    if let Halt::Stop(after) = halt {
        trainer = trainer.stop_when(move || {
            steps += 1;
            steps == after
        });
    }
    let calls = Cell::new(0);
    let training = catch_unwind(AssertUnwindSafe(|| {
        trainer.fit(&network, &mut optimizer, &data, |(x, labels)| {
            let loss = network.forward(x).cross_entropy(labels);
            if let Halt::Die(after) = halt {
                assert!(calls.get() < after, "killed");
            }
            calls.set(calls.get() + 1);
            loss
        })
    }))
    .ok()?;
    Some(Outcome { training, state: network.state_dict(), memory: optimizer.state_dict() })
}

/// The bits of all numbers.
fn bits(state: &StateDict) -> Vec<(String, Vec<u32>)> {
    state
        .iter()
        .map(|(name, x)| (name.to_owned(), x.to_vec().iter().map(|x| x.to_bits()).collect()))
        .collect()
}

fn assert_same(outcome: &Outcome, whole: &Outcome) {
    let [training, through] = [outcome, whole].map(|outcome| outcome.training.as_ref().unwrap());
    assert_eq!(training.status, Status::Finished);
    assert_eq!(training.history.steps, through.history.steps);
    assert_eq!(training.best, through.best);
    for (epoch, expected) in training.history.epochs.iter().zip(&through.history.epochs) {
        assert_eq!(epoch.train_loss.to_bits(), expected.train_loss.to_bits());
        assert_eq!(epoch.validation, expected.validation);
    }
    assert_eq!(bits(&outcome.state), bits(&whole.state));
    assert_eq!(bits(&outcome.memory), bits(&whole.memory));
}

#[test]
fn stopped_anywhere_it_arrives_at_the_same_bits() {
    let whole = program(None, Duration::MAX, Halt::Never).unwrap();
    assert_eq!(whole.training.as_ref().unwrap().history.steps.len(), EPOCHS * STEPS);
    for after in 1..=EPOCHS * STEPS {
        let folder = tempfile::tempdir().unwrap();
        let stopped = program(Some(folder.path()), Duration::MAX, Halt::Stop(after)).unwrap();
        let training = stopped.training.unwrap();
        assert_eq!((training.status, training.history.steps.len()), (Status::Stopped, after));
        let resumed = program(Some(folder.path()), Duration::MAX, Halt::Never).unwrap();
        assert_same(&resumed, &whole);
        // A finished training is only read.
        let again = program(Some(folder.path()), Duration::MAX, Halt::Die(0)).unwrap();
        assert_same(&again, &whole);
    }
}

#[test]
fn killed_anywhere_again_and_again_it_arrives_at_the_same_bits() {
    let whole = program(None, Duration::MAX, Halt::Never).unwrap();
    // A checkpoint after every step, and after every epoch only.
    for (interval, each) in [(Duration::ZERO, 1), (Duration::ZERO, 4), (Duration::MAX, STEPS + 2)] {
        let folder = tempfile::tempdir().unwrap();
        let mut deaths = 0;
        let outcome = loop {
            match program(Some(folder.path()), interval, Halt::Die(each)) {
                None => deaths += 1,
                Some(outcome) => break outcome,
            }
            assert!(deaths < 100, "no progress");
        };
        assert!(deaths >= 2);
        assert_same(&outcome, &whole);
        let files: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(files.len(), 1);
    }
}

#[test]
fn the_best_weights_come_back() {
    let data = data();
    let network = network(2);
    let mut optimizer = Sgd::new(network.parameters(), 0.1);
    let epoch = Cell::new(0);
    let weights = std::cell::RefCell::new(Vec::new());
    let training = Trainer::new()
        .epochs(4)
        .quiet()
        .maximize("made up", || {
            weights.borrow_mut().push(network.state_dict());
            assert!(!network.is_training() && !tensor::is_grad_enabled());
            epoch.set(epoch.get() + 1);
            [0.1, f64::NAN, 0.9, 0.5][epoch.get() - 1]
        })
        .keep_best()
        .fit(&network, &mut optimizer, &data, |(x, labels)| {
            assert!(network.is_training());
            network.forward(x).cross_entropy(labels)
        })
        .unwrap();
    assert_eq!(training.best.unwrap().epoch, 2);
    assert_eq!(bits(&network.state_dict()), bits(&weights.borrow()[2]));
    assert!(network.is_training());
    assert!(training.history.epochs[1].validation[0].value.is_nan());
}

#[test]
fn the_curve_multiplies_the_learning_rate() {
    let data = data();
    let network = network(3);
    let mut optimizer = Sgd::new(network.parameters(), 0.2);
    let asked = std::cell::RefCell::new(Vec::new());
    let training = Trainer::new()
        .epochs(2)
        .batch_size(11)
        .quiet()
        .learning_rate_curve(|progress| {
            asked.borrow_mut().push(progress);
            1.0 - progress / 2.0
        })
        .fit(&network, &mut optimizer, &data, |(x, labels)| network.forward(x).cross_entropy(labels))
        .unwrap();
    assert_eq!(*asked.borrow(), [0.0, 0.25, 0.5, 0.75]);
    assert_eq!(training.history.epochs[1].learning_rate, 0.2 * (1.0 - 0.375));
    assert_eq!(optimizer.learning_rate(), 0.2);
}

#[test]
fn every_sample_is_seen_once_an_epoch() {
    let data = data();
    let network = network(4);
    for drop_last in [false, true] {
        let mut optimizer = Sgd::new(network.parameters(), 0.0);
        let trainer = Trainer::new().epochs(2).batch_size(5).quiet();
        let trainer = if drop_last { trainer.drop_last() } else { trainer };
        let seen = std::cell::RefCell::new(Vec::new());
        trainer
            .fit(&network, &mut optimizer, &data, |(x, labels)| {
                seen.borrow_mut().push(x.narrow(1, 0, 1).to_vec());
                network.forward(x).cross_entropy(labels)
            })
            .unwrap();
        let seen = seen.into_inner();
        let sizes: Vec<usize> = seen.iter().map(Vec::len).collect();
        let epoch: &[usize] = if drop_last { &[5, 5, 5, 5] } else { &[5, 5, 5, 5, 2] };
        assert_eq!(sizes, [epoch, epoch].concat());
        if !drop_last {
            let mut first = seen[..STEPS].concat();
            let mut all = data.0.narrow(1, 0, 1).to_vec();
            first.sort_by(f32::total_cmp);
            all.sort_by(f32::total_cmp);
            assert_eq!(first, all);
        }
    }
}

/// Trains with other settings where there is a checkpoint already; the network must be as it was.
fn refused(folder: &Path, change: impl FnOnce(Trainer<'_>) -> Trainer<'_>) -> (CheckpointError, String) {
    let data = data();
    let network = network(1);
    let before = network.state_dict();
    let mut optimizer = Adam::new(network.parameters(), 0.05);
    let result = change(trainer(&network, &data).checkpoint(folder)).fit(
        &network,
        &mut optimizer,
        &data,
        |(x, labels)| network.forward(x).cross_entropy(labels),
    );
    assert_eq!(bits(&before), bits(&network.state_dict()));
    let error = result.expect_err("this checkpoint must be refused");
    let message = error.to_string();
    assert!(message.contains("delete the file"), "{message}");
    match error {
        TrainError::Checkpoint { reason, .. } => (reason, message),
        other => panic!("{other}"),
    }
}

#[test]
fn checkpoints_of_other_trainings_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    program(Some(folder.path()), Duration::MAX, Halt::Stop(3)).unwrap();
    let (_, message) = refused(folder.path(), |trainer| trainer.epochs(9).seed(8));
    assert!(message.contains("epochs was 3, now it is 9"), "{message}");
    assert!(message.contains("seed was 7, now it is 8"), "{message}");
    let (_, message) = refused(folder.path(), |trainer| trainer.setting("flip", "left and right"));
    assert!(message.contains("flip was not set, now it is left and right"), "{message}");
    let (_, message) = refused(folder.path(), |trainer| trainer.learning_rate_curve(|_| 1.0));
    assert!(message.contains("learning rate curve was 1 0.875"), "{message}");

    // Another network.
    let data = data();
    let wider: Sequential = sequential![Linear::new(3, 9), Linear::new(9, 2)];
    let mut optimizer = Adam::new(wider.parameters(), 0.05);
    let error = trainer(&network(1), &data)
        .checkpoint(folder.path())
        .fit(&wider, &mut optimizer, &data, |(x, labels)| wider.forward(x).cross_entropy(labels))
        .unwrap_err()
        .to_string();
    assert!(error.contains("unexpected: \"1.running_mean\""), "{error}");
    assert!(error.contains("\"0.weight\" is [8, 3], expected [9, 3]"), "{error}");
}

#[test]
fn damaged_checkpoints_are_refused_or_ignored() {
    let folder = tempfile::tempdir().unwrap();
    program(Some(folder.path()), Duration::MAX, Halt::Stop(8)).unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    let bytes = fs::read(&path).unwrap();
    for end in [0, 7, 100, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&path, &bytes[..end]).unwrap();
        let (reason, _) = refused(folder.path(), |trainer| trainer);
        assert!(matches!(reason, CheckpointError::Load(_)), "cut off at {end}: {reason}");
    }
    // A file of weights is no checkpoint.
    network(1).save(&path).unwrap();
    let (reason, _) = refused(folder.path(), |trainer| trainer);
    assert!(matches!(reason, CheckpointError::Malformed(_)), "{reason}");
    // A position beyond the end.
    let step = br#"\"step\":3"#;
    let at = bytes.windows(step.len()).position(|window| window == step).expect("8 steps are 5 and 3");
    let digit = at + step.len() - 1;
    let mut changed = bytes.clone();
    changed[digit] = b'4';
    fs::write(&path, &changed).unwrap();
    let (reason, _) = refused(folder.path(), |trainer| trainer);
    assert!(matches!(reason, CheckpointError::Malformed(_)), "{reason}");

    let data = data();
    let network = network(1);
    let mut optimizer = Adam::new(network.parameters(), 0.05);
    let training = trainer(&network, &data)
        .checkpoint(folder.path())
        .ignore_unusable_checkpoint()
        .fit(&network, &mut optimizer, &data, |(x, labels)| network.forward(x).cross_entropy(labels))
        .unwrap();
    assert_eq!(training.history.steps.len(), EPOCHS * STEPS);
    let whole = program(None, Duration::MAX, Halt::Never).unwrap();
    assert_eq!(bits(&network.state_dict()), bits(&whole.state));

    discard_checkpoint(folder.path()).unwrap();
    discard_checkpoint(folder.path()).unwrap();
    assert!(!path.exists());
}

#[test]
fn a_loss_that_is_no_number_ends_the_training() {
    let data = data();
    let network = network(5);
    let mut optimizer = Sgd::new(network.parameters(), 0.1);
    let mut step = 0;
    let error = Trainer::new()
        .batch_size(5)
        .quiet()
        .learning_rate_curve(|_| 0.5)
        .fit(&network, &mut optimizer, &data, |(x, labels)| {
            step += 1;
            network.forward(x).cross_entropy(labels) * if step == 3 { f64::NAN } else { 1.0 }
        })
        .unwrap_err();
    assert!(matches!(error, TrainError::Diverged { epoch: 0, step: 2, .. }), "{error}");
    assert_eq!(optimizer.learning_rate(), 0.1);
}

#[test]
fn there_must_be_a_batch() {
    let data: Data = (Tensor::zeros([3, 3]), vec![0, 0, 0]);
    let network = network(6);
    let mut optimizer = Sgd::new(network.parameters(), 0.1);
    let error = Trainer::new()
        .batch_size(4)
        .drop_last()
        .quiet()
        .fit(&network, &mut optimizer, &data, |(x, labels)| network.forward(x).cross_entropy(labels))
        .unwrap_err();
    assert_eq!(error.to_string(), "3 samples do not make a batch of 4: use smaller batches or more data");
}
