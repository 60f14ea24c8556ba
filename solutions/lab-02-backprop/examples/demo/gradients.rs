//! The gradient check, applied to every backward pass of the lab, in `f64`.

use std::fmt::Write;

use data::ImageSet;
use lab_02_backprop::{
    CrossEntropy, GradientCheck, LinearGradients, Mlp, check_gradient, linear, linear_backward, mse,
    mse_backward, relu, relu_backward, sigmoid, sigmoid_backward, softmax_cross_entropy,
    softmax_cross_entropy_backward, tanh, tanh_backward,
};
use tensor::Tensor;
use tensor::random::{self, Generator};

/// A gradient that was checked.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    pub(crate) check: GradientCheck,
}

impl Row {
    fn new(
        name: impl Into<String>,
        f: impl Fn(&Tensor<f64>) -> f64,
        x: &Tensor<f64>,
        gradient: &Tensor<f64>,
    ) -> Self {
        Self { name: name.into(), shape: x.shape().to_vec(), check: check_gradient(f, x, gradient) }
    }

    /// Name, shape, largest error, the two numbers there, verdict.
    pub(crate) fn cells(&self) -> [String; 6] {
        let GradientCheck { error, gradient, difference, passes, .. } = self.check;
        [
            self.name.clone(),
            format!("{:?}", self.shape),
            format!("{error:.1e}"),
            format!("{gradient:.6}"),
            format!("{difference:.6}"),
            if passes { "right" } else { "WRONG" }.to_owned(),
        ]
    }
}

/// What the columns of a table are.
pub(crate) const HEADER: [&str; 6] =
    ["gradient", "shape", "largest error", "backward", "difference", "verdict"];

/// The rows as text, in columns.
pub(crate) fn table(rows: &[Row]) -> String {
    let cells: Vec<[String; 6]> =
        std::iter::once(HEADER.map(str::to_owned)).chain(rows.iter().map(Row::cells)).collect();
    let width = |column: usize| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(width);
    let mut text = "Gradients against central differences:".to_owned();
    for row in cells {
        let [name, shape, error, gradient, difference, verdict] = row;
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n  {name:<0$}  {shape:<1$}  {error:>2$}  {gradient:>3$}  {difference:>4$}  {verdict}",
            widths[0], widths[1], widths[2], widths[3], widths[4]
        );
    }
    text
}

/// Every layer and loss, and the whole network on digits.
pub(crate) fn check_all(digits: &ImageSet) -> Vec<Row> {
    let mut rows = check_layers();
    rows.extend(check_network(digits));
    rows
}

/// ⟨a, b⟩.
fn inner(a: &Tensor<f64>, b: &Tensor<f64>) -> f64 {
    (a * b).sum(..).item()
}

/// Layers and losses on random numbers. A layer's output is made one number by weighting it with a random dy, which is
/// then the gradient that comes from above.
pub(crate) fn check_layers() -> Vec<Row> {
    random::with(Generator::seed(0), || {
        let (x, dy) = (Tensor::<f64>::randn([4, 5]), Tensor::randn([4, 3]));
        let (weight, bias) = (Tensor::<f64>::randn([3, 5]), Tensor::randn(3));
        let LinearGradients { x: dx, weight: dw, bias: db } = linear_backward(&x, &weight, &dy);
        let mut rows = vec![
            Row::new("linear, x", |x| inner(&linear(x, &weight, &bias), &dy), &x, &dx),
            Row::new("linear, weight", |weight| inner(&linear(&x, weight, &bias), &dy), &weight, &dw),
            Row::new("linear, bias", |bias| inner(&linear(&x, &weight, bias), &dy), &bias, &db),
        ];
        // Away from the kink of ReLU, where there is no derivative to agree on.
        let x = x.map(|x| if x < 0.0 { x - 0.1 } else { x + 0.1 });
        let dy = Tensor::randn([4, 5]);
        type Pass = fn(&Tensor<f64>) -> Tensor<f64>;
        type Back = fn(&Tensor<f64>, &Tensor<f64>) -> Tensor<f64>;
        let activations: [(&str, Pass, Back); 3] = [
            ("relu", relu, relu_backward),
            ("tanh", tanh, tanh_backward),
            ("sigmoid", sigmoid, sigmoid_backward),
        ];
        for (name, forward, backward) in activations {
            rows.push(Row::new(name, |x| inner(&forward(x), &dy), &x, &backward(&forward(&x), &dy)));
        }
        let (logits, labels) = (Tensor::<f64>::randn([4, 6]), [0, 5, 2, 2]);
        let CrossEntropy { probabilities, .. } = softmax_cross_entropy(&logits, &labels);
        let dlogits = softmax_cross_entropy_backward(&probabilities, &labels, 1.0);
        let loss = |logits: &Tensor<f64>| softmax_cross_entropy(logits, &labels).loss;
        rows.push(Row::new("softmax cross-entropy", loss, &logits, &dlogits));
        let target = Tensor::randn(x.shape());
        rows.push(Row::new("mse", |x| mse(x, &target), &x, &mse_backward(&x, &target, 1.0)));
        rows
    })
}

