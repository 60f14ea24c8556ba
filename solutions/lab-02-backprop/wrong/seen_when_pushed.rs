//! Marks a number as seen when it is put on the stack, so that it may stay below one that needs it.
//! caught by: order_puts_parents_first, order_of_large_graphs
// REPLACE 2.1
    let mut order: Vec<Value> = Vec::new();
    let mut seen: HashSet<usize> = HashSet::from([root.id()]);
    let mut stack: Vec<(Value, bool)> = vec![(root.clone(), false)];
    while let Some((value, parents_done)) = stack.pop() {
        if parents_done {
            order.push(value);
            continue;
        }
        stack.push((value.clone(), true));
        for (parent, _) in value.parents() {
            if seen.insert(parent.id()) {
                stack.push((parent.clone(), false));
            }
        }
    }
    order
