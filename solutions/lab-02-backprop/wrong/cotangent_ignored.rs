//! Begins with 1, whatever dy is.
//! caught by: backward_is_linear_in_the_cotangent, a_ladder_takes_a_step_a_rung
// REPLACE 3.1
        let mut adjoints: HashMap<usize, f64> = HashMap::from([(self.id(), 1.0)]);
        for value in topological_order(self).iter().rev() {
            let adjoint = adjoints.get(&value.id()).copied().unwrap_or(0.0);
            value.set_grad(value.grad() + adjoint);
            for (parent, partial) in value.parents() {
                *adjoints.entry(parent.id()).or_insert(0.0) += adjoint * partial;
            }
        }