/// A network of 49-16-12-10 units, digits of 7 × 7 pixels and their labels.
fn small_network(digits: &ImageSet) -> (Mlp<f64>, Tensor<f64>, Vec<usize>) {
    let (x, labels) = digits.take(8).downsampled(4).all();
    let network = random::with(Generator::seed(0), || Mlp::new(&[49, 16, 12, 10]));
    (network, x.flatten(1).cast(), labels)
}

/// The loss of a network with one parameter exchanged: the weight or the bias of a layer.
fn loss_with(
    network: &Mlp<f64>,
    (layer, is_bias): (usize, bool),
    parameter: &Tensor<f64>,
    x: &Tensor<f64>,
    labels: &[usize],
) -> f64 {
    let mut changed = network.clone();
    let slot = &mut changed.layers[layer];
    *(if is_bias { &mut slot.bias } else { &mut slot.weight }) = parameter.clone();
    softmax_cross_entropy(&changed.logits(x), labels).loss
}

/// Every parameter of the small network, and its input.
fn check_network(digits: &ImageSet) -> Vec<Row> {
    let (network, x, labels) = small_network(digits);
    let (_, gradients) = network.loss_and_gradients(&x, &labels);
    let mut rows = Vec::new();
    for (place, (layer, gradient)) in network.layers.iter().zip(&gradients).enumerate() {
        let loss = |is_bias: bool| {
            let (network, x, labels) = (&network, &x, &labels);
            move |parameter: &Tensor<f64>| loss_with(network, (place, is_bias), parameter, x, labels)
        };
        rows.push(Row::new(format!("network, weight {place}"), loss(false), &layer.weight, &gradient.weight));
        rows.push(Row::new(format!("network, bias {place}"), loss(true), &layer.bias, &gradient.bias));
    }
    let loss = |x: &Tensor<f64>| softmax_cross_entropy(&network.logits(x), &labels).loss;
    rows.push(Row::new("network, digits", loss, &x, &gradients[0].x));
    rows
}

/// What the check says of mistakes, put into the gradient of the network's second weight.
pub(crate) fn check_mistakes(digits: &ImageSet) -> Vec<Row> {
    let (network, x, labels) = small_network(digits);
    let (_, gradients) = network.loss_and_gradients(&x, &labels);
    let right = &gradients[1].weight;
    let mut one_entry = right.clone();
    one_entry.data_mut()[100] += 1e-3;
    let mistakes = [
        ("the sign", -right),
        ("forgotten 1/N, N = 8", right * 8.0),
        ("one entry off by 0.001", one_entry),
        ("too large by 1 %", right * 1.01),
    ];
    let loss = |weight: &Tensor<f64>| loss_with(&network, (1, false), weight, &x, &labels);
    mistakes.map(|(name, gradient)| Row::new(name, loss, &network.layers[1].weight, &gradient)).into()
}
