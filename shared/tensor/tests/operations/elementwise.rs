//! Lines for functions of one and of two numbers.

use crate::op;
use crate::table::{Operation, Values};

/// Shapes of one input: scalar, one element, empty, and up to four dimensions.
const ONE: &[&[&[usize]]] = &[
    &[&[]],
    &[&[1]],
    &[&[0]],
    &[&[7]],
    &[&[1, 1]],
    &[&[3, 4]],
    &[&[2, 0, 3]],
    &[&[2, 3, 4]],
    &[&[2, 1, 3, 2]],
];

/// Shapes of two inputs that broadcast.
const TWO: &[&[&[usize]]] = &[
    &[&[], &[]],
    &[&[5], &[5]],
    &[&[], &[3]],
    &[&[3, 4], &[4]],
    &[&[3, 1], &[1, 4]],
    &[&[2, 3, 4], &[3, 1]],
    &[&[4], &[2, 3, 4]],
    &[&[0, 3], &[3]],
    &[&[1, 0], &[2, 1]],
    &[&[2, 1, 3, 1], &[2, 1, 4]],
];

macro_rules! one {
    ($name:expr, |$x:ident| $apply:expr, |$v:ident| $oracle:expr) => {
        Operation::new($name, ONE, op!(|$x| $apply), |xs| xs[0].map(|$v| $oracle)).large(&[&[70, 33, 41]])
    };
}

macro_rules! two {
    ($name:expr, |$x:ident, $y:ident| $apply:expr, |$a:ident, $b:ident| $oracle:expr) => {
        Operation::new($name, TWO, op!(|$x, $y| $apply), |xs| xs[0].zip(&xs[1], |$a, $b| $oracle))
            .large(&[&[70, 33, 41], &[33, 1]])
    };
}

