//! Uses the gradients as adjoints, after putting the old ones aside.
// REPLACE 3.1
        let order = topological_order(self);
        let before: Vec<f64> = order.iter().map(Value::grad).collect();
        self.zero_grad();
        self.set_grad(dy);
        for value in order.iter().rev() {
            for (parent, partial) in value.parents() {
                parent.set_grad(parent.grad() + value.grad() * partial);
            }
        }
        order.iter().zip(before).for_each(|(value, before)| value.set_grad(value.grad() + before));
