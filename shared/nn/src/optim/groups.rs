//! Parameter groups: several optimizers that step as one.

use tensor::Float;

use super::Optimizer;
use crate::state_dict::LoadError;
use crate::{Parameter, StateDict};

/// Optimizers for parts of a network, each with its own settings and even its own method, as one optimizer.
///
/// A schedule sets the learning rate of the first group; the others keep their proportion to it. To PyTorch's
/// `param_groups` this adds that groups may differ in their method.
///
/// ```
/// use nn::optim::ParamGroups;
/// use nn::{AdamW, Linear, Module, Optimizer, Parameter, ReLU, sequential};
///
/// let network = sequential![Linear::new(6, 5), ReLU, Linear::new(5, 2)];
/// // Biases do not decay.
/// let (weights, biases): (Vec<Parameter>, Vec<Parameter>) =
///     network.parameters().into_iter().partition(|parameter| parameter.shape().len() > 1);
/// let mut optimizer = ParamGroups::new()
///     .group(AdamW::new(weights, 1e-3).weight_decay(0.1))
///     .group(AdamW::new(biases, 1e-3).weight_decay(0.0));
/// assert_eq!(optimizer.learning_rate(), 1e-3);
/// optimizer.step();
/// ```
#[derive(Default)]
pub struct ParamGroups<'a, T: Float = f32> {
    groups: Vec<Group<'a, T>>,
    parameters: Vec<Parameter<T>>,
}

struct Group<'a, T: Float> {
    optimizer: Box<dyn Optimizer<T> + 'a>,
    /// Its learning rate, in parts of the first group's.
    proportion: f64,
}

impl<'a, T: Float> ParamGroups<'a, T> {
    /// No group yet.
    pub fn new() -> Self {
        Self { groups: Vec::new(), parameters: Vec::new() }
    }

    /// Adds a group.
    ///
    /// # Panics
    /// If a parameter is in two groups, or the first group's learning rate is 0, to which no other has a proportion.
    #[must_use]
    #[track_caller]
    pub fn group(mut self, optimizer: impl Optimizer<T> + 'a) -> Self {
        let twice = |new: &Parameter<T>| self.parameters.iter().any(|known| known.is(new));
        assert!(!optimizer.parameters().iter().any(twice), "group: a parameter is in two groups");
        let first = self.groups.first().map_or(optimizer.learning_rate(), |g| g.optimizer.learning_rate());
        assert!(first != 0.0, "group: the first group has the learning rate 0");
        self.parameters.extend(optimizer.parameters().iter().cloned());
        self.groups
            .push(Group { proportion: optimizer.learning_rate() / first, optimizer: Box::new(optimizer) });
        self
    }

    /// The entries of a state dict that belong to the parameters of a group, counted from 0 there. The last group gets
    /// whatever belongs to nobody as well, and refuses it.
    fn part(&self, state: &StateDict<T>, group: usize) -> StateDict<T> {
        let count = |group: &Group<'a, T>| group.optimizer.parameters().len();
        let first: usize = self.groups[..group].iter().map(count).sum();
        let is_last = group + 1 == self.groups.len();
        let end = if is_last { usize::MAX } else { first + count(&self.groups[group]) };
        let own = |name: &str| match name.split_once('.').map(|(index, rest)| (index.parse::<usize>(), rest))
        {
            Some((Ok(index), rest)) if (first..end).contains(&index) => {
                Some(format!("{}.{rest}", index - first))
            }
            Some((Ok(_), _)) => None,
            _ => is_last.then(|| name.to_owned()),
        };
        state.iter().filter_map(|(name, tensor)| Some((own(name)?, tensor.clone()))).collect()
    }
}

impl<T: Float> Optimizer<T> for ParamGroups<'_, T> {
    fn step(&mut self) {
        self.groups.iter_mut().for_each(|group| group.optimizer.step());
    }

    fn parameters(&self) -> &[Parameter<T>] {
        &self.parameters
    }

    /// That of the first group; 0 if there is none.
    fn learning_rate(&self) -> f64 {
        self.groups.first().map_or(0.0, |group| group.optimizer.learning_rate())
    }

    fn set_learning_rate(&mut self, learning_rate: f64) {
        for Group { optimizer, proportion } in &mut self.groups {
            optimizer.set_learning_rate(learning_rate * *proportion);
        }
    }

    fn describe(&self) -> String {
        let group = |Group { optimizer, proportion }: &Group<'_, T>| {
            let count = optimizer.parameters().len();
            format!("{count} parameters with {proportion} of the rate by {}", optimizer.describe())
        };
        self.groups.iter().map(group).collect::<Vec<_>>().join("; ")
    }

    /// As if one optimizer had the parameters of all groups, in their order.
    fn state_dict(&self) -> StateDict<T> {
        let mut first = 0;
        let mut all = StateDict::new();
        for Group { optimizer, .. } in &self.groups {
            for (name, tensor) in optimizer.state_dict().iter() {
                let (index, rest) = name.split_once('.').expect("a parameter's index, a dot, and a name");
                let index: usize = index.parse().expect("an index");
                all.insert(format!("{}.{rest}", first + index), tensor.clone());
            }
            first += optimizer.parameters().len();
        }
        all
    }

    fn load_state_dict(&mut self, state: &StateDict<T>) -> Result<(), LoadError> {
        let before: Vec<StateDict<T>> =
            self.groups.iter().map(|group| group.optimizer.state_dict()).collect();
        for index in 0..self.groups.len() {
            let part = self.part(state, index);
            if let Err(error) = self.groups[index].optimizer.load_state_dict(&part) {
                for (group, state) in self.groups.iter_mut().zip(&before).take(index) {
                    group.optimizer.load_state_dict(state).expect("its own state");
                }
                return Err(error);
            }
        }
        Ok(())
    }
}
