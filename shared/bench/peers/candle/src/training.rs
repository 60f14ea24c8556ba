//! One step of training, and the optimizers that candle-nn does not have.

use candle_core::backprop::GradStore;
use candle_core::{Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, VarMap, loss};
use peer::Workload;

pub(crate) enum Rule {
    /// AdamW without decay.
    Adam,
    AdamW,
    /// With momentum 0.9 and weight decay 10⁻⁴, at a rate of 0.1.
    Sgd,
}

/// candle-nn's SGD has no momentum.
struct Momentum {
    variables: Vec<(Var, Option<Tensor>)>,
}

impl Momentum {
    fn step(&mut self, grads: &GradStore) -> Result<()> {
        for (variable, velocity) in &mut self.variables {
            let Some(grad) = grads.get(variable) else { continue };
            let grad = (grad + (variable.as_tensor() * 1e-4)?)?;
            let next = match velocity {
                Some(velocity) => ((&*velocity * 0.9)? + grad)?,
                None => grad,
            };
            variable.set(&(variable.as_tensor() - (&next * 0.1)?)?)?;
            *velocity = Some(next.detach());
        }
        Ok(())
    }
}

enum Steps {
    Adam(AdamW),
    Momentum(Momentum),
}

/// What is learned: BatchNorm's running estimates lie in the same map, but are not.
fn learned(variables: &VarMap) -> Vec<Var> {
    let variables = variables.data().lock().expect("the variables");
    let learned = variables.iter().filter(|(name, _)| !name.contains("running_"));
    learned.map(|(_, variable)| variable.clone()).collect()
}

/// Minimises a loss.
pub(crate) fn training(
    variables: &VarMap,
    rule: Rule,
    loss: impl Fn() -> Result<Tensor> + 'static,
) -> Result<Workload> {
    let variables = learned(variables);
    let params = variables.iter().map(|variable| variable.elem_count()).sum();
    let adam = |weight_decay| ParamsAdamW { lr: 1e-3, weight_decay, ..Default::default() };
    let mut optimizer = match rule {
        Rule::Adam => Steps::Adam(AdamW::new(variables, adam(0.0))?),
        Rule::AdamW => Steps::Adam(AdamW::new(variables, adam(0.01))?),
        Rule::Sgd => {
            let variables = variables.into_iter().map(|variable| (variable, None)).collect();
            Steps::Momentum(Momentum { variables })
        }
    };
    let mut step = move || -> Result<()> {
        let grads = loss()?.backward()?;
        match &mut optimizer {
            Steps::Adam(optimizer) => optimizer.step(&grads),
            Steps::Momentum(optimizer) => optimizer.step(&grads),
        }
    };
    // What cannot be differentiated is found out before anything is timed.
    step()?;
    Ok(Workload::new(params, move || step().expect("a step")))
}

/// Trains with cross-entropy on one batch.
pub(crate) fn supervised(
    variables: &VarMap,
    rule: Rule,
    forward: impl Fn(&Tensor) -> Result<Tensor> + 'static,
    x: Tensor,
    labels: Tensor,
) -> Result<Workload> {
    training(variables, rule, move || loss::cross_entropy(&forward(&x)?, &labels))
}

/// Labels that visit all classes.
pub(crate) fn labels(number: usize, classes: usize) -> Result<Tensor> {
    let labels: Vec<u32> = (0..number).map(|i| (i * 7 % classes) as u32).collect();
    Tensor::from_vec(labels, number, &Device::Cpu)
}
