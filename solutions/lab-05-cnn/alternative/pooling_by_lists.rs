//! Collects what each window sees in a list first, then folds the list.
// REPLACE 5.1
    let mut places = Vec::new();
    for plane in 0..batch * channels {
        for rows in &rows_seen {
            for columns in &columns_seen {
                let seen = rows.iter().flat_map(|row| columns.iter().map(move |column| row * width + column));
                let seen = seen.map(|place| plane * height * width + place);
                places.push(seen.reduce(|best, place| if x[place] > x[best] { place } else { best }));
            }
        }
    }
    let places: Vec<usize> = places.into_iter().flatten().collect();
    (places.iter().map(|&place| x[place]).collect(), places)
// REPLACE 5.3
    let mut y = Vec::new();
    for plane in x.chunks(height * width) {
        for rows in &rows_seen {
            for columns in &columns_seen {
                let sums = rows.iter().map(|row| columns.iter().map(|column| plane[row * width + column]).sum::<T>());
                y.push(sums.sum::<T>() * share);
            }
        }
    }
    Tensor::from_vec(y, [batch, channels, rows_seen.len(), columns_seen.len()])
