//! Replaces what an earlier use of a number has sent it.
//! caught by: gradient_sums_over_all_paths, a_ladder_takes_a_step_a_rung
// REPLACE 3.1
        let mut adjoints: HashMap<usize, f64> = HashMap::from([(self.id(), dy)]);
        for value in topological_order(self).iter().rev() {
            let adjoint = adjoints.get(&value.id()).copied().unwrap_or(0.0);
            value.set_grad(value.grad() + adjoint);
            for (parent, partial) in value.parents() {
                adjoints.insert(parent.id(), adjoint * partial);
            }
        }
