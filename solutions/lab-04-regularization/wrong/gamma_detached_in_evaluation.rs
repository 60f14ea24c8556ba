//! Cuts γ and β off the graph in evaluation, so that nobody can fine-tune them.
//! caught by: evaluation_has_the_gradient_of_an_affine_map
// REPLACE 5.6
        if self.mode.is_training() {
            let (y, statistics) = batch_norm(x, &weight, &bias, self.eps);
            self.track(&statistics, x.size(0));
            y
        } else {
            let running = Statistics { mean: self.running_mean.get(), var: self.running_var.get() };
            let (x_hat, _) = standardize(x, &running, self.eps);
            x_hat * weight.detach() + bias.detach() + (weight + bias) * 0.0
        }
