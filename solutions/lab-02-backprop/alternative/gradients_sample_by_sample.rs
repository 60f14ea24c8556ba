//! Adds outer products up, one for each sample, and writes tanh' as (1 − y)(1 + y).
// REPLACE 5.2
    let (mut dw, mut db) = (weight.zeros_like(), Tensor::zeros(weight.size(0)));
    for (x, dy) in x.unbind(0).iter().zip(dy.unbind(0)) {
        dw = dw + dy.unsqueeze(1) * x.unsqueeze(0);
        db = db + dy;
    }
    LinearGradients { x: dy.matmul(weight), weight: dw, bias: db }
// REPLACE 5.4
    dy * (1.0 - y) * (1.0 + y)
// REPLACE 7.2
        let (last, before) = self.layers.split_last().expect("a network has a layer");
        let mut gradients = vec![linear_backward(&activations[before.len()], &last.weight, dlogits)];
        for (layer, (x, y)) in before.iter().zip(activations.iter().zip(&activations[1..])).rev() {
            let dy = relu_backward(y, &gradients[0].x);
            gradients.insert(0, linear_backward(x, &layer.weight, &dy));
        }
        gradients
