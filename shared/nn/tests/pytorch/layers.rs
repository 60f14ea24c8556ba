//! Layers with PyTorch's parameters, and optimizers on PyTorch's gradients.

use nn::*;
use tensor::{Padding, Tensor};

use crate::{Case, cotangent};

fn layer(case: &Case) -> Box<dyn Module<f64>> {
    match case.op.as_str() {
        "Linear" if case.flag("bias") => Box::new(Linear::new(4, 3)),
        "Linear" => Box::new(Linear::new(4, 3).without_bias()),
        "Conv1d" => Box::new(Conv1d::new(2, 3, 3).padding(Padding::Same)),
        "Conv2d" => Box::new(Conv2d::new(2, 4, 3).stride(2).padding(1).groups(2)),
        "Conv3d" => Box::new(Conv3d::new(2, 3, 2)),
        "ConvTranspose2d" => Box::new(ConvTranspose2d::new(3, 2, 3).stride(2).padding(1).output_padding(1)),
        "BatchNorm1d" => Box::new(BatchNorm1d::new(3)),
        "BatchNorm2d" => Box::new(BatchNorm2d::new(3)),
        "BatchNorm3d" => Box::new(BatchNorm3d::new(2)),
        "LayerNorm" => Box::new(LayerNorm::new(&case.sizes("shape"))),
        "Embedding" => Box::new(Embedding::new(5, 3)),
        "ReLU" => Box::new(ReLU),
        "Tanh" => Box::new(Tanh),
        "Sigmoid" => Box::new(Sigmoid),
        "GELU" => Box::new(GELU),
        "SiLU" => Box::new(SiLU),
        "Softplus" => Box::new(Softplus),
        "LeakyReLU" => Box::new(LeakyReLU(0.1)),
        "ELU" => Box::new(ELU(0.7)),
        "Softmax" => Box::new(Softmax(-1)),
        "LogSoftmax" => Box::new(LogSoftmax(-1)),
        "Flatten" => Box::new(Flatten),
        "Sequential" => Box::new(sequential![Linear::new(4, 5), Tanh, Linear::new(5, 2)]),
        op => panic!("no layer is written for {op}"),
    }
}

/// The output, every gradient, and the state afterwards, by PyTorch's names.
pub(crate) fn check(case: &Case) -> Result<(), String> {
    let layer = layer(case);
    let state: StateDict<f64> = case.tensors("state/").into();
    layer.load_state_dict(&state).map_err(|error| error.to_string())?;
    let x = case.tensor("in0");
    for _ in 1..case.size("steps") {
        layer.forward(&x);
    }
    if case.flag("eval") {
        layer.eval();
    }
    let x = if case.flag("grad") { x.requires_grad_() } else { x };
    let y = layer.forward(&x);
    case.compare("the output", &y, &case.tensor("out0"))?;
    (&y * cotangent(&y)).sum(..).backward();
    if case.has("grad0") {
        case.compare("the gradient of the input", &x.grad().expect("a leaf"), &case.tensor("grad0"))?;
    }
    let gradients = case.tensors("grads/");
    let parameters = layer.named_parameters();
    assert_eq!(parameters.len(), gradients.len());
    for (name, parameter) in parameters {
        let gradient = parameter.grad().ok_or_else(|| format!("{name} has no gradient"))?;
        case.compare(&format!("the gradient of {name}"), &gradient, &gradients[&name])?;
    }
    let after = layer.state_dict();
    for (name, want) in case.tensors("after/") {
        case.compare(&format!("{name} afterwards"), &after[name.as_str()], &want)?;
    }
    Ok(())
}

/// The parameter after each of ten steps.
pub(crate) fn check_optimizer(case: &Case) -> Result<(), String> {
    let parameter = Parameter::new(case.tensor("in0"));
    let parameters = vec![parameter.clone()];
    let settings = case.setting("settings");
    let number = |key: &str| settings[key].as_f64();
    let learning_rate = number("lr").expect("a learning rate");
    let betas = settings["betas"].as_array().map(|betas| {
        let [first, second] = [0, 1].map(|i| betas[i].as_f64().expect("a number"));
        (first, second)
    });
    macro_rules! adam {
        ($adam:expr) => {{
            let mut adam = $adam;
            if let Some((first, second)) = betas {
                adam = adam.betas(first, second);
            }
            if let Some(eps) = number("eps") {
                adam = adam.eps(eps);
            }
            if let Some(weight_decay) = number("weight_decay") {
                adam = adam.weight_decay(weight_decay);
            }
            Box::new(adam)
        }};
    }
    let mut optimizer: Box<dyn Optimizer<f64>> = match case.op.as_str() {
        "Sgd" => {
            let mut sgd = Sgd::new(parameters, learning_rate)
                .momentum(number("momentum").unwrap_or(0.0))
                .weight_decay(number("weight_decay").unwrap_or(0.0));
            if settings["nesterov"].as_bool() == Some(true) {
                sgd = sgd.nesterov();
            }
            Box::new(sgd)
        }
        "Adam" => adam!(Adam::new(parameters, learning_rate)),
        "AdamW" => adam!(AdamW::new(parameters, learning_rate)),
        op => panic!("no optimizer is written for {op}"),
    };
    let path: Vec<Tensor<f64>> = case
        .tensor("in1")
        .unbind(0)
        .into_iter()
        .map(|gradient| {
            parameter.set_grad(gradient);
            optimizer.step();
            parameter.get().detach()
        })
        .collect();
    case.compare("the path", &Tensor::stack(&path, 0), &case.tensor("out0"))
}
