//! Adds the height of each step, where all steps before it are added too.
//! caught by: staircase_has_its_heights, staircase_approximates
// REPLACE 4.4
    let edges: Vec<f64> = (1..n).map(|k| k as f64 / n as f64).collect();
    let hidden = Layer {
        weight: Tensor::ones([n - 1, 1]),
        bias: Tensor::from_vec(edges, n - 1) * -1.0,
        activation: Activation::Heaviside,
    };
    let output = Layer {
        weight: Tensor::from_slice(&heights[1..], [1, n - 1]),
        bias: Tensor::from([heights[0]]),
        activation: Activation::Identity,
    };
    Mlp { layers: vec![hidden, output] }
