//! Forgets the parents: every number is an input.
//! caught by: record_keeps_data_parents_and_partials, gradient_sums_over_all_paths, engine_agrees_with_forward_mode
// REPLACE 1.1
        Value::node(operation, data, Vec::new())
