//! The gradient as the paper writes it: by the variance and the mean, one after the other.
// REPLACE 5.4
        let n = dy.size(0) as f64;
        let dx_hat = dy * &self.weight;
        // x − μ
        let centred = &self.x_hat / &self.scale;
        let cube = self.scale.pow(3.0);
        let dvar = (&dx_hat * &centred).sum(0) * cube * -0.5;
        let dmean = -((&dx_hat * &self.scale).sum(0)) + &dvar * centred.mean(0) * -2.0;
        dx_hat * &self.scale + centred * dvar * (2.0 / n) + dmean * (1.0 / n)
// REPLACE 5.5
        let running_mean = self.running_mean.get();
        self.running_mean.set(&(&running_mean + (&batch.mean - &running_mean) * self.momentum));
        let running_var = self.running_var.get();
        let var = &batch.var * (1.0 + 1.0 / (n as f64 - 1.0));
        self.running_var.set(&(&running_var + (var - &running_var) * self.momentum));
