//! One step of training.

use burn::module::{Module, ModuleVisitor, Param};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdamConfig, AdamWConfig, GradientsParams, SgdConfig};
use burn::tensor::{Device, Int, Tensor, TensorData};
use peer::Workload;

pub(crate) enum Rule {
    Adam,
    AdamW,
    /// With momentum 0.9 and weight decay 10⁻⁴, at a rate of 0.1.
    Sgd,
}

/// Where networks train.
pub(crate) fn device() -> Device {
    Device::flex().autodiff()
}

/// How many numbers are learned. `num_params` counts BatchNorm's running estimates as well.
struct Learned(usize);

impl ModuleVisitor for Learned {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if param.val().is_require_grad() {
            self.0 += param.shape().num_elements();
        }
    }
}

/// Minimises a loss.
pub(crate) fn training<M: Module + 'static>(
    model: M,
    rule: Rule,
    loss: impl Fn(&M) -> Tensor<1> + 'static,
) -> Workload {
    let mut learned = Learned(0);
    model.visit(&mut learned);
    let Learned(params) = learned;
    let (mut optimizer, rate) = match rule {
        Rule::Adam => (AdamConfig::new().with_epsilon(1e-8).init(), 1e-3),
        Rule::AdamW => (AdamWConfig::new().with_epsilon(1e-8).with_weight_decay(0.01).init(), 1e-3),
        Rule::Sgd => {
            let momentum = MomentumConfig::new().with_momentum(0.9).with_dampening(0.0);
            let decay = WeightDecayConfig::new(1e-4);
            let config = SgdConfig::new().with_momentum(Some(momentum)).with_weight_decay(Some(decay));
            (config.init(), 0.1)
        }
    };
    let mut model = Some(model);
    Workload::new(params, move || {
        let Some(before) = model.take() else { return };
        let grads = GradientsParams::from_grads(loss(&before).backward(), &before);
        model = Some(optimizer.step(rate, before, grads));
    })
}

/// Trains with cross-entropy on one batch.
pub(crate) fn supervised<M: Module + 'static>(
    model: M,
    rule: Rule,
    labels: Tensor<1, Int>,
    forward: impl Fn(&M) -> Tensor<2> + 'static,
) -> Workload {
    let cross_entropy = CrossEntropyLossConfig::new().init(&labels.device());
    training(model, rule, move |model| cross_entropy.forward(forward(model), labels.clone()))
}

/// Labels that visit all classes.
pub(crate) fn labels(number: usize, classes: usize, device: &Device) -> Tensor<1, Int> {
    let labels: Vec<i32> = (0..number).map(|i| (i * 7 % classes) as i32).collect();
    Tensor::from_data(TensorData::new(labels, [number]), device)
}
