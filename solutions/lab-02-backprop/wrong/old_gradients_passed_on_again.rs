//! Works in the gradients themselves, as micrograd does: a second pass passes on what the first one left.
//! caught by: backward_again_adds, gradients_of_several_roots_add_up
// REPLACE 3.1
        self.set_grad(dy);
        for value in topological_order(self).iter().rev() {
            for (parent, partial) in value.parents() {
                parent.set_grad(parent.grad() + value.grad() * partial);
            }
        }
