//! Takes the last of equally large numbers.
//! caught by: max_pool_gradient_lands_on_the_maximum_once, max_pool_with_ties_and_overlaps
// REPLACE 5.1
    let (mut largest, mut places) = (Vec::new(), Vec::new());
    for plane in 0..batch * channels {
        for rows in &rows_seen {
            for columns in &columns_seen {
                let mut best = None;
                for row in rows {
                    for column in columns {
                        let place = (plane * height + row) * width + column;
                        if best.is_none_or(|best| x[place] >= x[best]) {
                            best = Some(place);
                        }
                    }
                }
                let place = best.expect("every window sees a number");
                largest.push(x[place]);
                places.push(place);
            }
        }
    }
    (largest, places)
