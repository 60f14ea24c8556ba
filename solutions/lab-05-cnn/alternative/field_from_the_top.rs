//! Begins at the last layer: r outputs of a layer see (r − 1)s + d(k − 1) + 1 of its inputs.
// REPLACE 6.1
    let mut field = ReceptiveField { size: 1, jump: 1, start: 0 };
    for layer in layers.iter().rev() {
        let stride = layer.stride[dim];
        field.size = (field.size - 1) * stride + layer.dilation[dim] * (layer.kernel[dim] - 1) + 1;
        field.start = field.start * stride as isize - layer.margins(dim).0 as isize;
        field.jump *= stride;
    }
    field