fn truth(yes: bool) -> f64 {
    f64::from(yes)
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

pub(crate) fn operations() -> Vec<Operation> {
    use std::f64::consts::{FRAC_1_SQRT_2, PI};
    let positive = Values::Within(0.2, 3.0);
    vec![
        one!("neg", |x| x.neg(), |x| -x),
        one!("neg_", |x| x.clone().neg_(), |x| -x),
        one!("-&x", |x| -x, |x| -x),
        one!("abs", |x| x.abs(), |x| x.abs()).values(Values::Distinct),
        one!("sign", |x| x.sign(), |x| x.signum()).values(Values::Distinct).constant(),
        one!("exp", |x| x.exp(), |x| x.exp()),
        one!("exp_", |x| (x * 1.0).exp_(), |x| x.exp()),
        one!("expm1", |x| x.expm1(), |x| x.exp_m1()),
        one!("log", |x| x.log(), |x| x.ln()).values(positive),
        one!("log1p", |x| x.log1p(), |x| x.ln_1p()).values(positive),
        one!("sqrt", |x| x.sqrt(), |x| x.sqrt()).values(positive),
        one!("rsqrt", |x| x.rsqrt(), |x| 1.0 / x.sqrt()).values(positive),
        one!("recip", |x| x.recip(), |x| 1.0 / x).values(positive),
        one!("square", |x| x.square(), |x| x * x),
        one!("square_", |x| (x * 1.0).square_(), |x| x * x),
        one!("sin", |x| x.sin(), |x| x.sin()),
        one!("cos", |x| x.cos(), |x| x.cos()).roundings(32.0),
        one!("tanh", |x| x.tanh(), |x| x.tanh()),
        one!("sigmoid", |x| x.sigmoid(), |x| sigmoid(x)),
        one!("softplus", |x| x.softplus(), |x| (1.0 + x.exp()).ln()),
        one!("log_sigmoid", |x| x.log_sigmoid(), |x| sigmoid(x).ln()).roundings(32.0),
        one!("erf", |x| x.erf(), |x| erf(x)).roundings(32.0),
        one!("floor", |x| x.floor(), |x| x.floor()).values(Values::Distinct).constant(),
        one!("ceil", |x| x.ceil(), |x| x.ceil()).values(Values::Distinct).constant(),
        one!("round", |x| x.round(), |x| x.round_ties_even()).values(Values::Distinct).constant(),
        one!("relu", |x| x.relu(), |x| x.max(0.0)).values(Values::Distinct),
        one!("relu_", |x| (x * 1.0).relu_(), |x| x.max(0.0)).values(Values::Distinct),
        one!("positive", |x| x.positive(), |x| truth(x > 0.0)).values(Values::Distinct).constant(),
        one!("is_nan", |x| x.is_nan(), |x| truth(x.is_nan())).constant(),
        one!("leaky_relu", |x| x.leaky_relu(0.25), |x| if x > 0.0 { x } else { 0.25 * x })
            .values(Values::Distinct),
        one!("elu", |x| x.elu(0.5), |x| if x > 0.0 { x } else { 0.5 * x.exp_m1() }).values(Values::Distinct),
        one!("silu", |x| x.silu(), |x| x * sigmoid(x)),
        one!("gelu", |x| x.gelu(), |x| x * 0.5 * (1.0 + erf(x * FRAC_1_SQRT_2))).sums(32, |xs| xs[0].abs()),
        one!("gelu_tanh", |x| x.gelu_tanh(), |x| {
            x * 0.5 * (1.0 + ((2.0 / PI).sqrt() * (x + 0.044715 * x.powi(3))).tanh())
        })
        .sums(8, |xs| xs[0].abs()),
        one!("clamp", |x| x.clamp(-0.5, 0.25), |x| x.clamp(-0.5, 0.25)).values(Values::Distinct),
        one!("pow(3)", |x| x.pow(3.0), |x| x * x * x),
        one!("pow(0)", |x| x.pow(0.0), |_x| 1.0),
        one!("pow(1.5)", |x| x.pow(1.5), |x| x.powf(1.5)).values(positive),
        one!("x + 1.5", |x| x + 1.5, |x| x + 1.5).sums(0, |xs| xs[0].abs()),
        one!("x - 1.5", |x| x - 1.5, |x| x - 1.5).sums(0, |xs| xs[0].abs()),
        one!("1.5 - x", |x| 1.5 - x, |x| 1.5 - x).sums(0, |xs| xs[0].abs()),
        one!("x * 1.5", |x| x * 1.5, |x| x * 1.5),
        one!("x / 1.5", |x| x / 1.5, |x| x / 1.5),
        one!("1.5 / x", |x| 1.5 / x, |x| 1.5 / x).values(positive),
        one!("maximum(0.3)", |x| x.maximum(0.3), |x| x.max(0.3)).values(Values::Distinct),
        one!("minimum(0.3)", |x| x.minimum(0.3), |x| x.min(0.3)).values(Values::Distinct),
        one!("x * x", |x| x * x, |x| x * x),
        two!("x + y", |x, y| x + y, |a, b| a + b).sums(0, |xs| xs[0].abs().zip(&xs[1].abs(), |a, b| a + b)),
        two!("x - y", |x, y| x - y, |a, b| a - b).sums(0, |xs| xs[0].abs().zip(&xs[1].abs(), |a, b| a + b)),
        two!("x * y", |x, y| x * y, |a, b| a * b),
        two!("x / y", |x, y| x / y, |a, b| a / b).values(positive),
        two!("(x) + y", |x, y| (x * 1.0) + y, |a, b| a + b)
            .sums(0, |xs| xs[0].abs().zip(&xs[1].abs(), |a, b| a + b)),
        two!("x - (y)", |x, y| x - (y * 1.0), |a, b| a - b)
            .sums(0, |xs| xs[0].abs().zip(&xs[1].abs(), |a, b| a + b)),
        two!("x * (y)", |x, y| x * (y * 1.0), |a, b| a * b),
        two!("(x) * (y)", |x, y| (x * 1.0) * (y * 1.0), |a, b| a * b),
        two!("pow(y)", |x, y| x.pow(y), |a, b| a.powf(b)).values(positive).roundings(32.0),
        two!("maximum", |x, y| x.maximum(&(y + 0.0313)), |a, b| a.max(b + 0.0313)).values(Values::Distinct),
        two!("minimum", |x, y| x.minimum(&(y + 0.0313)), |a, b| a.min(b + 0.0313)).values(Values::Distinct),
        two!("eq", |x, y| x.eq(y), |a, b| truth(a == b)).constant(),
        two!("ne", |x, y| x.ne(y), |a, b| truth(a != b)).constant(),
        two!("lt", |x, y| x.lt(y), |a, b| truth(a < b)).constant(),
        two!("le", |x, y| x.le(y), |a, b| truth(a <= b)).constant(),
        two!("gt", |x, y| x.gt(y), |a, b| truth(a > b)).constant(),
        two!("ge", |x, y| x.ge(y), |a, b| truth(a >= b)).constant(),
        two!("where", |x, y| tensor::Tensor::where_(&x.gt(0.0), x, y), |a, b| if a > 0.0 { a } else { b })
            .values(Values::Distinct),
        two!("where not", |x, y| tensor::Tensor::where_(&x.gt(0.0), y, x), |a, b| if a > 0.0 {
            b
        } else {
            a
        })
        .values(Values::Distinct),
        one!("masked_fill", |x| x.masked_fill(&x.gt(0.5), 7.0), |x| if x > 0.5 { 7.0 } else { x })
            .values(Values::Distinct),
    ]
}

/// erf by its Taylor series, which converges everywhere: 2/√π Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n+1)).
fn erf(x: f64) -> f64 {
    let mut term = x;
    let mut sum = x;
    for n in 1..60 {
        let n = f64::from(n);
        term *= -x * x / n;
        sum += term / (2.0 * n + 1.0);
    }
    sum * std::f64::consts::FRAC_2_SQRT_PI
}
