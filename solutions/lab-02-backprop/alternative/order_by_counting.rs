//! Lists a number when all that was computed from it is listed, from the root on, and turns the list round (Kahn, 1962).
// REPLACE 2.1
    // How many uses of a number by others are not listed yet.
    let mut uses: HashMap<usize, usize> = HashMap::new();
    let (mut seen, mut stack) = (HashSet::from([root.id()]), vec![root.clone()]);
    while let Some(value) = stack.pop() {
        for (parent, _) in value.parents() {
            *uses.entry(parent.id()).or_insert(0) += 1;
            if seen.insert(parent.id()) {
                stack.push(parent.clone());
            }
        }
    }
    let (mut order, mut ready) = (Vec::new(), vec![root.clone()]);
    while let Some(value) = ready.pop() {
        for (parent, _) in value.parents() {
            let left = uses.entry(parent.id()).or_insert(0);
            *left -= 1;
            if *left == 0 {
                ready.push(parent.clone());
            }
        }
        order.push(value);
    }
    order.reverse();
    order
