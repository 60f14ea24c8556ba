//! Computes image, channel, tap and place of every entry of the columns from its index.
// REPLACE 3.1
    let taps = kh * kw;
    for (index, entry) in columns.data_mut().iter_mut().enumerate() {
        let (row, place) = (index / (oh * ow), index % (oh * ow));
        let (plane, tap) = (row / taps, row % taps);
        let top = window.source(0, place / ow, tap / kw, height);
        let left = window.source(1, place % ow, tap % kw, width);
        if let (Some(top), Some(left)) = (top, left) {
            *entry = x[(plane * height + top) * width + left];
        }
    }
// REPLACE 3.2
    let taps = kh * kw;
    let slots = x.data_mut();
    for (index, entry) in columns.iter().enumerate() {
        let (row, place) = (index / (oh * ow), index % (oh * ow));
        let (plane, tap) = (row / taps, row % taps);
        let top = window.source(0, place / ow, tap / kw, height);
        let left = window.source(1, place % ow, tap % kw, width);
        if let (Some(top), Some(left)) = (top, left) {
            slots[(plane * height + top) * width + left] += *entry;
        }
    }
