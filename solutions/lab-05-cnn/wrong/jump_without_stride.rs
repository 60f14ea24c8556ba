//! Forgets to multiply the stride into the jump.
//! caught by: receptive_field_of_known_stacks, receptive_field_matches_a_perturbation
// REPLACE 6.1
    let mut field = ReceptiveField { size: 1, jump: 1, start: 0 };
    for layer in layers {
        let (before, _) = layer.margins(dim);
        field.size += (layer.kernel[dim] - 1) * layer.dilation[dim] * field.jump;
        field.start -= (before * field.jump) as isize;
    }
    field
