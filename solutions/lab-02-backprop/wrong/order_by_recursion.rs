//! Calls itself for each parent, as micrograd does: right, until the stack overflows.
//! caught by: order_needs_no_deep_stack, long_chains_need_no_deep_stack
// REPLACE 2.1
    fn visit(value: &Value, seen: &mut HashSet<usize>, order: &mut Vec<Value>) {
        if seen.insert(value.id()) {
            value.parents().iter().for_each(|(parent, _)| visit(parent, seen, order));
            order.push(value.clone());
        }
    }
    let (mut order, mut seen) = (Vec::new(), HashSet::new());
    visit(root, &mut seen, &mut order);
    order
