//! Divides by the number of places seen, not by the number of taps.
//! caught by: avg_pool_of_a_constant, avg_pool_is_a_convolution_with_equal_weights
// REPLACE 5.3
    let mut y = Vec::new();
    for plane in 0..batch * channels {
        for rows in &rows_seen {
            for columns in &columns_seen {
                let mut sum = T::zero();
                for row in rows {
                    for column in columns {
                        sum += x[(plane * height + row) * width + column];
                    }
                }
                y.push(if share > T::zero() { sum / T::from_f64((rows.len() * columns.len()).max(1) as f64) } else { sum });
            }
        }
    }
    Tensor::from_vec(y, [batch, channels, rows_seen.len(), columns_seen.len()])
