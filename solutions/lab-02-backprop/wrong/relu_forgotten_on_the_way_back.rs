//! Goes back through the linear layers only.
//! caught by: backward_reaches_every_layer, network_backward_is_adjoint_to_its_forward
// REPLACE 7.2
        let mut gradients: Vec<LinearGradients<T>> = Vec::new();
        let mut dy = dlogits.clone();
        for (place, layer) in self.layers.iter().enumerate().rev() {
            let gradient = linear_backward(&activations[place], &layer.weight, &dy);
            dy = gradient.x.clone();
            gradients.push(gradient);
        }
        gradients.reverse();
        gradients
