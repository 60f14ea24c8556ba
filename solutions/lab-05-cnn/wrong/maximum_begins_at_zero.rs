//! Begins the maximum at 0, which is wrong where all numbers are negative.
//! caught by: max_pool_takes_the_largest
// REPLACE 5.1
    let (mut largest, mut places) = (Vec::new(), Vec::new());
    for plane in 0..batch * channels {
        for rows in &rows_seen {
            for columns in &columns_seen {
                let mut best = None;
                for row in rows {
                    for column in columns {
                        let place = (plane * height + row) * width + column;
                        if best.is_none_or(|best| x[place] > x[best]) {
                            best = Some(place);
                        }
                    }
                }
                let place = best.expect("every window sees a number");
                largest.push(x[place].max(T::zero()));
                places.push(place);
            }
        }
    }
    (largest, places)
