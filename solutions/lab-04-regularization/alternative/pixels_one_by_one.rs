//! Moves pixels by their indices.
// REPLACE 6.1
    let [channels, height, width] = image.dims();
    Tensor::from_fn([channels, height, width], |at| image.get([at[0], at[1], width - 1 - at[2]]))
// REPLACE 6.2
    let mut image = image.contiguous();
    for _ in 0..turns % 4 {
        let [channels, height, width] = image.dims();
        let before = image;
        image = Tensor::from_fn([channels, width, height], |at| before.get([at[0], at[2], width - 1 - at[1]]));
    }
    image
// REPLACE 6.3
    let along = |i: f64| {
        let (j, v) = (column.floor(), column - column.floor());
        pixel(i, j) + T::from_f64(v) * (pixel(i, j + 1.0) - pixel(i, j))
    };
    let (i, u) = (row.floor(), row - row.floor());
    along(i) + T::from_f64(u) * (along(i + 1.0) - along(i))
// REPLACE 6.6
    for (index, pixel) in pixels.iter_mut().enumerate() {
        let (i, j) = (index / width % height, index % width);
        if (top..top + rows).contains(&i) && (left..left + columns).contains(&j) {
            *pixel = T::zero();
        }
    }
