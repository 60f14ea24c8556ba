//! Does not look at the switch.
//! caught by: nothing_is_recorded_under_no_grad, what_was_not_recorded_is_constant
// REPLACE 1.1
        let parents = parents.iter().map(|&(parent, partial)| (parent.clone(), partial)).collect();
        Value::node(operation, data, parents)
