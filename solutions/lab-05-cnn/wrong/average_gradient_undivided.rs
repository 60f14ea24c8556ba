//! Gives the whole gradient to every number that a window sees.
//! caught by: avg_pool_gradient_is_the_adjoint, avg_pool_on_hard_windows
// REPLACE 5.4
        let slots = dx.data_mut();
        let mut dy = dy.iter();
        for plane in 0..batch * channels {
            for rows in &rows_seen {
                for columns in &columns_seen {
                    let dy = *dy.next().expect("one number for each window");
                    for row in rows {
                        for column in columns {
                            slots[(plane * height + row) * width + column] += dy * share.ceil();
                        }
                    }
                }
            }
        }
