//! Orders the taps of a channel column by column.
//! caught by: im2col_copies_what_each_tap_sees
// REPLACE 3.1
    let mut rows = columns.data_mut().chunks_exact_mut(oh * ow);
    for plane in x.chunks_exact(height * width) {
        for b in 0..kw {
            for a in 0..kh {
                let row = rows.next().expect("one row for every plane and tap");
                for i in window.reach(0, a, height) {
                    for j in window.reach(1, b, width) {
                        let Some(top) = window.source(0, i, a, height) else { continue };
                        let Some(left) = window.source(1, j, b, width) else { continue };
                        row[i * ow + j] = plane[top * width + left];
                    }
                }
            }
        }
    }
