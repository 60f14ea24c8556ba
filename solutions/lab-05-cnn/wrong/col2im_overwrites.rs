//! Overwrites where windows overlap, as if col2im were the inverse of im2col.
//! caught by: col2im_of_im2col_counts_the_windows, col2im_is_the_adjoint_of_im2col
// REPLACE 3.2
    let mut rows = columns.chunks_exact(oh * ow);
    for plane in x.data_mut().chunks_exact_mut(height * width) {
        for a in 0..kh {
            for b in 0..kw {
                let row = rows.next().expect("one row for every plane and tap");
                for i in window.reach(0, a, height) {
                    for j in window.reach(1, b, width) {
                        let Some(top) = window.source(0, i, a, height) else { continue };
                        let Some(left) = window.source(1, j, b, width) else { continue };
                        plane[top * width + left] = row[i * ow + j];
                    }
                }
            }
        }
    }
